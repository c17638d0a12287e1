#include "exchange/smtp_receiver.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "net/net_tests.h"

namespace kith {
namespace {

using namespace std::chrono_literals;
using testing::eventually;
using testing::RawTcp;
using testing::TestAuthority;

struct Message {
    std::string hello;
    std::string from;
    std::vector<std::string> to;
    std::string text;
    SmtpTls tls;
};

/// What the handlers of all connections have seen, and how they are to behave.
struct Mailroom {
    std::mutex mutex;
    std::vector<Message> messages;
    std::string log;  ///< of what is not a message
    std::atomic<int> handlers{0};
    std::atomic<bool> hangs{false};   ///< on_rcpt never answers
    std::atomic<bool> throws{false};  ///< so does on_data_piece
    std::atomic<bool> counts_only{false};

    void note(const std::string& what) {
        const std::lock_guard lock(mutex);
        log += what + "\n";
    }
    std::string seen() {
        const std::lock_guard lock(mutex);
        return log;
    }
    std::size_t count() {
        const std::lock_guard lock(mutex);
        return messages.size();
    }
};

class TestReceiver final : public SmtpReceiverHandler {
  public:
    explicit TestReceiver(std::shared_ptr<Mailroom> room) : room_(std::move(room)) {
        room_->handlers.fetch_add(1);
    }
    ~TestReceiver() override { room_->handlers.fetch_sub(1); }

    awaitable<SmtpAnswer> on_connect(SmtpPeer peer) override {
        EXPECT_TRUE(peer.remote.address().is_loopback());
        co_return SmtpAnswer::accept();
    }
    awaitable<SmtpAnswer> on_helo(smtp::Hello hello, SmtpTls tls) override {
        now_.hello = hello.name;
        now_.tls = tls;
        co_return SmtpAnswer::accept();
    }
    awaitable<SmtpAnswer> on_auth(SmtpLogin login) override {
        auto* password = std::get_if<smtp::PasswordLogin>(&login);
        if (password != nullptr && to_text(password->password.view()) == "pencil")
            co_return SmtpAnswer::accept();
        co_return SmtpAnswer::reject(535, "5.7.8", "Wrong");
    }
    awaitable<SmtpAnswer> on_mail(smtp::Mailbox from, smtp::MailParameters) override {
        now_.from = from.text();
        now_.to.clear();
        now_.text.clear();
        co_return SmtpAnswer::accept();
    }
    awaitable<SmtpAnswer> on_rcpt(smtp::Mailbox to, smtp::RcptParameters) override {
        if (room_->hangs) {
            boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, 1h);
            co_await timer.async_wait(boost::asio::use_awaitable);
        }
        if (to.local() == "nobody")
            co_return SmtpAnswer::reject(550, "5.1.1", "Nobody of that name");
        now_.to.push_back(to.text());
        co_return SmtpAnswer::accept();
    }
    awaitable<SmtpAnswer> on_data_begin() override { co_return SmtpAnswer::accept(); }
    awaitable<void> on_data_piece(Bytes piece) override {
        EXPECT_LE(piece.size(), 16U * 1024);
        if (room_->throws)
            throw std::runtime_error("no room");
        if (!room_->counts_only)
            now_.text += as_text(piece);
        co_return;
    }
    awaitable<SmtpAnswer> on_data_end() override {
        const std::lock_guard lock(room_->mutex);
        room_->messages.push_back(now_);
        co_return SmtpAnswer::accept("Number " + std::to_string(room_->messages.size()));
    }
    void on_reset() override { room_->note("reset"); }
    void on_violation(smtp::Violation::Kind kind) override { room_->note(smtp::name_of(kind)); }

