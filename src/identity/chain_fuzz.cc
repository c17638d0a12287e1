// Two octets make a card: what it changes and after which card, and who signs it. Whatever the
// rules take, the line holds step by step, nothing revoked comes back, and the outcome of
// recoveries does not depend on the order of arrival.
#include "identity/keystate.h"
#include "identity/people_for_tests.h"

namespace {

using namespace kith;

constexpr std::size_t kMaxSteps = 10;
constexpr std::uint8_t kReplacing = 95;  // the key that guardians put in the place of kRecovery
constexpr std::array<std::string_view, 4> kNames = {"laptop", "phone", "tablet", "desk"};

constexpr unsigned kByRecovery = 0x10;
constexpr unsigned kByGuardians = 0x20;
constexpr unsigned kByReplacing = 0x40;

void change(CardBuilder& builder, unsigned what, unsigned who, std::uint8_t next_recovery) {
    const std::size_t which = (what / 9) % kNames.size();
    const std::string name(kNames[which]);
    const auto number = static_cast<std::uint8_t>(which + 1);
    switch (what % 9) {
        case 0:
            builder.add_device(device_of(name, number), CardBuilder::Admission::pending);
            break;
        case 1:
            builder.add_device(device_of(name, number), CardBuilder::Admission::confirmed);
            break;
        case 2:
            (void)builder.confirm_device(name).has_value();
            break;
        case 3:
            (void)builder.remove_device(name, kStart, RevocationReason::lost).has_value();
            break;
        case 4:
            builder.freeze();
            break;
        case 5:
            builder.thaw();
            break;
        case 6:
            builder.move_to(*Address::parse("alice@two.test"));
            break;
        case 7:
            builder.announce(commitment_of(kReplacing),
                             {key_of(kGuardian).public_key(), key_of(kGuardian + 1).public_key()});
            break;
        default:
            builder.go_on_there();
            builder.recover(key_of(who & kByReplacing ? kReplacing : kRecovery).public_key(),
                            commitment_of(next_recovery));
            break;
    }
}

std::vector<TestSigner> signers_of(unsigned who) {
    std::vector<TestSigner> signers;
    for (std::uint8_t i = 0; i < kNames.size(); ++i)
        if ((who >> i) & 1U)
            signers.push_back({std::string(kNames[i]), static_cast<std::uint8_t>(i + 1)});
    if (who & kByRecovery)
        signers.push_back({"", kRecovery});
    if (who & kByGuardians)
        for (const TestSigner& guardian : guardians_signing())
            signers.push_back(guardian);
    if (who & kByReplacing)
        signers.push_back({"", kReplacing});
    return signers;
}

void check_line(const Chain& chain) {
    const std::vector<const SignedCard*> line = chain.line();
    KITH_CHECK(verify_first(*line.front()).has_value());
    for (std::size_t i = 1; i < line.size(); ++i) {
        KITH_CHECK(verify_next(*line[i - 1], *line[i]).has_value());
        for (const RevokedDevice& revoked : line[i - 1]->card.revoked)
            KITH_CHECK(!line[i]->card.device(revoked.key) &&
                       line[i]->card.revoked_key(revoked.key));
    }
}

void check_order(const Chain& chain, const std::vector<SignedCard>& cards, bool recovered) {
    const auto backwards = resolve({cards.rbegin(), cards.rend()}, cards.front().hash);
    KITH_CHECK(backwards.has_value());
    if (!recovered)
        return;
    KITH_CHECK(backwards->chain.standing() == chain.standing());
    if (chain.standing() == Chain::Standing::disputed)
        KITH_CHECK(account_state(chain, kStart) == KeyStanding::disputed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const SignedCard first = first_card_with_guardians();
    Chain chain = *Chain::begin(first);
    std::vector<SignedCard> cards = {first};
    bool recovered = false;
    for (std::size_t i = 0; i + 1 < size && i / 2 < kMaxSteps; i += 2) {
        const unsigned what = data[i];
        const Time now = kStart + std::chrono::hours(13) * static_cast<int>(i * i);
        const SignedCard& prev = what & 0x80U ? cards[data[i] % cards.size()] : chain.current();
        CardBuilder builder = CardBuilder::after(prev, now);
        change(builder, what & 0x3FU, data[i + 1], static_cast<std::uint8_t>(100 + i));
        const auto card = sign_with(builder.card(), signers_of(data[i + 1]));
        if (!card)
            continue;
        if (const auto added = chain.add(*card); added && added->place != Chain::Place::known) {
            cards.push_back(*card);
            recovered = recovered || added->change.by == CardChange::By::recovery;
        }
        check_line(chain);
    }
    check_order(chain, cards, recovered);
    // And what comes from outside.
    if (const auto card = read_card(as_text({data, size}))) {
        (void)verify_first(*card).has_value();
        (void)chain.add(*card).has_value();
    }
    return 0;
}
