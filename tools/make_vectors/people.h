// The people of the vectors: the same keys at every run.
#pragma once

#include <boost/json/value.hpp>
#include <map>
#include <string>
#include <vector>

#include "crypto/age_header.h"
#include "crypto/vrf.h"
#include "identity/card_builder.h"
#include "note/stub.h"

namespace kith::vectors {

struct Device {
    std::string name;
    SigningKey key;
    AgeIdentity identity;

    NewDevice as_new() const;
};

/// Who signs: a device's or key's name in People, and the name it signs under.
struct Signer {
    std::string key;
    std::string name;
};

/// Everybody's keys, and the messages' content; all of it drawn from one seed.
class People {
  public:
    People();

    const Device& device(const std::string& name) const { return devices_.at(name); }
    const SigningKey& key(const std::string& name) const;
    /// Of the directory log of one.test.
    const VrfKey& vrf() const { return vrf_; }
    SeededRandom& random() { return random_; }

    SignedNote sign(const std::string& text, const std::vector<Signer>& signers) const;
    SignedCard sign_card(const Card& card, const std::vector<Signer>& signers) const;

    /// alice@one.test with her laptop, countersigned by one.test.
    const SignedCard& alice() const { return alice_.front(); }
    /// bob@two.test with his desk.
    const SignedCard& bob() const { return bob_.front(); }
    /// The stub of alice's message to bob, signed by nobody yet; its payload.
    const Stub& stub() const { return stub_; }
    const Bytes& payload() const { return payload_; }

    /// All secrets, so that others can sign and open what the vectors hold.
    boost::json::value secrets() const;

  private:
    void make_message();

    SeededRandom random_;
    std::map<std::string, Device> devices_;
    std::map<std::string, SigningKey> keys_;  // not of devices
    VrfKey vrf_;
    std::vector<SignedCard> alice_;
    std::vector<SignedCard> bob_;
    Stub stub_;
    Bytes payload_;
};

inline constexpr Time kNow = Time(Seconds(1'795'428'000));  // 2026-11-23T10:00:00Z
inline constexpr Seconds kOneDay = std::chrono::hours(24);

}  // namespace kith::vectors
