// What DKIM, ARC and Kith-Signature need of a message: its header as octets, and the hash of its
// body in both canonical forms (RFC 6376 section 3.4). The body comes in pieces and is not kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/hash.h"
#include "mail/raw_header.h"
#include "mailauth/canonical.h"

namespace kith::mailauth {

struct MessageDigest {
    RawHeader header;
    Hash simple_body;
    Hash relaxed_body;

    const Hash& body_hash(Canonicalization form) const {
        return form == Canonicalization::simple ? simple_body : relaxed_body;
    }
};

/// Takes a message with CRLF line ends, cut anywhere: header, empty line, body.
class MessageDigester {
  public:
    explicit MessageDigester(const RawHeaderLimits& limits = {}) : limits_(limits) {}

    /// Errors as of RawHeader::parse; afterwards it takes no more.
    Result<void> feed(std::string_view piece);
    /// nullptr until the whole header has come.
    const RawHeader* header() const { return header_ ? &*header_ : nullptr; }
    /// Once. A message may end behind its header. Errors as of feed.
    Result<MessageDigest> finish() &&;

  private:
    Result<void> take_header(std::string block);
    void take_body(std::string_view piece);

    RawHeaderLimits limits_;
    std::string pending_;  // the header, as far as it has come
    std::size_t searched_ = 0;
    std::optional<RawHeader> header_;
    BodyHasher simple_{Canonicalization::simple};
    BodyHasher relaxed_{Canonicalization::relaxed};
};

/// Of a whole message. Errors as of RawHeader::parse.
Result<MessageDigest> digest_message(std::string_view message, const RawHeaderLimits& limits = {});

}  // namespace kith::mailauth
