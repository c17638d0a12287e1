#include "tlog/policy.h"

#include <algorithm>

#include "base/text.h"

namespace kith {
namespace {

constexpr std::string_view kNone = "none";

Error bad(std::string detail) {
    return fail(ErrorKind::malformed, {}, std::move(detail));
}

// The items of a line, parted by spaces and tabs; none of a comment.
std::vector<std::string_view> items_of(std::string_view line) {
    std::vector<std::string_view> items;
    for (;;) {
        line = trim(line);
        if (line.empty() || (items.empty() && line.front() == '#'))
            return items;
        const std::size_t end = line.find_first_of(" \t");
        items.push_back(line.substr(0, end));
        line.remove_prefix(items.back().size());
    }
}

bool is_policy_text(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet == '\t' || octet == '\n' || (octet >= 0x20 && octet != 0x7F);
    });
}

}  // namespace

// Reads a policy line by line. Errors have no `where` yet: that is the line's number.
class PolicyReader {
  public:
    Result<void> read(std::string_view line) {
        const std::vector<std::string_view> items = items_of(line);
        if (items.empty())
            return {};
        if (items[0] == "log")
            return read_log(items);
        if (items[0] == "witness")
            return read_witness(items);
        if (items[0] == "group")
            return read_group(items);
        if (items[0] == "quorum")
            return read_quorum(items);
        return bad("begins with none of log, witness, group, quorum");
    }
    Result<WitnessPolicy> take() {
        if (!has_quorum_)
            return bad("no line says quorum");
        return std::move(policy_);
    }

  private:
    using Items = std::span<const std::string_view>;

    Result<void> read_log(Items items) {
        if (items.size() < 2 || items.size() > 3)
            return bad("is not \"log VKEY [URL]\"");
        auto key = NamedKey::parse_vkey(items[1]);
        if (!key)
            return bad("the log's key: " + key.error().detail);
        for (const auto& other : policy_.logs_)
            if (other.key.key == key->key)
                return bad("the key of another log");
        if (policy_.logs_.size() == kMaxPolicyEntries)
            return fail(ErrorKind::limit, {}, "more than 64 logs");
        policy_.logs_.push_back({*key, std::string(items.size() > 2 ? items[2] : "")});
        return {};
    }

    Result<void> read_witness(Items items) {
        if (items.size() < 3 || items.size() > 4)
            return bad("is not \"witness NAME VKEY [URL]\"");
        const std::string name = TRY(new_name(items[1]));
        auto key = CosignerKey::parse_vkey(items[2]);
        if (!key)
            return bad("the witness's key: " + key.error().detail);
        for (const auto& other : policy_.witnesses_)
            if (other.key.key == key->key)
                return bad("the key of another witness");
        if (policy_.witnesses_.size() == kMaxPolicyEntries)
            return fail(ErrorKind::limit, {}, "more than 64 witnesses");
        policy_.nodes_.push_back({name, policy_.witnesses_.size(), 0, {}});
        policy_.witnesses_.push_back({name, *key, std::string(items.size() > 3 ? items[3] : "")});
        return {};
    }

    Result<void> read_group(Items items) {
        if (items.size() < 4)
            return bad("is not \"group NAME all|any|COUNT MEMBER…\"");
        WitnessPolicy::Node group{TRY(new_name(items[1])), {}, 0, {}};
        for (const std::string_view member : items.subspan(3)) {
            group.members.push_back(TRY(find(member)));
            // Nobody counts twice, by whatever way.
            if (std::ranges::find(grouped_, group.members.back()) != grouped_.end())
                return bad(std::string(member) + " is in a group already");
            grouped_.push_back(group.members.back());
        }
        group.threshold = TRY(threshold_of(items[2], group.members.size()));
        if (policy_.nodes_.size() - policy_.witnesses_.size() == kMaxPolicyEntries)
            return fail(ErrorKind::limit, {}, "more than 64 groups");
        policy_.nodes_.push_back(std::move(group));
        return {};
    }

    Result<void> read_quorum(Items items) {
        if (items.size() != 2)
            return bad("is not \"quorum NAME\"");
        if (has_quorum_)
            return bad("a second quorum");
        has_quorum_ = true;
        if (items[1] != kNone)
            policy_.quorum_ = TRY(find(items[1]));
        return {};
    }

    Result<std::string> new_name(std::string_view name) const {
        if (name == kNone || find(name))
            return bad(std::string(name) + " is the name of something else");
        return std::string(name);
    }

    Result<std::size_t> find(std::string_view name) const {
        for (std::size_t i = 0; i < policy_.nodes_.size(); ++i)
            if (policy_.nodes_[i].name == name)
                return i;
        return bad(std::string(name) + " is no witness or group of a line above");
    }

    static Result<std::size_t> threshold_of(std::string_view item, std::size_t members) {
        if (item == "all")
            return members;
        if (item == "any")
            return std::size_t{1};
        const auto count = parse_decimal(item, members);
        if (!count || *count == 0)
            return bad("the count is neither all nor any, nor from 1 to that of the members");
        return static_cast<std::size_t>(*count);
    }

    WitnessPolicy policy_;
    std::vector<std::size_t> grouped_;
    bool has_quorum_ = false;
};

Result<WitnessPolicy> WitnessPolicy::parse(std::string_view text) {
    if (text.size() > kMaxPolicy)
        return fail(ErrorKind::limit, "policy", "more than 65536 octets");
    if (!is_policy_text(text))
        return fail(ErrorKind::malformed, "policy", "a control character");
    PolicyReader reader;
    std::size_t number = 0;
    for (const std::string_view line : split(text, '\n')) {
        ++number;
        if (auto read = reader.read(line); !read) {
            read.error().where = "policy: line " + std::to_string(number);
            return std::move(read).error();
        }
    }
    auto policy = reader.take();
    if (!policy)
        policy.error().where = "policy";
    return policy;
}

std::vector<CosignerKey> WitnessPolicy::witness_keys() const {
    std::vector<CosignerKey> keys;
    for (const Witness& witness : witnesses_)
        keys.push_back(witness.key);
    return keys;
}

bool WitnessPolicy::met_by(std::span<const std::size_t> witnesses) const {
    std::vector<bool> met;
    for (const Node& node : nodes_) {
        if (node.witness) {
            met.push_back(std::ranges::find(witnesses, *node.witness) != witnesses.end());
            continue;
        }
        const auto count =
            std::ranges::count_if(node.members, [&](std::size_t member) { return met[member]; });
        met.push_back(static_cast<std::size_t>(count) >= node.threshold);
    }
    return !quorum_ || met[*quorum_];
}

}  // namespace kith
