#include "identity/move_check.h"

namespace kith {

Result<Address> moved_to(Chain known, const Address& asked, std::string_view card) {
    SignedCard says = TRY(read_card(card));
    const Hash hash = says.hash;
    const Card fields = says.card;
    if (fields.address != asked)
        return fail(ErrorKind::untrusted, "card: address", "is not whom was written to");
    if (!fields.moved)
        return fail(ErrorKind::untrusted, "card: moved", "is absent");
    if (known.find(hash) == nullptr)
        TRY(known.add(std::move(says)));
    if (known.standing() == Chain::Standing::disputed)
        return fail(ErrorKind::untrusted, "card", "the account is disputed");
    for (const SignedCard* each : known.line())
        if (each->hash == hash)
            return *fields.moved;
    return fail(ErrorKind::untrusted, "card: prev", "another card stands");
}

}  // namespace kith
