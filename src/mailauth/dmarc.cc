#include "mailauth/dmarc.h"

#include <algorithm>

#include "mailauth/dmarc_record.h"

namespace kith::mailauth {
namespace {

using AlignedBy = DmarcResult::AlignedBy;

// Domains of one From that are looked up; more is no letter.
constexpr std::size_t kMaxDomains = 4;

DmarcResult ended(DmarcResult result, DmarcStatus status, std::string reason) {
    result.status = status;
    result.reason = std::move(reason);
    return result;
}

DmarcResult refused(std::string reason) {
    DmarcResult out;
    out.disposition = DmarcPolicy::reject;
    return ended(std::move(out), DmarcStatus::fail, std::move(reason));
}

DmarcPolicy milder(DmarcPolicy policy) {
    return policy == DmarcPolicy::reject ? DmarcPolicy::quarantine : DmarcPolicy::none;
}

// What the look-up of a record came to.
struct Discovery {
    DmarcStatus status = DmarcStatus::none;  // pass: there is one
    std::string reason;
    std::string domain;
    DmarcRecord record;
};

Discovery read_records(const Answer& answer, const std::string& domain) {
    Discovery out{DmarcStatus::none, "the domain has no DMARC record", domain, {}};
    if (answer.status == Answer::Status::temporary_error) {
        out.status = DmarcStatus::temperror;
        out.reason = "DNS gave no answer";
        return out;
    }
    std::vector<std::string> records = answer.records;
    std::erase_if(records, [](const std::string& text) { return !is_dmarc_record(text); });
    if (records.empty())
        return out;
    if (records.size() > 1) {
        // Section 6.6.3: none of them applies, and no other is looked for.
        out.status = DmarcStatus::permerror;
        out.reason = "the domain has several DMARC records";
        return out;
    }
    auto record = parse_dmarc_record(records[0]);
    out.status = record ? DmarcStatus::pass : DmarcStatus::permerror;
    out.reason = record ? "" : record.error().text();
    if (record)
        out.record = *record;
    return out;
}

Asking<Discovery> discover(std::string domain, std::string organization) {
    Discovery out;
    out.status = DmarcStatus::none;
    const std::string own = "_dmarc." + domain;
    if (is_dns_name(own))
        out = read_records(co_await Ask(own, RecordType::txt), domain);
    const std::string above = "_dmarc." + organization;
    if (out.status == DmarcStatus::none && organization != domain && is_dns_name(above))
        out = read_records(co_await Ask(above, RecordType::txt), organization);
    if (out.reason.empty() && out.status == DmarcStatus::none)
        out.reason = "the domain has no DMARC record";
    co_return out;
}

bool aligned(const std::string& from,
             const std::string& other,
             Alignment mode,
             const PublicSuffixList& suffixes) {
    if (from == other)
        return true;
    return mode == Alignment::relaxed &&
           suffixes.organizational_domain(from) == suffixes.organizational_domain(other);
}

// Section 6.6.2, steps 4 to 6.
DmarcResult judge(DmarcResult out,
                  const DmarcRecord& record,
                  const DmarcRequest& request,
                  const PublicSuffixList& suffixes) {
    const auto is_aligned = [&](const std::string& domain, Alignment mode) {
        return !domain.empty() && aligned(out.from_domain, domain, mode, suffixes);
    };
    bool unknown = false;
    for (const DkimResult& dkim : request.dkim) {
        if (!is_aligned(dkim.domain, record.dkim))
            continue;
        if (dkim.status == DkimStatus::pass) {
            out.aligned_by = AlignedBy::dkim;
            out.aligned_domain = dkim.domain;
            return ended(std::move(out), DmarcStatus::pass, "");
        }
        unknown = unknown || dkim.status == DkimStatus::temperror;
    }
    if (is_aligned(request.spf.domain, record.spf)) {
        if (request.spf.status == SpfStatus::pass) {
            out.aligned_by = AlignedBy::spf;
            out.aligned_domain = request.spf.domain;
            return ended(std::move(out), DmarcStatus::pass, "");
        }
        unknown = unknown || request.spf.status == SpfStatus::temperror;
    }
    if (unknown)
        return ended(std::move(out), DmarcStatus::temperror, "DNS gave no answer");
    out.disposition = record.milder ? milder(out.policy) : out.policy;
    return ended(std::move(out), DmarcStatus::fail, "neither SPF nor DKIM speaks for the author");
}

Asking<DmarcResult> check_domain(std::string domain,
                                 const DmarcRequest* request,
                                 const PublicSuffixList* suffixes) {
    DmarcResult out;
    out.from_domain = domain;
    const Discovery found = co_await discover(domain, suffixes->organizational_domain(domain));
    if (found.status != DmarcStatus::pass)
        co_return ended(std::move(out), found.status, found.reason);
    out.policy_domain = found.domain;
    out.policy = found.domain == domain ? found.record.policy : found.record.subdomain_policy;
    co_return judge(std::move(out), found.record, *request, *suffixes);
}

// The worse of two authors' domains.
int severity(const DmarcResult& result) {
    switch (result.status) {
        case DmarcStatus::fail:
            return 4 + static_cast<int>(result.disposition);
        case DmarcStatus::temperror:
            return 3;
        case DmarcStatus::permerror:
            return 2;
        case DmarcStatus::none:
            return 1;
        case DmarcStatus::pass:
            return 0;
    }
    return 0;
}

}  // namespace

const char* name_of(DmarcStatus status) {
    switch (status) {
        case DmarcStatus::none:
            return "none";
        case DmarcStatus::pass:
            return "pass";
        case DmarcStatus::fail:
            return "fail";
        case DmarcStatus::temperror:
            return "temperror";
        case DmarcStatus::permerror:
            return "permerror";
    }
    return "none";
}

const char* name_of(DmarcPolicy policy) {
    switch (policy) {
        case DmarcPolicy::none:
            return "none";
        case DmarcPolicy::quarantine:
            return "quarantine";
        case DmarcPolicy::reject:
            return "reject";
    }
    return "none";
}

Asking<DmarcResult> check_dmarc(DmarcRequest request, PublicSuffixList suffixes) {
    if (!request.authors)
        co_return refused(request.authors.error().text());
    std::vector<std::string> domains;
    for (const Author& author : *request.authors)
        if (std::ranges::find(domains, author.domain) == domains.end())
            domains.push_back(author.domain);
    if (domains.empty() || domains.size() > kMaxDomains)
        co_return refused("From names authors of too many domains");
    DmarcResult worst = co_await check_domain(domains[0], &request, &suffixes);
    for (std::size_t i = 1; i < domains.size(); ++i) {
        DmarcResult next = co_await check_domain(domains[i], &request, &suffixes);
        if (severity(next) > severity(worst))
            worst = std::move(next);
    }
    co_return worst;
}

}  // namespace kith::mailauth
