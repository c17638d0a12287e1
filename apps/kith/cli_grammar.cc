#include "kith/cli_grammar.h"

#include <algorithm>

#include "kith/cli_verbs.h"

namespace kith {
namespace {

constexpr const char* kOverview =
    R"(Exit codes: 0 done, 1 failed, 2 usage, 3 refused or stamp needed, 4 queued or not yet
final, 5 not found, 6 key, passphrase or trust, 69 server unavailable. See kith(1).)";

// Said before the line was understood.
bool wants_json(int argc, char** argv) {
    return std::any_of(
        argv, argv + argc, [](const char* word) { return std::string_view(word) == "--json"; });
}

}  // namespace

Grammar::Grammar() {
    app_.fallthrough();
    app_.require_subcommand(1);
    app_.set_help_flag("-h,--help", "Say what a command does, with examples");
    app_.set_version_flag("--version", "kith " KITH_VERSION);
    app_.add_flag("--json", chosen_.json, "Print JSON");
    app_.add_option("--home", chosen_.home, "The home (KITH_HOME)")->type_name("DIR");
    app_.footer(kOverview);
    add_init();
    add_recover();
    add_send();
    add_reading();
    add_requests();
    add_people();
    add_tokens();
    add_devices();
    add_freezing();
    add_alarm();
    add_move();
    add_guardians();
    add_lists();
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
