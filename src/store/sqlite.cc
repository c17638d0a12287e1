#include "store/sqlite.h"

#include "store/log_vfs.h"

namespace kith::sqlite {
namespace {

[[noreturn]] void raise(sqlite3* database, const char* doing) {
    throw Failure(sqlite3_extended_errcode(database),
                  std::string(doing) + ": " + sqlite3_errmsg(database));
}

}  // namespace

Statement::~Statement() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

Statement& Statement::bind(std::int64_t value) {
    if (sqlite3_bind_int64(statement_, ++bound_, value) != SQLITE_OK)
        raise(database_, "bind");
    return *this;
}

Statement& Statement::bind(std::string_view value) {
    const char* text = value.data() == nullptr ? "" : value.data();
    if (sqlite3_bind_text64(statement_, ++bound_, text, value.size(), SQLITE_STATIC, SQLITE_UTF8) !=
        SQLITE_OK)
        raise(database_, "bind");
    return *this;
}

Statement& Statement::bind_blob(ByteView value) {
    const void* octets = value.data() == nullptr ? "" : static_cast<const void*>(value.data());
    if (sqlite3_bind_blob64(statement_, ++bound_, octets, value.size(), SQLITE_STATIC) != SQLITE_OK)
        raise(database_, "bind");
    return *this;
}

Statement& Statement::bind_null() {
    if (sqlite3_bind_null(statement_, ++bound_) != SQLITE_OK)
        raise(database_, "bind");
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        raise(database_, sqlite3_sql(statement_));
    return false;
}

void Statement::run() {
    while (step()) {
    }
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

std::string Statement::text(int column) const {
    const auto* octets = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return octets == nullptr ? std::string() : std::string(octets, size);
}

Bytes Statement::blob(int column) const {
    const auto* octets = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return octets == nullptr ? Bytes() : Bytes(octets, octets + size);
}

Hash Statement::hash(int column) const {
    const Bytes octets = blob(column);
    Hash hash;
    if (octets.size() == hash.octets.size())
        std::copy(octets.begin(), octets.end(), hash.octets.begin());
    return hash;
}

namespace {

// SQLite counts its memory under a lock that every thread would have to take for every allocation.
void set_up_library() {
    static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(done);  // refused when SQLite runs already: it counts, that is all
}

}  // namespace

Database::Database(const std::string& file, Mode mode) {
    set_up_library();
    const int flags =
        (mode == Mode::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE) |
        SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (sqlite3_open_v2(file.c_str(), &handle_, flags, log_vfs()) != SQLITE_OK) {
        const Failure failure(SQLITE_CANTOPEN, file + ": " + sqlite3_errmsg(handle_));
        sqlite3_close(handle_);
        throw failure;
    }
    sqlite3_busy_timeout(handle_, 10'000);
    execute("PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;");
    if (mode == Mode::write)
        execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    else
        execute("PRAGMA query_only = ON;");
}

Database::~Database() {
    for (const auto& [sql, statement] : statements_)
        sqlite3_finalize(statement);
    sqlite3_close(handle_);
}

Statement Database::prepare(const char* sql) {
    sqlite3_stmt*& statement = statements_[sql];
    if (statement == nullptr &&
        sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) !=
            SQLITE_OK)
        raise(handle_, sql);
    return {handle_, statement};
}

void Database::execute(const char* sql) {
    if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        raise(handle_, sql);
}

}  // namespace kith::sqlite
