#include <fmt/format.h>

#include <algorithm>

#include "sim/study.h"

namespace kith::sim {
namespace {

constexpr const char* kHead = R"(# The rules under attack

What [the rules of delivery](protocol.md) let through when accounts are hacked, servers lie and strangers pay, in worlds of {people} to {most_people} people. `kith-sim` runs the server's own code (`src/trust`: ledgers, decisions, outcomes, vouches, quorum, breaker, domain credit, Requests); it has no rules of its own. (The server itself does not use vouches, the quorum and the breaker yet.) This page and its plots are made by

    {command}

which needs `gnuplot`. The same seed gives the same page. A run in which one grant or one account lets through more than its bound exits with 1.

**{checks} checks, {breaches} breaches.** Each unwanted message in full was held against the bound of the grant that let it through (`src/trust/bound.h`), and each hacked account against the sum over those who granted it.

## The world

The graph is {graph_name}: {people} people, {grants} grants; {well_trusted} of the ties are well-trusted. People begin 4 threads a day on average (more, the more people they know), three of four between 8 and 18 o'clock, mostly to those close to them; 3 % go to a contact's contact, on the word of the one between. 40 % of mail is answered, after 8 hours on average; some pairs answer each other nearly always, and some never. One message in 2,000 is called unwanted by a slip. The world lives 14 days before the attack, and 7 from it on.

Of unwanted mail a tenth is complained about, after 8 hours on average. Owners notice after 48 hours. Attackers know everything, the ledgers of all servers too, and send only what comes in full; so nothing of theirs is batched.

| attacker | what it does |
|---|---|
| greedy | random accounts, hacked at once; whatever comes through, at once |
| drip | a message to each contact in four days; half the complaints, and no owner notices |
| hub-first | those whom most people granted |
| community-first | somebody, those whom they know, and so on |
| reply-baiting | a tenth of the recipients answer |
| worm | each message in full, with active content, hacks its recipient with 2 % |
| malicious-domains | whole servers of about 50 people: no breaker, no quorum, no owner, and V means nothing among them |
| sybils | such servers, whose people vouch for a new made-up person with each message |
| false-reporters | send nothing, and say of all they receive that its sender looks hacked |

## Harm

![Unwanted mail for each person and day](trust-study-harm.svg)

Unwanted mail for each honest or hacked person and day, by tier; the last column is by account, over all its ways:

)";

std::string percent(double share, int digits) {
    return number(100 * share, digits) + " %";
}

std::string million(std::uint64_t people) {
    return number(static_cast<double>(people));
}

std::vector<ScenarioResult> usual_ones(const Study& study) {
    std::vector<ScenarioResult> out = {study.quiet};
    std::ranges::copy_if(study.attacks, std::back_inserter(out), [&](const ScenarioResult& one) {
        return one.hacked == study.options.usual;
    });
    return out;
}

const ScenarioResult& usual(const Study& study, Attacker attacker) {
    const auto found = std::ranges::find_if(study.attacks, [&](const ScenarioResult& one) {
        return one.attacker == attacker && one.hacked == study.options.usual;
    });
    KITH_CHECK(found != study.attacks.end());
    return *found;
}

std::string head(const Study& study) {
    const std::uint64_t most = study.many.empty() ? study.quiet.people : study.many.front().people;
    return fmt::format(fmt::runtime(kHead),
                       fmt::arg("people", million(study.quiet.people)),
                       fmt::arg("most_people", million(most)),
                       fmt::arg("grants", million(study.quiet.grants)),
                       fmt::arg("command", study.options.command),
                       fmt::arg("graph_name", study.options.graph_name),
                       fmt::arg("well_trusted", "15 %"),
                       fmt::arg("checks", million(study.checks())),
                       fmt::arg("breaches", study.breaches().size()));
}

std::string bound_part(const Study& study) {
    return "## One account against its bound\n\n"
           "![One hacked account](trust-study-bound.svg)\n\n"
           "Unwanted messages in full that one hacked account got over the grants to it, and what "
           "the bound allows them. The bound grows with the people who granted the account, so "
           "hubs have a high one; the breaker and the quorum, which are not part of it, keep them "
           "far below.\n\n" +
           bound_table(usual_ones(study)) + "\nThe worm's first accounts are " +
           percent(study.options.usual, 0) + ": it ends at " +
           million(usual(study, Attacker::worm).accounts) +
           ". Malicious servers are never contained: what ends their mail is that D, I and V are "
           "used up, and then a day's refill is what they have.\n\n"
           "### Hubs, with the fan-out breaker and without\n\n" +
           bound_table(study.hubs) + "\n";
}

std::string honest_part(const Study& study) {
    return "## What honest people notice\n\n" + honest_table(usual_ones(study)) +
           "\n*Batched* mail is in the same folder, without a notification; *in Requests* is mail "
           "of contacts whom the recipient had called hacked, which waits there; a *stamp* is "
           "asked of first contacts when the word they came on was used up. *Lost* would be what "
           "is refused or dropped. "
           "*Challenged* are honest accounts: mostly owners who had just got their account back, "
           "about whom complaints of before still came in; *delayed* are the threads that waited "
           "until they had met the challenge (6 hours on average).\n\n";
}

std::string baseline_part(const Study& study) {
    const ScenarioResult& kith = usual(study, Attacker::greedy);
    return "## The rules of others\n\n"
           "![Rules of others](trust-study-baselines.svg)\n\n"
           "The same share of the same graph is hacked; each account writes to the 650 people who "
           "are nearest to it. (Ho et al., USENIX Security 2019, found about 650 recipients for "
           "each hijacked account in the field.) Under Kith's rules the greedy one gets " +
           number(kith.per_account.mean, 1) + " messages over its own grants.\n\n" +
           baseline_table(study.baselines) +
           "\nA *friend-of-friend* whitelist has no meter: a thief reaches all who are near, as "
           "often as they like. The *web of trust* (one complete or three marginal signatures, "
           "depth 5; tried with 8 accounts) says who somebody is, which a thief of the key is, "
           "too. *Ostra*'s centre sees who writes to whom, and honest people behind a thief's "
           "links lose mail they want. The *content filter* is one with 10 % of unwanted mail "
           "missed and 0.5 % of wanted mail lost; it has no bound: who sends twice as much gets "
           "twice as much through. Counted are people reached; under Kith's rules messages, of "
           "which several may go to one person. Kith asks strangers for a stamp or their "
           "domain's credit, and loses none of them: see below.\n\n";
}

std::string market_part(const Study& study) {
    const MarketOptions& market = study.markets.front().options;
    return fmt::format(
               "## Strangers\n\n"
               "![Strangers](trust-study-strangers.svg)\n\n"
               "A server with {} people, {} days: each gets {} honest first contacts a day from "
               "{} domains, and answers half of those it sees. The attacker buys domains at 5 "
               "(of any currency) each, tries {} stubs a day at each person, and works as long as "
               "its core-seconds last. A stamp costs 10 core-seconds at least; who is honest and "
               "was not shown doubles it day by day, up to {}.\n\n",
               market.people,
               market.days,
               market.strangers_a_day,
               market.honest_domains,
               market.tries_a_day,
               market.most_core_seconds) +
           market_table(study.markets) +
           "\nWork alone buys nothing beyond what the domains allow: one stub seen of each domain "
           "that has earned nothing, in 30 days, by each person. Who wants more buys domains, and "
           "at ten stubs a person and day it ends, whatever is paid. Honest domains whose mail was "
           "answered have five of the ten slots before any bought one.\n\n";
}

std::string many_part(const Study& study) {
    if (study.many.empty())
        return {};
    const ScenarioResult& many = study.many.front();
    return fmt::format(
               "## {} people\n\n"
               "A Holme-Kim graph, 5 links each, {} grants; 7 days before the attack and 7 from it "
               "on; {} messages, {} ledgers touched. What it costs to run is in "
               "[performance](performance.md).\n\n",
               million(many.people),
               million(many.grants),
               million(many.messages),
               number(static_cast<double>(many.ledgers))) +
           harm_table(study.many) + "\n" + bound_table(study.many) + "\n" +
           honest_table(study.many) + "\n";
}

std::string compared_part(const Study& study) {
    const ScenarioResult& greedy = usual(study, Attacker::greedy);
    std::string text = fmt::format(
        R"(## Compared with the figures of the design

The design was tried with a simulator of its own before there was a server. Its figures, and these:

| what | then | now |
|---|---:|---:|
| unwanted for each hacked account, email-Enron | 56-61 | {} |
| its bound | about 700 | {} |
| top 1 % hubs, with the breaker | 170-192 | {} |
| top 1 % hubs, without | 3,100-3,500 | {} |
| direct mail batched | 0.7-1.4 % | {} |
| direct mail lost | 0 | {} |
)",
        number(greedy.per_account.mean, 1),
        number(greedy.bound.mean),
        number(study.hubs.front().per_account.mean, 1),
        number(study.hubs.back().per_account.mean, 1),
        percent(static_cast<double>(study.quiet.wanted.batched) /
                    static_cast<double>(study.quiet.wanted.all()),
                2),
        study.quiet.wanted.lost);
    if (!study.many.empty())
        text += fmt::format("| unwanted for each, a million people | 118 | {} |\n",
                            number(study.many.front().per_account.mean, 1));
    return text + R"(
What may be behind it, none of it tried one by one: accounts get less now because the quorum is part of the run: three people, or 2 % of those who granted the account, stop it before its owner does; because the owner's own mail draws on the same meters as the thief's; and because a suspended grant lets nothing more through. The bound is lower because it is that of the time until the account was contained, and not of a fixed horizon. More is batched because people here write mostly to a few who are close, and some of these never answer; a meter that only answers refill then stays low. The first simulator's million had other degrees.

)";
}

constexpr const char* kLeftOut = R"(## What is not in it

- Grants are there from the start: nobody becomes a contact during a run, so a first contact stays one.
- Tokens, invitations and introductions by hand add caps of their own to the bound, and are not tried. Reply tokens are, as honest people use them.
- Whoever answers, after an account was hacked, what it wrote before gives one refund to the thief: the bound counts it, one message for each such answer.
- Prices of strangers stand still; servers that raise theirs under load would ask the attacker for more.
- People's habits are assumptions. They move the mail batched and the hours until containment, not the bound.
)";

}  // namespace

std::string study_page(const Study& study) {
    std::vector<ScenarioResult> all = {study.quiet};
    all.insert(all.end(), study.attacks.begin(), study.attacks.end());
    return head(study) + harm_table(all) + "\n" + bound_part(study) + honest_part(study) +
           baseline_part(study) + market_part(study) + many_part(study) +
           (study.options.graph_name == "email-Enron" ? compared_part(study) : "") + kLeftOut;
}

}  // namespace kith::sim
