#include "kithd/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/text.h"

namespace kith {
namespace {
namespace json = boost::json;

std::string cell(const json::value& value) {
    if (const auto* text = value.if_string())
        return text->empty() ? "-" : printable(*text);
    if (const auto* list = value.if_array()) {
        std::string out;
        for (const json::value& item : *list)
            out += (out.empty() ? "" : ", ") + cell(item);
        return out.empty() ? "-" : out;
    }
    return value.is_null() ? "-" : json::serialize(value);
}

// A list of objects as a table, with the keys of the first as its head.
void print_table(const json::array& rows) {
    if (rows.empty() || !rows[0].is_object()) {
        fmt::print("none\n");
        return;
    }
    std::vector<std::string> names;
    std::vector<std::size_t> widths;
    for (const auto& [name, value] : rows[0].as_object()) {
        names.emplace_back(name);
        widths.push_back(name.size());
    }
    for (const json::value& row : rows)
        for (std::size_t i = 0; i < names.size(); ++i)
            if (const json::value* value = row.as_object().if_contains(names[i]))
                widths[i] = std::max(widths[i], cell(*value).size());
    for (std::size_t i = 0; i < names.size(); ++i)
        fmt::print("{:<{}}  ", names[i], widths[i]);
    fmt::print("\n");
    for (const json::value& row : rows) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            const json::value* value = row.as_object().if_contains(names[i]);
            fmt::print("{:<{}}  ", value == nullptr ? "-" : cell(*value), widths[i]);
        }
        fmt::print("\n");
    }
}

json::array findings_json(const std::vector<Finding>& findings) {
    json::array rows;
    for (const Finding& finding : findings)
        rows.push_back({{"grade", name_of(finding.grade)},
                        {"subject", finding.subject},
                        {"detail", finding.detail},
                        {"advice", finding.advice}});
    return rows;
}

json::object quickstart_json(const QuickstartOptions& wishes, const QuickstartReport& report) {
    json::array records;
    for (const DnsRecord& record : report.records)
        records.push_back({{"name", record.name},
                           {"type", record.type},
                           {"value", record.value},
                           {"line", record.line()}});
    const json::value code =
        report.invitation.empty() ? json::value(nullptr) : json::value(report.invitation);
    return {{"findings", findings_json(report.findings)},
            {"records", records},
            {"config", wishes.config_file.string()},
            {"invitation", {{"address", report.invited}, {"code", code}}}};
}

}  // namespace

int complain(const Error& error) {
    fmt::print(
        stderr, "kithd: {}{}{}\n", error.where, error.detail.empty() ? "" : ": ", error.detail);
    return kFailed;
}

void print_answer(Format format, const json::value& answer) {
    if (format == Format::json) {
        fmt::print("{}\n", json::serialize(answer));
    } else if (const auto* rows = answer.if_array()) {
        print_table(*rows);
    } else if (const auto* object = answer.if_object()) {
        for (const auto& [name, value] : *object)
            fmt::print("{:<12} {}\n", std::string_view(name), cell(value));
    } else if (!answer.is_null()) {
        fmt::print("{}\n", cell(answer));
    }
}

void print_queue(Format format, const json::value& answer) {
    const json::array& rows = answer.at("rows").as_array();
    print_answer(format, rows);
    const std::int64_t total = answer.at("total").to_number<std::int64_t>();
    if (total > static_cast<std::int64_t>(rows.size()))
        fmt::print(stderr,
                   "{} of {} shown, those that are due first; --limit N shows more\n",
                   rows.size(),
                   total);
}

int print_findings(Format format, const std::vector<Finding>& findings) {
    if (format == Format::json)
        fmt::print("{}\n", json::serialize(findings_json(findings)));
    else
        for (const Finding& finding : findings) {
            fmt::print(
                "  {:<8} {:<22} {}\n", name_of(finding.grade), finding.subject, finding.detail);
            if (!finding.advice.empty())
                fmt::print("  {:<8} {:<22} → {}\n", "", "", finding.advice);
        }
    return worst(findings) == Finding::Grade::bad ? kFailed : kDone;
}

void print_quickstart(Format format,
                      const QuickstartOptions& wishes,
                      const QuickstartReport& report) {
    if (format == Format::json) {
        fmt::print("{}\n", json::serialize(quickstart_json(wishes, report)));
        return;
    }
    print_findings(format, report.findings);
    fmt::print("\nPublish these records (sign the zone with DNSSEC if you can):\n\n");
    for (const DnsRecord& record : report.records)
        fmt::print("  {}\n", record.line());
    if (report.records.size() == 1)
        fmt::print("  {}. A (the address that others reach this machine at)\n", wishes.config.host);
    fmt::print(
        "\nThen start the server and look from outside in:\n\n"
        "  systemctl enable --now kithd        (or: kithd run --config {0})\n"
        "  kithd check --config {0}\n",
        wishes.config_file.string());
    if (report.invitation.empty()) {
        fmt::print("\n{} has its account.\n", report.invited);
        return;
    }
    fmt::print(
        "\nThe first account, on the machine of its owner:\n\n"
        "  kith init {} --invite {}\n\n"
        "No mail is taken before an account exists.\n",
        report.invited,
        report.invitation);
}

}  // namespace kith
