#include "kith/guardian_book.h"

#include <algorithm>

#include "identity/card_builder.h"
#include "kith/files.h"
#include "kith/json_access.h"

namespace kith {
namespace {

constexpr const char* kFile = "guardians.json";

Result<ChosenGuardian> read_guardian(const json::object& object) {
    ChosenGuardian guardian;
    guardian.address = TRY(Address::parse_normal(text_at(object, "address")));
    guardian.key = TRY(parse_public_key(text_at(object, "key")));
    guardian.since = TRY(parse_time(text_at(object, "since")));
    return guardian;
}

}  // namespace

Result<GuardianBook> parse_guardian_book(std::string_view text) {
    const auto damaged = [](const std::string& why) {
        return fail(ErrorKind::malformed,
                    kFile,
                    "is damaged (" + why + "): move it away and name your guardians anew");
    };
    const auto object = parse_json_object(text);
    if (!object)
        return damaged(object.error().detail);
    GuardianBook book;
    for (const json::object* each : objects_in(array_at(*object, "guardians"))) {
        auto guardian = read_guardian(*each);
        if (!guardian)
            return damaged(guardian.error().text());
        book.push_back(*std::move(guardian));
    }
    return book;
}

std::string write_guardian_book(const GuardianBook& book) {
    json::array list;
    for (const ChosenGuardian& each : book)
        list.push_back({{"address", each.address.text()},
                        {"key", each.key.text()},
                        {"since", format_time(each.since)}});
    return json::serialize(json::object{{"guardians", std::move(list)}});
}

Result<GuardianBook> guardians_in(const Home& home, const Card& card) {
    const auto text = read_private_file(home.file(kFile));
    if (!text && text.error().kind == ErrorKind::not_found)
        return GuardianBook();
    if (!text)
        return text.error();
    GuardianBook book = TRY(parse_guardian_book(*text));
    std::erase_if(book, [&](const ChosenGuardian& each) {
        return std::ranges::find(card.guardians, guardian_commitment(each.key)) ==
               card.guardians.end();
    });
    return book;
}

Result<void> put_guardians(const Home& home, const GuardianBook& book) {
    return write_private_file(home.file(kFile), write_guardian_book(book));
}

}  // namespace kith
