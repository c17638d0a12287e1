// Names and JSON of decision.h.
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/error_code.hpp>

#include "trust/decision.h"

namespace kith {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxText = 65'536;

template <class Enum>
struct Named {
    Enum value;
    std::string_view name;
};

constexpr std::array kTiers = {
    Named{Tier::unknown, "unknown"},
    Named{Tier::known, "known"},
    Named{Tier::well_trusted, "well-trusted"},
};
constexpr std::array kLevels = {
    Named{GrantLevel::blocked, "blocked"},
    Named{GrantLevel::known, "known"},
    Named{GrantLevel::well_trusted, "well-trusted"},
};
constexpr std::array kOutcomes = {
    Named{Outcome::deliver, "deliver"},
    Named{Outcome::hold, "hold"},
    Named{Outcome::price, "price"},
    Named{Outcome::refuse, "refuse"},
    Named{Outcome::drop, "drop"},
};
constexpr std::array kFolders = {
    Named{Folder::none, "none"},
    Named{Folder::inbox, "inbox"},
    Named{Folder::requests, "requests"},
};
constexpr std::array kRefusals = {
    Named{Refusal::refused, "refused"},
    Named{Refusal::token_revoked, "token-revoked"},
    Named{Refusal::token_spent, "token-spent"},
    Named{Refusal::token_foreign, "token-foreign"},
    Named{Refusal::smtp_challenge, "smtp-challenge"},
    Named{Refusal::smtp_disowned, "smtp-disowned"},
};
constexpr std::array kReasons = {
    Named{ReasonCode::blocked, "blocked"},
    Named{ReasonCode::key_unproven, "key-unproven"},
    Named{ReasonCode::key_frozen, "key-frozen"},
    Named{ReasonCode::key_revoked, "key-revoked"},
    Named{ReasonCode::key_expired, "key-expired"},
    Named{ReasonCode::key_unknown, "key-unknown"},
    Named{ReasonCode::key_disputed, "key-disputed"},
    Named{ReasonCode::contact, "contact"},
    Named{ReasonCode::contact_verified, "contact-verified"},
    Named{ReasonCode::contact_introduced, "contact-introduced"},
    Named{ReasonCode::contact_dormant, "contact-dormant"},
    Named{ReasonCode::contact_suspended, "contact-suspended"},
    Named{ReasonCode::contact_list, "contact-list"},
    Named{ReasonCode::introduces, "introduces"},
    Named{ReasonCode::introduces_in_vain, "introduces-in-vain"},
    Named{ReasonCode::many_unanswered, "many-unanswered"},
    Named{ReasonCode::new_device, "new-device"},
    Named{ReasonCode::root_changed, "root-changed"},
    Named{ReasonCode::reply_token, "reply-token"},
    Named{ReasonCode::invite_token, "invite-token"},
    Named{ReasonCode::newsletter_token, "newsletter-token"},
    Named{ReasonCode::card_token, "card-token"},
    Named{ReasonCode::token_revoked, "token-revoked"},
    Named{ReasonCode::token_spent, "token-spent"},
    Named{ReasonCode::token_busy, "token-busy"},
    Named{ReasonCode::token_expired, "token-expired"},
    Named{ReasonCode::token_foreign, "token-foreign"},
    Named{ReasonCode::introduced, "introduced"},
    Named{ReasonCode::vouched, "vouched"},
    Named{ReasonCode::introducer_spent, "introducer-spent"},
    Named{ReasonCode::word_taken_back, "word-taken-back"},
    Named{ReasonCode::domain_credit, "domain-credit"},
    Named{ReasonCode::price_waived, "price-waived"},
    Named{ReasonCode::stamp, "stamp"},
    Named{ReasonCode::stamp_low, "stamp-low"},
    Named{ReasonCode::stamp_stale, "stamp-stale"},
    Named{ReasonCode::stamp_wrong, "stamp-wrong"},
    Named{ReasonCode::stranger, "stranger"},
    Named{ReasonCode::strangers_not_heard, "strangers-not-heard"},
    Named{ReasonCode::smtp_proven, "smtp-proven"},
    Named{ReasonCode::smtp_unproven, "smtp-unproven"},
    Named{ReasonCode::smtp_doubted, "smtp-doubted"},
    Named{ReasonCode::smtp_refuted, "smtp-refuted"},
    Named{ReasonCode::smtp_enforced, "smtp-enforced"},
    Named{ReasonCode::smtp_step_down, "smtp-step-down"},
    Named{ReasonCode::smtp_stranger, "smtp-stranger"},
    Named{ReasonCode::smtp_challenged, "smtp-challenged"},
    Named{ReasonCode::smtp_filter_passed, "smtp-filter-passed"},
    Named{ReasonCode::smtp_filter_failed, "smtp-filter-failed"},
};
constexpr std::array kMeters = {
    Named{Debit::Meter::mail, "mail"},
    Named{Debit::Meter::introductions, "introductions"},
    Named{Debit::Meter::domain, "domain"},
    Named{Debit::Meter::token, "token"},
};

template <class Table, class Enum>
std::string_view name_in(const Table& table, Enum value) {
    return std::ranges::find(table, value, &Table::value_type::value)->name;
}

template <class Table>
auto value_in(const Table& table, std::string_view name, std::string_view where)
    -> Result<decltype(table.front().value)> {
    const auto* const found = std::ranges::find(table, name, &Table::value_type::name);
    if (found == table.end())
        return fail(ErrorKind::malformed, std::string(where), "is not one of its words");
    return found->value;
}

std::string where(std::string_view member) {
    return "decision: " + std::string(member);
}

json::array flags_of(const DecisionFlags& flags) {
    json::array out;
    if (flags.active_content_off)
        out.emplace_back("active-content-off");
    if (flags.batched)
        out.emplace_back("batched");
    if (flags.root_changed)
        out.emplace_back("root-changed");
    return out;
}

json::array reasons_of(const Decision& decision) {
    json::array out;
    for (const Reason& reason : decision.reasons) {
        json::object object;
        object["code"] = name_of(reason.code);
        object["text"] = reason.text;
        for (const auto& [name, value] : reason.data)
            object[name] = value;
        out.push_back(std::move(object));
    }
    return out;
}

json::array debits_of(const Decision& decision) {
    json::array out;
    for (const Debit& debit : decision.debits)
        out.push_back(json::object{{"meter", name_of(debit.meter)}, {"of", debit.of}});
    return out;
}

Result<std::string> text_member(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(name);
    if (value == nullptr || !value->is_string())
        return fail(ErrorKind::malformed, where(name), "is not a string");
    const json::string& text = value->get_string();
    return std::string(text.data(), text.size());
}

template <class Table>
auto word_member(const json::object& object, std::string_view name, const Table& table)
    -> Result<decltype(table.front().value)> {
    const std::string word = TRY(text_member(object, name));
    return value_in(table, word, where(name));
}

Result<const json::array*> array_member(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(name);
    if (value == nullptr || !value->is_array())
        return fail(ErrorKind::malformed, where(name), "is not an array");
    return value->if_array();
}

// Flags of a later version are read over.
Result<DecisionFlags> read_flags(const json::object& object) {
    const json::array* const words = TRY(array_member(object, "flags"));
    const auto has = [words](std::string_view word) {
        return std::ranges::any_of(*words, [word](const json::value& value) {
            return value.is_string() && value.get_string() == json::string_view(word);
        });
    };
    return DecisionFlags{has("active-content-off"), has("batched"), has("root-changed")};
}

Result<Reason> read_reason(const json::value& value) {
    if (!value.is_object())
        return fail(ErrorKind::malformed, where("reasons"), "has something else than objects");
    const json::object& object = value.get_object();
    Reason reason;
    reason.code = TRY(word_member(object, "code", kReasons));
    reason.text = TRY(text_member(object, "text"));
    for (const json::key_value_pair& member : object) {
        const std::string name(member.key());
        if (name != "code" && name != "text")
            reason.data.emplace_back(name, TRY(text_member(object, name)));
    }
    return reason;
}

Result<Debit> read_debit(const json::value& value) {
    if (!value.is_object())
        return fail(ErrorKind::malformed, where("debits"), "has something else than objects");
    Debit debit;
    debit.meter = TRY(word_member(value.get_object(), "meter", kMeters));
    debit.of = TRY(text_member(value.get_object(), "of"));
    return debit;
}

Result<Decision> read_decision(const json::object& object) {
    Decision decision;
    decision.outcome = TRY(word_member(object, "outcome", kOutcomes));
    decision.told = TRY(word_member(object, "told", kOutcomes));
    decision.tier = TRY(word_member(object, "tier", kTiers));
    decision.folder = TRY(word_member(object, "folder", kFolders));
    decision.flags = TRY(read_flags(object));
    for (const json::value& value : *TRY(array_member(object, "reasons")))
        decision.reasons.push_back(TRY(read_reason(value)));
    // Absent in those that were stored before there were ledgers.
    if (object.contains("debits"))
        for (const json::value& value : *TRY(array_member(object, "debits")))
            decision.debits.push_back(TRY(read_debit(value)));
    decision.text = TRY(text_member(object, "text"));
    if (object.contains("refusal"))
        decision.refusal = TRY(word_member(object, "refusal", kRefusals));
    return decision;
}

}  // namespace

