#include <array>
#include <cstdio>
#include <memory>

#include "mailauth/mailauth_tests.h"

namespace kith::mailauth {

std::string crlf(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return out;
}

boost::json::array read_yaml(const std::filesystem::path& path) {
    const std::string command =
        "/usr/bin/python3 -c 'import json, sys, yaml; "
        "print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))' '" +
        path.string() + "'";
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), &pclose);
    std::string text;
    std::array<char, 65'536> part{};
    while (const std::size_t size = std::fread(part.data(), 1, part.size(), pipe.get()))
        text.append(part.data(), size);
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse(text, error);
    EXPECT_FALSE(error) << path << ": is the package python3-yaml there? (make setup)";
    return error ? boost::json::array() : value.as_array();
}

}  // namespace kith::mailauth
