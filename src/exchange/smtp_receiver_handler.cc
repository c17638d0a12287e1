#include "exchange/smtp_receiver_handler.h"

namespace kith {

SmtpAnswer SmtpAnswer::accept(std::string text) {
    return SmtpAnswer(Accept{std::move(text)});
}

SmtpAnswer SmtpAnswer::reject(int code, std::string enhanced, std::string text) {
    return SmtpAnswer(smtp::Reply{code, std::move(enhanced), std::move(text)});
}

SmtpAnswer SmtpAnswer::challenge(Bytes message) {
    return SmtpAnswer(Challenge{std::move(message)});
}

}  // namespace kith
