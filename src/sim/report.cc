#include "sim/report.h"

#include <fmt/format.h>

#include <algorithm>

namespace kith::sim {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostBreaches = 10;

double share(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}
double count(std::uint64_t value) {
    return static_cast<double>(value);
}
std::string percent(double value, int digits) {
    return number(100 * value, digits) + " %";
}

json::object as_json(const Tally& tally) {
    return {{"wellTrusted", tally.well_trusted},
            {"known", tally.known},
            {"introduced", tally.introduced},
            {"batched", tally.batched},
            {"requests", tally.requests},
            {"priced", tally.priced},
            {"lost", tally.lost}};
}

json::object as_json(const Spread& spread) {
    return {{"mean", spread.mean},
            {"median", spread.median},
            {"p99", spread.p99},
            {"most", spread.most}};
}

std::string_view name_of_bucket(GrantBucket bucket) {
    switch (bucket) {
        case GrantBucket::mail:
            return "mail";
        case GrantBucket::introductions:
            return "introductions";
        case GrantBucket::vouches:
            break;
    }
    return "vouches";
}

json::object as_json(const Breach& breach) {
    json::object out{{"account", breach.who},
                     {"passed", breach.passed},
                     {"bound", breach.bound},
                     {"time", format_time(breach.when)}};
    if (breach.edge != kNoEdge) {
        out["grant"] = breach.edge;
        out["bucket"] = name_of_bucket(breach.bucket);
    }
    return out;
}

std::string named(const ScenarioResult& result) {
    return std::string(name_of(result.attacker));
}

}  // namespace

std::string number(double value, int digits) {
    std::string text = fmt::format("{:.{}f}", value, digits);
    std::size_t end = std::min(text.find('.'), text.size());
    while (end > 3 && text[end - 4] != '-') {
        end -= 3;
        text.insert(end, ",");
    }
    return text;
}

std::string markdown_table(const std::vector<std::vector<std::string>>& rows) {
    if (rows.empty())
        return {};
    std::vector<std::size_t> widths(rows.front().size(), 3);
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    std::string out;
    for (std::size_t line = 0; line < rows.size(); ++line) {
        for (std::size_t i = 0; i < widths.size(); ++i)
            out += i == 0 ? fmt::format("| {:<{}} |", rows[line][i], widths[i])
                          : fmt::format(" {:>{}} |", rows[line][i], widths[i]);
        out += '\n';
        for (std::size_t i = 0; line == 0 && i < widths.size(); ++i)
            out += i == 0 ? '|' + std::string(widths[i] + 2, '-') + '|'
                          : std::string(widths[i] + 1, '-') + ":|";
        if (line == 0)
            out += '\n';
    }
    return out;
}

json::object as_json(const ScenarioResult& result) {
    json::array breaches;
    for (const Breach& breach : result.breaches)
        breaches.push_back(as_json(breach));
    return {{"attacker", name_of(result.attacker)},
            {"hacked", result.hacked},
            {"people", result.people},
            {"grants", result.grants},
            {"days", result.days},
            {"accounts", result.accounts},
            {"firstAccounts", result.first_accounts},
            {"wanted", as_json(result.wanted)},
            {"unwanted", as_json(result.unwanted)},
            {"delayed", result.delayed},
            {"challenged", result.challenged},
            {"perAccount", as_json(result.per_account)},
            {"bound", as_json(result.bound)},
            {"shareOfBound", as_json(result.share_of_bound)},
            {"contained", result.contained},
            {"containedHours", as_json(result.contained_hours)},
            {"checks", result.checks},
            {"breaches", std::move(breaches)},
            {"messages", result.messages},
            {"ledgers", result.ledgers}};
}

std::string harm_table(std::span<const ScenarioResult> results) {
    std::vector<std::vector<std::string>> rows = {{"attacker",
                                                   "hacked",
                                                   "accounts",
                                                   "well-trusted",
                                                   "known",
                                                   "introduced",
                                                   "in full",
                                                   "batched",
                                                   "per account"}};
    for (const ScenarioResult& one : results) {
        const auto a_day = [&one](std::uint64_t messages) {
            return number(count(messages) / one.person_days(), 4);
        };
        rows.push_back({named(one),
                        percent(one.hacked, 1),
                        number(count(one.accounts)),
                        a_day(one.unwanted.well_trusted),
                        a_day(one.unwanted.known),
                        a_day(one.unwanted.introduced),
                        a_day(one.unwanted.full()),
                        a_day(one.unwanted.batched),
                        number(share(one.unwanted.full(), one.accounts), 1)});
    }
    return markdown_table(rows);
}

