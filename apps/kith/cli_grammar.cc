#include "kith/cli_grammar.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/text.h"

namespace kith {
namespace {

/// The values that options are read into, and the App that reads them.
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
    void add_send();
    static void add_limit(CLI::App& command, std::optional<std::size_t>& limit);
    static void add_message_options(CLI::App& command, SendOrder& order);
    void add_reading();
    void add_requests();
    void add_people();
    void add_tokens();
    void add_devices();
    void add_rest();
    CommandTree tree_of(const CLI::App& app) const;
    std::string said_so_far() const;
    std::string what_is_wrong(const CLI::Error& error, int argc, char** argv) const;

    CLI::App app_{"Mail in which trust decides delivery.", "kith"};
    Chosen chosen_;

    InitWish init_;
    SendOrder send_;
    std::string send_wait_;
    std::string id_;
    std::string folder_;
    std::string address_;
    std::string level_;
    InboxWish inbox_;
    ReadWish read_;
    SentWish sent_;
    ContactWish contact_;
    TokenWish token_;
    RevokeWish revoke_;
    PassphraseWish passphrase_;
    std::string shell_;
    bool ask_passphrase_ = false;
    bool flag_ = false;
    bool no_pay_ = false;
    bool pay_ = false;
    bool cancel_ = false;
    bool no_outbox_ = false;
    bool as_eml_ = false;
    bool as_text_ = false;
};

constexpr const char* kOverview =
    R"(Exit codes: 0 done, 1 failed, 2 usage, 3 refused or stamp needed, 4 queued or not yet
final, 5 not found, 6 key, passphrase or trust, 69 server unavailable. See kith(1).)";

Grammar::Grammar() {
    app_.fallthrough();
    app_.require_subcommand(1);
    app_.set_help_flag("-h,--help", "Say what a command does, with examples");
    app_.set_version_flag("--version", "kith " KITH_VERSION);
    app_.add_flag("--json", chosen_.json, "Print JSON");
    app_.add_option("--home", chosen_.home, "The home (KITH_HOME)")->type_name("DIR");
    app_.footer(kOverview);
    add_init();
    add_send();
    add_reading();
    add_requests();
    add_people();
    add_tokens();
    add_devices();
    add_rest();
}

CLI::App* Grammar::add(CLI::App& to,
                       const std::string& name,
                       const std::string& about,
                       const std::string& examples,
                       const Act& act) {
    CLI::App* command = to.add_subcommand(name, about);
    command->footer("Examples:\n" + examples);
    if (act)
        command->callback([this, act] { chosen_.with_person = act; });
    return command;
}

void Grammar::add_init() {
    CLI::App* command = app_.add_subcommand(
        "init", "Make a home: a new account, or this machine as a further device");
    command->footer(R"(Examples:
  kith init alice@one.test --invite CODE --recovery-file /media/stick/alice.recovery
  kith init alice@one.test --link abcdefgh-0123456789abcdef --device phone)");
    command->add_option("address", init_.address, "Who you are")->required()->type_name("ADDRESS");
    command->add_option("--invite", init_.invite, "The domain's invitation")->type_name("CODE");
    command->add_option("--link", init_.link, "The code that `kith device link` shows")
        ->type_name("CODE");
    command->add_option("--device", init_.device, "This device's name [the machine's]")
        ->type_name("NAME");
    command->add_option("--server", init_.server, "The server [found by DNS]")
        ->type_name("HOST:PORT");
    command->add_option("--ca", init_.ca, "A further certificate authority (KITH_CA)")
        ->type_name("FILE");
    command->add_option("--recovery-file", init_.recovery_file, "Where the recovery key goes")
        ->type_name("FILE");
    command
        ->add_option(
            "--passphrase-file", init_.passphrase_file, "Keys under the passphrase in this file")
        ->type_name("FILE");
    command->add_flag("--passphrase", ask_passphrase_, "Keys under a passphrase; asks for it");
    command->callback([this] {
        init_.passphrase = ask_passphrase_ ? InitWish::Passphrase::ask : InitWish::Passphrase::none;
        chosen_.without = [this](const std::filesystem::path& home, const Terminal& terminal) {
            return run_init(home, terminal, init_);
        };
    });
}

