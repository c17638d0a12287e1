// For tests and fuzz targets: the sending machine talks to the receiving one in memory, its octets
// cut as somebody chooses.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/smtp_client.h"
#include "protocol/smtp_server.h"

namespace kith::smtp::testing {

struct PairMessage {
    std::vector<std::string> to;
    std::string text;
    friend bool operator==(const PairMessage&, const PairMessage&) = default;
};

/// How the octets go, and what of the server's offers the client does not see.
struct PairWays {
    /// How many of `there` octets go at once; 1 to `there`.
    std::function<std::size_t(std::size_t there)> cut = [](std::size_t there) { return there; };
    std::vector<std::string> hidden;  ///< "CHUNKING"
    std::size_t body_piece = 1000;    ///< of the text, given to the client at once
    ServerOptions server;
    ClientOptions client;
};

/// Sends the messages one after the other over one connection. A recipient "no…" is refused.
class Pair {
  public:
    explicit Pair(PairWays ways)
        : ways_(named(std::move(ways))), server_(ways_.server), client_(ways_.client) {}

    void send(std::vector<PairMessage> messages) {
        messages_ = std::move(messages);
        while (step()) {
        }
        client_.closed();
        client_events();
    }

    std::vector<PairMessage> arrived;
    std::vector<Sent> sent;
    std::vector<Violation> violations;
    std::optional<Failed> failed;
    bool closed = false;

  private:
    static PairWays named(PairWays ways) {
        ways.server.host_name = "two.test";
        ways.client.host_name = "one.test";
        return ways;
    }

    bool step() {
        bool busy = client_events();
        busy = server_events() || busy;
        busy = give_body() || busy;
        to_server_ += as_text(client_.take_output());
        to_client_ += without_hidden(to_text(server_.take_output()));
        if (!to_server_.empty() && server_.wants_input())
            busy = true, server_.feed(as_bytes(take(to_server_)));
        if (!to_client_.empty() && !client_.finished())
            busy = true, client_.feed(as_bytes(take(to_client_)));
        return busy;
    }
    std::string take(std::string& from) {
        const std::size_t size = ways_.cut(from.size());
        std::string some = from.substr(0, size);
        from.erase(0, size);
        return some;
    }
    std::string without_hidden(std::string text) const {
        for (const std::string& keyword : ways_.hidden)
            for (const std::string& line : {"250-" + keyword + "\r\n"})
                if (const std::size_t at = text.find(line); at != std::string::npos)
                    text.erase(at, line.size());
        return text;
    }

    bool client_events() {
        bool any = false;
        while (auto event = client_.next_event()) {
            any = true;
            if (std::holds_alternative<Ready>(*event)) {
                begin_next();
            } else if (std::holds_alternative<BodyWanted>(*event)) {
                given_ = 0;
                giving_ = true;
            } else if (auto* done = std::get_if<Sent>(&*event)) {
                giving_ = false;
                sent.push_back(std::move(*done));
            } else if (auto* failure = std::get_if<Failed>(&*event)) {
                failed = std::move(*failure);
            } else if (std::holds_alternative<StartTlsNow>(*event)) {
                tls_at_client_ = true;
            } else {
                closed = true;
            }
        }
        if (tls_at_client_ && tls_at_server_) {
            tls_at_client_ = tls_at_server_ = false;
            server_.tls_established(ClientCertificate::absent);
            client_.tls_established();
            any = true;
        }
        return any;
    }
    void begin_next() {
        if (next_ == messages_.size())
            return client_.quit();
        Envelope envelope;
        envelope.from = *Mailbox::parse("a@one.test", Utf8::refused);
        for (const std::string& to : messages_[next_].to)
            envelope.to.push_back({*Mailbox::parse(to, Utf8::allowed), {}});
        ++next_;
        client_.send(std::move(envelope));
    }
    bool give_body() {
        if (!giving_ || !client_.wants_body())
            return false;
        const std::string& text = messages_[next_ - 1].text;
        if (given_ < text.size()) {
            const std::string some = text.substr(given_, ways_.body_piece);
            given_ += some.size();
            client_.push_body(as_bytes(some));
        } else {
            giving_ = false;
            client_.end_body();
        }
        return true;
    }

    bool server_events() {
        bool any = false;
        while (auto event = server_.next_event()) {
            any = true;
            if (std::holds_alternative<Mail>(*event) || std::holds_alternative<Reset>(*event))
                coming_ = {};
            else if (auto* piece = std::get_if<DataPiece>(&*event))
                coming_.text += as_text(piece->bytes);
            else if (std::holds_alternative<DataEnd>(*event))
                arrived.push_back(std::exchange(coming_, {}));
            else if (std::holds_alternative<StartTls>(*event))
                tls_at_server_ = true;
            else if (auto* violation = std::get_if<Violation>(&*event))
                violations.push_back(*violation);
            if (server_.waits_for_answer())
                answer(*event);
        }
        return any;
    }
    void answer(const ServerEvent& event) {
        const auto* to = std::get_if<Recipient>(&event);
        if (to != nullptr && to->to.local().starts_with("no"))
            return server_.reject({550, "5.1.1", "Nobody of that name"});
        if (to != nullptr)
            coming_.to.push_back(to->to.text());
        server_.accept();
    }

    PairWays ways_;
    Server server_;
    Client client_;
    std::vector<PairMessage> messages_;
    std::size_t next_ = 0;
    std::size_t given_ = 0;
    bool giving_ = false;
    bool tls_at_client_ = false;
    bool tls_at_server_ = false;
    PairMessage coming_;
    std::string to_server_;
    std::string to_client_;
};

}  // namespace kith::smtp::testing
