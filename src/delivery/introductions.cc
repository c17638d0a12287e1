#include "delivery/introductions.h"

#include "delivery/grant_ledgers.h"
#include "delivery/new_contact.h"
#include "trust/vouching.h"

namespace kith {

Result<IntroductionPart> parse_introduction_part(std::string_view octets, Time now) {
    auto note = SignedNote::parse(octets);
    if (!note)
        return std::move(note).error().within("introduction");
    const Introduction fields = TRY(parse_introduction(*note));
    TRY(check_times(fields, now));
    return IntroductionPart{*std::move(note), fields};
}

Result<void> check_introduction(const IntroductionPart& part,
                                const Stub& stub,
                                const NamedKey& device,
                                std::span<const PublicKey> domain_keys) {
    const auto untrusted = [](const char* field, const char* why) {
        return fail(ErrorKind::untrusted, std::string("introduction: ") + field, why);
    };
    if (part.fields.from != stub.from)
        return untrusted("from", "is not the sender");
    if (part.fields.root != stub.root)
        return untrusted("root", "is not the sender's");
    if (part.fields.card != stub.card)
        return untrusted("card", "is not the stub's");
    if (auto good = verify_note(part.note, device); !good)
        return std::move(good).error().within("introduction");
    std::vector<NamedKey> domain;
    domain.reserve(domain_keys.size());
    for (const PublicKey& key : domain_keys)
        domain.push_back({stub.from.domain(), key});
    if (auto good = verify_note(part.note, domain); !good)
        return std::move(good).error().within("introduction: domain");
    return {};
}

Result<LetterEvidence> letter_for(const IntroductionPart& part,
                                  const AccountRecord& account,
                                  ReadTransaction& read,
                                  Time now) {
    const IntroducedPerson* const other = part.fields.other(account.root);
    if (other == nullptr)
        return fail(ErrorKind::malformed, "introduction: person", "the recipient is neither");
    const bool room = read.introductions_by(account.id, part.fields.root, now) < kMostIntroductions;
    return LetterEvidence{
        .address = other->address,
        .root = other->root,
        .until = part.fields.expires,
        .state = room ? LetterEvidence::State::good : LetterEvidence::State::too_many};
}

void keep_introduction(const IntroductionPart& part,
                       const std::string& device,
                       const AccountRecord& account,
                       WriteTransaction& write,
                       Time now) {
    const IntroducedPerson* const other = part.fields.other(account.root);
    if (other == nullptr)
        return;
    write.put_introduction(account.id,
                           {.subject = other->root,
                            .introducer = part.fields.root,
                            .address = part.fields.from.text(),
                            .serial = part.fields.serial_for(other->root),
                            .until = part.fields.expires,
                            .device = device,
                            .received = now});
}

std::optional<HeardWord> word_for(const Hash& subject,
                                  AccountId account,
                                  ReadTransaction& read,
                                  Time now) {
    std::optional<HeardWord> best;
    for (const IntroductionRecord& each : read.introductions(account, subject)) {
        const auto grant = each.until > now ? read.grant(account, each.introducer) : std::nullopt;
        const auto address = Address::parse_normal(each.address);
        if (!grant || !address)
            continue;
        const GrantLedger ledger = ledger_of(*grant, now);
        const Credit worth = ledger.available(GrantBucket::introductions, now);
        if (best && best->evidence.introductions >= worth)
            continue;
        best = HeardWord{.evidence = {.kind = WordEvidence::Kind::introduction,
                                      .introducer = {each.introducer, *address, each.serial},
                                      .introductions = worth},
                         .ledger = ledger};
    }
    return best;
}

Introducer introducer_of(const Hash& subject, AccountId account, ReadTransaction& read) {
    for (const IntroductionRecord& each : read.introductions(account, subject))
        if (const auto address = Address::parse_normal(each.address))
            return {each.introducer, *address, each.serial};
    return {};
}

void use_introduction(const Stub& stub,
                      const Hash& introducer,
                      AccountId account,
                      WriteTransaction& write,
                      Time now) {
    for (IntroductionRecord each : write.introductions(account, stub.root)) {
        if (each.introducer != introducer)
            continue;
        each.used = IntroductionRecord::Used::yes;
        write.put_introduction(account, each);
        auto grant = write.grant(account, stub.root);
        const bool is_new = !grant;
        GrantLedger ledger =
            grant ? ledger_of(*grant, now) : GrantLedger::introduced(each.until, now);
        if (grant) {
            ledger.introduce_again(each.until, now);
        } else {
            grant.emplace();
            grant->root = stub.root;
            grant->address = stub.from.text();
            grant->card = stub.card;
            grant->source = "introduced";
            grant->since = now;
        }
        set_ledger(*grant, ledger);
        write.put_grant(account, *grant);
        if (is_new)
            heed_new_contact(write, account, stub.root, now);
    }
}

namespace {

/// What standing for one of the two comes to; nothing is written yet.
struct Stood {
    GrantRecord grant;
    GrantLedger ledger;
    IssuedVouch vouch;
};

Result<Stood> stand_for(const IntroducedPerson& person,
                        const Introduction& introduction,
                        AccountId account,
                        ReadTransaction& read,
                        Time now) {
    const auto grant = read.grant(account, person.root);
    const IntroducedPerson* const other = introduction.other(person.root);
    if (!grant || is_list(*grant) || other == nullptr)
        return fail(ErrorKind::not_found, person.address.text(), "is no contact");
    GrantLedger ledger = ledger_of(*grant, now);
    auto vouch = issue_vouch({.serial = introduction.serial_for(person.root),
                              .introducer = introduction.root,
                              .subject = person.root,
                              .domain = other->address.domain(),
                              .given = now},
                             ledger,
                             now);
    if (!vouch)
        return fail(ErrorKind::limit, person.address.text(), "was stood for as often as may be");
    return Stood{*grant, ledger, *std::move(vouch)};
}

}  // namespace

// Both or neither, whatever else the write is for.
Result<void> stand_for_both(const Introduction& introduction,
                            AccountId account,
                            WriteTransaction& write,
                            Time now) {
    std::vector<Stood> both;
    for (const IntroducedPerson& person : introduction.people)
        both.push_back(TRY(stand_for(person, introduction, account, write, now)));
    for (const Stood& each : both) {
        write.put_grant_ledger(account, each.grant.root, write_grant_ledger(each.ledger));
        write.put_issued_vouch({.serial = each.vouch.serial,
                                .account = account,
                                .vouch = write_issued_vouch(each.vouch),
                                .given = now});
    }
    return {};
}

}  // namespace kith
