#include "protocol/smtp_client.h"

#include <gtest/gtest.h>

namespace kith::smtp {
namespace {

/// A machine and a script of what the server says.
class SmtpClientTest : public ::testing::Test {
  protected:
    void begin(ClientOptions options = {}) {
        options.host_name = "one.test";
        client_ = std::make_unique<Client>(std::move(options));
        events_.clear();
        sent_.clear();
    }
    /// Up to Ready, with these extensions ("PIPELINING CHUNKING").
    void greet(const std::string& extensions, ClientOptions options = {}) {
        begin(std::move(options));
        ASSERT_EQ(hears("220 two.test ESMTP\r\n").substr(2), "LO one.test\r\n");
        std::string reply = "250-two.test\r\n";
        for (std::size_t at = 0; at < extensions.size();) {
            const std::size_t end = std::min(extensions.find(' ', at), extensions.size());
            reply += "250-" + extensions.substr(at, end - at) + "\r\n";
            at = end + 1;
        }
        ASSERT_EQ(hears(reply + "250 HELP\r\n"), "");
        ASSERT_EQ(events_, "ready\n");
        events_.clear();
    }
    /// What the client says to that.
    std::string hears(std::string_view octets) {
        client_->feed(as_bytes(octets));
        return output();
    }
    std::string output() {
        while (auto event = client_->next_event())
            note(*event);
        return to_text(client_->take_output());
    }
    void note(const ClientEvent& event) {
        if (auto* sent = std::get_if<Sent>(&event)) {
            events_ += "sent\n";
            sent_.clear();
            for (const auto& each : sent->replies)
                sent_ += (each.origin == RecipientReply::Origin::here ? "here: " : "") +
                         each.reply.line() + "\n";
        } else if (auto* failed = std::get_if<Failed>(&event)) {
            events_ += std::string("failed ") + name_of(failed->error.kind) + "\n";
        } else if (std::holds_alternative<Ready>(event)) {
            events_ += "ready\n";
        } else if (std::holds_alternative<BodyWanted>(event)) {
            events_ += "body\n";
        } else {
            events_ += std::holds_alternative<Closed>(event) ? "closed\n" : "tls\n";
        }
    }
    static Envelope envelope(int recipients) {
        Envelope made;
        made.from = *Mailbox::parse("a@one.test", Utf8::refused);
        for (int i = 0; i < recipients; ++i)
            made.to.push_back(
                {*Mailbox::parse("b" + std::to_string(i) + "@two.test", Utf8::refused), {}});
        return made;
    }
    std::string send(Envelope what) {
        client_->send(std::move(what));
        return output();
    }
    std::string body(std::string_view text) {
        client_->push_body(as_bytes(text));
        client_->end_body();
        return output();
    }

