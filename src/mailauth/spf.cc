#include "mailauth/spf.h"

#include <algorithm>

#include "base/text.h"
#include "mailauth/spf_check.h"
#include "note/address.h"

namespace kith::mailauth {
namespace {

// Lower case, non-ASCII labels as A-labels, no dot at the end.
std::string domain_form(std::string_view text) {
    if (text.ends_with('.'))
        text.remove_suffix(1);
    const bool ascii = std::ranges::all_of(text, [](char c) { return c > 0; });
    if (!ascii)
        if (auto domain = normal_domain(text))
            return *std::move(domain);
    return to_lower(text);
}

// Section 4.3: several labels of possible lengths.
bool may_be_checked(std::string_view domain) {
    return is_dns_name(domain) && domain.contains('.') && !domain.starts_with('[');
}

// A function of its own: the check outlives what it asks.
Asking<SpfResult> hold(SpfRequest request, SpfLimits limits) {
    SpfCheck check(std::move(request), limits);
    co_return co_await check.run();
}

}  // namespace

const char* name_of(SpfStatus status) {
    switch (status) {
        case SpfStatus::none:
            return "none";
        case SpfStatus::neutral:
            return "neutral";
        case SpfStatus::pass:
            return "pass";
        case SpfStatus::fail:
            return "fail";
        case SpfStatus::softfail:
            return "softfail";
        case SpfStatus::temperror:
            return "temperror";
        case SpfStatus::permerror:
            return "permerror";
    }
    return "none";
}

Asking<SpfResult> check_spf(SpfRequest request, SpfLimits limits) {
    return hold(std::move(request), limits);
}

SpfCheck::SpfCheck(SpfRequest request, SpfLimits limits)
    : request_(std::move(request)), limits_(limits) {
    const std::string& path = request_.reverse_path;
    const std::size_t at = path.rfind('@');
    sender_local_ = path.substr(0, at == std::string::npos ? 0 : at);
    if (sender_local_.empty())
        sender_local_ = "postmaster";
    const bool has_domain = at != std::string::npos;
    sender_domain_ =
        domain_form(has_domain ? path.substr(at + 1) : (path.empty() ? request_.helo : path));
}

Asking<SpfResult> SpfCheck::run() {
    SpfResult out;
    out.domain = sender_domain_;
    if (!may_be_checked(sender_domain_)) {
        out.reason = "there is no domain to check";
        co_return out;
    }
    const Verdict verdict = co_await check_host(sender_domain_);
    out.status = verdict.status;
    out.reason = verdict.reason;
    if (out.status == SpfStatus::fail && !verdict.explain_at.empty())
        out.explanation = co_await explain(verdict.explain_at);
    co_return out;
}

}  // namespace kith::mailauth
