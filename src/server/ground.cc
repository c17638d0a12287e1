#include "server/ground.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <ctime>
#include <memory>

namespace kith {
namespace {
namespace fs = std::filesystem;
using Grade = Finding::Grade;

struct FileCloser {
    void operator()(FILE* file) const { static_cast<void>(std::fclose(file)); }
};
using File = std::unique_ptr<FILE, FileCloser>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using PrivateKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

fs::path nearest_existing(fs::path folder) {
    std::error_code ignored;
    while (!fs::is_directory(folder, ignored) && folder.has_parent_path() &&
           folder != folder.parent_path())
        folder = folder.parent_path();
    return folder;
}

// A file without a name, so that nothing is left of it whenever this is interrupted.
int nameless_file(const fs::path& folder) {
    const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
        return file;
    // Not every file system knows such files.
    std::string name = (folder / ".kith-fsync-XXXXXX").string();
    const int named = ::mkstemp(name.data());
    if (named >= 0)
        ::unlink(name.c_str());
    return named;
}

// Milliseconds of the median of nine small appends, each followed by fdatasync; negative: cannot
// write.
double fsync_milliseconds(const fs::path& folder) {
    const int file = nameless_file(folder);
    if (file < 0)
        return -1;
    std::vector<double> took;
    const std::string block(4096, 'k');
    for (int i = 0; i < 9; ++i) {
        const auto began = std::chrono::steady_clock::now();
        if (::write(file, block.data(), block.size()) < 0 || ::fdatasync(file) != 0) {
            ::close(file);
            return -1;
        }
        took.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began)
                .count());
    }
    ::close(file);
    std::sort(took.begin(), took.end());
    return took[took.size() / 2];
}

// Why "IP:PORT" cannot be bound, or an empty text; `error` gets errno.
std::string try_bind(const std::string& listen, int& error) {
    error = 0;
    const std::size_t colon = listen.rfind(':');
    if (colon == std::string::npos)
        return "not of the form IP:PORT";
    std::string host = listen.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), listen.c_str() + colon + 1, &hints, &found) != 0)
        return "not of the form IP:PORT";
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> holder(found, &freeaddrinfo);
    const int handle = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (handle < 0) {
        error = errno;
        return std::strerror(error);  // NOLINT(concurrency-mt-unsafe): the set-up is one thread
    }
    const int on = 1;
    ::setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (found->ai_family == AF_INET6)
        ::setsockopt(handle, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (::bind(handle, found->ai_addr, found->ai_addrlen) != 0 || ::listen(handle, 1) != 0)
        error = errno;
    ::close(handle);
    return error == 0 ? std::string() : std::strerror(error);  // NOLINT(concurrency-mt-unsafe)
}

std::string time_text(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1)
        return "?";
    return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

}  // namespace

const char* name_of(Finding::Grade grade) {
    switch (grade) {
        case Grade::good:
            return "good";
        case Grade::warning:
            return "warning";
        case Grade::bad:
            return "bad";
    }
    return "bad";
}

std::vector<Finding> look_at_disk(const fs::path& folder, std::uint64_t min_free) {
    const fs::path at = nearest_existing(folder);
    struct statvfs disk{};
    if (::statvfs(at.c_str(), &disk) != 0)
        return {{Grade::bad, "disk", at.string() + " cannot be examined", "check the path"}};
    std::vector<Finding> findings;
    const std::uint64_t free = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
    const std::string shown = fmt::format("{} MiB free at {}", free >> 20, at.string());
    if (free < min_free * 2)
        findings.push_back({Grade::bad,
                            "disk",
                            shown,
                            "make room: below limits.min_free_octets no mail is taken"});
    else if (free < (5ULL << 30))
        findings.push_back({Grade::warning, "disk", shown, "a mail server wants more than 5 GiB"});
    else
        findings.push_back({Grade::good, "disk", shown, ""});
    const double took = fsync_milliseconds(at);
    if (took < 0)
        findings.push_back({Grade::bad,
                            "fsync",
                            "cannot write in " + at.string(),
                            "run as the user who owns it, or as root"});
    else
        findings.push_back({took > 20 ? Grade::warning : Grade::good,
                            "fsync",
                            fmt::format("{:.2f} ms", took),
                            took > 20 ? "slow: every acknowledged message waits for one" : ""});
    return findings;
}

