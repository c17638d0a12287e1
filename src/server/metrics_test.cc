#include "server/metrics.h"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace kith {
namespace {

// The text exposition format, as strict as promtool reads it; samples by name and labels.
class Exposition {
  public:
    explicit Exposition(const std::string& text) {
        EXPECT_TRUE(text.ends_with('\n'));
        std::istringstream lines(text);
        std::string line;
        while (std::getline(lines, line))
            read(line);
        for (const auto& [name, kind] : types_)
            EXPECT_TRUE(helped_.contains(name)) << name << " has no HELP";
    }
    double value(const std::string& sample) const {
        const auto found = samples_.find(sample);
        return found == samples_.end() ? -1 : found->second;
    }
    const std::map<std::string, double>& samples() const { return samples_; }

  private:
    void read(const std::string& line) {
        static const std::regex help("# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) .+");
        static const std::regex type("# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)");
        static const std::regex sample(
            "(([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{([a-zA-Z_][a-zA-Z0-9_]*=\"[^\"\\\\]*\",?)+\\})?) "
            "([-+]?[0-9.]+(e[-+]?[0-9]+)?|[+-]Inf|NaN)");
        std::smatch match;
        if (std::regex_match(line, match, help)) {
            EXPECT_TRUE(helped_.insert(match[1]).second) << "twice: " << line;
        } else if (std::regex_match(line, match, type)) {
            EXPECT_TRUE(types_.emplace(match[1], match[2]).second) << "twice: " << line;
        } else if (std::regex_match(line, match, sample)) {
            EXPECT_TRUE(declared(match[2])) << "no TYPE: " << line;
            EXPECT_TRUE(samples_.emplace(match[1], std::stod(match[5])).second)
                << "twice: " << line;
        } else {
            ADD_FAILURE() << "not of the format: " << line;
        }
    }
    bool declared(const std::string& name) const {
        if (const auto own = types_.find(name); own != types_.end())
            return own->second != "counter" || name.ends_with("_total");
        for (const std::string suffix : {"_bucket", "_sum", "_count"})
            if (name.ends_with(suffix)) {
                const auto of = types_.find(name.substr(0, name.size() - suffix.size()));
                return of != types_.end() && of->second == "histogram";
            }
        return false;
    }

    std::set<std::string> helped_;
    std::map<std::string, std::string> types_;
    std::map<std::string, double> samples_;
};

TEST(Metrics, are_text_that_prometheus_reads) {
    Metrics metrics;
    metrics.delivery("in", 201);
    metrics.delivery("in", 201);
    metrics.delivery("out", 0);
    metrics.delivery_seconds("in", 0.003);
    metrics.request("cards", 404);
    metrics.request_seconds("cards", 0.1);
    metrics.commit(0.004);
    metrics.shed("faults");
    metrics.shed("faults");
    metrics.shed("cookie");
    metrics.unconfirmed("held", 25);
    metrics.unconfirmed("held", 1);
    metrics.challenge("raised");
    Metrics::Gauges gauges;
    gauges.loaded = 1;
    gauges.accounts = 3;
    gauges.strangers_effort = 1500;
    gauges.http.connections_refused = 5;
    gauges.http.handshakes = 7;
    gauges.http.handshakes_failed = 2;
    gauges.http.requests_shed = 4;
    const Exposition read(metrics.text(gauges));
    EXPECT_EQ(read.value("kith_deliveries_total{answer=\"201\",direction=\"in\"}"), 2);
    EXPECT_EQ(read.value("kith_http_requests_total{route=\"cards\",status=\"404\"}"), 1);
    EXPECT_EQ(read.value("kith_accounts"), 3);
    EXPECT_EQ(read.value("kith_shed_total{reason=\"faults\"}"), 2);
    EXPECT_EQ(read.value("kith_shed_total{reason=\"cookie\"}"), 1);
    EXPECT_EQ(read.value("kith_new_threads_total{event=\"held\"}"), 26);
    EXPECT_EQ(read.value("kith_challenges_total{event=\"raised\"}"), 1);
    EXPECT_EQ(read.value("kith_loaded"), 1);
    EXPECT_EQ(read.value("kith_strangers_effort"), 1500);
    EXPECT_EQ(read.value("kith_connections_refused_total"), 5);
    EXPECT_EQ(read.value("kith_tls_handshakes_total{result=\"done\"}"), 7);
    EXPECT_EQ(read.value("kith_tls_handshakes_total{result=\"failed\"}"), 2);
    EXPECT_EQ(read.value("kith_http_requests_shed_total"), 4);
    EXPECT_EQ(read.value("kith_store_commits_total"), 1);
}

TEST(Metrics, a_histogram_counts_upwards_to_its_count) {
    Metrics metrics;
    for (const double seconds : {0.0001, 0.004, 0.004, 0.3, 100.0})
        metrics.commit(seconds);
    const Exposition read(metrics.text({}));
    EXPECT_EQ(read.value("kith_store_commit_seconds_count"), 5);
    EXPECT_NEAR(read.value("kith_store_commit_seconds_sum"), 100.3081, 1e-6);
    EXPECT_EQ(read.value("kith_store_commit_seconds_bucket{le=\"0.005\"}"), 3);
    EXPECT_EQ(read.value("kith_store_commit_seconds_bucket{le=\"10\"}"), 4);
    EXPECT_EQ(read.value("kith_store_commit_seconds_bucket{le=\"+Inf\"}"), 5);
}

TEST(Metrics, a_total_never_falls) {
    Metrics metrics;
    Metrics::Gauges gauges;
    gauges.http.connections_accepted = 9;
    (void)metrics.text(gauges);
    gauges.http.connections_accepted = 8;
    EXPECT_EQ(Exposition(metrics.text(gauges)).value("kith_connections_accepted_total"), 9);
}

}  // namespace
}  // namespace kith
