// What kithd says: tables and lines for people, JSON for programs.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "server/quickstart.h"

namespace kith {

enum class Format { text, json };

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;

/// One line on standard error. Answers kFailed.
int complain(const Error& error);
void print_answer(Format format, const boost::json::value& answer);
/// The rows of a queue, and how many more there are.
void print_queue(Format format, const boost::json::value& answer);
/// Answers kFailed when one of them is bad.
int print_findings(Format format, const std::vector<Finding>& findings);
void print_quickstart(Format format,
                      const QuickstartOptions& wishes,
                      const QuickstartReport& report);

}  // namespace kith
