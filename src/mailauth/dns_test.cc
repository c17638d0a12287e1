#include "mailauth/dns.h"

#include "mailauth/ip_address.h"
#include "mailauth/mailauth_tests.h"

namespace kith::mailauth {
namespace {

using std::string_literals::operator""s;

Answer read(RecordType type, const std::vector<std::string>& rdata) {
    std::vector<Bytes> octets;
    for (const std::string& record : rdata)
        octets.push_back(to_bytes(record));
    return answer_from_rdata(type, octets);
}

TEST(DnsAnswer, records_are_read_from_their_rdata) {
    EXPECT_EQ(read(RecordType::txt, {"\3abc\2de"s, "\0"s}).records,
              (std::vector<std::string>{"abcde", ""}));
    EXPECT_EQ(read(RecordType::mx, {"\0\012\2MX\3one\4test\0"s}).records,
              (std::vector<std::string>{"mx.one.test"}));
    EXPECT_EQ(read(RecordType::mx, {"\0\0\0"s}).records, (std::vector<std::string>{""}));
    EXPECT_EQ(read(RecordType::ptr, {"\1a\4test\0"s}).records,
              (std::vector<std::string>{"a.test"}));
    EXPECT_EQ(read(RecordType::a, {"\300\0\2\1"s}).records,
              (std::vector<std::string>{"\300\0\2\1"s}));
}

TEST(DnsAnswer, malformed_records_are_left_out) {
    EXPECT_EQ(read(RecordType::txt, {"\4abc"s, "\1x"s}).records, (std::vector<std::string>{"x"}));
    for (const auto& [type, rdata] :
         std::vector<std::pair<RecordType, std::string>>{{RecordType::a, "123"s},
                                                         {RecordType::aaaa, "1234"s},
                                                         {RecordType::mx, "\0"s},
                                                         {RecordType::mx, "\0\1"s},
                                                         {RecordType::ptr, "\3abc"s},
                                                         {RecordType::ptr, "\3abc\0x"s},
                                                         {RecordType::ptr, "\300\14"s},
                                                         {RecordType::ptr, "\3a.b\0"s},
                                                         {RecordType::ptr, "\2a\n\0"s}}) {
        const Answer answer = read(type, {rdata});
        EXPECT_EQ(answer.status, Answer::Status::no_data) << name_of(type);
        EXPECT_TRUE(answer.is_void());
    }
}

TEST(DnsAnswer, names_and_domains_have_their_limits) {
    const std::string label(63, 'a');
    EXPECT_TRUE(is_dns_name(label + "." + label + "." + label + "." + std::string(61, 'a')));
    EXPECT_FALSE(is_dns_name(label + "." + label + "." + label + "." + std::string(62, 'a')));
    EXPECT_FALSE(is_dns_name(label + "a.test"));
    for (const char* name : {"", ".", "a.", ".a", "a..b", "a\nb", "\xC3\xA4"})
        EXPECT_FALSE(is_dns_name(name)) << name;
    EXPECT_TRUE(is_dns_name("a b.test"));
    EXPECT_FALSE(is_domain_name("a b.test"));
    EXPECT_EQ(*mail_domain("B\xC3\xBC"
                           "cher.TEST"),
              "xn--bcher-kva.test");
    EXPECT_FALSE(mail_domain("test"));
}

TEST(IpAddress, both_families_have_text_and_reverse_name) {
    EXPECT_EQ(IpAddress::parse("192.0.2.1")->reverse_name(), "1.2.0.192.in-addr.arpa");
    EXPECT_EQ(IpAddress::parse("2001:db8::1")->reverse_name(),
              "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
    EXPECT_EQ(IpAddress::parse("::ffff:192.0.2.1")->text(), "192.0.2.1");
    for (const char* text : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", ":::", "1.2.3.4/8", "one.test"})
        EXPECT_FALSE(IpAddress::parse(text)) << text;
}

TEST(IpAddress, prefixes_are_compared_bit_by_bit) {
    const IpAddress one = *IpAddress::parse("192.0.2.129");
    EXPECT_TRUE(one.shares_prefix(*IpAddress::parse("192.0.2.128"), 31));
    EXPECT_FALSE(one.shares_prefix(*IpAddress::parse("192.0.2.128"), 32));
    EXPECT_TRUE(one.shares_prefix(*IpAddress::parse("64.0.0.1"), 0));
    EXPECT_FALSE(one.shares_prefix(*IpAddress::parse("2001:db8::1"), 0));
    EXPECT_TRUE(
        IpAddress::parse("2001:db8::1")->shares_prefix(*IpAddress::parse("2001:db9::"), 31));
}

Asking<int> two_questions() {
    const Answer first = co_await Ask("one.test", RecordType::a);
    const Answer second = co_await Ask("two.test", RecordType::mx);
    co_return static_cast<int>(first.records.size() + 10 * second.records.size());
}

Asking<int> nested() {
    int sum = 0;
    for (int i = 0; i < 3; ++i)
        sum += co_await two_questions();
    co_return sum;
}

TEST(Asking, it_asks_one_question_after_the_other_also_from_within) {
    Asking<int> asking = nested();
    for (int i = 0; i < 3; ++i) {
        ASSERT_NE(asking.next(), nullptr);
        EXPECT_EQ(asking.next()->name, "one.test");  // the same until it is answered
        EXPECT_EQ(asking.next()->name, "one.test");
        asking.answer({Answer::Status::records, {"x"}});
        EXPECT_EQ(asking.next()->name, "two.test");
        asking.answer({Answer::Status::records, {"x", "y"}});
    }
    EXPECT_EQ(asking.next(), nullptr);
    EXPECT_EQ(std::move(asking).result(), 63);
}

TEST(Asking, it_may_be_dropped_and_moved_in_the_middle) {
    Asking<int> asking = nested();
    asking.next();
    asking.answer({Answer::Status::no_data, {}});
    Asking<int> moved = std::move(asking);
    EXPECT_EQ(moved.next()->name, "two.test");
    moved = nested();
    EXPECT_EQ(moved.next()->name, "one.test");
}

}  // namespace
}  // namespace kith::mailauth
