// The evaluation of SPF records (RFC 7208 sections 4 and 5): one check with all it may recurse
// into. spf.h is the door.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mailauth/asking.h"
#include "mailauth/spf.h"
#include "mailauth/spf_record.h"

namespace kith::mailauth {

/// Lives while its Askings do.
class SpfCheck {
  public:
    SpfCheck(SpfRequest request, SpfLimits limits);

    Asking<SpfResult> run();

  private:
    struct Verdict {
        SpfStatus status = SpfStatus::none;
        std::string reason;
        std::string explain_at;  ///< the name of the explanation's TXT record
    };
    // A mechanism matches, does not, or ends it all.
    struct Match {
        bool matched = false;
        std::optional<Verdict> end;
    };

    Asking<Verdict> check_host(std::string domain);
    Asking<Match> evaluate(const SpfMechanism* mechanism, std::string domain);
    Asking<Match> match_include(std::string target);
    Asking<Match> match_addresses(const SpfMechanism* mechanism, std::string host);
    Asking<Match> match_mx(const SpfMechanism* mechanism, std::string target);
    Asking<Match> match_ptr(std::string target);
    Asking<Match> match_exists(std::string target);
    Asking<std::string> explain(std::string name);

    /// A question within the limit of void look-ups; what is no DNS name is answered NXDOMAIN.
    Asking<Answer> look_up(std::string name, RecordType type);
    std::optional<Verdict> ended_by(const Answer& answer) const;
    /// The client's validated names (section 5.5); asked for once.
    Asking<std::vector<std::string>> names_of_client();

    /// Section 7.3, %{p}.
    Asking<std::string> name_for_macro(std::string domain);
    Asking<std::string> expand(const SpfMacroString* text, std::string domain);
    /// Expanded, as a name to ask for: at most 253 octets.
    Asking<std::string> target_of(const SpfMacroString* text, std::string domain);
    std::string macro_value(char letter, const std::string& domain, const std::string& name) const;

    SpfRequest request_;
    SpfLimits limits_;
    std::string sender_local_;
    std::string sender_domain_;
    std::size_t terms_ = 0;
    std::size_t voids_ = 0;
    std::optional<std::vector<std::string>> client_names_;
};

}  // namespace kith::mailauth
