#include "mailauth/arc.h"

#include <map>

#include "mailauth/arc_sets.h"
#include "mailauth/dkim_check.h"

namespace kith::mailauth {
namespace {

// One evaluation, and the keys it has looked up: most seals of a chain share few.
class ArcCheck {
  public:
    ArcCheck(const MessageDigest* message, Time now) : message_(message), now_(now) {}

    Asking<ArcResult> run() {
        if (!has_arc_fields(message_->header))
            co_return ArcResult{};
        auto sets = collect_arc_sets(message_->header);
        if (!sets)
            co_return failed(sets.error().text());
        sets_ = *std::move(sets);
        if (std::string reason = read_seals(); !reason.empty())
            co_return failed(std::move(reason));
        if (std::string reason = co_await check_signature(); !reason.empty())
            co_return failed("the newest ARC-Message-Signature: " + reason);
        for (std::size_t i = sets_.size(); i > 0; --i)
            if (std::string reason = co_await check_seal(i); !reason.empty())
                co_return failed("ARC-Seal " + std::to_string(i) + ": " + reason);
        ArcResult out{.status = ArcStatus::pass, .reason = "", .sealers = {}, .results = ""};
        for (std::size_t i = sets_.size(); i > 0; --i)
            out.sealers.push_back(seals_[i - 1].domain);
        out.results = arc_results(*sets_.back().results);
        co_return out;
    }

  private:
    static ArcResult failed(std::string reason) {
        return {ArcStatus::fail, std::move(reason), {}, ""};
    }

    // The reason why not; empty: they are as they should be (RFC 8617 section 5.2, steps 1 to 3).
    std::string read_seals() {
        for (const ArcSet& set : sets_) {
            auto seal = parse_arc_seal(*set.seal);
            if (!seal)
                return seal.error().text();
            const ChainValidation right =
                seals_.empty() ? ChainValidation::none : ChainValidation::pass;
            if (seal->chain == ChainValidation::fail)
                return "a server before us found that the chain fails";
            if (seal->chain != right)
                return "cv= is not what it must be there";
            seals_.push_back(*std::move(seal));
        }
        return "";
    }

    Asking<std::string> check_signature() {
        const RawField& field = *sets_.back().signature;
        auto signature = parse_dkim_signature(field.value, SignatureForm::arc_message);
        if (!signature)
            co_return signature.error().text();
        signature->identity = "@" + signature->domain;  // i= is the instance
        if (signature->signs("arc-seal"))
            co_return "signs an ARC-Seal";
        DkimResult result = check_before_key(*signature, SignatureForm::arc_message, now_);
        if (result.status != DkimStatus::pass)
            co_return result.reason;
        const auto* record = co_await key(signature->selector, signature->domain);
        result = check_with_key(*message_, field, *signature, *record);
        co_return result.reason;
    }

    Asking<std::string> check_seal(std::size_t instance) {
        const ArcSeal& seal = seals_[instance - 1];
        const auto* record = co_await key(seal.selector, seal.domain);
        if (!*record)
            co_return record->error().text();
        const bool rsa = std::holds_alternative<RsaPublicKey>((*record)->key);
        if (rsa != (seal.key_type == KeyType::rsa))
            co_return "the key is for another algorithm";
        const std::vector<ArcSet> covered(sets_.begin(),
                                          sets_.begin() + static_cast<std::ptrdiff_t>(instance));
        if (!verify_signed_octets((*record)->key, sealed_octets(covered), seal.signature))
            co_return "does not verify";
        co_return "";
    }

    Asking<const Result<KeyRecord>*> key(std::string selector, std::string domain) {
        const Question question = key_question(selector, domain);
        auto at = keys_.find(question);
        if (at == keys_.end()) {
            const Answer answer = co_await Ask(question);
            at = keys_.emplace(question, key_record_of(answer)).first;
        }
        co_return &at->second;
    }

    const MessageDigest* message_;
    Time now_;
    std::vector<ArcSet> sets_;
    std::vector<ArcSeal> seals_;
    std::map<Question, Result<KeyRecord>> keys_;
};

}  // namespace

const char* name_of(ArcStatus status) {
    switch (status) {
        case ArcStatus::none:
            return "none";
        case ArcStatus::pass:
            return "pass";
        case ArcStatus::fail:
            return "fail";
    }
    return "none";
}

Asking<ArcResult> check_arc(const MessageDigest* message, Time now) {
    ArcCheck check(message, now);
    co_return co_await check.run();
}

}  // namespace kith::mailauth
