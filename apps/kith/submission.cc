#include "kith/submission.h"

#include <algorithm>
#include <set>

#include "kith/pending.h"
#include "kith/stamping.h"
#include "note/introduction.h"

namespace kith {
namespace {

std::string bytes_text(ByteView octets) {
    return base64(octets);
}

std::vector<Address> addresses_of(const Outgoing& outgoing) {
    std::set<Address> all;
    for (const Recipient& each : outgoing.recipients)
        all.insert(each.to.address);
    return {all.begin(), all.end()};
}

/// The roots that links led to.
using Roots = std::map<Address, Hash>;

Roots roots_of(const Outgoing& outgoing) {
    Roots roots;
    for (const Recipient& each : outgoing.recipients)
        if (each.root)
            roots.emplace(each.to.address, *each.root);
    return roots;
}

// Who is written to for the first time is pinned: from now on nobody else can take their place. A
// link with a root verifies, too.
Result<void> pin_new(Person& person, const CardBook::People& people, const Roots& roots) {
    PinMap* all = TRY(person.pins());
    PinMap fresh;
    for (const auto& [address, known] : people) {
        if (!known || address == person.address())
            continue;
        const auto before = all->find(address);
        Pin pin = before != all->end()
                      ? before->second
                      : Pin{.root = known->chain.root(), .since = person.clock().now()};
        pin.verified = pin.verified || roots.contains(address);
        if (before == all->end() || before->second != pin)
            fresh.emplace(address, pin);
    }
    if (fresh.empty())
        return {};
    TRY(put_pins(person.home(), fresh));
    for (const auto& [address, pin] : fresh)
        all->insert_or_assign(address, pin);
    return {};
}

Result<void> check_people(Person& person, const CardBook::People& people, const Roots& roots) {
    for (const auto& [address, known] : people) {
        if (!known)
            return known.error();
        TRY(check_writable(*known, person.pin_of(address), person.clock().now()));
        if (const auto led = roots.find(address);
            led != roots.end() && led->second != known->chain.root())
            return fail(ErrorKind::untrusted,
                        address.text(),
                        "is not the person this link leads to: ask for a new link in another way");
    }
    return pin_new(person, people, roots);
}

using Stubs = std::vector<std::pair<const Recipient*, SignedNote>>;

Result<Stubs> make_stubs(Person& person,
                         const Outgoing& outgoing,
                         const SealedMessage& sealed,
                         const CardBook::People& people) {
    const Sender sender = TRY(sender_of(person, *people.at(person.address())));
    Stubs stubs;
    const std::optional<std::string> answers =
        outgoing.answers.empty() ? std::nullopt : std::optional(outgoing.answers);
    for (const Recipient& each : outgoing.recipients) {
        const StubOrder order{.id = outgoing.id,
                              .to = each.to,
                              .devices = people.at(each.to.address)->recipients(),
                              .answers = answers,
                              .time = person.clock().now()};
        stubs.emplace_back(&each, TRY(make_stub(sealed, sender, order, person.random())));
    }
    return stubs;
}

// Signed by this device; the server adds the domain's signature. Empty: introduces nobody.
Result<std::string> introduction_of(Person& person,
                                    const Outgoing& outgoing,
                                    const CardBook::People& people) {
    if (outgoing.introduces == Outgoing::Introduces::no || outgoing.recipients.size() != 2)
        return std::string();
    const Sender sender = TRY(sender_of(person, *people.at(person.address())));
    const auto known = [&](const Recipient& each) {
        return IntroducedPerson{each.to.address, people.at(each.to.address)->chain.root()};
    };
    const Time now = person.clock().now();
    const Introduction introduction{
        .id = outgoing.id,
        .time = now,
        .expires = now + kMaxIntroductionLife,
        .from = sender.address,
        .root = sender.root,
        .card = sender.card,
        .people = {known(outgoing.recipients[0]), known(outgoing.recipients[1])}};
    const auto note = TRY(SignedNote::sign(
        write_introduction(introduction), sender.address.text() + "/" + sender.device, sender.key));
    return note.octets();
}

// A token that came with the contact's link is brought along, once.
std::string token_for(Person& person, const Recipient& recipient) {
    if (!recipient.token.empty())
        return recipient.token;
    const auto pin = person.pin_of(recipient.to.address);
    return pin ? pin->token : std::string();
}

json::array rcpt_to(Person& person, const Stubs& stubs, const std::string& introduction) {
    json::array list;
    for (const auto& [recipient, note] : stubs)
        list.push_back(
            json::object{{"email", recipient->to.text()},
                         {"parameters",
                          json::object{{"stub", note.octets()},
                                       {"bcc", recipient->as == Recipient::As::bcc},
                                       {"token", text_or_null(token_for(person, *recipient))},
                                       {"stamp", nullptr},
                                       {"introduction", text_or_null(introduction)}}}});
    return list;
}

Result<json::object> email_create(Person& person,
                                  const Outgoing& outgoing,
                                  const SealedMessage& sealed,
                                  const CardBook::People& people) {
    json::array to;
    for (const Recipient& each : outgoing.recipients)
        to.emplace_back(each.to.text());
    const auto own = people.at(person.address())->recipients();
    return json::object{
        {"mailboxIds", json::object{{TRY(person.server().mailbox("sent")), true}}},
        {"keywords", json::object{{"$seen", true}}},
        {"blobId", "sha256-" + sealed.blob.hex_text()},
        {"kith",
         json::object{{"stubId", outgoing.id},
                      {"keys", base64(as_bytes(seal_header(sealed.key, own, person.random())))},
                      {"preview", bytes_text(sealed.preview)},
                      {"to", to},
                      {"answers", text_or_null(outgoing.answers)}}}};
}

// What an earlier attempt left: a submission means that the message is on its way; a Sent copy
// without one is taken away, its body was sealed under a key that is gone.
Result<std::optional<Submitted>> earlier_attempt(Person& person, const std::string& id) {
    auto& server = person.server();
    const auto found = TRY(server.call("Email/query", {{"filter", json::object{{"stubId", id}}}}));
    const std::string sent = TRY(server.mailbox("sent"));
    const auto ids = texts_at(found, "ids");
    if (ids.empty())
        return std::optional<Submitted>();
    const auto emails =
        TRY(server.call("Email/get", {{"ids", json::array(ids.begin(), ids.end())}}));
    for (const json::object* email : objects_in(array_at(emails, "list"))) {
        if (text_at(object_at(*email, "kith"), "tier") != "own")
            continue;
        const std::string email_id = text_at(*email, "id");
        const auto submission = submission_of_email(person, email_id);
        if (submission)
            return std::optional(Submitted{
                email_id, text_at(*submission, "id"), unconfirmed_in(recipients_of(*submission))});
        if (submission.error().kind != ErrorKind::not_found)
            return submission.error();
        const auto gone = TRY(server.call("Email/set", {{"destroy", json::array{email_id}}}));
        TRY(updated_in(gone, email_id));
    }
    return std::optional<Submitted>();
}

Result<Submitted> hand_over(Person& person,
                            const Outgoing& outgoing,
                            const SealedMessage& sealed,
                            const CardBook::People& people) {
    const Stubs stubs = TRY(make_stubs(person, outgoing, sealed, people));
    ProgressBar bar(person.terminal(), "uploading");
    const auto show = [&bar](std::uint64_t done, std::uint64_t all) { bar.show(done, all); };
    TRY(person.server().upload(sealed.payload, show));
    PendingStubs kept;
    for (const auto& [recipient, note] : stubs)
        kept[recipient->to.text()] = note.hash();
    TRY(write_pending(person.home(), outgoing.id, kept));
    const std::string introduction = TRY(introduction_of(person, outgoing, people));
    auto email = TRY(email_create(person, outgoing, sealed, people));
    json::object submission{
        {"identityId", TRY(person.server().identity())},
        {"emailId", "#sent"},
        {"envelope", json::object{{"rcptTo", rcpt_to(person, stubs, introduction)}}}};
    std::vector<JmapCall> calls;
    calls.push_back({"Email/set", {{"create", json::object{{"sent", std::move(email)}}}}});
    calls.push_back(
        {"EmailSubmission/set", {{"create", json::object{{"go", std::move(submission)}}}}});
    const auto answers = TRY(person.server().call(std::move(calls)));
    const auto made = TRY(created_in(answers[0], "sent"));
    auto gone = created_in(answers[1], "go");
    if (!gone) {
        // Nothing was submitted: the copy would claim that it was.
        [[maybe_unused]] const auto removed =
            person.server().call("Email/set", {{"destroy", json::array{text_at(made, "id")}}});
        return std::move(gone).error();
    }
    return Submitted{
        text_at(made, "id"), text_at(*gone, "id"), unconfirmed_in(recipients_of(*gone))};
}

Result<void> forget_tokens(Person& person, const Outgoing& outgoing) {
    for (const Recipient& each : outgoing.recipients) {
        auto pin = person.pin_of(each.to.address);
        if (!pin || pin->token.empty())
            continue;
        pin->token.clear();
        TRY(person.pin(each.to.address, *pin));
    }
    return {};
}

void readdress(Outgoing& outgoing, const Address& from, const Address& to) {
    for (Recipient& each : outgoing.recipients)
        if (each.to.address == from)
            each.to.address = to;
    outgoing.message = readdressed(std::move(outgoing.message), from, to);
}

// Who has moved is written to where they are: the same root, the same pin.
Result<void> follow_moves(Person& person, CardBook::People& people, Outgoing& outgoing) {
    std::map<Address, Address> moved;
    for (const auto& [asked, known] : people)
        if (known && known->address != asked && asked != person.address())
            moved.emplace(asked, known->address);
    for (const auto& [from, to] : moved) {
        auto there = TRY(person.cards().get(to));
        if (there.chain.root() != people.at(from)->chain.root())
            return fail(ErrorKind::untrusted,
                        from.text(),
                        "says that it moved to " + to.text() + ", where somebody else is");
        if (const auto pin = person.pin_of(from); pin && !person.pin_of(to))
            TRY(person.pin(to, *pin));
        readdress(outgoing, from, to);
        people.erase(from);
        people.insert_or_assign(to, std::move(there));
        print_notice(from.text() + " has moved, and is written to at " + to.text());
    }
    return {};
}

}  // namespace

Result<Sender> sender_of(Person& person, const KnownPerson& own) {
    const CardDevice* device = own.card().device(person.keys().signing.public_key());
    if (device == nullptr)
        return fail(
            ErrorKind::denied,
            "device",
            "this device is not (or no longer) in your card: link it with `kith device link`");
    return Sender{.address = person.address(),
                  .device = device->name,
                  .key = person.keys().signing,
                  .root = own.chain.root(),
                  .card = own.chain.current().hash};
}

bool goes_later(const Error& error) {
    return error.kind == ErrorKind::unavailable || error.kind == ErrorKind::timeout ||
           error.where == "overQuota";
}

Result<Submitted> submit(Person& person, const Outgoing& outgoing, Attempt attempt) {
    if (attempt == Attempt::again)
        if (auto earlier = TRY(earlier_attempt(person, outgoing.id)))
            return *std::move(earlier);
    auto addresses = addresses_of(outgoing);
    if (std::ranges::find(addresses, person.address()) == addresses.end())
        addresses.push_back(person.address());
    auto people = TRY(person.cards().get(addresses));
    Outgoing going = outgoing;
    TRY(follow_moves(person, people, going));
    TRY(check_people(person, people, roots_of(going)));
    const SealedMessage sealed = seal_message(going.message, going.preview, person.random());
    auto submitted = TRY(hand_over(person, going, sealed, people));
    TRY(forget_tokens(person, going));
    return submitted;
}

json::array recipients_of(const json::object& submission) {
    json::array list;
    for (const auto& member : object_at(submission, "deliveryStatus")) {
        if (!member.value().is_object())
            continue;
        const json::object& status = member.value().get_object();
        json::object row{{"address", member.key()}};
        for (const char* name :
             {"bcc", "state", "time", "attempts", "nextAttempt", "answer", "price"})
            row[name] = value_at(status, name);
        const auto price = read_price(text_at(status, "price"));
        row["effort"] = price ? json::value(price->effort) : json::value(nullptr);
        row["evidence"] = value_at(status, "evidence");
        if (status.contains("expires"))
            row["expires"] = value_at(status, "expires");
        list.push_back(std::move(row));
    }
    return list;
}

Result<json::object> submission_of(Person& person, const std::string& id) {
    const auto answer =
        TRY(person.server().call("EmailSubmission/get", {{"ids", json::array{id}}}));
    const auto found = objects_in(array_at(answer, "list"));
    if (found.empty())
        return fail(ErrorKind::not_found, "message", "is not under way");
    return *found.front();
}

Result<json::object> submission_of_email(Person& person, const std::string& email) {
    std::vector<JmapCall> calls;
    calls.push_back(
        {"EmailSubmission/query", {{"filter", json::object{{"emailIds", json::array{email}}}}}});
    calls.push_back(
        {"EmailSubmission/get",
         {{"#ids",
           json::object{{"resultOf", "0"}, {"name", "EmailSubmission/query"}, {"path", "/ids"}}}}});
    const auto answers = TRY(person.server().call(std::move(calls)));
    const auto found = objects_in(array_at(answers[1], "list"));
    if (found.empty())
        return fail(ErrorKind::not_found, "message", "was not submitted");
    return *found.back();
}

std::size_t unconfirmed_in(const json::array& recipients) {
    return static_cast<std::size_t>(std::ranges::count_if(
        objects_in(recipients),
        [](const json::object* each) { return text_at(*each, "state") == "unconfirmed"; }));
}

Fate fate_of(const json::array& recipients) {
    Fate fate = Fate::good;
    for (const json::object* each : objects_in(recipients)) {
        const std::string state = text_at(*each, "state");
        if (state == "refused" || state == "failed" || state == "needs-stamp")
            return Fate::bad;
        if (state == "queued" || state == "sending" || state == "unconfirmed")
            fate = Fate::open;
    }
    return fate;
}

}  // namespace kith
