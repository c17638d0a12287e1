// Any records end in a result after a bounded number of possible questions. The first line is the
// sender's record; the others answer, in turn, whatever else is asked.
#include "base/text.h"
#include "mailauth/spf.h"
#include "mailauth/spf_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    using namespace kith::mailauth;
    const auto lines = split(as_text({data, size}), '\n');
    if (parse_spf_record(lines[0]))
        KITH_CHECK(is_spf_record(lines[0]));
    for (const char* client : {"192.0.2.1", "2001:db8::1"}) {
        std::size_t questions = 0;
        const SpfResult result =
            run(check_spf({.client = *IpAddress::parse(client),
                           .helo = "mail.one.test",
                           .reverse_path = "alice@one.test",
                           .receiver = "mx.two.test",
                           .now = Time(Seconds(1'600'000'000))}),
                [&](const Question& question) -> Answer {
                    KITH_CHECK(is_dns_name(question.name));
                    // 11 records, 10 terms of 11, the client's 11 names, an explanation.
                    KITH_CHECK(++questions <= 140);
                    const std::string line(lines[(questions - 1) % lines.size()]);
                    if (line.empty())
                        return {Answer::Status::no_such_name, {}};
                    if (line == "!")
                        return {Answer::Status::temporary_error, {}};
                    return {Answer::Status::records, {line}};
                });
        KITH_CHECK(result.explanation.empty() || result.status == SpfStatus::fail);
        for (const char c : result.explanation)
            KITH_CHECK(c >= ' ' && c <= '~');
    }
    return 0;
}
