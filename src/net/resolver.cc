#include "net/resolver.h"

#include <unbound.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "net/dns_cache.h"
#include "net/on_executor.h"
#include "net/signal.h"
#include "net/task_group.h"

namespace kith {

namespace asio = boost::asio;

namespace {

constexpr int kClassIn = 1;
constexpr int kNameError = 3;
constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxLabel = 63;
constexpr auto kRootAnchors = "/usr/share/dns/root.key";

struct ContextDeleter {
    void operator()(ub_ctx* context) const { ub_ctx_delete(context); }
};
using Context = std::unique_ptr<ub_ctx, ContextDeleter>;
struct ResultDeleter {
    void operator()(ub_result* result) const { ub_resolve_free(result); }
};
using UnboundResult = std::unique_ptr<ub_result, ResultDeleter>;

Error option_error(const std::string& what, int code) {
    return fail(ErrorKind::malformed, "resolver " + what, ub_strerror(code));
}

Result<void> set(ub_ctx* context, const std::string& name, const std::string& value) {
    if (int code = ub_ctx_set_option(context, name.c_str(), value.c_str()); code != 0)
        return option_error(name + " " + value, code);
    return {};
}

Result<void> set_servers(ub_ctx* context, const ResolverOptions& options) {
    for (const std::string& server : options.forward)
        if (int code = ub_ctx_set_fwd(context, server.c_str()); code != 0)
            return option_error("forward " + server, code);
    bool ask_system = options.forward.empty() && options.stub_zones.empty();
    if (ask_system)
        if (int code = ub_ctx_resolvconf(context, nullptr); code != 0)
            return option_error("/etc/resolv.conf", code);
    for (const std::string& stub : options.stub_zones) {
        auto words = split(stub, ' ');
        if (words.size() != 2)
            return fail(
                ErrorKind::malformed, "resolver stub_zones", "'" + stub + "': ZONE IP@PORT");
        std::string zone(words[0]);
        std::string server(words[1]);
        if (int code = ub_ctx_set_stub(context, zone.c_str(), server.c_str(), 0); code != 0)
            return option_error("stub_zones " + stub, code);
    }
    return {};
}

Result<void> set_anchors(ub_ctx* context, const ResolverOptions& options) {
    auto files = options.trust_anchor_files;
    bool public_dns = options.stub_zones.empty();
    if (files.empty() && options.trust_anchors.empty() && public_dns &&
        std::filesystem::exists(kRootAnchors))
        files.emplace_back(kRootAnchors);
    for (const std::string& file : files) {
        // libunbound reads it only with the first look-up.
        if (!std::filesystem::is_regular_file(file))
            return fail(ErrorKind::malformed, "resolver trust_anchors", file + ": no such file");
        if (int code = ub_ctx_add_ta_file(context, file.c_str()); code != 0)
            return option_error("trust_anchors " + file, code);
    }
    for (const std::string& anchor : options.trust_anchors)
        if (int code = ub_ctx_add_ta(context, anchor.c_str()); code != 0)
            return option_error("trust anchor", code);
    return {};
}

/// Everything but the zones: adding one ends the time for options.
Result<Context> make_context(const ResolverOptions& options) {
    Context context(ub_ctx_create());
    if (!context)
        return fail(ErrorKind::internal, "resolver", "cannot be made");
    ub_ctx_debuglevel(context.get(), 0);
    if (int code = ub_ctx_async(context.get(), 1); code != 0)  // a thread, not a process
        return option_error("async", code);
    std::string cache = std::to_string(options.cache_octets);
    TRY(set(context.get(), "msg-cache-size:", cache));
    TRY(set(context.get(), "rrset-cache-size:", cache));
    TRY(set(context.get(), "neg-cache-size:", std::to_string(options.cache_octets / 4)));
    TRY(set(
        context.get(), "cache-max-negative-ttl:", std::to_string(options.negative_ttl.count())));
    TRY(set(context.get(), "do-not-query-localhost:", options.stub_zones.empty() ? "yes" : "no"));
    TRY(set_servers(context.get(), options));
    TRY(set_anchors(context.get(), options));
    // libunbound answers special-use names (test., RFC 6761) itself unless told otherwise.
    for (const std::string& stub : options.stub_zones) {
        std::string zone(split(stub, ' ')[0]);
        std::string top = zone.substr(0, zone.find_last_not_of('.') + 1);
        top = top.substr(top.rfind('.') + 1) + ".";
        ub_ctx_zone_remove(context.get(), top.c_str());
        if (int code = ub_ctx_zone_add(context.get(), top.c_str(), "transparent"); code != 0)
            return option_error("stub_zones " + stub, code);
    }
    return context;
}

/// Labels of letters, digits, "-" and "_": libunbound would understand escapes otherwise.
bool is_name(std::string_view name) {
    auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    };
    auto is_label = [fits](std::string_view label) {
        return !label.empty() && label.size() <= kMaxLabel && std::ranges::all_of(label, fits);
    };
    const bool is_root = name.empty();
    return is_root || (name.size() <= kMaxName && std::ranges::all_of(split(name, '.'), is_label));
}

struct Pending {
    UnboundResult result;
    int error = 0;
    bool done = false;
    Signal signal;
};

/// libunbound's answer as ours.
Result<DnsAnswer> judge(const ub_result& result) {
    std::string name = result.qname ? result.qname : "";
    if (result.bogus != 0)
        return fail(ErrorKind::untrusted, "dns " + name, result.why_bogus ? result.why_bogus : "");
    bool exists = result.rcode == 0 || result.rcode == kNameError;
    if (!exists)
        return fail(
            ErrorKind::unavailable, "dns " + name, "response code " + std::to_string(result.rcode));
    if (result.nxdomain != 0)
        return fail(ErrorKind::not_found, "dns " + name, "no such name");
    if (result.havedata == 0)
        return fail(ErrorKind::not_found, "dns " + name, "no such record");
    DnsAnswer answer;
    for (std::size_t i = 0; result.data[i] != nullptr; ++i) {
        auto size = static_cast<std::size_t>(result.len[i]);
        std::string_view rdata(result.data[i], size);
        answer.records.push_back(to_bytes(rdata));
    }
    answer.security = result.secure != 0 ? DnsSecurity::secure : DnsSecurity::insecure;
    answer.ttl = Seconds(result.ttl);
    answer.canonical_name = result.canonname ? result.canonname : name;
    if (answer.canonical_name.ends_with('.'))
        answer.canonical_name.pop_back();
    return answer;
}

/// The strings of a TXT record (RFC 1035 section 3.3.14) joined.
Result<std::string> join_strings(const Bytes& rdata) {
    std::string text;
    ByteView left = rdata;
    while (!left.empty()) {
        std::size_t size = left[0];
        if (size + 1 > left.size())
            return fail(ErrorKind::malformed, "dns txt", "a string is longer than its record");
        text += as_text(left.subspan(1, size));
        left = left.subspan(size + 1);
    }
    return text;
}

/// Appends the addresses of an answer; not_found is no failure as long as the other type exists.
Result<void> append_addresses(const Result<DnsAnswer>& answer,
                              std::vector<asio::ip::address>& into,
                              DnsAddresses& all) {
    if (!answer && answer.error().kind == ErrorKind::not_found)
        return {};
    if (!answer)
        return answer.error();
    for (const Bytes& rdata : answer->records) {
        if (rdata.size() == 4)
            into.emplace_back(asio::ip::address_v4(TRY(exactly<4>(rdata))));
        else
            into.emplace_back(asio::ip::address_v6(TRY(exactly<16>(rdata))));
    }
    bool first = all.ttl == Seconds(0);
    all.ttl = first ? answer->ttl : std::min(all.ttl, answer->ttl);
    if (answer->security == DnsSecurity::insecure)
        all.security = DnsSecurity::insecure;
    return {};
}

DnsAddresses literal(const asio::ip::address& address) {
    DnsAddresses itself;
    itself.addresses.push_back(address);
    itself.security = DnsSecurity::secure;
    return itself;
}

}  // namespace

