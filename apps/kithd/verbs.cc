#include "kithd/verbs.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "crypto/random.h"
#include "note/address.h"
#include "server/admin.h"
#include "server/backup.h"
#include "server/check.h"
#include "server/quickstart.h"
#include "server/run.h"

namespace kith {
namespace {
namespace fs = std::filesystem;
namespace json = boost::json;

int complain_of_use(const Error& error) {
    complain(error);
    return kUsage;
}

// From here on root is whoever the store belongs to: what root left there the server could not
// read.
Result<void> act_as_owner(const Config& config) {
    if (const auto owner = foreign_owner(config.data_dir))
        return become(*owner);
    return {};
}

Result<json::value> call(const Config& config, const json::object& request) {
    TRY(act_as_owner(config));
    return call_admin(config, request);
}

// Loads the configuration for `work`, which answers the exit code.
int with_config(const Options& options, const std::function<int(const Config&)>& work) {
    const auto config = load_config(options.config_file);
    return config ? work(*config) : complain_of_use(config.error());
}

// Whose a server set up by root will be.
Result<std::optional<ServiceUser>> service_user(const Options& options, const std::string& wish) {
    if (!wish.empty())
        return std::optional(TRY(find_user(wish)));
    if (!is_root() || options.config_file != kDefaultConfig)
        return std::optional<ServiceUser>();
    auto user = find_user(kDefaultUser);
    return user ? std::optional(*std::move(user)) : std::nullopt;
}

Result<std::string> make_invitation(const Config& config,
                                    const std::string& address,
                                    const std::string& known) {
    const json::value answer = TRY(call_admin(
        config, {{"call", "invitation.create"}, {"address", address}, {"known", known}}));
    return std::string(answer.at("code").as_string());
}

// A new machine has no configuration yet: the backup's is put into its place.
Result<void> put_config(const fs::path& from, const fs::path& to) {
    std::error_code error;
    const fs::path folder = fs::absolute(to).parent_path();
    if (fs::create_directories(folder, error); !error && fs::is_empty(folder, error))
        fs::permissions(folder, fs::perms(0755), error);  // the server must get there
    if (!error)
        fs::copy_file(from, to, error);
    if (error)
        return fail(ErrorKind::io, to.string(), error.message());
    return {};
}

Result<void> hand_over(const ServiceUser& user, const Options& options, const Config& config) {
    TRY(give_to(user, config.data_dir));
    const std::string& file = options.config_file;
    if (::chown(file.c_str(), 0, user.group) != 0 || ::chmod(file.c_str(), 0640) != 0)
        return fail(ErrorKind::io, file, "cannot be given to " + user.name);
    return {};
}

struct Restored {
    Config config;
    RestoreNotes notes;
    std::string summary;
};

Result<Restored> restore(const Options& options, const fs::path& folder) {
    const bool fresh = !fs::exists(options.config_file);
    const fs::path file = fresh ? config_in_backup(folder) : fs::path(options.config_file);
    Restored done{TRY(load_config(file)), {}, {}};
    auto user = foreign_owner(done.config.data_dir);
    if (!user)
        user = TRY(service_user(options, ""));
    if (!user)  // the server's user made it
        user = foreign_owner(folder);
    done.notes = TRY(restore_backup(done.config, folder));
    if (fresh)
        TRY(put_config(file, options.config_file));
    const json::value found = TRY(call_admin(done.config, {{"call", "store.check"}}));
    done.summary = found.at("summary").as_string();
    if (user)
        TRY(hand_over(*user, options, done.config));
    return done;
}

bool confirmed(const std::string& address) {
    if (::isatty(STDIN_FILENO) == 0)
        return true;
    fmt::print(stderr, "This deletes {} with its mail for good. Type the address again: ", address);
    std::string line;
    return std::getline(std::cin, line) && line == address;
}

}  // namespace

int ask(const Options& options, const json::object& request) {
    return with_config(options, [&](const Config& config) {
        const auto answer = call(config, request);
        if (!answer)
            return complain(answer.error());
        print_answer(options.format(), *answer);
        return kDone;
    });
}

Result<json::value> ask_for(const Options& options, const json::object& request) {
    const Config config = TRY(load_config(options.config_file));
    return call(config, request);
}

int run_quickstart(const Options& options, QuickstartOptions wishes, const std::string& user) {
    const auto domain = normal_domain(wishes.config.domain);
    if (!domain)
        return complain_of_use(domain.error());
    auto owner = service_user(options, user);
    if (!owner)
        return complain_of_use(owner.error());
    wishes.config.domain = *domain;
    if (wishes.config.host.empty())
        wishes.config.host = "mail." + *domain;
    wishes.config_file = fs::absolute(options.config_file);
    wishes.user = *std::move(owner);
    SystemRandom random;
    QuickstartReport report;
    const auto done = quickstart(wishes, random, make_invitation, report);
    if (!done) {
        if (!report.findings.empty())
            print_findings(options.format(), report.findings);
        complain(done.error());
        return done.error().kind == ErrorKind::malformed ? kUsage : kFailed;
    }
    print_quickstart(options.format(), wishes, report);
    return kDone;
}

int run_serve(const Options& options) {
    return with_config(options, [](const Config& config) {
        if (const auto owner = foreign_owner(config.data_dir))
            return complain(fail(
                ErrorKind::denied,
                config.data_dir,
                "belongs to " + owner->name + ": systemctl start kithd, or run this as that user"));
        const auto served = run_server(config);
        return served ? kDone : complain(served.error());
    });
}

int run_status(const Options& options) {
    return with_config(options, [&](const Config& config) {
        const auto answer = call(config, {{"call", "status"}});
        if (!answer)
            return complain(answer.error());
        print_answer(options.format(), *answer);
        const json::value* store = answer->as_object().if_contains("store");
        return store != nullptr && *store == "good" ? kDone : kFailed;
    });
}

int run_queue_list(const Options& options, std::int64_t limit) {
    return with_config(options, [&](const Config& config) {
        const auto answer = call(config, {{"call", "queue.list"}, {"limit", limit}});
        if (!answer)
            return complain(answer.error());
        print_queue(options.format(), *answer);
        return kDone;
    });
}

int run_account_remove(const Options& options, const std::string& address, bool yes) {
    if (!yes && !confirmed(address))
        return complain(fail(ErrorKind::denied, address, "was not removed"));
    return ask(options, {{"call", "account.remove"}, {"address", address}});
}

int run_backup(const Options& options, const std::string& folder) {
    // The server that does it stands elsewhere.
    return ask(options, {{"call", "backup"}, {"folder", fs::absolute(folder).string()}});
}

int run_restore(const Options& options, const std::string& folder) {
    const auto done = restore(options, fs::absolute(folder));
    if (!done)
        return complain(done.error());
    json::array notes(done->notes.begin(), done->notes.end());
    print_answer(options.format(),
                 json::object{{"restored", done->config.data_dir},
                              {"store", done->summary},
                              {"notes", std::move(notes)}});
    return kDone;
}

int run_log_evidence(const Options& options, const std::string& domain) {
    return with_config(options, [&](const Config& config) {
        const auto answer = call(config, {{"call", "log.evidence"}, {"domain", domain}});
        if (!answer)
            return complain(answer.error());
        if (options.as_json)
            print_answer(options.format(), *answer);
        else
            fmt::print("{}", std::string_view(answer->at("evidence").as_string()));
        return kDone;
    });
}

int run_look(const Options& options, Look look) {
    return with_config(options, [&](const Config& config) {
        if (const auto acting = act_as_owner(config); !acting)
            return complain(acting.error());
        if (look == Look::outside)
            return print_findings(options.format(), check_from_outside(config));
        return print_findings(
            options.format(),
            examine(config, look == Look::store ? Examine::store : Examine::everything));
    });
}

}  // namespace kith
