#include "kith/command_tree.h"

#include "kith/exit_code.h"

namespace kith {
namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words)
        out += (out.empty() ? "" : " ") + word;
    return out;
}

std::vector<std::string> words_of(const CommandTree& tree) {
    std::vector<std::string> words;
    for (const CommandTree& command : tree.commands)
        words.push_back(command.name);
    for (const CommandTree::Option& option : tree.options)
        words.insert(words.end(), option.names.begin(), option.names.end());
    return words;
}

std::string shell_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text)
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

// One case a path of commands: "kith token" → the words that may follow.
void add_cases(const CommandTree& tree,
               const std::string& path,
               const std::vector<std::string>& global,
               std::string& out) {
    auto words = words_of(tree);
    words.insert(words.end(), global.begin(), global.end());
    out += "        " + shell_quoted(path) + ") words=" + shell_quoted(joined(words)) + " ;;\n";
    for (const CommandTree& command : tree.commands)
        add_cases(command, path + (path.empty() ? "" : " ") + command.name, global, out);
}

std::vector<std::string> global_options(const CommandTree& tree) {
    std::vector<std::string> names;
    for (const CommandTree::Option& option : tree.options)
        names.insert(names.end(), option.names.begin(), option.names.end());
    return names;
}

std::string file_options(const CommandTree& tree) {
    std::string out;
    for (const CommandTree::Option& option : tree.options)
        if (option.takes == CommandTree::Option::Takes::file)
            for (const std::string& name : option.names)
                out += (out.empty() ? "" : "|") + name;
    for (const CommandTree& command : tree.commands)
        if (const auto more = file_options(command); !more.empty())
            out += (out.empty() ? "" : "|") + more;
    return out;
}

// Where there is no word to offer, as for files, the shell's own completion of names takes over.
std::string bash_script(const CommandTree& tree) {
    std::string cases;
    add_cases(tree, "", global_options(tree), cases);
    return R"(_kith() {
    local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" path="" words="" word
    case "$prev" in
        )" +
           file_options(tree) +
           R"() COMPREPLY=(); return ;;
    esac
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case "$word" in
            -*) ;;
            *) _kith_knows "${path:+$path }$word" && path="${path:+$path }$word" ;;
        esac
    done
    _kith_words "$path"
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
_kith_words() {
    case "$1" in
)" + cases +
           R"(        *) words=""; return 1 ;;
    esac
}
_kith_knows() { local words; _kith_words "$1"; }
complete -o default -F _kith kith
)";
}

std::string zsh_script(const CommandTree& tree) {
    return "#compdef kith\nautoload -U +X bashcompinit && bashcompinit\n" + bash_script(tree);
}

void add_fish(const CommandTree& tree, const std::string& path, std::string& out) {
    const std::string condition =
        path.empty() ? std::string("__fish_use_subcommand") : "__fish_seen_subcommand_from " + path;
    for (const CommandTree& command : tree.commands) {
        out += "complete -c kith -n " + shell_quoted(condition) + " -f -a " + command.name +
               " -d " + shell_quoted(command.description) + "\n";
        add_fish(command, command.name, out);
    }
    for (const CommandTree::Option& option : tree.options) {
        out +=
            "complete -c kith" + (path.empty() ? std::string() : " -n " + shell_quoted(condition));
        for (const std::string& name : option.names)
            out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
        if (option.takes == CommandTree::Option::Takes::words)
            out += " -x";
        if (option.takes == CommandTree::Option::Takes::file)
            out += " -r -F";
        out += " -d " + shell_quoted(option.description) + "\n";
    }
}

}  // namespace

Result<Shell> parse_shell(std::string_view name) {
    if (name == "bash")
        return Shell::bash;
    if (name == "zsh")
        return Shell::zsh;
    if (name == "fish")
        return Shell::fish;
    return usage_error("'" + std::string(name) + "' is no shell I know: bash, zsh or fish");
}

std::string completion_script(const CommandTree& tree, Shell shell) {
    switch (shell) {
        case Shell::bash:
            return bash_script(tree);
        case Shell::zsh:
            return zsh_script(tree);
        case Shell::fish:
            break;
    }
    std::string out;
    add_fish(tree, "", out);
    return out;
}

}  // namespace kith
