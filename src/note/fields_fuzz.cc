// Every type: what parses and holds no unknown field is written back as the same text, or as a
// text that parses to the same value where the order of fields differs.
#include "note/alarm.h"
#include "note/ask.h"
#include "note/batch.h"
#include "note/card.h"
#include "note/confirm.h"
#include "note/fields.h"
#include "note/guardian_share.h"
#include "note/introduction.h"
#include "note/link.h"
#include "note/list_command.h"
#include "note/login.h"
#include "note/outcome.h"
#include "note/price.h"
#include "note/stamp.h"
#include "note/stub.h"
#include "note/token_link.h"
#include "note/vouch.h"
#include "note/withdraw.h"

namespace {

using namespace kith;

template <class Parse, class Write>
void round(const SignedNote& note, const SigningKey& key, Parse parse, Write write) {
    auto value = parse(note);
    if (!value)
        return;
    auto again = SignedNote::sign(write(*value), "fuzz.test", key);
    KITH_CHECK(again.has_value());
    auto second = parse(*again);
    KITH_CHECK(second.has_value() && *second == *value);
}

// A link is signed by the key that it brings.
void round_link(std::string_view text, const SigningKey& key) {
    const auto fields = Fields::parse(text, "link");
    const auto address = fields ? fields->required("address", as_address) : fields.error();
    const auto device = fields ? fields->required("device", as_device_name) : fields.error();
    if (!address || !device)
        return;
    const auto note = SignedNote::sign(text, address->text() + "/" + *device, key);
    if (const auto link = note ? parse_link(*note) : note.error()) {
        const auto again =
            SignedNote::sign(write_link(*link), link->address.text() + "/" + link->device, key);
        KITH_CHECK(again && parse_link(*again) &&
                   write_link(*parse_link(*again)) == write_link(*link));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const SigningKey key = *SigningKey::from_seed(Bytes(32, 1));
    const std::string_view text = as_text({data, size});
    if (auto stamp = parse_stamp(text))
        KITH_CHECK(write_stamp(*stamp) == text);
    if (auto link = parse_token_link(text))
        KITH_CHECK(*parse_token_link(write_token_link(*link)) == *link);
    if (auto path = parse_batch_path(text))
        KITH_CHECK(write_batch_path(*path) == text);
    if (auto target = parse_target(text))
        KITH_CHECK(*parse_normal_target(target->text()) == *target);
    if (auto share = parse_guardian_share(text))
        KITH_CHECK(write_guardian_share(*parse_guardian_share(write_guardian_share(*share))) ==
                   write_guardian_share(*share));
    if (auto command = parse_list_command(text))
        KITH_CHECK(*parse_list_command(write_list_command(*command)) == *command);
    if (auto request = parse_guardian_request(text))
        KITH_CHECK(*parse_guardian_request(write_guardian_request(*request)) == *request);
    const auto note = SignedNote::sign(text, "fuzz.test", key);
    if (!note)
        return 0;
    const auto card = [](const SignedNote& n) { return parse_card(n.text()); };
    const auto stub = [](const SignedNote& n) { return parse_stub_text(n.text()); };
    round(*note, key, card, write_card);
    round(*note, key, stub, write_stub);
    round(*note, key, parse_batch, write_batch);
    round(*note, key, parse_price, write_price);
    round(*note, key, parse_login, write_login);
    round(*note, key, parse_withdraw, write_withdraw);
    round(*note, key, parse_alarm, write_alarm);
    round(*note, key, parse_ask, write_ask);
    round(*note, key, parse_vouch, write_vouch);
    round(*note, key, parse_introduction, write_introduction);
    round(*note, key, parse_outcome, write_outcome);
    round(*note, key, parse_confirm, write_confirm);
    round_link(text, key);
    return 0;
}
