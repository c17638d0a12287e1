// The openspf.org suite for RFC 7208.
#include "base/text.h"
#include "mailauth/mailauth_tests.h"
#include "mailauth/spf.h"
#include "testing/vectors.h"

namespace kith::mailauth {
namespace {

namespace json = boost::json;

constexpr std::size_t kScenarios = 16;
constexpr std::size_t kTests = 203;

std::string text_of(const json::value& value) {
    return value.is_string() ? std::string(value.as_string()) : json::serialize(value);
}

// The suite's strings are octets written as code points.
std::string octets_of(const json::value& value) {
    std::string out;
    const std::string text = text_of(value);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x80) {
            out += text[i];
            continue;
        }
        const auto next = static_cast<unsigned char>(text[++i]);
        out += static_cast<char>((c << 6) | (next & 0x3F));
    }
    return out;
}

std::string without_dot(std::string name) {
    if (name.ends_with('.'))
        name.pop_back();
    return to_lower(name);
}

// One record of the zone as Answer has it.
std::string record_of(const std::string& type, const json::value& value) {
    if (type == "A" || type == "AAAA") {
        // An IPv4-mapped AAAA stays one of 16 octets.
        const auto address = IpAddress::parse(text_of(value));
        if (!address)
            return "";
        std::string octets = to_text(address->octets());
        if (type == "AAAA" && octets.size() == 4)
            octets = std::string(10, '\0') + "\xFF\xFF" + octets;
        return octets;
    }
    if (type == "MX")
        return without_dot(text_of(value.as_array()[1]));
    if (type == "PTR")
        return without_dot(text_of(value));
    std::string out;
    if (!value.is_array())
        return octets_of(value);
    for (const json::value& piece : value.as_array())
        out += octets_of(piece);
    return out;
}

const std::map<std::string, RecordType> kTypes = {{"A", RecordType::a},
                                                  {"AAAA", RecordType::aaaa},
                                                  {"MX", RecordType::mx},
                                                  {"PTR", RecordType::ptr},
                                                  {"TXT", RecordType::txt}};

// As the suite's own driver reads it: SPF stands for TXT where there is no TXT; TIMEOUT loses what
// the name has no record of.
class Zone {
  public:
    explicit Zone(const json::object& data) {
        for (const auto& [name, records] : data)
            add(to_lower(std::string_view(name)), records.as_array());
    }

    Answer operator()(const Question& question) const {
        std::string name = question.name;
        for (int links = 0; aliases_.contains(name); name = aliases_.at(name))
            if (++links > 10)
                return {Answer::Status::temporary_error, {}};
        const auto found = records_.find({name, question.type});
        if (found != records_.end() && !found->second.empty())
            return {Answer::Status::records, found->second};
        if (timeouts_.contains(name))
            return {Answer::Status::temporary_error, {}};
        return {names_.contains(name) ? Answer::Status::no_data : Answer::Status::no_such_name, {}};
    }

  private:
    void add(const std::string& name, const json::array& records) {
        names_.insert({name, true});
        std::vector<std::string> spf;
        bool has_txt = false;
        for (const json::value& record : records) {
            if (record.is_string()) {
                timeouts_.insert({name, true});
                continue;
            }
            const auto& [type, value] = *record.as_object().begin();
            if (type == "CNAME")
                aliases_[name] = without_dot(text_of(value));
            else if (type == "SPF")
                spf.push_back(record_of("TXT", value));
            else if (value.is_string() && value.as_string() == "NONE")
                has_txt = true;
            else
                records_[{name, kTypes.at(type)}].push_back(record_of(type, value));
            has_txt = has_txt || type == "TXT";
        }
        if (!has_txt && !spf.empty())
            records_[{name, RecordType::txt}] = spf;
    }

    std::map<Question, std::vector<std::string>> records_;
    std::map<std::string, std::string> aliases_;
    std::map<std::string, bool> names_, timeouts_;
};

std::vector<std::string> expected_of(const json::value& value) {
    std::vector<std::string> out;
    if (!value.is_array())
        return {text_of(value)};
    for (const json::value& one : value.as_array())
        out.push_back(text_of(one));
    return out;
}

void check_test(const std::string& name, const json::object& test, const Zone& zone) {
    SpfRequest request{.client = *IpAddress::parse(text_of(test.at("host"))),
                       .helo = text_of(test.at("helo")),
                       .reverse_path = text_of(test.at("mailfrom")),
                       .receiver = "",
                       .now = Time(Seconds(1'600'000'000))};
    const SpfResult result = run(check_spf(request), zone);
    EXPECT_THAT(expected_of(test.at("result")), ::testing::Contains(name_of(result.status)))
        << name << ": " << result.reason;
    // DEFAULT is what a server says where there is no explanation.
    if (const auto* text = test.if_contains("explanation")) {
        const std::string wanted = text_of(*text);
        EXPECT_EQ(result.explanation, wanted == "DEFAULT" ? "" : wanted) << name;
    }
}

TEST(SpfSuite, every_test_gives_a_result_it_allows) {
    const auto folder = kith::testing::vectors();
    if (!folder)
        GTEST_SKIP() << "no vectors";
    const json::array scenarios = read_yaml(*folder / "spf/rfc7208-tests.yml");
    ASSERT_EQ(scenarios.size(), kScenarios);
    std::size_t count = 0;
    for (const json::value& scenario : scenarios) {
        const Zone zone(scenario.at("zonedata").as_object());
        for (const auto& [name, test] : scenario.at("tests").as_object()) {
            check_test(name, test.as_object(), zone);
            ++count;
        }
    }
    EXPECT_EQ(count, kTests);
}

}  // namespace
}  // namespace kith::mailauth
