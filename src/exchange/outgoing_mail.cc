#include "exchange/outgoing_mail.h"

#include <map>

#include "delivery/taking_back.h"
#include "delivery/vouches.h"
#include "identity/keystate.h"
#include "identity/stub_check.h"

namespace kith {
namespace {

Result<Chain> read_chain(ReadTransaction& read, const Hash& root) {
    std::vector<SignedCard> cards;
    for (const CardRecord& record : read.cards(root))
        cards.push_back(TRY(read_card(record.note)));
    return TRY(resolve(std::move(cards), root)).chain;
}

// The sender's cards up to the one that the stub names, oldest first, the last 16 of them.
std::vector<std::string> cards_to(const Chain& chain, const Hash& end) {
    std::vector<std::string> notes;
    for (const SignedCard* card : chain.line()) {
        notes.push_back(card->note.octets());
        if (card->hash == end)
            break;
    }
    if (notes.size() > kMaxCardsInDelivery)
        notes.erase(notes.begin(), notes.end() - static_cast<std::ptrdiff_t>(kMaxCardsInDelivery));
    return notes;
}

// What was handed over before a freeze or a revocation does not go out after it.
Result<void> check_sender(const Chain& chain, const SignedNote& note, const Stub& stub, Time now) {
    const SignedCard* card = chain.find(stub.card);
    if (card == nullptr)
        return fail(ErrorKind::untrusted, "stub: card", "is no card of the sender");
    for (const CardDevice& device : card->card.devices) {
        if (!carries_signature(note, {card->card.key_name(device.name), device.key}))
            continue;
        const KeyState state = key_state(chain, device.key, now);
        if (state.good() || state.standing == KeyStanding::expired)
            return {};
        const bool gone =
            state.standing == KeyStanding::revoked || state.standing == KeyStanding::unknown;
        return fail(ErrorKind::denied,
                    "sender",
                    gone ? "the device " + device.name + " was revoked before it went out"
                         : std::string("the account is ") + name_of(state.standing));
    }
    return fail(ErrorKind::untrusted, "stub: signature", "is not of a device of the sender");
}

// Chains of the senders of one batch: each is put together once.
class Chains {
  public:
    explicit Chains(ReadTransaction& read) : read_(read) {}
    Result<const Chain*> get(const Hash& root) {
        const auto known = chains_.find(root);
        if (known != chains_.end())
            return &known->second;
        return &chains_.emplace(root, TRY(read_chain(read_, root))).first->second;
    }

  private:
    ReadTransaction& read_;
    std::map<Hash, Chain> chains_;
};

// Contacts may use the sender's introducer key. Who is none is asked to look for somebody who knows
// both (protocol section 5.3), in our own domain, too.
Result<void> add_words(const MailRoom& room, ReadTransaction& read, OutgoingMail& mail, Time now) {
    if (is_firm_contact(read, mail.row.account, mail.stub.to.address.text(), now)) {
        mail.parts.introducer =
            write_weekly_keys(weekly_keys(room.introducers.view(), mail.stub.root, now));
        return {};
    }
    if (is_joined_list(read, mail.row.account, mail.stub.to.address.text()))
        return {};
    mail.parts.hints = to_text(TRY(hints_of(read, mail.row.account, mail.stub, room.random)));
    mail.parts.ask =
        TRY(SignedNote::sign(write_ask(ask_of(mail.stub)), room.domain, room.domain_key)).octets();
    return {};
}

Result<OutgoingMail> open_row(const MailRoom& room,
                              ReadTransaction& read,
                              Chains& chains,
                              const RecipientRecord& row,
                              Time now) {
    OutgoingMail mail;
    const SignedNote note = TRY(SignedNote::parse(row.stub));
    mail.row = row;
    mail.stub = TRY(parse_stub(note));
    TRY(check_times(mail.stub, now));
    mail.card = mail.stub.card;
    const Chain* chain = TRY(chains.get(mail.stub.root));
    TRY(check_sender(*chain, note, mail.stub, now));
    mail.chain = cards_to(*chain, mail.stub.card);
    if (auto proof = room.log.proof(read, mail.stub.from, mail.stub.card))
        mail.proof = *std::move(proof);
    const auto place = read.blob(row.blob);
    if (!place)
        return fail(ErrorKind::internal, "blob", "the body is gone");
    mail.place = *place;
    if (mail.is_small())
        mail.small_body = TRY(room.store.blobs().read(row.blob, *place, 0, place->size));
    mail.parts.stub = row.stub;
    if (!row.token.empty())
        mail.parts.token = row.token;
    if (!row.stamp.empty())
        mail.parts.stamp = row.stamp;
    if (!row.introduction.empty())
        mail.parts.introduction = row.introduction;
    TRY(add_words(room, read, mail, now));
    mail.parts.reply =
        room.tokens.make_reply(mail.stub.from, mail.stub.to.address, now, room.random).text;
    return mail;
}

// One alone is countersigned on its stub, several by one batch note.
Result<void> countersign(const MailRoom& room, std::vector<OutgoingMail>& mails, Time now) {
    if (mails.size() == 1) {
        SignedNote note = TRY(SignedNote::parse(mails.front().parts.stub));
        TRY(note.cosign(room.domain, room.domain_key));
        if (note.octets().size() <= kMaxStub) {
            mails.front().parts.stub = note.octets();
            return {};
        }
    }
    std::vector<SignedNote> notes;
    std::vector<std::string_view> texts;
    notes.reserve(mails.size());
    texts.reserve(mails.size());
    for (const OutgoingMail& mail : mails)
        notes.push_back(TRY(SignedNote::parse(mail.parts.stub)));
    for (const SignedNote& note : notes)
        texts.push_back(note.text());
    const BatchDraft draft = make_batch(room.domain, now, texts);
    const SignedNote batch = TRY(SignedNote::sign(draft.text, room.domain, room.domain_key));
    for (std::size_t i = 0; i < mails.size(); ++i) {
        mails[i].parts.batch = batch.octets();
        mails[i].parts.path = write_batch_path(draft.paths[i]);
    }
    return {};
}

}  // namespace

OutgoingBatch make_ready(const MailRoom& room, std::vector<RecipientRecord> rows, Time now) {
    OutgoingBatch batch;
    const auto read = room.store.read();
    Chains chains(*read);
    const auto newest = OwnLog::checkpoint(*read);
    for (RecipientRecord& row : rows) {
        auto mail = open_row(room, *read, chains, row, now);
        if (mail && newest && *newest)
            mail->checkpoint = (*newest)->note.octets();
        if (mail)
            batch.ready.push_back(*std::move(mail));
        else
            batch.unfit.push_back({std::move(row), mail.error()});
    }
    if (batch.ready.empty())
        return batch;
    if (const auto signed_all = countersign(room, batch.ready, now); !signed_all) {
        for (OutgoingMail& mail : batch.ready)
            batch.unfit.push_back({std::move(mail.row), signed_all.error()});
        batch.ready.clear();
    }
    return batch;
}

}  // namespace kith
