#include "make_vectors/people.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "crypto/age_stream.h"

namespace kith::vectors {
namespace {

namespace json = boost::json;

constexpr std::string_view kSeed = "kith/1 vectors";
constexpr std::string_view kVrfSeed = "kith/1 vectors, VRF of one.test\n";
constexpr std::string_view kMessage =
    "From: alice@one.test\r\nTo: bob@two.test\r\nSubject: Lunch on Friday\r\n"
    "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <lunch@one.test>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "Hello Bob,\r\n\r\nlunch on Friday at noon?\r\n\r\nAlice\r\n";
constexpr std::string_view kPreview = "Lunch on Friday\nHello Bob, lunch on Friday at noon? Alice";

}  // namespace

NewDevice Device::as_new() const {
    return {.name = name, .key = key.public_key(), .recipient = identity.recipient()};
}

People::People() : random_(as_bytes(kSeed)), vrf_(*VrfKey::from_seed(sha256(kVrfSeed).view())) {
    for (const char* name : {"laptop", "phone", "tablet", "thief", "desk"}) {
        SigningKey key = SigningKey::generate(random_);
        AgeIdentity identity = AgeIdentity::generate(random_);
        devices_.emplace(name, Device{name, std::move(key), std::move(identity)});
    }
    for (const char* name : {"alice-recovery",
                             "alice-recovery-2",
                             "alice-recovery-3",
                             "bob-recovery",
                             "one.test",
                             "two.test",
                             "stranger"})
        keys_.emplace(name, SigningKey::generate(random_));
    // Not of the same row, so that what was drawn from it stays as it is.
    for (const char* name : {"one.test/kith/1/log",
                             "two.test/kith/1/witness",
                             "three.test/kith/1/witness",
                             "four.test/kith/1/witness"})
        keys_.emplace(name, *SigningKey::from_seed(sha256(name).view()));

    using Admission = CardBuilder::Admission;
    const auto commitment = [&](const char* name) {
        return recovery_commitment(key(name).public_key());
    };
    const Card alice =
        CardBuilder::first(*Address::parse("alice@one.test"), commitment("alice-recovery"), kNow)
            .add_device(device("laptop").as_new(), Admission::confirmed)
            .card();
    alice_.push_back(
        sign_card(alice, {{"laptop", "alice@one.test/laptop"}, {"one.test", "one.test"}}));
    const Card bob =
        CardBuilder::first(*Address::parse("bob@two.test"), commitment("bob-recovery"), kNow)
            .add_device(device("desk").as_new(), Admission::confirmed)
            .card();
    bob_.push_back(sign_card(bob, {{"desk", "bob@two.test/desk"}, {"two.test", "two.test"}}));
    make_message();
    // Drawn last, so that everything else stayed as it was.
    for (const char* name : {"guardian-1", "guardian-2", "guardian-3", "alice-replacement"})
        keys_.emplace(name, SigningKey::generate(random_));
}

void People::make_message() {
    const FileKey file_key = new_file_key(random_);
    payload_ = seal_payload(file_key, as_bytes(kMessage), random_);
    const std::vector<AgeRecipient> to = {device("desk").identity.recipient()};
    stub_.id = random_id(random_);
    stub_.time = kNow;
    stub_.expires = kNow + 30 * kOneDay;
    stub_.from = alice().card.address;
    stub_.root = alice().root();
    stub_.card = alice().hash;
    stub_.to = *parse_target("bob@two.test");
    stub_.blob = sha256(ByteView(payload_));
    stub_.size = payload_.size();
    stub_.keys = seal_header(file_key, to, random_);
    stub_.preview = seal_preview(file_key, as_bytes(kPreview));
}

const SigningKey& People::key(const std::string& name) const {
    const auto found = devices_.find(name);
    return found == devices_.end() ? keys_.at(name) : found->second.key;
}

SignedNote People::sign(const std::string& text, const std::vector<Signer>& signers) const {
    SignedNote note = *SignedNote::sign(text, signers.front().name, key(signers.front().key));
    for (std::size_t i = 1; i < signers.size(); ++i)
        KITH_CHECK(note.cosign(signers[i].name, key(signers[i].key)).has_value());
    return note;
}

SignedCard People::sign_card(const Card& card, const std::vector<Signer>& signers) const {
    return *read_card(sign(write_card(card), signers));
}

json::value People::secrets() const {
    json::array devices;
    for (const auto& [name, device] : devices_)
        devices.push_back({{"name", name},
                           {"seed", hex(device.key.seed())},
                           {"key", device.key.public_key().text()},
                           {"identity", device.identity.text()},
                           {"recipient", device.identity.recipient().text()}});
    json::array keys;
    for (const auto& [name, key] : keys_)
        keys.push_back(
            {{"name", name}, {"seed", hex(key.seed())}, {"key", key.public_key().text()}});
    return {{"description",
             "The secrets of everybody in these vectors: Ed25519 seeds (hex), age identities, and "
             "the scalar of a VRF key (hex). "
             "They are public: use them for nothing else."},
            {"devices", devices},
            {"keys", keys},
            {"vrf",
             {{"name", "one.test"},
              {"secret", hex(vrf_.secret())},
              {"key", hex(vrf_.public_key().view())}}}};
}

}  // namespace kith::vectors