std::string_view name_of(Tier tier) {
    return name_in(kTiers, tier);
}
std::string_view name_of(GrantLevel level) {
    return name_in(kLevels, level);
}
std::string_view name_of(Outcome outcome) {
    return name_in(kOutcomes, outcome);
}
std::string_view name_of(Folder folder) {
    return name_in(kFolders, folder);
}
std::string_view name_of(Refusal refusal) {
    return name_in(kRefusals, refusal);
}
std::string_view name_of(Debit::Meter meter) {
    return name_in(kMeters, meter);
}
std::string_view name_of(ReasonCode code) {
    return name_in(kReasons, code);
}

Result<Tier> parse_tier(std::string_view text) {
    return value_in(kTiers, text, "tier");
}
Result<GrantLevel> parse_grant_level(std::string_view text) {
    return value_in(kLevels, text, "level");
}

std::string write_decision(const Decision& decision) {
    json::object object;
    object["outcome"] = name_of(decision.outcome);
    object["told"] = name_of(decision.told);
    object["tier"] = name_of(decision.tier);
    object["folder"] = name_of(decision.folder);
    object["flags"] = flags_of(decision.flags);
    object["reasons"] = reasons_of(decision);
    if (!decision.debits.empty())
        object["debits"] = debits_of(decision);
    object["text"] = decision.text;
    if (decision.refusal)
        object["refusal"] = name_of(*decision.refusal);
    return json::serialize(object);
}

Result<Decision> parse_decision(std::string_view text) {
    if (text.size() > kMaxText)
        return fail(ErrorKind::limit, "decision", "more than 64 KiB");
    boost::system::error_code error;
    const json::value value = json::parse(text, error);
    if (error || !value.is_object())
        return fail(ErrorKind::malformed, "decision", "is not a JSON object");
    return read_decision(value.get_object());
}

}  // namespace kith
