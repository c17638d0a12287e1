// SQLite's write-ahead log in long writes. SQLite writes each page of its log in two calls, so that
// a group commit of fifty pages costs a hundred system calls; here what follows on each other is
// gathered, and written in one call when it is to be synced or read. Nothing is acknowledged before
// that sync, so that what a crash takes with it was promised to nobody.
#pragma once

namespace kith::sqlite {

/// The name to open a database with. It is the system's own file system but for the log. Registered
/// with the first call. Thread-safe.
const char* log_vfs();

}  // namespace kith::sqlite
