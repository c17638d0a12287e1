#include "protocol/problem.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/system/error_code.hpp>

#include "base/text.h"

namespace kith {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostCharacters = 300;
constexpr std::size_t kMostCard = 65'536;

// In the order of the enumeration: kind_of counts on it, and the test holds it to that.
constexpr std::array kProblems = {
    ProblemKind{Problem::malformed, "malformed", 400, Remedy::none, "The request cannot be read."},
    ProblemKind{Problem::stamp_needed,
                "stamp-needed",
                402,
                Remedy::bring_stamp,
                "A stamp or a token is needed."},
    ProblemKind{Problem::bad_signature,
                "bad-signature",
                403,
                Remedy::none,
                "A signature is missing or wrong."},
    ProblemKind{Problem::expired, "expired", 403, Remedy::none, "Its time is over."},
    ProblemKind{Problem::future, "future", 403, Remedy::wait, "Its time has not come."},
    ProblemKind{Problem::wrong_domain,
                "wrong-domain",
                403,
                Remedy::none,
                "This server does not serve that domain."},
    ProblemKind{Problem::token_revoked,
                "token-revoked",
                403,
                Remedy::none,
                "The recipient took the token back."},
    ProblemKind{Problem::token_spent, "token-spent", 403, Remedy::none, "The token is used up."},
    ProblemKind{Problem::token_foreign,
                "token-foreign",
                403,
                Remedy::none,
                "The token is not for this sender or this recipient."},
    ProblemKind{Problem::sender_frozen,
                "sender-frozen",
                403,
                Remedy::none,
                "The sender's account is frozen."},
    ProblemKind{Problem::refused, "refused", 403, Remedy::none, "The recipient refuses it."},
    ProblemKind{Problem::no_such_account,
                "no-such-account",
                404,
                Remedy::none,
                "There is no such account here."},
    ProblemKind{Problem::moved, "moved", 410, Remedy::none, "They are at another address now."},
    ProblemKind{Problem::blob_needed,
                "blob-needed",
                409,
                Remedy::bring_blob,
                "The body is not here; send it with the stub."},
    ProblemKind{Problem::card_needed,
                "card-needed",
                409,
                Remedy::bring_cards,
                "The sender's chain of cards is needed."},
    ProblemKind{Problem::id_reused,
                "id-reused",
                409,
                Remedy::none,
                "Another message of the sender has the id."},
    ProblemKind{Problem::too_large, "too-large", 413, Remedy::none, "It is too large."},
    ProblemKind{Problem::blob_mismatch,
                "blob-mismatch",
                422,
                Remedy::none,
                "The body is not what the stub says."},
    ProblemKind{Problem::over_quota, "over-quota", 429, Remedy::wait, "Too much for now."},
    ProblemKind{Problem::busy, "busy", 503, Remedy::wait, "The server is busy."},
    ProblemKind{Problem::not_ready, "not-ready", 503, Remedy::wait, "The server is not ready."},
    ProblemKind{Problem::storage, "storage", 503, Remedy::wait, "The server cannot store it now."},
    ProblemKind{Problem::invitation_invalid,
                "invitation-invalid",
                403,
                Remedy::none,
                "The invitation is not valid."},
    ProblemKind{
        Problem::address_taken, "address-taken", 409, Remedy::none, "The address is taken."},
    ProblemKind{Problem::login_refused, "login-refused", 403, Remedy::none, "Login refused."},
    ProblemKind{Problem::not_logged_in, "not-logged-in", 401, Remedy::none, "Log in to do this."},
    ProblemKind{Problem::not_found, "not-found", 404, Remedy::none, "There is no such thing."},
    ProblemKind{Problem::method_not_allowed,
                "method-not-allowed",
                405,
                Remedy::none,
                "That cannot be done here."},
    ProblemKind{Problem::media_type,
                "media-type",
                415,
                Remedy::none,
                "The content is of another type than is read here."},
    ProblemKind{Problem::internal, "internal", 500, Remedy::wait, "The server failed."},
};

std::string text_member(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(name);
    if (value == nullptr || !value->is_string())
        return {};
    const json::string& text = value->get_string();
    return {text.data(), text.size()};
}

// For people to read, and kept with every recipient: a peer's words are cut.
std::string short_member(const json::object& object, std::string_view name) {
    return std::string(first_characters(text_member(object, name), kMostCharacters));
}

ProblemDetails read_members(const json::object& object) {
    ProblemDetails details;
    details.type = short_member(object, "type");
    details.title = short_member(object, "title");
    details.detail = short_member(object, "detail");
    if (auto price = text_member(object, "price"); !price.empty())
        details.price = std::move(price);
    if (auto card = text_member(object, "card"); !card.empty() && card.size() <= kMostCard)
        details.card = std::move(card);
    if (const json::value* const limit = object.if_contains("limit")) {
        boost::system::error_code error;
        const auto octets = limit->to_number<std::uint64_t>(error);
        if (!error)
            details.limit = octets;
    }
    return details;
}

}  // namespace

