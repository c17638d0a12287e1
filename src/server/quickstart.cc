#include "server/quickstart.h"

#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <signal.h>  // NOLINT: sigset_t
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <memory>

#include "net/address.h"
#include "server/admin_socket.h"
#include "server/keys.h"
#include "server/log.h"
#include "server/own_record.h"
#include "server/reach_check.h"
#include "server/resolver_check.h"
#include "server/self_signed.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

constexpr long kCertificateDays = 397;
constexpr std::size_t kMostTxtString = 255;

// What this run wrote; removed again unless kept.
class Written {
  public:
    explicit Written(std::vector<fs::path>& paths) : paths_(paths) {}
    ~Written() {
        if (kept_)
            return;
        std::error_code ignored;
        for (auto path = paths_.rbegin(); path != paths_.rend(); ++path)
            fs::remove_all(*path, ignored);
        paths_.clear();
    }
    Written(const Written&) = delete;
    Written& operator=(const Written&) = delete;

    void add(const fs::path& path) { paths_.push_back(path); }
    void keep() { kept_ = true; }

  private:
    std::vector<fs::path>& paths_;
    bool kept_ = false;
};

// Until it is destroyed SIGINT and SIGTERM wait.
class SignalsHeld {
  public:
    SignalsHeld() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGINT);
        sigaddset(&set_, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &set_, &before_);
    }
    ~SignalsHeld() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsHeld(const SignalsHeld&) = delete;
    SignalsHeld& operator=(const SignalsHeld&) = delete;

    /// Errors: denied when one waits.
    static Result<void> check() {
        sigset_t waiting;
        sigpending(&waiting);
        if (sigismember(&waiting, SIGINT) == 1 || sigismember(&waiting, SIGTERM) == 1)
            return fail(
                ErrorKind::denied, "quickstart", "was interrupted; what it wrote is removed");
        return {};
    }

  private:
    sigset_t set_{};
    sigset_t before_{};
};

enum class For { everybody, owner };

// Makes a folder and remembers the first one on the way that was not there.
Result<void> make_folder(const fs::path& folder, For whom, Written& written) {
    if (fs::exists(folder))
        return {};
    fs::path first = folder;
    while (first.has_parent_path() && first.parent_path() != first &&
           !fs::exists(first.parent_path()))
        first = first.parent_path();
    written.add(first);
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error && whom == For::everybody)
        fs::permissions(folder,
                        fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                            fs::perms::others_read | fs::perms::others_exec,
                        error);
    else if (!error)
        fs::permissions(folder, fs::perms::owner_all, error);
    if (error)
        return fail(ErrorKind::io, folder.string(), "cannot be made: " + error.message());
    return {};
}

Result<void> write_file(const fs::path& file, const std::string& text, Written& written) {
    const int handle = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (handle < 0)
        return fail(ErrorKind::io,
                    file.string(),
                    std::string("cannot be made: ") + std::strerror(errno));  // NOLINT: one thread
    written.add(file);
    const bool good =
        ::write(handle, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        ::fsync(handle) == 0;
    ::close(handle);
    if (!good)
        return fail(ErrorKind::io, file.string(), "cannot be written: is the disk full?");
    return {};
}

Result<void> write_certificate(const Config& config, Written& written) {
    const PemPair pair = TRY(make_self_signed(config.host, config.domain, kCertificateDays));
    TRY(write_file(config.tls.certificate, pair.certificate, written));
    return write_file(config.tls.key, pair.key, written);
}

// Addresses of this machine that are not loopback, link-local or down.
std::vector<std::pair<std::string, std::string>> own_addresses() {
    std::vector<std::pair<std::string, std::string>> found;
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0)
        return found;
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> holder(list, &freeifaddrs);
    for (const ifaddrs* at = list; at != nullptr; at = at->ifa_next) {
        if (at->ifa_addr == nullptr || (at->ifa_flags & IFF_LOOPBACK) != 0 ||
            (at->ifa_flags & IFF_UP) == 0)
            continue;
        const int family = at->ifa_addr->sa_family;
        if (family != AF_INET && family != AF_INET6)
            continue;
        char text[NI_MAXHOST];
        const socklen_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
        if (::getnameinfo(at->ifa_addr, size, text, sizeof text, nullptr, 0, NI_NUMERICHOST) != 0)
            continue;
        const std::string address = text;
        if (address.starts_with("fe80:"))
            continue;
        found.emplace_back(family == AF_INET ? "A" : "AAAA", address);
    }
    return found;
}

