#include "mailauth/arc_sets.h"

#include <algorithm>

#include "base/text.h"
#include "mailauth/arc.h"
#include "mailauth/dns.h"

namespace kith::mailauth {
namespace {

Error bad(std::string detail) {
    return fail(ErrorKind::malformed, "ARC", std::move(detail));
}

Result<std::size_t> parse_instance(std::string_view text) {
    const auto number = parse_decimal(text, kMaxArcSets);
    if (!number || *number == 0)
        return bad("i= is not 1 to 50");
    return static_cast<std::size_t>(*number);
}

constexpr std::string_view kResults = "arc-authentication-results";
constexpr std::string_view kSignature = "arc-message-signature";
constexpr std::string_view kSeal = "arc-seal";

bool is_arc(const RawField& field) {
    return is_named(field, kResults) || is_named(field, kSignature) || is_named(field, kSeal);
}

Result<std::size_t> instance_of(const RawField& field) {
    if (!is_named(field, kResults)) {
        const TagList tags = TRY(TagList::parse(field.value));
        const std::string_view instance = TRY(tags.get("i"));
        return parse_instance(instance);
    }
    // "i=N;" stands before what Authentication-Results has.
    const std::string_view first = field.value.substr(0, field.value.find(';'));
    const std::size_t equals = first.find('=');
    if (equals == std::string_view::npos || trim_space(first.substr(0, equals)) != "i")
        return bad("ARC-Authentication-Results has no i=");
    return parse_instance(trim_space(first.substr(equals + 1)));
}

const RawField*& place_in(ArcSet& set, const RawField& field) {
    if (is_named(field, kResults))
        return set.results;
    return is_named(field, kSignature) ? set.signature : set.seal;
}

Result<ChainValidation> parse_chain(std::string_view text) {
    if (text == "none")
        return ChainValidation::none;
    if (text == "pass")
        return ChainValidation::pass;
    if (text == "fail")
        return ChainValidation::fail;
    return bad("cv= is unknown");
}

}  // namespace

bool has_arc_fields(const RawHeader& header) {
    return std::ranges::any_of(header.fields(), is_arc);
}

std::size_t highest_instance(const RawHeader& header) {
    std::size_t out = 0;
    for (const RawField& field : header.fields())
        if (is_arc(field))
            if (const auto instance = instance_of(field))
                out = std::max(out, *instance);
    return out;
}

Result<std::vector<ArcSet>> collect_arc_sets(const RawHeader& header) {
    std::vector<ArcSet> out;
    for (const RawField& field : header.fields()) {
        if (!is_arc(field))
            continue;
        const std::size_t instance = TRY(instance_of(field));
        if (out.size() < instance)
            out.resize(instance);
        const RawField*& place = place_in(out[instance - 1], field);
        if (place)
            return bad("a field is there twice");
        place = &field;
    }
    for (const ArcSet& set : out)
        if (!set.results || !set.signature || !set.seal)
            return bad("a set is not complete");
    return out;
}

Result<ArcSeal> parse_arc_seal(const RawField& field) {
    const TagList tags = TRY(TagList::parse(field.value));
    if (tags.find("h"))
        return bad("a seal has h=");
    const std::string_view algorithm = TRY(tags.get("a"));
    const auto key_type = key_type_of(algorithm);
    if (!key_type)
        return fail(ErrorKind::denied, "ARC", "the algorithm is not believed");
    const std::string_view domain = TRY(tags.get("d"));
    const std::string_view selector = TRY(tags.get("s"));
    const std::string_view chain = TRY(tags.get("cv"));
    const std::string_view signature = TRY(tags.get("b"));
    if (const auto time = tags.find("t"))
        TRY(parse_seconds(*time));
    ArcSeal out;
    out.key_type = *key_type;
    out.domain = TRY(mail_domain(domain));
    out.selector = TRY(parse_selector(selector));
    out.chain = TRY(parse_chain(chain));
    out.signature = TRY(parse_base64(without_space(signature)));
    if (!is_dns_name(out.selector + "._domainkey." + out.domain))
        return bad("s= and d= are too long together");
    return out;
}

std::string arc_results(const RawField& field) {
    const std::size_t end = field.value.find(';');
    return end == std::string_view::npos ? ""
                                         : std::string(trim_space(field.value.substr(end + 1)));
}

std::string sealed_octets(const std::vector<ArcSet>& sets) {
    std::string out;
    for (const ArcSet& set : sets) {
        out += canonical_field(*set.results, Canonicalization::relaxed);
        out += canonical_field(*set.signature, Canonicalization::relaxed);
        out += &set == &sets.back() ? own_octets(*set.seal, Canonicalization::relaxed)
                                    : canonical_field(*set.seal, Canonicalization::relaxed);
    }
    return out;
}

}  // namespace kith::mailauth
