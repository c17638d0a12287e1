#include "access/token_set.h"

#include "access/standard_methods.h"
#include "access/token_object.h"

namespace kith {
namespace {

using jmap::SetErrorType;

constexpr std::string_view kSettable[] = {
    "kind", "label", "perDay", "expiresAt", "boundRoot", "boundAddress"};
constexpr std::string_view kChangeable[] = {"label", "perDay", "revoked"};
constexpr std::size_t kMaxLabel = 200;
constexpr std::size_t kMaxHash = 71;
constexpr std::size_t kMaxAddress = 400;
constexpr std::int64_t kMaxPerDay = 10'000;
constexpr std::int64_t kDefaultPerDay = 20;

TokenRecord::Kind record_kind(TokenKind kind) {
    switch (kind) {
        case TokenKind::invite:
            return TokenRecord::Kind::invite;
        case TokenKind::newsletter:
            return TokenRecord::Kind::newsletter;
        case TokenKind::card:
        case TokenKind::reply:
            break;
    }
    return TokenRecord::Kind::card;
}

class TokenSet final : public ObjectSet {
  public:
    explicit TokenSet(WriteContext& context) : context_(context) {}

    ObjectType type() const override { return ObjectType::token; }

    OrSetError<json::object> create(const json::object& object) override {
        Properties properties(object, kSettable);
        const auto kind = parse_token_kind(properties.required_text("kind", 32));
        if (!kind || *kind == TokenKind::reply)
            properties.bad("kind", "must be invite, newsletter or card");
        TokenRecord token;
        token.label = properties.text("label", kMaxLabel).value_or("");
        if (!is_plain_text(token.label, kMaxLabel))
            properties.bad("label", "must be plain text");
        const auto per_day = properties.integer("perDay", 1, kMaxPerDay);
        token.expires = properties.time("expiresAt");
        if (token.expires && *token.expires <= context_.call.now())
            properties.bad("expiresAt", "is over already");
        bind(properties, kind ? *kind : TokenKind::card, token);
        if (!properties.good() || !kind)
            return properties.error();
        if (context_.store.tokens(context_.account()).size() >= context_.call.limits().tokens)
            return refuse(SetErrorType::over_quota, "there are as many tokens as may be");
        const auto& services = *context_.call.services;
        auto made = services.tokens.make(*kind, context_.call.caller->address, services.random);
        token.id = std::move(made.id);
        token.text = std::move(made.text);
        token.kind = record_kind(*kind);
        if (token.kind == TokenRecord::Kind::invite)
            token.uses_left = 1;
        else
            token.per_day = per_day.value_or(kDefaultPerDay);
        token.created = context_.call.now();
        context_.store.put_token(context_.account(), token);
        auto answer = token_object(token, *context_.call.caller, context_.call.now());
        for (const auto& member : object)
            if (!member.value().is_null())
                answer.erase(member.key());
        return answer;
    }

    OrSetError<json::object> update(const std::string& id, const json::object& patch) override {
        auto token = context_.store.token(context_.account(), id);
        if (!token)
            return refuse(SetErrorType::not_found);
        const auto before = token_object(*token, *context_.call.caller, context_.call.now());
        const auto after = patched(before, patch, kChangeable, {{"label", ""}});
        if (!after)
            return std::unexpected(after.error());
        Properties properties(*after);
        token->label = properties.text("label", kMaxLabel).value_or("");
        if (!is_plain_text(token->label, kMaxLabel))
            properties.bad("label", "must be plain text");
        const bool revoked = properties.boolean("revoked").value_or(false);
        if (token->standing == TokenRecord::Standing::revoked && !revoked)
            properties.bad("revoked", "stays true");
        if (after->at("perDay") != before.at("perDay"))
            change_rate(properties, *token);
        if (!properties.good())
            return properties.error();
        token->standing = revoked ? TokenRecord::Standing::revoked : TokenRecord::Standing::valid;
        context_.store.put_token(context_.account(), *token);
        return json::object();
    }

    OrSetError<void> destroy(const std::string& id) override {
        if (!context_.store.token(context_.account(), id))
            return refuse(SetErrorType::not_found);
        context_.store.remove_token(context_.account(), id);
        return {};
    }

  private:
    static void change_rate(Properties& properties, TokenRecord& token) {
        const auto per_day = properties.integer("perDay", 1, kMaxPerDay);
        if (!per_day || token.kind == TokenRecord::Kind::invite)
            properties.bad("perDay", "is a number of messages, and not of an invite");
        else
            token.per_day = *per_day;
    }

    // To somebody from the beginning: then whoever else comes to it first has nothing.
    static void bind(Properties& properties, TokenKind kind, TokenRecord& token) {
        const auto root = properties.text("boundRoot", kMaxHash);
        const auto address = properties.text("boundAddress", kMaxAddress);
        if (!root && !address)
            return;
        if (kind != TokenKind::newsletter)
            properties.bad("boundRoot", "only a newsletter token is bound");
        const auto hash = parse_hash(root.value_or(""));
        if (!hash)
            properties.bad("boundRoot", "must be sha256: and 64 hex digits");
        else
            token.bound_root = *hash;
        const auto parsed = Address::parse(address.value_or(""));
        if (!parsed)
            properties.bad("boundAddress", "is not an address");
        else
            token.bound_address = parsed->text();
    }

    WriteContext& context_;
};

}  // namespace

Result<json::object> token_set(WriteContext& context, const json::object& arguments) {
    TokenSet set(context);
    return run_set(context, arguments, set, {.most = context.call.limits().objects_in_set});
}

}  // namespace kith
