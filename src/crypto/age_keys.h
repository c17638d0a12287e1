// age's native keys (C2SP age, "The X25519 recipient type").
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace kith {

/// "age1…": somebody's device, as a target.
struct AgeRecipient {
    ByteArray<32> point{};

    std::string text() const;
    friend auto operator<=>(const AgeRecipient&, const AgeRecipient&) = default;
};

/// Errors: malformed.
Result<AgeRecipient> parse_age_recipient(std::string_view text);

/// "AGE-SECRET-KEY-1…"; wiped when it goes.
class AgeIdentity {
  public:
    static AgeIdentity generate(Random& random);
    /// Errors: malformed.
    static Result<AgeIdentity> parse(std::string_view text);

    const AgeRecipient& recipient() const { return recipient_; }
    const SecretArray<32>& scalar() const { return scalar_; }
    /// For writing into a key file; the caller wipes it.
    std::string text() const;

  private:
    explicit AgeIdentity(const SecretArray<32>& scalar);

    SecretArray<32> scalar_;
    AgeRecipient recipient_;
};

}  // namespace kith
