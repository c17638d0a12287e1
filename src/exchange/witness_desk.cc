#include "exchange/witness_desk.h"

#include "exchange/answers.h"
#include "exchange/store_calls.h"

namespace kith {
namespace {

constexpr std::string_view kOriginEnd = "/kith/1/log";

HttpResponse answer(const WitnessAnswer& said) {
    return text_response(static_cast<unsigned>(said.status), said.content_type, said.body);
}

HttpResponse malformed(const Error& error) {
    return text_response(
        400, "text/plain; charset=utf-8", error.where + ": " + error.detail + "\n");
}

// What is known of the log, as the machine wants it. A state that cannot be read is no state to
// cosign from.
Result<WitnessedLog> witnessed(const Peer& peer, const KnownLogRecord& known) {
    WitnessedLog log{log_keys(peer.domain, peer.record.log_keys), std::nullopt};
    if (!known.cosigned.empty())
        log.newest = TRY(read_checkpoint(known.cosigned));
    return log;
}

}  // namespace

awaitable<HttpResponse> WitnessDesk::add_checkpoint(std::shared_ptr<HttpRequest> request) {
    const auto body = co_await request->body->read_all(kMaxAddCheckpoint);
    if (!body)
        co_return problem_answer(body.error());
    auto parse = [&body] { return parse_add_checkpoint(as_text(*body)); };
    const auto asked = co_await run(services_.workers, std::move(parse));
    if (!asked)
        co_return malformed(asked.error());
    const auto peer = co_await log_owner(asked->checkpoint.checkpoint.origin);
    if (!peer)
        co_return answer(refusal(judge(*asked, nullptr)));
    const auto judged = co_await judge_and_store(*peer, &*asked);
    if (!judged)
        co_return problem_answer(judged.error());
    if (judged->outcome != Judgement::Outcome::cosign)
        co_return answer(refusal(*judged));
    // What is cosigned is on disk.
    const auto said = acceptance(
        asked->checkpoint, witness_name(services_.domain), services_.key, services_.clock.now());
    co_return said ? answer(*said) : problem_answer(said.error());
}

// Whoever asks makes us ask nobody whom we do not know already.
awaitable<std::optional<PeerPtr>> WitnessDesk::log_owner(std::string origin) {
    if (!origin.ends_with(kOriginEnd))
        co_return std::nullopt;
    const auto domain = normal_domain(origin.substr(0, origin.size() - kOriginEnd.size()));
    if (!domain || log_origin(*domain) != origin || *domain == services_.domain)
        co_return std::nullopt;
    auto ask = [&domain](ReadTransaction& read) -> Result<bool> {
        return read.known_log(*domain) || read.peer(*domain);
    };
    const auto known = co_await ask_store(services_.store, services_.workers, std::move(ask));
    if (!known || !*known)
        co_return std::nullopt;
    auto peer = co_await services_.peers.find(*domain);
    if (!peer || (*peer)->record.log_keys.empty())
        co_return std::nullopt;
    co_return *std::move(peer);
}

// One write judges and stores: else two requests could be cosigned in the wrong order.
awaitable<Result<Judgement>> WitnessDesk::judge_and_store(PeerPtr peer,
                                                          const AddCheckpoint* request) {
    Judgement judged;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        auto known = known_or_new(write, peer->domain);
        const WitnessedLog log = TRY(witnessed(*peer, known));
        judged = judge(*request, &log);
        // Who contradicts itself is not helped to be believed.
        if (judged.outcome == Judgement::Outcome::cosign && !known.evidence.empty())
            judged.outcome = Judgement::Outcome::equivocation;
        if (judged.outcome != Judgement::Outcome::cosign)
            return {};
        known.cosigned = request->checkpoint.note.octets();
        known.updated = services_.clock.now();
        write.put_known_log(known);
        return {};
    };
    CO_TRY(co_await write_store(&services_.store, std::move(work), Store::Adds::yes));
    if (judged.evidence)
        CO_TRY(co_await services_.logs.keep_evidence(peer->domain, *judged.evidence));
    co_return judged;
}

awaitable<HttpResponse> WitnessDesk::give_checkpoint(Hash origin) {
    auto ask = [&origin](ReadTransaction& read) -> Result<std::string> {
        for (const KnownLogRecord& log : read.known_logs())
            if (!log.cosigned.empty() && sha256(log_origin(log.domain)) == origin)
                return log.cosigned;
        return fail(ErrorKind::not_found, "checkpoint", "none was cosigned");
    };
    const auto newest = co_await ask_store(services_.store, services_.workers, std::move(ask));
    if (!newest)
        co_return newest.error().kind == ErrorKind::not_found ? problem_answer(Problem::not_found)
                                                              : problem_answer(newest.error());
    co_return text_response(200, "text/plain; charset=utf-8", *newest);
}

}  // namespace kith
