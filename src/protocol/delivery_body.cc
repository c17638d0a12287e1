#include "protocol/delivery_body.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace kith {
namespace {

using Needed = PartRule::Needed;

constexpr std::size_t kMaxName = 16;
constexpr std::size_t kMaxLine = kMaxName + 1 + 10;  ///< name, space, ten digits
constexpr std::uint64_t kMaxNote = 65'536;
constexpr std::size_t kMaxReserved = 16;  ///< parts of one name that we do not read
constexpr std::size_t kMaxParts = 256;    ///< of all names; a name costs more than its part may
constexpr std::uint64_t kMaxIgnored = 65'536;
/// As many as others ask for (protocol section 8), a KiB or so each.
constexpr std::size_t kMaxCardsInMove = 1'024;
constexpr std::uint64_t kMaxMove = 4 << 20;
constexpr std::string_view kBlob = "blob";

constexpr std::array kDeliveryParts = {
    PartRule{"card", kMaxNote, kMaxCardsInDelivery},
    PartRule{"stub", 4096, 1, Needed::yes},
    PartRule{"batch", 4096, 1},
    PartRule{"path", 4096, 1},
    PartRule{"token", 128, 1},
    PartRule{"stamp", 512, 1},
    PartRule{"reply", 128, 1},
    PartRule{"proof", kMaxNote, 1},
    PartRule{"checkpoint", kMaxNote, kMaxCheckpointsInDelivery},
    PartRule{"introduction", 4096, 1},
    PartRule{"introducer", 512, 1},
    PartRule{"hints", 2048, 1},
    PartRule{"ask", 4096, 1},
};
// None, too: who has read a chain of 64 asks for the 65th.
constexpr std::array kCardRow = {PartRule{"card", kMaxNote, kMaxCardsInRow}};
constexpr std::array kProvenCards = {PartRule{"card", kMaxNote, kMaxCardsInRow},
                                     PartRule{"proof", kMaxNote, 1}};
constexpr std::array kAccountParts = {
    PartRule{"invite", 128, 1, Needed::yes},
    PartRule{"card", kMaxNote, kMaxCardsInMove, Needed::yes},
};
constexpr std::array kVouchParts = {
    PartRule{"ask", 4096, 1, Needed::yes},
    PartRule{"introducer", 64, 1, Needed::yes},
    PartRule{"recipient", 64, 1, Needed::yes},
};
constexpr std::array kLinkParts = {
    PartRule{"id", 64, 1, Needed::yes},
    PartRule{"link", kMaxNote, 1, Needed::yes},
};

// "name SP length", without the LF. The length is checked to be a number without leading zero.
struct Head {
    std::string_view name;
    std::uint64_t length = 0;
};

Result<Head> parse_head(std::string_view line, std::string_view row) {
    const std::size_t space = line.find(' ');
    const std::string_view name = line.substr(0, space);
    const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
    if (name.empty() || name.size() > kMaxName || !std::ranges::all_of(name, is_lower))
        return fail(ErrorKind::malformed, std::string(row), "a part does not begin with its name");
    const bool has_length = space != std::string_view::npos;
    const auto length =
        parse_decimal(has_length ? line.substr(space + 1) : std::string_view(), 9'999'999'999);
    if (!length)
        return fail(ErrorKind::malformed, std::string(name), "the length is not 1 to 10 digits");
    return Head{name, *length};
}

const PartRule* find_rule(const RowRules& rules, std::string_view name) {
    const auto found = std::ranges::find(rules.parts, name, &PartRule::name);
    return found == rules.parts.end() ? nullptr : &*found;
}

}  // namespace

RowRules delivery_rules(std::uint64_t most_blob_octets) {
    return {
        "delivery", kDeliveryParts, kMaxDeliveryHead, RowRules::Others::ignored, most_blob_octets};
}

const RowRules& card_row_rules() {
    static constexpr RowRules kRules{"cards", kCardRow, kMaxCardsInRow * (kMaxNote + kMaxLine + 1)};
    return kRules;
}

const RowRules& proven_cards_rules() {
    static constexpr RowRules kRules{
        "cards", kProvenCards, (kMaxCardsInRow + 1) * (kMaxNote + kMaxLine + 1)};
    return kRules;
}

const RowRules& account_rules() {
    static constexpr RowRules kRules{"account", kAccountParts, kMaxMove};
    return kRules;
}

const RowRules& link_rules() {
    static constexpr RowRules kRules{"link", kLinkParts, 2 * kMaxNote};
    return kRules;
}

const RowRules& vouch_rules() {
    static constexpr RowRules kRules{"vouches", kVouchParts, 8192};
    return kRules;
}

Error PartReader::too_much(const std::string& name, std::uint64_t limit, std::string detail) {
    limit_ = limit;
    return fail(ErrorKind::limit, name, std::move(detail));
}

Result<std::optional<PartEvent>> PartReader::next(ByteView& input) {
    if (state_ == State::failed)
        return fail(ErrorKind::malformed, std::string(rules_.name), "was refused already");
    auto event = step(input);
    if (!event)
        state_ = State::failed;
    return event;
}

Result<std::optional<PartEvent>> PartReader::step(ByteView& input) {
    for (;;) {
        switch (state_) {
            case State::head: {
                auto event = TRY(read_head(input));
                if (event || state_ == State::head)
                    return event;
                break;
            }
            case State::part:
            case State::ignored: {
                auto event = TRY(read_part(input));
                if (event || state_ != State::head)
                    return event;
                break;
            }
            case State::blob:
                return read_blob(input);
            case State::failed:
                return std::optional<PartEvent>();
        }
    }
}

// A head line may come in pieces. It is short, so a longer one is refused before its LF is seen.
Result<std::optional<PartEvent>> PartReader::read_head(ByteView& input) {
    while (!input.empty()) {
        const char c = static_cast<char>(input.front());
        input = input.subspan(1);
        ++taken_;
        if (c == '\n') {
            const std::string line = std::exchange(line_, {});
            return begin_part(line);
        }
        line_.push_back(c);
        if (line_.size() > kMaxLine)
            return fail(ErrorKind::malformed,
                        std::string(rules_.name),
                        "a part does not begin with its name and length");
    }
    return std::optional<PartEvent>();
}

Result<void> PartReader::count(const std::string& name, std::uint64_t length) {
    const PartRule* const rule = find_rule(rules_, name);
    if (rule == nullptr && rules_.others == RowRules::Others::refused)
        return fail(ErrorKind::malformed, name, "is not a part of this call");
    const std::uint64_t most_octets = rule != nullptr ? rule->most_octets : kMaxIgnored;
    const std::size_t most_times = rule != nullptr ? rule->most_times : kMaxReserved;
    if (length > most_octets)
        return too_much(name, most_octets, "more than " + std::to_string(most_octets) + " octets");
    // Where every name has its own number, that bounds them all.
    if (++parts_ > kMaxParts && rules_.others == RowRules::Others::ignored)
        return too_much(std::string(rules_.name),
                        kMaxParts,
                        "more than " + std::to_string(kMaxParts) + " parts");
    if (++times_[name] > most_times) {
        if (most_times == 1)
            return fail(ErrorKind::malformed, name, "comes twice");
        return too_much(name, most_times, "more than " + std::to_string(most_times) + " of them");
    }
    if (taken_ + length > rules_.most_octets)
        return too_much(std::string(rules_.name),
                        rules_.most_octets,
                        "more than " + std::to_string(rules_.most_octets) + " octets");
    return {};
}

Result<std::optional<PartEvent>> PartReader::begin_part(std::string_view line) {
    const Head head = TRY(parse_head(line, rules_.name));
    if (after_blob_)
        return fail(ErrorKind::malformed, std::string(head.name), "comes after the blob");
    if (head.name == kBlob && rules_.most_blob_octets > 0)
        return begin_blob(head.length);
    part_ = Part{std::string(head.name), {}};
    TRY(count(part_.name, head.length));
    taken_ += head.length;
    left_ = head.length;
    state_ = find_rule(rules_, head.name) != nullptr ? State::part : State::ignored;
    return std::optional<PartEvent>();
}

Result<std::optional<PartEvent>> PartReader::begin_blob(std::uint64_t length) {
    if (length > rules_.most_blob_octets)
        return too_much(std::string(kBlob),
                        rules_.most_blob_octets,
                        "more than " + std::to_string(rules_.most_blob_octets) + " octets");
    TRY(check_needed());
    left_ = length;
    state_ = State::blob;
    return std::optional<PartEvent>(BlobAnnounced{length});
}

Result<std::optional<PartEvent>> PartReader::read_part(ByteView& input) {
    const auto here = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
    if (state_ == State::part)
        part_.octets += as_text(input.first(here));
    input = input.subspan(here);
    left_ -= here;
    if (left_ > 0)
        return std::optional<PartEvent>();
    const bool wanted = state_ == State::part;
    state_ = State::head;
    return wanted ? std::optional<PartEvent>(std::exchange(part_, {})) : std::nullopt;
}

std::optional<PartEvent> PartReader::read_blob(ByteView& input) {
    if (left_ == 0) {
        after_blob_ = true;
        state_ = State::head;
        return BlobComplete{};
    }
    if (input.empty())
        return std::nullopt;
    const auto here = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
    const BlobOctets octets{input.first(here)};
    input = input.subspan(here);
    left_ -= here;
    return octets;
}

Result<void> PartReader::check_needed() const {
    for (const PartRule& rule : rules_.parts)
        if (rule.needed == Needed::yes && !times_.contains(rule.name))
            return fail(ErrorKind::malformed, std::string(rule.name), "is missing");
    return {};
}

Result<void> PartReader::finish() {
    const bool between = state_ == State::head && line_.empty();
    if (!between) {
        const std::string name = state_ == State::blob ? std::string(kBlob)
                                 : state_ == State::part || state_ == State::ignored
                                     ? part_.name
                                     : std::string(rules_.name);
        state_ = State::failed;
        return fail(ErrorKind::malformed, name, "ends too early");
    }
    return check_needed();
}

Result<std::vector<Part>> parse_row(std::string_view octets, const RowRules& rules) {
    PartReader reader(rules);
    ByteView input = as_bytes(octets);
    std::vector<Part> parts;
    while (auto event = TRY(reader.next(input))) {
        if (!std::holds_alternative<Part>(*event))
            return fail(ErrorKind::malformed, std::string(kBlob), "is not a part of this call");
        parts.push_back(std::get<Part>(std::move(*event)));
    }
    TRY(reader.finish());
    return parts;
}

std::string write_part_head(std::string_view name, std::uint64_t length) {
    KITH_CHECK(!name.empty() && name.size() <= kMaxName);
    return std::string(name) + " " + std::to_string(length) + "\n";
}

std::string write_part(std::string_view name, std::string_view octets) {
    return write_part_head(name, octets.size()) + std::string(octets);
}

Result<std::vector<std::string>> parse_card_row(std::string_view octets) {
    std::vector<std::string> cards;
    for (Part& part : TRY(parse_row(octets, card_row_rules())))
        cards.push_back(std::move(part.octets));
    return cards;
}

std::string write_card_row(std::span<const std::string> cards) {
    std::string row;
    for (const std::string& card : cards)
        row += write_part("card", card);
    return row;
}

Result<ProvenCards> parse_proven_cards(std::string_view octets) {
    ProvenCards row;
    for (Part& part : TRY(parse_row(octets, proven_cards_rules())))
        if (part.name == "card")
            row.cards.push_back(std::move(part.octets));
        else
            row.proof = std::move(part.octets);
    return row;
}

std::string write_proven_cards(const ProvenCards& row) {
    return write_card_row(row.cards) + (row.proof ? write_part("proof", *row.proof) : "");
}

void DeliveryParts::take(Part part) {
    if (part.name == "card")
        cards.push_back(std::move(part.octets));
    else if (part.name == "stub")
        stub = std::move(part.octets);
    else if (part.name == "batch")
        batch = std::move(part.octets);
    else if (part.name == "path")
        path = std::move(part.octets);
    else if (part.name == "token")
        token = std::move(part.octets);
    else if (part.name == "stamp")
        stamp = std::move(part.octets);
    else if (part.name == "reply")
        reply = std::move(part.octets);
    else if (part.name == "proof")
        proof = std::move(part.octets);
    else if (part.name == "checkpoint")
        checkpoints.push_back(std::move(part.octets));
    else if (part.name == "introduction")
        introduction = std::move(part.octets);
    else if (part.name == "introducer")
        introducer = std::move(part.octets);
    else if (part.name == "hints")
        hints = std::move(part.octets);
    else if (part.name == "ask")
        ask = std::move(part.octets);
}

std::string write_delivery(const DeliveryParts& parts, std::optional<std::uint64_t> blob_octets) {
    std::string out = write_card_row(parts.cards) + write_part("stub", parts.stub);
    const auto add = [&out](std::string_view name, const std::optional<std::string>& octets) {
        if (octets)
            out += write_part(name, *octets);
    };
    add("batch", parts.batch);
    add("path", parts.path);
    add("token", parts.token);
    add("stamp", parts.stamp);
    add("reply", parts.reply);
    add("proof", parts.proof);
    for (const std::string& checkpoint : parts.checkpoints)
        out += write_part("checkpoint", checkpoint);
    add("introduction", parts.introduction);
    add("introducer", parts.introducer);
    add("hints", parts.hints);
    add("ask", parts.ask);
    if (blob_octets)
        out += write_part_head(kBlob, *blob_octets);
    return out;
}

}  // namespace kith
