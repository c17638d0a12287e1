#include "trust/record_text.h"

namespace kith {
namespace {

constexpr std::uint64_t kLastSecond = 253'402'300'799;  // of the year 9999

}  // namespace

RecordWriter& RecordWriter::add(std::string_view word) {
    text_ += ' ';
    text_ += word;
    return *this;
}

RecordWriter& RecordWriter::add(Credit credit) {
    return add(static_cast<std::uint64_t>(credit.units()));
}

RecordWriter& RecordWriter::add(Time time) {
    const auto seconds = std::max<std::int64_t>(time.time_since_epoch().count(), 0);
    return add(std::min(static_cast<std::uint64_t>(seconds), kLastSecond));
}

RecordWriter& RecordWriter::add(std::optional<Time> time) {
    return time ? add(*time) : add("-");
}

Error RecordReader::malformed(std::string_view field, std::string detail) const {
    return fail(
        ErrorKind::malformed, std::string(record_) + ": " + std::string(field), std::move(detail));
}

Result<void> RecordReader::begin(std::size_t most_octets) {
    if (rest_.size() > most_octets)
        return fail(ErrorKind::limit,
                    std::string(record_),
                    "more than " + std::to_string(most_octets) + " octets");
    if (TRY(word("version")) != "1")
        return malformed("version", "is not 1");
    return {};
}

Result<std::string_view> RecordReader::word(std::string_view field) {
    if (ended_)
        return malformed(field, "missing");
    const std::size_t space = rest_.find(' ');
    const std::string_view word = rest_.substr(0, space);
    if (word.empty())
        return malformed(field, "empty");
    ended_ = space == std::string_view::npos;
    rest_.remove_prefix(ended_ ? rest_.size() : space + 1);
    return word;
}

Result<std::uint64_t> RecordReader::number(std::string_view field, std::uint64_t most) {
    return parsed(field, [most](std::string_view word) { return parse_decimal(word, most); });
}

Result<Credit> RecordReader::credit(std::string_view field, Credit most) {
    const std::uint64_t units = TRY(number(field, static_cast<std::uint64_t>(most.units())));
    return Credit::of_units(static_cast<std::int64_t>(units));
}

Result<Time> RecordReader::time(std::string_view field) {
    return Time(Seconds(static_cast<std::int64_t>(TRY(number(field, kLastSecond)))));
}

Result<std::optional<Time>> RecordReader::maybe_time(std::string_view field) {
    if (rest_ == "-" || rest_.starts_with("- ")) {
        TRY(word(field));
        return std::optional<Time>();
    }
    return std::optional(TRY(time(field)));
}

Result<void> RecordReader::end() const {
    if (!ended_)
        return malformed("end", "more words than fields");
    return {};
}

}  // namespace kith