// Every option that may come again takes one word each time, so that none swallows a recipient.
void Grammar::add_message_options(CLI::App& command, SendOrder& order) {
    SendWish& wish = order.message;
    const auto several =
        [&command](const char* name, std::vector<std::string>& values, const char* about) {
            return command.add_option(name, values, about)
                ->allow_extra_args(false)
                ->expected(1)
                ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        };
    command.add_option("to", wish.to, "Recipients")->type_name("ADDRESS");
    several("--cc", wish.cc, "Further recipients, named to all")->type_name("ADDRESS");
    several("--bcc", wish.bcc, "Further recipients, named to nobody")->type_name("ADDRESS");
    command.add_option("-s,--subject", wish.subject, "The subject")->type_name("TEXT");
    several("-a,--attach", wish.attachments, "A file that goes along")->type_name("FILE");
    command.add_option("--answers", order.answers, "The message that this answers")
        ->type_name("ID");
}

void Grammar::add_send() {
    const std::string examples =
        R"(  kith send bob@two.test -s Dinner -m 'Saturday at eight?' --wait
  kith send bob@two.test --cc carol@one.test -s Plans -a plans.pdf < text
  kith send bob@two.test --eml letter.eml --token kith:bob@two.test?token=…
  kith send --answers 7f2c6a1d -m Yes.)";
    CLI::App* send = add(app_, "send", "Send a message", examples, {});
    add_message_options(*send, send_);
    auto* text = send->add_option("-m,--message", send_.message.text, "The text [standard input]")
                     ->type_name("TEXT");
    send->add_option("--eml", send_.message.eml, "Send this RFC 5322 file as it is")
        ->type_name("FILE");
    send->add_option("--token", send_.message.tokens, "A token, or a link with one")
        ->type_name("TOKEN")
        ->allow_extra_args(false)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    auto* wait =
        send->add_flag("--wait", send_wait_, "Wait until all is final (--wait=SECONDS: at most)");
    send->add_flag("--no-pay", no_pay_, "Compute no stamp");
    send->add_flag(
        "--pay", pay_, "Compute a stamp when one is asked for, while waiting [so it is]");
    send->add_option(
            "--pay-limit", send_.wait.most_effort, "The dearest price to pay, in hashes [2^30]")
        ->type_name("N");
    send->add_flag("--no-outbox", no_outbox_, "Fail instead of queueing when the server is away");
    send->callback([this, text, wait] {
        send_.text = text->count() > 0 ? SendOrder::Text::given : SendOrder::Text::from_stdin;
        send_.waits = wait->count() > 0 ? SendOrder::Wait::yes : SendOrder::Wait::no;
        send_.wait.pay = no_pay_ ? WaitWish::Pay::no : WaitWish::Pay::yes;
        send_.outbox = no_outbox_ ? SendOrder::Outbox::leave : SendOrder::Outbox::use;
        chosen_.with_person = [this](Person& person) -> Outcome {
            if (pay_ && no_pay_)
                return usage_error("--pay and --no-pay contradict each other");
            if (!send_.message.eml.empty() &&
                (send_.text == SendOrder::Text::given || !send_.message.attachments.empty()))
                return usage_error(
                    "--eml sends the file as it is: leave out -m and -a, or put them into it");
            if (!send_wait_.empty() && send_wait_ != "true") {
                const auto seconds = parse_decimal(send_wait_, 31'536'000);
                if (!seconds)
                    return usage_error("--wait=SECONDS: a number of seconds");
                send_.wait.limit = Seconds(static_cast<std::int64_t>(*seconds));
            }
            return run_send(person, send_);
        };
    });
    CLI::App* compose =
        add(app_,
            "compose",
            "Print the message that send would send",
            "  kith compose bob@two.test -s Plans -m 'As promised.' -a plans.pdf > plans.eml",
            {});
    add_message_options(*compose, send_);
    auto* compose_text =
        compose->add_option("-m,--message", send_.message.text, "The text [standard input]")
            ->type_name("TEXT");
    compose->callback([this, compose_text] {
        send_.text =
            compose_text->count() > 0 ? SendOrder::Text::given : SendOrder::Text::from_stdin;
        chosen_.with_person = [this](Person& person) { return run_compose(person, send_); };
    });
}

void Grammar::add_limit(CLI::App& command, std::optional<std::size_t>& limit) {
    command.add_option("--limit", limit, "How many at most [50 on a terminal, else all]")
        ->type_name("N");
}

