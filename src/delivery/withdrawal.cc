#include "delivery/withdrawal.h"

#include <algorithm>

#include "base/text.h"
#include "identity/keystate.h"
#include "note/stub.h"

namespace kith {
namespace {

constexpr std::string_view kSeen = "$seen";

// A device that is active now must have signed.
Result<void> check_signer(const SignedNote& note,
                          const Withdraw& withdraw,
                          ReadTransaction& read,
                          Time now) {
    std::vector<SignedCard> cards;
    for (const CardRecord& record : read.cards(withdraw.root))
        cards.push_back(TRY(read_card(record.note)));
    const Resolution resolution = TRY(resolve(std::move(cards), withdraw.root));
    const Card& card = resolution.chain.current().card;
    std::vector<NamedKey> active;
    for (const CardDevice& device : card.devices)
        if (key_state(resolution.chain, device.key, now).good())
            active.push_back({card.key_name(device.name), device.key});
    if (active.empty())
        return fail(ErrorKind::untrusted, "withdraw: signature", "no device of the sender counts");
    TRY(verify_note(note, active));
    return {};
}

bool is_read(const MessageRecord& message) {
    const auto words = split(message.keywords, ' ');
    return std::ranges::find(words, kSeen) != words.end();
}

}  // namespace

Result<Withdrawal> withdraw_message(const SignedNote& note,
                                    const Withdraw& withdraw,
                                    WriteTransaction& write,
                                    Time now) {
    Withdrawal done;
    const auto account = write.account(withdraw.to.address.text());
    if (!account)
        return done;
    const auto message = write.message_by_stub(account->id, withdraw.root, withdraw.id);
    if (!message || message->from != withdraw.from.text())
        return done;
    TRY(check_signer(note, withdraw, write, now));
    if (is_read(*message)) {
        done.outcome = Withdrawal::Outcome::read_already;
        return done;
    }
    TRY(write.remove_message(account->id, message->id));
    done.outcome = Withdrawal::Outcome::removed;
    done.account = account->id;
    done.state = write.modseq(account->id);
    return done;
}

}  // namespace kith
