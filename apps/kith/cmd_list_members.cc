// list members, add, remove.
#include <algorithm>

#include "kith/cmd_list.h"
#include "kith/contacts.h"
#include "kith/list_desk.h"
#include "kith/list_letters.h"
#include "kith/made_token.h"
#include "kith/outbox.h"

namespace kith {
namespace {

// Good once, and makes its bearer a contact of the list.
Result<std::string> invitation_link(Person& person, const Address& to) {
    const json::object create{{"kind", "invite"}, {"label", to.text()}};
    return text_at(TRY(make_token(person, create)), "link");
}

struct Invited {
    std::string address;
    std::string state;
    std::string link;
    Fate fate = Fate::good;
};

Result<Invited> invite(Person& person,
                       const ListHome& list,
                       const std::string& text,
                       const WaitWish& wait) {
    const Address address = TRY(parse_person(text));
    if (address == person.address())
        return usage_error("that is the list itself: name somebody else");
    const Hash root = TRY(look_up(person, address)).chain.root();
    {
        const auto lock = TRY(list.lock());
        auto members = TRY(list.members());
        const auto before = members.find(root);
        if (before != members.end() && before->second.state == Member::State::subscribed)
            return Invited{address.text(), "subscribed", {}};
        members.insert_or_assign(root,
                                 Member{.address = address,
                                        .root = root,
                                        .token = {},
                                        .since = person.clock().now(),
                                        .state = Member::State::invited});
        TRY(list.put(members));
    }
    const std::string link = TRY(invitation_link(person, address));
    const auto letter = invitation_letter(
        person.address(), TRY(list.settings()), address, random_id(person.random()), link);
    const Outgoing outgoing = TRY(write_letter(person, letter));
    const auto submitted = TRY(submit(person, outgoing, Attempt::first));
    const auto submission = TRY(wait_for_fate(person, outgoing.id, submitted.submission, wait));
    return Invited{address.text(), "invited", link, fate_of(recipients_of(submission))};
}

}  // namespace

Outcome run_list_members(Person& person) {
    const ListHome list = TRY(ListHome::open(person.home()));
    auto members = TRY(list.members());
    std::vector<const Member*> sorted;
    for (const auto& [root, member] : members)
        sorted.push_back(&member);
    std::ranges::sort(sorted, {}, [](const Member* each) { return each->address.text(); });
    json::array rows;
    Table table({"address", "state", "since"}, 0);
    for (const Member* each : sorted) {
        const std::string since = format_time(each->since);
        rows.push_back({{"address", each->address.text()},
                        {"root", each->root.text()},
                        {"state", name_of(each->state)},
                        {"since", since}});
        table.add(
            {{each->address.text()}, {std::string(name_of(each->state))}, {short_time(since)}});
    }
    if (person.terminal().json)
        print_json(rows);
    else if (table.empty())
        print_line("nobody reads it yet: kith list add ADDRESS");
    else
        print_text(table.text(person.terminal()));
    return ExitCode::done;
}

Outcome run_list_add(Person& person, const ListAddWish& wish) {
    flush_outbox(person);
    const ListHome list = TRY(ListHome::open(person.home()));
    json::array rows;
    ExitCode code = ExitCode::done;
    for (const std::string& who : wish.who) {
        const Invited invited = TRY(invite(person, list, who, wish.wait));
        rows.push_back({{"address", invited.address},
                        {"state", invited.state},
                        {"link", text_or_null(invited.link)},
                        {"reached", invited.fate == Fate::good}});
        if (invited.fate == Fate::bad)
            code = ExitCode::refused;
        else if (invited.fate == Fate::open && code == ExitCode::done)
            code = ExitCode::queued;
        if (person.terminal().json)
            continue;
        if (invited.link.empty())
            print_line(invited.address + " reads it already");
        else
            print_line(invited.address + " is invited; the same in another way: kith list join '" +
                       invited.link + "'");
    }
    if (person.terminal().json)
        print_json(rows);
    return code;
}

Outcome run_list_remove(Person& person, const std::vector<std::string>& who) {
    flush_outbox(person);
    const ListHome list = TRY(ListHome::open(person.home()));
    const Hash own = TRY(person.cards().own()).chain.root();
    ListDesk desk(person, list, own, [](const ListNews&) {});
    json::array rows;
    for (const std::string& text : who) {
        const Address address = TRY(parse_person(text));
        const auto members = TRY(list.members());
        const auto found = std::ranges::find_if(
            members, [&](const auto& each) { return each.second.address == address; });
        if (found == members.end())
            return fail(ErrorKind::not_found,
                        address.text(),
                        "does not read the list (`kith list members` says who does)");
        TRY(desk.drop(found->first, "was removed"));
        rows.push_back({{"address", address.text()}, {"removed", true}});
        if (!person.terminal().json)
            print_line(address.text() + " reads the list no more");
    }
    if (person.terminal().json)
        print_json(rows);
    return ExitCode::done;
}

}  // namespace kith
