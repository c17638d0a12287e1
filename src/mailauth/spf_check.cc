#include "mailauth/spf_check.h"

#include <algorithm>

#include "base/text.h"

namespace kith::mailauth {
namespace {

using Kind = SpfMechanism::Kind;

bool asks_dns(Kind kind) {
    return kind != Kind::all && kind != Kind::ip;
}

Result<IpAddress> address_in(const std::string& record) {
    return IpAddress::from_octets(as_bytes(record));
}

}  // namespace

std::optional<SpfCheck::Verdict> SpfCheck::ended_by(const Answer& answer) const {
    if (answer.status == Answer::Status::temporary_error)
        return Verdict{SpfStatus::temperror, "DNS gave no answer", ""};
    if (voids_ > limits_.void_lookups)
        return Verdict{SpfStatus::permerror, "too many look-ups found nothing", ""};
    return std::nullopt;
}

Asking<Answer> SpfCheck::look_up(std::string name, RecordType type) {
    name = to_lower(name);
    if (name.ends_with('.'))
        name.pop_back();
    Answer answer{Answer::Status::no_such_name, {}};
    if (is_dns_name(name))
        answer = co_await Ask(name, type);
    if (answer.is_void())
        ++voids_;
    co_return answer;
}

// Sections 4.4 to 4.7.
Asking<SpfCheck::Verdict> SpfCheck::check_host(std::string domain) {
    const Answer answer = co_await Ask(domain, RecordType::txt);
    if (answer.status == Answer::Status::temporary_error)
        co_return Verdict{SpfStatus::temperror, "DNS gave no answer", ""};
    std::vector<std::string> records = answer.records;
    std::erase_if(records, [](const std::string& text) { return !is_spf_record(text); });
    if (records.empty())
        co_return Verdict{SpfStatus::none, domain + " has no SPF record", ""};
    if (records.size() > 1)
        co_return Verdict{SpfStatus::permerror, domain + " has several SPF records", ""};
    const auto record = parse_spf_record(records[0]);
    if (!record)
        co_return Verdict{SpfStatus::permerror, record.error().text(), ""};

    for (const SpfMechanism& mechanism : record->mechanisms) {
        Match match = co_await evaluate(&mechanism, domain);
        if (match.end)
            co_return *std::move(match.end);
        if (!match.matched)
            continue;
        Verdict out{mechanism.result, "matched " + mechanism.text + " of " + domain, ""};
        if (record->explanation && out.status == SpfStatus::fail)
            out.explain_at = co_await target_of(&*record->explanation, domain);
        co_return out;
    }
    if (!record->redirect)
        co_return Verdict{SpfStatus::neutral, "nothing of " + domain + " matched", ""};
    if (++terms_ > limits_.terms)
        co_return Verdict{SpfStatus::permerror, "too many terms ask DNS", ""};
    const std::string target = co_await target_of(&*record->redirect, domain);
    if (!is_dns_name(target))
        co_return Verdict{SpfStatus::permerror, "redirect= leads to no domain", ""};
    Verdict out = co_await check_host(target);
    if (out.status == SpfStatus::none)
        out = Verdict{SpfStatus::permerror, "redirect= leads to no record", ""};
    co_return out;
}

Asking<SpfCheck::Match> SpfCheck::evaluate(const SpfMechanism* mechanism, std::string domain) {
    if (asks_dns(mechanism->kind) && ++terms_ > limits_.terms)
        co_return Match{false, Verdict{SpfStatus::permerror, "too many terms ask DNS", ""}};
    std::string target = domain;
    if (mechanism->domain)
        target = co_await target_of(&*mechanism->domain, domain);
    const IpAddress& client = request_.client;
    switch (mechanism->kind) {
        case Kind::all:
            co_return Match{true, std::nullopt};
        case Kind::ip: {
            const bool v4 = mechanism->network->family() == IpAddress::Family::v4;
            co_return Match{
                client.shares_prefix(*mechanism->network, v4 ? mechanism->bits4 : mechanism->bits6),
                std::nullopt};
        }
        case Kind::include:
            co_return co_await match_include(target);
        case Kind::a:
            co_return co_await match_addresses(mechanism, target);
        case Kind::mx:
            co_return co_await match_mx(mechanism, target);
        case Kind::ptr:
            co_return co_await match_ptr(target);
        case Kind::exists:
            co_return co_await match_exists(target);
    }
    co_return Match{};
}

// Section 5.2, the table.
Asking<SpfCheck::Match> SpfCheck::match_include(std::string target) {
    if (!is_dns_name(target))
        co_return Match{false, Verdict{SpfStatus::permerror, "include: names no domain", ""}};
    Verdict verdict = co_await check_host(target);
    verdict.explain_at.clear();
    switch (verdict.status) {
        case SpfStatus::pass:
            co_return Match{true, std::nullopt};
        case SpfStatus::none:
            verdict.status = SpfStatus::permerror;
            co_return Match{false, verdict};
        case SpfStatus::temperror:
        case SpfStatus::permerror:
            co_return Match{false, verdict};
        default:
            co_return Match{};
    }
}

// Section 5.3.
Asking<SpfCheck::Match> SpfCheck::match_addresses(const SpfMechanism* mechanism, std::string host) {
    const bool v4 = request_.client.family() == IpAddress::Family::v4;
    const Answer answer = co_await look_up(host, v4 ? RecordType::a : RecordType::aaaa);
    if (auto end = ended_by(answer))
        co_return Match{false, std::move(end)};
    for (const std::string& record : answer.records) {
        const auto address = address_in(record);
        if (address &&
            request_.client.shares_prefix(*address, v4 ? mechanism->bits4 : mechanism->bits6))
            co_return Match{true, std::nullopt};
    }
    co_return Match{};
}

// Section 5.4.
Asking<SpfCheck::Match> SpfCheck::match_mx(const SpfMechanism* mechanism, std::string target) {
    const Answer answer = co_await look_up(target, RecordType::mx);
    if (auto end = ended_by(answer))
        co_return Match{false, std::move(end)};
    if (answer.records.size() > limits_.names)
        co_return Match{false, Verdict{SpfStatus::permerror, "too many MX records", ""}};
    for (const std::string& host : answer.records) {
        if (host.empty())
            continue;  // a null MX (RFC 7505)
        Match match = co_await match_addresses(mechanism, host);
        if (match.matched || match.end)
            co_return match;
    }
    co_return Match{};
}

// Section 5.5.
Asking<SpfCheck::Match> SpfCheck::match_ptr(std::string target) {
    const std::string below = "." + to_lower(target);
    for (const std::string& name : co_await names_of_client())
        if (("." + name).ends_with(below))
            co_return Match{true, std::nullopt};
    co_return Match{};
}

// Section 5.7: an A record even for an IPv6 client.
Asking<SpfCheck::Match> SpfCheck::match_exists(std::string target) {
    const Answer answer = co_await look_up(target, RecordType::a);
    if (auto end = ended_by(answer))
        co_return Match{false, std::move(end)};
    co_return Match{answer.has_records(), std::nullopt};
}

// Errors find no name; what is beyond the limit is not looked at.
Asking<std::vector<std::string>> SpfCheck::names_of_client() {
    if (client_names_)
        co_return *client_names_;
    client_names_.emplace();
    const bool v4 = request_.client.family() == IpAddress::Family::v4;
    const Answer names = co_await Ask(request_.client.reverse_name(), RecordType::ptr);
    const std::size_t count = std::min(names.records.size(), limits_.names);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string name = to_lower(names.records[i]);
        if (!is_dns_name(name))
            continue;
        const Answer back = co_await Ask(name, v4 ? RecordType::a : RecordType::aaaa);
        for (const std::string& record : back.records)
            if (const auto address = address_in(record); address && *address == request_.client) {
                client_names_->push_back(name);
                break;
            }
    }
    co_return *client_names_;
}

}  // namespace kith::mailauth
