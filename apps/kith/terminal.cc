#include "kith/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "base/text.h"
#include "base/time.h"
#include "kith/columns.h"

namespace kith {
namespace {

constexpr std::size_t kBarWidth = 28;
constexpr std::size_t kGap = 2;
constexpr std::size_t kLeastWidth = 20;
constexpr std::size_t kLeastColumn = 8;
constexpr std::size_t kLeastLastColumn = 12;
constexpr auto kBlink = std::chrono::milliseconds(400);
constexpr auto kFrame = std::chrono::milliseconds(100);

std::string_view code_of(Style style) {
    switch (style) {
        case Style::bold:
            return "1";
        case Style::dim:
            return "2";
        case Style::good:
            return "32";
        case Style::bad:
            return "31";
        case Style::warning:
            return "33";
        case Style::plain:
            break;
    }
    return "";
}

// Before any thread.
std::string_view environment(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    return value == nullptr ? std::string_view() : std::string_view(value);
}

// The columns but the last give way until the whole row fits: first the one that may, then the
// widest.
void narrow(std::vector<std::size_t>& widths, std::size_t gives_way, std::size_t width) {
    for (;;) {
        std::size_t used = kGap * (widths.size() - 1) + std::min(widths.back(), kLeastLastColumn);
        for (std::size_t i = 0; i + 1 < widths.size(); ++i)
            used += widths[i];
        const auto widest = std::max_element(widths.begin(), widths.end() - 1);
        std::size_t& next = widths[gives_way] > kLeastColumn ? widths[gives_way] : *widest;
        if (used <= width || next <= kLeastColumn)
            return;
        --next;
    }
}

// The number of one character of well-formed UTF-8, up to U+FFFF.
unsigned code_point(std::string_view character) {
    const auto bits = [character](std::size_t i) {
        return static_cast<unsigned char>(character[i]);
    };
    if (character.size() == 1)
        return bits(0);
    const unsigned low = bits(character.size() - 1) & 0x3FU;
    if (character.size() == 2)
        return (bits(0) & 0x1FU) << 6U | low;
    return (bits(0) & 0x0FU) << 12U | (bits(1) & 0x3FU) << 6U | low;
}

// JSON text as serialized, with another spelling of what could steer a terminal: U+007F-009F, and
// what turns the direction of writing.
std::string escaped(std::string_view serialized) {
    std::string out;
    out.reserve(serialized.size() + 1);
    while (!serialized.empty()) {
        const char c = serialized.front();
        const auto character =
            c >= ' ' && c < 0x7F ? serialized.substr(0, 1) : first_characters(serialized, 1);
        if (character.empty())  // no UTF-8
            out += "\\ufffd";
        else if (character.size() > 3 || (c >= ' ' && c < 0x7F) ||
                 printable(character) == character)
            out += character;
        else
            out += fmt::format("\\u{:04x}", code_point(character));
        serialized.remove_prefix(std::max<std::size_t>(1, character.size()));
    }
    return out;
}

void show_text(std::string_view text) {
    [[maybe_unused]] const auto written = std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

}  // namespace

Terminal Terminal::detect(bool json) {
    Terminal terminal;
    terminal.json = json;
    const bool dumb = environment("TERM") == "dumb";
    terminal.interactive = ::isatty(STDERR_FILENO) == 1 && !dumb;
    terminal.output = ::isatty(STDOUT_FILENO) == 1;
    terminal.colour = terminal.output && !dumb && environment("NO_COLOR").empty();
    winsize size{};
    if (!terminal.output)
        terminal.width = 0;
    else if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        terminal.width = std::max<std::size_t>(size.ws_col, kLeastWidth);
    return terminal;
}

std::string Terminal::styled(Style style, std::string_view text) const {
    const auto code = code_of(style);
    if (!colour || code.empty())
        return std::string(text);
    return fmt::format("\033[{}m{}\033[0m", code, text);
}

// What stdout does not take is found out at the end (main), or by output_ended.
void print_text(std::string_view text) {
    [[maybe_unused]] const auto written = std::fwrite(text.data(), 1, text.size(), stdout);
}

void print_line(std::string_view text) {
    print_text(std::string(text) + "\n");
}

void print_json(const json::value& value) {
    print_line(escaped(json::serialize(value)));
    std::fflush(stdout);
}

void print_notice(std::string_view text) {
    const std::string line = "kith: " + printable(text) + "\n";
    [[maybe_unused]] const auto written = std::fwrite(line.data(), 1, line.size(), stderr);
}

ExitCode print_failure(const Terminal& terminal, const Error& error) {
    const ExitCode code = exit_code_of(error);
    const std::string sentence = sentence_of(error);
    if (terminal.json)
        print_json({{"error", sentence}, {"exitCode", static_cast<int>(code)}});
    print_notice(sentence);
    return code;
}

bool output_ended() {
    return std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
}

std::string Table::text(const Terminal& terminal) const {
    std::vector<std::size_t> widths;
    widths.reserve(heads_.size());
    for (const std::string& head : heads_)
        widths.push_back(columns_of(head));
    std::vector<std::vector<std::string>> cells;
    for (const auto& row : rows_) {
        auto& made = cells.emplace_back();
        for (std::size_t i = 0; i < row.size(); ++i) {
            made.push_back(printable(row[i].text));
            widths[i] = std::max(widths[i], columns_of(made.back()));
        }
    }
    if (terminal.width > 0)
        narrow(widths, gives_way_, terminal.width);
    std::string out;
    const auto add = [&](const std::vector<std::string>& texts, auto style_of) {
        std::size_t used = 0;
        std::string line;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const bool last = i + 1 == texts.size();
            const std::size_t room =
                last ? std::max(kGap, terminal.width - std::min(used, terminal.width)) : widths[i];
            const std::string text = terminal.width > 0 ? cut_to_columns(texts[i], room) : texts[i];
            line += terminal.styled(style_of(i), text);
            if (!last)
                line.append(widths[i] + kGap - columns_of(text), ' ');
            used += widths[i] + kGap;
        }
        out += line + "\n";
    };
    add(heads_, [](std::size_t) { return Style::dim; });
    for (std::size_t r = 0; r < rows_.size(); ++r)
        add(cells[r], [&](std::size_t i) { return rows_[r][i].style; });
    return out;
}

ProgressBar::ProgressBar(const Terminal& terminal, std::string label)
    : active_(terminal.interactive), label_(std::move(label)) {}

ProgressBar::~ProgressBar() {
    if (shown_)
        show_text("\r\033[K");
}

void ProgressBar::show(std::uint64_t done, std::uint64_t all) {
    const auto now = std::chrono::steady_clock::now();
    if (!active_ || all == 0 || now - began_ < kBlink || now - last_ < kFrame)
        return;
    last_ = now;
    shown_ = true;
    const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(all));
    const auto full = static_cast<std::size_t>(share * kBarWidth);
    std::string bar;
    for (std::size_t i = 0; i < kBarWidth; ++i)
        bar += i < full ? "█" : "░";
    show_text(fmt::format("\r\033[K{} {} {:3.0f} %", label_, bar, share * 100));
}

std::string size_text(std::uint64_t octets) {
    const auto value = static_cast<double>(octets);
    if (octets < 1'000)
        return fmt::format("{} B", octets);
    if (octets < 1'000'000)
        return fmt::format("{:.1f} kB", value / 1e3);
    return octets < 1'000'000'000 ? fmt::format("{:.1f} MB", value / 1e6)
                                  : fmt::format("{:.2f} GB", value / 1e9);
}

std::string short_time(std::string_view rfc3339) {
    const auto time = parse_time(rfc3339);
    if (!time)
        return std::string(rfc3339);
    const std::time_t seconds = time->time_since_epoch().count();
    std::tm local{};
    ::localtime_r(&seconds, &local);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}",
                       local.tm_year + 1900,
                       local.tm_mon + 1,
                       local.tm_mday,
                       local.tm_hour,
                       local.tm_min);
}

}  // namespace kith
