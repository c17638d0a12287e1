#include "delivery/new_threads.h"

#include <boost/json/serialize.hpp>

#include "base/text.h"
#include "delivery/challenge.h"
#include "trust/fan_out_breaker.h"

namespace kith {
namespace {
namespace json = boost::json;

std::string breaker_key(AccountId account) {
    return "fan-out/" + std::to_string(account);
}

std::string threads_key(AccountId account) {
    return "threads-an-hour/" + std::to_string(account);
}

FanOutBreaker breaker_of(ReadTransaction& read, AccountId account) {
    const auto breaker = parse_fan_out(read.value(breaker_key(account)).value_or(""));
    return breaker ? *breaker : FanOutBreaker();
}

void put_breaker(WriteTransaction& write, AccountId account, const FanOutBreaker& breaker) {
    write.put_value(breaker_key(account), write_fan_out(breaker));
}

}  // namespace

std::optional<MessageRecord> answered_by(ReadTransaction& read,
                                         AccountId account,
                                         const Stub& stub) {
    if (!stub.answers)
        return std::nullopt;
    MessageFilter filter;
    filter.stub_id = stub.answers;
    filter.limit = 8;
    for (const MessageId id : read.messages(account, filter).ids) {
        auto answered = read.message(account, id);
        if (answered && answered->from == stub.to.address.text() &&
            answered->tier != MessageTier::own)
            return answered;
    }
    return std::nullopt;
}

bool begins_thread(ReadTransaction& read, AccountId account, const Stub& stub, Time now) {
    if (stub.to.address == stub.from)
        return false;
    const auto answered = answered_by(read, account, stub);
    return !answered || answered->received_at < now - kAnswerable;
}

std::optional<std::uint64_t> threads_an_hour(ReadTransaction& read, AccountId account) {
    const auto number = parse_decimal(read.value(threads_key(account)).value_or(""));
    return number ? std::optional(*number) : std::nullopt;
}

void set_threads_an_hour(WriteTransaction& write,
                         AccountId account,
                         std::optional<std::uint64_t> number) {
    write.put_value(threads_key(account), number ? std::to_string(*number) : "");
}

Begin begin_threads(WriteTransaction& write,
                    AccountId account,
                    std::uint64_t recipients,
                    std::uint64_t an_hour,
                    Time now) {
    if (recipients == 0)
        return Begin::go;
    if (is_challenged(write, account, now))
        return Begin::challenged;
    FanOutBreaker breaker = breaker_of(write, account);
    const std::uint64_t unasked = threads_an_hour(write, account).value_or(an_hour);
    if (breaker.take(recipients, now, unasked) == FanOutBreaker::Answer::step_up)
        return Begin::unconfirmed;
    put_breaker(write, account, breaker);
    return Begin::go;
}

void count_confirmed(WriteTransaction& write,
                     AccountId account,
                     std::uint64_t recipients,
                     Time now) {
    FanOutBreaker breaker = breaker_of(write, account);
    breaker.confirm(recipients, now);
    // What was used of the hour leaves at least what was just confirmed.
    breaker.take(recipients, now);
    put_breaker(write, account, breaker);
}

std::string waiting_answer(Begin why) {
    const bool challenged = why == Begin::challenged;
    return json::serialize(json::object{
        {"type", challenged ? "challenged" : "unconfirmed"},
        {"detail",
         challenged
             ? "several people say that somebody else writes as you: it waits until you have "
               "shown that it is you"
             : "waiting for confirmation: these are many new threads for one hour"}});
}

Result<void> note_sent(WriteTransaction& write,
                       AccountId account,
                       const std::string& note,
                       Time now) {
    const auto parsed = TRY(SignedNote::parse(note));
    const auto stub = TRY(parse_stub(parsed));
    write.put_sent_stub({.hash = parsed.hash(),
                         .account = account,
                         .stub_id = stub.id,
                         .address = stub.to.address.text(),
                         .sent = now});
    return {};
}

}  // namespace kith
