// What each verb of the command line does. A command prints to stdout (or, with --json, one value),
// notices to stderr; an Error becomes one sentence and an exit code in main.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kith/exit_code.h"
#include "kith/new_home.h"
#include "kith/outgoing.h"
#include "kith/person.h"
#include "kith/phrase.h"
#include "kith/submission.h"

namespace kith {

using Outcome = Result<ExitCode>;

// --- init ----------------------------------------------------------------------------------------

struct InitWish {
    HomeWish home;
    std::string invite;
    std::string link;
    std::string recovery_file;  ///< where the phrase goes; empty: shown on the terminal
};
Outcome run_init(const std::filesystem::path& home, const Terminal& terminal, const InitWish& wish);

struct RecoverWish {
    HomeWish home;
    PhraseSource phrase = {.file = {}, .ask = PhraseSource::Ask::yes};
    std::string since;  ///< T0; empty: the devices are lost, not stolen
    enum class Freeze { no, yes } freeze = Freeze::no;  ///< asks guardians for that, too
};
/// Without any phrase: makes a new one, and what the guardians are asked for.
Outcome run_recover_guardians(const std::filesystem::path& home,
                              const Terminal& terminal,
                              const RecoverWish& wish);
Outcome run_recover(const std::filesystem::path& home,
                    const Terminal& terminal,
                    const RecoverWish& wish);

struct PassphraseWish {
    std::string file;  ///< with the new one; empty: ask
    enum class Keep { under_passphrase, in_the_clear } keep = Keep::under_passphrase;
};
Outcome run_passphrase(const std::filesystem::path& home,
                       const Terminal& terminal,
                       const PassphraseWish& wish);

// --- mail ----------------------------------------------------------------------------------------

struct SendOrder {
    SendWish message;
    std::string answers;  ///< id or beginning of it
    WaitWish wait;
    enum class Text { given, from_stdin } text = Text::given;
    enum class Wait { no, yes } waits = Wait::no;
    enum class Outbox { use, leave } outbox = Outbox::use;
};
Outcome run_send(Person& person, const SendOrder& order);
struct IntroduceWish {
    std::string one;
    std::string other;
    std::string subject;  ///< empty: made up
    std::string text;     ///< stands before what every introduction says
    WaitWish wait;
    SendOrder::Wait waits = SendOrder::Wait::no;
};
/// Writes to both, and stands for each towards the other.
Outcome run_introduce(Person& person, const IntroduceWish& wish);
/// Prints the message that send would send.
Outcome run_compose(Person& person, const SendOrder& order);

struct InboxWish {
    std::string mailbox = "inbox";
    std::string tier;
    std::optional<std::size_t> limit;  ///< nullopt: 50 on a terminal, else all
};
Outcome run_inbox(Person& person, const InboxWish& wish);
struct RequestsWish {
    enum class Which { shown, all } which = Which::shown;
    enum class Discard { no, yes } discard = Discard::no;  ///< declines those that it lists
};
Outcome run_requests(Person& person, const RequestsWish& wish);
Outcome run_accept(Person& person, const std::string& id);
enum class Decline { once, and_block };
Outcome run_decline(Person& person, const std::string& id, Decline how);

struct ReadWish {
    std::string id;
    enum class As { message, text, eml } as = As::message;
    std::string save;  ///< folder for the attachments; empty: none
};
Outcome run_read(Person& person, const ReadWish& wish);
struct SentWish {
    std::string id;                    ///< empty: the list
    std::optional<std::size_t> limit;  ///< as InboxWish
    enum class Pay { no, yes } pay = Pay::no;
    enum class Raise { no, yes } raise = Raise::no;
    enum class Cancel { no, yes } cancel = Cancel::no;
    std::uint64_t most_effort = kMostEffortPaid;
};
Outcome run_sent(Person& person, const SentWish& wish);
struct ConfirmMailWish {
    std::vector<std::string> ids;  ///< messages, or beginnings of their ids; empty: all
    enum class Challenge { leave, meet } challenge = Challenge::leave;
    enum class Ask { no, yes } ask = Ask::yes;
    PhraseSource phrase;
};
/// Lets go what waits until a person has seen it.
Outcome run_confirm(Person& person, const ConfirmMailWish& wish);
Outcome run_why(Person& person, const std::string& id);
struct Report {
    std::string id;
    enum class What { nothing, unwanted, looks_hacked } what = What::nothing;
};
Outcome run_report(Person& person, const Report& report);
Outcome run_watch(Person& person);

// --- people --------------------------------------------------------------------------------------

Outcome run_contacts(Person& person);
struct ContactWish {
    std::string who;    ///< an address or a link
    std::string level;  ///< empty: known, and what it is stays
    std::string name;
};
Outcome run_contacts_add(Person& person, const ContactWish& wish);
/// Ends what `report --hacked` began.
Outcome run_contacts_restore(Person& person, const std::string& address);
/// An address or a domain; empty: lists those that are blocked.
Outcome run_block(Person& person, const std::string& who);
Outcome run_unblock(Person& person, const std::string& who);
Outcome run_trust(Person& person, const std::string& address, const std::string& level);
enum class Confirm { no, yes };
Outcome run_verify(Person& person, const std::string& address, Confirm confirm);
Outcome run_card(Person& person, const std::string& address);

struct TokenWish {
    std::string kind = "invite";
    std::string label;
    std::uint64_t per_day = 0;  ///< 0: the server's default
};
Outcome run_token_new(Person& person, const TokenWish& wish);
Outcome run_token_list(Person& person);
Outcome run_token_revoke(Person& person, const std::string& id);

// --- devices, everything -------------------------------------------------------------------------

Outcome run_device_list(Person& person);
Outcome run_device_link(Person& person);
Outcome run_device_rekey(Person& person);
struct RevokeWish {
    std::string device;
    PhraseSource phrase;  ///< not given: two devices
    std::string reason = "lost";
    std::string since;  ///< empty: now
};
Outcome run_device_revoke(Person& person, const RevokeWish& wish);
struct ConfirmWish {
    std::string device;  ///< empty: the draft that waits
    PhraseSource phrase;
    enum class Ask { no, yes } ask = Ask::yes;  ///< before a draft is signed
};
Outcome run_device_confirm(Person& person, const ConfirmWish& wish);
Outcome run_freeze(Person& person);
Outcome run_thaw(Person& person, const PhraseSource& phrase);
Outcome run_status(Person& person);
Outcome run_audit(Person& person);
struct MoveWish {
    std::string address;  ///< the new one
    std::string invite;   ///< empty: another device of the person's has moved already
    std::string folder;   ///< the export that goes along; empty: nothing but keys and card
    std::string server;   ///< HOST:PORT; empty: by DNS
    PhraseSource phrase;
};
/// Leaves a home that is at the new address.
Outcome run_move(const std::filesystem::path& home, const Terminal& terminal, const MoveWish& wish);
struct AlarmWish {
    std::string address;
    enum class Dismiss { no, yes } dismiss = Dismiss::no;  ///< those about oneself
    PhraseSource phrase;
};
Outcome run_alarm(Person& person, const AlarmWish& wish);
Outcome run_alarm_dismiss(Person& person, const PhraseSource& phrase);
struct GuardianWish {
    std::vector<std::string> who;  ///< to remove: empty, all of them
    std::uint64_t needed = 0;      ///< 0: more than half
    PhraseSource phrase;
    enum class Anew { no, yes } anew = Anew::no;  ///< those before are forgotten
};
Outcome run_guardian_add(Person& person, const GuardianWish& wish);
Outcome run_guardian_remove(Person& person, const GuardianWish& wish);
Outcome run_guardian_list(Person& person);
struct GuardianHelpWish {
    std::string link;    ///< as `kith recover --guardians` shows it
    std::string number;  ///< as the person reads it aloud; empty: asked for
};
Outcome run_guardian_help(Person& person, const GuardianHelpWish& wish);
Outcome run_guardian_veto(Person& person, const PhraseSource& phrase);
struct Exported {
    std::uint64_t messages = 0;  ///< there now
    std::uint64_t fresh = 0;     ///< written by this run
    std::uint64_t unread = 0;    ///< whose body is not to be had
};
Result<Exported> export_everything(Person& person, const std::string& folder);
struct Imported {
    std::uint64_t contacts = 0;
    std::uint64_t blocked = 0;  ///< domains
    std::uint64_t tokens = 0;   ///< made anew
    std::uint64_t messages = 0;
    std::uint64_t there_already = 0;
    std::vector<std::string> left_out;  ///< sentences
};
Result<Imported> import_everything(Person& person, const std::string& folder);
Outcome run_export(Person& person, const std::string& folder);
/// Where there is no home yet, makes it from the one in the export.
Outcome run_import(const std::filesystem::path& home,
                   const Terminal& terminal,
                   const std::string& folder);

}  // namespace kith
