#include "mailauth/dmarc_record.h"

#include "base/text.h"
#include "mailauth/tag_list.h"

namespace kith::mailauth {
namespace {

constexpr std::string_view kVersion = "v=DMARC1";

std::optional<DmarcPolicy> policy_of(std::string_view text) {
    const std::string word = to_lower(text);
    if (word == "none")
        return DmarcPolicy::none;
    if (word == "quarantine")
        return DmarcPolicy::quarantine;
    if (word == "reject")
        return DmarcPolicy::reject;
    return std::nullopt;
}

Alignment alignment_of(std::optional<std::string_view> text) {
    return text && to_lower(*text) == "s" ? Alignment::strict : Alignment::relaxed;
}

}  // namespace

bool is_dmarc_record(std::string_view text) {
    if (!text.starts_with(kVersion))
        return false;
    const std::string_view rest = trim(text.substr(kVersion.size()));
    return rest.empty() || rest[0] == ';';
}

Result<DmarcRecord> parse_dmarc_record(std::string_view text) {
    if (!is_dmarc_record(text))
        return fail(ErrorKind::malformed, "DMARC record", "is none");
    const TagList tags = TRY(TagList::parse(text));
    DmarcRecord out;
    const auto policy = policy_of(tags.find("p").value_or(""));
    // Without a policy that can be read it is one that asks for reports only (section 6.6.3).
    if (!policy && !tags.find("rua"))
        return fail(ErrorKind::malformed, "DMARC record", "has no policy");
    out.policy = policy.value_or(DmarcPolicy::none);
    out.subdomain_policy = policy_of(tags.find("sp").value_or("")).value_or(out.policy);
    out.dkim = alignment_of(tags.find("adkim"));
    out.spf = alignment_of(tags.find("aspf"));
    out.milder = tags.find("pct") == "0" || tags.find("t") == "y";
    return out;
}

}  // namespace kith::mailauth
