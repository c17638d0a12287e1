// kithd: the server's command line. Exit codes: 0 done, 1 failed, 2 usage or configuration.
#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "kithd/completion.h"
#include "kithd/top.h"
#include "kithd/verbs.h"

namespace kith {
namespace {

// The grammar: verbs, options, examples. A verb's function sets the exit code.
class Grammar {
  public:
    Grammar();
    int run(int argc, char** argv);

  private:
    CLI::App* add(CLI::App& parent,
                  const char* name,
                  const char* help,
                  const char* examples,
                  std::function<int()> work);
    CLI::App* add_call(CLI::App& parent,
                       const char* name,
                       const char* help,
                       const char* examples,
                       const char* call);
    CLI::Option* needs_address(CLI::App* verb) {
        return verb->add_option("address", address_, "The account: NAME@DOMAIN or NAME")
            ->type_name("ADDRESS");
    }
    void add_quickstart();
    void add_network_options(CLI::App& verb);
    void add_serving();
    void add_top();
    void add_accounts();
    void add_queue();
    void add_safety();
    void add_log();

    CLI::App app_{"Kith mail server: trust decides delivery.", "kithd"};
    Options options_;
    int code_ = kDone;
    QuickstartOptions wishes_;
    std::string user_;
    std::string address_;
    std::string id_;
    std::string domain_;
    std::string folder_;
    std::string shell_;
    std::int64_t limit_ = 100;
    std::int64_t threads_ = 0;
    std::string choice_;
    TopOptions top_;
    bool flag_ = false;
};

Grammar::Grammar() {
    app_.footer(
        "Exit codes: 0 done, 1 failed or something was found bad, 2 usage or configuration.\n\n"
        "Examples:\n"
        "  kithd quickstart example.org     set a domain up\n"
        "  kithd check                      test it from outside in\n"
        "  kithd VERB --help                more of each; man kithd has the rest");
    app_.require_subcommand(1);
    app_.set_help_flag("-h,--help", "Say what a verb does, with examples");
    app_.set_version_flag("--version", "kithd " KITH_VERSION);
    app_.add_option("--config", options_.config_file, "Configuration file")
        ->capture_default_str()
        ->type_name("FILE");
    app_.add_flag("--json", options_.as_json, "Print JSON");
    app_.fallthrough();
    add_quickstart();
    add_serving();
    add_top();
    add_accounts();
    add_queue();
    add_safety();
    add_log();
}

CLI::App* Grammar::add(CLI::App& parent,
                       const char* name,
                       const char* help,
                       const char* examples,
                       std::function<int()> work) {
    CLI::App* verb = parent.add_subcommand(name, help);
    verb->footer(std::string("Examples:\n") + examples);
    verb->callback([this, work = std::move(work)] { code_ = work(); });
    return verb;
}

CLI::App* Grammar::add_call(
    CLI::App& parent, const char* name, const char* help, const char* examples, const char* call) {
    return add(parent, name, help, examples, [this, call] {
        boost::json::object request{{"call", call}};
        if (!address_.empty())
            request["address"] = address_;
        if (!id_.empty())
            request["id"] = id_;
        if (!domain_.empty())
            request["domain"] = domain_;
        return ask(options_, request);
    });
}

void Grammar::add_quickstart() {
    CLI::App* verb = add(app_,
                         "quickstart",
                         "Set a domain up: look at the ground, write configuration and keys, "
                         "print the DNS records and the first invitation",
                         "  kithd quickstart example.org\n"
                         "  kithd quickstart example.org --host mx.example.org \\\n"
                         "    --certificate /etc/ssl/mx.pem --certificate-key /etc/ssl/mx.key",
                         [this] {
                             if (flag_)
                                 wishes_.network = QuickstartOptions::Network::leave_out;
                             return run_quickstart(options_, wishes_, user_);
                         });
    Config& config = wishes_.config;
    verb->add_option("domain", config.domain, "The mail domain, e.g. example.org")->required();
    verb->add_option("--host", config.host, "This server's name (default: mail.DOMAIN)");
    verb->add_option("--data-dir", config.data_dir, "Where everything is kept")
        ->capture_default_str()
        ->type_name("DIR");
    verb->add_option("--user",
                     user_,
                     "Who runs the server: gets what root writes (default: kith, where that user "
                     "is and the configuration is the default one)");
    verb->add_option(
        "--first", wishes_.first_account, "Name of the first account (default: postmaster)");
    verb->add_option("--log", wishes_.log_file, "Append what was found to this file, too")
        ->type_name("FILE");
    add_network_options(*verb);
}

void Grammar::add_network_options(CLI::App& verb) {
    Config& config = wishes_.config;
    verb.add_option("--listen", config.listen.https, "IP:PORT to listen on (repeat for several)");
    verb.add_option("--port", config.listen.public_port, "The port others reach us at")
        ->capture_default_str();
    verb.add_option(
            "--certificate", config.tls.certificate, "PEM file (default: one signed by itself)")
        ->type_name("FILE");
    verb.add_option("--certificate-key", config.tls.key, "PEM file with its key")
        ->type_name("FILE");
    verb.add_option("--extra-ca", config.tls.extra_ca, "PEM file of further authorities to trust")
        ->type_name("FILE");
    verb.add_option("--forward", config.resolver.forward, "Resolver to ask, IP or IP@PORT");
    verb.add_option(
        "--stub-zone", config.resolver.stub_zones, "\"ZONE IP@PORT\", for test networks");
    verb.add_option(
            "--trust-anchor", config.resolver.trust_anchors, "File with a DNSSEC trust anchor")
        ->type_name("FILE");
    verb.add_flag("--allow-private-addresses",
                  config.federation.allow_private_addresses,
                  "Let other servers be at private addresses, for test networks");
    verb.add_option("--strangers-effort",
                    config.strangers.effort,
                    "What a stranger's stamp costs, as effort [1500]");
    verb.add_flag("--offline", flag_, "Do not ask the resolver");
}

void Grammar::add_serving() {
    add(app_,
        "run",
        "Serve, in the foreground, until SIGTERM; SIGHUP reloads",
        "  kithd run\n  kithd run --config /srv/kith/kithd.toml",
        [this] { return run_serve(options_); });
    add(app_,
        "status",
        "What the running server is doing; fails when none runs or its store has failed",
        "  kithd status\n  kithd status --json | jq .queued",
        [this] { return run_status(options_); });
    add_call(app_,
             "reload",
             "Read configuration, certificate and log file again; say which changed keys want a "
             "restart",
             "  kithd reload",
             "reload");
    add(app_,
        "check",
        "Test the domain from outside in: DNS, TLS, every public call",
        "  kithd check\n  kithd check --json",
        [this] { return run_look(options_, Look::outside); });
    add(app_,
        "doctor",
        "Look at ground, keys, certificate and store",
        "  kithd doctor\n  kithd doctor --store      every reference, every octet",
        [this] { return run_look(options_, flag_ ? Look::store : Look::inside); })
        ->add_flag("--store", flag_, "The store alone: every reference, every octet");
    add(app_,
        "completion",
        "A completion script for a shell",
        "  kithd completion bash > /etc/bash_completion.d/kithd\n"
        "  kithd completion fish | source",
        [this] {
            const auto script = completion_script(app_, shell_);
            if (!script) {
                complain(script.error());
                return kUsage;
            }
            fmt::print("{}", *script);
            return kDone;
        })
        ->add_option("shell", shell_, "bash, zsh or fish")
        ->required();
}

void Grammar::add_top() {
    CLI::App* verb =
        add(app_,
            "top",
            "Who loads the running server: deliveries of the last minute by domain and by network, "
            "and what was turned away, drawn anew until interrupted",
            "  kithd top\n  kithd top --rows 40 --every 10\n  kithd top --once --json | jq .shed",
            [this] { return run_top(options_, top_); });
    verb->add_flag("--once", top_.once, "Print it once");
    verb->add_option("--rows", top_.rows, "Domains and networks shown, at most")
        ->capture_default_str()
        ->check(CLI::Range(1, 4'096));
    verb->add_option("--every", top_.every, "Seconds between two looks")
        ->capture_default_str()
        ->check(CLI::Range(1, 3'600));
}

void Grammar::add_accounts() {
    CLI::App* account =
        app_.add_subcommand("account", "The accounts of the domain")->require_subcommand(1);
    needs_address(add_call(*account,
                           "add",
                           "Make an invitation for a new account (the person makes the keys)",
                           "  kithd account add alice",
                           "invitation.create"))
        ->required();
    add_call(*account, "list", "All accounts", "  kithd account list", "account.list");
    needs_address(add_call(*account,
                           "disable",
                           "No login, no mail in or out; nothing is deleted",
                           "  kithd account disable alice@example.org",
                           "account.disable"))
        ->required();
    needs_address(add_call(*account,
                           "enable",
                           "Undo disable",
                           "  kithd account enable alice@example.org",
                           "account.enable"))
        ->required();
    CLI::App* threads =
        add(*account,
            "threads",
            "Let an account (a mailing list) begin more threads an hour than others",
            "  kithd account threads bees@example.org 500\n"
            "  kithd account threads bees@example.org     as all others again",
            [this] {
                boost::json::object request{{"call", "account.threads"}, {"address", address_}};
                if (threads_ > 0)
                    request["number"] = threads_;
                return ask(options_, request);
            });
    needs_address(threads)->required();
    threads->add_option("number", threads_, "Without a confirmation by the person")
        ->type_name("N")
        ->check(CLI::Range(1, 10'000'000));
    CLI::App* strangers =
        add(*account,
            "strangers",
            "Hold or refuse strangers who write to this account by SMTP",
            "  kithd account strangers alice@example.org refuse\n"
            "  kithd account strangers alice@example.org     as the server's configuration says",
            [this] {
                boost::json::object request{{"call", "account.strangers"}, {"address", address_}};
                if (!choice_.empty())
                    request["choice"] = choice_;
                return ask(options_, request);
            });
    needs_address(strangers)->required();
    strangers->add_option("choice", choice_, "hold or refuse")
        ->type_name("CHOICE")
        ->check(CLI::IsMember({"hold", "refuse"}));
    CLI::App* remove = add(*account,
                           "remove",
                           "Delete the account, its mail and what it still sends, for good",
                           "  kithd account remove alice@example.org\n"
                           "  kithd account remove alice@example.org --yes",
                           [this] { return run_account_remove(options_, address_, flag_); });
    needs_address(remove)->required();
    remove->add_flag("--yes", flag_, "Do not ask");
    needs_address(add_call(app_,
                           "invitation",
                           "Make an invitation: a code that makes one account, within 14 days",
                           "  kithd invitation\n  kithd invitation alice@example.org",
                           "invitation.create"));
}

void Grammar::add_queue() {
    CLI::App* queue =
        app_.add_subcommand("queue", "Outgoing mail that waits")->require_subcommand(1);
    add(*queue,
        "list",
        "The recipients that wait, those that are due first",
        "  kithd queue list\n  kithd queue list --limit 1000 --json",
        [this] { return run_queue_list(options_, limit_); })
        ->add_option("--limit", limit_, "How many, at most")
        ->capture_default_str()
        ->check(CLI::Range(1, 10'000));
    add_call(*queue, "drop", "Give one recipient up", "  kithd queue drop 17", "queue.drop")
        ->add_option("id", id_, "Its ID in the list")
        ->type_name("ID")
        ->required();
    CLI::App* retry = add(
        *queue, "retry", "Try now", "  kithd queue retry 17\n  kithd queue retry --all", [this] {
            if (flag_ == !id_.empty()) {
                fmt::print(stderr, "kithd: name an ID, or --all\n");
                return kUsage;
            }
            boost::json::object request{{"call", "queue.retry"}};
            if (!id_.empty())
                request["id"] = id_;
            return ask(options_, request);
        });
    retry->add_option("id", id_, "Its ID in the list")->type_name("ID");
    retry->add_flag("--all", flag_, "Everything that waits");
}

void Grammar::add_safety() {
    add(app_,
        "backup",
        "Copy everything, consistent, while the server runs: mail, keys, certificate, "
        "configuration",
        "  kithd backup /var/backups/kith/$(date +%F)",
        [this] { return run_backup(options_, folder_); })
        ->add_option("folder", folder_, "An empty or new folder, where the server may write")
        ->type_name("DIR")
        ->required();
    add(app_,
        "restore",
        "Bring a backup back into an empty data folder, and look whether it is whole; where there "
        "is no configuration, the backup's is used",
        "  kithd restore /var/backups/kith/2026-11-23",
        [this] { return run_restore(options_, folder_); })
        ->add_option("folder", folder_, "The backup")
        ->type_name("DIR")
        ->required();
}

void Grammar::add_log() {
    CLI::App* log =
        app_.add_subcommand("log", "The directory log, and what was seen of other domains'")
            ->require_subcommand(1);
    add_call(*log,
             "verify",
             "Read all of this domain's log: entries, tiles, checkpoint, journal",
             "  kithd log verify\n  kithd log verify --json | jq .missing",
             "log.verify");
    add_call(*log,
             "list",
             "The logs of other domains, as far as they were seen, and whether one contradicts "
             "itself",
             "  kithd log list",
             "log.list");
    const auto needs_domain = [this](CLI::App* verb) {
        verb->add_option("domain", domain_, "The other domain")->type_name("DOMAIN")->required();
    };
    needs_domain(add(*log,
                     "evidence",
                     "Print the proof that a domain's log contradicts itself: to be passed on",
                     "  kithd log evidence example.net > example.net.txt",
                     [this] { return run_log_evidence(options_, domain_); }));
    needs_domain(add_call(*log,
                          "forgive",
                          "Forget the evidence, and what was seen of that log: it is met anew",
                          "  kithd log forgive example.net",
                          "log.forgive"));
}

int Grammar::run(int argc, char** argv) {
    try {
        app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app_.exit(error) == 0 ? kDone : kUsage;
    }
    return code_;
}

}  // namespace
}  // namespace kith

int main(int argc, char** argv) {
    // What it makes is for its owner alone; what others may read is said where it is made.
    ::umask(0077);
    try {
        return kith::Grammar().run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "kithd: %s\n", error.what());
        return 1;
    }
}
