#include "mailauth/public_suffix.h"

#include "base/text.h"
#include "mailauth/mailauth_tests.h"
#include "note/address.h"
#include "testing/vectors.h"

namespace kith::mailauth {
namespace {

struct Case {
    const char* domain;
    const char* registrable;  // nullptr: it is a public suffix itself
};

// The list's own tests, test_psl.txt (dedicated to the public domain), but for names with a leading
// dot, which are no domains.
constexpr Case kCases[] = {
    {"COM", nullptr},
    {"example.COM", "example.com"},
    {"WwW.example.COM", "example.com"},
    // Unlisted top-level domain.
    {"example", nullptr},
    {"example.example", "example.example"},
    {"b.example.example", "example.example"},
    {"a.b.example.example", "example.example"},
    // One rule.
    {"biz", nullptr},
    {"domain.biz", "domain.biz"},
    {"b.domain.biz", "domain.biz"},
    {"a.b.domain.biz", "domain.biz"},
    // Rules of two levels.
    {"com", nullptr},
    {"example.com", "example.com"},
    {"b.example.com", "example.com"},
    {"a.b.example.com", "example.com"},
    {"uk.com", nullptr},
    {"example.uk.com", "example.uk.com"},
    {"b.example.uk.com", "example.uk.com"},
    {"a.b.example.uk.com", "example.uk.com"},
    {"test.ac", "test.ac"},
    // One wildcard rule.
    {"mm", nullptr},
    {"c.mm", nullptr},
    {"b.c.mm", "b.c.mm"},
    {"a.b.c.mm", "b.c.mm"},
    // All kinds.
    {"jp", nullptr},
    {"test.jp", "test.jp"},
    {"www.test.jp", "test.jp"},
    {"ac.jp", nullptr},
    {"test.ac.jp", "test.ac.jp"},
    {"www.test.ac.jp", "test.ac.jp"},
    {"kyoto.jp", nullptr},
    {"test.kyoto.jp", "test.kyoto.jp"},
    {"ide.kyoto.jp", nullptr},
    {"b.ide.kyoto.jp", "b.ide.kyoto.jp"},
    {"a.b.ide.kyoto.jp", "b.ide.kyoto.jp"},
    {"c.kobe.jp", nullptr},
    {"b.c.kobe.jp", "b.c.kobe.jp"},
    {"a.b.c.kobe.jp", "b.c.kobe.jp"},
    {"city.kobe.jp", "city.kobe.jp"},
    {"www.city.kobe.jp", "city.kobe.jp"},
    // A wildcard rule and exceptions.
    {"ck", nullptr},
    {"test.ck", nullptr},
    {"b.test.ck", "b.test.ck"},
    {"a.b.test.ck", "b.test.ck"},
    {"www.ck", "www.ck"},
    {"www.www.ck", "www.ck"},
    // US K12.
    {"us", nullptr},
    {"test.us", "test.us"},
    {"www.test.us", "test.us"},
    {"ak.us", nullptr},
    {"test.ak.us", "test.ak.us"},
    {"www.test.ak.us", "test.ak.us"},
    {"k12.ak.us", nullptr},
    {"test.k12.ak.us", "test.k12.ak.us"},
    {"www.test.k12.ak.us", "test.k12.ak.us"},
    // IDN.
    {"食狮.com.cn", "食狮.com.cn"},
    {"食狮.公司.cn", "食狮.公司.cn"},
    {"www.食狮.公司.cn", "食狮.公司.cn"},
    {"shishi.公司.cn", "shishi.公司.cn"},
    {"公司.cn", nullptr},
    {"食狮.中国", "食狮.中国"},
    {"www.食狮.中国", "食狮.中国"},
    {"shishi.中国", "shishi.中国"},
    {"xn--85x722f.com.cn", "xn--85x722f.com.cn"},
    {"xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"},
    {"www.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"},
    {"shishi.xn--55qx5d.cn", "shishi.xn--55qx5d.cn"},
    {"xn--55qx5d.cn", nullptr},
    {"xn--85x722f.xn--fiqs8s", "xn--85x722f.xn--fiqs8s"},
    {"www.xn--85x722f.xn--fiqs8s", "xn--85x722f.xn--fiqs8s"},
    {"shishi.xn--fiqs8s", "shishi.xn--fiqs8s"},
    {"xn--fiqs8s", nullptr},
};

std::string normal(const std::string& domain) {
    return domain.contains('.') ? *mail_domain(domain) : to_lower(domain);
}

void check(const PublicSuffixList& list) {
    for (const Case& one : kCases)
        EXPECT_EQ(list.organizational_domain(normal(one.domain)),
                  normal(one.registrable ? one.registrable : one.domain));
}

TEST(PublicSuffix, the_lists_own_tests_pass_with_the_list_in_libpsl) {
    check(PublicSuffixList::builtin());
}

TEST(PublicSuffix, they_pass_with_the_list_of_the_system) {
    const std::string path = "/usr/share/publicsuffix/public_suffix_list.dat";
    if (!std::filesystem::exists(path))
        GTEST_SKIP() << "the package publicsuffix is not there";
    const auto list = PublicSuffixList::parse(kith::testing::read_file(path));
    ASSERT_TRUE(list);
    check(*list);
}

TEST(PublicSuffix, a_list_of_ones_own_is_read) {
    const auto list = PublicSuffixList::parse("// comment\ntest\nco.test\n");
    ASSERT_TRUE(list);
    EXPECT_EQ(list->organizational_domain("a.b.one.co.test"), "one.co.test");
    EXPECT_EQ(list->organizational_domain("a.b.test"), "b.test");
    EXPECT_EQ(list->organizational_domain("co.test"), "co.test");
}

TEST(PublicSuffix, a_list_without_rules_is_refused) {
    EXPECT_FALSE(PublicSuffixList::parse(""));
    EXPECT_FALSE(PublicSuffixList::parse("// nothing\n\n"));
}

}  // namespace
}  // namespace kith::mailauth
