// Writing the configuration file, and comparing two configurations by what would be written.
#include <fmt/format.h>

#include <sstream>
#include <type_traits>

#include "server/config.h"
#include "server/config_key.h"

#define TOML_HEADER_ONLY 0
#define TOML_SHARED_LIB 1
#include <toml++/toml.h>

namespace kith {
namespace {

std::string toml_text(std::string_view text) {
    std::ostringstream out;
    out << toml::value<std::string>(std::string(text));
    return out.str();
}

struct Writer {
    std::string operator()(const std::string* slot) const { return toml_text(*slot); }
    std::string operator()(const bool* slot) const { return *slot ? "true" : "false"; }
    std::string operator()(const std::uint64_t* slot) const { return std::to_string(*slot); }
    std::string operator()(const Seconds* slot) const { return std::to_string(slot->count()); }
    std::string operator()(const std::vector<std::string>* slot) const {
        std::string out = "[";
        for (const std::string& item : *slot)
            out += (out.size() > 1 ? ", " : "") + toml_text(item);
        return out + "]";
    }
};

}  // namespace

ConfigChanges compare(const Config& before, const Config& after) {
    Config left = before;
    Config right = after;
    ConfigChanges changes;
    for (const ConfigKey& key : config_keys()) {
        if (std::visit(Writer{}, key.slot(left)) == std::visit(Writer{}, key.slot(right)))
            continue;
        auto& list =
            key.taken == ConfigKey::Taken::on_reload ? changes.taken : changes.need_restart;
        list.push_back(key.full_name());
    }
    return changes;
}

Config with_changes_taken(const Config& running, const Config& after) {
    Config left = running;
    Config right = after;
    for (const ConfigKey& key : config_keys())
        if (key.taken == ConfigKey::Taken::on_reload)
            std::visit(
                [](auto* to, auto* from) {
                    if constexpr (std::is_same_v<decltype(to), decltype(from)>)
                        *to = *from;
                },
                key.slot(left),
                key.slot(right));
    return left;
}

std::string write_config(const Config& config) {
    Config copy = config;
    std::string out =
        "# Kith server. Every key is here, with its value. After a change: kithd reload (or\n"
        "# systemctl reload kithd); it says which of the changed keys want a restart instead.\n";
    std::string_view section;
    for (const ConfigKey& key : config_keys()) {
        if (key.section != section)
            out += fmt::format("\n[{}]", key.section);
        section = key.section;
        out += fmt::format("\n# {}", key.meaning);
        if (key.range.most != 0)
            out += fmt::format(" ({} to {})", key.range.least, key.range.most);
        if (key.taken == ConfigKey::Taken::on_restart)
            out += " Changed: restart.";
        out += fmt::format("\n{} = {}\n", key.name, std::visit(Writer{}, key.slot(copy)));
    }
    return out;
}

}  // namespace kith