// A socket's file may be left over: somebody must answer there.
bool somebody_runs(const Config& config) {
    return ask_admin_socket(config.admin_socket(), {{"call", "status"}}).has_value();
}

bool is_public(const std::string& address) {
    boost::system::error_code bad;
    const auto parsed = boost::asio::ip::make_address(address, bad);
    return !bad && is_public_address(parsed);
}

std::vector<Finding> look(const QuickstartOptions& options, const Config& config, bool fresh) {
    std::vector<Finding> findings;
    if (!fresh)
        findings.push_back({Finding::Grade::good,
                            "configuration",
                            options.config_file.string() + " is there: it stays as it is",
                            ""});
    if (options.user)
        findings.push_back(
            {Finding::Grade::good, "user", "the files will be " + options.user->name + "'s", ""});
    else if (is_root() && options.config_file == kDefaultConfig)
        findings.push_back({Finding::Grade::warning,
                            "user",
                            std::string("there is no user ") + kDefaultUser,
                            "systemd-sysusers makes it after `make install`; without it the "
                            "systemd unit cannot read what is written here"});
    for (Finding& finding : look_at_disk(config.data_dir, config.limits.min_free_octets))
        findings.push_back(std::move(finding));
    findings.push_back(look_at_file_limit(config.limits.connections));
    findings.push_back(look_at_clock());
    const PortsExpected ports =
        somebody_runs(config) ? PortsExpected::held_by_us : PortsExpected::free;
    for (Finding& finding : look_at_ports(config.listen.https, ports))
        findings.push_back(std::move(finding));
    if (fs::exists(config.tls.certificate) || !options.config.tls.certificate.empty())
        findings.push_back(look_at_certificate(config));
    if (options.network == QuickstartOptions::Network::leave_out)
        return findings;
    findings.push_back(look_at_resolver(config));
    if (!config.federation.allow_private_addresses)
        for (Finding& finding : look_at_reach(config, ports))
            findings.push_back(std::move(finding));
    return findings;
}

// Into the system's log, too: what was found stays known when nothing was written.
Result<void> log_findings(const std::string& domain,
                          const std::vector<Finding>& findings,
                          const std::string& file) {
    const auto log = file.empty() ? nullptr : TRY(Log::open("info", file));
    openlog("kithd", LOG_PID, LOG_MAIL);
    for (const Finding& finding : findings) {
        const int priority = finding.grade == Finding::Grade::bad       ? LOG_ERR
                             : finding.grade == Finding::Grade::warning ? LOG_WARNING
                                                                        : LOG_INFO;
        syslog(priority,
               "quickstart domain=%s finding=%s subject=\"%s\" detail=\"%s\"",
               domain.c_str(),
               name_of(finding.grade),
               finding.subject.c_str(),
               finding.detail.c_str());
        if (log)
            log->write(finding.grade == Finding::Grade::good ? Log::Level::info : Log::Level::warn,
                       "quickstart",
                       {{"domain", domain},
                        {"finding", name_of(finding.grade)},
                        {"subject", finding.subject},
                        {"detail", finding.detail},
                        {"advice", finding.advice}});
    }
    closelog();
    return {};
}

Result<void> write_all(const QuickstartOptions& options,
                       Config& config,
                       bool fresh,
                       Random& random,
                       Written& written) {
    TRY(make_folder(config.data_dir, For::owner, written));
    if (options.config_file.has_parent_path())
        TRY(make_folder(options.config_file.parent_path(), For::everybody, written));
    TRY(make_folder(config.keys_dir(), For::owner, written));
    for (const fs::path& file : missing_keys(config.keys_dir()))
        written.add(file);
    TRY(make_keys(config.keys_dir(), random));
    TRY(SignalsHeld::check());
    if (!fs::exists(config.tls.certificate))
        TRY(write_certificate(config, written));
    if (fresh)
        TRY(write_file(options.config_file, write_config(config), written));
    if (!fs::exists(config.store_dir()))
        written.add(config.store_dir());
    return SignalsHeld::check();
}