std::string bound_table(std::span<const ScenarioResult> results) {
    std::vector<std::vector<std::string>> rows = {{"attacker",
                                                   "hacked",
                                                   "mean",
                                                   "99 of 100",
                                                   "most",
                                                   "mean bound",
                                                   "nearest to its bound",
                                                   "contained",
                                                   "median hours",
                                                   "checks",
                                                   "breaches"}};
    for (const ScenarioResult& one : results)
        rows.push_back({named(one),
                        percent(one.hacked, 1),
                        number(one.per_account.mean, 1),
                        number(one.per_account.p99),
                        number(one.per_account.most),
                        number(one.bound.mean, 1),
                        percent(one.share_of_bound.most, 0),
                        percent(share(one.contained, one.accounts), 0),
                        number(one.contained_hours.median),
                        number(count(one.checks)),
                        number(count(one.breaches.size()))});
    return markdown_table(rows);
}

std::string honest_table(std::span<const ScenarioResult> results) {
    std::vector<std::vector<std::string>> rows = {{"attacker",
                                                   "hacked",
                                                   "messages",
                                                   "batched",
                                                   "in Requests",
                                                   "a stamp asked",
                                                   "lost",
                                                   "challenged",
                                                   "threads delayed"}};
    for (const ScenarioResult& one : results) {
        const std::uint64_t all = one.wanted.all();
        rows.push_back({named(one),
                        percent(one.hacked, 1),
                        number(count(all)),
                        percent(share(one.wanted.batched, all), 2),
                        percent(share(one.wanted.requests, all), 3),
                        percent(share(one.wanted.priced, all), 3),
                        number(count(one.wanted.lost)),
                        number(count(one.challenged)),
                        number(count(one.delayed))});
    }
    return markdown_table(rows);
}

std::string baseline_table(std::span<const BaselineResult> results) {
    std::vector<std::vector<std::string>> rows = {{"rules",
                                                   "hacked",
                                                   "unwanted per account",
                                                   "most",
                                                   "contacts' mail lost",
                                                   "first contacts lost",
                                                   "strangers lost"}};
    for (const BaselineResult& one : results)
        rows.push_back({std::string(name_of(one.baseline)),
                        percent(one.hacked, 1),
                        number(one.per_account.mean, 1),
                        number(one.per_account.most),
                        percent(one.lost.contacts, 1),
                        percent(one.lost.first_contacts, 1),
                        percent(one.lost.strangers, 1)});
    return markdown_table(rows);
}

json::object as_json(const BaselineResult& result) {
    return {{"baseline", name_of(result.baseline)},
            {"hacked", result.hacked},
            {"accounts", result.accounts},
            {"perAccount", as_json(result.per_account)},
            {"lost",
             json::object{{"contacts", result.lost.contacts},
                          {"firstContacts", result.lost.first_contacts},
                          {"strangers", result.lost.strangers}}}};
}

std::string market_table(std::span<const MarketResult> results) {
    std::vector<std::vector<std::string>> rows = {{"domains bought",
                                                   "core-seconds a day",
                                                   "unwanted seen",
                                                   "money for one",
                                                   "core-seconds for one",
                                                   "honest seen",
                                                   "free of charge",
                                                   "mean wait, days",
                                                   "mean core-seconds"}};
    for (const MarketResult& one : results)
        rows.push_back({number(one.options.bought_domains),
                        number(one.options.core_seconds_a_day),
                        number(one.unwanted_a_person_day(), 3),
                        number(one.money_each(), 2),
                        number(one.core_seconds_each(), 1),
                        percent(one.honest_shown_share(), 1),
                        percent(share(one.honest_free, one.honest_shown), 1),
                        number(one.honest_wait_days.mean, 2),
                        number(one.honest_core_seconds.mean, 1)});
    return markdown_table(rows);
}

json::object as_json(const MarketResult& result) {
    return {{"people", result.options.people},
            {"days", result.options.days},
            {"boughtDomains", result.options.bought_domains},
            {"coreSecondsADay", result.options.core_seconds_a_day},
            {"triesADay", result.options.tries_a_day},
            {"unwantedHeld", result.unwanted_held},
            {"unwantedShown", result.unwanted_shown},
            {"unwantedAPersonDay", result.unwanted_a_person_day()},
            {"moneyEach", result.money_each()},
            {"coreSecondsEach", result.core_seconds_each()},
            {"honestSent", result.honest_sent},
            {"honestShown", result.honest_shown},
            {"honestFree", result.honest_free},
            {"honestWaitDays", as_json(result.honest_wait_days)},
            {"honestCoreSeconds", as_json(result.honest_core_seconds)}};
}

std::string breach_lines(std::span<const Breach> breaches) {
    std::string out;
    for (const Breach& breach : breaches.first(std::min(breaches.size(), kMostBreaches)))
        out += fmt::format(
            "account {} {}: {} messages, {:.2f} allowed, at {}\n",
            breach.who,
            breach.edge == kNoEdge
                ? std::string("in all")
                : fmt::format("over grant {} ({})", breach.edge, name_of_bucket(breach.bucket)),
            breach.passed,
            breach.bound,
            format_time(breach.when));
    if (breaches.size() > kMostBreaches)
        out += fmt::format("and {} more\n", breaches.size() - kMostBreaches);
    return out;
}

}  // namespace kith::sim
