// A message with its body: downloaded, opened, examined.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kith/opening.h"
#include "kith/person.h"

namespace kith {

struct OpenedMail {
    std::string message;       ///< RFC 5322
    std::optional<Stub> stub;  ///< of a received one
    std::string note;          ///< the stub's
    std::string blob;          ///< "sha256:…"
    StubFindings findings;     ///< of a received one
};

/// `email`: an Email object. Errors: unavailable (the sender keeps the body until it is accepted);
/// untrusted (not for this device; the body is not the signed one); the server's.
Result<OpenedMail> open_email(Person& person, const json::object& email);

/// "Re: …", once.
std::string reply_subject(const std::string& subject);

}  // namespace kith
