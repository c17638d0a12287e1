#include "kith/own_card.h"

namespace kith {

Result<KnownPerson> publish_card(Person& person,
                                 const KnownPerson& own,
                                 const Card& next,
                                 const CardSigner& signer) {
    const SignedCard card = TRY(sign_card(next, std::span(&signer, 1)));
    TRY(verify_next(own.chain.current(), card));
    const auto answer = TRY(person.server().call(
        "Card/set",
        {{"create", json::object{{"new", json::object{{"note", card.note.octets()}}}}}}));
    TRY(created_in(answer, "new"));
    return person.cards().own();
}

}  // namespace kith