  private:
    std::shared_ptr<Mailroom> room_;
    Message now_;
};

/// A client that talks line by line.
class Client {
  public:
    explicit Client(std::uint16_t port) : tcp_(port) {}
    ~Client() {
        if (ssl_ != nullptr)
            SSL_free(ssl_);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void start_tls() {
        static SSL_CTX* context = SSL_CTX_new(TLS_client_method());
        ssl_ = SSL_new(context);
        SSL_set_fd(ssl_, tcp_.descriptor());
        ASSERT_EQ(SSL_connect(ssl_), 1);
    }
    bool write(std::string_view text) {
        if (ssl_ != nullptr)
            return SSL_write(ssl_, text.data(), static_cast<int>(text.size())) > 0;
        return ::send(tcp_.descriptor(), text.data(), text.size(), MSG_NOSIGNAL) > 0;
    }
    /// A whole reply; "" when the connection has ended.
    std::string reply() {
        std::string all;
        while (true) {
            const std::string line = read_line();
            all += line;
            if (line.size() < 4 || line[3] != '-')
                return all;
        }
    }
    std::string says(const std::string& line) {
        write(line + "\r\n");
        return reply();
    }
    std::string code(const std::string& line) { return says(line).substr(0, 3); }
    void greet() {
        ASSERT_EQ(reply().substr(0, 4), "220 ");
        ASSERT_EQ(code("EHLO client.test"), "250");
    }
    std::string send(const std::string& to, const std::string& text) {
        for (const auto& [line, expected] :
             {std::pair<std::string, std::string>("MAIL FROM:<a@client.test>", "250"),
              {"RCPT TO:<" + to + ">", "250"},
              {"DATA", "354"}}) {
            const std::string answer = says(line);
            if (!answer.starts_with(expected))
                return answer;
        }
        write(text);
        return says(".");
    }
    bool ended() { return reply().empty(); }

  private:
    std::string read_line() {
        while (buffer_.find('\n') == std::string::npos) {
            std::array<char, 4096> some{};
            const auto size = ssl_ != nullptr
                                  ? SSL_read(ssl_, some.data(), static_cast<int>(some.size()))
                                  : ::recv(tcp_.descriptor(), some.data(), some.size(), 0);
            if (size <= 0)
                return std::exchange(buffer_, {});
            buffer_.append(some.data(), static_cast<std::size_t>(size));
        }
        std::string line = buffer_.substr(0, buffer_.find('\n') + 1);
        buffer_.erase(0, line.size());
        return line;
    }
    RawTcp tcp_;
    SSL* ssl_ = nullptr;
    std::string buffer_;
};

TestAuthority& authority() {
    static TestAuthority one;
    return one;
}

boost::asio::ip::tcp::endpoint loopback() {
    return {boost::asio::ip::address_v4::loopback(), 0};
}

class SmtpReceiverTest : public ::testing::Test {
  protected:
    void open(SmtpReceiverOptions options = {}) {
        const auto certificate = authority().issue("two.test");
        options.host_name = "two.test";
        options.listen = {{loopback(), smtp::ServerRole::mx, smtp::TlsState::offered},
                          {loopback(), smtp::ServerRole::submission, smtp::TlsState::offered},
                          {loopback(), smtp::ServerRole::submission, smtp::TlsState::active}};
        options.mechanisms = {smtp::Mechanism::plain};
        if (options.limits.connections_per_prefix == SmtpReceiverLimits().connections_per_prefix)
            options.limits.connections_per_prefix = 20'000;
        auto opened =
            SmtpReceiver::open(threads_,
                               std::move(options),
                               *TlsIdentity::from_pem(certificate.chain, certificate.key),
                               [room = room_] { return std::make_unique<TestReceiver>(room); });
        ASSERT_TRUE(opened) << opened.error().text();
        receiver_ = std::move(*opened);
    }
    /// 0: mx, 1: submission, 2: submission under TLS.
    std::uint16_t port(std::size_t which = 0) const { return receiver_->endpoints()[which].port(); }

