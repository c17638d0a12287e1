#include "exchange/card_lookup.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/text.h"
#include "delivery/card_news.h"
#include "exchange/store_calls.h"
#include "protocol/delivery_body.h"
#include "protocol/problem.h"

namespace kith {
namespace {

constexpr Seconds kLately{20};
constexpr std::size_t kMostLately = 1'000;
constexpr std::size_t kReplyLimit = std::size_t{5} << 20;  // 64 cards of 64 KiB, and a little
constexpr std::size_t kMostCards = 1'024;
constexpr int kProofAttempts = 5;
constexpr Milliseconds kProofWait{500};

// Everything known of the person, in the order in which it became known; the asked one must stand.
Result<FetchedChain> verify(const std::vector<std::string>& notes,
                            const std::vector<CardRecord>& known,
                            const Address& address,
                            const Peer& peer,
                            Time now) {
    std::vector<SignedCard> cards;
    cards.reserve(known.size() + notes.size());
    for (const CardRecord& record : known)
        cards.push_back(TRY(read_card(record.note)));
    Hash root;
    Hash newest;
    for (const std::string& note : notes) {
        SignedCard card = TRY(read_card(note));
        if (&note == &notes.front())
            root = card.root();
        newest = card.hash;
        if (std::ranges::find(cards, card.hash, &SignedCard::hash) == cards.end())
            cards.push_back(std::move(card));
    }
    Resolution resolution = TRY(resolve(std::move(cards), root));
    const SignedCard* last = resolution.chain.find(newest);
    if (last == nullptr)
        return fail(ErrorKind::untrusted, "card", "the newest one has no place in its chain");
    if (last->card.address != address)
        return fail(ErrorKind::untrusted, "card: address", "is another one than was asked for");
    // The signature of the domain is on the note that came now.
    const SignedCard listed = TRY(read_card(notes.back()));
    TRY(listed_by(listed, peer.record.keys));
    TRY(check_times(last->card, now));
    return FetchedChain{std::move(resolution.chain), peer.secure == Peer::Secure::yes, now};
}

Result<void> store_cards(const FetchedChain& fetched, WriteTransaction& write) {
    for (const SignedCard* card : fetched.chain.evidence())
        if (!write.card(card->hash))
            write.add_card({card->hash,
                            fetched.chain.root(),
                            card->card.address.text(),
                            static_cast<std::int64_t>(card->card.serial),
                            card->note.octets(),
                            fetched.fetched_at});
    return {};
}

}  // namespace

std::optional<FetchedChain> CardLookup::lately(const Address& address) {
    const std::scoped_lock lock(mutex_);
    const auto found = lately_.find(address);
    if (found == lately_.end() || found->second.fetched_at + kLately < clock_.now())
        return std::nullopt;
    return found->second;
}

void CardLookup::keep(const Address& address, const FetchedChain& chain) {
    const std::scoped_lock lock(mutex_);
    if (lately_.size() >= kMostLately)
        lately_.clear();
    lately_.insert_or_assign(address, chain);
}

awaitable<Result<FetchedChain>> CardLookup::fetch(Address address) {
    if (auto known = lately(address))
        co_return *std::move(known);
    co_return co_await fetch_now(std::move(address));
}

awaitable<Result<FetchedChain>> CardLookup::fetch_now(Address address) {
    const auto peer = CO_TRY(co_await peers_.find(address.domain()));
    const auto proven = CO_TRY(co_await ask_proven(peer, address));
    const std::vector<std::string>& notes = proven.cards;
    const Time now = clock_.now();
    auto check = [&](ReadTransaction& read) -> Result<FetchedChain> {
        const SignedCard first = TRY(read_card(notes.front()));
        return verify(notes, read.cards(first.root()), address, *peer, now);
    };
    auto fetched = CO_TRY(co_await ask_store(store_, workers_, std::move(check)));
    std::vector<TakenBack> taken;
    auto put = [&](WriteTransaction& write) -> Result<void> {
        TRY(store_cards(fetched, write));
        taken = TRY(heed_card(fetched.chain, write, now));
        return {};
    };
    CO_TRY(co_await write_store(&store_, std::move(put), Store::Adds::yes));
    for (const TakenBack& each : taken)
        if (changed_)
            changed_(each.account, types_taken_back(), each.state);
    keep(address, fetched);
    co_return fetched;
}

// A new card has no proof before its log's next checkpoint, which may come in a moment.
awaitable<Result<ProvenCards>> CardLookup::ask_proven(PeerPtr peer, Address address) {
    for (int attempt = 1;; ++attempt) {
        auto asked = CO_TRY(co_await ask(peer, address));
        if (asked.cards.empty())
            co_return fail(ErrorKind::malformed, "cards", "none came");
        const SignedCard newest = CO_TRY(read_card(asked.cards.back()));
        const auto admitted =
            co_await logs_.admit(peer, {address, newest.root(), newest.hash, asked.proof});
        if (admitted)
            co_return asked;
        if (admitted.error().kind != ErrorKind::not_found)
            co_return admitted.error();
        if (attempt == kProofAttempts)
            co_return fail(ErrorKind::unavailable, admitted.error().where, admitted.error().detail);
        boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, kProofWait);
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
}

// A long chain comes in several answers.
awaitable<Result<ProvenCards>> CardLookup::ask(PeerPtr peer, Address address) {
    ProvenCards all;
    while (all.cards.size() < kMostCards) {
        HttpCall call;
        call.path = "/kith/1/cards/" + address.text() +
                    "?proof=1&from=" + std::to_string(all.cards.size() + 1);
        call.repeat = Repeat::allowed;
        call.deadline = timeout_;
        call.reply_limit = kReplyLimit;
        const auto reply = CO_TRY(co_await client_.request(peer->origin, std::move(call)));
        if (reply.status == 404)
            co_return fail(
                ErrorKind::not_found, "address", "there is no account " + address.text());
        if (reply.status != 200) {
            const auto problem =
                answer_problem(as_text(reply.body), static_cast<int>(reply.status));
            co_return fail(ErrorKind::unavailable,
                           "cards",
                           address.domain() + " answered " + std::to_string(reply.status) + " " +
                               problem.title);
        }
        auto row = CO_TRY(parse_proven_cards(as_text(reply.body)));
        const bool last = row.cards.size() < kMaxCardsInRow;
        std::ranges::move(row.cards, std::back_inserter(all.cards));
        all.proof = std::move(row.proof);
        if (last)
            co_return all;
    }
    co_return fail(ErrorKind::limit, "cards", "the chain is too long");
}

}  // namespace kith
