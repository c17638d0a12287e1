#include "access/client_fixture.h"

namespace kith {
namespace {

class Blobs : public ClientFixture {
  protected:
    void SetUp() override { alice = settled("alice@one.test", 1); }

    std::string path_of(const std::string& blob, const std::string& name = "letter") const {
        return "/jmap/download/" + alice.account_id + "/" + blob + "/" + name;
    }
    Answer part(const std::string& blob, const std::string& range) {
        HttpCall http_call;
        http_call.path = path_of(blob);
        http_call.headers = {{"authorization", "Bearer " + alice.token}, {"range", range}};
        return call(std::move(http_call));
    }

    Person alice;
};

TEST_F(Blobs, ComeBackAsTheyWereSent) {
    for (const std::size_t size : {std::size_t{0},
                                   std::size_t{1},
                                   kMaxSmallBlob,
                                   kMaxSmallBlob + 1,
                                   std::size_t{3'000'000}}) {
        std::string octets(size, 'x');
        if (size > 0)
            octets.back() = 'z';
        const auto blob = upload(alice, octets);
        EXPECT_EQ(blob, "sha256-" + sha256(octets).hex_text());
        const auto answer = get(path_of(blob), alice.token);
        EXPECT_EQ(answer.status, 200U);
        EXPECT_TRUE(answer.body == octets) << size;
    }
}

TEST_F(Blobs, AnUploadIsAnsweredWithWhatItBecame) {
    const auto answer =
        post("/jmap/upload/" + alice.account_id + "/", "text", alice.token, "text/x-own");
    EXPECT_EQ(answer.status, 201U);
    EXPECT_EQ(text_at(answer.parsed(), "/accountId"), alice.account_id);
    EXPECT_EQ(text_at(answer.parsed(), "/type"), "text/x-own");
    EXPECT_EQ(at(answer.parsed(), "/size"), json::value(4));
}

TEST_F(Blobs, ADownloadIsNamedAndTypedAsAskedAndHarmlessInABrowser) {
    const auto blob = upload(alice, "text");
    const auto answer = get(path_of(blob, "a%22b%0Ac") + "?accept=text%2Fplain", alice.token);
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.headers.find("content-type"), "text/plain");
    EXPECT_EQ(answer.headers.find("content-disposition"), "attachment; filename*=UTF-8''a%22b%0ac");
    EXPECT_EQ(answer.headers.find("x-content-type-options"), "nosniff");
    const auto odd = get(path_of(blob) + "?accept=text%2Fplain%0Aset-cookie:x", alice.token);
    EXPECT_EQ(odd.headers.find("content-type"), "application/octet-stream");
}

TEST_F(Blobs, ARangeIsGivenAlone) {
    const auto blob = upload(alice, std::string(100'000, 'a') + "middle" + std::string(10, 'z'));
    const auto middle = part(blob, "bytes=100000-100005");
    EXPECT_EQ(middle.status, 206U);
    EXPECT_EQ(middle.body, "middle");
    EXPECT_EQ(middle.headers.find("content-range"), "bytes 100000-100005/100016");
    EXPECT_EQ(part(blob, "bytes=-10").body, std::string(10, 'z'));
    EXPECT_EQ(part(blob, "bytes=100010-").body, std::string(6, 'z'));
    const auto behind = part(blob, "bytes=100016-");
    EXPECT_EQ(behind.status, 416U);
    EXPECT_EQ(behind.headers.find("content-range"), "bytes */100016");
    EXPECT_EQ(part(blob, "lines=1-2").status, 200U);
}

TEST_F(Blobs, AreTheirAccountsAlone) {
    const auto blob = upload(alice, "secret");
    const auto bob = settled("bob@one.test", 11);
    EXPECT_EQ(get(path_of(blob), bob.token).status, 404U);
    EXPECT_EQ(get("/jmap/download/" + bob.account_id + "/" + blob + "/x", bob.token).status, 404U);
    EXPECT_EQ(get(path_of(blob)).status, 401U);
    EXPECT_EQ(post("/jmap/upload/" + alice.account_id + "/", "x", bob.token).status, 404U);
}

TEST_F(Blobs, WhatIsNotThereIsNotFound) {
    EXPECT_EQ(get(path_of("sha256-" + sha256("never sent").hex_text()), alice.token).status, 404U);
    EXPECT_EQ(get(path_of("nonsense"), alice.token).status, 404U);
    EXPECT_EQ(get("/jmap/download/" + alice.account_id, alice.token).status, 404U);
    EXPECT_EQ(post("/jmap/upload/" + alice.account_id, "x", alice.token).status, 404U);
}

TEST_F(Blobs, TooLargeOnesAreRefusedWithTheLimit) {
    start({.upload_octets = 100'000});
    for (const std::size_t size : {std::size_t{100'001}, std::size_t{400'000}}) {
        const auto refused =
            post("/jmap/upload/" + alice.account_id + "/", std::string(size, 'x'), alice.token);
        EXPECT_EQ(refused.status, 413U);
        EXPECT_EQ(at(refused.parsed(), "/limit"), json::value(100'000));
    }
    EXPECT_FALSE(upload(alice, std::string(100'000, 'x')).empty());
}

TEST_F(Blobs, AreNotTakenBeyondTheQuotaOrADaysShare) {
    const auto path = "/jmap/upload/" + alice.account_id + "/";
    start({.quota_octets = 10});
    const auto full = post(path, std::string(11, 'x'), alice.token);
    EXPECT_EQ(full.status, 429U);
    EXPECT_EQ(full.problem(), "over-quota");
    start({.upload_octets_in_day = 10});
    EXPECT_EQ(post(path, std::string(6, 'x'), alice.token).status, 201U);
    EXPECT_EQ(post(path, std::string(6, 'y'), alice.token).status, 429U);
    clock.advance(std::chrono::hours(24));
    ASSERT_EQ(log_in(alice).status, 200U);
    EXPECT_EQ(post(path, std::string(6, 'y'), alice.token).status, 201U);
}

}  // namespace
}  // namespace kith
