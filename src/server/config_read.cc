// Reading the configuration file.
#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "note/address.h"
#include "server/config.h"
#include "server/config_key.h"

#define TOML_HEADER_ONLY 0
#define TOML_SHARED_LIB 1
#include <toml++/toml.h>

namespace kith {
namespace {

Error wrong(std::string_view file,
            const toml::node& at,
            const ConfigKey& key,
            std::string_view what) {
    return fail(ErrorKind::malformed,
                fmt::format("{}:{}", file, at.source().begin.line),
                fmt::format("{} {}", key.full_name(), what));
}

Result<void> set_number(const ConfigKey& key,
                        const toml::node& node,
                        std::string_view file,
                        auto&& set) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < 0)
        return wrong(file, node, key, "must be a whole number");
    const auto number = static_cast<std::uint64_t>(*value);
    if (number < key.range.least || number > key.range.most)
        return wrong(
            file, node, key, fmt::format("must be {} to {}", key.range.least, key.range.most));
    set(number);
    return {};
}

struct Setter {
    const ConfigKey& key;
    const toml::node& node;
    std::string_view file;

    Result<void> operator()(std::string* slot) const {
        const auto value = node.value_exact<std::string>();
        if (!value)
            return wrong(file, node, key, "must be a text in quotes");
        if (std::string why = complaint(*value); !why.empty())
            return wrong(file, node, key, why);
        *slot = *value;
        return {};
    }
    Result<void> operator()(bool* slot) const {
        const auto value = node.value_exact<bool>();
        if (!value)
            return wrong(file, node, key, "must be true or false");
        *slot = *value;
        return {};
    }
    Result<void> operator()(std::uint64_t* slot) const {
        return set_number(key, node, file, [&](std::uint64_t number) { *slot = number; });
    }
    Result<void> operator()(Seconds* slot) const {
        return set_number(key, node, file, [&](std::uint64_t number) { *slot = Seconds(number); });
    }
    Result<void> operator()(std::vector<std::string>* slot) const {
        const toml::array* list = node.as_array();
        if (list == nullptr)
            return wrong(file, node, key, "must be a list of texts");
        slot->clear();
        for (const toml::node& item : *list) {
            const auto value = item.value_exact<std::string>();
            if (!value)
                return wrong(file, item, key, "must be a list of texts");
            if (std::string why = complaint(*value); !why.empty())
                return wrong(file, item, key, why);
            slot->push_back(*value);
        }
        return {};
    }

    std::string complaint(const std::string& value) const {
        return key.check == nullptr ? std::string() : key.check(value);
    }
};

Result<void> refuse_unknown_keys(const toml::table& tree, std::string_view file) {
    const auto known = [](std::string_view section, std::string_view name) {
        for (const ConfigKey& key : config_keys())
            if (key.section == section && key.name == name)
                return true;
        return false;
    };
    const auto is_section = [](std::string_view name) {
        for (const ConfigKey& key : config_keys())
            if (key.section == name)
                return true;
        return false;
    };
    const auto unknown = [&](std::string_view name, const toml::node& at) {
        return fail(ErrorKind::malformed,
                    fmt::format("{}:{}", file, at.source().begin.line),
                    fmt::format("unknown key {}", name));
    };
    for (const auto& [name, node] : tree) {
        const toml::table* section = node.as_table();
        if (section == nullptr ? !known("", name.str()) : !is_section(name.str()))
            return unknown(name.str(), node);
        if (section == nullptr)
            continue;
        for (const auto& [inner, value] : *section)
            if (!known(name.str(), inner.str()))
                return unknown(fmt::format("{}.{}", name.str(), inner.str()), value);
    }
    return {};
}

Result<Config> read_tree(const toml::table& tree, std::string_view file) {
    TRY(refuse_unknown_keys(tree, file));
    Config config;
    for (const ConfigKey& key : config_keys()) {
        const toml::table* section = key.section.empty() ? &tree : tree[key.section].as_table();
        const toml::node* node = section == nullptr ? nullptr : section->get(key.name);
        if (node != nullptr)
            TRY(std::visit(Setter{key, *node, file}, key.slot(config)));
        else if (key.need == ConfigKey::Need::required)
            return fail(ErrorKind::malformed, std::string(file), key.full_name() + " is missing");
    }
    if (config.listen.https.empty())
        return fail(ErrorKind::malformed, std::string(file), "listen.https must not be empty");
    config.domain = TRY(normal_domain(config.domain));
    config.host = TRY(normal_domain(config.host));
    return config;
}

}  // namespace

Result<Config> parse_config(std::string_view text, std::string_view file_name) {
    if (text.size() > (1U << 20))
        return fail(ErrorKind::limit, std::string(file_name), "larger than 1 MiB");
    try {
        const toml::table tree = toml::parse(text, file_name);
        return read_tree(tree, file_name);
    } catch (const toml::parse_error& error) {
        return fail(ErrorKind::malformed,
                    fmt::format("{}:{}", file_name, error.source().begin.line),
                    std::string(error.description()));
    }
}

Result<Config> load_config(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return fail(
            ErrorKind::io,
            file.string(),
            "cannot be read; name the file with --config, or run `kithd quickstart DOMAIN`");
    std::ostringstream text;
    text << in.rdbuf();
    Config config = TRY(parse_config(text.str(), file.string()));
    config.file = std::filesystem::absolute(file);
    return config;
}

}  // namespace kith
