// confirm: lets go what waits at the person's server until they have seen it, and shows that it is
// them where several people doubt it (protocol section 3.9).
#include <algorithm>

#include "base/text.h"
#include "identity/recovery_phrase.h"
#include "kith/commands.h"
#include "kith/mail_rows.h"
#include "kith/outbox.h"
#include "kith/own_card.h"
#include "kith/own_standing.h"
#include "kith/tty.h"
#include "note/confirm.h"

namespace kith {
namespace {

constexpr std::size_t kShortId = 8;

enum class Challenge { none, met, waits };

std::string name_of(Challenge challenge) {
    return challenge == Challenge::met ? "met" : challenge == Challenge::waits ? "waits" : "none";
}

std::string recipients_text(std::size_t count) {
    return count == 1 ? "1 recipient" : std::to_string(count) + " recipients";
}

void print_doubts(const OwnStanding& standing) {
    for (const json::object* alarm : objects_in(standing.alarms))
        print_line(printable(text_at(*alarm, "from")) +
                   " says that somebody else writes as you, since " + text_at(*alarm, "at"));
    for (const json::object* report : objects_in(standing.reports))
        print_line("message " + text_at(*report, "stubId").substr(0, kShortId) + ": " +
                   text_at(*report, "outcome") + ", since " + text_at(*report, "at"));
}

// By the phrase at once; else the card, renewed, is signed by two devices: one leaves it for the
// other.
Result<Challenge> meet(Person& person,
                       const OwnStanding& standing,
                       ConfirmMailWish::Ask ask,
                       const Mnemonic* phrase) {
    if (!person.terminal().json)
        print_doubts(standing);
    const auto own = TRY(person.cards().own());
    const auto next = CardBuilder::after(own.chain.current(), person.clock().now());
    if (phrase != nullptr) {
        TRY(publish_with_phrase(person, own, next, *phrase));
        return Challenge::met;
    }
    auto draft = waiting_draft(person, own);
    if (!draft && draft.error().kind != ErrorKind::not_found)
        return draft.error();
    if (!draft || draft->by == person.device()) {
        TRY(leave_draft(person, own, next.card()));
        return Challenge::waits;
    }
    const std::string what = joined_clauses(own.card(), draft->card.card);
    if (ask == ConfirmMailWish::Ask::yes &&
        !ask_whether("kith: " + draft->by + " wants a new card, which " + what + "; sign it, too?"))
        return fail(ErrorKind::denied, "card draft", "was not signed: with --yes nothing is asked");
    TRY(publish_draft(person, own, *std::move(draft)));
    return Challenge::met;
}

using Stubs = std::vector<WaitingStub>;

bool is_named(const WaitingStub& stub, const std::vector<std::string>& ids) {
    return ids.empty() || std::ranges::any_of(ids, [&](const std::string& id) {
               return stub.id.starts_with(to_lower(id));
           });
}

/// What waits, as this command shows it and lets it go.
struct Waiting {
    Stubs here;    ///< this device may let it go, or the phrase
    Stubs others;  ///< for another device
};

Waiting sorted(Person& person, const KnownPerson& own, Stubs stubs, const ConfirmMailWish& wish) {
    const bool several = speaking_devices(own, person.clock().now()).size() > 1;
    Waiting waiting;
    for (WaitingStub& stub : stubs) {
        if (!is_named(stub, wish.ids))
            continue;
        const bool other = several && !wish.phrase.is_given() && stub.device == person.device();
        (other ? waiting.others : waiting.here).push_back(std::move(stub));
    }
    return waiting;
}

/// By message: who would get it.
Result<json::array> messages_of(Person& person, const Stubs& stubs) {
    std::vector<std::string> emails;
    std::map<std::string, const WaitingStub*> first;
    std::map<std::string, json::array> to;
    for (const WaitingStub& stub : stubs) {
        if (first.emplace(stub.email, &stub).second)
            emails.push_back(stub.email);
        to[stub.email].emplace_back(stub.address);
    }
    json::array messages;
    for (const json::object& email : TRY(get_emails(person, emails))) {
        const std::string id = text_at(email, "id");
        messages.push_back(json::object{{"id", first[id]->id},
                                        {"to", to[id]},
                                        {"subject", text_at(row_of(person, email), "subject")},
                                        {"device", first[id]->device},
                                        {"expires", first[id]->expires}});
    }
    return messages;
}

void print_messages(const Terminal& terminal, const json::array& messages) {
    Table table({"id", "to", "by", "until", "subject"}, 1);
    for (const json::object* each : objects_in(messages)) {
        std::string to;
        for (const std::string& address : texts_at(*each, "to"))
            to += (to.empty() ? "" : ", ") + address;
        table.add({{text_at(*each, "id").substr(0, kShortId), Style::dim},
                   {to},
                   {text_at(*each, "device")},
                   {short_time(text_at(*each, "expires"))},
                   {text_at(*each, "subject")}});
    }
    print_text(table.text(terminal));
}

/// Who signs: this device, or the recovery key that is due.
struct Signer {
    std::string name;
    SigningKey key;
    std::optional<PublicKey> revealed;
};

Result<Signer> signer_of(Person& person, const KnownPerson& own, const Mnemonic* phrase) {
    if (phrase == nullptr)
        return Signer{own.card().key_name(person.device()), person.keys().signing, std::nullopt};
    const auto number = find_recovery_key(*phrase, own.card().recovery);
    if (!number)
        return fail(
            ErrorKind::untrusted, "recovery phrase", "is not the one that your card commits to");
    SigningKey key = recovery_key_of(*phrase, *number);
    const PublicKey revealed = key.public_key();
    return Signer{own.card().address.text(), std::move(key), revealed};
}

/// How many recipients went.
Result<std::uint64_t> send_confirmations(Person& person,
                                         const KnownPerson& own,
                                         const Stubs& stubs,
                                         const Mnemonic* phrase) {
    const Signer signer = TRY(signer_of(person, own, phrase));
    std::uint64_t gone = 0;
    for (std::size_t at = 0; at < stubs.size(); at += kMaxConfirmed) {
        Confirmation confirm{.address = person.address(),
                             .root = own.chain.root(),
                             .time = person.clock().now(),
                             .recovery_key = signer.revealed,
                             .stubs = {}};
        for (std::size_t i = at; i < std::min(stubs.size(), at + kMaxConfirmed); ++i)
            confirm.stubs.push_back(stubs[i].hash);
        const auto note = TRY(SignedNote::sign(write_confirm(confirm), signer.name, signer.key));
        const auto answer =
            TRY(person.server().call("EmailSubmission/confirm", {{"note", note.octets()}}));
        gone += static_cast<std::uint64_t>(number_at(answer, "confirmed"));
    }
    return gone;
}

Error for_another_device(const Waiting& waiting) {
    return fail(ErrorKind::denied,
                recipients_text(waiting.others.size()),
                "wait, and what was written on this device another one of yours lets go: run `kith "
                "confirm` there, or here with --phrase");
}

void print_done(Person& person,
                Challenge challenge,
                const json::array& messages,
                std::uint64_t gone,
                const Waiting& waiting) {
    if (person.terminal().json) {
        print_json({{"challenge", name_of(challenge)},
                    {"confirmed", gone},
                    {"forOthers", waiting.others.size()},
                    {"messages", messages}});
        return;
    }
    print_line(recipients_text(gone) + ": on the way");
    if (!waiting.others.empty())
        print_notice(sentence_of(for_another_device(waiting)));
}

}  // namespace

Outcome run_confirm(Person& person, const ConfirmMailWish& wish) {
    flush_outbox(person);
    auto standing = TRY(own_standing(person));
    std::optional<Mnemonic> given;
    if (wish.phrase.is_given())
        given = TRY(read_phrase(wish.phrase));
    const Mnemonic* phrase = given ? &*given : nullptr;
    Challenge challenge = Challenge::none;
    if (wish.challenge == ConfirmMailWish::Challenge::meet) {
        if (!standing.challenged)
            return fail(ErrorKind::conflict,
                        person.address().text(),
                        "is not challenged: nobody doubts just now that it is you");
        challenge = TRY(meet(person, standing, wish.ask, phrase));
        if (challenge == Challenge::waits) {
            if (person.terminal().json)
                print_json({{"challenge", name_of(challenge)}});
            else
                print_line(
                    "your card waits for another device: run `kith confirm --challenge` there "
                    "within 72 hours");
            return ExitCode::queued;
        }
        if (!person.terminal().json)
            print_line("you have shown that it is you: what was said is void");
    } else if (standing.challenged && phrase == nullptr) {
        return fail(ErrorKind::denied,
                    person.address().text(),
                    "is challenged: show that it is you first, with `kith confirm --challenge`");
    }
    const auto own = TRY(person.cards().own());
    const Waiting waiting = sorted(person, own, TRY(waiting_stubs(person, own, standing)), wish);
    const bool nothing = waiting.here.empty() && waiting.others.empty();
    if (nothing && challenge == Challenge::none)
        return fail(ErrorKind::not_found, "confirmation", "nothing of yours waits for one");
    if (waiting.here.empty() && !nothing && challenge == Challenge::none)
        return for_another_device(waiting);
    const auto messages = TRY(messages_of(person, waiting.here));
    std::uint64_t gone = 0;
    if (!waiting.here.empty()) {
        if (!person.terminal().json)
            print_messages(person.terminal(), messages);
        if (wish.ask == ConfirmMailWish::Ask::yes &&
            !ask_whether("kith: let it go to " + recipients_text(waiting.here.size()) + "?"))
            return fail(ErrorKind::denied,
                        recipients_text(waiting.here.size()),
                        "wait on: with --yes nothing is asked, `kith sent ID --cancel` takes back");
        gone = TRY(send_confirmations(person, own, waiting.here, phrase));
    }
    print_done(person, challenge, messages, gone, waiting);
    return ExitCode::done;
}

}  // namespace kith
