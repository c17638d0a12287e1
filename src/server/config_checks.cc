#include "server/config_checks.h"

#include <string_view>

#include "base/text.h"
#include "net/address.h"
#include "note/address.h"

namespace kith::config_checks {
namespace {

bool is_ip(const std::string& text) {
    boost::system::error_code bad;
    (void)boost::asio::ip::make_address(text, bad);
    return !bad;
}

bool is_dns_server(const std::string& text) {
    const std::size_t at = text.find('@');
    return is_ip(text.substr(0, at)) &&
           (at == std::string::npos || parse_decimal(text.substr(at + 1), 65'535));
}

}  // namespace

std::string domain_name(const std::string& text) {
    return normal_domain(text) ? "" : "must be a domain name";
}

std::string not_empty(const std::string& text) {
    return text.empty() ? "must not be empty" : "";
}

std::string ip_and_port(const std::string& text) {
    return parse_endpoint(text) ? "" : "must be IP:PORT, e.g. \"0.0.0.0:443\" or \"[::]:443\"";
}

std::string ip_address(const std::string& text) {
    return is_ip(text) ? "" : "must be an IP address";
}

std::string dns_server(const std::string& text) {
    return is_dns_server(text) ? "" : "must be IP or IP@PORT";
}

std::string zone_and_server(const std::string& text) {
    const auto words = split(text, ' ');
    return words.size() == 2 && is_dns_server(std::string(words[1])) ? ""
                                                                     : "must be \"ZONE IP@PORT\"";
}

std::string federation_mode(const std::string& text) {
    return text == "testing" || text == "enforce" ? "" : "must be \"testing\" or \"enforce\"";
}

std::string smtp_strangers(const std::string& text) {
    return text == "hold" || text == "refuse" ? "" : "must be \"hold\" or \"refuse\"";
}

std::string cookies(const std::string& text) {
    for (const std::string_view when : {"under-load", "always", "never"})
        if (text == when)
            return "";
    return "must be \"under-load\", \"always\" or \"never\"";
}

std::string log_level(const std::string& text) {
    for (const std::string_view level : {"trace", "debug", "info", "warn", "error"})
        if (text == level)
            return "";
    return "must be trace, debug, info, warn or error";
}

}  // namespace kith::config_checks
