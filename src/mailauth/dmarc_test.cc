#include "mailauth/dmarc.h"

#include "mailauth/dmarc_record.h"
#include "mailauth/mailauth_tests.h"

namespace kith::mailauth {
namespace {

using AlignedBy = DmarcResult::AlignedBy;

struct Facts {
    std::string from = "alice@one.test";
    std::string spf_domain = "";  // that passed; empty: none did
    std::string dkim_domain = "";
};

DmarcRequest request(const Facts& facts) {
    DmarcRequest out{parse_mailboxes(facts.from), {}, {}};
    if (!facts.spf_domain.empty()) {
        out.spf.status = SpfStatus::pass;
        out.spf.domain = facts.spf_domain;
    }
    if (!facts.dkim_domain.empty()) {
        DkimResult dkim;
        dkim.status = DkimStatus::pass;
        dkim.domain = facts.dkim_domain;
        out.dkim.push_back(dkim);
    }
    return out;
}

PublicSuffixList suffixes() {
    return *PublicSuffixList::parse("test\nco.test\n");
}

DmarcResult check(const Facts& facts, DnsTable dns) {
    return run(check_dmarc(request(facts), suffixes()), dns);
}

DnsTable published(const std::string& record, const std::string& domain = "one.test") {
    return DnsTable().txt("_dmarc." + domain, record);
}

TEST(Dmarc, spf_and_dkim_count_where_they_are_aligned) {
    const DnsTable dns = published("v=DMARC1; p=reject");
    EXPECT_EQ(check({.spf_domain = "one.test"}, dns).aligned_by, AlignedBy::spf);
    EXPECT_EQ(check({.spf_domain = "bounces.one.test"}, dns).aligned_by, AlignedBy::spf);
    EXPECT_EQ(check({.dkim_domain = "mail.one.test"}, dns).aligned_by, AlignedBy::dkim);
    EXPECT_EQ(check({.dkim_domain = "mail.one.test"}, dns).aligned_domain, "mail.one.test");
    for (const char* other : {"two.test", "notone.test", "test", "one.test.two.test"}) {
        const auto result = check({.spf_domain = other, .dkim_domain = other}, dns);
        EXPECT_EQ(result.status, DmarcStatus::fail) << other;
        EXPECT_EQ(result.aligned_by, AlignedBy::nothing);
        EXPECT_EQ(result.disposition, DmarcPolicy::reject);
    }
}

TEST(Dmarc, neighbours_below_a_public_suffix_are_not_aligned) {
    const DnsTable dns = published("v=DMARC1; p=reject", "one.co.test");
    EXPECT_EQ(check({.from = "a@one.co.test", .spf_domain = "two.co.test"}, dns).status,
              DmarcStatus::fail);
    EXPECT_EQ(check({.from = "a@one.co.test", .dkim_domain = "co.test"}, dns).status,
              DmarcStatus::fail);
    EXPECT_EQ(check({.from = "a@one.co.test", .dkim_domain = "x.one.co.test"}, dns).status,
              DmarcStatus::pass);
}

TEST(Dmarc, strict_alignment_wants_the_very_domain) {
    const DnsTable dns = published("v=DMARC1; p=reject; adkim=s; aspf=S");
    EXPECT_EQ(check({.dkim_domain = "mail.one.test"}, dns).status, DmarcStatus::fail);
    EXPECT_EQ(check({.spf_domain = "mail.one.test"}, dns).status, DmarcStatus::fail);
    EXPECT_EQ(check({.dkim_domain = "one.test"}, dns).status, DmarcStatus::pass);
    EXPECT_EQ(check({.spf_domain = "one.test"}, dns).status, DmarcStatus::pass);
}

TEST(Dmarc, a_subdomain_has_the_policy_for_subdomains) {
    const DnsTable dns = published("v=DMARC1; p=reject; sp=quarantine");
    const auto result = check({.from = "a@lists.one.test"}, dns);
    EXPECT_EQ(result.policy, DmarcPolicy::quarantine);
    EXPECT_EQ(result.policy_domain, "one.test");
    EXPECT_EQ(result.disposition, DmarcPolicy::quarantine);
    EXPECT_EQ(check({.from = "a@x.one.test"}, published("v=DMARC1; p=reject")).policy,
              DmarcPolicy::reject);
    // Its own record goes before that.
    DnsTable own = dns;
    own.txt("_dmarc.lists.one.test", "v=DMARC1; p=none");
    EXPECT_EQ(check({.from = "a@lists.one.test"}, own).disposition, DmarcPolicy::none);
}

TEST(Dmarc, without_a_record_there_is_no_result) {
    const auto result = check({.spf_domain = "one.test"}, DnsTable());
    EXPECT_EQ(result.status, DmarcStatus::none);
    EXPECT_EQ(result.aligned_by, AlignedBy::nothing);
    EXPECT_EQ(check({}, published("v=spf1 -all")).status, DmarcStatus::none);
    EXPECT_EQ(check({}, published("v=DMARC12; p=reject")).status, DmarcStatus::none);
}

TEST(Dmarc, several_records_or_a_wrong_one_are_an_error) {
    DnsTable dns = published("v=DMARC1; p=reject");
    dns.txt("_dmarc.one.test", "v=DMARC1; p=none");
    EXPECT_EQ(check({.spf_domain = "one.test"}, dns).status, DmarcStatus::permerror);
    EXPECT_EQ(check({}, published("v=DMARC1; p=maybe")).status, DmarcStatus::permerror);
    EXPECT_EQ(check({}, published("v=DMARC1; p=none; p=reject")).status, DmarcStatus::permerror);
    const auto reports = check({}, published("v=DMARC1; p=maybe; rua=mailto:a@one.test"));
    EXPECT_EQ(reports.status, DmarcStatus::fail);
    EXPECT_EQ(reports.disposition, DmarcPolicy::none);
}

TEST(Dmarc, a_share_is_not_drawn_by_lot) {
    EXPECT_EQ(check({}, published("v=DMARC1; p=reject; pct=1")).disposition, DmarcPolicy::reject);
    EXPECT_EQ(check({}, published("v=DMARC1; p=reject; pct=0")).disposition,
              DmarcPolicy::quarantine);
    EXPECT_EQ(check({}, published("v=DMARC1; p=quarantine; t=y")).disposition, DmarcPolicy::none);
}

TEST(Dmarc, what_dns_does_not_answer_is_temperror) {
    DnsTable dns;
    dns.lost("_dmarc.one.test", RecordType::txt);
    EXPECT_EQ(check({.spf_domain = "one.test"}, dns).status, DmarcStatus::temperror);
    DmarcRequest unknown = request({});
    unknown.spf.status = SpfStatus::temperror;
    unknown.spf.domain = "one.test";
    DnsTable policy = published("v=DMARC1; p=reject");
    const auto result = run(check_dmarc(unknown, suffixes()), policy);
    EXPECT_EQ(result.status, DmarcStatus::temperror);
    EXPECT_EQ(result.disposition, DmarcPolicy::none);
}

TEST(Dmarc, of_several_authors_domains_the_strictest_failure_counts) {
    DnsTable dns = published("v=DMARC1; p=reject", "bank.test");
    dns.txt("_dmarc.evil.test", "v=DMARC1; p=none");
    const auto result =
        check({.from = "ceo@bank.test, m@evil.test", .spf_domain = "evil.test"}, dns);
    EXPECT_EQ(result.status, DmarcStatus::fail);
    EXPECT_EQ(result.from_domain, "bank.test");
    EXPECT_EQ(result.disposition, DmarcPolicy::reject);
    const auto many =
        check({.from = "a@a.test, a@b.test, a@c.test, a@d.test, a@e.test"}, DnsTable());
    EXPECT_EQ(many.status, DmarcStatus::fail);
    EXPECT_EQ(many.disposition, DmarcPolicy::reject);
}

TEST(Dmarc, an_author_that_cannot_be_read_is_refused) {
    const auto result = check({.from = "nobody"}, DnsTable());
    EXPECT_EQ(result.status, DmarcStatus::fail);
    EXPECT_EQ(result.disposition, DmarcPolicy::reject);
    EXPECT_EQ(result.from_domain, "");
}

TEST(DmarcRecord, tags_are_read_whatever_their_case_and_space) {
    const auto record = parse_dmarc_record("v=DMARC1 ;p = Quarantine ; SP=x; sp=NONE;\t");
    ASSERT_TRUE(record) << record.error().text();
    EXPECT_EQ(record->policy, DmarcPolicy::quarantine);
    EXPECT_EQ(record->subdomain_policy, DmarcPolicy::none);
    EXPECT_FALSE(parse_dmarc_record("p=none; v=DMARC1"));
    EXPECT_FALSE(parse_dmarc_record("v=DMARC1"));
}

}  // namespace
}  // namespace kith::mailauth