void Grammar::add_reading() {
    CLI::App* inbox =
        add(app_,
            "inbox",
            "What has come",
            "  kith inbox\n  kith inbox --tier well-trusted --json\n  kith inbox --mailbox archive",
            [this](Person& person) { return run_inbox(person, inbox_); });
    inbox->add_option("--tier", inbox_.tier, "Only well-trusted, known or unknown")
        ->type_name("TIER");
    inbox->add_option("--mailbox", inbox_.mailbox, "inbox, archive, sent, junk, trash, drafts, all")
        ->type_name("ROLE");
    add_limit(*inbox, inbox_.limit);

    CLI::App* read = add(app_,
                         "read",
                         "Read a message",
                         "  kith read 7f2c6a1d\n  kith read 7f2c6a1d --eml > letter.eml\n"
                         "  kith read 7f2c6a1d --save attachments/",
                         [this](Person& person) {
                             read_.as = as_eml_    ? ReadWish::As::eml
                                        : as_text_ ? ReadWish::As::text
                                                   : ReadWish::As::message;
                             return run_read(person, read_);
                         });
    read->add_option("id", read_.id, "The message")->required()->type_name("ID");
    read->add_flag("--eml", as_eml_, "The RFC 5322 bytes as they were sent");
    read->add_flag("--text", as_text_, "The text alone");
    read->add_option("--save", read_.save, "Put the attachments into this folder")
        ->type_name("DIR");

    CLI::App* sent = add(app_,
                         "sent",
                         "What was sent, and what became of it",
                         "  kith sent\n  kith sent 7f2c6a1d\n  kith sent 7f2c6a1d --pay\n"
                         "  kith sent 7f2c6a1d --cancel",
                         [this](Person& person) {
                             sent_.pay = pay_ ? SentWish::Pay::yes : SentWish::Pay::no;
                             sent_.cancel = cancel_ ? SentWish::Cancel::yes : SentWish::Cancel::no;
                             return run_sent(person, sent_);
                         });
    sent->add_option("id", sent_.id, "A message; without: the list")->type_name("ID");
    sent->add_flag("--pay", pay_, "Compute the stamps that recipients ask for");
    sent->add_option("--pay-limit", sent_.most_effort, "The dearest price to pay, in hashes [2^30]")
        ->type_name("N");
    sent->add_flag("--cancel", cancel_, "Take back what is still queued");
    add_limit(*sent, sent_.limit);

    CLI::App* why = add(app_,
                        "why",
                        "The evidence and the decision behind a message",
                        "  kith why 7f2c6a1d",
                        [this](Person& person) { return run_why(person, id_); });
    why->add_option("id", id_, "The message")->required()->type_name("ID");

    add(app_,
        "watch",
        "Say what happens, as it happens; hand over what is queued",
        "  kith watch\n  kith watch --json | while read -r event; do notify-send \"$event\"; done",
        [](Person& person) { return run_watch(person); });
}

void Grammar::add_requests() {
    add(app_, "requests", "Strangers who want to be heard", "  kith requests", [](Person& person) {
        return run_requests(person);
    });
    CLI::App* accept = add(app_,
                           "accept",
                           "Bring a stranger's message here, and know them from now on",
                           "  kith accept 7f2c6a1d",
                           [this](Person& person) { return run_accept(person, id_); });
    accept->add_option("id", id_, "The request")->required()->type_name("ID");
    CLI::App* decline =
        add(app_,
            "decline",
            "Turn a stranger's message away",
            "  kith decline 7f2c6a1d\n  kith decline 7f2c6a1d --block",
            [this](Person& person) {
                return run_decline(person, id_, flag_ ? Decline::and_block : Decline::once);
            });
    decline->add_option("id", id_, "The request")->required()->type_name("ID");
    decline->add_flag("--block", flag_, "And hear no more from them");
}

void Grammar::add_people() {
    CLI::App* contacts = add(
        app_,
        "contacts",
        "Whom you know",
        "  kith contacts\n  kith contacts add 'kith:bob@two.test?token=…&root=…'\n"
        "  kith contacts add bob@two.test --level well-trusted",
        [this](Person& person) {
            return contact_.who.empty() ? run_contacts(person) : run_contacts_add(person, contact_);
        });
    contacts->require_subcommand(0, 1);
    CLI::App* add_contact = contacts->add_subcommand("add", "Know somebody, by address or link");
    add_contact->add_option("who", contact_.who, "An address, or a kith: link")
        ->required()
        ->type_name("ADDRESS|LINK");
    add_contact->add_option("--level", contact_.level, "well-trusted, known or blocked [known]")
        ->type_name("LEVEL");
    add_contact->add_option("--name", contact_.name, "What you call them")->type_name("NAME");

    CLI::App* trust =
        add(app_,
            "trust",
            "Say what somebody's mail is to you",
            "  kith trust bob@two.test well-trusted\n  kith trust mallory@three.test blocked",
            [this](Person& person) { return run_trust(person, address_, level_); });
    trust->add_option("address", address_, "Whom")->required()->type_name("ADDRESS");
    trust->add_option("level", level_, "well-trusted, known or blocked")
        ->required()
        ->type_name("LEVEL");

    CLI::App* verify =
        add(app_,
            "verify",
            "The safety number that you and somebody else compare",
            "  kith verify bob@two.test\n  kith verify bob@two.test --confirm",
            [this](Person& person) {
                return run_verify(person, address_, flag_ ? Confirm::yes : Confirm::no);
            });
    verify->add_option("address", address_, "With whom")->required()->type_name("ADDRESS");
    verify->add_flag("--confirm", flag_, "The numbers were the same");

    CLI::App* card = add(app_,
                         "card",
                         "A person's card: devices, root, serial",
                         "  kith card\n  kith card bob@two.test --json",
                         [this](Person& person) { return run_card(person, address_); });
    card->add_option("address", address_, "Whose [your own]")->type_name("ADDRESS");
}

