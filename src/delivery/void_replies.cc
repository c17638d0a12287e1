#include "delivery/void_replies.h"

#include <algorithm>

#include "base/text.h"
#include "trust/token.h"

namespace kith {
namespace {

struct Stretch {
    Time from;
    Time to;
};

constexpr std::size_t kMostStretches = 64;

std::string key_of(AccountId account) {
    return "void-replies/" + std::to_string(account);
}

// One line each: from, to. What no token that is still good can be of is left out.
std::vector<Stretch> read_stretches(ReadTransaction& read, AccountId account, Time now) {
    std::vector<Stretch> stretches;
    const std::string text = read.value(key_of(account)).value_or("");
    for (const std::string_view line : split(text, '\n')) {
        const auto words = split(line, ' ');
        if (words.size() != 2)
            continue;
        const auto from = parse_time(words[0]);
        const auto to = parse_time(words[1]);
        if (from && to && *to + kReplyTokenLife > now)
            stretches.push_back({*from, *to});
    }
    return stretches;
}

}  // namespace

void void_reply_tokens(WriteTransaction& write, AccountId account, Time since, Time now) {
    auto stretches = read_stretches(write, account, now);
    stretches.push_back({since, now});
    // The oldest two become one: rather too much is void than too little.
    if (stretches.size() > kMostStretches) {
        stretches[1].from = std::min(stretches[0].from, stretches[1].from);
        stretches.erase(stretches.begin());
    }
    std::string text;
    for (const Stretch& each : stretches)
        text += format_time(each.from) + " " + format_time(each.to) + "\n";
    write.put_value(key_of(account), text);
}

bool is_reply_token_void(ReadTransaction& read, AccountId account, Time made, Time now) {
    return std::ranges::any_of(read_stretches(read, account, now), [made](const Stretch& each) {
        return each.from <= made && made <= each.to;
    });
}

}  // namespace kith