struct Resolver::Impl : std::enable_shared_from_this<Resolver::Impl> {
    Impl(Executor where, Context made, const ResolverOptions& options)
        : executor(where),
          context(std::move(made)),
          descriptor(where, ub_fd(context.get())),
          tasks(where),
          timeout(options.timeout),
          most(options.lookups_in_flight),
          negative_ttl(options.negative_ttl),
          cache(options.cache_octets / 4) {}
    ~Impl() { descriptor.release(); }  // before the context closes it
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    static awaitable<void> process_loop(std::weak_ptr<Impl> weak);
    awaitable<Result<DnsAnswer>> lookup(std::string name, DnsType type);
    awaitable<Result<DnsAddresses>> addresses(std::string host);
    awaitable<Result<DnsAnswer>> wait(std::shared_ptr<Pending> pending);
    void keep(const std::string& name,
              DnsType type,
              const Pending& look_up,
              const Result<DnsAnswer>& answer);
    void stop();

    Executor executor;
    Context context;
    asio::posix::stream_descriptor descriptor;
    TaskGroup tasks;
    Milliseconds timeout;
    std::size_t most;
    Seconds negative_ttl;
    DnsCache cache;
    std::unordered_map<int, std::shared_ptr<Pending>> pending;
    std::atomic<bool> stopped = false;
};

