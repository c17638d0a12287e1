// What a command ends with; the man page lists the same.
#pragma once

#include "base/result.h"

namespace kith {

enum class ExitCode : int {
    done = 0,
    failed = 1,         ///< anything not below: a file that cannot be read, a full disk, …
    usage = 2,          ///< the command line says something that cannot be
    refused = 3,        ///< a recipient refused the message, or wants a stamp
    queued = 4,         ///< not yet final: waits in the outbox or at the server
    not_found = 5,      ///< no such message, account, domain or device
    keys = 6,           ///< a key, passphrase or trust problem
    unavailable = 69,   ///< the server cannot be reached now (EX_UNAVAILABLE)
    interrupted = 130,  ///< Ctrl-C, before it was done
};

/// An error of the kind `malformed` that ends with ExitCode::usage.
Error usage_error(std::string detail);
/// One that ends with ExitCode::interrupted.
Error interrupted_error(std::string detail);
ExitCode exit_code_of(const Error& error);
/// One line for a person.
std::string sentence_of(const Error& error);

}  // namespace kith
