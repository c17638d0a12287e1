#include "kithd/completion.h"

#include <vector>

namespace kith {
namespace {

std::vector<const CLI::App*> verbs_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<std::string> options_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames())
            names.push_back("--" + name);
    return names;
}

bool takes_path(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    return type == "FILE" || type == "DIR";
}

std::string shell_quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text)
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

// Options behind which a path comes, as alternatives of a pattern.
std::string path_options(const CLI::App& app) {
    std::string out;
    const auto add = [&out](const std::string& more) {
        if (!more.empty())
            out += (out.empty() ? "" : "|") + more;
    };
    for (const CLI::Option* option : app.get_options())
        if (takes_path(*option))
            for (const std::string& name : option->get_lnames())
                add("--" + name);
    for (const CLI::App* verb : verbs_of(app))
        add(path_options(*verb));
    return out;
}

// One case a path of verbs ("queue retry"): the words that may follow.
void add_cases(const CLI::App& app,
               const std::string& path,
               const CLI::App& top,
               std::string& out) {
    std::string words;
    for (const CLI::App* verb : verbs_of(app))
        words += verb->get_name() + " ";
    for (const CLI::App* of : {&app, &top})
        for (const std::string& name : options_of(*of))
            if (!(" " + words).contains(" " + name + " "))
                words += name + " ";
    out += "        " + shell_quoted(path) + ") words=" + shell_quoted(words) + " ;;\n";
    for (const CLI::App* verb : verbs_of(app))
        add_cases(*verb, path + (path.empty() ? "" : " ") + verb->get_name(), top, out);
}

std::string bash_script(const CLI::App& app) {
    std::string cases;
    add_cases(app, "", app, cases);
    return "_kithd_words() {\n    case \"$1\" in\n" + cases +
           R"(        *) words=""; return 1 ;;
    esac
}
_kithd() {
    local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" path="" words="" word
    case "$prev" in
        )" +
           path_options(app) +
           R"() COMPREPLY=($(compgen -f -- "$cur")); return ;;
    esac
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        _kithd_words "${path:+$path }$word" && path="${path:+$path }$word"
    done
    _kithd_words "$path"
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
    case "$path" in backup|restore) COMPREPLY+=($(compgen -d -- "$cur")) ;; esac
}
complete -F _kithd kithd
)";
}

void add_fish(const CLI::App& app, const std::string& path, std::string& out) {
    const std::string condition =
        path.empty() ? std::string("__fish_use_subcommand") : "__fish_seen_subcommand_from " + path;
    for (const CLI::App* verb : verbs_of(app)) {
        out += "complete -c kithd -n " + shell_quoted(condition) + " -f -a " + verb->get_name() +
               " -d " + shell_quoted(verb->get_description()) + "\n";
        add_fish(*verb, verb->get_name(), out);
    }
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_positional())
            continue;
        out +=
            "complete -c kithd" + (path.empty() ? std::string() : " -n " + shell_quoted(condition));
        for (const std::string& name : option->get_lnames())
            out += " -l " + name;
        if (option->get_items_expected_max() > 0 && option->get_type_size_max() > 0)
            out += takes_path(*option) ? " -r -F" : " -x";
        out += " -d " + shell_quoted(option->get_description()) + "\n";
    }
}

}  // namespace

Result<std::string> completion_script(const CLI::App& app, std::string_view shell) {
    if (shell == "bash")
        return bash_script(app);
    if (shell == "zsh")
        return "#compdef kithd\nautoload -U +X bashcompinit && bashcompinit\n" + bash_script(app);
    if (shell != "fish")
        return fail(
            ErrorKind::malformed, std::string(shell), "is no shell I know: bash, zsh, fish");
    std::string out;
    add_fish(app, "", out);
    return out;
}

}  // namespace kith
