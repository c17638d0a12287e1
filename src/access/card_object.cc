#include "access/card_object.h"

namespace kith {

json::object card_object(const Chain& chain, const CardSource& source) {
    const SignedCard& current = chain.current();
    json::array notes;
    for (const SignedCard* card : chain.evidence())
        notes.emplace_back(card->note.octets());
    const std::string& domain = current.card.address.domain();
    json::object object;
    object["id"] = source.id;
    object["root"] = chain.root().text();
    object["serial"] = current.card.serial;
    object["address"] = current.card.address.text();
    object["chain"] = std::move(notes);
    object["hash"] = current.hash.text();
    object["listedBy"] = current.note.names(domain) ? json::value(domain) : json::value(nullptr);
    object["secure"] = source.secure ? "dnssec" : "insecure";
    object["disputed"] = chain.standing() == Chain::Standing::disputed;
    object["fetchedAt"] = format_time(source.fetched_at);
    return object;
}

}  // namespace kith
