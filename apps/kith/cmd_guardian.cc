// guardian add, list, remove, veto: whoever may replace a lost recovery key (protocol section 3.5).
#include <algorithm>

#include "base/text.h"
#include "identity/recovery_phrase.h"
#include "kith/commands.h"
#include "kith/guardian_book.h"
#include "kith/mail_rows.h"
#include "kith/outbox.h"
#include "kith/own_card.h"
#include "kith/submission.h"
#include "mail/compose.h"
#include "mail/preview.h"
#include "note/guardian_share.h"

namespace kith {
namespace {

constexpr const char* kShareFile = "guardian.kith";

/// The guardians to be, with fresh keys for all: each is told the keys of all the others.
struct Circle {
    GuardianBook book;
    std::vector<SigningKey> keys;  ///< in the book's order
    std::uint64_t needed = 0;
};

Error needs_phrase() {
    return fail(ErrorKind::denied,
                "guardians",
                "change with the recovery phrase alone: --phrase, or --recovery-file FILE");
}

std::uint64_t usual_quorum(std::size_t guardians) {
    return std::max<std::uint64_t>(kMinGuardiansNeeded, guardians / 2 + 1);
}

// Somebody whom one knows: their level says it.
Result<void> check_contact(const json::array& contacts, const Address& address) {
    for (const json::object* contact : objects_in(contacts))
        if (text_at(*contact, "address") == address.text() &&
            text_at(*contact, "level") != "blocked")
            return {};
    return fail(ErrorKind::not_found,
                address.text(),
                "is no contact of yours: `kith contacts add` first, and verify them");
}

Result<std::vector<Address>> wished_addresses(Person& person,
                                              const std::vector<std::string>& texts) {
    std::vector<Address> all;
    for (const std::string& text : texts) {
        const auto address = Address::parse(text);
        if (!address)
            return usage_error("'" + text + "' is no address: write it like bob@two.test");
        if (*address == person.address())
            return usage_error("you cannot be your own guardian: name others");
        if (std::ranges::find(all, *address) == all.end())
            all.push_back(*address);
    }
    return all;
}

// Nobody is dropped because another device chose them.
Result<GuardianBook> known_guardians(Person& person, const KnownPerson& own) {
    GuardianBook book = TRY(guardians_in(person.home(), own.card()));
    if (book.size() == own.card().guardians.size())
        return book;
    return fail(ErrorKind::conflict,
                "guardians",
                "were named on another device, and this one does not know who they are: name all "
                "of them with --anew");
}

Result<void> check_size(const Circle& circle) {
    if (circle.book.size() < kMinGuardiansNeeded)
        return usage_error("name at least two guardians: one alone could take the account");
    if (circle.book.size() > kMaxGuardiansNeeded)
        return usage_error("name at most 15 guardians");
    if (circle.needed < kMinGuardiansNeeded || circle.needed > circle.book.size())
        return usage_error("--needed: at least 2, at most as many as there are");
    return {};
}

Result<Circle> make_circle(Person& person, GuardianBook book, std::uint64_t needed) {
    Circle circle{.book = std::move(book), .keys = {}, .needed = needed};
    if (circle.needed == 0)
        circle.needed = usual_quorum(circle.book.size());
    TRY(check_size(circle));
    for (ChosenGuardian& each : circle.book) {
        circle.keys.push_back(SigningKey::generate(person.random()));
        each.key = circle.keys.back().public_key();
    }
    return circle;
}

std::string letter(const Person& person, const Circle& circle) {
    const std::string me = person.address().text();
    return "Hello,\n\nyou are one of the " + std::to_string(circle.book.size()) + " guardians of " +
           me + ". If I lose all my devices and my recovery phrase, " +
           std::to_string(circle.needed) +
           " of you together can give me my account back; nobody of you can read my mail.\n\n"
           "Keep this message: the attachment is your key. When somebody asks you in my name, "
           "speak with me first, so that you are sure it is me. Then run\n\n  kith guardian help "
           "LINK\n\nwith the link that I give you, and type the number that I read to you.\n";
}

Result<Outgoing> share_message(Person& person,
                               const KnownPerson& own,
                               const Circle& circle,
                               std::size_t number) {
    std::vector<PublicKey> keys;
    for (const ChosenGuardian& each : circle.book)
        keys.push_back(each.key);
    const SigningKey& key = circle.keys[number];
    std::string share = write_guardian_share({.address = person.address(),
                                              .root = own.chain.root(),
                                              .keys = std::move(keys),
                                              .key = key});
    const Address& to = circle.book[number].address;
    Outgoing out;
    out.id = random_id(person.random());
    out.time = person.clock().now();
    out.recipients = {{.to = {to, {}}, .as = Recipient::As::to, .token = {}, .root = {}}};
    out.subject = "You are a guardian of " + person.address().text();
    Draft draft;
    draft.from.email = person.address().text();
    draft.to = {{.name = {}, .email = to.text()}};
    draft.subject = out.subject;
    draft.date = out.time;
    draft.message_id = out.id + "@" + person.address().domain();
    draft.text = letter(person, circle);
    draft.attachments = {
        {.name = kShareFile, .type = std::string(kGuardianShareType), .octets = to_bytes(share)}};
    wipe(share);
    out.preview = make_preview(out.subject, draft.text);
    auto message = compose(draft);
    wipe(draft.attachments.front().octets);
    out.message = TRY(std::move(message));
    return out;
}

// The copy under Sent would keep the guardian's key for whoever holds a device here.
Result<void> send_share(Person& person, Outgoing message) {
    auto submitted = submit(person, message, Attempt::first);
    wipe(message.message);
    if (!submitted)
        return std::move(submitted).error();
    const auto gone =
        TRY(person.server().call("Email/set", {{"destroy", json::array{submitted->email}}}));
    return updated_in(gone, submitted->email);
}

Result<void> publish_circle(Person& person,
                            const KnownPerson& own,
                            const Circle& circle,
                            const Mnemonic& phrase) {
    std::vector<Hash> commitments;
    for (const ChosenGuardian& each : circle.book)
        commitments.push_back(guardian_commitment(each.key));
    CardBuilder next = CardBuilder::after(own.chain.current(), person.clock().now());
    next.guardians(std::move(commitments), circle.needed);
    TRY(publish_with_phrase(person, own, next, phrase));
    return put_guardians(person.home(), circle.book);
}

// Their messages go first: a card that names people who have no key would help nobody.
Outcome set_guardians(Person& person,
                      const KnownPerson& own,
                      const Circle& circle,
                      const Mnemonic& phrase) {
    for (std::size_t i = 0; i < circle.book.size(); ++i) {
        auto message = TRY(share_message(person, own, circle, i));
        TRY(send_share(person, std::move(message)));
    }
    TRY(publish_circle(person, own, circle, phrase));
    json::array names;
    std::string list;
    for (const ChosenGuardian& each : circle.book) {
        names.emplace_back(each.address.text());
        list += (list.empty() ? "" : ", ") + each.address.text();
    }
    if (person.terminal().json)
        print_json({{"guardians", names}, {"needed", circle.needed}});
    else
        print_line("your guardians: " + list + "; " + std::to_string(circle.needed) +
                   " of them together can replace a lost recovery phrase. Each has a message with "
                   "their key; tell them of it.");
    return ExitCode::done;
}

Result<Mnemonic> good_phrase(const KnownPerson& own, const PhraseSource& source) {
    if (!source.is_given())
        return needs_phrase();
    Mnemonic phrase = TRY(read_phrase(source));
    if (!find_recovery_key(phrase, own.card().recovery))
        return fail(
            ErrorKind::untrusted, "recovery phrase", "is not the one that your card commits to");
    return phrase;
}

// Whose guardian one is: the messages that were read and hold a key.
Result<json::array> wards(Person& person) {
    json::array list;
    const auto ids =
        TRY(query_emails(person, {{"hasKeyword", std::string(kGuardianKeyword)}}, SIZE_MAX));
    for (const json::object& email : TRY(get_emails(person, ids))) {
        const std::string from = text_at(row_of(person, email), "from");
        if (std::ranges::find(list, json::value(from)) == list.end())
            list.emplace_back(from);
    }
    return list;
}

void print_guardians(const json::object& all) {
    const auto count = number_at(all, "count");
    if (count == 0)
        print_line("no guardians: `kith guardian add` names some");
    else
        print_line(std::to_string(count) + " guardians, " +
                   std::to_string(number_at(all, "needed")) + " of them are needed");
    const auto& known = array_at(all, "guardians");
    for (const json::object* each : objects_in(known))
        print_line("  " + text_at(*each, "address") + "  since " +
                   text_at(*each, "since").substr(0, 10));
    if (static_cast<std::int64_t>(known.size()) < count)
        print_line("  " + std::to_string(count - static_cast<std::int64_t>(known.size())) +
                   " named on another device");
    for (const std::string& ward : texts_at(all, "guardianOf"))
        print_line("you are a guardian of " + printable(ward));
}

}  // namespace

Outcome run_guardian_add(Person& person, const GuardianWish& wish) {
    flush_outbox(person);
    const auto own = TRY(person.cards().own());
    const Mnemonic phrase = TRY(good_phrase(own, wish.phrase));
    GuardianBook book =
        wish.anew == GuardianWish::Anew::yes ? GuardianBook() : TRY(known_guardians(person, own));
    const auto contacts = TRY(person.server().call("Contact/get", {{"ids", nullptr}}));
    for (const Address& address : TRY(wished_addresses(person, wish.who))) {
        TRY(check_contact(array_at(contacts, "list"), address));
        if (std::ranges::find(book, address, &ChosenGuardian::address) == book.end())
            book.push_back({address, {}, person.clock().now()});
    }
    const Circle circle = TRY(make_circle(person, std::move(book), wish.needed));
    return set_guardians(person, own, circle, phrase);
}

Outcome run_guardian_remove(Person& person, const GuardianWish& wish) {
    flush_outbox(person);
    const auto own = TRY(person.cards().own());
    if (own.card().guardians.empty())
        return fail(ErrorKind::not_found, "guardians", "there are none");
    const Mnemonic phrase = TRY(good_phrase(own, wish.phrase));
    if (wish.who.empty()) {
        TRY(publish_circle(person, own, Circle(), phrase));
        if (person.terminal().json)
            print_json({{"guardians", json::array()}, {"needed", nullptr}});
        else
            print_line("you have no guardians any more; what they keep is void");
        return ExitCode::done;
    }
    GuardianBook book = TRY(known_guardians(person, own));
    for (const Address& address : TRY(wished_addresses(person, wish.who)))
        if (std::erase_if(book, [&](const auto& each) { return each.address == address; }) == 0)
            return fail(ErrorKind::not_found, address.text(), "is no guardian of yours");
    const Circle circle = TRY(make_circle(person, std::move(book), wish.needed));
    return set_guardians(person, own, circle, phrase);
}

Outcome run_guardian_list(Person& person) {
    flush_outbox(person);
    const auto own = TRY(person.cards().own());
    json::array known;
    for (const ChosenGuardian& each : TRY(guardians_in(person.home(), own.card())))
        known.push_back({{"address", each.address.text()}, {"since", format_time(each.since)}});
    json::object all{{"count", own.card().guardians.size()},
                     {"needed", own.card().guardians_needed.value_or(0)},
                     {"guardians", std::move(known)},
                     {"guardianOf", TRY(wards(person))}};
    if (person.terminal().json)
        print_json(all);
    else
        print_guardians(all);
    return ExitCode::done;
}

Outcome run_guardian_veto(Person& person, const PhraseSource& source) {
    const auto own = TRY(person.cards().own());
    const auto& announced = own.card().replacement;
    if (!announced)
        return fail(ErrorKind::not_found, "guardians", "have announced nothing: nothing to stop");
    const Mnemonic phrase = TRY(good_phrase(own, source));
    CardBuilder next = CardBuilder::after(own.chain.current(), person.clock().now());
    // Their freeze goes with what it was for.
    if (own.card().frozen == announced->since)
        next.thaw();
    TRY(publish_with_phrase(person, own, next, phrase));
    if (person.terminal().json)
        print_json({{"vetoed", format_time(announced->since)}});
    else
        print_line(
            "what your guardians announced is void: your recovery phrase stands. Ask them "
            "who asked them.");
    return ExitCode::done;
}

}  // namespace kith
