#include "exchange/dns_peer_directory.h"

#include <algorithm>

#include "exchange/store_calls.h"
#include "net/on_executor.h"

namespace kith {
namespace {

constexpr Seconds kLeastTtl{60};
constexpr Seconds kMostTtl{86'400};
/// How long after its time a remembered record still serves while nobody answers (RFC 8767).
constexpr Seconds kStaleTime{86'400};
constexpr Seconds kAskAgainAfter{60};
constexpr Seconds kWellKnownTtl{3600};
constexpr std::size_t kWellKnownLimit = kMaxKithRecord + 2;
constexpr std::uint16_t kHttps = 443;
constexpr std::uint16_t kFirstFree = 1024;

bool may_pass(const Error& error) {
    return error.kind == ErrorKind::unavailable || error.kind == ErrorKind::timeout ||
           error.kind == ErrorKind::io;
}

// A record may not have us knock at the mail, file or remote-control port of somebody else.
bool may_be_called(std::uint16_t port) {
    return port == kHttps || port >= kFirstFree;
}

}  // namespace

DnsPeerDirectory::DnsPeerDirectory(Executor home,
                                   Resolver& resolver,
                                   HttpClient& client,
                                   Store& store,
                                   WorkerPool& workers,
                                   const Clock& clock,
                                   PeerDirectoryOptions options)
    : home_(std::move(home)),
      resolver_(resolver),
      client_(client),
      store_(store),
      workers_(workers),
      clock_(clock),
      options_(std::move(options)) {}

void DnsPeerDirectory::set_options(const PeerDirectoryOptions& to) {
    options_.dnssec = to.dnssec;
    options_.failure_ttl = to.failure_ttl;
    options_.away_ttl = to.away_ttl;
    options_.timeout = to.timeout;
}

void DnsPeerDirectory::Shelf::remove(const std::string& domain) {
    const auto found = entries.find(domain);
    if (found == entries.end())
        return;
    newest_first.erase(found->second.place);
    entries.erase(found);
}

void DnsPeerDirectory::Shelf::put(const std::string& domain, Entry entry, std::size_t capacity) {
    newest_first.push_front(domain);
    entry.place = newest_first.begin();
    entries.insert_or_assign(domain, std::move(entry));
    if (newest_first.size() > capacity) {
        entries.erase(newest_first.back());
        newest_first.pop_back();
    }
}

DnsPeerDirectory::Entry* DnsPeerDirectory::entry_of(const std::string& domain, Time now) {
    for (Shelf* shelf : {&found_, &failed_}) {
        const auto found = shelf->entries.find(domain);
        if (found == shelf->entries.end() || found->second.expires <= now)
            continue;
        shelf->newest_first.splice(
            shelf->newest_first.begin(), shelf->newest_first, found->second.place);
        return &found->second;
    }
    return nullptr;
}

std::optional<Result<PeerPtr>> DnsPeerDirectory::cached(const std::string& domain, Time now) {
    const std::scoped_lock lock(mutex_);
    const Entry* entry = entry_of(domain, now);
    return entry != nullptr ? std::optional(entry->answer) : std::nullopt;
}

bool DnsPeerDirectory::knows(const std::string& domain) {
    const std::scoped_lock lock(mutex_);
    return entry_of(domain, clock_.now()) != nullptr;
}

void DnsPeerDirectory::keep(const std::string& domain, Result<PeerPtr> answer, Time expires) {
    const std::scoped_lock lock(mutex_);
    found_.remove(domain);
    failed_.remove(domain);
    Shelf& shelf = answer ? found_ : failed_;
    shelf.put(domain, Entry{std::move(answer), expires, {}}, options_.capacity);
}

awaitable<Result<PeerPtr>> DnsPeerDirectory::find(std::string domain) {
    if (auto known = cached(domain, clock_.now()))
        co_return *std::move(known);
    co_return co_await on_executor(home_, look_up_once(std::move(domain)));
}

awaitable<Result<PeerPtr>> DnsPeerDirectory::find_again(std::string domain) {
    const Time now = clock_.now();
    if (const auto known = cached(domain, now))
        if (*known && (**known)->found_at + kAskAgainAfter > now)
            co_return *known;
    {
        const std::scoped_lock lock(mutex_);
        if (Entry* entry = entry_of(domain, now))
            entry->expires = now;
    }
    co_return co_await on_executor(home_, look_up_once(std::move(domain)));
}

// One look-up for all who ask at the same time.
awaitable<Result<PeerPtr>> DnsPeerDirectory::look_up_once(std::string domain) {
    if (const auto under_way = waiting_.find(domain); under_way != waiting_.end()) {
        auto done = std::make_shared<Signal>();
        under_way->second.push_back(done);
        co_await done->wait();
        if (auto known = cached(domain, clock_.now()))
            co_return *std::move(known);
        co_return fail(ErrorKind::unavailable, "domain", domain + " could not be looked up");
    }
    if (waiting_.size() >= options_.lookups_in_flight)
        co_return fail(ErrorKind::unavailable, "domain", "too many look-ups are under way");
    waiting_[domain];
    struct Release {
        DnsPeerDirectory& directory;
        const std::string& domain;
        ~Release() {
            auto waiting = directory.waiting_.extract(domain);
            for (const auto& each : waiting.mapped())
                each->raise();
        }
    } const release{*this, domain};
    co_return co_await look_up(domain);
}

awaitable<Result<PeerPtr>> DnsPeerDirectory::look_up(std::string domain) {
    auto record = co_await ask_network(domain);
    if (!record && may_pass(record.error()))
        record = co_await remembered(domain, record.error());
    if (record && !may_be_called(record->record.port))
        record = fail(ErrorKind::malformed,
                      "domain",
                      domain + ": port " + std::to_string(record->record.port) + " is not called");
    const Time now = clock_.now();
    if (!record) {
        const bool away = may_pass(record.error());
        keep(domain, record.error(), now + (away ? options_.away_ttl : options_.failure_ttl).get());
        co_return record.error();
    }
    auto addresses = co_await resolver_.addresses(record->record.host);
    if (!addresses) {
        Error error = addresses.error();
        // The record is there, so the domain has a server; its address may come back.
        if (error.kind == ErrorKind::not_found)
            error = fail(ErrorKind::unavailable, "domain", record->record.host + " has no address");
        keep(domain, error, now + options_.away_ttl.get());
        co_return error;
    }
    auto peer = std::make_shared<Peer>();
    peer->domain = domain;
    peer->record = record->record;
    peer->secure = record->secure;
    peer->origin = {record->record.host, record->record.port, addresses->addresses};
    peer->found_at = now;
    keep(domain,
         PeerPtr(peer),
         now + std::clamp(std::min(record->ttl, addresses->ttl), kLeastTtl, kMostTtl));
    // What is only remembered gets no younger.
    if (record->ttl > Seconds(0))
        remember(domain, *record);
    co_return PeerPtr(peer);
}

awaitable<Result<DnsPeerDirectory::Record>> DnsPeerDirectory::ask_network(std::string domain) {
    const auto texts = co_await resolver_.txt("_kith." + domain);
    if (!texts && texts.error().kind != ErrorKind::not_found)
        co_return Error(texts.error());
    Result<KithRecord> record = fail(ErrorKind::not_found, "domain");
    if (texts)
        record = pick_kith_record(texts->texts);
    if (!record && record.error().kind == ErrorKind::not_found)
        co_return co_await ask_well_known(std::move(domain));
    Record found{CO_TRY(std::move(record)), Peer::Secure::no, texts->ttl};
    if (texts->security == DnsSecurity::secure)
        found.secure = Peer::Secure::yes;
    else if (options_.dnssec == PeerDirectoryOptions::Dnssec::required)
        co_return fail(ErrorKind::untrusted, "domain", domain + " is not signed with DNSSEC");
    co_return found;
}

awaitable<Result<DnsPeerDirectory::Record>> DnsPeerDirectory::ask_well_known(std::string domain) {
    const auto none = [&domain] {
        return fail(ErrorKind::not_found, "domain", domain + " has no Kith server");
    };
    if (options_.dnssec == PeerDirectoryOptions::Dnssec::required)
        co_return none();
    const std::string host = "kith." + domain;
    const auto addresses = co_await resolver_.addresses(host);
    if (!addresses) {
        if (addresses.error().kind == ErrorKind::not_found)
            co_return none();
        co_return Error(addresses.error());
    }
    HttpCall call;
    call.path = "/.well-known/kith";
    call.repeat = Repeat::allowed;
    call.deadline = options_.timeout;
    call.reply_limit = kWellKnownLimit;
    const auto reply =
        CO_TRY(co_await client_.request({host, 443, addresses->addresses}, std::move(call)));
    if (reply.status != 200)
        co_return none();
    std::string_view text = as_text(reply.body);
    if (text.ends_with('\n'))
        text.remove_suffix(1);
    co_return Record{CO_TRY(parse_kith_record(text)), Peer::Secure::no, kWellKnownTtl};
}

awaitable<Result<DnsPeerDirectory::Record>> DnsPeerDirectory::remembered(std::string domain,
                                                                         Error why) {
    auto ask = [&domain](ReadTransaction& read) -> Result<std::optional<PeerRecord>> {
        return read.peer(domain);
    };
    const auto known = CO_TRY(co_await ask_store(store_, workers_, std::move(ask)));
    if (!known || known->expires + kStaleTime < clock_.now())
        co_return why;
    const bool secure = known->secure == PeerRecord::Secure::yes;
    if (!secure && options_.dnssec == PeerDirectoryOptions::Dnssec::required)
        co_return why;
    co_return Record{CO_TRY(parse_kith_record(known->record)),
                     secure ? Peer::Secure::yes : Peer::Secure::no,
                     Seconds(0)};
}

// Nobody waits for it: lost in a crash, it is asked for again.
void DnsPeerDirectory::remember(const std::string& domain, const Record& record) {
    PeerRecord row;
    row.domain = domain;
    row.record = write_kith_record(record.record);
    row.secure =
        record.secure == Peer::Secure::yes ? PeerRecord::Secure::yes : PeerRecord::Secure::no;
    row.expires = clock_.now() + std::clamp(record.ttl, kLeastTtl, kMostTtl);
    store_.write(
        [row = std::move(row)](WriteTransaction& write) -> Result<void> {
            write.put_peer(row);
            return {};
        },
        [](const Result<void>& /*kept*/) {});
}

}  // namespace kith
