#include "kith/card_book.h"

#include <algorithm>

#include "identity/keystate.h"
#include "kith/files.h"

namespace kith {
namespace {

Error unknown_person(const Address& address, const json::object& error) {
    const std::string type = text_at(error, "type");
    const std::string name = address.text();
    if (type == "no-such-account")
        return fail(ErrorKind::not_found, name, "there is no such account: check the address");
    if (type == "no-route")
        return fail(ErrorKind::not_found,
                    name,
                    "the domain " + address.domain() + " has no Kith server: check the address");
    if (type == "untrusted")
        return fail(ErrorKind::untrusted,
                    name,
                    "its domain's answer does not hold (" + text_at(error, "detail") + ")");
    return fail(
        ErrorKind::unavailable,
        name,
        "its domain does not answer now (" + text_at(error, "detail") + "): try again later");
}

}  // namespace

std::vector<AgeRecipient> KnownPerson::recipients() const {
    std::vector<AgeRecipient> all;
    for (const CardDevice& device : card().devices)
        all.push_back(device.recipient);
    return all;
}

Result<KnownPerson> read_person(const json::object& object, const Address& address) {
    const auto lie = [&](const std::string& why) {
        return fail(
            ErrorKind::untrusted, address.text(), "the chain of cards does not hold: " + why);
    };
    std::vector<SignedCard> cards;
    for (const std::string& note : texts_at(object, "chain")) {
        auto card = read_card(std::string_view(note));
        if (!card)
            return lie(card.error().text());
        cards.push_back(std::move(*card));
    }
    if (cards.empty())
        return lie("it is empty");
    const Hash root = cards.front().root();
    auto resolution = resolve(std::move(cards), root);
    if (!resolution)
        return lie(resolution.error().text());
    const bool disputed = resolution->chain.standing() == Chain::Standing::disputed;
    if (!resolution->refused.empty() && !disputed)
        return lie(resolution->refused.front().second.text());
    KnownPerson person{.address = address, .chain = std::move(resolution->chain)};
    const auto line = person.chain.line();
    const auto is_theirs = [&](const SignedCard* card) { return card->card.address == address; };
    if (std::ranges::none_of(line, is_theirs))
        return lie("it is that of " + person.card().address.text());
    person.address = person.card().moved.value_or(person.card().address);
    person.secure = text_at(object, "secure") == "dnssec";
    return person;
}

void CardBook::remember(const Address& address, const json::object& object) const {
    const auto folder = home_.subfolder("cards");
    if (!folder)
        return;
    const auto path = *folder / (address.text() + ".json");
    const std::string text = json::serialize(
        json::object{{"chain", value_at(object, "chain")}, {"secure", value_at(object, "secure")}});
    const auto before = read_private_file(path);
    if (before && *before == text)
        return;
    // A memory that cannot be written is asked for again.
    [[maybe_unused]] const auto written = write_private_file(path, text);
}

Result<KnownPerson> CardBook::remembered(const Address& address) const {
    const auto text = read_private_file(home_.file("cards") / (address.text() + ".json"));
    if (!text)
        return fail(ErrorKind::not_found, address.text(), "was never seen from here");
    const auto object = TRY(parse_json_object(*text));
    auto person = TRY(read_person(object, address));
    person.from = KnownPerson::From::home;
    return person;
}

Result<KnownPerson> CardBook::one_of(const json::object& response, const Address& address) const {
    for (const json::object* each : objects_in(array_at(response, "list"))) {
        if (text_at(*each, "id") != address.text())
            continue;
        auto person = read_person(*each, address);
        if (person)
            remember(address, *each);
        return person;
    }
    Error error =
        unknown_person(address, object_at(object_at(response, "kith:errors"), address.text()));
    if (error.kind == ErrorKind::unavailable)
        if (auto earlier = remembered(address))
            return earlier;
    return error;
}

Result<CardBook::People> CardBook::get(const std::vector<Address>& addresses) {
    constexpr std::size_t kAtOnce = 20;
    People people;
    for (std::size_t at = 0; at < addresses.size(); at += kAtOnce) {
        json::array ids;
        const std::size_t end = std::min(addresses.size(), at + kAtOnce);
        for (std::size_t i = at; i < end; ++i)
            ids.emplace_back(addresses[i].text());
        const auto response = TRY(server_.call("Card/get", {{"ids", ids}}));
        for (std::size_t i = at; i < end; ++i)
            people.emplace(addresses[i], one_of(response, addresses[i]));
    }
    return people;
}

Result<KnownPerson> CardBook::get(const Address& address) {
    auto people = TRY(get(std::vector{address}));
    return std::move(people.begin()->second);
}

Result<KnownPerson> CardBook::own() {
    return get(home_.address());
}

Result<void> check_writable(const KnownPerson& person, const std::optional<Pin>& pin, Time now) {
    const std::string name = person.address.text();
    if (pin && pin->root != person.chain.root())
        return fail(
            ErrorKind::untrusted,
            name,
            "is somebody else than the person pinned here; ask them in another way, then run "
            "`kith verify " +
                name + " --confirm`");
    if (person.chain.standing() == Chain::Standing::disputed)
        return fail(ErrorKind::untrusted, name, "the account is disputed: ask them in another way");
    if (person.card().frozen)
        return fail(ErrorKind::untrusted, name, "the account is frozen by its owner");
    if (person.card().expires < now)
        return fail(ErrorKind::untrusted,
                    name,
                    "their card ran out on " + format_time(person.card().expires) +
                        ": they have to renew it");
    return {};
}

}  // namespace kith
