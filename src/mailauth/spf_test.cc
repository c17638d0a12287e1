#include "mailauth/spf.h"

#include "mailauth/mailauth_tests.h"
#include "mailauth/spf_record.h"

namespace kith::mailauth {
namespace {

SpfResult check(DnsTable& dns, const std::string& client = "192.0.2.1") {
    return run(check_spf({.client = *IpAddress::parse(client),
                          .helo = "mail.one.test",
                          .reverse_path = "alice@one.test",
                          .receiver = "mx.two.test",
                          .now = Time(Seconds(1'600'000'000))}),
               dns);
}

TEST(Spf, the_reason_names_what_matched) {
    DnsTable dns;
    dns.txt("one.test", "v=spf1 ip4:192.0.2.0/24 -all");
    EXPECT_EQ(check(dns).reason, "matched ip4:192.0.2.0/24 of one.test");
    EXPECT_EQ(check(dns, "198.51.100.1").reason, "matched -all of one.test");
    dns.txt("one.test", "v=spf1 -all");
    EXPECT_EQ(check(dns).reason, "one.test has several SPF records");
}

TEST(Spf, an_include_of_itself_ends) {
    DnsTable dns;
    dns.txt("one.test", "v=spf1 include:one.test -all");
    EXPECT_EQ(check(dns).status, SpfStatus::permerror);
    EXPECT_LE(dns.asked.size(), 12U);
}

TEST(Spf, a_record_of_many_mx_is_bounded_in_questions) {
    DnsTable dns;
    std::string record = "v=spf1";
    for (int i = 0; i < 10; ++i) {
        const std::string domain = "m" + std::to_string(i) + ".test";
        record += " mx:" + domain;
        for (int j = 0; j < 10; ++j) {
            const std::string host = std::to_string(j) + "." + domain;
            dns.add(domain, RecordType::mx, host);
            dns.add(host, RecordType::a, "\1\2\3\4");
        }
    }
    dns.txt("one.test", record + " -all");
    EXPECT_EQ(check(dns).status, SpfStatus::fail);
    EXPECT_EQ(dns.asked.size(), 1U + 10 + 100);
}

TEST(Spf, names_of_the_client_are_looked_up_once) {
    DnsTable dns;
    dns.txt("one.test", "v=spf1 ptr:a.test ptr:b.test exists:%{p}.c.test -all");
    for (int i = 0; i < 20; ++i) {
        const std::string name = "h" + std::to_string(i) + ".else.test";
        dns.add("1.2.0.192.in-addr.arpa", RecordType::ptr, name);
        dns.add(name, RecordType::a, std::string("\300\0\2\1", 4));
    }
    EXPECT_EQ(check(dns).status, SpfStatus::fail);
    EXPECT_EQ(dns.asked.size(), 1U + 1 + 10 + 1);
}

TEST(Spf, an_explanation_is_plain_text_or_nothing) {
    const auto explained = [](const std::string& text) {
        DnsTable dns;
        dns.txt("one.test", "v=spf1 -all exp=why.one.test");
        dns.txt("why.one.test", text);
        return check(dns).explanation;
    };
    EXPECT_EQ(explained("%{c} is not one of %{o}, says %{r}"),
              "192.0.2.1 is not one of one.test, says mx.two.test");
    EXPECT_EQ(explained("a\r\nb"), "");
    EXPECT_EQ(explained("\xC3\xA4"), "");
    EXPECT_EQ(explained("%{x}"), "");
    EXPECT_EQ(explained(std::string(600, 'a')), "");
}

TEST(Spf, a_reverse_path_without_domain_is_not_taken_for_the_helo) {
    DnsTable dns;
    dns.txt("mail.one.test", "v=spf1 +all");
    const auto result = run(check_spf({.client = *IpAddress::parse("192.0.2.1"),
                                       .helo = "mail.one.test",
                                       .reverse_path = "alice",
                                       .receiver = "",
                                       .now = {}}),
                            dns);
    EXPECT_EQ(result.status, SpfStatus::none);
}

TEST(Spf, a_domain_in_unicode_is_asked_for_in_its_a_labels) {
    DnsTable dns;
    dns.txt("xn--bcher-kva.test", "v=spf1 +all");
    const auto result = run(check_spf({.client = *IpAddress::parse("192.0.2.1"),
                                       .helo = "x",
                                       .reverse_path = "a@b\xC3\xBC"
                                                       "cher.test",
                                       .receiver = "",
                                       .now = {}}),
                            dns);
    EXPECT_EQ(result.status, SpfStatus::pass);
    EXPECT_EQ(result.domain, "xn--bcher-kva.test");
}

TEST(SpfRecord, a_wrong_term_is_named) {
    const auto record = parse_spf_record("v=spf1 a ip4:300.0.0.1 -all");
    ASSERT_FALSE(record);
    EXPECT_EQ(record.error().text(), "SPF record: \"ip4:300.0.0.1\" is malformed (malformed)");
    EXPECT_EQ(parse_spf_record("v=spf1 " + std::string(9'000, 'a')).error().kind, ErrorKind::limit);
}

}  // namespace
}  // namespace kith::mailauth
