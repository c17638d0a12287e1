#include "mail/mail_date.h"

#include <gtest/gtest.h>

#include "mail/message.h"

namespace kith {
namespace {

TEST(MailDate, is_written_as_rfc_5322_has_it_and_read_back) {
    const Time time = *parse_time("2026-11-27T07:02:09Z");
    EXPECT_EQ(format_mail_date(time), "Fri, 27 Nov 2026 07:02:09 +0000");
    for (const char* each :
         {"1970-01-01T00:00:00Z", "2028-02-29T23:59:59Z", "2026-12-06T12:00:00Z"}) {
        const Time when = *parse_time(each);
        const auto message = parse_message("Date: " + format_mail_date(when) + "\r\n\r\nhello\r\n");
        ASSERT_TRUE(message.has_value());
        EXPECT_EQ(message->date(), when) << each;
    }
}

}  // namespace
}  // namespace kith