Finding look_at_file_limit(std::uint64_t connections) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const std::string shown = fmt::format("{} files may be open", limit.rlim_max);
    const std::uint64_t need = std::min<std::uint64_t>(connections + 256, 65'536);
    if (limit.rlim_max < need)
        return {Grade::warning,
                "file limit",
                shown,
                fmt::format("raise it to {} (LimitNOFILE= in the unit does)", need)};
    return {Grade::good, "file limit", shown, ""};
}

Finding look_at_clock() {
    const std::time_t now = std::time(nullptr);
    constexpr std::time_t kLongAgo = 1'767'225'600;  // 2026-01-01: before this program was made
    if (now < kLongAgo)
        return {Grade::bad, "clock", "stands before 2026", "set it: signed times would be refused"};
    timex kernel{};
    const int state = ::adjtimex(&kernel);
    if (state < 0 || (kernel.status & STA_UNSYNC) != 0)
        return {Grade::warning,
                "clock",
                "not synchronised, says the kernel",
                "run an NTP client (systemd-timesyncd): over 5 minutes off, mail is refused"};
    return {Grade::good, "clock", "synchronised", ""};
}

std::vector<Finding> look_at_ports(const std::vector<std::string>& listen, PortsExpected expected) {
    std::vector<Finding> findings;
    for (const std::string& at : listen) {
        int error = 0;
        const std::string why = try_bind(at, error);
        const bool held = error == EADDRINUSE;
        const std::string subject = "port " + at;
        if (why.empty() && expected == PortsExpected::free)
            findings.push_back({Grade::good, subject, "free", ""});
        else if (why.empty())
            findings.push_back({Grade::bad, subject, "nobody listens", "start kithd"});
        else if (held && expected == PortsExpected::held_by_us)
            findings.push_back({Grade::good, subject, "in use", ""});
        else
            findings.push_back(
                {Grade::bad,
                 subject,
                 why,
                 held ? "stop what listens there (ss -ltnp), or choose another with --listen"
                      : "choose another with --listen"});
    }
    return findings;
}

Finding look_at_certificate(const Config& config) {
    const File file(std::fopen(config.tls.certificate.c_str(), "re"));
    if (!file)
        return {Grade::bad,
                "certificate",
                config.tls.certificate + " cannot be read",
                "name a PEM file in tls.certificate"};
    const Certificate certificate(PEM_read_X509(file.get(), nullptr, nullptr, nullptr), &X509_free);
    const File key_file(std::fopen(config.tls.key.c_str(), "re"));
    const PrivateKey key(
        key_file ? PEM_read_PrivateKey(key_file.get(), nullptr, nullptr, nullptr) : nullptr,
        &EVP_PKEY_free);
    if (!certificate || !key)
        return {Grade::bad,
                "certificate",
                "certificate or key is not PEM",
                "name PEM files in tls.certificate and tls.key"};
    if (X509_check_private_key(certificate.get(), key.get()) != 1)
        return {Grade::bad,
                "certificate",
                "the key does not belong to the certificate",
                "name the pair"};
    const std::string until = time_text(X509_get0_notAfter(certificate.get()));
    if (X509_cmp_current_time(X509_get0_notAfter(certificate.get())) <= 0)
        return {Grade::bad,
                "certificate",
                "expired on " + until,
                "renew it, then systemctl reload kithd"};
    if (X509_check_host(certificate.get(), config.host.c_str(), config.host.size(), 0, nullptr) !=
        1)
        return {Grade::bad, "certificate", "is not for " + config.host, "get one for that name"};
    if (X509_check_issued(certificate.get(), certificate.get()) == X509_V_OK)
        return {Grade::warning,
                "certificate",
                "self-signed, until " + until,
                "other servers will refuse it: get one from a certificate authority"};
    return {Grade::good, "certificate", "for " + config.host + " until " + until, ""};
}

Finding::Grade worst(const std::vector<Finding>& findings) {
    Grade grade = Grade::good;
    for (const Finding& finding : findings)
        grade = std::max(grade, finding.grade);
    return grade;
}

}  // namespace kith
