// Rows of SQLite as records: what the files of questions and changes share.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/blobs.h"
#include "store/records.h"
#include "store/sqlite.h"

namespace kith {

template <class E>
E enum_of(std::int64_t value) {
    return static_cast<E>(value);
}

template <class T>
std::optional<T> at_most_one(sqlite::Statement&& rows, T (*read)(sqlite::Statement&)) {
    if (!rows.step())
        return std::nullopt;
    return read(rows);
}

template <class T>
std::vector<T> all_of(sqlite::Statement&& rows, T (*read)(sqlite::Statement&)) {
    std::vector<T> out;
    while (rows.step())
        out.push_back(read(rows));
    return out;
}

inline std::int64_t read_integer(sqlite::Statement& row) {
    return row.integer(0);
}

inline std::string read_text(sqlite::Statement& row) {
    return row.text(0);
}

/// From three columns on: size, segment, at.
inline BlobPlace read_place(sqlite::Statement& row, int first) {
    return {static_cast<std::uint64_t>(row.integer(first)),
            row.integer(first + 1),
            static_cast<std::uint64_t>(row.integer(first + 2))};
}

// Literal texts made once: the statement cache goes by their address.
template <const char* Columns, const char* Rest>
const char* joined() {
    static const std::string text = std::string("SELECT ") + Columns + Rest;
    return text.c_str();
}

/// Columns of `recipients` in the order that read_recipient wants.
inline constexpr char kRecipientColumns[] =
    "id, account, submission, address, domain, stub, blob, token, stamp, copy, state, answer, "
    "attempts, next_attempt, expires, updated, introduction, held";
RecipientRecord read_recipient(sqlite::Statement& row);

}  // namespace kith
