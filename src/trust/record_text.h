// How ledgers stand in the store: one line of words, each parted by one space, the first the
// version. One text for each value, so that what is read is written back as it was.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "base/time.h"
#include "trust/credit.h"

namespace kith {

class RecordWriter {
  public:
    RecordWriter() : text_("1") {}
    RecordWriter& add(std::string_view word);
    RecordWriter& add(std::uint64_t number) { return add(std::to_string(number)); }
    RecordWriter& add(Credit credit);
    RecordWriter& add(Time time);
    RecordWriter& add(std::optional<Time> time);  ///< "-" for none
    std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

/// Takes word after word. The text must outlive it. Errors: malformed, limit; `where` is
/// "RECORD: FIELD".
class RecordReader {
  public:
    /// `record`: its name in errors; a literal.
    RecordReader(std::string_view text, std::string_view record) : rest_(text), record_(record) {}

    /// The version, and the size of all of it. First.
    Result<void> begin(std::size_t most_octets);
    Result<std::string_view> word(std::string_view field);
    /// A word as `read`, a function of string_view that gives a Result, reads it.
    template <class Read>
    auto parsed(std::string_view field, Read read) -> std::invoke_result_t<Read, std::string_view> {
        auto value = read(TRY(word(field)));
        if (!value)
            value.error().where = std::string(record_) + ": " + std::string(field);
        return value;
    }
    Result<std::uint64_t> number(std::string_view field, std::uint64_t most);
    Result<Credit> credit(std::string_view field, Credit most);
    Result<Time> time(std::string_view field);
    Result<std::optional<Time>> maybe_time(std::string_view field);
    bool at_end() const { return ended_; }
    /// Nothing may follow.
    Result<void> end() const;

    Error malformed(std::string_view field, std::string detail) const;

  private:
    std::string_view rest_;
    std::string_view record_;
    bool ended_ = false;
};

}  // namespace kith
