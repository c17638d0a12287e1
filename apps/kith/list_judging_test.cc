#include "kith/list_judging.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

using What = Judgement::What;

constexpr Time kNow = Time(Seconds(1'790'000'000));
const Hash kBob = sha256("bob");
const Moderator kList{*Address::parse("bees@one.test"), sha256("bees")};

class ListJudging : public ::testing::Test {
  protected:
    ListSettings settings;
    Members members;
    std::vector<Post> posts;
    ListArrival bob{.from = *Address::parse("bob@two.test"),
                    .root = kBob,
                    .proven = ListArrival::Proven::yes,
                    .tier = ListArrival::Tier::known};

    void subscribe() {
        members[kBob] =
            Member{.address = bob.from, .root = kBob, .token = "n", .since = kNow - Seconds(60)};
    }
    void passed_on(Time when, std::vector<Hash> complaints = {}) {
        posts.push_back(Post{.id = std::to_string(posts.size()),
                             .email = "m1",
                             .author = bob.from,
                             .root = kBob,
                             .subject = "s",
                             .came = when,
                             .state = Post::State::sent,
                             .why = {},
                             .decided = when,
                             .complaints = std::move(complaints)});
    }
    Judgement judge(const std::string& header = "From: bob@two.test\r\n") const {
        const auto message = parse_message(header + "To: bees@one.test\r\n\r\ntext");
        return judge_post(bob, *message, settings, members, posts, kList, kNow);
    }
};

TEST_F(ListJudging, SubscribersPostAndOthersWait) {
    EXPECT_EQ(judge().what, What::wait);
    EXPECT_EQ(judge().why, "bob@two.test is no subscriber");
    subscribe();
    EXPECT_EQ(judge().what, What::accept);
    members[kBob].state = Member::State::invited;
    EXPECT_EQ(judge().what, What::wait);
}

TEST_F(ListJudging, AnyoneKnownPostsWhereTheListSaysSo) {
    settings.posts = ListSettings::Posts::known;
    EXPECT_EQ(judge().what, What::accept);
    bob.tier = ListArrival::Tier::unknown;
    EXPECT_EQ(judge().what, What::wait);
}

TEST_F(ListJudging, ModeratorsAndTheListItselfNeverWait) {
    subscribe();
    settings.posts = ListSettings::Posts::moderators;
    EXPECT_EQ(judge().why, "bob@two.test is no moderator");
    settings.moderators = {{bob.from, sha256("somebody else at that address")}};
    EXPECT_EQ(judge().what, What::wait) << "who they are is the root";
    settings.moderators = {{bob.from, kBob}};
    passed_on(kNow, {sha256("a"), sha256("b")});
    EXPECT_EQ(judge().what, What::accept);
    settings.moderators.clear();
    bob.root = kList.root;
    EXPECT_EQ(judge().what, What::accept);
}

TEST_F(ListJudging, NobodyPostsInAnothersName) {
    subscribe();
    EXPECT_EQ(judge("From: carol@one.test\r\n").what, What::wait);
    EXPECT_EQ(judge("From: bob@two.test, carol@one.test\r\n").what, What::wait);
    EXPECT_EQ(judge("From: Bob <BOB@two.test>\r\n").what, What::accept);
    bob.proven = ListArrival::Proven::no;
    EXPECT_EQ(judge().what, What::wait);
}

TEST_F(ListJudging, WhatGoesRoundInCirclesStops) {
    subscribe();
    EXPECT_EQ(judge("From: bob@two.test\r\nList-Id: <bees.one.test>\r\n").what, What::discard);
    EXPECT_EQ(judge("From: bob@two.test\r\nAuto-Submitted: auto-replied\r\n").what, What::discard);
    EXPECT_EQ(judge("From: bob@two.test\r\nList-Id: <wasps.one.test>\r\n").what, What::wait);
}

TEST_F(ListJudging, OneAuthorPostsSoOftenADay) {
    subscribe();
    settings.author_a_day = 2;
    passed_on(kNow - std::chrono::days(2));
    passed_on(kNow - Seconds(3'600));
    EXPECT_EQ(judge().what, What::accept);
    passed_on(kNow - Seconds(60));
    EXPECT_EQ(judge().what, What::wait);
}

TEST_F(ListJudging, ComplaintsOfSeveralReadersMakeAnAuthorWait) {
    subscribe();
    const Hash a = sha256("a");
    const Hash b = sha256("b");
    passed_on(kNow - Seconds(60), {a});
    passed_on(kNow - Seconds(50), {a});
    EXPECT_EQ(judge().what, What::accept) << "one reader counts once";
    passed_on(kNow - Seconds(40), {b});
    EXPECT_EQ(judge().why, "2 readers found posts of bob@two.test unwanted");
    posts.back().counted = Post::Counted::forgiven;
    EXPECT_EQ(judge().what, What::accept);
    posts.back() = posts.front();
    posts.back().complaints = {b};
    posts.back().came = kNow - std::chrono::days(31);
    EXPECT_EQ(judge().what, What::accept) << "after 30 days it is forgotten";
}

TEST(ListHome, FilesAreReadBackAsTheyWereWritten) {
    ListSettings settings{.name = "Bees",
                          .description = "For who keeps bees",
                          .posts = ListSettings::Posts::known,
                          .joins = ListSettings::Joins::approve,
                          .moderators = {kList},
                          .author_a_day = 3,
                          .complaints = 4,
                          .at_once = 5};
    EXPECT_EQ(*parse_list_settings(write_list_settings(settings)), settings);
    const Members members{{kBob,
                           Member{.address = *Address::parse("bob@two.test"),
                                  .root = kBob,
                                  .token = "n",
                                  .since = kNow,
                                  .state = Member::State::asks}}};
    EXPECT_EQ(*parse_members(write_members(members)), members);
    const Post post{.id = std::string(32, 'a'),
                    .email = "m7",
                    .author = *Address::parse("bob@two.test"),
                    .root = kBob,
                    .subject = "Hives",
                    .came = kNow,
                    .state = Post::State::sent,
                    .why = "because",
                    .decided = kNow + Seconds(1),
                    .complaints = {kList.root},
                    .counted = Post::Counted::forgiven,
                    .settled = Post::Settled::yes};
    EXPECT_EQ(*parse_post(write_post(post)), post);
    EXPECT_FALSE(parse_list_settings(R"({"posts":"all"})"));
    EXPECT_FALSE(parse_members(R"({"members":[{"address":"nobody"}]})"));
    EXPECT_FALSE(parse_post("[]"));
}

TEST(ListHome, APostGoesOnUnderTheSameIdHoweverOften) {
    const std::string id = id_of_post(kBob, std::string(32, 'a'));
    EXPECT_EQ(id.size(), 32U);
    EXPECT_EQ(id_of_post(kBob, std::string(32, 'a')), id);
    EXPECT_NE(id_of_post(kBob, std::string(32, 'b')), id);
    EXPECT_NE(id_of_post(sha256("carol"), std::string(32, 'a')), id) << "each has ids of their own";
}

}  // namespace
}  // namespace kith