    std::unique_ptr<Client> client_;
    std::string events_;
    std::string sent_;
};

// ---- what goes well

TEST_F(SmtpClientTest, without_pipelining_each_command_waits_for_its_answer) {
    greet("");
    EXPECT_EQ(send(envelope(2)), "MAIL FROM:<a@one.test>\r\n");
    EXPECT_EQ(hears("250 2.1.0 ok\r\n"), "RCPT TO:<b0@two.test>\r\n");
    EXPECT_EQ(hears("250 ok\r\n"), "RCPT TO:<b1@two.test>\r\n");
    EXPECT_EQ(hears("550 5.1.1 nobody\r\n"), "DATA\r\n");
    EXPECT_EQ(hears("354 go on\r\n"), "");
    EXPECT_EQ(events_, "body\n");
    EXPECT_EQ(body("x\r\n.y\r\n"), "x\r\n..y\r\n.\r\n");
    EXPECT_EQ(hears("250 2.0.0 kept\r\n"), "");
    EXPECT_EQ(events_, "body\nsent\nready\n");
    EXPECT_EQ(sent_, "250 2.0.0 kept\n550 5.1.1 nobody\n");
    client_->quit();
    EXPECT_EQ(output(), "QUIT\r\n");
    hears("221 bye\r\n");
    EXPECT_TRUE(client_->finished());
}

TEST_F(SmtpClientTest, with_pipelining_all_is_said_at_once) {
    greet("PIPELINING");
    EXPECT_EQ(
        send(envelope(2)),
        "MAIL FROM:<a@one.test>\r\nRCPT TO:<b0@two.test>\r\nRCPT TO:<b1@two.test>\r\nDATA\r\n");
    hears("250 ok\r\n250 ok\r\n450 4.2.0 later\r\n354 go on\r\n");
    EXPECT_EQ(body("no line end"), "no line end\r\n.\r\n");
    hears("250 kept\r\n");
    EXPECT_EQ(sent_, "250 kept\n450 4.2.0 later\n");
    EXPECT_EQ(send(envelope(1)).substr(0, 5), "MAIL ");
}

TEST_F(SmtpClientTest, chunks_are_used_where_they_are_offered) {
    greet("PIPELINING CHUNKING");
    EXPECT_EQ(send(envelope(1)), "MAIL FROM:<a@one.test>\r\nRCPT TO:<b0@two.test>\r\n");
    hears("250 ok\r\n250 ok\r\n");
    EXPECT_EQ(events_, "body\n");
    EXPECT_TRUE(client_->wants_body());
    client_->push_body(as_bytes(".\r\n"));
    client_->push_body(as_bytes("..\r\n"));
    EXPECT_EQ(output(), "BDAT 3\r\n.\r\nBDAT 4\r\n..\r\n");
    client_->end_body();
    EXPECT_EQ(output(), "BDAT 0 LAST\r\n");
    hears("250 3\r\n250 4\r\n250 2.0.0 kept\r\n");
    EXPECT_EQ(sent_, "250 2.0.0 kept\n");
}

TEST_F(SmtpClientTest, no_more_chunks_are_under_way_than_are_allowed) {
    greet("CHUNKING");
    send(envelope(1));
    hears("250 ok\r\n");
    hears("250 ok\r\n");
    ASSERT_TRUE(client_->wants_body());
    client_->push_body(as_bytes("x\r\n"));
    EXPECT_FALSE(client_->wants_body());
    output();
    hears("250 ok\r\n");
    EXPECT_TRUE(client_->wants_body());
    client_->push_body(as_bytes("y\r\n"));
    EXPECT_FALSE(client_->wants_body());
}

TEST_F(SmtpClientTest, lmtp_answers_for_each_recipient_behind_the_text) {
    ClientOptions lmtp;
    lmtp.protocol = ClientProtocol::lmtp;
    greet("PIPELINING", lmtp);
    send(envelope(3));
    hears("250 ok\r\n250 ok\r\n550 no\r\n250 ok\r\n354 go\r\n");
    body("x\r\n");
    hears("250 first\r\n");
    EXPECT_EQ(events_, "body\n");
    hears("452 4.2.2 full\r\n");
    EXPECT_EQ(sent_, "250 first\n550 no\n452 4.2.2 full\n");
}

TEST_F(SmtpClientTest, parameters_are_said_to_those_who_offer_them) {
    Envelope full = envelope(1);
    full.parameters.size = 1000;
    full.parameters.ret = Ret::headers;
    full.parameters.envelope_id = "QQ+2B1";
    full.parameters.auth = "<>";
    full.to[0].parameters.notify = Notify{.failure = true};
    full.to[0].parameters.original_recipient = "rfc822;b@two.test";
    greet("");
    EXPECT_EQ(send(full), "MAIL FROM:<a@one.test>\r\n");
    greet("PIPELINING CHUNKING SIZE DSN AUTH");
    EXPECT_EQ(send(full),
              "MAIL FROM:<a@one.test> SIZE=1000 RET=HDRS ENVID=QQ+2B1 AUTH=<>\r\n"
              "RCPT TO:<b0@two.test> NOTIFY=FAILURE ORCPT=rfc822;b@two.test\r\n");
}

TEST_F(SmtpClientTest, helo_is_said_to_those_who_know_no_ehlo) {
    begin();
    hears("220 old\r\n");
    EXPECT_EQ(hears("502 what?\r\n"), "HELO one.test\r\n");
    hears("250 hello\r\n");
    EXPECT_EQ(events_, "ready\n");
    EXPECT_EQ(send(envelope(1)), "MAIL FROM:<a@one.test>\r\n");
}

// ---- what a server cannot have

TEST_F(SmtpClientTest, what_is_needed_and_not_offered_is_refused_here) {
    greet("SIZE");
    Envelope eight = envelope(1);
    eight.parameters.body = BodyType::eight_bit_mime;
    EXPECT_EQ(send(eight), "");
    EXPECT_EQ(sent_, "here: 554 5.6.3 The server takes no 8-bit text\n");
    Envelope utf8 = envelope(1);
    utf8.to[0].mailbox = *Mailbox::parse("\xC3\xBC@two.test", Utf8::allowed);
    EXPECT_EQ(send(utf8), "");
    EXPECT_EQ(sent_.substr(0, 15), "here: 550 5.6.7");
    Envelope tls = envelope(1);
    tls.parameters.require_tls = true;
    EXPECT_EQ(send(tls), "");
    EXPECT_EQ(sent_.substr(0, 16), "here: 550 5.7.30");
    EXPECT_EQ(events_, "sent\nready\nsent\nready\nsent\nready\n");
    EXPECT_EQ(send(envelope(1)), "MAIL FROM:<a@one.test>\r\n");
}

TEST_F(SmtpClientTest, a_message_over_the_server_s_limit_is_not_begun) {
    begin();
    hears("220 x\r\n");
    hears("250-x\r\n250 SIZE 500\r\n");
    Envelope large = envelope(1);
    large.parameters.size = 501;
    EXPECT_EQ(send(large), "");
    EXPECT_EQ(sent_.substr(0, 15), "here: 552 5.3.4");
}

TEST_F(SmtpClientTest, utf8_addresses_say_smtputf8) {
    greet("SMTPUTF8 8BITMIME PIPELINING CHUNKING");
    Envelope utf8 = envelope(1);
    utf8.to[0].mailbox = *Mailbox::parse(
        "\xC3\xBC@b\xC3\xBC"
        "cher.test",
        Utf8::allowed);
    EXPECT_EQ(send(utf8),
              "MAIL FROM:<a@one.test> SMTPUTF8\r\nRCPT TO:<\xC3\xBC@xn--bcher-kva.test>\r\n");
}

TEST_F(SmtpClientTest, parameters_that_hold_commands_are_not_said) {
    greet("DSN");
    Envelope evil = envelope(1);
    evil.parameters.envelope_id = "x\r\nRCPT TO:<c@two.test>";
    EXPECT_EQ(send(evil), "");
    EXPECT_EQ(sent_, "here: 554 5.5.4 The envelope is not one\n");
}

/// SMTP smuggling outward: what another server might take for the end of the text is not sent.
TEST_F(SmtpClientTest, text_that_another_server_reads_otherwise_is_never_sent) {
    const std::string nul(1, '\0');
    for (const std::string& text : {std::string("x\n.\nMAIL FROM:<>\r\n"),
                                    std::string("x\r.\rMAIL FROM:<>\r\n"),
                                    std::string("x\n.\r\n"),
                                    std::string("x\r\n.\n"),
                                    std::string("x\r"),
                                    "x\r\n" + nul + ".\r\n",
                                    "x\r\n." + nul + "\r\n",
                                    std::string(999, 'x') + "\r\n"})
        for (const char* extensions : {"PIPELINING", "PIPELINING CHUNKING"}) {
            greet(extensions);
            send(envelope(1));
            hears("250 ok\r\n250 ok\r\n");
            if (!client_->capabilities().chunking)
                hears("354 go\r\n");
            EXPECT_EQ(body(text), "") << text;
            EXPECT_TRUE(client_->finished());
            EXPECT_EQ(sent_.substr(0, 15), "here: 554 5.6.0");
        }
}

// ---- TLS

TEST_F(SmtpClientTest, starttls_begins_anew) {
    begin({{}, ClientProtocol::smtp, ClientTls::required});
    hears("220 x\r\n");
    EXPECT_EQ(hears("250-x\r\n250-CHUNKING\r\n250 STARTTLS\r\n"), "STARTTLS\r\n");
    hears("220 go\r\n");
    EXPECT_EQ(events_, "tls\n");
    client_->tls_established();
    EXPECT_EQ(output(), "EHLO one.test\r\n");
    hears("250-x\r\n250 REQUIRETLS\r\n");
    EXPECT_EQ(events_, "tls\nready\n");
    EXPECT_FALSE(client_->capabilities().chunking) << "what was said in clear is forgotten";
    Envelope tls = envelope(1);
    tls.parameters.require_tls = true;
    EXPECT_EQ(send(tls), "MAIL FROM:<a@one.test> REQUIRETLS\r\n");
}

TEST_F(SmtpClientTest, where_tls_is_required_nothing_goes_in_clear) {
    begin({{}, ClientProtocol::smtp, ClientTls::required});
    hears("220 x\r\n");
    hears("250 x\r\n");
    EXPECT_EQ(events_, "failed unavailable\n");
    begin({{}, ClientProtocol::smtp, ClientTls::required});
    hears("220 x\r\n");
    hears("500 what?\r\n");
    EXPECT_EQ(events_, "failed unavailable\n");
    begin({{}, ClientProtocol::smtp, ClientTls::required});
    hears("220 x\r\n");
    hears("250-x\r\n250 STARTTLS\r\n");
    EXPECT_EQ(hears("454 4.7.0 not now\r\n"), "");
    EXPECT_EQ(events_, "failed unavailable\n");
    begin();
    hears("220 x\r\n");
    hears("250-x\r\n250 STARTTLS\r\n");
    hears("454 4.7.0 not now\r\n");
    EXPECT_EQ(events_, "ready\n") << "opportunistic";
}

TEST_F(SmtpClientTest, answers_injected_before_tls_end_the_connection) {
    begin();
    hears("220 x\r\n");
    hears("250-x\r\n250 STARTTLS\r\n");
    hears("220 go\r\n250-x\r\n250 AUTH\r\n");
    EXPECT_EQ(events_, "failed malformed\n");
}

// ---- servers that misbehave

TEST_F(SmtpClientTest, a_server_that_does_not_want_us_says_so_at_its_greeting) {
    begin();
    hears("554 go away\r\n");
    EXPECT_EQ(events_, "failed denied\n");
    begin();
    hears("421 busy\r\n");
    EXPECT_EQ(events_, "failed unavailable\n");
}

TEST_F(SmtpClientTest, rubbish_at_every_step_is_a_failure) {
    const std::vector<std::string> steps = {"220 x\r\n",
                                            "250-x\r\n250 PIPELINING\r\n",
                                            "250 ok\r\n",
                                            "250 ok\r\n",
                                            "354 go on\r\n",
                                            "250 kept\r\n"};
    for (const std::string& rubbish : {std::string("hello\r\n"),
                                       std::string("HTTP/1.1 200 OK\r\n"),
                                       std::string("99 x\r\n"),
                                       std::string("25x\r\n"),
                                       std::string("650 x\r\n"),
                                       std::string("250x\r\n"),
                                       std::string("250 x\n"),
                                       std::string("250 x\ry\r\n"),
                                       std::string("250-x\r\n354 y\r\n"),
                                       std::string("250 \0\r\n", 7),
                                       std::string(2000, '2')})
        for (std::size_t stop = 0; stop < steps.size(); ++stop) {
            begin();
            for (std::size_t i = 0; i < stop; ++i) {
                hears(steps[i]);
                if (i == 1)
                    send(envelope(1));
                if (i == 4)
                    body("x\r\n");
            }
            events_.clear();
            hears(rubbish);
            EXPECT_TRUE(client_->finished()) << rubbish << stop;
            const bool in_transaction = stop >= 2;
            EXPECT_EQ(events_.starts_with("sent\n"), in_transaction) << rubbish << stop;
            EXPECT_TRUE(client_->take_output().empty());
        }
}

TEST_F(SmtpClientTest, a_connection_that_is_lost_at_any_step_is_a_failure) {
    greet("PIPELINING");
    client_->closed();
    output();
    EXPECT_EQ(events_, "failed unavailable\n");
    greet("PIPELINING");
    send(envelope(2));
    hears("250 ok\r\n550 5.1.1 no\r\n");
    client_->closed();
    output();
    EXPECT_EQ(events_, "sent\nfailed unavailable\n");
    EXPECT_EQ(sent_.substr(0, 36), "550 5.1.1 no\nhere: 451 4.4.2 The con");
}

TEST_F(SmtpClientTest, endless_replies_are_a_failure) {
    begin();
    for (int i = 0; i < 200 && !client_->finished(); ++i)
        hears("220-more\r\n");
    EXPECT_EQ((output(), events_), "failed limit\n");
    begin();
    for (int i = 0; i < 200 && !client_->finished(); ++i)
        hears("220 more more more more");
    EXPECT_EQ((output(), events_), "failed limit\n");
}

TEST_F(SmtpClientTest, replies_to_nothing_are_a_failure) {
    greet("");
    hears("250 ok\r\n");
    EXPECT_EQ(events_, "failed malformed\n");
    begin();
    hears("220 x\r\n250 x\r\n");
    EXPECT_EQ(events_, "failed malformed\n") << "a reply before EHLO was written";
    greet("");
    send(envelope(1));
    hears("250 ok\r\n250 ok\r\n354 go\r\n");
    EXPECT_EQ(events_, "sent\nfailed malformed\n") << "and before RCPT";
}

TEST_F(SmtpClientTest, it_is_not_ready_once_it_has_failed) {
    begin();
    hears("220 x\r\n");
    hears("250 x\r\n250 and\r\n");
    EXPECT_EQ(events_, "failed malformed\n");
}

TEST_F(SmtpClientTest, a_354_where_it_has_no_place_is_a_failure) {
    greet("CHUNKING PIPELINING");
    send(envelope(1));
    hears("250 ok\r\n250 ok\r\n");
    body("x\r\n");
    hears("354 go\r\n");
    EXPECT_EQ(events_, "body\nsent\nfailed malformed\n");
    greet("");
    send(envelope(1));
    hears("354 go\r\n");
    EXPECT_EQ(events_, "sent\nfailed malformed\n");
}

TEST_F(SmtpClientTest, a_250_to_data_is_a_failure) {
    greet("PIPELINING");
    send(envelope(1));
    hears("250 ok\r\n250 ok\r\n250 ok\r\n");
    EXPECT_EQ(events_, "sent\nfailed malformed\n");
}

TEST_F(SmtpClientTest, a_421_at_any_step_is_told_for_every_recipient) {
    greet("PIPELINING");
    send(envelope(2));
    hears("250 ok\r\n550 no\r\n421 4.3.2 down\r\n");
    EXPECT_EQ(sent_, "550 no\n421 4.3.2 down\n");
    EXPECT_EQ(events_, "sent\nfailed unavailable\n");
}

TEST_F(SmtpClientTest, a_refusal_in_the_middle_of_the_text_counts) {
    greet("PIPELINING");
    send(envelope(1));
    hears("250 ok\r\n250 ok\r\n354 go\r\n");
    client_->push_body(as_bytes("x\r\n"));
    output();
    hears("554 5.6.0 enough\r\n");
    EXPECT_EQ(sent_, "554 5.6.0 enough\n");
    EXPECT_EQ(events_, "body\nsent\nfailed denied\n");
    EXPECT_EQ(body("more"), "");
}

// ---- refusals

TEST_F(SmtpClientTest, a_refused_sender_is_the_reason_for_all_and_the_connection_lives) {
    for (const char* extensions : {"", "PIPELINING", "PIPELINING CHUNKING"}) {
        greet(extensions);
        send(envelope(2));
        std::string said = hears("550 5.7.1 not you\r\n");
        if (*extensions != '\0')
            said = hears("503 what\r\n503 what\r\n");
        if (extensions == std::string("PIPELINING"))
            said = hears("503 what\r\n");
        EXPECT_EQ(said, "RSET\r\n") << extensions;
        EXPECT_EQ(sent_, "550 5.7.1 not you\n550 5.7.1 not you\n");
        hears("250 ok\r\n");
        EXPECT_EQ(events_, "sent\nready\n");
    }
}

TEST_F(SmtpClientTest, text_for_nobody_is_a_dot) {
    greet("PIPELINING");
    send(envelope(1));
    EXPECT_EQ(hears("250 ok\r\n550 5.1.1 no\r\n354 go\r\n"), ".\r\n");
    hears("554 5.5.1 nobody\r\n");
    EXPECT_EQ(sent_, "550 5.1.1 no\n");
    EXPECT_EQ(events_, "sent\nready\n");
}

TEST_F(SmtpClientTest, a_refused_chunk_ends_the_text) {
    greet("PIPELINING CHUNKING");
    send(envelope(1));
    hears("250 ok\r\n250 ok\r\n");
    client_->push_body(as_bytes("x\r\n"));
    client_->push_body(as_bytes("y\r\n"));
    output();
    hears("552 5.3.4 too large\r\n");
    EXPECT_FALSE(client_->wants_body());
    EXPECT_EQ(hears("503 rset\r\n"), "RSET\r\n");
    EXPECT_EQ(sent_, "552 5.3.4 too large\n");
    hears("250 ok\r\n");
    EXPECT_EQ(events_, "body\nsent\nready\n");
}

TEST_F(SmtpClientTest, a_server_that_cannot_forget_is_left) {
    greet("");
    send(envelope(1));
    hears("550 no\r\n");
    hears("500 rset?\r\n");
    EXPECT_EQ(events_, "sent\nfailed malformed\n");
}

TEST(SmtpReply, multi_line_replies_are_read_and_written) {
    const Reply reply{550, "5.7.1", "one\ntwo"};
    const std::string wire = format_reply(reply);
    EXPECT_EQ(wire, "550-5.7.1 one\r\n550 5.7.1 two\r\n");
    ReplyReader reader;
    ByteView in = as_bytes(wire);
    const auto read = reader.read(in);
    ASSERT_TRUE(read && *read);
    EXPECT_EQ(**read, reply);
    EXPECT_TRUE(in.empty());
    ByteView bare = as_bytes("250\r\n");
    EXPECT_EQ((*reader.read(bare))->code, 250);
}

TEST(SmtpReply, what_is_written_is_lines_of_512_octets_without_control_characters) {
    const std::string wire =
        format_reply({550, "5.7.1", std::string(1000, 'x') + "\n\r\n250 ok\r\x1b[2J\xC3\xBC"});
    for (std::size_t at = 0; at < wire.size();) {
        const std::size_t end = wire.find("\r\n", at);
        ASSERT_NE(end, std::string::npos);
        EXPECT_LE(end + 2 - at, 512U);
        EXPECT_EQ(wire.substr(at, 3), "550");
        at = end + 2;
    }
    EXPECT_EQ(wire.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace kith::smtp
