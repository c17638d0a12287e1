// recover: a new machine and the phrase; all other devices are revoked (protocol section 3.1).
#include <algorithm>

#include "identity/recovery_phrase.h"
#include "kith/commands.h"
#include "kith/open_calls.h"
#include "kith/own_card.h"
#include "kith/recovery_request.h"
#include "kith/since.h"

namespace kith {
namespace {

// Names are never used again: laptop, laptop-2, …
std::string free_device_name(const Card& card, const std::string& wanted) {
    const auto taken = [&](const std::string& name) {
        return card.device(std::string_view(name)) != nullptr ||
               std::ranges::find(card.revoked, name, &RevokedDevice::name) != card.revoked.end();
    };
    std::string name = wanted;
    for (int i = 2; taken(name); ++i)
        name = wanted.substr(0, 28) + "-" + std::to_string(i);
    return name;
}

// The phrase that the card commits to; or the new one that guardians announced, when its time has
// come.
Result<std::uint64_t> number_due(const Card& before, const Mnemonic& phrase, Time now) {
    if (const auto own = find_recovery_key(phrase, before.recovery))
        return *own;
    const auto announced = before.replacement
                               ? find_recovery_key(phrase, before.replacement->recovery)
                               : Result<std::uint64_t>(fail(ErrorKind::not_found, "replacement"));
    if (!announced)
        return fail(ErrorKind::untrusted,
                    "recovery phrase",
                    "is not the one that the card of " + before.address.text() + " commits to");
    const Time from = before.replacement->since + kReplacementWait;
    if (now < from)
        return fail(ErrorKind::denied,
                    "recovery phrase",
                    "is the one that your guardians announced: it may sign from " +
                        format_time(from) + " on, so that you could be warned of a thief");
    return *announced;
}

struct Recovery {
    Card next;
    SigningKey key;
};

// Every device goes, this one comes; T0 makes it a theft.
Result<Recovery> build(NewHome& home,
                       const Chain& chain,
                       const Mnemonic& phrase,
                       std::optional<Time> since,
                       Time now) {
    const Card& before = chain.current().card;
    const std::uint64_t number = TRY(number_due(before, phrase, now));
    home.config().device = free_device_name(before, home.config().device);
    CardBuilder builder = CardBuilder::after(chain.current(), now);
    for (const CardDevice& device : before.devices)
        TRY(builder.remove_device(device.name,
                                  since.value_or(now),
                                  since ? RevocationReason::compromised : RevocationReason::lost));
    builder.add_device(home.keys().as_device(home.config().device),
                       CardBuilder::Admission::confirmed);
    builder.thaw();
    SigningKey key = recovery_key_of(phrase, number);
    const SigningKey after = recovery_key_of(phrase, number + 1);
    builder.recover(key.public_key(), recovery_commitment(after.public_key()));
    return Recovery{builder.card(), std::move(key)};
}

void report(const Terminal& terminal, const NewHome& home, const Chain& chain, const Card& next) {
    const Card& before = chain.current().card;
    json::array revoked;
    std::string names;
    for (const CardDevice& device : before.devices) {
        revoked.emplace_back(device.name);
        names += (names.empty() ? "" : ", ") + device.name;
    }
    if (terminal.json) {
        print_json({{"address", next.address.text()},
                    {"device", home.config().device},
                    {"revoked", revoked},
                    {"since", format_time(next.revoked.back().since)},
                    {"serial", next.serial}});
        return;
    }
    print_line(next.address.text() + " is yours again, on " + home.config().device +
               "; revoked since " + format_time(next.revoked.back().since) + ": " + names);
    print_line(
        "Your phrase stays good: the card commits to its next key. Old mail was sealed to the old "
        "devices; `kith import` brings it back from an export.");
}

}  // namespace

Outcome run_recover(const std::filesystem::path& folder,
                    const Terminal& terminal,
                    const RecoverWish& wish) {
    const auto made = TRY(NewHome::begin(folder, wish.home));
    NewHome& home = *made;
    const Time now = SystemClock().now();
    std::optional<Time> since;
    if (!wish.since.empty())
        since = TRY(parse_since(wish.since, now));
    const Chain chain = TRY(fetch_chain(home.network(), home.origin(), home.config().address));
    // An earlier attempt got through, but its answer was lost.
    if (const auto* device = chain.current().card.device(home.keys().signing.public_key())) {
        home.config().device = device->name;
        TRY(home.complete());
        print_notice("this machine is a device of the account already, as " + device->name);
        return ExitCode::done;
    }
    const Mnemonic phrase = TRY(read_phrase(wish.phrase));
    const Recovery recovery = TRY(build(home, chain, phrase, since, now));
    const CardSigner signer{"", recovery.key};
    const SignedCard card = TRY(sign_card(recovery.next, std::span(&signer, 1)));
    TRY(verify_next(chain.current(), card));
    TRY(post_card(home.network(), home.origin(), card));
    TRY(home.complete());
    forget_request(home.home());
    report(terminal, home, chain, recovery.next);
    return ExitCode::done;
}

}  // namespace kith
