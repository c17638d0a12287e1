#include "mailauth/dkim_signature.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "mailauth/dns.h"

namespace kith::mailauth {
namespace {

constexpr std::size_t kMaxSignedFields = 256;

Error bad(std::string detail) {
    return fail(ErrorKind::malformed, "signature", std::move(detail));
}

Result<Canonicalization> parse_form(std::string_view text) {
    if (text == "simple")
        return Canonicalization::simple;
    if (text == "relaxed")
        return Canonicalization::relaxed;
    return bad("c= is unknown");
}

Result<void> read_forms(DkimSignature& out, std::string_view text) {
    const std::size_t slash = text.find('/');
    out.header_form = TRY(parse_form(text.substr(0, slash)));
    out.body_form = Canonicalization::simple;
    if (slash != std::string_view::npos)
        out.body_form = TRY(parse_form(text.substr(slash + 1)));
    return {};
}

// The domain of i= is that of d= or below it (RFC 6376 section 3.5).
Result<void> read_identity(DkimSignature& out, const TagList& tags) {
    const auto text = tags.find("i");
    if (!text) {
        out.identity = "@" + out.domain;
        return {};
    }
    out.identity = *text;
    const std::size_t at = text->rfind('@');
    if (at == std::string_view::npos)
        return bad("i= has no \"@\"");
    const auto domain = mail_domain(text->substr(at + 1));
    if (!domain || !("." + *domain).ends_with("." + out.domain))
        return bad("i= is not in d=");
    return {};
}

Result<void> read_dkim_tags(DkimSignature& out, const TagList& tags) {
    if (TRY(tags.get("v")) != "1")
        return bad("v= is not 1");
    if (const auto query = tags.find("q"); query && !query->empty()) {
        const auto methods = colon_list(*query);
        if (std::ranges::find(methods, "dns/txt") == methods.end())
            return bad("q= names no known way to the key");
    }
    return read_identity(out, tags);
}

Result<void> read_times(DkimSignature& out, const TagList& tags) {
    if (const auto text = tags.find("t"))
        out.time = TRY(parse_seconds(*text));
    if (const auto text = tags.find("x"))
        out.expiry = TRY(parse_seconds(*text));
    if (out.time && out.expiry && *out.expiry <= *out.time)
        return bad("x= is not after t=");
    return {};
}

Result<Bytes> read_base64(const TagList& tags, std::string_view name) {
    const std::string_view text = TRY(tags.get(name));
    auto octets = parse_base64(without_space(text));
    if (!octets || octets->empty())
        return bad(std::string(name) + "= is no base64");
    return *std::move(octets);
}

Result<void> read_fields(DkimSignature& out, std::string_view text) {
    out.fields = colon_list(text);
    if (out.fields.size() > kMaxSignedFields)
        return fail(ErrorKind::limit, "signature", "h= has too many names");
    return {};
}

}  // namespace

bool DkimSignature::signs(std::string_view field) const {
    return std::ranges::find(fields, field) != fields.end();
}

std::optional<KeyType> key_type_of(std::string_view algorithm) {
    if (algorithm == "rsa-sha256")
        return KeyType::rsa;
    if (algorithm == "ed25519-sha256")
        return KeyType::ed25519;
    return std::nullopt;
}

Result<std::string> parse_selector(std::string_view text) {
    std::string selector = to_lower(text);
    if (!is_domain_name(selector))
        return bad("s= is no selector");
    return selector;
}

Result<Time> parse_seconds(std::string_view text) {
    constexpr std::uint64_t kYear9999 = 253'402'300'799;
    if (text.empty() || text.size() > 12 ||
        !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
        return bad("a time is no number of seconds");
    std::uint64_t seconds = 0;
    for (const char c : text)
        seconds = seconds * 10 + static_cast<std::uint64_t>(c - '0');
    return Time(Seconds(std::min(seconds, kYear9999)));
}

Result<DkimSignature> parse_dkim_signature(std::string_view value, SignatureForm form) {
    const TagList tags = TRY(TagList::parse(value));
    DkimSignature out;
    out.algorithm = TRY(tags.get("a"));
    out.key_type = key_type_of(out.algorithm);
    out.signature = TRY(read_base64(tags, "b"));
    out.body_hash = TRY(read_base64(tags, "bh"));
    // Without c= it is simple/simple; ARC's tests hold it to be relaxed/relaxed there.
    if (form == SignatureForm::arc_message)
        out.header_form = out.body_form = Canonicalization::relaxed;
    if (const auto text = tags.find("c"))
        TRY(read_forms(out, *text));
    const std::string_view domain = TRY(tags.get("d"));
    const std::string_view selector = TRY(tags.get("s"));
    const std::string_view fields = TRY(tags.get("h"));
    out.domain = TRY(mail_domain(domain));
    out.selector = TRY(parse_selector(selector));
    TRY(read_fields(out, fields));
    out.counts_body = tags.find("l").has_value();
    TRY(read_times(out, tags));
    if (form == SignatureForm::dkim)
        TRY(read_dkim_tags(out, tags));
    if (!is_dns_name(out.selector + "._domainkey." + out.domain))
        return bad("s= and d= are too long together");
    return out;
}

std::string own_octets(const RawField& own, Canonicalization form) {
    const std::string value = without_signature(own.value);
    std::string whole(own.whole.substr(0, own.whole.size() - own.value.size() - 2));
    whole += value + "\r\n";
    std::string out = canonical_field({own.name, value, whole}, form);
    out.resize(out.size() - 2);
    return out;
}

std::string signed_octets(const RawHeader& header,
                          const std::vector<std::string>& fields,
                          const RawField& own,
                          Canonicalization form) {
    std::map<std::string_view, std::vector<const RawField*>> left;  // from the top
    std::string out;
    for (const std::string& name : fields) {
        auto [at, fresh] = left.try_emplace(name);
        if (fresh)
            at->second = header.all(name);
        std::erase(at->second, &own);
        if (at->second.empty())
            continue;
        out += canonical_field(*at->second.back(), form);
        at->second.pop_back();
    }
    return out + own_octets(own, form);
}

}  // namespace kith::mailauth
