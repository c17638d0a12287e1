#include "delivery/withdrawal.h"

#include <algorithm>

#include "base/text.h"
#include "identity/keystate.h"
#include "note/stub.h"

namespace kith {
namespace {

constexpr std::string_view kSeen = "$seen";

bool is_read(const MessageRecord& message) {
    const auto words = split(message.keywords, ' ');
    return std::ranges::find(words, kSeen) != words.end();
}

}  // namespace

Result<void> check_withdraw(const SignedNote& note,
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

Result<Withdrawal> withdraw_message(const Withdraw& withdraw,
                                    const Result<void>& is_theirs,
                                    WriteTransaction& write,
                                    Time now) {
    Withdrawal done;
    const auto account = write.account(withdraw.to.address.text());
    if (!account)
        return done;
    const auto message = write.message_by_stub(account->id, withdraw.root, withdraw.id);
    const auto past = write.past_stub(account->id, withdraw.root, withdraw.id);
    // Who is blocked was told that it is here. Who was told that it is not, though somebody stood
    // for them, hears nothing of their signature either.
    const bool told = past ? past->was != PastStub::Was::untold : message.has_value();
    if (told && !is_theirs)
        return is_theirs.error();
    // Whatever comes of it, something is written: else the time of the answer, which waits for the
    // sync, would say whether the message was read, or was ever kept.
    write.count("withdrawals", now.time_since_epoch() / std::chrono::days(1), 1);
    if (!message || !is_theirs || message->from != withdraw.from.text())
        return done;
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
