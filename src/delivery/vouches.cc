#include "delivery/vouches.h"

#include <algorithm>

#include "delivery/grant_ledgers.h"
#include "trust/vouching.h"

namespace kith {
namespace {

std::string place_of_keys(AccountId account, const Hash& introducer) {
    return "hint-keys " + std::to_string(account) + " " + introducer.hex_text();
}

bool is_own_choice(const GrantLedger& ledger, Time now) {
    const GrantStanding standing = ledger.standing(now);
    return standing == GrantStanding::known || standing == GrantStanding::well_trusted;
}

std::optional<HintKey> stored_key(ReadTransaction& read,
                                  AccountId account,
                                  const Hash& introducer,
                                  std::int64_t week) {
    const auto text = read.value(place_of_keys(account, introducer));
    const auto keys = text ? parse_weekly_keys(*text)
                           : Result<std::vector<WeeklyKey>>(fail(ErrorKind::not_found, "key"));
    return keys ? key_of_week(*keys, week) : std::nullopt;
}

// One serial for one ask and commitment, which nobody else can guess before it is given.
std::string serial_of(const VouchRequest& request) {
    const std::string head = "kith/1 vouch\n" + request.ask.id + "\n";
    return sha256_joined({as_bytes(head),
                          request.introducer.octets,
                          request.ask.root.octets,
                          request.recipient.octets})
        .hex_text()
        .substr(0, 32);
}

// By their own card: however many here know whom the vouch would be for.
std::optional<AccountRecord> account_of(ReadTransaction& read, const Hash& root) {
    const auto card = read.newest_card(root);
    auto account = card ? read.account(card->address) : std::nullopt;
    const bool is_here =
        account && account->root == root && account->state == AccountRecord::State::active;
    return is_here ? std::move(account) : std::nullopt;
}

GrantRecord contact_in_vain(Time now) {
    GrantRecord grant;
    set_ledger(grant, GrantLedger::granted(GrantLevel::known, now));
    return grant;
}

Error none() {
    return fail(ErrorKind::not_found, "vouch", "there is none");
}

}  // namespace

void keep_weekly_keys(WriteTransaction& write,
                      AccountId account,
                      const Hash& introducer,
                      const std::string& text) {
    const std::string place = place_of_keys(account, introducer);
    if (write.value(place) != text)
        write.put_value(place, text);
}

bool is_firm_contact(ReadTransaction& read,
                     AccountId account,
                     const std::string& address,
                     Time now) {
    const auto grants = read.grants_of(account, address);
    return std::ranges::any_of(grants, [&](const GrantRecord& grant) {
        return !is_list(grant) && is_own_choice(ledger_of(grant, now), now);
    });
}

bool is_joined_list(ReadTransaction& read, AccountId account, const std::string& address) {
    return std::ranges::any_of(read.grants_of(account, address), is_list);
}

Result<Bytes> hints_of(ReadTransaction& read, AccountId account, const Stub& stub, Random& random) {
    const HintMessage message = TRY(HintMessage::of(stub.id, stub.to.address));
    const std::int64_t week = hint_week(stub.time);
    std::vector<HintKey> keys;
    for (const GrantRecord& grant : read.grants(account))
        if (keys.size() < kMostHints)
            if (const auto key = stored_key(read, account, grant.root, week))
                keys.push_back(*key);
    return make_hints(message, keys, random);
}

Ask ask_of(const Stub& stub) {
    return {.id = stub.id,
            .time = stub.time,
            .from = stub.from,
            .root = stub.root,
            .card = stub.card,
            .domain = stub.to.address.domain()};
}

std::optional<Introducer> find_introducer(ReadTransaction& read,
                                          AccountId account,
                                          const Stub& stub,
                                          ByteView hints,
                                          const Evidence& evidence,
                                          Time now) {
    const auto message = HintMessage::of(stub.id, stub.to.address);
    const std::int64_t week = hint_week(stub.time);
    if (!message || !is_hint_week_open(week, now))
        return std::nullopt;
    std::vector<GrantRecord> introducers;
    std::vector<HintKey> keys;
    for (GrantRecord& grant : read.grants(account)) {
        if (keys.size() == kMostExpectedHints)
            break;
        if (const auto key = stored_key(read, account, grant.root, week)) {
            keys.push_back(*key);
            introducers.push_back(std::move(grant));
        }
    }
    const auto found = match_hints(*message, keys, hints);
    std::optional<Introducer> best;
    Credit most;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto address = Address::parse_normal(introducers[i].address);
        if (found[i] == 0 || !address || introducers[i].root == stub.root)
            continue;
        const Credit worth =
            ledger_of(introducers[i], now).available(GrantBucket::introductions, now);
        const WordEvidence word{.kind = WordEvidence::Kind::vouch,
                                .introducer = {introducers[i].root, *address, {}},
                                .introductions = worth};
        if (worth <= most || !would_decide(word, evidence))
            continue;
        best = word.introducer;
        most = worth;
    }
    return best;
}

Result<Vouch> give_vouch(const VouchRequest& request,
                         const std::string& domain,
                         WriteTransaction& write,
                         Time now) {
    const Vouch vouch{.serial = serial_of(request),
                      .time = now,
                      .expires = now + kMaxVouchLife,
                      .domain = domain,
                      .introducer = request.introducer,
                      .subject = request.ask.root,
                      .recipient = request.recipient};
    if (write.issued_vouch(vouch.serial))
        return vouch;
    const auto account = account_of(write, request.introducer);
    const AccountId id = account ? account->id : 0;
    const auto grant = write.grant(id, request.ask.root);
    // Of who is no contact, too: there is none in the same words after the same work.
    GrantLedger ledger = ledger_of(grant ? *grant : contact_in_vain(now), now);
    const auto issued = issue_vouch({.serial = vouch.serial,
                                     .introducer = request.introducer,
                                     .subject = request.ask.root,
                                     .domain = request.ask.domain,
                                     .given = now},
                                    ledger,
                                    now);
    if (!issued || !grant || is_list(*grant) || grant->address != request.ask.from.text())
        return none();
    write.put_grant_ledger(id, grant->root, write_grant_ledger(ledger));
    write.put_issued_vouch({.serial = issued->serial,
                            .account = id,
                            .vouch = write_issued_vouch(*issued),
                            .given = now});
    return vouch;
}

}  // namespace kith
