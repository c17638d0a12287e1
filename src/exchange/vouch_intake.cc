#include "exchange/vouch_intake.h"

#include "exchange/answers.h"
#include "exchange/store_calls.h"
#include "protocol/delivery_body.h"

namespace kith {
namespace {

constexpr std::size_t kMostOctets = 8'192;

struct Asked {
    std::string ask;
    Hash introducer;
    Hash recipient;
};

Result<Asked> parse_asked(std::string_view octets) {
    Asked asked;
    for (const Part& part : TRY(parse_row(octets, vouch_rules()))) {
        if (part.name == "ask") {
            asked.ask = part.octets;
            continue;
        }
        const auto hash = parse_hash_hex(part.octets);
        if (!hash)
            return fail(ErrorKind::malformed, part.name, "not 64 lower-case hex digits");
        (part.name == "introducer" ? asked.introducer : asked.recipient) = *hash;
    }
    return asked;
}

}  // namespace

awaitable<HttpResponse> VouchIntake::take(std::shared_ptr<HttpRequest> request) {
    const auto body = co_await request->body->read_all(kMostOctets);
    if (!body)
        co_return problem_answer(body.error());
    const auto asked = parse_asked(as_text(*body));
    if (!asked)
        co_return problem_answer(asked.error());
    const auto vouch = co_await give(asked->ask, asked->introducer, asked->recipient);
    if (!vouch && vouch.error().kind == ErrorKind::not_found)
        co_return problem_answer(Problem::not_found);
    if (!vouch)
        co_return problem_answer(vouch.error());
    co_return text_response(200, "text/plain; charset=utf-8", vouch->octets());
}

awaitable<Result<std::vector<NamedKey>>> VouchIntake::keys_of(std::string domain) {
    std::vector<NamedKey> keys;
    std::vector<PublicKey> all = services_.own_keys;
    if (domain != services_.domain) {
        const auto peer = co_await services_.peers.find(domain);
        if (!peer)
            co_return peer.error();
        all = (*peer)->record.keys;
    }
    for (const PublicKey& key : all)
        keys.push_back({domain, key});
    co_return keys;
}

awaitable<Result<SignedNote>> VouchIntake::give(std::string ask, Hash introducer, Hash recipient) {
    const SignedNote note = CO_TRY(SignedNote::parse(ask));
    const Time now = services_.clock.now();
    VouchRequest request{
        .ask = CO_TRY(parse_ask(note)), .introducer = introducer, .recipient = recipient};
    CO_TRY(check_times(request.ask, now));
    const auto keys = CO_TRY(co_await keys_of(request.ask.from.domain()));
    CO_TRY(verify_note(note, keys));
    std::string text;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        text = write_vouch(TRY(give_vouch(request, services_.domain, write, now)));
        return {};
    };
    CO_TRY(co_await write_store(&services_.store, std::move(work), Store::Adds::yes));
    co_return SignedNote::sign(text, services_.domain, services_.domain_key);
}

}  // namespace kith
