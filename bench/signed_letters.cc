// Letters for the SMTP load generator, each signed by its domain's RSA key as DKIM wants it, so
// that a receiver has something to check. Written as they go over the wire: each ends with a line
// that holds a dot alone.
//
//   signed_letters DIR DOMAIN OCTETS...   writes DIR/OCTETS.letters with bodies of so many octets,
//                                         from sender@DOMAIN; prints the record for
//                                         load._domainkey.DOMAIN
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "mail/mail_date.h"
#include "mailauth/signing.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t kLetters = 128;  // of each size; the generator tells them apart by a field
constexpr std::size_t kLineOctets = 78;

template <class T>
T must(Result<T> result) {
    if (!result)
        throw std::runtime_error(result.error().text());
    return *std::move(result);
}

/// Lines of words, none of which begins with a dot.
std::string body_of(std::size_t number, std::size_t octets) {
    static constexpr std::string_view kLetter =
        "abcdefghij klmnopqr stuvwxyz ABCDE 0123456789 etaoinshrdlu eee";
    std::uint32_t state = static_cast<std::uint32_t>(number) + 12'345;
    std::string body;
    while (body.size() + kLineOctets + 2 <= octets) {
        std::string line = "x";
        while (line.size() < kLineOctets) {
            state = state * 1'664'525U + 1'013'904'223U;
            line += kLetter[(state >> 16U) % kLetter.size()];
        }
        body += line + "\r\n";
    }
    if (octets >= body.size() + 3)
        body += std::string(octets - body.size() - 2, 'y') + "\r\n";
    return body;
}

std::string letter_of(std::size_t number,
                      std::size_t octets,
                      const std::string& domain,
                      const mailauth::DkimSigner& signer) {
    const std::string message = fmt::format(
        "From: Load Sender <sender@{0}>\r\nTo: <reader@example.test>\r\nSubject: load message "
        "{1}\r\n"
        "Message-ID: <{1}.{2}@{0}>\r\nDate: {3}\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=us-ascii\r\n\r\n{4}",
        domain,
        number,
        octets,
        format_mail_date(signer.time),
        body_of(number, octets));
    const auto digest = must(mailauth::digest_message(message));
    return must(mailauth::sign_dkim(digest, signer)) + message + ".\r\n";
}

int run_main(int argc, char** argv) {
    CLI::App app{"Signed letters for the SMTP load generator", "signed_letters"};
    fs::path folder;
    std::string domain;
    std::vector<std::size_t> sizes;
    app.add_option("dir", folder)->required();
    app.add_option("domain", domain)->required();
    app.add_option("octets", sizes, "Of a body")->required();
    CLI11_PARSE(app, argc, argv);
    const RsaSigningKey key = must(RsaSigningKey::generate());
    const mailauth::DkimSigner signer{
        .domain = domain,
        .selector = "load",
        .identity = "",
        .key = &key,
        .time = std::chrono::floor<Seconds>(std::chrono::system_clock::now()),
        .expiry = std::nullopt};
    fs::create_directories(folder);
    for (const std::size_t octets : sizes) {
        std::ofstream file(folder / fmt::format("{}.letters", octets), std::ios::binary);
        for (std::size_t number = 0; number < kLetters; ++number)
            file << letter_of(number, octets, domain, signer);
        if (!file.flush())
            throw std::runtime_error("cannot write to " + folder.string());
    }
    fmt::print("{}\n", mailauth::dkim_key_record(&key));
    return 0;
}

}  // namespace
}  // namespace kith

int main(int argc, char** argv) {
    try {
        return kith::run_main(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "signed_letters: %s\n", error.what());
        return 1;
    }
}
