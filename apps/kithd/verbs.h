// What the verbs do; each answers the exit code.
#pragma once

#include <boost/json.hpp>
#include <filesystem>
#include <string>

#include "kithd/output.h"

namespace kith {

struct Options {
    std::string config_file = kDefaultConfig;
    bool as_json = false;

    Format format() const { return as_json ? Format::json : Format::text; }
};

/// Asks the running server, or does it on its store, as the user whose store it is.
int ask(const Options& options, const boost::json::object& request);
/// The same, for who does something with the answer. Errors: the configuration's, the call's.
Result<boost::json::value> ask_for(const Options& options, const boost::json::object& request);
int run_quickstart(const Options& options, QuickstartOptions wishes, const std::string& user);
int run_serve(const Options& options);
int run_status(const Options& options);
int run_queue_list(const Options& options, std::int64_t limit);
/// `yes` false: somebody at a terminal is asked first.
int run_account_remove(const Options& options, const std::string& address, bool yes);
int run_backup(const Options& options, const std::string& folder);
int run_restore(const Options& options, const std::string& folder);
/// The text alone, as it is to be passed on.
int run_log_evidence(const Options& options, const std::string& domain);
enum class Look { outside, inside, store };
int run_look(const Options& options, Look look);

}  // namespace kith
