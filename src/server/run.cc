#include "server/run.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>  // NOLINT: sigset_t
#include <sys/resource.h>
#include <systemd/sd-daemon.h>

#include <cstdlib>

#include "server/mail_server.h"

namespace kith {
namespace {

constexpr Seconds kTick{5};
constexpr int kTicksBetweenUpkeep = 60;
constexpr Milliseconds kStopLimit{20'000};

// Blocked before any thread is made, so that the main thread alone gets them.
sigset_t block_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&set, signal);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signal(SIGPIPE, SIG_IGN);
    return set;
}

// A message's octets are made in one thread and freed in another: glibc would give the memory back
// and take it again page by page, under a lock of the whole process.
void keep_memory() {
    constexpr int kKept = 64 << 20;
    constexpr int kMapped = 4 << 20;
    mallopt(M_TRIM_THRESHOLD, kKept);
    mallopt(M_MMAP_THRESHOLD, kMapped);
}

// Every connection is a file; shells give few, and allow more for the asking.
void raise_file_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

// Until somebody wants it to end.
void serve(MailServer& server, const sigset_t& signals, Log& log) {
    bool told = false;
    for (int tick = 0;; ++tick) {
        const timespec wait{.tv_sec = kTick.count(), .tv_nsec = 0};
        const int signal = sigtimedwait(&signals, nullptr, &wait);
        if (signal == SIGTERM || signal == SIGINT)
            return;
        if (signal == SIGHUP) {
            sd_notify(0, "RELOADING=1");
            (void)server.reload();
            sd_notify(0, "READY=1");
        }
        // Without a store there is nothing to watch over: systemd starts us anew.
        if (const auto health = server.health(); health) {
            sd_notify(0, "WATCHDOG=1");
        } else if (!told) {
            told = true;
            log.error("store-failed", {{"detail", health.error().text()}});
        }
        if (tick % kTicksBetweenUpkeep == kTicksBetweenUpkeep - 1)
            server.begin_upkeep();
    }
}

}  // namespace

Result<void> run_server(const Config& config) {
    const sigset_t signals = block_signals();
    keep_memory();
    raise_file_limit();
    const auto log = TRY(Log::open(config.log.level, config.log.file));
    auto server = MailServer::open(config, log);
    if (!server) {
        log->error("not-started", {{"detail", server.error().text()}});
        return std::move(server).error();
    }
    log->info("started", {{"domain", config.domain}, {"host", config.host}});
    sd_notify(0, "READY=1");
    serve(**server, signals, *log);
    sd_notify(0, "STOPPING=1");
    log->info("stopping");
    if (!(*server)->stop(kStopLimit)) {
        // Something hangs: what is acknowledged is on disk, so ending is safe, waiting is not.
        log->warn("stopped", {{"clean", "no"}});
        std::_Exit(0);
    }
    server->reset();
    log->info("stopped", {{"clean", "yes"}});
    return {};
}

}  // namespace kith
