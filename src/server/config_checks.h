// What the texts of the configuration must look like: each says what is wrong, empty: nothing.
#pragma once

#include <string>

namespace kith::config_checks {

std::string domain_name(const std::string& text);
std::string not_empty(const std::string& text);
std::string ip_and_port(const std::string& text);
std::string ip_address(const std::string& text);
std::string dns_server(const std::string& text);
std::string zone_and_server(const std::string& text);
std::string federation_mode(const std::string& text);
std::string smtp_strangers(const std::string& text);
std::string cookies(const std::string& text);
std::string log_level(const std::string& text);

}  // namespace kith::config_checks
