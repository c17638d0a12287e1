#include "kith/exit_code.h"

#include "base/text.h"

namespace kith {
namespace {

constexpr const char* kUsage = "usage";
constexpr const char* kInterrupted = "interrupted";

}  // namespace

Error usage_error(std::string detail) {
    return fail(ErrorKind::malformed, kUsage, std::move(detail));
}

Error interrupted_error(std::string detail) {
    return fail(ErrorKind::internal, kInterrupted, std::move(detail));
}

ExitCode exit_code_of(const Error& error) {
    if (error.where == kInterrupted)
        return ExitCode::interrupted;
    switch (error.kind) {
        case ErrorKind::malformed:
            return error.where == kUsage ? ExitCode::usage : ExitCode::failed;
        case ErrorKind::not_found:
            return ExitCode::not_found;
        case ErrorKind::untrusted:
        case ErrorKind::bad_signature:
        case ErrorKind::denied:
            return ExitCode::keys;
        case ErrorKind::unavailable:
        case ErrorKind::timeout:
            return ExitCode::unavailable;
        default:
            return ExitCode::failed;
    }
}

std::string sentence_of(const Error& error) {
    std::string sentence = error.where == kUsage || error.where == kInterrupted ? "" : error.where;
    if (!error.detail.empty())
        sentence += (sentence.empty() ? "" : ": ") + error.detail;
    if (sentence.empty())
        sentence = name_of(error.kind);
    return printable(sentence);
}

}  // namespace kith