namespace {

/// Called from ub_process only, so on the resolver's thread. The pending look-up is in the map.
void answered(void* user, int error, ub_result* result) {
    auto* pending = static_cast<Pending*>(user);
    pending->error = error;
    pending->result.reset(result);
    pending->done = true;
    pending->signal.raise();
}

}  // namespace

awaitable<void> Resolver::Impl::process_loop(std::weak_ptr<Impl> weak) {
    while (auto self = weak.lock()) {
        if (self->stopped)
            break;
        auto* descriptor = &self->descriptor;
        self.reset();  // the destructor ends the wait
        auto [error] = co_await descriptor->async_wait(asio::posix::stream_descriptor::wait_read,
                                                       asio::as_tuple(asio::use_awaitable));
        self = weak.lock();
        if (error || !self || self->stopped)
            break;
        ub_process(self->context.get());
    }
}

awaitable<Result<DnsAnswer>> Resolver::Impl::wait(std::shared_ptr<Pending> look_up) {
    while (!look_up->done)
        co_await look_up->signal.wait();
    if (look_up->error != 0 || !look_up->result)
        co_return fail(ErrorKind::unavailable, "dns", ub_strerror(look_up->error));
    co_return judge(*look_up->result);
}

awaitable<Result<DnsAnswer>> Resolver::Impl::lookup(std::string name, DnsType type) {
    auto self = shared_from_this();
    if (stopped)
        co_return fail(ErrorKind::unavailable, "dns", "the resolver has stopped");
    const bool named = !name.empty();
    if (name.ends_with('.'))
        name.pop_back();
    if (!named || !is_name(name))
        co_return fail(ErrorKind::malformed, "dns name", printable(name) + " is none");
    if (pending.size() >= most)
        co_return fail(ErrorKind::unavailable, "dns", "too many look-ups at once");
    auto look_up = std::make_shared<Pending>();
    int id = 0;
    int code = ub_resolve_async(context.get(),
                                (name + ".").c_str(),
                                static_cast<int>(type),
                                kClassIn,
                                look_up.get(),
                                answered,
                                &id);
    if (code != 0)
        co_return fail(code == UB_SYNTAX ? ErrorKind::malformed : ErrorKind::unavailable,
                       "dns " + printable(name),
                       ub_strerror(code));
    pending.emplace(id, look_up);
    auto answer = co_await with_deadline(wait(look_up), timeout);
    if (!look_up->done && !stopped)
        ub_cancel(context.get(), id);  // its callback will not be called
    pending.erase(id);
    if (!answer)
        answer = std::move(answer).error().within(printable(name));
    keep(name, type, *look_up, answer);
    co_return answer;
}

