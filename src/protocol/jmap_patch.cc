#include "protocol/jmap_patch.h"

#include <algorithm>

#include "base/text.h"

namespace kith::jmap {
namespace {

using Tokens = std::vector<std::string>;

constexpr std::size_t kMaxTokens = 32;

Error bad_patch(std::string detail) {
    return fail(ErrorKind::malformed, "patch", std::move(detail));
}

// RFC 6901 section 3: "~" stands before 0 or 1 only.
Result<std::string> unescape(std::string_view token) {
    std::string out;
    for (std::size_t i = 0; i < token.size(); ++i) {
        if (token[i] != '~') {
            out.push_back(token[i]);
            continue;
        }
        const char next = i + 1 < token.size() ? token[i + 1] : '\0';
        if (next != '0' && next != '1')
            return bad_patch("has a \"~\" that is neither ~0 nor ~1");
        out.push_back(next == '0' ? '~' : '/');
        ++i;
    }
    return out;
}

struct Patch {
    Tokens path;
    const json::value* value = nullptr;
};

bool is_prefix(const Tokens& shorter, const Tokens& longer) {
    return shorter.size() <= longer.size() &&
           std::equal(shorter.begin(), shorter.end(), longer.begin());
}

// In order of their paths, so a prefix stands right before what it is a prefix of.
Result<std::vector<Patch>> read_patches(const json::object& patch) {
    std::vector<Patch> patches;
    for (const json::key_value_pair& member : patch)
        patches.push_back({TRY(split_pointer(member.key())), &member.value()});
    std::ranges::sort(patches, {}, &Patch::path);
    for (std::size_t i = 1; i < patches.size(); ++i)
        if (is_prefix(patches[i - 1].path, patches[i].path))
            return bad_patch("one pointer is the prefix of another, at \"" +
                             printable(patches[i].path.front()) + "\"");
    return patches;
}

Result<json::object*> parent_of(json::object& object, const Tokens& path) {
    json::object* parent = &object;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        json::value* const next = parent->if_contains(path[i]);
        if (next == nullptr)
            return bad_patch("there is no \"" + printable(path[i]) + "\"");
        if (next->is_array())
            return bad_patch("\"" + printable(path[i]) + "\" is an array");
        parent = next->if_object();
        if (parent == nullptr)
            return bad_patch("\"" + printable(path[i]) + "\" is not an object");
    }
    return parent;
}

}  // namespace

Result<std::vector<std::string>> split_pointer(std::string_view path) {
    std::vector<std::string> tokens;
    for (const std::string_view token : split(path, '/')) {
        if (tokens.size() == kMaxTokens)
            return bad_patch("has more than 32 parts");
        tokens.push_back(TRY(unescape(token)));
    }
    return tokens;
}

Result<json::object> apply_patch(const json::object& object,
                                 const json::object& patch,
                                 const json::object& defaults) {
    const std::vector<Patch> patches = TRY(read_patches(patch));
    json::object out = object;
    for (const Patch& one : patches) {
        json::object* const parent = TRY(parent_of(out, one.path));
        const std::string& name = one.path.back();
        if (!one.value->is_null()) {
            (*parent)[name] = *one.value;
            continue;
        }
        const json::value* const standard =
            one.path.size() == 1 ? defaults.if_contains(name) : nullptr;
        if (standard != nullptr)
            (*parent)[name] = *standard;
        else
            parent->erase(name);
    }
    return out;
}

}  // namespace kith::jmap
