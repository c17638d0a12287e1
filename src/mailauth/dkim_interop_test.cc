// What we sign others verify, and what they sign we verify: dkimpy and Mail::DKIM, of Debian.
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>

#include "crypto/rsa.h"
#include "mailauth/arc.h"
#include "mailauth/arc_seal.h"
#include "mailauth/dkim.h"
#include "mailauth/mailauth_tests.h"
#include "mailauth/signing.h"
#include "testing/vectors.h"

namespace kith::mailauth {
namespace {

namespace fs = std::filesystem;

constexpr Time kNow{Seconds{1'600'000'000}};
const std::string kLetter = crlf(
    "Received: from a.one.test by b.one.test;\n\tMon, 1 Jan 2024 10:00:00 +0000\n"
    "From: Alice <alice@one.test>\nTo: bob@two.test,\n carol@two.test\n"
    "Subject:  tea   and\n\tcake \nDate: Mon, 1 Jan 2024 10:00:00 +0000\n"
    "Message-ID: <1@one.test>\nMIME-Version: 1.0\n\n"
    "At  four?\t \n\n. A dot\n \n--\nAlice\n\n\n");

class DkimInterop : public ::testing::Test {
  protected:
    DkimInterop() : folder_(fs::temp_directory_path() / ("kith-dkim-" + std::to_string(getpid()))) {
        fs::create_directories(folder_);
    }
    ~DkimInterop() override { fs::remove_all(folder_); }

    std::string file(const std::string& name, std::string_view content) {
        std::ofstream(folder_ / name, std::ios::binary) << content;
        return (folder_ / name).string();
    }
    // What `tests/interop/dkim/WORDS` prints for the message.
    std::string tool(const std::string& words, const std::string& message) {
        const fs::path tools = kith::testing::source_root() / "tests/interop/dkim";
        const std::string command =
            "'" + tools.string() + "/'" + words + " < '" + file("message", message) + "'";
        const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), &pclose);
        std::string out;
        std::array<char, 4'096> part{};
        while (const std::size_t size = std::fread(part.data(), 1, part.size(), pipe.get()))
            out.append(part.data(), size);
        return out;
    }
    std::string verdict(const std::string& words, const std::string& message) {
        std::string out = tool(words, message);
        while (out.ends_with('\n'))
            out.pop_back();
        return out;
    }
    static std::string signed_by_us(const SignatureKey& key) {
        const auto digest = digest_message(kLetter);
        const auto field = sign_dkim(*digest,
                                     {.domain = "one.test",
                                      .selector = "s1",
                                      .identity = "",
                                      .key = key,
                                      .time = kNow,
                                      .expiry = std::nullopt});
        return *field + kLetter;
    }
    static DkimStatus checked_by_us(const std::string& message, const SignatureKey& key) {
        const auto digest = digest_message(message);
        DnsTable dns;
        dns.txt("s1._domainkey.one.test", dkim_key_record(key));
        const auto results = run(check_dkim(&*digest, kNow, {}), dns);
        return results.size() == 1 ? results[0].status : DkimStatus::none;
    }
    static std::string flipped(std::string message, std::string_view at) {
        message[message.find(at)] ^= 1;
        return message;
    }

    static const RsaSigningKey& rsa_key() {
        static const RsaSigningKey made = *RsaSigningKey::generate();
        return made;
    }

    const RsaSigningKey& rsa_ = rsa_key();
    const SigningKey ed25519_ = *SigningKey::from_seed(Bytes(32, 9));
    fs::path folder_;
};

TEST_F(DkimInterop, dkimpy_verifies_what_we_sign) {
    for (const SignatureKey& key : {SignatureKey(&rsa_), SignatureKey(&ed25519_)}) {
        const std::string message = signed_by_us(key);
        const std::string words = "dkimpy verify '" + dkim_key_record(key) + "'";
        EXPECT_EQ(verdict(words, message), "pass") << message;
        EXPECT_EQ(verdict(words, flipped(message, "four?")), "fail");
        EXPECT_EQ(verdict(words, flipped(message, "cake")), "fail");
        EXPECT_EQ(verdict(words, "Subject: more\r\n" + message), "fail");
    }
}

TEST_F(DkimInterop, mail_dkim_verifies_what_we_sign) {
    const std::string message = signed_by_us(&rsa_);
    const std::string words = "mail-dkim verify '" + dkim_key_record(&rsa_) + "'";
    EXPECT_EQ(verdict(words, message), "pass") << message;
    EXPECT_EQ(verdict(words, flipped(message, "four?")), "fail");
    EXPECT_EQ(verdict(words, flipped(message, "cake")), "fail");
}

TEST_F(DkimInterop, we_verify_what_dkimpy_signs) {
    const std::string rsa_file = file("rsa.pem", as_text(rsa_.pem().view()));
    const std::string ed25519_file = file("ed25519", base64(ed25519_.seed()));
    const std::string ending = " s1 one.test";
    const auto check = [&](const std::string& words, const SignatureKey& key) {
        const std::string message = tool(words, kLetter) + kLetter;
        EXPECT_EQ(checked_by_us(message, key), DkimStatus::pass) << message;
        EXPECT_EQ(checked_by_us(flipped(message, "four?"), key), DkimStatus::fail);
        EXPECT_EQ(checked_by_us(flipped(message, "cake"), key), DkimStatus::fail);
    };
    check("dkimpy sign rsa-sha256 '" + rsa_file + "'" + ending, &rsa_);
    check("dkimpy sign ed25519-sha256 '" + ed25519_file + "'" + ending, &ed25519_);
}

TEST_F(DkimInterop, we_verify_what_mail_dkim_signs) {
    const std::string rsa_file = file("rsa.pem", as_text(rsa_.pem().view()));
    const std::string message =
        tool("mail-dkim sign '" + rsa_file + "' s1 one.test", kLetter) + kLetter;
    EXPECT_EQ(checked_by_us(message, &rsa_), DkimStatus::pass) << message;
    EXPECT_EQ(checked_by_us(flipped(message, "four?"), &rsa_), DkimStatus::fail);
    EXPECT_EQ(checked_by_us(flipped(message, "cake"), &rsa_), DkimStatus::fail);
}

TEST_F(DkimInterop, dkimpy_follows_the_chain_that_we_seal) {
    std::string message = kLetter;
    DnsTable dns;
    dns.txt("s1._domainkey.one.test", dkim_key_record(&rsa_));
    for (int hop = 0; hop < 3; ++hop) {
        const auto digest = digest_message(message);
        const ArcResult chain = run(check_arc(&*digest, kNow), dns);
        EXPECT_EQ(chain.status, hop == 0 ? ArcStatus::none : ArcStatus::pass) << chain.reason;
        const auto set = seal_arc(*digest,
                                  chain,
                                  {.domain = "one.test",
                                   .selector = "s1",
                                   .key = &rsa_,
                                   .time = kNow,
                                   .results = "one.test; spf=pass smtp.mailfrom=alice@one.test",
                                   .fields = {}});
        ASSERT_TRUE(set) << set.error().text();
        message = *set + message;
    }
    const std::string words = "dkimpy arc '" + dkim_key_record(&rsa_) + "'";
    EXPECT_EQ(verdict(words, message), "pass") << message;
    EXPECT_EQ(verdict(words, flipped(message, "four?")), "fail");
}

}  // namespace
}  // namespace kith::mailauth
