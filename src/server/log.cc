#include "server/log.h"

#include <fmt/format.h>
#include <spdlog/logger.h>

#include <atomic>

#include "base/text.h"
#include "server/log_sink.h"

namespace kith {
namespace {

spdlog::level::level_enum spdlog_level(Log::Level level) {
    switch (level) {
        case Log::Level::trace:
            return spdlog::level::trace;
        case Log::Level::debug:
            return spdlog::level::debug;
        case Log::Level::info:
            return spdlog::level::info;
        case Log::Level::warn:
            return spdlog::level::warn;
        case Log::Level::error:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

Result<std::shared_ptr<spdlog::logger>> make_logger(const std::string& level,
                                                    const std::string& file) {
    const auto wanted = spdlog::level::from_str(level);
    if (wanted == spdlog::level::off)
        return fail(ErrorKind::malformed, "log.level", "must be trace, debug, info, warn or error");
    try {
        auto sink = std::make_shared<LogSink>(file);
        auto logger = std::make_shared<spdlog::logger>("kithd", std::move(sink));
        logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
        logger->set_level(wanted);
        return logger;
    } catch (const spdlog::spdlog_ex& error) {
        return fail(ErrorKind::io, "log.file", error.what());
    }
}

}  // namespace

std::string logfmt_value(std::string_view value) {
    const bool plain = !value.empty() && value.find_first_of(" \"\\=") == std::string_view::npos;
    std::string shown = printable(value);
    if (plain)
        return shown;
    std::string out = "\"";
    for (char c : shown) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + '"';
}

Result<std::shared_ptr<Log>> Log::open(std::string_view level, const std::string& file) {
    std::shared_ptr<Log> log(new Log);
    log->level_ = level;
    log->file_ = file;
    log->logger_ = TRY(make_logger(log->level_, file));
    return log;
}

std::shared_ptr<spdlog::logger> Log::logger() const {
    return std::atomic_load(&logger_);
}

bool Log::enabled(Level level) const {
    return logger()->should_log(spdlog_level(level));
}

void Log::write(Level level, std::string_view event, std::span<const LogField> fields) {
    const auto to = logger();
    if (!to->should_log(spdlog_level(level)))
        return;
    std::string line(event);
    for (const LogField& field : fields)
        line += fmt::format(" {}={}", field.key, logfmt_value(field.value));
    to->log(spdlog_level(level), line);
}

void Log::reopen() {
    const std::scoped_lock lock(mutex_);
    auto fresh = make_logger(level_, file_);
    if (!fresh)
        return error("log-reopen-failed", {{"detail", fresh.error().text()}});
    std::atomic_store(&logger_, *fresh);
}

Result<void> Log::change(std::string_view level, const std::string& file) {
    const std::scoped_lock lock(mutex_);
    auto fresh = TRY(make_logger(std::string(level), file));
    level_ = level;
    file_ = file;
    std::atomic_store(&logger_, std::move(fresh));
    return {};
}

}  // namespace kith