    IoThreads threads_{2};
    std::shared_ptr<Mailroom> room_ = std::make_shared<Mailroom>();
    std::unique_ptr<SmtpReceiver> receiver_;
};

TEST_F(SmtpReceiverTest, a_message_reaches_the_handler) {
    open();
    Client client(port());
    client.greet();
    EXPECT_EQ(client.send("b@two.test", "Subject: x\r\n\r\n..hi\r\n"), "250 2.0.0 Number 1\r\n");
    EXPECT_EQ(client.send("c@two.test", "again\r\n"), "250 2.0.0 Number 2\r\n");
    EXPECT_EQ(client.says("RCPT TO:<b@two.test>"), "503 5.5.1 MAIL first\r\n");
    EXPECT_EQ(client.code("QUIT"), "221");
    EXPECT_TRUE(client.ended());
    ASSERT_EQ(room_->count(), 2U);
    const Message& first = room_->messages[0];
    EXPECT_EQ(first.hello, "client.test");
    EXPECT_EQ(first.from, "a@client.test");
    EXPECT_EQ(first.to, std::vector<std::string>{"b@two.test"});
    EXPECT_EQ(first.text, "Subject: x\r\n\r\n.hi\r\n");
    EXPECT_FALSE(first.tls.active);
    EXPECT_EQ(receiver_->counts().messages_accepted, 2U);
    EXPECT_TRUE(eventually([&] { return room_->handlers == 0; }));
}

TEST_F(SmtpReceiverTest, starttls_goes_on_under_tls) {
    open();
    Client client(port());
    client.greet();
    EXPECT_EQ(client.code("STARTTLS"), "220");
    client.start_tls();
    EXPECT_EQ(client.code("MAIL FROM:<a@client.test>"), "503") << "EHLO is forgotten";
    EXPECT_NE(client.says("EHLO client.test").find("REQUIRETLS"), std::string::npos);
    EXPECT_EQ(
        client.send(
            "b@two.test",
            std::string(300'000, '\n')
                .replace(
                    0,
                    300'000,
                    [] {
                        std::string text;
                        while (text.size() < 300'000)
                            text +=
                                "a line of text, as long as lines are when people write them\r\n";
                        return text;
                    }())),
        "250 2.0.0 Number 1\r\n");
    EXPECT_TRUE(room_->messages[0].tls.active);
    EXPECT_EQ(room_->messages[0].tls.version, "TLSv1.3");
    EXPECT_GE(room_->messages[0].text.size(), 300'000U);
    EXPECT_EQ(receiver_->counts().handshakes, 1U);
}

TEST_F(SmtpReceiverTest, commands_injected_before_tls_are_not_taken) {
    open();
    Client client(port());
    client.greet();
    client.write("STARTTLS\r\nMAIL FROM:<evil@client.test>\r\n");
    EXPECT_EQ(client.reply().substr(0, 3), "554");
    EXPECT_TRUE(client.ended());
    EXPECT_TRUE(eventually([&] { return room_->handlers == 0; }));
    EXPECT_EQ(room_->seen(), "commands before TLS\n");
}

TEST_F(SmtpReceiverTest, what_comes_in_clear_instead_of_a_handshake_ends_the_connection) {
    open();
    Client client(port());
    client.greet();
    EXPECT_EQ(client.code("STARTTLS"), "220");
    client.write("MAIL FROM:<evil@client.test>\r\n");
    client.reply();  // an alert, if anything
    EXPECT_TRUE(eventually([&] { return room_->handlers == 0; }));
    EXPECT_EQ(receiver_->counts().handshakes_failed, 1U);
    EXPECT_EQ(room_->count(), 0U);
}

TEST_F(SmtpReceiverTest, submission_wants_tls_and_a_login) {
    open();
    for (const std::size_t which : {1U, 2U}) {
        Client client(port(which));
        if (which == 2)
            client.start_tls();
        client.greet();
        if (which == 1) {
            EXPECT_EQ(client.code("AUTH PLAIN AGFsaWNlAHBlbmNpbA=="), "530");
            EXPECT_EQ(client.code("STARTTLS"), "220");
            client.start_tls();
            EXPECT_EQ(client.code("EHLO client.test"), "250");
        }
        EXPECT_EQ(client.code("MAIL FROM:<alice@two.test>"), "530");
        EXPECT_EQ(client.code("AUTH PLAIN AGFsaWNlAHBlbg=="), "535");
        EXPECT_EQ(client.code("AUTH PLAIN AGFsaWNlAHBlbmNpbA=="), "235");
        EXPECT_EQ(client.send("b@two.test", "x\r\n").substr(0, 3), "250");
    }
}

TEST_F(SmtpReceiverTest, recipients_are_refused_one_by_one) {
    open();
    Client client(port());
    client.greet();
    client.write(
        "MAIL FROM:<a@client.test>\r\nRCPT TO:<nobody@two.test>\r\nRCPT "
        "TO:<b@two.test>\r\nDATA\r\n");
    for (const char* expected : {"250", "550", "250", "354"})
        EXPECT_EQ(client.reply().substr(0, 3), expected);
    client.write("x\r\n");
    EXPECT_EQ(client.code("."), "250");
    EXPECT_EQ(room_->messages[0].to, std::vector<std::string>{"b@two.test"});
}

TEST_F(SmtpReceiverTest, a_smuggler_hears_why_and_is_closed) {
    open();
    Client client(port());
    client.greet();
    const std::string answer =
        client.send("b@two.test",
                    "x\r\n.\nMAIL FROM:<evil@client.test>\r\nRCPT TO:<b@two.test>\r\nDATA\r\n" +
                        std::string(200'000, 'y'));
    EXPECT_EQ(answer.substr(0, 9), "554 5.6.0");
    EXPECT_TRUE(eventually([&] { return room_->handlers == 0; }));
    EXPECT_EQ(room_->count(), 0U);
    EXPECT_EQ(room_->seen(), "reset\nline ends that are none\n");
}

TEST_F(SmtpReceiverTest, a_lost_connection_resets_the_transaction) {
    open();
    {
        Client client(port());
        client.greet();
        client.code("MAIL FROM:<a@client.test>");
        client.code("RCPT TO:<b@two.test>");
        client.code("DATA");
        client.write("half of a mess");
    }
    EXPECT_TRUE(eventually([&] { return room_->handlers == 0; }));
    EXPECT_EQ(room_->seen(), "reset\n");
}

TEST_F(SmtpReceiverTest, a_handler_that_fails_or_hangs_is_answered_for) {
    SmtpReceiverOptions options;
    options.limits.timeouts.answer = Milliseconds(500);
    open(options);
    Client client(port());
    client.greet();
    room_->hangs = true;
    EXPECT_EQ(client.send("b@two.test", "x\r\n").substr(0, 9), "451 4.3.0");
    room_->hangs = false;
    room_->throws = true;
    EXPECT_EQ(client.code("RSET"), "250");
    EXPECT_EQ(client.send("b@two.test", "x\r\n").substr(0, 9), "451 4.3.0");
    room_->throws = false;
    EXPECT_EQ(client.send("b@two.test", "x\r\n").substr(0, 3), "250");
}

TEST_F(SmtpReceiverTest, who_is_idle_or_slow_hears_421) {
    SmtpReceiverOptions options;
    options.limits.timeouts.command = Milliseconds(600);
    options.limits.timeouts.text = Milliseconds(600);
    options.limits.timeouts.handshake = Milliseconds(600);
    open(options);
    Client idle(port());
    idle.greet();
    EXPECT_EQ(idle.reply().substr(0, 9), "421 4.4.2");
    EXPECT_TRUE(idle.ended());
    // An octet now and then does not make a line.
    Client dribbling(port());
    dribbling.greet();
    for (int i = 0; i < 100 && dribbling.write("N"); ++i)
        std::this_thread::sleep_for(20ms);
    EXPECT_EQ(dribbling.reply().substr(0, 9), "421 4.4.2");
    Client stuck(port());
    stuck.greet();
    stuck.code("MAIL FROM:<a@client.test>");
    stuck.code("RCPT TO:<b@two.test>");
    stuck.code("DATA");
    EXPECT_EQ(stuck.reply().substr(0, 9), "421 4.4.2");
    Client silent(port(2));
    EXPECT_TRUE(silent.ended());
    EXPECT_EQ(receiver_->counts().timeouts, 3U);
}

TEST_F(SmtpReceiverTest, text_that_dribbles_is_too_slow) {
    SmtpReceiverOptions options;
    options.limits.timeouts.text_grace = Milliseconds(200);
    options.limits.timeouts.min_text_rate = std::uint64_t{100'000};
    open(options);
    Client client(port());
    client.greet();
    client.code("MAIL FROM:<a@client.test>");
    client.code("RCPT TO:<b@two.test>");
    client.code("DATA");
    for (int i = 0; i < 200 && receiver_->counts().timeouts == 0; ++i) {
        client.write("x\r\n");
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_EQ(client.reply().substr(0, 9), "421 4.4.2");
    EXPECT_EQ(room_->count(), 0U);
}

TEST_F(SmtpReceiverTest, deadlines_are_shorter_under_load) {
    SmtpReceiverOptions options;
    options.limits.connections = 4;
    options.limits.timeouts.under_load = Milliseconds(200);
    open(options);
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(std::make_unique<Client>(port()));
        clients.back()->greet();
    }
    std::this_thread::sleep_for(500ms);
    EXPECT_EQ(receiver_->counts().timeouts, 0U);
    Client fourth(port());
    EXPECT_EQ(fourth.reply().substr(0, 3), "220");
    EXPECT_TRUE(eventually([&] { return receiver_->counts().timeouts >= 1; }));
}

TEST_F(SmtpReceiverTest, connections_over_the_limits_are_told_421) {
    SmtpReceiverOptions options;
    options.limits.connections_per_prefix = 2;
    open(options);
    Client first(port());
    first.greet();
    Client second(port());
    second.greet();
    Client third(port());
    EXPECT_EQ(third.reply(), "421 4.7.0 Too many connections\r\n");
    EXPECT_TRUE(third.ended());
    EXPECT_EQ(receiver_->counts().connections_refused, 1U);
    EXPECT_EQ(first.code("QUIT"), "221");
    EXPECT_TRUE(eventually([&] { return receiver_->counts().connections == 1; }));
    Client fourth(port());
    fourth.greet();
}

TEST_F(SmtpReceiverTest, who_is_shut_out_is_let_in_no_more) {
    const auto shut = std::make_shared<std::atomic<bool>>(false);
    SmtpReceiverOptions options;
    options.shut_out = [shut](const boost::asio::ip::address&) { return shut->load(); };
    options.limits.timeouts.write = Milliseconds(100);
    open(options);
    Client first(port());
    first.greet();
    *shut = true;
    EXPECT_TRUE(first.ended());
    EXPECT_EQ(Client(port()).reply().substr(0, 3), "421");
}

TEST_F(SmtpReceiverTest, a_stop_lets_the_transaction_end_and_tells_the_others) {
    open();
    Client idle(port());
    idle.greet();
    Client busy(port());
    busy.greet();
    busy.code("MAIL FROM:<a@client.test>");
    busy.code("RCPT TO:<b@two.test>");
    busy.code("DATA");
    auto stopped = std::async(std::launch::async, [&] { return receiver_->stop(10s); });
    EXPECT_EQ(idle.reply().substr(0, 9), "421 4.3.2");
    EXPECT_TRUE(idle.ended());
    busy.write("x\r\n");
    EXPECT_EQ(busy.says("."), "250 2.0.0 Number 1\r\n");
    EXPECT_EQ(busy.reply().substr(0, 9), "421 4.3.2");
    EXPECT_TRUE(stopped.get());
    EXPECT_EQ(room_->handlers, 0);
}

TEST_F(SmtpReceiverTest, a_stop_ends_at_its_deadline_whatever_hangs) {
    open();
    Client client(port());
    client.greet();
    client.code("MAIL FROM:<a@client.test>");
    room_->hangs = true;
    client.write("RCPT TO:<b@two.test>\r\n");
    std::this_thread::sleep_for(100ms);
    EXPECT_TRUE(receiver_->stop(200ms));
    EXPECT_EQ(room_->handlers, 0);
}

// A sanitizer keeps what was given back, and books beside it.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kMemoryIsMeasured = false;
#else
constexpr bool kMemoryIsMeasured = true;
#endif

/// Octets of memory that are resident.
std::size_t resident() {
    std::ifstream file("/proc/self/statm");
    std::size_t pages = 0;
    file >> pages >> pages;
    return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// As many as the process may have descriptors for, both ends being in it.
std::size_t possible_connections(std::size_t wish) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return std::min<std::size_t>(wish, (limit.rlim_cur - 100) / 2);
}

TEST_F(SmtpReceiverTest, thousands_of_idle_connections_hold_little) {
    SmtpReceiverOptions options;
    options.limits.connections = 20'000;
    open(options);
    const char* wish = std::getenv("KITH_SMTP_IDLE");
    const std::size_t count =
        possible_connections(wish != nullptr ? std::strtoul(wish, nullptr, 10) : 2'000);
    const std::size_t before = resident();
    std::vector<std::unique_ptr<Client>> clients;
    for (std::size_t i = 0; i < count; ++i) {
        clients.push_back(std::make_unique<Client>(port()));
        clients.back()->greet();
    }
    EXPECT_EQ(receiver_->counts().connections, count);
    const std::size_t each = (resident() - before) / count;
    RecordProperty("octets_each", static_cast<int>(each));
    EXPECT_TRUE(!kMemoryIsMeasured || each < 16U * 1024)
        << each << " octets each of " << count << " connections, the clients of this test included";
    EXPECT_EQ(clients.front()->send("b@two.test", "x\r\n").substr(0, 3), "250");
}

TEST_F(SmtpReceiverTest, a_thousand_slow_messages_hold_little_and_arrive) {
    SmtpReceiverOptions options;
    options.limits.connections = 20'000;
    open(options);
    room_->counts_only = true;
    const std::size_t count = possible_connections(1'000);
    std::vector<std::unique_ptr<Client>> clients;
    for (std::size_t i = 0; i < count; ++i) {
        clients.push_back(std::make_unique<Client>(port()));
        clients.back()->greet();
        clients.back()->write("MAIL FROM:<a@client.test>\r\nRCPT TO:<b@two.test>\r\nDATA\r\n");
        for (int reply = 0; reply < 3; ++reply)
            clients.back()->reply();
    }
    const std::size_t before = resident();
    std::string line(78, 'x');
    line += "\r\n";
    for (std::size_t at = 0; at < line.size(); at += 8)
        for (auto& client : clients)
            client->write(std::string_view(line).substr(at, 8));
    for (int i = 0; i < 10; ++i)
        for (auto& client : clients)
            client->write(line);
    const std::size_t grown = resident() - std::min(before, resident());
    EXPECT_TRUE(!kMemoryIsMeasured || grown < count * 16 * 1024) << grown;
    for (auto& client : clients)
        EXPECT_EQ(client->code("."), "250");
    EXPECT_EQ(room_->count(), count);
}

TEST_F(SmtpReceiverTest, swaks_delivers_here_in_each_way) {
    if (!std::filesystem::exists("/usr/bin/swaks"))
        GTEST_SKIP() << "swaks is not installed";
    open();
    const std::string login = " --auth PLAIN --auth-user alice --auth-password pencil";
    const std::vector<std::pair<std::size_t, std::string>> ways = {
        {0, ""},
        {0, " --pipeline"},
        {0, " --tls"},
        {1, " --tls" + login},
        {2, " --tls-on-connect" + login}};
    for (const auto& [which, options] : ways) {
        const std::string command =
            "swaks --silent 3 --server 127.0.0.1 --port " + std::to_string(port(which)) +
            " --ehlo client.test --from a@client.test --to b@two.test,nobody@two.test" + options;
        EXPECT_EQ(std::system(command.c_str()), 0) << command;  // NOLINT: one thread calls it
    }
    EXPECT_NE(std::system(("swaks --silent 3 --server 127.0.0.1 --tls --auth PLAIN --auth-user x "
                           "--auth-password wrong --to b@two.test --port " +
                           std::to_string(port(1)))
                              .c_str()),  // NOLINT
              0);
    EXPECT_EQ(room_->count(), ways.size());
    for (const Message& each : room_->messages)
        EXPECT_EQ(each.to, std::vector<std::string>{"b@two.test"});
    EXPECT_EQ(receiver_->counts().handshakes, 4U);
    EXPECT_EQ(receiver_->counts().violations, 0U);
}

TEST_F(SmtpReceiverTest, postfix_delivers_here) {
    if (!std::filesystem::exists("/usr/sbin/smtp-source"))
        GTEST_SKIP() << "Postfix's smtp-source is not installed";
    open();
    room_->counts_only = true;
    const std::string command =
        "/usr/sbin/smtp-source -s 8 -m 400 -l 20000 -f a@client.test -t b@two.test 127.0.0.1:" +
        std::to_string(port());
    EXPECT_EQ(std::system(command.c_str()), 0);  // NOLINT: one thread of the test calls it
    EXPECT_EQ(room_->count(), 400U);
    EXPECT_EQ(receiver_->counts().violations, 0U);
}

}  // namespace
}  // namespace kith