const ProblemKind& kind_of(Problem problem) {
    return kProblems.at(static_cast<std::size_t>(problem));
}

const ProblemKind* find_problem(std::string_view type) {
    const auto* const found = std::ranges::find(kProblems, type, &ProblemKind::type);
    return found == kProblems.end() ? nullptr : &*found;
}

std::optional<Problem> ProblemDetails::known() const {
    const ProblemKind* const kind = find_problem(type);
    return kind != nullptr ? std::optional(kind->problem) : std::nullopt;
}

Remedy ProblemDetails::remedy() const {
    if (const ProblemKind* const kind = find_problem(type))
        return kind->remedy;
    return status == 429 || status >= 500 ? Remedy::wait : Remedy::none;
}

ProblemDetails make_problem(Problem problem, std::string detail) {
    const ProblemKind& kind = kind_of(problem);
    ProblemDetails details;
    details.type = kind.type;
    details.status = kind.status;
    details.title = kind.title;
    details.detail = std::move(detail);
    return details;
}

ProblemDetails problem_of(const Error& error) {
    const auto with = [&error](Problem problem) {
        return make_problem(problem,
                            error.detail.empty() ? error.where : error.where + ": " + error.detail);
    };
    switch (error.kind) {
        case ErrorKind::malformed:
            return with(Problem::malformed);
        case ErrorKind::limit:
            return with(Problem::too_large);
        case ErrorKind::bad_signature:
        case ErrorKind::untrusted:
            return with(Problem::bad_signature);
        case ErrorKind::expired:
            return with(Problem::expired);
        case ErrorKind::future:
            return with(Problem::future);
        case ErrorKind::not_found:
            return with(Problem::not_found);
        case ErrorKind::conflict:
            return with(Problem::id_reused);
        case ErrorKind::denied:
            return with(Problem::refused);
        case ErrorKind::unavailable:
        case ErrorKind::timeout:
            return make_problem(Problem::busy);
        case ErrorKind::io:
            return make_problem(Problem::storage);
        case ErrorKind::internal:
            break;
    }
    return make_problem(Problem::internal);
}

std::string write_problem(const ProblemDetails& details) {
    json::object object{{"type", details.type}, {"status", details.status}};
    if (!details.title.empty())
        object["title"] = details.title;
    if (!details.detail.empty())
        object["detail"] = details.detail;
    if (details.price)
        object["price"] = *details.price;
    if (details.card)
        object["card"] = *details.card;
    if (details.limit)
        object["limit"] = *details.limit;
    return json::serialize(object);
}

Result<ProblemDetails> parse_problem(std::string_view body, int status) {
    if (body.size() > kMaxProblem)
        return fail(ErrorKind::limit, "problem", "more than 128 KiB");
    boost::system::error_code error;
    const json::value value = json::parse(body, error);
    if (error || !value.is_object())
        return fail(ErrorKind::malformed, "problem", "is not a JSON object");
    ProblemDetails details = read_members(value.get_object());
    if (details.type.empty())
        details.type = "about:blank";  // RFC 9457 4.2.1
    details.status = status;
    return details;
}

ProblemDetails answer_problem(std::string_view body, int status) {
    if (auto details = parse_problem(body, status))
        return *std::move(details);
    ProblemDetails bare;
    bare.type = "about:blank";
    bare.status = status;
    return bare;
}

}  // namespace kith
