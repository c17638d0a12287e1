// Mutual contacts without showing one's contacts (protocol section 5.3). Everybody has an
// introducer key, of which the servers of the contacts who may use it get the keys of single weeks
// (hint_keys.h). With the first message to somebody goes a tag for each such key that the sender's
// server holds, among random ones; the recipient's server computes the tags it would expect and
// looks whether one is there. Who holds none of the keys learns nothing from the tags, and cannot
// try out whether somebody knows somebody: no identity is ever hashed.
//
// A tag is 8 octets: SipHash-2-4 under the key of the week, over the 16 octets of the stub's id and
// the recipient's address. It has to cost less than the signature that is checked after it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/siphash.h"
#include "note/address.h"

namespace kith {

inline constexpr std::size_t kMostExpectedHints = 512;
inline constexpr std::size_t kMostHints = 256;
inline constexpr std::size_t kHintOctets = 8;

/// 32 octets; another every four weeks.
using IntroducerKey = SecretArray<32>;
IntroducerKey make_introducer_key(Random& random);

/// Weeks since 1970; of a stub, that of its `time`.
std::int64_t hint_week(Time time);
/// Only this week's and the last week's tags are looked at; older weekly keys are deleted.
bool is_hint_week_open(std::int64_t week, Time now);

/// The key of one week: HKDF-SHA-256(introducer key, no salt, "kith/1 hints WEEK", 16 octets).
using HintKey = SecretArray<kSipHashKey>;
HintKey hint_key(const IntroducerKey& key, std::int64_t week);

/// What the tags of one delivery are computed over.
struct HintMessage {
    /// `stub_id`: 32 hex digits. Errors: malformed.
    static Result<HintMessage> of(std::string_view stub_id, const Address& recipient);
    ByteArray<kHintOctets> tag(const HintKey& key) const { return siphash_2_4(key.view(), octets); }

    Bytes octets;
};

/// The part `hints`: 16, 64 or 256 tags, whichever is the least that holds them, shuffled, filled
/// up with random ones. Of more than 256 keys the first are taken.
Bytes make_hints(const HintMessage& message, std::span<const HintKey> keys, Random& random);
/// Whether the part has one of the three sizes. Errors: malformed ("hints").
Result<void> check_hints(ByteView hints);

/// Which of the expected keys has its tag there: one octet for each, 1 or 0. What it does, and for
/// how long, depends on the number of tags alone, not on the keys, nor on how many there are or
/// match. Requires: hints that check_hints takes, at most kMostExpectedHints keys.
std::vector<std::uint8_t> match_hints(const HintMessage& message,
                                      std::span<const HintKey> expected,
                                      ByteView hints);

}  // namespace kith
