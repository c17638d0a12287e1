#include "exchange/public_http.h"

#include "base/text.h"
#include "exchange/answers.h"
#include "exchange/store_calls.h"
#include "exchange/stored_body.h"
#include "protocol/url_text.h"

namespace kith {
namespace {

constexpr std::string_view kWellKnown = "/.well-known/kith";
constexpr std::string_view kCards = "/kith/1/cards/";
constexpr std::string_view kDeliveries = "/kith/1/deliveries";
constexpr std::string_view kBlobs = "/kith/1/blobs/";
constexpr std::string_view kNotes = "/kith/1/notes";
constexpr std::string_view kLog = "/kith/1/log/";
constexpr std::string_view kWitness = "/kith/1/witness/";
constexpr std::string_view kAddCheckpoint = "/kith/1/witness/add-checkpoint";
constexpr std::string_view kVouches = "/kith/1/vouches";
constexpr std::string_view kNoteType = "text/plain; charset=utf-8";
constexpr std::uint64_t kMostSerial = UINT32_MAX;

struct CardsAsked {
    Address address;
    std::optional<std::uint64_t> from;  ///< the chain from that serial on; else the newest alone
    enum class Proof { no, yes } proof = Proof::no;
};

Result<CardsAsked> read_question(const HttpRequest& request) {
    const auto pieces = path_behind(request.path, kCards);
    if (!pieces || pieces->size() != 1)
        return fail(ErrorKind::malformed, "address");
    CardsAsked asked{TRY(Address::parse(pieces->front())), {}, {}};
    if (const auto from = TRY(query_parameter(request.query, "from"))) {
        const auto serial = parse_decimal(*from, kMostSerial);
        if (!serial)
            return fail(ErrorKind::malformed, "from", "is not a serial");
        asked.from = *serial;
    }
    if (const auto proof = TRY(query_parameter(request.query, "proof"))) {
        if (*proof != "1")
            return fail(ErrorKind::malformed, "proof", "is not 1");
        asked.proof = CardsAsked::Proof::yes;
    }
    return asked;
}

Result<std::vector<std::string>> chain_from(ReadTransaction& read,
                                            const Hash& root,
                                            const Address& address,
                                            std::uint64_t from) {
    std::vector<SignedCard> cards;
    for (const CardRecord& record : read.cards(root))
        cards.push_back(TRY(read_card(record.note)));
    const Resolution resolution = TRY(resolve(std::move(cards), root));
    std::vector<std::string> row;
    // The chain may go on elsewhere: here it is that of this address.
    auto line = resolution.chain.line();
    while (line.size() > 1 && line.back()->card.address != address)
        line.pop_back();
    for (const SignedCard* card : line)
        if (card->card.serial >= from && row.size() < kMaxCardsInRow)
            row.push_back(card->note.octets());
    // What disputes the account stands behind the line: it is told, wherever the asker begins.
    const auto all = resolution.chain.evidence();
    for (const SignedCard* card : std::span(all).subspan(resolution.chain.line().size()))
        if (row.size() < kMaxCardsInRow)
            row.push_back(card->note.octets());
    return row;
}

Result<std::string> answer_cards(ReadTransaction& read, OwnLog& log, const CardsAsked& asked) {
    const auto account = read.account(asked.address.text());
    if (!account || account->state != AccountRecord::State::active)
        return fail(ErrorKind::not_found, "address", "there is no such account");
    const auto newest = read.card(account->card);
    if (!newest)
        return fail(ErrorKind::internal, "card", "the account has none");
    if (!asked.from && asked.proof == CardsAsked::Proof::no)
        return newest->note;
    ProvenCards row{{newest->note}, std::nullopt};
    if (asked.from)
        row.cards = TRY(chain_from(read, account->root, asked.address, *asked.from));
    if (asked.proof == CardsAsked::Proof::no)
        return write_card_row(row.cards);
    if (auto proof = log.proof(read, asked.address, newest->hash))
        row.proof = *std::move(proof);
    else if (proof.error().kind != ErrorKind::not_found)
        return std::move(proof).error();
    return write_proven_cards(row);
}

HttpResponse no_range(std::uint64_t total) {
    auto response = text_response(416, kNoteType, "The range is behind the end.\n");
    response.headers.add("content-range", "bytes */" + std::to_string(total));
    return response;
}

}  // namespace

std::string_view PublicHttp::route_of(std::string_view path) {
    if (path == kWellKnown)
        return "well-known";
    if (path.starts_with(kCards))
        return "cards";
    if (path == kDeliveries)
        return "deliveries";
    if (path.starts_with(kBlobs))
        return "blobs";
    if (path == kNotes)
        return "notes";
    if (path.starts_with(kLog))
        return "log";
    if (path == kAddCheckpoint)
        return "add-checkpoint";
    if (path.starts_with(kWitness))
        return "witness";
    if (path == kVouches)
        return "vouches";
    return {};
}

awaitable<HttpResponse> PublicHttp::handle(std::shared_ptr<HttpRequest> request) {
    const std::string_view route = route_of(request->path);
    const bool posts = route == "deliveries" || route == "notes" || route == "add-checkpoint" ||
                       route == "vouches";
    if (request->method != (posts ? "POST" : "GET"))
        co_return wrong_method_answer(posts ? "POST" : "GET");
    if (route == "deliveries")
        co_return co_await services_.deliveries.take(std::move(request));
    if (route == "notes")
        co_return co_await services_.notes.take(std::move(request));
    if (route == "vouches")
        co_return co_await services_.vouches.take(std::move(request));
    if (route == "cards")
        co_return co_await give_cards(std::move(request));
    if (route == "blobs")
        co_return co_await give_blob(std::move(request));
    if (route == "add-checkpoint")
        co_return co_await services_.witness.add_checkpoint(std::move(request));
    if (route == "witness")
        co_return co_await give_witnessed(std::move(request));
    if (route == "log")
        co_return co_await give_log(std::move(request));
    if (route == "well-known")
        co_return text_response(200, kNoteType, services_.record + "\n");
    co_return problem_answer(Problem::not_found);
}

awaitable<HttpResponse> PublicHttp::give_cards(std::shared_ptr<HttpRequest> request) {
    const auto asked = read_question(*request);
    if (!asked)
        co_return problem_answer(Problem::malformed,
                                 asked.error().where + ": " + asked.error().detail);
    if (asked->address.domain() != services_.domain)
        co_return problem_answer(Problem::no_such_account);
    auto ask = [&](ReadTransaction& read) { return answer_cards(read, services_.log, *asked); };
    const auto cards = co_await ask_store(services_.store, services_.workers, std::move(ask));
    if (!cards && cards.error().kind == ErrorKind::not_found)
        co_return problem_answer(Problem::no_such_account);
    if (!cards)
        co_return problem_answer(cards.error());
    auto response = text_response(200, kNoteType, *cards);
    response.headers.add("cache-control", "no-cache");
    co_return response;
}

awaitable<HttpResponse> PublicHttp::give_blob(std::shared_ptr<HttpRequest> request) {
    const auto named = parse_hash_hex(std::string_view(request->path).substr(kBlobs.size()));
    if (!named)
        co_return problem_answer(Problem::malformed, "HASH: 64 lower-case hex digits");
    const Hash& hash = *named;
    auto ask = [&](ReadTransaction& read) -> Result<std::optional<BlobPlace>> {
        if (!read.blob_is_offered(hash, services_.clock.now()))
            return std::optional<BlobPlace>();
        return read.blob(hash);
    };
    const auto place = co_await ask_store(services_.store, services_.workers, std::move(ask));
    if (!place)
        co_return problem_answer(place.error());
    if (!*place)
        co_return problem_answer(Problem::not_found);
    const std::uint64_t total = (*place)->size;
    HttpResponse response{.status = 200,
                          .headers = {{"content-type", "application/octet-stream"},
                                      {"cache-control", "immutable, max-age=86400"},
                                      {"accept-ranges", "bytes"}},
                          .body = {}};
    if (total == 0)
        co_return response;
    const auto range = parse_range(request->headers.find("range").value_or(""), total);
    if (!range)
        co_return no_range(total);
    if (*range) {
        response.status = 206;
        response.headers.add("content-range", (*range)->text(total));
    }
    response.body = std::make_shared<StoredBody>(services_.store,
                                                 services_.workers,
                                                 hash,
                                                 **place,
                                                 range->value_or(ByteRange{0, total - 1}));
    co_return response;
}

}  // namespace kith