constexpr const char* kNewToken = R"(  kith token new
  kith token new --kind newsletter --label 'Carol' --per-day 5)";

void Grammar::add_tokens() {
    CLI::App* token = add(app_,
                          "token",
                          "Tokens: how somebody comes in without a stamp",
                          "  kith token new --kind invite\n"
                          "  kith token new --kind newsletter --label 'Carol' --per-day 5\n"
                          "  kith token list\n  kith token revoke ID",
                          {});
    token->require_subcommand(1);
    CLI::App* fresh = add(*token, "new", "Make one", kNewToken, [this](Person& person) {
        return run_token_new(person, token_);
    });
    fresh->add_option("--kind", token_.kind, "invite, newsletter or card [invite]")
        ->type_name("KIND");
    fresh->add_option("--label", token_.label, "What you call it")->type_name("TEXT");
    fresh->add_option("--per-day", token_.per_day, "How many messages a day")->type_name("N");
    add(*token, "list", "Those there are", "  kith token list", [](Person& person) {
        return run_token_list(person);
    });
    CLI::App* revoke = add(
        *token, "revoke", "Take one back", "  kith token revoke 7f2c6a1d", [this](Person& person) {
            return run_token_revoke(person, id_);
        });
    revoke->add_option("id", id_, "The token")->required()->type_name("ID");
}

void Grammar::add_devices() {
    CLI::App* device =
        add(app_,
            "device",
            "Your devices",
            "  kith device list\n  kith device link\n"
            "  kith device revoke phone --recovery-file alice.recovery --reason lost",
            {});
    device->require_subcommand(1);
    add(*device, "list", "Those there are", "  kith device list", [](Person& person) {
        return run_device_list(person);
    });
    add(*device,
        "link",
        "Show a code for a new device, add it, and make old mail readable for it",
        "  kith device link",
        [](Person& person) { return run_device_link(person); });
    add(*device,
        "rekey",
        "Make old mail readable for all devices of your card (goes on where it was broken off)",
        "  kith device rekey",
        [](Person& person) { return run_device_rekey(person); });
    CLI::App* revoke = add(*device,
                           "revoke",
                           "Take a device out of your card",
                           "  kith device revoke phone --recovery-file alice.recovery",
                           [this](Person& person) { return run_device_revoke(person, revoke_); });
    revoke->add_option("device", revoke_.device, "Which")->required()->type_name("NAME");
    revoke
        ->add_option("--recovery-file",
                     revoke_.recovery_file,
                     "The recovery key [where init put it]; replaced by the next")
        ->type_name("FILE");
    revoke->add_option("--reason", revoke_.reason, "replaced, lost or compromised [lost]")
        ->type_name("REASON");
}