/// What is bogus or could not be asked is asked again.
void Resolver::Impl::keep(const std::string& name,
                          DnsType type,
                          const Pending& look_up,
                          const Result<DnsAnswer>& answer) {
    if (!look_up.result || (!answer && answer.error().kind != ErrorKind::not_found))
        return;
    const Seconds ttl(look_up.result->ttl);
    cache.put(to_lower(name),
              type,
              answer,
              answer ? ttl : std::min(ttl, negative_ttl),
              std::chrono::steady_clock::now());
}

awaitable<Result<DnsAddresses>> Resolver::Impl::addresses(std::string host) {
    using asio::experimental::awaitable_operators::operator&&;
    boost::system::error_code not_literal;
    auto address = asio::ip::make_address(host, not_literal);
    if (!not_literal)
        co_return literal(address);
    auto both = lookup(host, DnsType::aaaa) && lookup(host, DnsType::a);
    auto [six, four] = co_await std::move(both);
    std::vector<asio::ip::address> v6;
    std::vector<asio::ip::address> v4;
    DnsAddresses all;
    all.security = DnsSecurity::secure;
    auto six_taken = append_addresses(six, v6, all);
    auto four_taken = append_addresses(four, v4, all);
    if (v6.empty() && v4.empty()) {
        // Which of the two failed matters: a server that does not answer is not "no such name".
        CO_TRY(std::move(six_taken));
        CO_TRY(std::move(four_taken));
        co_return four.error();
    }
    // In turn (RFC 8305 section 4), so that one broken family costs one attempt.
    for (std::size_t i = 0; i < std::max(v6.size(), v4.size()); ++i) {
        if (i < v6.size())
            all.addresses.push_back(v6[i]);
        if (i < v4.size())
            all.addresses.push_back(v4[i]);
    }
    co_return all;
}

void Resolver::Impl::stop() {
    if (stopped.exchange(true))
        return;
    for (auto& [id, look_up] : pending) {
        ub_cancel(context.get(), id);
        look_up->error = UB_SERVFAIL;
        look_up->done = true;
        look_up->signal.raise();
    }
    boost::system::error_code ignored;
    descriptor.cancel(ignored);
}

Resolver::Resolver(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Resolver::~Resolver() {
    impl_->stop();
}

Result<std::shared_ptr<Resolver>> Resolver::create(Executor executor,
                                                   const ResolverOptions& options) {
    Context context = TRY(make_context(options));
    auto impl = std::make_shared<Impl>(std::move(executor), std::move(context), options);
    impl->tasks.spawn(Impl::process_loop(impl));
    return std::shared_ptr<Resolver>(new Resolver(std::move(impl)));
}

void Resolver::stop() {
    impl_->stop();
}

awaitable<Result<DnsAnswer>> Resolver::lookup(std::string name, DnsType type) {
    auto impl = impl_;
    std::string key = to_lower(std::string_view(name).substr(0, name.size() - name.ends_with('.')));
    auto known = impl->cache.find(key, type, std::chrono::steady_clock::now());
    if (known && !impl->stopped)
        co_return *std::move(known);
    co_return co_await on_executor(impl->executor, impl->lookup(std::move(name), type));
}

awaitable<Result<DnsAddresses>> Resolver::addresses(std::string host) {
    auto impl = impl_;
    return on_executor(impl->executor, impl->addresses(std::move(host)));
}

awaitable<Result<DnsTexts>> Resolver::txt(std::string name) {
    auto answer = CO_TRY(co_await lookup(std::move(name), DnsType::txt));
    DnsTexts texts;
    texts.security = answer.security;
    texts.ttl = answer.ttl;
    for (const Bytes& rdata : answer.records)
        texts.texts.push_back(CO_TRY(join_strings(rdata)));
    co_return texts;
}

}  // namespace kith
