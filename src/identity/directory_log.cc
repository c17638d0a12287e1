#include "identity/directory_log.h"

#include <algorithm>

namespace kith {
namespace {

constexpr std::string_view kKeyLabel = "kith/1 directory vrf-r255\n";

}  // namespace

std::string log_origin(std::string_view domain) {
    return std::string(domain) + "/kith/1/log";
}

std::string witness_name(std::string_view domain) {
    return std::string(domain) + "/kith/1/witness";
}

std::vector<NamedKey> log_keys(std::string_view domain, std::span<const PublicKey> keys) {
    std::vector<NamedKey> named;
    for (const PublicKey& key : keys)
        named.push_back({log_origin(domain), key});
    return named;
}

DirectoryLabel label_of(const VrfOutput& output) {
    DirectoryLabel label{};
    std::copy_n(output.begin(), label.size(), label.begin());
    return label;
}

DirectoryEntry DirectoryEntry::of_key(const VrfPublicKey& key) {
    return {sha256(kKeyLabel).octets, key.octets};
}

DirectoryEntry DirectoryEntry::of_card(const DirectoryLabel& label, const Hash& card) {
    return {label, card.octets};
}

ByteArray<DirectoryEntry::kOctets> DirectoryEntry::octets() const {
    ByteArray<kOctets> out{};
    std::ranges::copy(label, out.begin());
    std::ranges::copy(value, out.begin() + label.size());
    return out;
}

Result<DirectoryEntry> parse_directory_entry(ByteView octets) {
    if (octets.size() != DirectoryEntry::kOctets)
        return fail(ErrorKind::malformed, "entry", "must be 64 octets");
    DirectoryEntry entry;
    std::ranges::copy(octets.first(entry.label.size()), entry.label.begin());
    std::ranges::copy(octets.subspan(entry.label.size()), entry.value.begin());
    return entry;
}

Result<std::vector<DirectoryMonitor::Sighting>> DirectoryMonitor::read(
    std::span<const DirectoryEntry> entries) {
    if (read_.size() == 0 && !entries.empty() && entries.front() != DirectoryEntry::of_key(key_))
        return fail(ErrorKind::conflict, "log: key", "the log begins with another VRF key");
    std::vector<Sighting> own;
    for (const DirectoryEntry& entry : entries) {
        if (entry.label == own_)
            own.push_back({read_.size(), Hash{entry.value}});
        read_.append(entry.leaf());
    }
    return own;
}

Result<void> DirectoryMonitor::check(const Checkpoint& checkpoint) const {
    const TreeHead head = read_.head();
    if (head.size != checkpoint.head.size)
        return fail(ErrorKind::conflict, "log: size", "not so many entries were read");
    if (head.root != checkpoint.head.root)
        return fail(
            ErrorKind::conflict, "log: root", "the entries are not those of the checkpoint");
    return {};
}

}  // namespace kith
