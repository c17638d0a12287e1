#include "trust/report_quorum.h"

#include <algorithm>

#include "trust/record_text.h"

namespace kith {
namespace {

constexpr std::uint64_t kLeast = 3;
constexpr Seconds kDay = std::chrono::days{1};
constexpr std::size_t kMaxRecord = 1 << 20;

ByteArray<16> key_of_root(const Hash& root) {
    ByteArray<16> key;
    std::copy_n(root.octets.begin(), key.size(), key.begin());
    return key;
}

Result<ByteArray<16>> parse_key(std::string_view word) {
    return exactly<16>(TRY(parse_hex(word)));
}

}  // namespace

std::uint64_t ReportQuorum::needed(std::uint64_t grantors) {
    const std::uint64_t share = grantors / 50 + (grantors % 50 == 0 ? 0 : 1);
    return std::clamp<std::uint64_t>(share, kLeast, kMostReporters);
}

ReportQuorum::Heard ReportQuorum::report(const Hash& reporter, Time now) {
    const Time before = now_;
    now_ = std::max(now_, now);
    const auto day_of = [](Time time) { return time.time_since_epoch() / kDay; };
    if (day_of(now_) != day_of(before) || reporters_.size() >= kMostReporters)
        forget();
    const auto found = reporters_.find(key_of_root(reporter));
    if (found == reporters_.end()) {
        if (reporters_.size() >= kMostReporters)
            return Heard::too_many;
        reporters_.emplace(key_of_root(reporter), Reporter{now_, now_, 1, Reporter::Counts::yes});
        return Heard::counted;
    }
    Reporter& who = found->second;
    if (now_ - who.day >= kDay) {
        who.day = now_;
        who.said = 0;
    }
    if (who.said >= kReportsADay)
        return Heard::too_many;
    ++who.said;
    const bool counted = who.counts == Reporter::Counts::yes && now_ - who.last < kReportWindow;
    who.last = now_;
    who.counts = Reporter::Counts::yes;
    return counted ? Heard::again : Heard::counted;
}

void ReportQuorum::forget() {
    std::erase_if(reporters_, [this](const auto& one) {
        return now_ - one.second.last >= kReportWindow && now_ - one.second.day >= kDay;
    });
}

std::uint64_t ReportQuorum::distinct(Time now) const {
    const Time at = std::max(now_, now);
    return static_cast<std::uint64_t>(std::ranges::count_if(reporters_, [at](const auto& one) {
        return one.second.counts == Reporter::Counts::yes && at - one.second.last < kReportWindow;
    }));
}

// Their five a day stay used.
void ReportQuorum::clear(Time now) {
    now_ = std::max(now_, now);
    for (auto& [key, reporter] : reporters_)
        reporter.counts = Reporter::Counts::no;
}

std::string write_report_quorum(const ReportQuorum& quorum) {
    RecordWriter out;
    out.add(quorum.now_);
    for (const auto& [key, reporter] : quorum.reporters_)
        out.add(hex(key))
            .add(reporter.last)
            .add(reporter.day)
            .add(reporter.said)
            .add(reporter.counts == ReportQuorum::Reporter::Counts::yes ? "1" : "0");
    return out.take();
}

Result<ReportQuorum> parse_report_quorum(std::string_view text) {
    using Reporter = ReportQuorum::Reporter;
    RecordReader in(text, "report quorum");
    TRY(in.begin(kMaxRecord));
    ReportQuorum quorum;
    quorum.now_ = TRY(in.time("at"));
    while (!in.at_end()) {
        const ByteArray<16> key = TRY(in.parsed("reporter", parse_key));
        if (!quorum.reporters_.empty() && key <= quorum.reporters_.rbegin()->first)
            return in.malformed("reporter", "is out of order");
        if (quorum.reporters_.size() == ReportQuorum::kMostReporters)
            return fail(ErrorKind::limit, "report quorum: reporter", "more than 10000");
        Reporter who;
        who.last = TRY(in.time("last"));
        who.day = TRY(in.time("day"));
        who.said = TRY(in.number("said", kReportsADay));
        who.counts =
            TRY(in.number("counts", 1)) == 1 ? Reporter::Counts::yes : Reporter::Counts::no;
        quorum.reporters_.emplace_hint(quorum.reporters_.end(), key, who);
    }
    return quorum;
}

}  // namespace kith
