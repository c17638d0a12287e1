#include "exchange/admission.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

class AdmissionTest : public ::testing::Test {
  protected:
    static AdmissionOptions options() {
        AdmissionOptions made;
        made.cookies = AdmissionOptions::Cookies::never;
        made.faults_a_minute = 5;
        return made;
    }
    static Admission::Client address(const char* text) {
        return boost::asio::ip::make_address(text);
    }
    Admission::Door knock(const char* from) {
        HttpRequest request;
        request.remote = {address(from), 40'000};
        return admission.door(request);
    }
    /// Too much that is wrong, and then on it goes.
    void insist(const char* from) {
        admission.note_fault(address(from), 100);
        for (int i = 0; i < 20; ++i)
            knock(from);
    }

    ManualClock clock{*parse_time("2026-11-27T10:00:00Z")};
    WorkerPool workers{1, lanes_of(options())};
    Admission admission{options(), Secret::copy_of(Bytes(32, 'c')), workers, clock};
};

TEST_F(AdmissionTest, who_goes_on_before_a_shut_door_is_shut_out_for_a_while) {
    insist("203.0.113.7");
    EXPECT_EQ(knock("203.0.113.7"), Admission::Door::shut);
    EXPECT_TRUE(admission.is_shut_out(address("203.0.113.7")));
    EXPECT_FALSE(admission.is_shut_out(address("198.51.100.7")));
    clock.advance(Seconds(61));
    EXPECT_FALSE(admission.is_shut_out(address("203.0.113.7")));
}

TEST_F(AdmissionTest, devices_of_our_own_people_get_in_where_deliveries_do_not) {
    admission.note_device(address("203.0.113.7"));
    insist("203.0.113.7");
    EXPECT_FALSE(admission.is_shut_out(address("203.0.113.7")));
    EXPECT_EQ(knock("203.0.113.7"), Admission::Door::shut) << "deliveries stay outside";
    clock.advance(NetworkStandings::kLife + Seconds(1));
    insist("203.0.113.7");
    EXPECT_TRUE(admission.is_shut_out(address("203.0.113.7"))) << "nobody has called for long";
}

TEST_F(AdmissionTest, a_device_opens_no_door_for_other_networks_nor_for_deliveries) {
    admission.note_device(address("203.0.113.7"));
    EXPECT_FALSE(admission.has_standing(address("203.0.113.7"), "one.test"));
    insist("203.0.113.8");
    EXPECT_TRUE(admission.is_shut_out(address("203.0.113.8")));
}

TEST_F(AdmissionTest, only_a_network_that_brought_nothing_wanted_and_no_device_can_wait) {
    admission.note_device(address("203.0.113.7"));
    admission.note_wanted(address("198.51.100.7"), "one.test");
    EXPECT_FALSE(admission.can_wait(address("203.0.113.7")));
    EXPECT_FALSE(admission.can_wait(address("198.51.100.7")));
    EXPECT_TRUE(admission.can_wait(address("192.0.2.7")));
}

TEST_F(AdmissionTest, a_cookie_is_good_after_a_restart_with_the_same_key) {
    AdmissionOptions asks = options();
    asks.cookies = AdmissionOptions::Cookies::always;
    Admission after(asks, Secret::copy_of(Bytes(32, 'c')), workers, clock);
    Admission another(asks, Secret::copy_of(Bytes(32, 'd')), workers, clock);
    HttpRequest request;
    request.remote = {address("203.0.113.7"), 40'000};
    request.headers.add("kith-cookie", admission.cookie_for(address("203.0.113.7")));
    clock.advance(Seconds(2));
    EXPECT_EQ(after.door(request), Admission::Door::open);
    EXPECT_EQ(another.door(request), Admission::Door::come_back);
}

}  // namespace
}  // namespace kith
