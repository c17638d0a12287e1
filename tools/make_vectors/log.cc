#include "make_vectors/log.h"

namespace kith::vectors {
namespace {

constexpr const char* kDomain = "one.test";

}  // namespace

Directory::Directory(const People& people, Face face) : people_(people) {
    entries_.push_back(DirectoryEntry::of_key(people.vrf().public_key()));
    leaves_.push_back(entries_.back().leaf());
    list("carol@one.test", sha256("carol's first card"));
    list("dave@one.test", sha256("dave's first card"));
    list("alice@one.test", people.alice().hash);
    // The other face: a card for alice that she did not make.
    list(face == Face::honest ? "erin@one.test" : "alice@one.test", sha256("a later card"));
    list("carol@one.test", sha256("carol's second card"));
    list("frank@one.test", sha256("frank's first card"));
    KITH_CHECK(leaves_.size() == kSize && store_.append(leaves_).has_value());
}

void Directory::list(const std::string& address, const Hash& card) {
    const VrfOutput output = people_.vrf().prove(as_bytes(address)).output;
    entries_.push_back(DirectoryEntry::of_card(label_of(output), card));
    leaves_.push_back(entries_.back().leaf());
}

SignedCheckpoint Directory::checkpoint(std::uint64_t size) const {
    const TreeHead head{size, reference::root(std::span(leaves_).first(size))};
    return *sign_checkpoint({log_origin(kDomain), head, {}}, people_.key(log_origin(kDomain)));
}

SignedCheckpoint Directory::cosigned(const std::vector<std::string>& domains,
                                     Time time,
                                     std::uint64_t size) const {
    SignedCheckpoint out = checkpoint(size);
    for (const std::string& domain : domains) {
        const std::string name = witness_name(domain);
        KITH_CHECK(out.note.add(*cosign(out.note, name, people_.key(name), time)).has_value());
    }
    return out;
}

DirectoryProof Directory::prove(std::uint64_t index) const {
    TileTree tree(store_, kSize);
    return *make_directory_proof(tree,
                                 cosigned(),
                                 people_.vrf().public_key(),
                                 people_.vrf().prove(as_bytes("alice@one.test")).proof,
                                 index);
}

std::vector<Hash> Directory::consistency(std::uint64_t before, std::uint64_t size) const {
    return reference::consistency(before, std::span(leaves_).first(size));
}

AddCheckpoint Directory::request(std::uint64_t old_size, std::uint64_t size) const {
    return {old_size, consistency(old_size, size), checkpoint(size)};
}

NamedKey Directory::named() const {
    return {log_origin(kDomain), people_.key(log_origin(kDomain)).public_key()};
}

CosignerKey Directory::cosigner(const std::string& domain) const {
    return {witness_name(domain), people_.key(witness_name(domain)).public_key()};
}

std::string Directory::policy() const {
    return "witness two " + cosigner("two.test").vkey() + "\nwitness three " +
           cosigner("three.test").vkey() + "\nwitness four " + cosigner("four.test").vkey() +
           "\ngroup peers 2 two three four\nquorum peers\n";
}

}  // namespace kith::vectors
