#include "kith/key_notices.h"

#include <algorithm>

namespace kith {
namespace {

constexpr Seconds kLately = std::chrono::days{7};

}  // namespace

std::string KeyNotice::sentence() const {
    const std::string messages =
        taken_back == 1 ? "1 message" : std::to_string(taken_back) + " messages";
    return address + "'s key was replaced; what their old devices sent since " + since +
           " may not be theirs: " + messages + " taken back";
}

Result<std::vector<KeyNotice>> key_notices(Person& person) {
    const auto found = TRY(
        person.server().call("Contact/query", {{"filter", json::object{{"keyReplaced", true}}}}));
    std::vector<KeyNotice> notices;
    if (array_at(found, "ids").empty())
        return notices;
    const auto answer = TRY(person.server().call("Contact/get", {{"ids", array_at(found, "ids")}}));
    for (const json::object* contact : objects_in(array_at(answer, "list"))) {
        const json::object replaced = object_at(*contact, "keyReplaced");
        notices.push_back(
            {.address = text_at(*contact, "address"),
             .at = text_at(replaced, "at"),
             .since = text_at(replaced, "since"),
             .taken_back = static_cast<std::uint64_t>(number_at(replaced, "takenBack"))});
    }
    std::ranges::sort(notices, {}, &KeyNotice::at);
    return notices;
}

void tell_key_notices(Person& person) {
    const auto notices = key_notices(person);
    if (!notices)
        return;
    const Time now = person.clock().now();
    for (const KeyNotice& notice : *notices)
        if (const auto at = parse_time(notice.at); at && now - *at < kLately)
            print_notice(notice.sentence());
}

}  // namespace kith
