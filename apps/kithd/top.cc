#include "kithd/top.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "base/text.h"
#include "server/admin.h"

namespace kith {
namespace {
namespace json = boost::json;

constexpr const char* kClear = "\x1b[H\x1b[J";

std::string text_of(const json::value& row, const char* name) {
    return printable(row.at(name).as_string());
}

std::int64_t number_of(const json::value& row, const char* name) {
    return row.at(name).to_number<std::int64_t>();
}

std::string octets_text(std::int64_t octets) {
    constexpr std::int64_t kKilo = 1'000;
    constexpr std::int64_t kMega = 1'000'000;
    if (octets >= 10 * kMega)
        return fmt::format("{} MB", octets / kMega);
    return octets >= 10 * kKilo ? fmt::format("{} kB", octets / kKilo) : fmt::format("{}", octets);
}

std::string table(const json::array& rows, const char* name) {
    std::string out = fmt::format("{:<40}{:>8}{:>8}{:>8}{:>9}{:>8}{:>10}\n",
                                  name,
                                  "taken",
                                  "held",
                                  "asked",
                                  "refused",
                                  "shed",
                                  "octets");
    for (const json::value& row : rows)
        out += fmt::format("{:<40}{:>8}{:>8}{:>8}{:>9}{:>8}{:>10}\n",
                           text_of(row, name),
                           number_of(row, "taken"),
                           number_of(row, "held"),
                           number_of(row, "asked"),
                           number_of(row, "refused"),
                           number_of(row, "shed"),
                           octets_text(number_of(row, "octets")));
    return out;
}

std::string page(const json::value& load) {
    std::string out =
        fmt::format("{} connections, {} refused since the start; {}\n",
                    number_of(load, "connections"),
                    number_of(load, "connectionsRefused"),
                    load.at("loaded").as_bool() ? "loaded: unknown networks are asked to come back"
                                                : "not loaded");
    out += "waiting for a worker:";
    for (const json::value& each : load.at("classes").as_array())
        out += fmt::format("  {} {}", text_of(each, "class"), number_of(each, "waiting"));
    out += "\nturned away:";
    for (const json::value& each : load.at("shed").as_array())
        out += fmt::format("  {} {} ({} since the start)",
                           text_of(each, "reason"),
                           number_of(each, "lately"),
                           number_of(each, "sinceStart"));
    if (load.at("shed").as_array().empty())
        out += "  nothing";
    out += fmt::format("\n\nDeliveries of the last {} s:\n", number_of(load, "seconds"));
    return out + table(load.at("domains").as_array(), "domain") + "\n" +
           table(load.at("networks").as_array(), "network");
}

}  // namespace

int run_top(const Options& options, const TopOptions& top) {
    const json::object request{{"call", "load"}, {"rows", top.rows}};
    const bool draws = !top.once && !options.as_json && ::isatty(STDOUT_FILENO) != 0;
    while (true) {
        const auto load = ask_for(options, request);
        if (!load)
            return complain(load.error());
        if (options.as_json)
            fmt::print("{}\n", json::serialize(*load));
        else
            fmt::print("{}{}", draws ? kClear : "", page(*load));
        // Whoever read it is gone.
        if (std::fflush(stdout) != 0)
            return kFailed;
        if (top.once)
            return kDone;
        std::this_thread::sleep_for(std::chrono::seconds(top.every));
    }
}

}  // namespace kith
