#include "protocol/smtp_server.h"

#include <gtest/gtest.h>

#include <map>

namespace kith::smtp {
namespace {

/// A machine whose questions are answered at once: yes, unless the answer was set before.
class SmtpServerTest : public ::testing::Test {
  protected:
    void begin(ServerOptions options) {
        options.host_name = "two.test";
        server_ = std::make_unique<Server>(std::move(options));
    }
    /// With the greeting and EHLO behind it.
    void greet(ServerOptions options = {}) {
        begin(std::move(options));
        ASSERT_EQ(says(""), "220 two.test ESMTP\r\n");
        ASSERT_TRUE(says("EHLO one.test\r\n").starts_with("250-two.test\r\n"));
        seen_.clear();
    }
    void greet_submission(ServerOptions options = {}) {
        options.role = ServerRole::submission;
        options.tls = TlsState::active;
        if (options.mechanisms.empty())
            options.mechanisms = {Mechanism::plain, Mechanism::login, Mechanism::scram_sha_256};
        greet(std::move(options));
    }
    void mail_and_recipient() {
        ASSERT_EQ(says("MAIL FROM:<a@one.test>\r\n"), "250 2.1.0 Sender accepted\r\n");
        ASSERT_EQ(says("RCPT TO:<b@two.test>\r\n"), "250 2.1.5 Recipient accepted\r\n");
    }
    void data() {
        mail_and_recipient();
        ASSERT_TRUE(says("DATA\r\n").starts_with("354 "));
        seen_.clear();
    }
    /// Feeds, answers what is asked, and returns what the machine says.
    std::string says(std::string_view octets) {
        if (!octets.empty())
            server_->feed(as_bytes(octets));
        std::string out;
        for (bool busy = true; busy;) {
            busy = false;
            while (auto event = server_->next_event()) {
                busy = true;
                note(*event);
                if (server_->waits_for_answer())
                    answer(*event);
            }
            const Bytes some = server_->take_output();
            busy = busy || !some.empty();
            out += as_text(some);
        }
        return out;
    }
    std::string code(std::string_view octets) { return says(octets).substr(0, 3); }

    void note(const ServerEvent& event) {
        if (auto* mail = std::get_if<Mail>(&event))
            seen_ += "mail " + mail->from.text() + format_parameters(mail->parameters) + "\n";
        else if (auto* to = std::get_if<Recipient>(&event))
            seen_ += "rcpt " + to->to.text() + format_parameters(to->parameters) + "\n";
        else if (auto* piece = std::get_if<DataPiece>(&event))
            text_ += as_text(piece->bytes);
        else if (auto* hello = std::get_if<Hello>(&event))
            seen_ += (hello->kind == Hello::Kind::helo ? "helo " : "ehlo ") + hello->name + "\n";
        else if (auto* login = std::get_if<PasswordLogin>(&event))
            seen_ += std::string(name_of(login->mechanism)) + " " + login->authorization + "/" +
                     login->user + "/" + to_text(login->password.view()) + "\n";
        else if (auto* external = std::get_if<ExternalLogin>(&event))
            seen_ += "external " + external->authorization + "\n";
        else if (auto* sasl = std::get_if<SaslMessage>(&event))
            seen_ += (sasl->place == SaslMessage::Place::first ? "first " : "later ") +
                     to_text(sasl->message) + "\n";
        else if (auto* violation = std::get_if<Violation>(&event))
            violation_ = violation->kind;
        else
            seen_ += simple_name(event);
    }
    static std::string simple_name(const ServerEvent& event) {
        if (std::holds_alternative<StartTls>(event))
            return "tls\n";
        if (std::holds_alternative<SaslCancelled>(event))
            return "cancelled\n";
        if (std::holds_alternative<DataBegins>(event))
            return "text\n";
        if (std::holds_alternative<DataEnd>(event))
            return "end\n";
        if (std::holds_alternative<Reset>(event))
            return "reset\n";
        return std::holds_alternative<Quit>(event) ? "quit\n" : "";
    }
    void answer(const ServerEvent& event) {
        if (!challenges_.empty() && std::holds_alternative<SaslMessage>(event)) {
            server_->challenge(to_bytes(challenges_.front()));
            challenges_.erase(challenges_.begin());
            return;
        }
        const auto refusal = refusals_.find(event.index());
        if (refusal == refusals_.end())
            server_->accept();
        else
            server_->reject(refusal->second);
    }
    template <class E>
    void refuse(Reply reply) {
        refusals_[ServerEvent(E{}).index()] = std::move(reply);
    }

    /// The connection is over for that reason.
    void ended_for(Violation::Kind kind) {
        EXPECT_TRUE(server_->finished());
        ASSERT_TRUE(violation_);
        EXPECT_EQ(name_of(*violation_), std::string(name_of(kind)));
    }