// The invitation stays the same however often quickstart runs, until it is used up or expires.
Result<std::string> first_invitation(const Config& config,
                                     const std::string& address,
                                     const InvitationMaker& make,
                                     Written& written) {
    const fs::path file = fs::path(config.data_dir) / "first-invitation";
    std::string known_address;
    std::string known;
    if (std::ifstream in(file); !(in >> known_address >> known) || known_address != address)
        known.clear();
    auto code = make(config, address, known);
    if (!code && code.error().kind == ErrorKind::conflict) {
        std::error_code ignored;
        fs::remove(file, ignored);  // it has done its work
        return std::string();
    }
    if (!code || *code == known)
        return code;
    // Beside it and over it: a failure leaves the old one.
    const fs::path fresh = file.string() + ".new";
    std::error_code error;
    fs::remove(fresh, error);
    TRY(write_file(fresh, address + " " + *code + "\n", written));
    if (!fs::exists(file))
        written.add(file);
    fs::rename(fresh, file, error);
    if (error)
        return fail(ErrorKind::io, file.string(), error.message());
    return code;
}

// What root has written becomes readable for who runs the server; the configuration stays root's.
Result<void> hand_over(const QuickstartOptions& options, const Config& config, bool fresh) {
    if (!options.user)
        return {};
    TRY(give_to(*options.user, config.data_dir));
    if (!fresh)
        return {};
    const fs::path& file = options.config_file;
    if (::chown(file.c_str(), 0, options.user->group) != 0 || ::chmod(file.c_str(), 0640) != 0)
        return fail(ErrorKind::io, file.string(), "cannot be given to " + options.user->name);
    return {};
}

Result<Config> configuration(const QuickstartOptions& options, bool fresh) {
    if (fresh) {
        Config config = options.config;
        config.data_dir = fs::absolute(config.data_dir);
        if (config.tls.certificate.empty()) {
            config.tls.certificate = fs::path(config.data_dir) / "self-signed.pem";
            config.tls.key = fs::path(config.data_dir) / "self-signed.key";
        }
        // Whatever the options were, the file that is written must be read again.
        return parse_config(write_config(config), "the options given");
    }
    Config config = TRY(load_config(options.config_file));
    if (config.domain != options.config.domain)
        return fail(ErrorKind::conflict,
                    options.config_file.string(),
                    "is for " + config.domain + ": name another file with --config for " +
                        options.config.domain);
    return config;
}

// A string of a TXT record has at most 255 octets; readers put several together.
std::string txt_value(std::string_view text) {
    std::string value;
    for (; !text.empty(); text.remove_prefix(std::min(text.size(), kMostTxtString)))
        value +=
            (value.empty() ? "\"" : " \"") + std::string(text.substr(0, kMostTxtString)) + "\"";
    return value;
}

}  // namespace

std::vector<DnsRecord> dns_records(const Config& config, const KithRecord& record) {
    std::vector<DnsRecord> records = {
        {"_kith." + config.domain + ".", "TXT", txt_value(write_kith_record(record))}};
    for (const auto& [type, address] : own_addresses())
        if (config.federation.allow_private_addresses || is_public(address))
            records.push_back({config.host + ".", type, address});
    if (!config.smtp.listen.empty())
        records.push_back({config.domain + ".", "MX", "10 " + config.host + "."});
    return records;
}

Result<void> quickstart(const QuickstartOptions& options,
                        Random& random,
                        const InvitationMaker& make_invitation,
                        QuickstartReport& report) {
    const bool fresh = !fs::exists(options.config_file);
    Config config = TRY(configuration(options, fresh));
    report.findings = look(options, config, fresh);
    TRY(log_findings(config.domain, report.findings, options.log_file));
    if (worst(report.findings) == Finding::Grade::bad)
        return fail(
            ErrorKind::denied,
            "quickstart",
            "the ground does not hold; nothing was written. Mend what is bad and run it again");
    const SignalsHeld held;
    Written written(report.written);
    TRY(write_all(options, config, fresh, random, written));
    const ServerKeys keys = TRY(load_keys(config.keys_dir()));
    report.records = dns_records(config, own_record(config, keys));
    report.invited = (options.first_account.empty() ? "postmaster" : options.first_account) + "@" +
                     config.domain;
    report.invitation = TRY(first_invitation(config, report.invited, make_invitation, written));
    TRY(hand_over(options, config, fresh));
    TRY(SignalsHeld::check());
    written.keep();
    return {};
}

}  // namespace kith
