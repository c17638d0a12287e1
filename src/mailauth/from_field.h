// Who wrote it: the mailboxes of the From field (RFC 5322 section 3.6.2), read strictly, because
// DMARC lets an address count for what it says.
#pragma once

#include <string>
#include <vector>

#include "mail/raw_header.h"

namespace kith::mailauth {

struct Author {
    std::string local;   ///< as written, unquoted
    std::string domain;  ///< as A-labels in lower case

    /// The local part in quotes where it needs them (RFC 5321 section 4.1.2).
    std::string text() const;
    friend bool operator==(const Author&, const Author&) = default;
};

inline constexpr std::size_t kMaxAuthors = 20;

/// Errors: malformed ("From": none or several fields, a syntax that readers may take differently),
/// limit (more than kMaxAuthors).
Result<std::vector<Author>> authors_of(const RawHeader& header);

/// The mailboxes of one field's value, groups included. Errors as above.
Result<std::vector<Author>> parse_mailboxes(std::string_view value);

}  // namespace kith::mailauth
