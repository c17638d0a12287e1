// A row of parts: "NAME LENGTH LF octets", again and again (protocol section 7.2). It is the body
// of a delivery, of a card chain (7.1), of the making of an account (7.5) and of a linking device.
//
// PartReader is a machine without I/O: it is handed octets as they come and gives one event at a
// time. Parts are kept until they are complete; the octets of `blob`, which is the last part, are
// never kept but passed through.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"

namespace kith {

inline constexpr std::size_t kMaxDeliveryHead = 1 << 20;  ///< octets of a row without its blob
inline constexpr std::size_t kMaxCardsInDelivery = 16;
inline constexpr std::size_t kMaxCheckpointsInDelivery = 16;
inline constexpr std::size_t kMaxCardsInRow = 64;

/// What may stand in a row.
struct PartRule {
    std::string_view name;
    std::uint64_t most_octets;
    std::size_t most_times;
    enum class Needed { no, yes } needed = Needed::no;
};
struct RowRules {
    std::string_view name;  ///< of the row, for errors that concern no single part
    std::span<const PartRule> parts;
    std::uint64_t most_octets;  ///< all of it but the blob's octets
    enum class Others { refused, ignored } others = Others::refused;
    std::uint64_t most_blob_octets = 0;  ///< 0: no `blob` here
};

RowRules delivery_rules(std::uint64_t most_blob_octets);  ///< 7.2
const RowRules& card_row_rules();                         ///< 7.1, several cards
const RowRules& proven_cards_rules();                     ///< 7.1, cards and their proof
const RowRules& account_rules();                          ///< `invite`, `card`
const RowRules& link_rules();                             ///< `id`, `link`
const RowRules& vouch_rules();                            ///< 7.6: `ask`, `introducer`, `recipient`

struct Part {
    std::string name;
    std::string octets;
    friend bool operator==(const Part&, const Part&) = default;
};
/// All parts before the blob are complete and what is needed is there.
struct BlobAnnounced {
    std::uint64_t octets = 0;
    friend bool operator==(const BlobAnnounced&, const BlobAnnounced&) = default;
};
/// Points into the octets that were fed; never empty.
struct BlobOctets {
    ByteView octets;
};
/// After the last octet of the blob.
struct BlobComplete {
    friend bool operator==(const BlobComplete&, const BlobComplete&) = default;
};
using PartEvent = std::variant<Part, BlobAnnounced, BlobOctets, BlobComplete>;

class PartReader {
  public:
    explicit PartReader(const RowRules& rules) : rules_(rules) {}

    /// Takes octets from the head of `input` up to the next event; nullopt: all is taken and more
    /// is needed, or the body ends here. An error is for ever.
    /// Errors: malformed (grammar, order, a part that is not allowed or comes too often, the needed
    /// one is not there), limit; `where` names the part, or the row. The names of reserved and
    /// unknown parts are read over where RowRules says so.
    Result<std::optional<PartEvent>> next(ByteView& input);
    /// The body is over. Errors: malformed (inside a part; the needed one is not there).
    Result<void> finish();

    /// After an error of the kind `limit`: how many octets (or parts) there may be.
    std::uint64_t limit() const { return limit_; }

  private:
    enum class State { head, part, ignored, blob, failed };

    Result<std::optional<PartEvent>> step(ByteView& input);
    Result<std::optional<PartEvent>> read_head(ByteView& input);
    Result<std::optional<PartEvent>> begin_part(std::string_view line);
    Result<std::optional<PartEvent>> begin_blob(std::uint64_t length);
    Result<std::optional<PartEvent>> read_part(ByteView& input);
    std::optional<PartEvent> read_blob(ByteView& input);
    Result<void> count(const std::string& name, std::uint64_t length);
    Result<void> check_needed() const;
    Error too_much(const std::string& name, std::uint64_t limit, std::string detail);

    RowRules rules_;
    State state_ = State::head;
    bool after_blob_ = false;
    std::string line_;
    Part part_;
    std::uint64_t left_ = 0;   ///< octets of the part or blob still to come
    std::uint64_t taken_ = 0;  ///< octets of the row so far, without the blob's
    std::uint64_t limit_ = 0;
    std::map<std::string, std::size_t, std::less<>> times_;
    std::size_t parts_ = 0;
};

/// A whole row at once, without a blob. Errors: as PartReader's.
Result<std::vector<Part>> parse_row(std::string_view octets, const RowRules& rules);
/// "NAME LENGTH LF" and, for write_part, the octets. The name must follow the grammar (our duty).
std::string write_part_head(std::string_view name, std::uint64_t length);
std::string write_part(std::string_view name, std::string_view octets);

/// Whole cards, oldest first (7.1). Errors: as PartReader's.
Result<std::vector<std::string>> parse_card_row(std::string_view octets);
std::string write_card_row(std::span<const std::string> cards);

/// Cards with the directory proof of the newest (7.1 with `proof=1`). Errors: as PartReader's.
struct ProvenCards {
    std::vector<std::string> cards;    ///< oldest first
    std::optional<std::string> proof;  ///< absent: the domain has none

    friend bool operator==(const ProvenCards&, const ProvenCards&) = default;
};
Result<ProvenCards> parse_proven_cards(std::string_view octets);
std::string write_proven_cards(const ProvenCards& row);

/// The parts of a delivery that mean something to this version, as text.
struct DeliveryParts {
    std::vector<std::string> cards;
    std::string stub;
    std::optional<std::string> batch;
    std::optional<std::string> path;
    std::optional<std::string> token;
    std::optional<std::string> stamp;
    std::optional<std::string> reply;
    std::optional<std::string> proof;
    std::vector<std::string> checkpoints;
    std::optional<std::string> introduction;
    std::optional<std::string> introducer;  ///< keys: as secret as what they are for
    std::optional<std::string> hints;       ///< octets
    std::optional<std::string> ask;

    /// Puts a part in its place; reserved ones are dropped.
    void take(Part part);
    friend bool operator==(const DeliveryParts&, const DeliveryParts&) = default;
};
/// Everything before the blob's octets; with `blob_octets` its head, too.
std::string write_delivery(const DeliveryParts& parts, std::optional<std::uint64_t> blob_octets);

}  // namespace kith
