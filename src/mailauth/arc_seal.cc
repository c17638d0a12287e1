#include "mailauth/arc_seal.h"

#include <algorithm>

#include "mailauth/arc_sets.h"
#include "mailauth/signature_writer.h"

namespace kith::mailauth {
namespace {

// "PREFIX results" as one field; whatever stands in it, it stays one.
Result<RawHeader> results_field(const std::string& instance, const std::string& results) {
    RawHeader out = TRY(
        RawHeader::parse("ARC-Authentication-Results: i=" + instance + "; " + results + "\r\n"));
    if (out.fields().size() != 1 || out.text().contains("\r\n\r\n"))
        return fail(ErrorKind::malformed, "ARC", "the results are no field's value");
    return out;
}

// RFC 8617 section 4.1.2: ARC's own fields are not signed.
std::vector<std::string> fields_of(const MessageDigest& message, const ArcSealer& sealer) {
    if (!sealer.fields.empty())
        return sealer.fields;
    std::vector<std::string> out = fields_to_sign(message.header);
    out.insert(out.end(), message.header.count("dkim-signature"), "dkim-signature");
    return out;
}

std::vector<Tag> signature_tags(const MessageDigest& message,
                                const ArcSealer& sealer,
                                const std::string& instance,
                                const std::vector<std::string>& fields) {
    return {{"a", std::string(algorithm_of(sealer.key))},
            {"b", ""},
            {"bh", base64(message.relaxed_body.view())},
            {"c", "relaxed/relaxed"},
            {"d", sealer.domain},
            {"h", join_fields(fields)},
            {"i", instance},
            {"s", sealer.selector},
            {"t", seconds_of(sealer.time)}};
}

// A chain that fails is sealed with our own set alone (RFC 8617 section 5.1.2).
Result<std::string> make_seal(std::vector<ArcSet> sets,
                              const ArcSet& own,
                              ArcStatus chain,
                              const ArcSealer& sealer,
                              const std::string& instance) {
    std::vector<Tag> tags = {{"a", std::string(algorithm_of(sealer.key))},
                             {"b", ""},
                             {"cv", name_of(chain)},
                             {"d", sealer.domain},
                             {"i", instance},
                             {"s", sealer.selector},
                             {"t", seconds_of(sealer.time)}};
    if (chain == ArcStatus::fail)
        sets.clear();
    sets.push_back(own);
    return sign_tags(
        "ARC-Seal", std::move(tags), sealer.key, SignatureLines::whole, [&](const RawField& seal) {
            sets.back().seal = &seal;
            return sealed_octets(sets);
        });
}

bool ends_in_fail(const std::vector<ArcSet>& sets) {
    if (sets.empty())
        return false;
    const auto seal = parse_arc_seal(*sets.back().seal);
    return seal && seal->chain == ChainValidation::fail;
}

}  // namespace

Result<std::string> seal_arc(const MessageDigest& message,
                             const ArcResult& chain,
                             const ArcSealer& sealer) {
    TRY(check_signing_names(sealer.domain, sealer.selector));
    const std::size_t number = highest_instance(message.header) + 1;
    auto sets = collect_arc_sets(message.header);
    if (number > kMaxArcSets || (sets && ends_in_fail(*sets)))
        return std::string();
    const std::string instance = std::to_string(number);
    const std::vector<std::string> fields = fields_of(message, sealer);
    const RawHeader results = TRY(results_field(instance, sealer.results));
    const std::string signed_field =
        TRY(sign_field(message.header,
                       "ARC-Message-Signature",
                       signature_tags(message, sealer, instance, fields),
                       fields,
                       sealer.key,
                       SignatureLines::whole));
    const RawHeader signature = TRY(RawHeader::parse(signed_field));
    const ArcSet own{.results = &results.fields().front(),
                     .signature = &signature.fields().front(),
                     .seal = nullptr};
    const std::string seal = TRY(make_seal(
        sets ? *std::move(sets) : std::vector<ArcSet>(), own, chain.status, sealer, instance));
    return seal + std::string(signature.text()) + std::string(results.text());
}

}  // namespace kith::mailauth
