// What a person sees: colours and progress on a terminal, plain text in a pipe, JSON on request.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kith/exit_code.h"
#include "kith/json_access.h"

namespace kith {

enum class Style { plain, bold, dim, good, bad, warning };

/// How to write; a value, set once by main.
struct Terminal {
    bool json = false;         ///< --json
    bool output = false;       ///< stdout is a terminal
    bool colour = false;       ///< stdout is a terminal that can, and NO_COLOR is not set
    bool interactive = false;  ///< stderr is a terminal: progress is shown
    std::size_t width = 80;    ///< columns

    static Terminal detect(bool json);
    std::string styled(Style style, std::string_view text) const;
};

/// To stdout, as it is.
void print_text(std::string_view text);
/// The same with a line end.
void print_line(std::string_view text);
/// One line; what could steer a terminal is written as \uXXXX.
void print_json(const json::value& value);
/// Does stdout take no more: its reader went away, its disk is full?
bool output_ended();
/// To stderr: "kith: " and one line, made printable.
void print_notice(std::string_view text);
/// A command's failure: its sentence to stderr; with --json an object to stdout, too.
ExitCode print_failure(const Terminal& terminal, const Error& error);

/// Columns as wide as their contents need. On a terminal that is too narrow the last column is cut
/// first, then `gives_way`, then the widest ones; a pipe gets everything. Cells are made printable.
class Table {
  public:
    Table(std::vector<std::string> heads, std::size_t gives_way)
        : heads_(std::move(heads)), gives_way_(gives_way) {}
    struct Cell {
        std::string text;
        Style style = Style::plain;
    };
    void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
    bool empty() const { return rows_.empty(); }
    std::string text(const Terminal& terminal) const;

  private:
    std::vector<std::string> heads_;
    std::size_t gives_way_;
    std::vector<std::vector<Cell>> rows_;
};

/// A bar on stderr for what takes longer than a blink; nothing where stderr is no terminal.
class ProgressBar {
  public:
    ProgressBar(const Terminal& terminal, std::string label);
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;
    void show(std::uint64_t done, std::uint64_t all);

  private:
    bool shown_ = false;
    bool active_;
    std::string label_;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point last_;
};

/// "4.8 MB".
std::string size_text(std::uint64_t octets);
/// "2026-11-23 10:00", local time.
std::string short_time(std::string_view rfc3339);

}  // namespace kith
