// The text of messages, by DATA and by BDAT.
#include <string>
#include <utility>

#include "protocol/smtp_server.h"

namespace kith::smtp {
namespace {

/// Of a message that is too large, so many times the limit is read before the connection ends. Less
/// would keep the sender from hearing why.
constexpr std::uint64_t kPatience = 2;

const Reply kTooLarge{552, "5.3.4", "The message is larger than this server takes"};

Reply refusal_for(DataReader::Fault fault) {
    if (fault == DataReader::Fault::long_line)
        return {554, "5.6.0", "A line of the message is longer than 1000 octets"};
    return {554,
            "5.6.0",
            std::string("There is a ") + name_of(fault) +
                " in the message: lines end in CRLF (RFC 5321 section 2.3.8)"};
}

}  // namespace

bool Server::read_text() {
    if (rest().empty())
        return false;
    const std::size_t size = read_octets(as_bytes(rest()));
    const DataReader& reader = transaction_.reader;
    if (reader.lost_framing()) {
        violate(Violation::Kind::lost_framing, refusal_for(reader.fault()));
        return true;
    }
    taken_ += size;
    if (transaction_.octets > options_.limits.message_octets * kPatience)
        violate(Violation::Kind::too_long, kTooLarge);
    else if (reader.ended())
        text_ended();
    return true;
}

bool Server::read_chunk() {
    const std::string_view some = rest().substr(0, chunk_.left);
    if (some.empty() && chunk_.left > 0)
        return false;
    // How many octets come is known, whatever they are: a fault in them ends no connection.
    if (!transaction_.refusal)
        read_octets(as_bytes(some));
    taken_ += some.size();
    chunk_.left -= some.size();
    if (chunk_.left > 0)
        return true;
    DataReader& reader = transaction_.reader;
    if (chunk_.last && !transaction_.refusal) {
        reader.finish();
        if (reader.lost_framing())
            refuse_text(refusal_for(reader.fault()));
    }
    state_ = State::commands;
    if (chunk_.last && transaction_.open)
        text_ended();
    else if (transaction_.refusal)
        error(*transaction_.refusal);
    else
        say({250, "2.0.0", std::to_string(chunk_.size) + " octets received"});
    if (!transaction_.open)
        transaction_ = {};
    return true;
}

/// Text of the message; returns what the reader took.
std::size_t Server::read_octets(ByteView octets) {
    Transaction& now = transaction_;
    Bytes text;
    const std::size_t size = now.reader.read(octets, text);
    now.octets += text.size();
    if (now.refusal)
        return size;
    if (now.octets > options_.limits.message_octets)
        refuse_text(kTooLarge);
    else if (now.reader.fault() != DataReader::Fault::none)
        refuse_text(refusal_for(now.reader.fault()));
    else if (!text.empty())
        events_.emplace_back(DataPiece{std::move(text)});
    return size;
}

/// The rest of the text is thrown away.
void Server::refuse_text(const Reply& reply) {
    transaction_.refusal = reply;
    if (transaction_.open)
        events_.emplace_back(Reset{});
}

void Server::text_ended() {
    state_ = State::commands;
    if (!transaction_.refusal)
        return begin_wait(Waiting::end, DataEnd{});
    const Reply reply = *transaction_.refusal;
    transaction_ = {};
    error(reply);
}

}  // namespace kith::smtp
