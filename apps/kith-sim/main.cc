// kith-sim: the simulator's command line. Exit codes: 0 done and the bound held, 1 it was broken or
// something failed, 2 usage.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "kith-sim/runs.h"
#include "kithd/completion.h"

namespace kith::sim {
namespace {

class Grammar {
  public:
    Grammar();
    int run(int argc, char** argv);

  private:
    CLI::App* add(const char* name,
                  const char* help,
                  const char* examples,
                  std::function<int()> work);
    void add_graph_options(CLI::App& verb);
    void add_people_options(CLI::App& verb);
    void add_run();
    void add_baselines();
    void add_strangers();
    void add_study();
    void add_completion();
    std::string study_command() const;

    CLI::App app_{"Kith's rules of delivery in simulated worlds, with attackers.", "kith-sim"};
    int code_ = kDone;
    RunOptions options_;
    BaselineOptions rules_;
    double hacked_ = 1;
    MarketOptions market_;
    StudyRun study_;
    bool million_ = false;
    std::string shell_;
};

Grammar::Grammar() {
    app_.footer(
        "Exit codes: 0 done, 1 the bound was broken or something failed, 2 usage.\n\n"
        "Examples:\n"
        "  kith-sim run                                     a greedy thief among 10,000 people\n"
        "  kith-sim run --attacker worm --hacked 0.1        another\n"
        "  kith-sim VERB --help                             more of each; man kith-sim has the "
        "rest");
    app_.require_subcommand(1);
    app_.set_help_flag("-h,--help", "Say what a verb does, with examples");
    app_.set_version_flag("--version", "kith-sim " KITH_VERSION);
    app_.add_flag("--json", options_.as_json, "Print JSON");
    app_.add_option("--seed", options_.scenario.seed, "The same seed, the same world")
        ->capture_default_str();
    app_.fallthrough();
    add_run();
    add_baselines();
    add_strangers();
    add_study();
    add_completion();
}

CLI::App* Grammar::add(const char* name,
                       const char* help,
                       const char* examples,
                       std::function<int()> work) {
    CLI::App* verb = app_.add_subcommand(name, help);
    verb->footer(std::string("Examples:\n") + examples);
    verb->callback([this, work = std::move(work)] { code_ = work(); });
    return verb;
}

void Grammar::add_graph_options(CLI::App& verb) {
    GraphOptions& graph = options_.graph;
    verb.add_option("--graph",
                    graph.file,
                    "Edge list as SNAP publishes them, uncompressed; - for standard input "
                    "(default: a graph is made)")
        ->type_name("FILE");
    verb.add_flag("--count", graph.count, "Its first line says how many nodes and edges it has");
    verb.add_flag("--one-way", graph.one_way, "A pair x y is x's grant to y alone");
    verb.add_option("--people", graph.people, "People of a graph that is made")
        ->capture_default_str();
    verb.add_option("--links", graph.links, "Contacts that each new person brings (Holme-Kim)")
        ->capture_default_str();
    verb.add_option("--triads", graph.triads, "Chance that a link closes a triangle (Holme-Kim)")
        ->capture_default_str();
    verb.add_option("--community", graph.community, "Make communities of that many people instead")
        ->type_name("PEOPLE");
}

void Grammar::add_people_options(CLI::App& verb) {
    ScenarioOptions& scenario = options_.scenario;
    TrafficOptions& traffic = scenario.traffic;
    verb.add_option("--days", scenario.days, "Days from the attack on")->capture_default_str();
    verb.add_option("--warm-up", scenario.warm_up_days, "Days before it")->capture_default_str();
    verb.add_option("--mail", traffic.mail_a_day, "Threads that a person begins a day")
        ->capture_default_str();
    verb.add_option("--answers", traffic.answers, "Share of mail that is answered")
        ->capture_default_str();
    verb.add_option("--complaints", traffic.complaints, "Share of unwanted mail complained about")
        ->capture_default_str();
    verb.add_option(
            "--notice", scenario.attack.notice_hours, "Hours until an owner has the account back")
        ->capture_default_str();
}

void Grammar::add_run() {
    CLI::App* verb =
        add("run",
            "Let attackers loose in a world, and hold what they reach against the bound",
            "  kith-sim run\n"
            "  kith-sim run --attacker greedy,worm,sybils --hacked 0.1,1,5\n"
            "  zcat email-Enron.txt.gz | kith-sim run --graph - --count --attacker hub-first\n"
            "  kith-sim run --people 1000000 --warm-up 7 --days 7 --json\n"
            "  kith-sim run --fault refund-on-silence --notice 1000 --days 21   breaks the bound",
            [this] { return run_attacks(options_); });
    verb->add_option("--attacker",
                     options_.attackers,
                     "none, greedy, drip, hub-first, community-first, reply-baiting, worm, "
                     "malicious-domains, sybils, false-reporters; several with commas")
        ->delimiter(',')
        ->capture_default_str();
    verb->add_option("--hacked", options_.hacked, "Per cent of all people; several with commas")
        ->delimiter(',')
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str();
    verb->add_flag("!--no-breaker",
                   options_.scenario.attack.breaker,
                   "Without the fan-out breaker of the home server");
    verb->add_option("--fault",
                     options_.scenario.fault,
                     "A mistake that a naive build makes: refund-on-silence, no-vouch-meter")
        ->transform(CLI::CheckedTransformer(
            std::map<std::string, Fault>{{"refund-on-silence", Fault::refund_on_silence},
                                         {"no-vouch-meter", Fault::no_vouch_meter}}))
        ->type_name("FAULT");
    add_graph_options(*verb);
    add_people_options(*verb);
}

void Grammar::add_baselines() {
    CLI::App* verb =
        add("baselines",
            "What the rules of others do against the same thieves",
            "  kith-sim baselines\n"
            "  kith-sim baselines --people 5000 --messages 100 --json",
            [this] {
                rules_.seed = options_.scenario.seed;
                return run_baselines({options_.graph, rules_, hacked_, options_.as_json});
            });
    verb->add_option("--hacked", hacked_, "Per cent of all people")
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str();
    verb->add_option("--messages", rules_.messages, "Messages of one hacked account")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    verb->add_option("--samples", rules_.samples, "Wanted messages of each kind that are tried")
        ->check(CLI::Range(1, 10'000'000))
        ->capture_default_str();
    verb->add_option(
            "--false-negatives", rules_.false_negatives, "Unwanted mail that the filter misses")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    verb->add_option(
            "--false-positives", rules_.false_positives, "Wanted mail that the filter takes away")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    add_graph_options(*verb);
}

void Grammar::add_strangers() {
    CLI::App* verb = add("strangers",
                         "What strangers pay at one server, and what an attacker gets for money",
                         "  kith-sim strangers\n"
                         "  kith-sim strangers --domains 1000 --core-seconds 100000 --json",
                         [this] {
                             market_.seed = options_.scenario.seed;
                             return run_strangers(market_, options_.as_json);
                         });
    verb->add_option("--people", market_.people, "Accounts of the server")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    verb->add_option("--days", market_.days, "Days")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    verb->add_option("--strangers", market_.strangers_a_day, "Honest ones a person and day")
        ->check(CLI::Range(0.0, 1000.0))
        ->capture_default_str();
    verb->add_option("--domains", market_.bought_domains, "Domains of the attacker")
        ->check(CLI::Range(0, 10'000'000))
        ->capture_default_str();
    verb->add_option("--domain-price", market_.domain_price, "Money for one of them")
        ->check(CLI::Range(0.0, 1e9))
        ->capture_default_str();
    verb->add_option("--tries", market_.tries_a_day, "Its stubs at each person a day")
        ->check(CLI::Range(0.0, 1000.0))
        ->capture_default_str();
    verb->add_option("--core-seconds", market_.core_seconds_a_day, "Its work a day, for all")
        ->check(CLI::Range(0.0, 1e12))
        ->capture_default_str();
}

// As it stands in the page, so that whoever reads it can make it again.
std::string Grammar::study_command() const {
    const GraphOptions& graph = options_.graph;
    std::string command = "kith-sim study";
    if (graph.file.empty())
        command += fmt::format(" --people {}", graph.people);
    else
        command = "zcat " + study_.study.graph_name + ".txt.gz | " + command +
                  " --graph - --name " + study_.study.graph_name;
    if (graph.count)
        command += " --count";
    if (graph.one_way)
        command += " --one-way";
    if (million_)
        command += " --million";
    if (options_.scenario.seed != 1)
        command += fmt::format(" --seed {}", options_.scenario.seed);
    return command + " docs";
}

void Grammar::add_study() {
    CLI::App* verb = add(
        "study",
        "Make docs/trust-study.md and its plots: all attackers, the rules of others, strangers",
        "  zcat email-Enron.txt.gz | kith-sim study --graph - --count --name email-Enron docs\n"
        "  kith-sim study --people 3000 /tmp",
        [this] {
            study_.graph = options_.graph;
            study_.as_json = options_.as_json;
            study_.study.seed = options_.scenario.seed;
            if (study_.study.graph_name.empty())
                study_.study.graph_name = options_.graph.file.empty() ? "one that is made" : "read";
            study_.study.many_people = million_ ? 1'000'000 : 0;
            study_.study.command = study_command();
            return make_study(study_);
        });
    verb->add_option("folder", study_.folder, "Where to write them")->type_name("DIR")->required();
    verb->add_option("--name", study_.study.graph_name, "What the graph is called in the page");
    verb->add_flag("--million", million_, "A world of a million people, too");
    add_graph_options(*verb);
}

void Grammar::add_completion() {
    add("completion",
        "A completion script for a shell",
        "  kith-sim completion bash > /etc/bash_completion.d/kith-sim\n"
        "  kith-sim completion fish | source",
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

int Grammar::run(int argc, char** argv) {
    try {
        app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app_.exit(error) == 0 ? kDone : kUsage;
    }
    return code_;
}

}  // namespace
}  // namespace kith::sim

int main(int argc, char** argv) {
    try {
        return kith::sim::Grammar().run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "kith-sim: %s\n", error.what());
        return 1;
    }
}