void Grammar::add_rest() {
    CLI::App* out = add(app_,
                        "export",
                        "Everything you own into a folder (goes on where it was broken off)",
                        "  kith export backup/",
                        [this](Person& person) { return run_export(person, folder_); });
    out->add_option("folder", folder_, "Where to")->required()->type_name("DIR");
    CLI::App* in =
        add(app_,
            "import",
            "Take over what an export holds; where there is no home, make it from the export",
            "  kith import backup/\n  KITH_HOME=/new/home kith import backup/",
            {});
    in->add_option("folder", folder_, "The export")->required()->type_name("DIR");
    in->callback([this] {
        chosen_.without = [this](const std::filesystem::path& home, const Terminal& terminal) {
            return run_import(home, terminal, folder_);
        };
    });
    CLI::App* passphrase = add(app_,
                               "passphrase",
                               "Put the home's keys under a passphrase, or under another one",
                               "  kith passphrase\n  kith passphrase --passphrase-file FILE\n"
                               "  kith passphrase --remove",
                               {});
    passphrase->add_option("--passphrase-file", passphrase_.file, "The new one [asked for]")
        ->type_name("FILE");
    passphrase->add_flag("--remove", flag_, "Keep the keys in the clear");
    passphrase->callback([this] {
        passphrase_.keep =
            flag_ ? PassphraseWish::Keep::in_the_clear : PassphraseWish::Keep::under_passphrase;
        chosen_.without = [this](const std::filesystem::path& home, const Terminal& terminal) {
            return run_passphrase(home, terminal, passphrase_);
        };
    });
    CLI::App* completion = app_.add_subcommand("completion", "A completion script for a shell");
    completion->footer(
        "Examples:\n  kith completion bash > /etc/bash_completion.d/kith\n"
        "  kith completion fish | source");
    completion->add_option("shell", shell_, "bash, zsh or fish")->required()->type_name("SHELL");
    completion->callback([this] {
        chosen_.without = [this](const std::filesystem::path&, const Terminal&) -> Outcome {
            print_text(completion_script(tree_of(app_), TRY(parse_shell(shell_))));
            return ExitCode::done;
        };
    });
}

CommandTree Grammar::tree_of(const CLI::App& app) const {
    using Takes = CommandTree::Option::Takes;
    CommandTree tree{.name = app.get_name(),
                     .description = app.get_description(),
                     .options = {},
                     .commands = {}};
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_positional())
            continue;
        CommandTree::Option made{.names = {}, .description = option->get_description()};
        for (const std::string& name : option->get_snames())
            made.names.push_back("-" + name);
        for (const std::string& name : option->get_lnames())
            made.names.push_back("--" + name);
        const std::string type = option->get_type_name();
        if (option->get_items_expected_max() > 0)
            made.takes = type == "FILE" || type == "DIR" ? Takes::file : Takes::words;
        if (option->get_type_size_max() == 0)
            made.takes = Takes::nothing;
        tree.options.push_back(std::move(made));
    }
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        tree.commands.push_back(tree_of(*command));
    return tree;
}

// Said before the line was understood.
bool wants_json(int argc, char** argv) {
    return std::any_of(
        argv, argv + argc, [](const char* word) { return std::string_view(word) == "--json"; });
}

// CLI11 only misses a command where another word stands in its place.
std::string Grammar::what_is_wrong(const CLI::Error& error, int argc, char** argv) const {
    if (!app_.get_subcommands().empty())
        return error.what();
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--home")
            ++i;
        else if (!word.starts_with('-'))
            return "'" + word + "' is no command";
    }
    return argc > 1 ? error.what() : "say what to do";
}

// "kith token new": the command that was meant, as far as it was recognised.
std::string Grammar::said_so_far() const {
    std::string words = "kith";
    for (const CLI::App* at = &app_; !at->get_subcommands().empty();) {
        at = at->get_subcommands().front();
        words += " " + at->get_name();
    }
    return words;
}

Chosen Grammar::read(int argc, char** argv) {
    try {
        app_.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        const CLI::App* deepest = &app_;
        while (!deepest->get_subcommands().empty())
            deepest = deepest->get_subcommands().front();
        print_text(deepest->help());
        chosen_.over = ExitCode::done;
    } catch (const CLI::CallForVersion&) {
        print_line("kith " KITH_VERSION);
        chosen_.over = ExitCode::done;
    } catch (const CLI::ParseError& error) {
        const std::string wrong = what_is_wrong(error, argc, argv);
        chosen_.over = print_failure(Terminal::detect(wants_json(argc, argv)),
                                     usage_error(wrong + " (" + said_so_far() + " --help)"));
    }
    return chosen_;
}

}  // namespace

Chosen read_command_line(int argc, char** argv) {
    // The chosen act refers to the grammar's values; it lives as long as the act.
    auto grammar = std::make_shared<Grammar>();
    Chosen chosen = grammar->read(argc, argv);
    if (chosen.with_person)
        chosen.with_person = [grammar, act = std::move(chosen.with_person)](Person& person) {
            return act(person);
        };
    if (chosen.without)
        chosen.without = [grammar, act = std::move(chosen.without)](
                             const std::filesystem::path& home, const Terminal& terminal) {
            return act(home, terminal);
        };
    return chosen;
}

}  // namespace kith
