#include "kith/open_calls.h"

#include "kith/json_access.h"
#include "protocol/delivery_body.h"
#include "protocol/problem.h"

namespace kith {
namespace {

constexpr std::size_t kMostCards = 4'096 + 64;

Result<HttpReply> ask_server(Network& network,
                             const HttpOrigin& origin,
                             const Address& address,
                             HttpCall call) {
    auto reply = TRY(network.request(origin, std::move(call)));
    if (reply.status == 404)
        return fail(
            ErrorKind::not_found, address.text(), "there is no such account: check the address");
    return reply;
}

}  // namespace

Result<Chain> fetch_chain(Network& network, const HttpOrigin& origin, const Address& address) {
    std::vector<SignedCard> cards;
    for (bool more = true; more && cards.size() < kMostCards;) {
        HttpCall call;
        call.path = "/kith/1/cards/" + address.text() + "?from=" + std::to_string(cards.size() + 1);
        call.reply_limit = std::size_t{5} << 20;
        const auto reply = TRY(ask_server(network, origin, address, std::move(call)));
        if (reply.status != 200)
            return fail(ErrorKind::unavailable,
                        address.domain(),
                        "answered " + std::to_string(reply.status) + ": try again later");
        const auto row = TRY(parse_card_row(as_text(reply.body)));
        for (const std::string& note : row)
            cards.push_back(TRY(read_card(std::string_view(note))));
        more = row.size() == kMaxCardsInRow;
    }
    if (cards.empty())
        return fail(ErrorKind::not_found, address.text(), "has no card");
    const Hash root = cards.front().root();
    return TRY(resolve(std::move(cards), root)).chain;
}

Result<PostedCard> post_card(Network& network, const HttpOrigin& origin, const SignedCard& card) {
    HttpCall call;
    call.method = "POST";
    call.path = "/kith/1/cards";
    call.headers = {{"content-type", "text/plain; charset=utf-8"}};
    call.body = to_bytes(card.note.octets());
    call.repeat = Repeat::allowed;
    const Address& address = card.card.address;
    const auto reply = TRY(ask_server(network, origin, address, std::move(call)));
    if (reply.status == 201)
        return PostedCard();
    if (reply.status == 202) {
        const auto answer = TRY(parse_json_object(as_text(reply.body)));
        return PostedCard{.state = PostedCard::State::waits,
                          .have = static_cast<std::uint64_t>(number_at(answer, "signatures")),
                          .needed = static_cast<std::uint64_t>(number_at(answer, "needed"))};
    }
    const auto problem = answer_problem(as_text(reply.body), static_cast<int>(reply.status));
    return fail(
        reply.status == 429 || reply.status >= 500 ? ErrorKind::unavailable : ErrorKind::denied,
        address.domain(),
        "did not take the card: " + (problem.detail.empty() ? problem.title : problem.detail));
}

}  // namespace kith
