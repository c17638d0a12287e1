// The verbs of the command line, a file a subject (cli_*.cc): the values that options are read
// into, and the App that reads them.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <string>

#include "kith/cli_grammar.h"
#include "kith/cmd_list.h"
#include "kith/commands.h"

namespace kith {

class Grammar {
  public:
    Grammar();
    Chosen read(int argc, char** argv);

  private:
    using Act = std::function<Outcome(Person&)>;

    CLI::App* add(CLI::App& to,
                  const std::string& name,
                  const std::string& about,
                  const std::string& examples,
                  const Act& act);
    void add_init();
    void add_recover();
    void add_home_options(CLI::App& command, HomeWish& wish);
    HomeWish::Passphrase passphrase_wish() const;
    void add_send();
    void add_introduce();
    void add_confirm_mail();
    static void add_limit(CLI::App& command, std::optional<std::size_t>& limit);
    static void add_message_options(CLI::App& command, SendOrder& order);
    void add_reading();
    void add_requests();
    void add_people();
    void add_tokens();
    void add_devices();
    void add_revoke(CLI::App& device);
    void add_confirm(CLI::App& device);
    void add_freezing();
    void add_alarm();
    void add_move();
    void add_guardians();
    void add_lists();
    void add_list_settings(CLI::App& command);
    void add_list_home(CLI::App& list);
    void add_list_people(CLI::App& list);
    void add_moderation(CLI::App& list);
    void add_needed(CLI::App& command);
    void add_phrase_options(CLI::App& command);
    PhraseSource phrase_wish() const;
    void add_rest();
    CommandTree tree_of(const CLI::App& app) const;
    std::string said_so_far() const;
    std::string what_is_wrong(const CLI::Error& error, int argc, char** argv) const;

    CLI::App app_{"Mail in which trust decides delivery.", "kith"};
    Chosen chosen_;

    InitWish init_;
    RecoverWish recover_;
    SendOrder send_;
    IntroduceWish introduce_;
    std::string send_wait_;
    std::string id_;
    std::string folder_;
    std::string address_;
    std::string level_;
    InboxWish inbox_;
    ReadWish read_;
    SentWish sent_;
    ContactWish contact_;
    std::string restored_;
    std::string who_;
    Report report_;
    TokenWish token_;
    RevokeWish revoke_;
    ConfirmWish confirm_;
    ConfirmMailWish confirm_mail_;
    bool challenge_ = false;
    PhraseSource phrase_;
    AlarmWish alarm_;
    MoveWish move_;
    GuardianWish guardian_;
    GuardianHelpWish help_;
    ListJoinWish list_join_;
    ListSettingsWish list_settings_;
    ListAddWish list_add_;
    PassphraseWish passphrase_;
    std::string shell_;
    bool ask_passphrase_ = false;
    bool ask_phrase_ = false;
    bool flag_ = false;
    bool introduce_wait_ = false;
    bool freeze_ = false;
    bool no_pay_ = false;
    bool raise_ = false;
    bool pay_ = false;
    bool cancel_ = false;
    bool no_outbox_ = false;
    bool as_eml_ = false;
    bool as_text_ = false;
    bool unwanted_ = false;
    bool hacked_ = false;
    bool all_ = false;
    bool discard_ = false;
};

}  // namespace kith
