#include "exchange/outgoing_mail.h"

#include <map>

#include "identity/chain.h"
#include "identity/stub_check.h"

namespace kith {
namespace {

// The sender's cards up to the one that the stub names, oldest first, the last 16 of them.
Result<std::vector<std::string>> chain_to(ReadTransaction& read,
                                          const Hash& root,
                                          const Hash& end) {
    std::vector<SignedCard> cards;
    for (const CardRecord& record : read.cards(root))
        cards.push_back(TRY(read_card(record.note)));
    const Resolution resolution = TRY(resolve(std::move(cards), root));
    std::vector<std::string> chain;
    for (const SignedCard* card : resolution.chain.line()) {
        chain.push_back(card->note.octets());
        if (card->hash == end)
            break;
    }
    if (chain.size() > kMaxCardsInDelivery)
        chain.erase(chain.begin(), chain.end() - static_cast<std::ptrdiff_t>(kMaxCardsInDelivery));
    return chain;
}

// Chains of the senders of one batch: each is put together once.
class Chains {
  public:
    explicit Chains(ReadTransaction& read) : read_(read) {}
    Result<std::vector<std::string>> get(const Stub& stub) {
        const auto known = chains_.find(stub.card);
        if (known != chains_.end())
            return known->second;
        auto chain = TRY(chain_to(read_, stub.root, stub.card));
        return chains_.emplace(stub.card, std::move(chain)).first->second;
    }

  private:
    ReadTransaction& read_;
    std::map<Hash, std::vector<std::string>> chains_;
};

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
    mail.chain = TRY(chains.get(mail.stub));
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
    for (RecipientRecord& row : rows) {
        auto mail = open_row(room, *read, chains, row, now);
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
