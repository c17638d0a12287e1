#include "note/introduction.h"

#include <algorithm>

namespace kith {
namespace {

Result<IntroducedPerson> read_person(std::string_view value) {
    const std::size_t space = value.find(' ');
    if (space == std::string_view::npos)
        return fail(ErrorKind::malformed, "person", "not an address and a root");
    IntroducedPerson person;
    person.address = TRY(as_address(value.substr(0, space)));
    person.root = TRY(as_hash(value.substr(space + 1)));
    return person;
}

Result<Introduction> read_fields(const SignedNote& note) {
    if (note.octets().size() > kMaxIntroduction)
        return fail(ErrorKind::limit, "note", "more than 4096 octets");
    const Fields fields = TRY(Fields::parse(note.text(), "introduction"));
    Introduction out;
    out.id = TRY(fields.required("id", as_id));
    out.time = TRY(fields.required("time", as_time));
    out.expires = TRY(fields.required("expires", as_time));
    out.from = TRY(fields.required("from", as_address));
    out.root = TRY(fields.required("root", as_hash));
    out.card = TRY(fields.required("card", as_hash));
    const auto people = TRY(fields.list("person", out.people.size(), read_person));
    if (people.size() != out.people.size())
        return fail(ErrorKind::malformed, "person", "not two");
    std::ranges::copy(people, out.people.begin());
    const Hash& first = people[0].root;
    const Hash& second = people[1].root;
    if (first == second || first == out.root || second == out.root)
        return fail(ErrorKind::malformed, "person", "not two others");
    if (out.expires <= out.time)
        return fail(ErrorKind::malformed, "expires", "not after time");
    if (out.expires - out.time > kMaxIntroductionLife)
        return fail(ErrorKind::limit, "expires", "more than 30 days after time");
    return out;
}

}  // namespace

const IntroducedPerson* Introduction::other(const Hash& person) const {
    if (people[0].root == person)
        return &people[1];
    return people[1].root == person ? people.data() : nullptr;
}

std::string Introduction::serial_for(const Hash& subject) const {
    const std::string head = "kith/1 introduction\n" + id + "\n";
    return sha256_joined({as_bytes(head), subject.octets}).hex_text().substr(0, 32);
}

Result<Introduction> parse_introduction(const SignedNote& note) {
    auto introduction = read_fields(note);
    return introduction ? std::move(introduction)
                        : std::move(introduction).error().within("introduction");
}

std::string write_introduction(const Introduction& introduction) {
    FieldWriter out("introduction");
    out.add("id", introduction.id);
    out.add("time", format_time(introduction.time));
    out.add("expires", format_time(introduction.expires));
    out.add("from", introduction.from.text());
    out.add("root", introduction.root.text()).add("card", introduction.card.text());
    for (const IntroducedPerson& person : introduction.people)
        out.add("person", person.address.text() + " " + person.root.text());
    return out.take();
}

Result<void> check_times(const Introduction& introduction, Time now) {
    if (auto good = check_not_future(introduction.time, now); !good)
        return std::move(good).error().within("introduction");
    if (auto good = check_not_expired(introduction.expires, now); !good)
        return std::move(good).error().within("introduction");
    return {};
}

}  // namespace kith
