// The small parts: worker pool, deadline, task group, signal, addresses.
#include <gtest/gtest.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <future>
#include <latch>
#include <stdexcept>
#include <thread>

#include "net/address.h"
#include "net/deadline.h"
#include "net/net_tests.h"
#include "net/on_executor.h"
#include "net/rate_gate.h"
#include "net/signal.h"
#include "net/task_group.h"
#include "net/worker_pool.h"

namespace kith {
namespace {

using namespace testing;  // NOLINT: the helpers of net_tests.h
namespace asio = boost::asio;

awaitable<Result<std::thread::id>> where_it_ran(WorkerPool* pool) {
    auto before = std::this_thread::get_id();
    auto inside = co_await run(*pool, [] { return std::this_thread::get_id(); });
    EXPECT_EQ(std::this_thread::get_id(), before);
    co_return inside;
}

TEST(WorkerPoolTest, job_runs_elsewhere_and_the_coroutine_resumes_here) {
    IoThreads io(1);
    WorkerPool pool(2, 8);
    auto inside = await(io.executor(0), where_it_ran(&pool));
    ASSERT_TRUE(inside);
    EXPECT_NE(*inside, std::this_thread::get_id());
}

TEST(WorkerPoolTest, results_errors_and_exceptions_come_back) {
    IoThreads io(1);
    WorkerPool pool(1, 8);
    auto ask = [&](auto callable) { return await(io.executor(0), run(pool, callable)); };
    EXPECT_EQ(*ask([] { return 7; }), 7);
    EXPECT_TRUE(ask([] {}));
    auto failed = ask([]() -> Result<int> { return fail(ErrorKind::denied, "job"); });
    EXPECT_EQ(failed.error().kind, ErrorKind::denied);
    auto thrown = ask([]() -> int { throw std::runtime_error("oh"); });
    EXPECT_EQ(thrown.error().kind, ErrorKind::internal);
}

TEST(WorkerPoolTest, full_queue_is_unavailable) {
    IoThreads io(1);
    std::latch begun(1);
    std::latch go(1);
    WorkerPool pool(1, 1);  // ends its jobs before what they use goes
    WorkerPool::Job first = [&] {
        begun.count_down();
        go.wait();
    };
    ASSERT_TRUE(pool.try_post(first));
    begun.wait();
    WorkerPool::Job second = [] {};
    ASSERT_TRUE(pool.try_post(second));
    auto refused = await(io.executor(0), run(pool, [] { return 1; }));
    EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
    go.count_down();
}

awaitable<Result<int>> wait_on(Signal* signal) {
    co_await signal->wait();
    co_return 1;
}

awaitable<Result<int>> throws_at_once() {
    throw std::runtime_error("at once");
    co_return 1;
}

TEST(DeadlineTest, passing_is_timeout_and_ends_the_operation) {
    IoThreads io(1);
    Signal never;
    auto result = await(io.executor(0), with_deadline(wait_on(&never), 20ms));
    EXPECT_EQ(result.error().kind, ErrorKind::timeout);
}

TEST(DeadlineTest, failing_operation_is_not_waited_for) {
    IoThreads io(1);
    auto begin = std::chrono::steady_clock::now();
    auto result = await(io.executor(0), with_deadline(throws_at_once(), 20'000ms));
    EXPECT_EQ(result.error().kind, ErrorKind::internal);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

TEST(SignalTest, raise_before_wait_is_remembered_once) {
    IoThreads io(1);
    Signal signal;
    signal.raise();
    signal.raise();
    EXPECT_TRUE(await(io.executor(0), with_deadline(wait_on(&signal), 10'000ms)));
    EXPECT_FALSE(await(io.executor(0), with_deadline(wait_on(&signal), 20ms)));
}

awaitable<Result<std::thread::id>> thread_here() {
    co_return std::this_thread::get_id();
}

awaitable<Result<bool>> there_and_back(Executor there) {
    auto here = std::this_thread::get_id();
    auto other = CO_TRY(co_await on_executor(there, thread_here()));
    co_return other != here&& std::this_thread::get_id() == here;
}

TEST(OnExecutorTest, runs_there_and_resumes_here) {
    IoThreads io(2);
    auto result = await(io.executor(0), there_and_back(io.executor(1)));
    ASSERT_TRUE(result);
    EXPECT_TRUE(*result);
}

awaitable<void> wait_long(std::atomic<int>* ended) {
    asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    ++*ended;
}

awaitable<void> fails() {
    throw std::runtime_error("task");
    co_return;
}

awaitable<Result<bool>> cancel_and_join(TaskGroup* group, std::atomic<int>* ended) {
    group->spawn(wait_long(ended));
    group->spawn(wait_long(ended));
    group->spawn(fails());
    bool early = co_await group->join(20ms);
    EXPECT_FALSE(early);
    group->cancel();
    bool joined = co_await group->join(10'000ms);
    group->spawn(wait_long(ended));  // cancelled before it begins
    bool again = co_await group->join(10'000ms);
    co_return joined&& again;
}

TEST(TaskGroupTest, cancel_ends_all_and_join_awaits_them) {
    IoThreads io(1);
    std::atomic<int> failures = 0;
    std::atomic<int> ended = 0;
    TaskGroup group(io.executor(0), [&](const std::exception_ptr&) { ++failures; });
    auto joined = await(io.executor(0), cancel_and_join(&group, &ended));
    EXPECT_TRUE(*joined);
    EXPECT_EQ(group.size(), 0U);
    EXPECT_EQ(ended, 2);
    EXPECT_EQ(failures, 1);
}

TEST(AddressTest, only_the_open_internet_is_public) {
    for (const char* text : {"8.8.8.8",
                             "192.88.98.1",
                             "2a00:1450::1",
                             "64:ff9b::808:808",
                             "::ffff:8.8.8.8",
                             "2002:808:808::1"})
        EXPECT_TRUE(is_public_address(asio::ip::make_address(text))) << text;
    for (const char* text : {"0.1.2.3",
                             "10.0.0.1",
                             "100.64.0.1",
                             "100.127.255.255",
                             "127.0.0.1",
                             "169.254.1.1",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.168.1.1",
                             "198.18.0.1",
                             "224.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "fe80::1",
                             "fc00::1",
                             "ff02::1",
                             "2001:db8::1",
                             "::ffff:10.0.0.1",
                             "64:ff9b::a00:1",
                             "2002:a00:1::1",
                             "2001::1"})
        EXPECT_FALSE(is_public_address(asio::ip::make_address(text))) << text;
}

TEST(AddressTest, clients_are_counted_by_their_networks_narrow_and_wide) {
    auto networks = [](const char* text) { return client_networks(asio::ip::make_address(text)); };
    using Names = std::vector<std::string>;
    EXPECT_EQ(networks("192.0.2.1"), (Names{"192.0.2.1", "192.0.2.0/24"}));
    EXPECT_EQ(networks("::ffff:192.0.2.1"), networks("192.0.2.1"));
    EXPECT_EQ(networks("2001:db8:1:2ff::1"),
              (Names{"2001:db8:1:2ff::/64", "2001:db8:1:200::/56", "2001:db8:1::/48"}));
    EXPECT_EQ(client_prefix(asio::ip::make_address("2001:db8:1:2ff::1")), "2001:db8:1:2ff::/64");
}

TEST(AddressTest, a_test_network_reaches_private_addresses_but_no_metadata) {
    auto reach = [](const char* text) { return reach_of(asio::ip::make_address(text)); };
    for (const char* text : {"127.0.0.1",
                             "10.1.2.3",
                             "172.31.0.1",
                             "192.168.1.1",
                             "::1",
                             "fd00::1",
                             "::ffff:10.0.0.1"})
        EXPECT_EQ(reach(text), Reach::private_network) << text;
    for (const char* text : {"169.254.169.254",
                             "168.63.129.16",
                             "100.100.100.200",
                             "0.0.0.0",
                             "224.0.0.1",
                             "255.255.255.255",
                             "fe80::1",
                             "ff02::1",
                             "::",
                             "::ffff:169.254.169.254",
                             "64:ff9b::a9fe:a9fe",
                             "2002:a9fe:a9fe::1"})
        EXPECT_EQ(reach(text), Reach::nowhere) << text;
    EXPECT_EQ(reach("9.9.9.9"), Reach::open_internet);
}

TEST(NetworkGateTest, a_wide_network_is_bounded_too) {
    NetworkGate gate(2, Seconds(60), 2);
    const std::chrono::steady_clock::time_point now{};
    auto pass = [&](const char* text) { return gate.pass(asio::ip::make_address(text), now); };
    EXPECT_TRUE(pass("192.0.2.1"));
    EXPECT_TRUE(pass("192.0.2.1"));
    EXPECT_FALSE(pass("192.0.2.1"));
    EXPECT_TRUE(pass("192.0.2.2"));
    EXPECT_TRUE(pass("192.0.2.3"));
    EXPECT_FALSE(pass("192.0.2.4")) << "the /24 has had its four";
    EXPECT_TRUE(pass("198.51.100.1"));
    for (const char* text :
         {"2001:db8::1", "2001:db8::2", "2001:db8:0:100::1", "2001:db8:0:200::1"})
        EXPECT_TRUE(pass(text)) << text;
    EXPECT_FALSE(pass("2001:db8:0:300::1")) << "the /48 has had its four";
}

TEST(NetworkGateTest, what_was_taken_comes_back_with_time) {
    NetworkGate gate(10, Seconds(10), 4);
    const auto who = asio::ip::make_address("192.0.2.1");
    std::chrono::steady_clock::time_point now{};
    EXPECT_FALSE(gate.is_spent(who, now));
    gate.take(who, 50, now);
    EXPECT_TRUE(gate.is_spent(who, now));
    EXPECT_TRUE(gate.is_spent(asio::ip::make_address("192.0.2.9"), now)) << "the whole /24";
    EXPECT_FALSE(gate.is_narrow_spent(asio::ip::make_address("192.0.2.9"), now));
    now += std::chrono::seconds(2);
    EXPECT_FALSE(gate.is_spent(who, now));
}

TEST(WorkerPoolTest, lanes_have_their_shares_while_others_wait_and_all_when_none_does) {
    std::promise<void> begin;
    std::vector<std::size_t> order;  // one thread: no lock needed
    {
        WorkerPool pool(
            1,
            std::vector<WorkerPool::Lane>{
                {.share = 3, .limit = 100}, {.share = 1, .limit = 100}, {.share = 1, .limit = 1}});
        auto wait = begin.get_future().share();
        WorkerPool::Job hold = [wait] { wait.wait(); };
        ASSERT_TRUE(pool.try_post(hold));
        while (pool.waiting() > 0)
            std::this_thread::yield();
        for (std::size_t i = 0; i < 12; ++i)
            for (const std::size_t lane : {0U, 1U}) {
                WorkerPool::Job job = [&order, lane] { order.push_back(lane); };
                ASSERT_TRUE(pool.try_post(job, lane));
            }
        EXPECT_EQ(pool.waiting(1), 12U);
        WorkerPool::Job first = [] {};
        WorkerPool::Job second = [] {};
        EXPECT_TRUE(pool.try_post(first, 2));
        EXPECT_FALSE(pool.try_post(second, 2)) << "each lane has its own bound";
        begin.set_value();
    }
    ASSERT_EQ(order.size(), 24U);
    const auto early = std::count(order.begin(), order.begin() + 16, std::size_t{0});
    EXPECT_EQ(early, 12) << "three of four while both wait";
    EXPECT_EQ(std::count(order.begin() + 16, order.end(), std::size_t{1}), 8);
}

TEST(AddressTest, endpoints_are_read_and_written) {
    for (const char* text : {"192.0.2.1:443", "[2001:db8::1]:80", "0.0.0.0:0"})
        EXPECT_EQ(endpoint_text(*parse_endpoint(text)), text);
    for (const char* text : {"",
                             "443",
                             "host:443",
                             "192.0.2.1",
                             "2001:db8::1:80",
                             "[192.0.2.1]:1",
                             "1.2.3.4:65536",
                             "1.2.3.4:-1"})
        EXPECT_FALSE(parse_endpoint(text)) << text;
}

}  // namespace
}  // namespace kith
