#include "mailauth/authentication.h"

#include <utility>

#include "mailauth/authentication_results.h"
#include "mailauth/from_field.h"

namespace kith::mailauth {
namespace {

void add_property(AuthResult& out, const char* type, const char* name, const std::string& value) {
    if (!value.empty())
        out.properties.push_back({type, name, value});
}

AuthResult result_of(const SpfResult& spf, const Envelope& envelope) {
    AuthResult out{"spf", name_of(spf.status), spf.reason, {}};
    add_property(out, "smtp", "mailfrom", envelope.reverse_path);
    if (envelope.reverse_path.empty())
        add_property(out, "smtp", "helo", envelope.helo);
    return out;
}

AuthResult result_of(const DkimResult& dkim) {
    AuthResult out{"dkim", name_of(dkim.status), dkim.reason, {}};
    add_property(out, "header", "d", dkim.domain);
    add_property(out, "header", "i", dkim.identity);
    add_property(out, "header", "s", dkim.selector);
    add_property(out, "header", "a", dkim.algorithm);
    add_property(out, "header", "b", dkim.signature);
    return out;
}

AuthResult result_of(const ArcResult& arc) {
    return {"arc", name_of(arc.status), arc.reason, {}};
}

AuthResult result_of(const DmarcResult& dmarc) {
    AuthResult out{"dmarc", name_of(dmarc.status), dmarc.reason, {}};
    add_property(out, "header", "from", dmarc.from_domain);
    if (!dmarc.policy_domain.empty())
        add_property(out, "policy", "dmarc", name_of(dmarc.policy));
    return out;
}

std::string results_field(const AuthenticationOutcome& outcome,
                          const Envelope& envelope,
                          const std::string& authserv_id) {
    AuthenticationResults out{authserv_id, {}};
    out.results.push_back(result_of(outcome.spf, envelope));
    for (const DkimResult& dkim : outcome.dkim)
        out.results.push_back(result_of(dkim));
    if (outcome.dkim.empty())
        out.results.push_back({"dkim", "none", "", {}});
    out.results.push_back(result_of(outcome.dmarc));
    if (outcome.arc.status != ArcStatus::none)
        out.results.push_back(result_of(outcome.arc));
    return "Authentication-Results:" + format_authentication_results(out) + "\r\n";
}

// An address counts only where it is the one author, and the domain stands behind it.
void find_aligned_author(AuthenticationOutcome& out, const Result<std::vector<Author>>& authors) {
    if (!authors)
        out.not_aligned = authors.error().text();
    else if (authors->size() != 1)
        out.not_aligned = "From names several authors";
    else if (out.dmarc.status == DmarcStatus::pass)
        out.aligned_author = authors->front();
    else
        out.not_aligned =
            std::string("DMARC is ") + name_of(out.dmarc.status) + ": " + out.dmarc.reason;
}

Asking<AuthenticationOutcome> evaluate(MessageDigest digest,
                                       Envelope envelope,
                                       AuthenticationOptions options,
                                       Time now) {
    AuthenticationOutcome out;
    out.header = digest.header;
    out.spf = co_await check_spf({.client = envelope.client,
                                  .helo = envelope.helo,
                                  .reverse_path = envelope.reverse_path,
                                  .receiver = options.authserv_id,
                                  .now = now},
                                 options.spf);
    out.dkim = co_await check_dkim(&digest, now, options.dkim);
    out.arc = co_await check_arc(&digest, now);
    const Result<std::vector<Author>> authors = authors_of(digest.header);
    out.dmarc = co_await check_dmarc({authors, out.spf, out.dkim}, options.suffixes);
    find_aligned_author(out, authors);
    out.authentication_results = results_field(out, envelope, options.authserv_id);
    out.clean_header = without_forged_fields(digest.header, options.authserv_id);
    co_return out;
}

}  // namespace

Authentication::Authentication(Envelope envelope, AuthenticationOptions options, Time now)
    : envelope_(std::move(envelope)),
      options_(std::move(options)),
      now_(now),
      digester_(options_.header) {}

Result<void> Authentication::feed(std::string_view piece) {
    return digester_.feed(piece);
}

Result<Asking<AuthenticationOutcome>> Authentication::finish() && {
    MessageDigest digest = TRY(std::move(digester_).finish());
    return evaluate(std::move(digest), std::move(envelope_), std::move(options_), now_);
}

}  // namespace kith::mailauth
