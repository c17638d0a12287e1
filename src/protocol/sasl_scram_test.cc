#include "protocol/sasl_scram.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

// RFC 7677 section 3.
constexpr std::string_view kClientFirst = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
constexpr std::string_view kServerNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
constexpr std::string_view kServerFirst =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
constexpr std::string_view kClientFinal =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
constexpr std::string_view kServerFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

ScramVerifier verifier(std::string_view password = "pencil") {
    return *make_scram_verifier(password, *parse_base64("W22ZaJ0SNY7soEsUEjb6gQ=="));
}

ScramServer challenged(std::string_view password = "pencil") {
    ScramServer server = *ScramServer::begin(kClientFirst);
    server.challenge(verifier(password), kServerNonce);
    return server;
}

TEST(Scram, TheExchangeOfRfc7677IsReproduced) {
    auto server = ScramServer::begin(kClientFirst);
    ASSERT_TRUE(server);
    EXPECT_EQ(server->user(), "user");
    EXPECT_EQ(server->authorization(), "");
    EXPECT_EQ(server->challenge(verifier(), kServerNonce), kServerFirst);
    auto last = server->finish(kClientFinal);
    ASSERT_TRUE(last) << last.error().text();
    EXPECT_EQ(*last, kServerFinal);
}

TEST(Scram, AnotherPasswordIsDenied) {
    const auto last = challenged("Pencil").finish(kClientFinal);
    ASSERT_FALSE(last);
    EXPECT_EQ(last.error().kind, ErrorKind::denied);
}

TEST(Scram, EveryOctetOfTheFinalMessageCounts) {
    const ScramServer server = challenged();
    for (std::size_t i = 0; i < kClientFinal.size(); ++i) {
        std::string changed(kClientFinal);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(server.finish(changed)) << i;
    }
    EXPECT_FALSE(server.finish(""));
    EXPECT_FALSE(server.finish(",p="));
    EXPECT_FALSE(server.finish("c=biws,p=AAAA"));
}

TEST(Scram, ChannelBindingAndExtensionsAreDenied) {
    EXPECT_EQ(ScramServer::begin("p=tls-exporter,,n=user,r=x").error().kind, ErrorKind::denied);
    EXPECT_EQ(ScramServer::begin("n,,m=x,n=user,r=x").error().kind, ErrorKind::denied);
    EXPECT_TRUE(ScramServer::begin("y,,n=user,r=x"));
}

TEST(Scram, NamesAreUnescaped) {
    const auto server = ScramServer::begin("n,a=bo=2Cb,n=al=3Dice@one.test,r=x");
    ASSERT_TRUE(server);
    EXPECT_EQ(server->authorization(), "bo,b");
    EXPECT_EQ(server->user(), "al=ice@one.test");
    for (const char* wrong : {"n,,n=a=2cb,r=x", "n,,n=a=,r=x", "n,,n=,r=x", "n,,n=\xFF,r=x"})
        EXPECT_FALSE(ScramServer::begin(wrong)) << wrong;
}

TEST(Scram, FirstMessagesThatAreNoneAreMalformed) {
    for (const char* wrong : {"",
                              "n",
                              "n,,",
                              "n,,n=user",
                              "x,,n=user,r=x",
                              "n,b=x,n=user,r=x",
                              "n,,user,r=x",
                              "n,,n=user,x",
                              "n,,n=user,r="})
        EXPECT_EQ(ScramServer::begin(wrong).error().kind, ErrorKind::malformed) << wrong;
}

TEST(Scram, PasswordsThatSaslprepWouldChangeAreRefused) {
    EXPECT_FALSE(make_scram_verifier("", {}));
    EXPECT_FALSE(make_scram_verifier("p\xC3\xA4ncil", {}));
}

}  // namespace
}  // namespace kith
