// The signed messages that the RFCs themselves print.
#include "mailauth/dkim.h"
#include "mailauth/mailauth_tests.h"
#include "mailauth/signing.h"

namespace kith::mailauth {
namespace {

constexpr Time kNow{Seconds{1'600'000'000}};

// RFC 6376 appendix A.2, with the white space that verifies; the public key is that of
// appendix C.
constexpr std::string_view kRfc6376 =
    R"(DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;
      c=simple/simple; q=dns/txt; i=joe@football.example.com;
      h=Received : From : To : Subject : Date : Message-ID;
      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB
      4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut
      KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV
      4bmp/YzhwvcubU4=;
Received: from client1.football.example.com  [192.0.2.1]
      by submitserver.example.com with SUBMISSION;
      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game. Are you hungry yet?

Joe.
)";
constexpr const char* kRfc6376Key =
    "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYt"
    "IxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhi"
    "tdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB";

// RFC 8463 appendix A.3.
constexpr std::string_view kRfc8463 =
    R"(DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
)";
constexpr const char* kRfc8463Ed25519 =
    "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
constexpr const char* kRfc8463Rsa =
    "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR"
    "6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5Qj"
    "vHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB";

std::vector<DkimResult> check(const std::string& message, DnsTable dns) {
    const auto digest = digest_message(message);
    EXPECT_TRUE(digest);
    return run(check_dkim(&*digest, kNow, {}), dns);
}

DnsTable rfc8463_dns() {
    return DnsTable()
        .txt("brisbane._domainkey.football.example.com", kRfc8463Ed25519)
        .txt("test._domainkey.football.example.com", kRfc8463Rsa);
}

TEST(DkimVectors, the_message_of_rfc_6376_verifies) {
    DnsTable dns;
    dns.txt("brisbane._domainkey.example.com", kRfc6376Key);
    const auto results = check(crlf(kRfc6376), dns);
    ASSERT_EQ(results.size(), 1U);
    EXPECT_EQ(results[0].status, DkimStatus::pass) << results[0].reason;
    EXPECT_EQ(results[0].identity, "joe@football.example.com");
    EXPECT_EQ(results[0].key_bits, 1024U);
}

TEST(DkimVectors, any_octet_changed_in_the_message_of_rfc_6376_fails) {
    DnsTable dns;
    dns.txt("brisbane._domainkey.example.com", kRfc6376Key);
    const std::string message = crlf(kRfc6376);
    const std::size_t signed_from = message.find("Received:");
    for (std::size_t i = signed_from; i < message.size(); ++i) {
        std::string changed = message;
        changed[i] ^= 1;
        const auto digest = digest_message(changed);
        if (!digest)
            continue;  // no header any more
        const auto results = run(check_dkim(&*digest, kNow, {}), dns);
        for (const DkimResult& result : results)
            EXPECT_NE(result.status, DkimStatus::pass) << i;
    }
}

TEST(DkimVectors, both_signatures_of_rfc_8463_verify) {
    const auto results = check(crlf(kRfc8463), rfc8463_dns());
    ASSERT_EQ(results.size(), 2U);
    for (const DkimResult& result : results) {
        EXPECT_EQ(result.status, DkimStatus::pass) << result.reason;
        EXPECT_EQ(result.domain, "football.example.com");
    }
    EXPECT_EQ(results[0].algorithm, "ed25519-sha256");
    EXPECT_EQ(results[1].algorithm, "rsa-sha256");
}

TEST(DkimVectors, a_changed_body_fails_both_of_rfc_8463) {
    std::string message = crlf(kRfc8463);
    message.replace(message.find("hungry"), 6, "angry!");
    for (const DkimResult& result : check(message, rfc8463_dns()))
        EXPECT_EQ(result.status, DkimStatus::fail);
}

TEST(DkimVectors, the_key_of_rfc_8463_signs_its_message_anew) {
    const std::string message = crlf(kRfc8463.substr(kRfc8463.find("From:")));
    const SigningKey key =
        *SigningKey::from_seed(*parse_base64("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="));
    const auto digest = digest_message(message);
    ASSERT_TRUE(digest);
    const auto field = sign_dkim(*digest,
                                 {.domain = "football.example.com",
                                  .selector = "brisbane",
                                  .identity = "",
                                  .key = &key,
                                  .time = kNow,
                                  .expiry = std::nullopt});
    ASSERT_TRUE(field);
    const auto results = check(*field + message, rfc8463_dns());
    ASSERT_EQ(results.size(), 1U);
    EXPECT_EQ(results[0].status, DkimStatus::pass) << results[0].reason << "\n" << *field;
    EXPECT_EQ(dkim_key_record(&key), kRfc8463Ed25519);
}

}  // namespace
}  // namespace kith::mailauth
