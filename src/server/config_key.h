// One key of the configuration file: its place, its meaning, its bounds, and where its value is in
// Config. The reader, the writer and the comparison of two configurations all go by the one table.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/config.h"

namespace kith {

struct ConfigKey {
    using Slot =
        std::variant<std::string*, std::uint64_t*, bool*, Seconds*, std::vector<std::string>*>;
    enum class Need { required, optional };
    /// When a changed value counts.
    enum class Taken { on_reload, on_restart };
    /// Of a number; `most` 0: the key is no number.
    struct Range {
        std::uint64_t least = 0;
        std::uint64_t most = 0;
    };
    /// What is wrong with a text, or with one of a list; empty: nothing. See config_checks.h.
    using Check = std::string (*)(const std::string&);

    std::string_view section;  ///< empty: above all sections
    std::string_view name;
    Range range;
    std::string_view meaning;  ///< a sentence for the file
    std::function<Slot(Config&)> slot;
    Check check = nullptr;
    Need need = Need::optional;
    Taken taken = Taken::on_reload;

    /// "section.name".
    std::string full_name() const;
};

/// A text, a list of texts, or true and false.
ConfigKey text_key(std::string_view section,
                   std::string_view name,
                   std::string_view meaning,
                   std::function<ConfigKey::Slot(Config&)> slot,
                   ConfigKey::Check check = nullptr);
/// A number, or a time in seconds.
ConfigKey number_key(std::string_view section,
                     std::string_view name,
                     ConfigKey::Range range,
                     std::string_view meaning,
                     std::function<ConfigKey::Slot(Config&)> slot);
ConfigKey required(ConfigKey key);
/// A changed value counts at the next start.
ConfigKey restart(ConfigKey key);

/// Every key, in the order of the file.
const std::vector<ConfigKey>& config_keys();

/// Parts of that table: HTTP, other servers, DNS; what people and strangers may do; floods.
std::vector<ConfigKey> network_keys();
std::vector<ConfigKey> limit_keys();
std::vector<ConfigKey> load_keys();
std::vector<ConfigKey> smtp_keys();

}  // namespace kith
