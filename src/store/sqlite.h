// SQLite with errors as values or exceptions of one type that never leave this room.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"
#include "crypto/hash.h"

namespace kith::sqlite {

/// A failed call; `code` is SQLite's extended result code. Caught at the edge of the room.
class Failure : public std::runtime_error {
  public:
    Failure(int code, const std::string& what) : std::runtime_error(what), code_(code) {}
    int code() const { return code_; }

  private:
    int code_;
};

class Database;

/// A prepared statement in use: bind in order, then step. Reset when it goes. Texts and octets are
/// not copied: they must live as long as it does, so temporaries are refused.
class Statement {
  public:
    Statement(sqlite3* database, sqlite3_stmt* statement)
        : database_(database), statement_(statement) {}
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& bind(std::int64_t value);
    Statement& bind(std::uint64_t value) { return bind(static_cast<std::int64_t>(value)); }
    Statement& bind(int value) { return bind(static_cast<std::int64_t>(value)); }
    Statement& bind(Time value) {
        return bind(static_cast<std::int64_t>(value.time_since_epoch().count()));
    }
    Statement& bind(std::string_view value);
    Statement& bind(const std::string& value) { return bind(std::string_view(value)); }
    Statement& bind(std::string&& value) = delete;
    Statement& bind(const char* value) { return bind(std::string_view(value)); }
    Statement& bind(const Hash& value) { return bind_blob(value.octets); }
    Statement& bind(Hash&& value) = delete;
    Statement& bind_blob(ByteView value);
    Statement& bind_blob(Bytes&& value) = delete;
    Statement& bind_null();
    template <class T>
    Statement& bind(const std::optional<T>& value) {
        return value ? bind(*value) : bind_null();
    }
    template <class T>
    Statement& bind(std::optional<T>&& value) = delete;
    template <class E>
        requires std::is_enum_v<E>
    Statement& bind(E value) {
        return bind(static_cast<std::int64_t>(value));
    }

    /// True while there is a row.
    bool step();
    void run();

    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    Time time(int column) const { return Time(Seconds(integer(column))); }
    std::string text(int column) const;
    Bytes blob(int column) const;
    Hash hash(int column) const;

  private:
    sqlite3* database_;
    sqlite3_stmt* statement_;
    int bound_ = 0;
};

/// A connection with its prepared statements. For one thread at a time.
class Database {
  public:
    enum class Mode { write, read };
    Database(const std::string& file, Mode mode);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// The statement for this text, prepared once. Requires: `sql` is a literal.
    Statement prepare(const char* sql);
    void execute(const char* sql);
    std::int64_t last_id() const { return sqlite3_last_insert_rowid(handle_); }
    int changed() const { return sqlite3_changes(handle_); }
    sqlite3* handle() const { return handle_; }

  private:
    sqlite3* handle_ = nullptr;
    std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

}  // namespace kith::sqlite
