// recover: a new machine and the phrase; all other devices are revoked (protocol section 3.1).
#include <algorithm>

#include "base/text.h"
#include "identity/recovery_phrase.h"
#include "kith/commands.h"
#include "kith/own_card.h"
#include "kith/since.h"
#include "protocol/delivery_body.h"
#include "protocol/problem.h"

namespace kith {
namespace {

constexpr std::size_t kMostCards = 4'096 + 64;

Result<HttpReply> ask_server(NewHome& home, HttpCall call) {
    auto reply = TRY(home.network().request(home.origin(), std::move(call)));
    if (reply.status == 404)
        return fail(ErrorKind::not_found,
                    home.config().address.text(),
                    "there is no such account: check the address");
    return reply;
}

// The cards as the server has them, before there is a session.
Result<Chain> fetch_chain(NewHome& home) {
    std::vector<SignedCard> cards;
    for (bool more = true; more && cards.size() < kMostCards;) {
        HttpCall call;
        call.path = "/kith/1/cards/" + home.config().address.text() +
                    "?from=" + std::to_string(cards.size() + 1);
        call.reply_limit = std::size_t{5} << 20;
        const auto reply = TRY(ask_server(home, std::move(call)));
        if (reply.status != 200)
            return fail(ErrorKind::unavailable,
                        home.config().address.domain(),
                        "answered " + std::to_string(reply.status) + ": try again later");
        const auto row = TRY(parse_card_row(as_text(reply.body)));
        for (const std::string& note : row)
            cards.push_back(TRY(read_card(std::string_view(note))));
        more = row.size() == kMaxCardsInRow;
    }
    if (cards.empty())
        return fail(ErrorKind::not_found, home.config().address.text(), "has no card");
    const Hash root = cards.front().root();
    return TRY(resolve(std::move(cards), root)).chain;
}

// Names are never used again: laptop, laptop-2, …
std::string free_device_name(const Card& card, const std::string& wanted) {
    const auto taken = [&](const std::string& name) {
        return card.device(std::string_view(name)) != nullptr ||
               std::ranges::find(card.revoked, name, &RevokedDevice::name) != card.revoked.end();
    };
    std::string name = wanted;
    for (int i = 2; taken(name); ++i)
        name = wanted.substr(0, 28) + "-" + std::to_string(i);
    return name;
}

struct Recovery {
    Card next;
    SigningKey key;
};

// Every device goes, this one comes; T0 makes it a theft.
Result<Recovery> build(NewHome& home,
                       const Chain& chain,
                       const Mnemonic& phrase,
                       std::optional<Time> since,
                       Time now) {
    const Card& before = chain.current().card;
    const auto number = find_recovery_key(phrase, before.recovery);
    if (!number)
        return fail(ErrorKind::untrusted,
                    "recovery phrase",
                    "is not the one that the card of " + before.address.text() + " commits to");
    home.config().device = free_device_name(before, home.config().device);
    CardBuilder builder = CardBuilder::after(chain.current(), now);
    for (const CardDevice& device : before.devices)
        TRY(builder.remove_device(device.name,
                                  since.value_or(now),
                                  since ? RevocationReason::compromised : RevocationReason::lost));
    builder.add_device(home.keys().as_device(home.config().device),
                       CardBuilder::Admission::confirmed);
    builder.thaw();
    SigningKey key = recovery_key_of(phrase, *number);
    const SigningKey after = recovery_key_of(phrase, *number + 1);
    builder.recover(key.public_key(), recovery_commitment(after.public_key()));
    return Recovery{builder.card(), std::move(key)};
}

Result<void> post_card(NewHome& home, const SignedCard& card) {
    HttpCall call;
    call.method = "POST";
    call.path = "/kith/1/cards";
    call.headers = {{"content-type", "text/plain; charset=utf-8"}};
    call.body = to_bytes(card.note.octets());
    call.repeat = Repeat::allowed;
    const auto reply = TRY(ask_server(home, std::move(call)));
    if (reply.status == 201)
        return {};
    const auto problem = answer_problem(as_text(reply.body), static_cast<int>(reply.status));
    return fail(
        reply.status == 429 || reply.status >= 500 ? ErrorKind::unavailable : ErrorKind::denied,
        home.config().address.domain(),
        "did not take the card: " + (problem.detail.empty() ? problem.title : problem.detail));
}

void report(const Terminal& terminal, const NewHome& home, const Chain& chain, const Card& next) {
    const Card& before = chain.current().card;
    json::array revoked;
    std::string names;
    for (const CardDevice& device : before.devices) {
        revoked.emplace_back(device.name);
        names += (names.empty() ? "" : ", ") + device.name;
    }
    if (terminal.json) {
        print_json({{"address", next.address.text()},
                    {"device", home.config().device},
                    {"revoked", revoked},
                    {"since", format_time(next.revoked.back().since)},
                    {"serial", next.serial}});
        return;
    }
    print_line(next.address.text() + " is yours again, on " + home.config().device +
               "; revoked since " + format_time(next.revoked.back().since) + ": " + names);
    print_line(
        "Your phrase stays good: the card commits to its next key. Old mail was sealed to the old "
        "devices; `kith import` brings it back from an export.");
}

}  // namespace

Outcome run_recover(const std::filesystem::path& folder,
                    const Terminal& terminal,
                    const RecoverWish& wish) {
    const auto made = TRY(NewHome::begin(folder, wish.home));
    NewHome& home = *made;
    const Time now = SystemClock().now();
    std::optional<Time> since;
    if (!wish.since.empty())
        since = TRY(parse_since(wish.since, now));
    const Chain chain = TRY(fetch_chain(home));
    // An earlier attempt got through, but its answer was lost.
    if (const auto* device = chain.current().card.device(home.keys().signing.public_key())) {
        home.config().device = device->name;
        TRY(home.complete());
        print_notice("this machine is a device of the account already, as " + device->name);
        return ExitCode::done;
    }
    const Mnemonic phrase = TRY(read_phrase(wish.phrase));
    const Recovery recovery = TRY(build(home, chain, phrase, since, now));
    const CardSigner signer{"", recovery.key};
    const SignedCard card = TRY(sign_card(recovery.next, std::span(&signer, 1)));
    TRY(verify_next(chain.current(), card));
    TRY(post_card(home, card));
    TRY(home.complete());
    report(terminal, home, chain, recovery.next);
    return ExitCode::done;
}

}  // namespace kith
