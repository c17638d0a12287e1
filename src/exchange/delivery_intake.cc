#include "exchange/delivery_intake.h"

#include "exchange/answers.h"
#include "exchange/arrival.h"
#include "exchange/store_calls.h"

namespace kith {

namespace {

constexpr Seconds kBusyWait{10};
constexpr Seconds kQuotaWait{3600};
constexpr Seconds kNoCards{60};
constexpr std::size_t kManyCards = 2;

HttpResponse answer(const ProblemDetails& problem) {
    auto response = problem_response(static_cast<unsigned>(problem.status), write_problem(problem));
    if (problem.status == 503)
        response.headers.add("retry-after", std::to_string(kBusyWait.count()));
    if (problem.status == 429)
        response.headers.add("retry-after", std::to_string(kQuotaWait.count()));
    return response;
}

HttpResponse answer(const Verdict& verdict) {
    if (verdict.answer == Verdict::Answer::problem)
        return answer(verdict.problem);
    if (verdict.answer == Verdict::Answer::hold)
        return text_response(202, "application/json", write_held_answer(verdict.held));
    return text_response(static_cast<unsigned>(verdict.status()), "text/plain; charset=utf-8", "");
}

Verdict refusal(ProblemDetails problem) {
    Verdict verdict;
    verdict.answer = Verdict::Answer::problem;
    verdict.problem = std::move(problem);
    return verdict;
}
Verdict refusal(Problem problem, std::string detail) {
    return refusal(make_problem(problem, std::move(detail)));
}

// What reading the body failed with.
ProblemDetails body_problem(const Error& error, std::uint64_t limit) {
    // Nobody hears it, but the log tells it: the sender hung up, our disk is well.
    if (error.kind == ErrorKind::io)
        return make_problem(Problem::malformed, error.where + ": " + error.detail);
    if (error.kind != ErrorKind::limit)
        return problem_of(error);
    auto problem = make_problem(Problem::too_large, error.where + ": " + error.detail);
    problem.limit = limit;
    return problem;
}

bool is(const Verdict& verdict, Problem problem) {
    return verdict.answer == Verdict::Answer::problem && verdict.problem.known() == problem;
}

// Somebody else may know better: the sender's domain has other keys by now, or the rest of a chain.
bool may_help_to_ask(const Verdict& verdict) {
    return is(verdict, Problem::wrong_domain) || is(verdict, Problem::bad_signature) ||
           is(verdict, Problem::card_needed);
}

// The rest of the body, which is small.
awaitable<Result<Bytes>> read_small(DeliveryBodyReader* reader) {
    Bytes octets;
    while (true) {
        auto piece = CO_TRY(co_await reader->blob_octets());
        if (piece.empty())
            co_return octets;
        if (octets.empty())
            octets = std::move(piece);
        else
            octets.insert(octets.end(), piece.begin(), piece.end());
    }
}

std::string_view tier_name(MessageTier tier) {
    switch (tier) {
        case MessageTier::unknown:
            return "unknown";
        case MessageTier::known:
            return "known";
        case MessageTier::well_trusted:
            return "well-trusted";
        case MessageTier::own:
            return "own";
    }
    return "";
}

}  // namespace

DeliveryIntake::DeliveryIntake(IntakeServices services)
    : services_(std::move(services)),
      recipients_(services_.store, services_.workers, services_.clock),
      no_cards_(kNoCards) {}

awaitable<HttpResponse> DeliveryIntake::take(std::shared_ptr<HttpRequest> request) {
    if (!co_await is_ready())
        co_return answer(make_problem(Problem::not_ready, "nobody lives here yet"));
    Arrival arrival;
    arrival.now = services_.clock.now();
    arrival.began = services_.clock.steady();
    arrival.client = request->remote.address();
    auto away = turn_away(*request, &arrival);
    if (away) {
        report(*request, *away, arrival);
        co_return *std::move(away);
    }
    DeliveryBodyReader reader(*request->body, services_.most_blob_octets);
    auto response = co_await take_parts(&arrival, &reader);
    report(*request, response, arrival);
    co_return response;
}

awaitable<bool> DeliveryIntake::is_ready() {
    if (ready_)
        co_return true;
    auto ask = [](ReadTransaction& read) -> Result<bool> { return !read.accounts().empty(); };
    const auto somebody = co_await ask_store(services_.store, services_.workers, std::move(ask));
    ready_ = somebody && *somebody;
    co_return ready_;
}

awaitable<HttpResponse> DeliveryIntake::take_parts(Arrival* arrival, DeliveryBodyReader* reader) {
    auto head = co_await reader->head();
    if (!head) {
        arrival->broke_off = head.error().kind == ErrorKind::io;
        co_return answer(body_problem(head.error(), reader->limit()));
    }
    arrival->blob_octets = head->blob_octets;
    auto read = services_.inbound.read(std::move(head->parts), arrival->now);
    if (const auto* problem = std::get_if<ProblemDetails>(&read))
        co_return answer(*problem);
    arrival->candidate = std::get<Candidate>(std::move(read));
    const Stub& stub = arrival->candidate->stub;
    if (arrival->blob_octets && *arrival->blob_octets != stub.size)
        co_return answer(make_problem(Problem::blob_mismatch, "blob: its size is not the stub's"));
    arrival->of = class_of(*arrival);
    if (auto problem = co_await look_at_ends(arrival))
        co_return answer(*problem);
    co_await look_at_log(arrival);

    const bool whole =
        arrival->blob_octets && *arrival->blob_octets <= kMaxSmallBlob && reader->complete();
    auto verdict =
        whole ? co_await take_whole(arrival, reader) : co_await take_in_turn(arrival, reader);
    if (!verdict && is_lane_full(verdict.error()))
        arrival->shed = name_of(arrival->of);
    co_return verdict ? answer(*verdict) : answer(failure_problem(verdict.error()));
}

// Decided before the blob has crossed; it is read only where it is wanted.
awaitable<Result<Verdict>> DeliveryIntake::take_in_turn(Arrival* arrival,
                                                        DeliveryBodyReader* reader) {
    auto verdict = co_await judge(arrival);
    if (!verdict || verdict->answer == Verdict::Answer::problem)
        co_return verdict;
    if (verdict->body != Verdict::Body::wanted)
        co_return co_await commit(arrival, nullptr);
    if (!arrival->blob_octets)
        co_return refusal(Problem::blob_needed, "blob: it is not here");
    co_return co_await take_blob(arrival, reader);
}

// A small message that has all come already. From somebody whose last one was taken it goes
// straight to the store's writer: the one signature costs less than the way to a worker and back.
// Else it is judged by a worker first.
awaitable<Result<Verdict>> DeliveryIntake::take_whole(Arrival* arrival,
                                                      DeliveryBodyReader* reader) {
    auto octets = co_await read_small(reader);
    if (!octets)
        co_return refusal(body_problem(octets.error(), reader->limit()));
    ArrivedBody body{.octets = *std::move(octets)};
    auto verdict = co_await take_whole_body(arrival, &body);
    if (verdict)
        services_.vouches.pull_if_tagged(
            *arrival->candidate, arrival->domain_keys, *verdict, std::move(body));
    co_return verdict;
}

awaitable<Result<Verdict>> DeliveryIntake::take_whole_body(Arrival* arrival,
                                                           const ArrivedBody* body) {
    // A signature on this thread is for those who did not waste one before.
    const bool recognised = arrival->of == ArrivalClass::known &&
                            services_.inbound.recognise(*arrival->candidate, arrival->domain_keys);
    auto verdict = recognised ? co_await commit_checked(arrival, body)
                              : co_await judge_and_commit(arrival, body);
    if (!verdict || !may_help_to_ask(*verdict))
        co_return verdict;
    verdict = co_await judge(arrival);
    if (!verdict || verdict->answer == Verdict::Answer::problem)
        co_return verdict;
    co_return co_await commit_checked(arrival, body);
}

// Judged, held against its hash and handed to the store without coming back to this thread in
// between.
awaitable<Result<Verdict>> DeliveryIntake::judge_and_commit(Arrival* arrival,
                                                            const ArrivedBody* body) {
    auto look = [this, arrival, body](ReadTransaction& read) -> Result<std::optional<Store::Work>> {
        if (preview(arrival, read).answer == Verdict::Answer::problem)
            return std::optional<Store::Work>();
        if (auto wrong = wrong_body(*arrival, *body)) {
            arrival->verdict = *std::move(wrong);
            return std::optional<Store::Work>();
        }
        return std::optional<Store::Work>(
            [this, arrival, body](WriteTransaction& write) { return store(arrival, body, write); });
    };
    CO_TRY(co_await ask_and_write(
        &services_.store, &services_.workers, std::move(look), lane_of(arrival->of)));
    tell(arrival);
    co_return arrival->verdict;
}

awaitable<Result<Verdict>> DeliveryIntake::commit_checked(Arrival* arrival,
                                                          const ArrivedBody* body) {
    if (auto wrong = wrong_body(*arrival, *body))
        co_return *std::move(wrong);
    co_return co_await commit(arrival, body);
}

// Also where the body is here already: it may have gone by the time of the write. What is only held
// does not keep it.
std::optional<Verdict> DeliveryIntake::wrong_body(const Arrival& arrival, const ArrivedBody& body) {
    if (arrival.verdict.answer == Verdict::Answer::hold)
        return std::nullopt;
    if (auto wrong = Inbound::check_body(*arrival.candidate, body.octets))
        return refusal(*std::move(wrong));
    return std::nullopt;
}

// Checkpoints come along with many messages, a proof with the first under a card. To look at either
// costs more than a signature: it is for what the sender's domain has countersigned. What it has
// not, is refused for that.
awaitable<void> DeliveryIntake::look_at_log(Arrival* arrival) {
    Candidate& candidate = *arrival->candidate;
    DeliveryParts& parts = candidate.parts;
    if (candidate.sender_domain() == services_.domain)
        co_return;
    const bool admitted = services_.logs.is_admitted(candidate.stub.card);
    if (admitted && parts.checkpoints.empty())
        co_return;
    candidate.listing = admitted ? Candidate::Listing::proven : Candidate::Listing::unproven;
    if (!co_await is_countersigned(arrival))
        co_return;
    if (!parts.checkpoints.empty())
        co_await services_.logs.hear(std::exchange(parts.checkpoints, {}));
    if (admitted)
        co_return;
    const auto peer = co_await services_.peers.find(candidate.sender_domain());
    const Stub& stub = candidate.stub;
    if (peer && co_await services_.logs.admit(
                    *peer, {stub.from, stub.root, stub.card, std::exchange(parts.proof, {})}))
        candidate.listing = Candidate::Listing::proven;
}

// Asks the sender's domain again where that may help: for keys that have changed since, for a
// chain that is longer than a delivery can carry.
awaitable<Result<Verdict>> DeliveryIntake::judge(Arrival* arrival) {
    auto verdict = co_await judge_once(arrival);
    if (!verdict)
        co_return verdict;
    const std::string& domain = arrival->candidate->sender_domain();
    if (domain == services_.domain)
        co_return verdict;
    if (is(*verdict, Problem::wrong_domain) || is(*verdict, Problem::bad_signature)) {
        const auto peer = co_await services_.peers.find_again(domain);
        if (!peer || (*peer)->record.keys == arrival->domain_keys)
            co_return verdict;
        arrival->domain_keys = (*peer)->record.keys;
        co_await look_at_log(arrival);
        verdict = co_await judge_once(arrival);
    }
    if (verdict && is(*verdict, Problem::card_needed) &&
        arrival->candidate->cards.size() >= kManyCards) {
        if (!co_await ask_for_cards(arrival))
            co_return verdict;
        verdict = co_await judge_once(arrival);
    }
    co_return verdict;
}

awaitable<Result<Verdict>> DeliveryIntake::judge_once(Arrival* arrival) {
    auto ask = [this, arrival](ReadTransaction& read) -> Result<Verdict> {
        return preview(arrival, read);
    };
    co_return co_await ask_store(
        services_.store, services_.workers, std::move(ask), lane_of(arrival->of));
}

const Verdict& DeliveryIntake::preview(Arrival* arrival, ReadTransaction& read) {
    return arrival->verdict = services_.inbound.preview(
               *arrival->candidate, arrival->domain_keys, read, arrival->now);
}

awaitable<Result<Verdict>> DeliveryIntake::take_blob(Arrival* arrival, DeliveryBodyReader* reader) {
    if (arrival->candidate->stub.size <= kMaxSmallBlob)
        co_return co_await take_small(arrival, reader);
    co_return co_await take_large(arrival, reader);
}

awaitable<Result<Verdict>> DeliveryIntake::take_small(Arrival* arrival,
                                                      DeliveryBodyReader* reader) {
    auto octets = co_await read_small(reader);
    if (!octets)
        co_return refusal(body_problem(octets.error(), reader->limit()));
    const ArrivedBody body{.octets = *std::move(octets)};
    co_return co_await commit_checked(arrival, &body);
}

awaitable<Result<Verdict>> DeliveryIntake::take_large(Arrival* arrival,
                                                      DeliveryBodyReader* reader) {
    auto begin = [this] { return services_.store.blobs().begin_large(); };
    const auto writer = CO_TRY(co_await run(services_.workers, std::move(begin)));
    while (true) {
        auto piece = co_await reader->blob_octets();
        if (!piece)
            co_return refusal(body_problem(piece.error(), reader->limit()));
        if (piece->empty())
            break;
        auto append = [&writer, &piece] { return writer->append(*piece); };
        CO_TRY(co_await run(services_.workers, std::move(append)));
    }
    if (writer->size() != arrival->candidate->stub.size)
        co_return refusal(Problem::blob_mismatch, "blob: its size is not the stub's");
    auto finish = [&writer, arrival] { return writer->finish(arrival->candidate->stub.blob); };
    const auto hash = co_await run(services_.workers, std::move(finish));
    if (!hash && hash.error().kind == ErrorKind::bad_signature)
        co_return refusal(Problem::blob_mismatch, "blob: its hash is not the stub's");
    CO_TRY(hash);
    const ArrivedBody body{.octets = {}, .on_disk = true};
    co_return co_await commit(arrival, &body);
}

awaitable<Result<Verdict>> DeliveryIntake::commit(Arrival* arrival, const ArrivedBody* body) {
    auto work = [this, arrival, body](WriteTransaction& write) {
        return store(arrival, body, write);
    };
    CO_TRY(co_await write_store(&services_.store, std::move(work), Store::Adds::yes));
    tell(arrival);
    co_return arrival->verdict;
}

// On the writer thread.
Result<void> DeliveryIntake::store(Arrival* arrival,
                                   const ArrivedBody* body,
                                   WriteTransaction& write) {
    arrival->verdict = TRY(services_.inbound.commit(
        *arrival->candidate, arrival->domain_keys, write, body, arrival->now));
    if (arrival->verdict.account != 0)
        arrival->state = write.modseq(arrival->verdict.account);
    return {};
}

// Durable now: who is to know of it.
void DeliveryIntake::tell(Arrival* arrival) {
    const Verdict& verdict = arrival->verdict;
    if (!verdict.taken)
        return;
    // By what its sender was told: how they are served the next time tells no more.
    services_.inbound.count_taken(*arrival->candidate, verdict, arrival->now);
    if (verdict.answer == Verdict::Answer::deliver)
        services_.admission.note_wanted(arrival->client, arrival->candidate->sender_domain());
    if (verdict.account == 0)
        return;
    arrival->tier = tier_name(verdict.tier);
    services_.changed(
        verdict.account,
        {ObjectType::email, ObjectType::mailbox, ObjectType::contact, ObjectType::token},
        arrival->state);
}

}  // namespace kith
