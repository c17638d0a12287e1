#include "kith/recovery_request.h"

#include "kith/files.h"

namespace kith {
namespace {

constexpr const char* kFile = "guardians.request";

}  // namespace

Result<std::optional<GuardianRequest>> kept_request(const Home& home) {
    const auto text = read_private_file(home.file(kFile));
    if (!text && text.error().kind == ErrorKind::not_found)
        return std::optional<GuardianRequest>();
    if (!text)
        return text.error();
    return std::optional(TRY(parse_guardian_request(*text)));
}

Result<void> keep_request(const Home& home, const GuardianRequest& request) {
    return write_private_file(home.file(kFile), write_guardian_request(request));
}

void forget_request(const Home& home) {
    [[maybe_unused]] const auto removed = remove_file(home.file(kFile));
}

}  // namespace kith
