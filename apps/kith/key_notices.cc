#include "kith/key_notices.h"

#include <algorithm>
#include <optional>

#include "kith/own_standing.h"

namespace kith {
namespace {

constexpr Seconds kLately = std::chrono::days{7};

}  // namespace

std::string KeyNotice::sentence() const {
    if (trouble == "disputed")
        return address +
               "'s account is disputed: two people say that they are them; what comes is "
               "held, ask them in another way";
    if (trouble == "replacing")
        return address +
               "'s guardians have announced a new recovery key for them; if they know "
               "nothing of it, they have 72 hours to say no: ask them";
    if (trouble == "frozen")
        return address + " has frozen their account: what comes is held until they thaw it";
    const std::string messages =
        taken_back == 1 ? "1 message" : std::to_string(taken_back) + " messages";
    return address + "'s key was replaced; what their old devices sent since " + since +
           " may not be theirs: " + messages + " taken back";
}

Result<std::vector<KeyNotice>> key_notices(Person& person) {
    const auto found = TRY(
        person.server().call("Contact/query",
                             {{"filter",
                               json::object{{"operator", "OR"},
                                            {"conditions",
                                             json::array{json::object{{"keyReplaced", true}},
                                                         json::object{{"keyTrouble", true}}}}}}}));
    std::vector<KeyNotice> notices;
    if (array_at(found, "ids").empty())
        return notices;
    const auto answer = TRY(person.server().call("Contact/get", {{"ids", array_at(found, "ids")}}));
    for (const json::object* contact : objects_in(array_at(answer, "list"))) {
        const json::object replaced = object_at(*contact, "keyReplaced");
        if (!replaced.empty())
            notices.push_back(
                {.address = text_at(*contact, "address"),
                 .at = text_at(replaced, "at"),
                 .since = text_at(replaced, "since"),
                 .taken_back = static_cast<std::uint64_t>(number_at(replaced, "takenBack"))});
        const json::object trouble = object_at(*contact, "keyTrouble");
        if (!trouble.empty())
            notices.push_back({.address = text_at(*contact, "address"),
                               .at = text_at(trouble, "since"),
                               .since = text_at(trouble, "since"),
                               .trouble = text_at(trouble, "what")});
    }
    std::ranges::sort(notices, {}, &KeyNotice::at);
    return notices;
}

namespace {

std::string doubts_of(const OwnStanding& standing) {
    std::string names;
    for (const json::object* alarm : objects_in(standing.alarms))
        names += (names.empty() ? "" : ", ") + text_at(*alarm, "from");
    std::string doubts = sentence_of_reports(standing.reports);
    if (!names.empty())
        doubts +=
            (doubts.empty() ? "" : ", ") + names +
            (objects_in(standing.alarms).size() == 1 ? " says that somebody else writes as you"
                                                     : " say that somebody else writes as you");
    return doubts;
}

std::optional<std::string> standing_trouble(Person& person) {
    const auto standing = own_standing(person);
    if (!standing)
        return std::nullopt;
    if (standing->challenged)
        return doubts_of(*standing) +
               ": until you show that it is you, only answers go out; if somebody else does write, "
               "`kith freeze` at once; if not, `kith confirm --challenge`";
    if (const auto doubts = doubts_of(*standing); !doubts.empty())
        return doubts + "; if so, `kith freeze` at once; if not, `kith alarm --dismiss --phrase`";
    if (!standing->unconfirmed.empty())
        return "new threads wait until you let them go: `kith confirm` shows what";
    return std::nullopt;
}

}  // namespace

std::optional<std::string> own_trouble(Person& person) {
    const auto own = person.cards().own();
    if (!own)
        return std::nullopt;
    if (auto trouble = standing_trouble(person))
        return trouble;
    if (own->chain.standing() == Chain::Standing::disputed)
        return "two recoveries of your account contradict each other: ask your contacts in another "
               "way";
    if (const auto& announced = own->card().replacement)
        return "your guardians announced a new recovery key for you on " +
               format_time(announced->since) + ", good from " +
               format_time(announced->since + kReplacementWait) +
               " on; if you did not ask them, stop it: `kith guardian veto --phrase`";
    return std::nullopt;
}

void tell_key_notices(Person& person) {
    if (const auto own = own_trouble(person))
        print_notice(*own);
    const auto notices = key_notices(person);
    if (!notices)
        return;
    const Time now = person.clock().now();
    for (const KeyNotice& notice : *notices)
        if (const auto at = parse_time(notice.at);
            at && (now - *at < kLately || !notice.trouble.empty()))
            print_notice(notice.sentence());
}

}  // namespace kith
