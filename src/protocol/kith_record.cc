#include "protocol/kith_record.h"

#include <algorithm>

#include "base/text.h"
#include "note/address.h"

namespace kith {
namespace {

constexpr std::string_view kVersion = "v=kith1";

Error bad(std::string_view tag, std::string detail) {
    return fail(ErrorKind::malformed, "record: " + std::string(tag), std::move(detail));
}

// The tags as they come, before it is known whether all are there.
struct Tags {
    std::optional<std::string> host;
    std::optional<std::uint16_t> port;
    std::vector<PublicKey> keys;
    std::optional<KithRecord::Mode> mode;
    std::vector<PublicKey> log_keys;
    std::optional<PublicKey> witness;
};

Result<void> read_host(Tags& tags, std::string_view value) {
    if (tags.host)
        return bad("host", "comes twice");
    auto host = normal_domain(value);
    if (!host)
        return bad("host", host.error().detail);
    tags.host = *std::move(host);
    return {};
}

Result<void> read_port(Tags& tags, std::string_view value) {
    const auto port = parse_decimal(value, 65'535);
    if (tags.port || !port || *port == 0)
        return bad("port", tags.port ? "comes twice" : "is not 1 to 65535");
    tags.port = static_cast<std::uint16_t>(*port);
    return {};
}

// Appends to `keys`; the same key twice is one.
Result<void> read_key(std::vector<PublicKey>& keys, std::string_view tag, std::string_view value) {
    if (keys.size() == kMaxRecordKeys)
        return fail(ErrorKind::limit, "record: " + std::string(tag), "more than 8 of them");
    auto key = parse_public_key(value);
    if (!key)
        return bad(tag, key.error().detail);
    if (std::ranges::find(keys, *key) == keys.end())
        keys.push_back(*key);
    return {};
}

Result<void> read_witness(Tags& tags, std::string_view value) {
    const auto key = parse_public_key(value);
    if (tags.witness || !key)
        return bad("witness", tags.witness ? "comes twice" : key.error().detail);
    tags.witness = *key;
    return {};
}

Result<void> read_mode(Tags& tags, std::string_view value) {
    if (tags.mode || (value != "testing" && value != "enforce"))
        return bad("mode", tags.mode ? "comes twice" : "is neither testing nor enforce");
    tags.mode = value == "enforce" ? KithRecord::Mode::enforce : KithRecord::Mode::testing;
    return {};
}

Result<void> read_tag(Tags& tags, std::string_view tag) {
    const std::size_t equals = tag.find('=');
    const std::string_view name = trim(tag.substr(0, equals));
    if (equals == std::string_view::npos || name.empty())
        return bad("tag", "is not NAME=VALUE");
    const std::string_view value = trim(tag.substr(equals + 1));
    if (name == "host")
        return read_host(tags, value);
    if (name == "port")
        return read_port(tags, value);
    if (name == "key")
        return read_key(tags.keys, name, value);
    if (name == "log")
        return read_key(tags.log_keys, name, value);
    if (name == "witness")
        return read_witness(tags, value);
    if (name == "mode")
        return read_mode(tags, value);
    if (name == "v")
        return bad("v", "comes twice");
    return {};
}

bool is_kith_record(std::string_view text) {
    const std::string_view first = text.substr(0, text.find(';'));
    return trim(first) == kVersion;
}

}  // namespace

Result<KithRecord> parse_kith_record(std::string_view text) {
    if (text.size() > kMaxKithRecord)
        return fail(ErrorKind::limit, "record", "more than 4096 octets");
    if (text.ends_with('\n'))  // /.well-known/kith is a file with a line
        text.remove_suffix(1);
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    };
    if (!is_utf8(text) || std::ranges::any_of(text, is_control))
        return bad("text", "is not one line of UTF-8");
    if (!is_kith_record(text))
        return bad("v", "does not begin with v=kith1");
    std::vector<std::string_view> pieces = split(text, ';');
    if (pieces.size() > 1 && trim(pieces.back()).empty())
        pieces.pop_back();
    Tags tags;
    for (std::size_t i = 1; i < pieces.size(); ++i)
        TRY(read_tag(tags, trim(pieces[i])));
    if (!tags.host)
        return bad("host", "is missing");
    if (tags.keys.empty())
        return bad("key", "is missing");
    return KithRecord{*std::move(tags.host),
                      tags.port.value_or(443),
                      std::move(tags.keys),
                      tags.mode.value_or(KithRecord::Mode::testing),
                      std::move(tags.log_keys),
                      tags.witness};
}

std::string write_kith_record(const KithRecord& record) {
    std::string text = std::string(kVersion) + "; host=" + record.host;
    if (record.port != 443)
        text += "; port=" + std::to_string(record.port);
    for (const PublicKey& key : record.keys)
        text += "; key=" + key.text();
    text += record.mode == KithRecord::Mode::enforce ? "; mode=enforce" : "; mode=testing";
    for (const PublicKey& key : record.log_keys)
        text += "; log=" + key.text();
    if (record.witness)
        text += "; witness=" + record.witness->text();
    return text;
}

Result<KithRecord> pick_kith_record(std::span<const std::string> texts) {
    const std::string* found = nullptr;
    for (const std::string& text : texts) {
        if (!is_kith_record(text))
            continue;
        if (found != nullptr)
            return bad("v", "several records say v=kith1");
        found = &text;
    }
    if (found == nullptr)
        return fail(ErrorKind::not_found, "record", "no record says v=kith1");
    return parse_kith_record(*found);
}

}  // namespace kith