    std::unique_ptr<Server> server_;
    std::string seen_;
    std::string text_;
    std::optional<Violation::Kind> violation_;
    std::map<std::size_t, Reply> refusals_;
    std::vector<std::string> challenges_;
};

// ---- the dialogue of RFC 5321

TEST_F(SmtpServerTest, a_message_comes_through) {
    greet();
    EXPECT_EQ(says("MAIL FROM:<Smith@bar.test>\r\n"), "250 2.1.0 Sender accepted\r\n");
    EXPECT_EQ(says("RCPT TO:<Jones@foo.test>\r\n"), "250 2.1.5 Recipient accepted\r\n");
    EXPECT_EQ(code("DATA\r\n"), "354");
    EXPECT_EQ(says("Subject: x\r\n\r\nBlah\r\n..dot\r\n.\r\n"),
              "250 2.0.0 The message is accepted\r\n");
    EXPECT_EQ(says("QUIT\r\n"), "221 2.0.0 Good-bye\r\n");
    EXPECT_TRUE(server_->finished());
    EXPECT_EQ(seen_, "mail Smith@bar.test\nrcpt Jones@foo.test\ntext\nend\nquit\n");
    EXPECT_EQ(text_, "Subject: x\r\n\r\nBlah\r\n.dot\r\n");
}

TEST_F(SmtpServerTest, two_messages_come_in_one_connection) {
    greet();
    for (int i = 0; i < 2; ++i) {
        text_.clear();
        data();
        EXPECT_EQ(code("hello\r\n.\r\n"), "250");
        EXPECT_EQ(text_, "hello\r\n");
    }
}

TEST_F(SmtpServerTest, ehlo_tells_what_is_offered) {
    begin({});
    says("");
    EXPECT_EQ(says("EHLO one.test\r\n"),
              "250-two.test\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250-8BITMIME\r\n"
              "250-CHUNKING\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250-DSN\r\n"
              "250 STARTTLS\r\n");
    EXPECT_EQ(says("HELO one.test\r\n"), "250 two.test\r\n");
    ServerOptions submission;
    submission.role = ServerRole::submission;
    submission.tls = TlsState::active;
    submission.dsn = Dsn::unavailable;
    submission.mechanisms = {Mechanism::scram_sha_256, Mechanism::plain, Mechanism::external};
    begin(submission);
    says("");
    const std::string offers = says("EHLO one.test\r\n");
    EXPECT_TRUE(offers.ends_with("250-REQUIRETLS\r\n250 AUTH SCRAM-SHA-256 PLAIN\r\n")) << offers;
    EXPECT_EQ(offers.find("DSN"), std::string::npos);
    EXPECT_EQ(offers.find("STARTTLS"), std::string::npos);
}

TEST_F(SmtpServerTest, commands_out_of_order_are_503) {
    begin({});
    says("");
    for (const char* command : {"MAIL FROM:<>\r\n",
                                "RCPT TO:<b@two.test>\r\n",
                                "DATA\r\n",
                                "VRFY bob\r\n",
                                "BDAT 0 LAST\r\n",
                                "STARTTLS x\r\n"})
        EXPECT_NE(says(command).substr(0, 1), "2") << command;
    greet();
    EXPECT_EQ(says("RCPT TO:<b@two.test>\r\n"), "503 5.5.1 MAIL first\r\n");
    EXPECT_EQ(says("DATA\r\n"), "503 5.5.1 MAIL first\r\n");
    says("MAIL FROM:<a@one.test>\r\n");
    EXPECT_EQ(says("MAIL FROM:<a@one.test>\r\n"), "503 5.5.1 There is a transaction already\r\n");
    EXPECT_EQ(says("DATA\r\n"), "554 5.5.1 No valid recipients\r\n");
}

TEST_F(SmtpServerTest, a_new_ehlo_and_rset_end_the_transaction) {
    for (const char* command : {"RSET\r\n", "EHLO one.test\r\n", "HELO one.test\r\n"}) {
        greet();
        mail_and_recipient();
        seen_.clear();
        EXPECT_EQ(code(command), "250");
        EXPECT_EQ(seen_.substr(0, 6), "reset\n") << command;
        EXPECT_EQ(code("RCPT TO:<b@two.test>\r\n"), "503");
    }
}

TEST_F(SmtpServerTest, small_commands_are_answered) {
    greet();
    EXPECT_EQ(code("NOOP\r\n"), "250");
    EXPECT_EQ(code("noop with words\r\n"), "250");
    EXPECT_EQ(code("HELP\r\n"), "214");
    EXPECT_EQ(code("VRFY bob\r\n"), "252");
    EXPECT_EQ(code("VRFY\r\n"), "501");
    EXPECT_EQ(code("EXPN list\r\n"), "502");
    EXPECT_EQ(code("TURN\r\n"), "502");
    EXPECT_EQ(code("XYZZY\r\n"), "500");
    EXPECT_EQ(code("\r\n"), "500");
    EXPECT_EQ(code("EHLO\r\n"), "501");
    EXPECT_EQ(code("EHLO a b\r\n"), "501");
    EXPECT_EQ(code("RSET now\r\n"), "501");
    EXPECT_EQ(code("DATA now\r\n"), "501");
}

TEST_F(SmtpServerTest, the_handler_refuses_at_each_step) {
    greet();
    refuse<Mail>({550, "5.7.1", "not you"});
    EXPECT_EQ(says("MAIL FROM:<a@one.test>\r\n"), "550 5.7.1 not you\r\n");
    refusals_.clear();
    says("MAIL FROM:<a@one.test>\r\n");
    refuse<Recipient>({550, "5.1.1", "nobody"});
    EXPECT_EQ(says("RCPT TO:<x@two.test>\r\n"), "550 5.1.1 nobody\r\n");
    refusals_.clear();
    says("RCPT TO:<b@two.test>\r\n");
    refuse<DataBegins>({451, "4.3.0", "later"});
    seen_.clear();
    EXPECT_EQ(says("DATA\r\n"), "451 4.3.0 later\r\n");
    EXPECT_EQ(seen_, "text\nreset\n");
    refusals_.clear();
    data();
    refuse<DataEnd>({550, "5.7.1", "spam"});
    EXPECT_EQ(says("x\r\n.\r\n"), "550 5.7.1 spam\r\n");
    EXPECT_EQ(seen_, "end\n");
}

TEST_F(SmtpServerTest, a_refused_connection_may_say_quit) {
    begin({});
    refuse<Connected>({554, "", "no mail from your network"});
    EXPECT_EQ(says(""), "554 no mail from your network\r\n");
    EXPECT_EQ(code("EHLO one.test\r\n"), "503");
    EXPECT_EQ(code("QUIT\r\n"), "221");
}

TEST_F(SmtpServerTest, code_421_ends_the_connection_at_every_step) {
    greet();
    refuse<Mail>({421, "4.3.2", "gone"});
    EXPECT_EQ(says("MAIL FROM:<a@one.test>\r\nNOOP\r\n"), "421 4.3.2 gone\r\n");
    EXPECT_TRUE(server_->finished());
    EXPECT_EQ(says("NOOP\r\n"), "");
}

TEST_F(SmtpServerTest, an_event_that_waits_for_its_answer_holds_everything_back) {
    greet();
    server_->feed(as_bytes("MAIL FROM:<a@one.test>\r\nRCPT TO:<b@two.test>\r\n"));
    EXPECT_TRUE(std::holds_alternative<Mail>(*server_->next_event()));
    EXPECT_FALSE(server_->next_event());
    EXPECT_FALSE(server_->wants_input());
    server_->accept();
    EXPECT_TRUE(std::holds_alternative<Recipient>(*server_->next_event()));
}

TEST_F(SmtpServerTest, stop_waits_for_the_end_of_the_transaction) {
    greet();
    data();
    server_->stop_soon();
    EXPECT_EQ(says("x\r\n.\r\n"),
              "250 2.0.0 The message is accepted\r\n421 4.3.2 two.test is shutting down\r\n");
    EXPECT_TRUE(server_->finished());
}

// ---- addresses and parameters

TEST_F(SmtpServerTest, the_forms_of_paths_are_taken) {
    greet();
    EXPECT_EQ(code("MAIL FROM:<>\r\n"), "250");
    EXPECT_EQ(code("RCPT TO:<Postmaster>\r\n"), "250");
    EXPECT_EQ(code("rcpt to:<\"a \\\" b\"@two.test>\r\n"), "250");
    EXPECT_EQ(code("RCPT TO:<@x.test,@y.test:b@two.test>\r\n"), "250");
    EXPECT_EQ(code("RCPT TO:<b@[192.0.2.1]>\r\n"), "250");
    EXPECT_EQ(code("RCPT TO:<b@[IPv6:2001:DB8::1]>\r\n"), "250");
    EXPECT_EQ(code("RCPT TO: <bob+token@two.test>\r\n"), "250");
    EXPECT_EQ(seen_,
              "mail \nrcpt postmaster\nrcpt \"a \\\" b\"@two.test\nrcpt b@two.test\n"
              "rcpt b@[192.0.2.1]\nrcpt b@[IPv6:2001:db8::1]\nrcpt bob+token@two.test\n");
    for (const char* wrong : {"<>",
                              "b@two.test",
                              "<b@two.test",
                              "<b>",
                              "<b@>",
                              "<b@two.test>x",
                              "<b@[1.2.3]>",
                              "<b@@two.test>",
                              "<a b@two.test>",
                              "<b@-.test>"})
        EXPECT_EQ(code("RCPT TO:" + std::string(wrong) + "\r\n").substr(0, 1), "5") << wrong;
}

TEST_F(SmtpServerTest, parameters_are_parsed_and_kept) {
    greet();
    EXPECT_EQ(code("MAIL FROM:<a@one.test> SIZE=1000 body=8bitmime RET=HDRS ENVID=QQ314159\r\n"),
              "250");
    EXPECT_EQ(code("RCPT TO:<b@two.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;b+40two.test\r\n"),
              "250");
    EXPECT_EQ(seen_,
              "mail a@one.test SIZE=1000 BODY=8BITMIME RET=HDRS ENVID=QQ314159\n"
              "rcpt b@two.test NOTIFY=FAILURE,DELAY ORCPT=rfc822;b+40two.test\n");
    EXPECT_EQ(code("RCPT TO:<c@two.test> NOTIFY=NEVER,DELAY\r\n"), "501");
    EXPECT_EQ(code("RCPT TO:<c@two.test> SIZE=1\r\n"), "555");
}

TEST_F(SmtpServerTest, parameters_that_cannot_be_are_refused) {
    greet();
    for (const auto& [parameters, code_of_it] :
         std::map<std::string, std::string>{{"SIZE=99999999999", "552"},
                                            {"SIZE=x", "501"},
                                            {"SIZE=1 SIZE=1", "501"},
                                            {"BODY=BINARYMIME", "501"},
                                            {"FOO=bar", "555"},
                                            {"AUTH=<>", "555"},
                                            {"REQUIRETLS", "530"},
                                            {"SMTPUTF8=1", "501"},
                                            {"ENVID=a+4", "501"}})
        EXPECT_EQ(code("MAIL FROM:<a@one.test> " + parameters + "\r\n"), code_of_it) << parameters;
    ServerOptions no_dsn;
    no_dsn.dsn = Dsn::unavailable;
    greet(no_dsn);
    EXPECT_EQ(code("MAIL FROM:<a@one.test> RET=FULL\r\n"), "555");
    EXPECT_EQ(code("MAIL FROM:<a@one.test>\r\n"), "250");
    EXPECT_EQ(code("RCPT TO:<b@two.test> NOTIFY=NEVER\r\n"), "555");
}

TEST_F(SmtpServerTest, utf8_needs_smtputf8) {
    greet();
    EXPECT_EQ(code("MAIL FROM:<j\xC3\xB6rg@b\xC3\xBC"
                   "cher.test>\r\n"),
              "553");
    EXPECT_EQ(code("MAIL FROM:<j\xC3\xB6rg@b\xC3\xBC"
                   "cher.test> SMTPUTF8\r\n"),
              "250");
    EXPECT_EQ(code("RCPT TO:<\xE7\x94\xB2@two.test>\r\n"), "250");
    EXPECT_EQ(code("RCPT TO:<\xFF@two.test>\r\n"), "501");
    EXPECT_EQ(seen_.substr(0, 43), "mail j\xC3\xB6rg@xn--bcher-kva.test SMTPUTF8\nrcpt");
    says("RSET\r\n");
    says("MAIL FROM:<a@one.test>\r\n");
    EXPECT_EQ(code("RCPT TO:<\xE7\x94\xB2@two.test>\r\n"), "553");
}

// ---- limits

TEST_F(SmtpServerTest, a_command_line_over_the_limit_is_refused_and_the_next_is_taken) {
    greet();
    EXPECT_EQ(code("NOOP " + std::string(2041, 'x') + "\r\n"), "250");
    EXPECT_EQ(says("NOOP " + std::string(2042, 'x') + "\r\nRSET\r\n"),
              "500 5.5.2 The line is too long\r\n250 2.0.0 Nothing is under way\r\n");
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(says(std::string(1000, 'x')), "");
    EXPECT_EQ(code("\r\n"), "500");
}

TEST_F(SmtpServerTest, an_endless_line_ends_the_connection) {
    greet();
    for (int i = 0; i < 70 && !server_->finished(); ++i)
        says(std::string(1000, 'x'));
    ended_for(Violation::Kind::too_long);
}

TEST_F(SmtpServerTest, more_recipients_than_the_limit_are_452) {
    ServerOptions options;
    options.limits.recipients = 2;
    greet(options);
    mail_and_recipient();
    EXPECT_EQ(code("RCPT TO:<c@two.test>\r\n"), "250");
    EXPECT_EQ(says("RCPT TO:<d@two.test>\r\n").substr(0, 9), "452 4.5.3");
    EXPECT_EQ(code("DATA\r\n"), "354");
}

TEST_F(SmtpServerTest, too_much_of_what_leads_to_nothing_ends_the_connection) {
    greet();
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(code("XYZZY\r\n"), "500");
    EXPECT_EQ(code("XYZZY\r\n"), "421");
    ended_for(Violation::Kind::too_many_errors);
    greet();
    for (int i = 0; i < 99; ++i)
        EXPECT_EQ(code("NOOP\r\n"), "250");
    EXPECT_EQ(code("RSET\r\n"), "421");
    greet();
    refuse<Recipient>({550, "5.1.1", "nobody"});
    says("MAIL FROM:<a@one.test>\r\n");
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(code("RCPT TO:<b@two.test>\r\n"), "550");
    EXPECT_EQ(code("RCPT TO:<b@two.test>\r\n"), "421");
    ended_for(Violation::Kind::too_many_refusals);
}

TEST_F(SmtpServerTest, a_flood_of_small_commands_makes_no_more_output_than_is_taken) {
    ServerOptions options;
    options.limits.idle_commands = 100'000;
    greet(options);
    std::string flood;
    for (int i = 0; i < 10'000; ++i)
        flood += "NOOP\r\n";
    server_->feed(as_bytes(flood));
    std::size_t pieces = 0;
    while (true) {
        EXPECT_FALSE(server_->next_event());
        const Bytes out = server_->take_output();
        EXPECT_LE(out.size(), Server::kOutputPause + 512);
        if (out.empty())
            break;
        ++pieces;
    }
    EXPECT_GT(pieces, 10U);
}

TEST_F(SmtpServerTest, a_message_over_the_limit_is_read_to_its_end_and_refused) {
    ServerOptions options;
    options.limits.message_octets = 1000;
    greet(options);
    data();
    for (int i = 0; i < 15; ++i)
        EXPECT_EQ(says(std::string(98, 'x') + "\r\n"), "");
    EXPECT_EQ(seen_, "reset\n");
    EXPECT_EQ(says(".\r\nNOOP\r\n").substr(0, 9), "552 5.3.4");
    EXPECT_FALSE(server_->finished());
    data();
    for (int i = 0; i < 25; ++i)
        says(std::string(98, 'x') + "\r\n");
    ended_for(Violation::Kind::too_long);
}

TEST_F(SmtpServerTest, text_lines_have_1000_octets_at_most) {
    greet();
    data();
    EXPECT_EQ(code("." + std::string(998, '.') + "\r\n.\r\n"), "250");
    EXPECT_EQ(text_, std::string(998, '.') + "\r\n");
    data();
    EXPECT_EQ(says(std::string(999, 'x') + "\r\n.\r\n").substr(0, 9), "554 5.6.0");
    EXPECT_EQ(seen_, "reset\n");
    data();
    EXPECT_EQ(code("x\r\n.\r\n"), "250");
}

// ---- line ends: SMTP smuggling

TEST_F(SmtpServerTest, end_of_data_is_found_wherever_it_is_split) {
    const std::string text = "a\r\n..\r\n.\rb";  // not the end: CR alone
    const std::string end = "a\r\n..\r\n\r\n.\r\n";
    for (std::size_t i = 0; i <= end.size(); ++i)
        for (std::size_t j = i; j <= end.size(); ++j) {
            greet();
            data();
            text_.clear();
            std::string out =
                says(end.substr(0, i)) + says(end.substr(i, j - i)) + says(end.substr(j));
            EXPECT_EQ(out.substr(0, 3), "250");
            EXPECT_EQ(text_, "a\r\n.\r\n\r\n");
        }
    greet();
    data();
    EXPECT_EQ(code(text), "554");
}

TEST_F(SmtpServerTest, an_empty_message_is_one) {
    greet();
    data();
    EXPECT_EQ(code(".\r\n"), "250");
    EXPECT_EQ(text_, "");
}

/// What has been published as an end of data for one server that is none for another (SEC Consult
/// 2023; CVE-2023-51764, 51765, 51766), with and without what would be smuggled behind it.
TEST_F(SmtpServerTest, every_published_smuggling_sequence_is_refused_and_the_connection_closed) {
    const std::string nul(1, '\0');
    for (const std::string& end : {std::string("\n.\n"),
                                   std::string("\n.\r\n"),
                                   std::string("\r\n.\n"),
                                   std::string("\r.\r"),
                                   std::string("\r\n.\r"),
                                   std::string("\r.\r\n"),
                                   std::string("\n.\r"),
                                   std::string("\r.\n"),
                                   std::string("\r\r\n.\r\r\n"),
                                   std::string("\r\n\r.\r\n"),
                                   "\r\n" + nul + ".\r\n",
                                   "\r\n." + nul + "\r\n",
                                   "\r\n" + nul + "." + nul + "\r\n",
                                   "\r\n.\r" + nul + "\n",
                                   "\r" + nul + "\n.\r\n"}) {
        const std::string smuggled =
            "x" + end + "MAIL FROM:<evil@one.test>\r\nRCPT TO:<b@two.test>\r\nDATA\r\ny\r\n.\r\n";
        for (const std::size_t piece : {std::size_t{1}, smuggled.size()}) {
            greet();
            data();
            violation_.reset();
            std::string out;
            for (std::size_t i = 0; i < smuggled.size(); i += piece)
                out += says(smuggled.substr(i, piece));
            EXPECT_EQ(out.substr(0, 9), "554 5.6.0");
            EXPECT_EQ(out.find("\r\n"), out.size() - 2) << "one reply only";
            EXPECT_EQ(seen_, "reset\n");
            ended_for(Violation::Kind::lost_framing);
        }
    }
}

TEST_F(SmtpServerTest, command_lines_that_do_not_end_in_crlf_end_the_connection) {
    const std::string nul(1, '\0');
    for (const std::string& line : {std::string("NOOP\n"),
                                    std::string("NOOP\rRSET\r\n"),
                                    std::string("NOOP\r\r\n"),
                                    "NOOP" + nul + "\r\n",
                                    std::string("\nNOOP\r\n")}) {
        greet();
        EXPECT_EQ(code(line), "500");
        ended_for(Violation::Kind::lost_framing);
    }
}

TEST_F(SmtpServerTest, control_characters_in_commands_are_refused) {
    greet();
    EXPECT_EQ(code("NOOP \x1b[2J\r\n"), "500");
    EXPECT_EQ(code("MAIL FROM:<a\x7f@one.test>\r\n"), "500");
}

// ---- other protocols, pipelining

TEST_F(SmtpServerTest, http_and_tls_are_shown_the_door) {
    greet();
    EXPECT_EQ(code("GET / HTTP/1.1\r\nHost: two.test\r\n\r\n"), "500");
    ended_for(Violation::Kind::other_protocol);
    greet();
    EXPECT_EQ(code("\x16\x03\x01"), "500");
    ended_for(Violation::Kind::other_protocol);
}

TEST_F(SmtpServerTest, talk_before_the_greeting_ends_the_connection) {
    begin({});
    server_->feed(as_bytes("EHLO one.test\r\n"));
    EXPECT_EQ(to_text(server_->take_output()).substr(0, 9), "554 5.5.1");
    while (auto event = server_->next_event())
        note(*event);
    ended_for(Violation::Kind::early_talk);
}

TEST_F(SmtpServerTest, a_group_of_commands_is_answered_one_by_one) {
    greet();
    EXPECT_EQ(says("MAIL FROM:<a@one.test>\r\nRCPT TO:<b@two.test>\r\nRCPT TO:<c>\r\nDATA\r\n"),
              "250 2.1.0 Sender accepted\r\n250 2.1.5 Recipient accepted\r\n"
              "501 5.1.3 The address: has no @ behind the local part\r\n"
              "354 Text, and a dot alone on a line at its end\r\n");
    EXPECT_EQ(says("x\r\n.\r\nMAIL FROM:<a@one.test>\r\nRSET\r\nQUIT\r\n"),
              "250 2.0.0 The message is accepted\r\n250 2.1.0 Sender accepted\r\n"
              "250 2.0.0 Nothing is under way\r\n221 2.0.0 Good-bye\r\n");
}

TEST_F(SmtpServerTest, what_must_be_last_in_its_group_is) {
    for (const char* group : {"EHLO one.test\r\nMAIL FROM:<>\r\n",
                              "HELO one.test\r\nMAIL FROM:<>\r\n",
                              "DATA\r\nSubject: x\r\n"}) {
        greet();
        mail_and_recipient();
        EXPECT_EQ(code(group), "503") << group;
        ended_for(Violation::Kind::out_of_turn);
    }
}

// ---- STARTTLS

TEST_F(SmtpServerTest, starttls_forgets_what_was_said_before) {
    greet();
    mail_and_recipient();
    seen_.clear();
    EXPECT_EQ(says("STARTTLS\r\n"), "220 2.0.0 Begin\r\n");
    EXPECT_EQ(seen_, "reset\ntls\n");
    EXPECT_FALSE(server_->wants_input());
    server_->tls_established(ClientCertificate::absent);
    EXPECT_EQ(code("MAIL FROM:<a@one.test>\r\n"), "503");
    const std::string offers = says("EHLO one.test\r\n");
    EXPECT_EQ(offers.find("STARTTLS"), std::string::npos);
    EXPECT_NE(offers.find("REQUIRETLS"), std::string::npos);
    EXPECT_EQ(code("STARTTLS\r\n"), "503");
    EXPECT_EQ(code("MAIL FROM:<a@one.test> REQUIRETLS\r\n"), "250");
}

TEST_F(SmtpServerTest, commands_in_clear_behind_starttls_end_the_connection) {
    greet();
    EXPECT_EQ(code("STARTTLS\r\nMAIL FROM:<evil@one.test>\r\n"), "554");
    ended_for(Violation::Kind::before_tls);
    EXPECT_EQ(seen_, "");
    greet();
    EXPECT_EQ(code("STARTTLS\r\nM"), "554");
    ended_for(Violation::Kind::before_tls);
    greet();
    EXPECT_EQ(code("STARTTLS\r\n"), "220");
    EXPECT_EQ(code("EHLO one.test\r\n"), "554");
    ended_for(Violation::Kind::before_tls);
}

TEST_F(SmtpServerTest, where_there_is_no_tls_starttls_is_502) {
    ServerOptions options;
    options.tls = TlsState::unavailable;
    greet(options);
    EXPECT_EQ(code("STARTTLS\r\n"), "502");
}

// ---- AUTH

TEST_F(SmtpServerTest, submission_wants_tls_then_a_login) {
    ServerOptions options;
    options.role = ServerRole::submission;
    options.mechanisms = {Mechanism::plain};
    greet(options);
    EXPECT_EQ(code("MAIL FROM:<a@one.test>\r\n"), "530");
    EXPECT_EQ(code("AUTH PLAIN AGEAYg==\r\n"), "530");
    EXPECT_EQ(code("NOOP\r\n"), "250");
    EXPECT_EQ(code("STARTTLS\r\n"), "220");
    server_->tls_established(ClientCertificate::absent);
    says("EHLO one.test\r\n");
    EXPECT_EQ(says("MAIL FROM:<a@one.test>\r\n"), "530 5.7.0 AUTH first\r\n");
    EXPECT_EQ(code("AUTH PLAIN AGEAYg==\r\n"), "235");
    EXPECT_EQ(code("MAIL FROM:<a@one.test> AUTH=<>\r\n"), "250");
    EXPECT_EQ(code("AUTH PLAIN AGEAYg==\r\n"), "503");
}

TEST_F(SmtpServerTest, plain_and_login_say_who_and_what) {
    greet_submission();
    EXPECT_EQ(code("AUTH PLAIN Ym9iAGFsaWNlAHBlbmNpbA==\r\n"), "235");
    greet_submission();
    EXPECT_EQ(says("auth plain\r\n"), "334 \r\n");
    EXPECT_EQ(code("AGFsaWNlAHBlbmNpbA==\r\n"), "235");
    EXPECT_EQ(seen_, "PLAIN /alice/pencil\n");
    greet_submission();
    EXPECT_EQ(says("AUTH LOGIN\r\n"), "334 VXNlcm5hbWU6\r\n");
    EXPECT_EQ(says("YWxpY2U=\r\n"), "334 UGFzc3dvcmQ6\r\n");
    EXPECT_EQ(code("cGVuY2ls\r\n"), "235");
    EXPECT_EQ(seen_, "LOGIN /alice/pencil\n");
    greet_submission();
    EXPECT_EQ(says("AUTH LOGIN YWxpY2U=\r\n"), "334 UGFzc3dvcmQ6\r\n");
}

TEST_F(SmtpServerTest, scram_messages_go_through) {
    greet_submission();
    challenges_ = {"server-first", "server-final"};
    EXPECT_EQ(says("AUTH SCRAM-SHA-256 bix4\r\n"), "334 c2VydmVyLWZpcnN0\r\n");
    EXPECT_EQ(says("Yz1iaXdz\r\n"), "334 c2VydmVyLWZpbmFs\r\n");
    EXPECT_EQ(code("\r\n"), "235");
    EXPECT_EQ(seen_, "first n,x\nlater c=biws\nlater \n");
}

TEST_F(SmtpServerTest, a_client_gives_up_a_login) {
    greet_submission();
    challenges_ = {"server-first"};
    says("AUTH SCRAM-SHA-256 bix4\r\n");
    EXPECT_EQ(code("*\r\n"), "501");
    EXPECT_EQ(seen_, "first n,x\ncancelled\n");
    EXPECT_EQ(code("AUTH PLAIN AGFsaWNlAHBlbmNpbA==\r\n"), "235");
}

TEST_F(SmtpServerTest, external_needs_a_certificate) {
    ServerOptions options;
    options.mechanisms = {Mechanism::external};
    greet_submission(options);
    EXPECT_EQ(code("AUTH EXTERNAL =\r\n"), "504");
    options.role = ServerRole::submission;
    options.tls = TlsState::active;
    begin(options);
    server_->tls_established(ClientCertificate::shown);
    says("");
    EXPECT_TRUE(says("EHLO one.test\r\n").ends_with("250 AUTH EXTERNAL\r\n"));
    EXPECT_EQ(code("AUTH EXTERNAL =\r\n"), "235");
    EXPECT_EQ(seen_, "ehlo one.test\nexternal \n");
}

TEST_F(SmtpServerTest, logins_that_are_none_are_refused) {
    greet_submission();
    EXPECT_EQ(code("AUTH\r\n"), "504");
    EXPECT_EQ(code("AUTH CRAM-MD5\r\n"), "504");
    EXPECT_EQ(code("AUTH EXTERNAL\r\n"), "504");
    EXPECT_EQ(code("AUTH PLAIN !\r\n"), "501");
    EXPECT_EQ(code("AUTH PLAIN =\r\n"), "501");
    EXPECT_EQ(code("AUTH PLAIN YQBi\r\n"), "501");
    says("AUTH PLAIN\r\n");
    EXPECT_EQ(code(std::string(5000, 'A') + "\r\n"), "500");
    EXPECT_EQ(code("NOOP\r\n"), "250") << "the exchange is over";
    EXPECT_EQ(code("MAIL FROM:<a@one.test>\r\n"), "530");
    greet();
    EXPECT_EQ(code("AUTH PLAIN AGEAYg==\r\n"), "502");
}

TEST_F(SmtpServerTest, too_many_failed_logins_end_the_connection) {
    greet_submission();
    refuse<PasswordLogin>({535, "5.7.8", "no"});
    EXPECT_EQ(says("AUTH PLAIN AGEAYg==\r\n"), "535 5.7.8 no\r\n");
    EXPECT_EQ(code("AUTH PLAIN AGEAYg==\r\n"), "535");
    EXPECT_EQ(code("AUTH PLAIN AGEAYg==\r\n"), "421");
    ended_for(Violation::Kind::too_many_logins);
}

// ---- BDAT

TEST_F(SmtpServerTest, chunks_make_a_message) {
    greet();
    mail_and_recipient();
    seen_.clear();
    EXPECT_EQ(says("BDAT 5\r\nab\r\n."), "250 2.0.0 5 octets received\r\n");
    EXPECT_EQ(says("BDAT 2\r\n\r\nBDAT 3 LAST\r\ne\r\n"),
              "250 2.0.0 2 octets received\r\n250 2.0.0 The message is accepted\r\n");
    EXPECT_EQ(text_, "ab\r\n.\r\ne\r\n");
    EXPECT_EQ(seen_, "text\nend\n");
    mail_and_recipient();
    EXPECT_EQ(code("BDAT 0 LAST\r\n"), "250");
}

TEST_F(SmtpServerTest, chunks_that_are_refused_are_read_and_thrown_away) {
    greet();
    EXPECT_EQ(says("BDAT 6\r\nNOOP\r\nRSET\r\n"),
              "503 5.5.1 MAIL first\r\n250 2.0.0 Nothing is under way\r\n");
    says("MAIL FROM:<a@one.test>\r\n");
    EXPECT_EQ(says("BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n").substr(0, 9), "554 5.5.1");
    refuse<DataBegins>({451, "4.3.0", "later"});
    mail_and_recipient();
    EXPECT_EQ(says("BDAT 6\r\nQUIT\r\nBDAT 6\r\nQUIT\r\nDATA\r\n"),
              "451 4.3.0 later\r\n451 4.3.0 later\r\n503 5.5.1 BDAT has begun\r\n");
    EXPECT_EQ(code("RSET\r\n"), "250");
    refusals_.clear();
    mail_and_recipient();
    text_.clear();
    EXPECT_EQ(code("BDAT 3 LAST\r\nx\r\n"), "250");
    EXPECT_EQ(text_, "x\r\n");
}

TEST_F(SmtpServerTest, chunks_obey_the_same_rule_of_line_ends) {
    for (const std::string& text : {std::string("a\n.\n"),
                                    std::string("a\rb\n"),
                                    std::string("a\0\r\n", 4),
                                    std::string("abc\r")}) {
        greet();
        mail_and_recipient();
        seen_.clear();
        EXPECT_EQ(says("BDAT 4 LAST\r\n" + text + "NOOP\r\n").substr(0, 9), "554 5.6.0");
        EXPECT_EQ(seen_.substr(seen_.size() - 6), "reset\n");
        EXPECT_FALSE(server_->finished());
    }
}

TEST_F(SmtpServerTest, bdat_without_a_size_ends_the_connection) {
    for (const char* line : {"BDAT\r\n",
                             "BDAT x\r\n",
                             "BDAT -1\r\n",
                             "BDAT 1 FIRST\r\n",
                             "BDAT 99999999999999999999\r\n"}) {
        greet();
        mail_and_recipient();
        EXPECT_EQ(code(line), "501") << line;
        ended_for(Violation::Kind::lost_framing);
    }
    greet();
    EXPECT_EQ(code("BDAT 999999999999\r\n"), "552");
    ended_for(Violation::Kind::too_long);
}

TEST_F(SmtpServerTest, rcpt_and_data_have_no_place_behind_bdat) {
    greet();
    mail_and_recipient();
    says("BDAT 2\r\n\r\n");
    EXPECT_EQ(code("RCPT TO:<c@two.test>\r\n"), "503");
    EXPECT_EQ(code("DATA\r\n"), "503");
    EXPECT_EQ(code("BDAT 0 LAST\r\n"), "250");
}

}  // namespace
}  // namespace kith::smtp
