// The server's log: one line an event in logfmt (`time level event key=value …`), so that it can be
// read by people, grep and a log pipeline alike. Secrets are never given to it. Thread-safe.
#pragma once

#include <initializer_list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace spdlog {
class logger;  // NOLINT(readability-identifier-naming): their name
}

namespace kith {

struct LogField {
    std::string_view key;
    std::string value;
};

class Log {
  public:
    enum class Level { trace, debug, info, warn, error };

    /// `file` empty: standard error. Errors: io; malformed for an unknown level.
    static Result<std::shared_ptr<Log>> open(std::string_view level, const std::string& file);

    void write(Level level, std::string_view event, std::span<const LogField> fields);
    void write(Level level, std::string_view event, std::initializer_list<LogField> fields) {
        write(level, event, std::span<const LogField>(fields.begin(), fields.size()));
    }
    void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
        write(Level::info, event, fields);
    }
    void warn(std::string_view event, std::initializer_list<LogField> fields = {}) {
        write(Level::warn, event, fields);
    }
    void error(std::string_view event, std::initializer_list<LogField> fields = {}) {
        write(Level::error, event, fields);
    }
    bool enabled(Level level) const;
    /// Opens the file again (after rotation). A failure is logged to the old one.
    void reopen();
    /// From here on with this level, into this file. Errors: as open(); nothing changed then.
    Result<void> change(std::string_view level, const std::string& file);

  private:
    Log() = default;
    std::shared_ptr<spdlog::logger> logger() const;

    std::mutex mutex_;  ///< of file_ and level_
    std::string file_;
    std::string level_;
    std::shared_ptr<spdlog::logger> logger_;
};

/// "a b" and a"b are quoted with backslashes as logfmt readers expect; control characters are
/// escaped.
std::string logfmt_value(std::string_view value);

}  // namespace kith
