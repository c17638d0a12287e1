// All that a receiving server finds out about who sent a message: SPF, DKIM, ARC and DMARC in one.
//
//     Authentication check(envelope, options);
//     for each piece of DATA: TRY(check.feed(piece));
//     Asking<AuthenticationOutcome> asking = TRY(std::move(check).finish());
//     while (const Question* question = asking.next()) …
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "mailauth/arc.h"
#include "mailauth/asking.h"
#include "mailauth/dkim.h"
#include "mailauth/dmarc.h"
#include "mailauth/message_digest.h"
#include "mailauth/spf.h"

namespace kith::mailauth {

struct Envelope {
    IpAddress client;
    std::string helo;
    std::string reverse_path;  ///< MAIL FROM without "<>"
};

struct AuthenticationOptions {
    std::string authserv_id;  ///< our name in Authentication-Results; also SPF's receiver
    PublicSuffixList suffixes = PublicSuffixList::builtin();
    RawHeaderLimits header;
    DkimOptions dkim;
    SpfLimits spf;
};

struct AuthenticationOutcome {
    RawHeader header;  ///< of the message, as it came
    SpfResult spf;
    std::vector<DkimResult> dkim;
    ArcResult arc;
    DmarcResult dmarc;
    /// The one author, where DMARC passes with alignment: an address-based contact may count by it.
    std::optional<Author> aligned_author;
    std::string not_aligned;  ///< why there is none: a sentence for people
    /// The whole field with its CRLF, to be put before the message.
    std::string authentication_results;
    /// The header without forged fields, with CRLFs, without the empty line: what is stored is the
    /// field above, this, an empty line, and the body.
    std::string clean_header;
};

class Authentication {
  public:
    Authentication(Envelope envelope, AuthenticationOptions options, Time now);

    /// Octets of the message in order, CRLF line ends, without dot-stuffing. Errors: malformed or
    /// limit ("header"): the message is to be refused for good, the detail says why.
    Result<void> feed(std::string_view piece);
    /// nullptr until the whole header has come.
    const RawHeader* header() const { return digester_.header(); }
    /// Once, when the message is complete. Errors as of feed.
    Result<Asking<AuthenticationOutcome>> finish() &&;

  private:
    Envelope envelope_;
    AuthenticationOptions options_;
    Time now_;
    MessageDigester digester_;
};

}  // namespace kith::mailauth
