#include "note/login.h"

#include <algorithm>

namespace kith {
namespace {

constexpr std::size_t kMaxNonce = 256;

Result<std::string> read_nonce(std::string_view value) {
    const auto visible = [](char c) { return c > 0x20 && c < 0x7F; };
    if (value.empty() || value.size() > kMaxNonce || !std::ranges::all_of(value, visible))
        return fail(ErrorKind::malformed, "nonce", "not 1 to 256 visible ASCII characters");
    return std::string(value);
}

Result<Login> read_fields(std::string_view text) {
    const Fields fields = TRY(Fields::parse(text, "login"));
    Login login;
    login.address = TRY(fields.required("address", as_address));
    login.device = TRY(fields.required("device", as_device_name));
    login.domain = TRY(fields.required("domain", as_domain));
    login.nonce = TRY(fields.required("nonce", read_nonce));
    login.time = TRY(fields.required("time", as_time));
    return login;
}

}  // namespace

Result<Login> parse_login(const SignedNote& note) {
    auto login = read_fields(note.text());
    return login ? std::move(login) : std::move(login).error().within("login");
}

std::string write_login(const Login& login) {
    return FieldWriter("login")
        .add("address", login.address.text())
        .add("device", login.device)
        .add("domain", login.domain)
        .add("nonce", login.nonce)
        .add("time", format_time(login.time))
        .take();
}

Result<void> check_times(const Login& login, Time now) {
    if (auto good = check_not_future(login.time, now); !good)
        return std::move(good).error().within("login");
    if (login.time < now - kClockSkew)
        return fail(ErrorKind::expired, "login: time", "more than 5 minutes behind our clock");
    return {};
}

}  // namespace kith
