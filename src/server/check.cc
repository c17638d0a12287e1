#include "server/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "net/http_client.h"
#include "net/tls_identity.h"
#include "server/admin.h"
#include "server/keys.h"
#include "server/own_record.h"
#include "server/quickstart.h"
#include "server/resolver_check.h"
#include "server/resolver_options.h"

namespace kith {
namespace {
namespace json = boost::json;
using Grade = Finding::Grade;
using Findings = std::vector<Finding>;

// In a folder of an older version some are not there until the server, or somebody who looks, makes
// them.
Result<ServerKeys> keys_of(const Config& config) {
    SystemRandom random;
    TRY(complete_keys(config.keys_dir(), random));
    return load_keys(config.keys_dir());
}

// What the domain's record must say, without quotes.
Result<std::string> expected_record(const Config& config) {
    const ServerKeys keys = TRY(keys_of(config));
    return write_kith_record(own_record(config, keys));
}

Finding judge_record(const Result<DnsTexts>& found,
                     const std::string& expected,
                     const std::string& name) {
    if (!found)
        return {Grade::bad,
                "DNS record",
                name + ": " + found.error().text(),
                "publish: " + name + ". TXT \"" + expected + "\""};
    if (std::ranges::find(found->texts, expected) == found->texts.end())
        return {Grade::bad,
                "DNS record",
                name + " says something else",
                "publish: " + name + ". TXT \"" + expected + "\""};
    if (found->security != DnsSecurity::secure)
        return {Grade::warning,
                "DNS record",
                "right, but not signed",
                "sign the zone with DNSSEC: without it whoever controls answers can name another "
                "server"};
    return {Grade::good, "DNS record", "right, and signed", ""};
}

// One public call and the status it must have.
struct Probe {
    const char* what;
    const char* method;
    std::string path;
    const char* body;
    unsigned status;
};

awaitable<void> probe_calls(HttpClient* client,
                            HttpOrigin origin,
                            std::string domain,
                            Findings* findings) {
    const Probe probes[] = {
        {"well-known page", "GET", "/.well-known/kith", "", 200},
        {"card of nobody", "GET", "/kith/1/cards/no-such-person@" + domain, "", 404},
        {"delivery", "POST", "/kith/1/deliveries", "nonsense", 400},
        {"blob", "GET", "/kith/1/blobs/" + std::string(64, '0'), "", 404},
        {"client API", "GET", "/jmap/session", "", 401},
    };
    for (const Probe& probe : probes) {
        HttpCall call;
        call.method = probe.method;
        call.path = probe.path;
        call.deadline = Milliseconds(15'000);
        if (*probe.body != '\0')
            call.body = to_bytes(probe.body);
        const auto reply = co_await client->request(origin, std::move(call));
        if (!reply) {
            findings->push_back({Grade::bad,
                                 probe.what,
                                 reply.error().text(),
                                 "is kithd running, and does the firewall let the port through?"});
            co_return;
        }
        const bool right = reply->status == probe.status;
        findings->push_back({right ? Grade::good : Grade::bad,
                             probe.what,
                             fmt::format("{} {}: {}", probe.method, probe.path, reply->status),
                             right ? ""
                                   : fmt::format("{} was expected: is it kithd that answers there?",
                                                 probe.status)});
    }
}

awaitable<void> look_from_outside(IoThreads* threads,
                                  const Config* config,
                                  std::string expected,
                                  Findings* findings) {
    auto resolver = Resolver::create(threads->executor(0), resolver_options(*config));
    if (!resolver) {
        findings->push_back(
            {Grade::bad, "resolver", resolver.error().text(), "mend the [resolver] section"});
        co_return;
    }
    const std::string name = "_kith." + config->domain;
    findings->push_back(judge_record(co_await (*resolver)->txt(name), expected, name));
    const auto addresses = co_await (*resolver)->addresses(config->host);
    if (!addresses) {
        findings->push_back({Grade::bad,
                             "address",
                             config->host + ": " + addresses.error().text(),
                             "publish A and AAAA records for it"});
        co_return;
    }
    findings->push_back(
        {Grade::good, "address", config->host + " is " + addresses->addresses[0].to_string(), ""});
    auto tls = client_tls(config->tls.extra_ca);
    if (!tls) {
        findings->push_back({Grade::bad, "TLS", tls.error().text(), "mend tls.extra_ca"});
        co_return;
    }
    HttpClientOptions options;
    options.tls = *tls;
    HttpClient client(threads->executor(0), std::move(options));
    HttpOrigin origin{
        config->host, static_cast<std::uint16_t>(config->listen.public_port), addresses->addresses};
    co_await probe_calls(&client, std::move(origin), config->domain, findings);
    co_await client.stop();
    (*resolver)->stop();
}

Finding look_at_keys(const Config& config) {
    const auto keys = keys_of(config);
    if (!keys)
        return {Grade::bad,
                "keys",
                keys.error().text(),
                "restore them from a backup; `kithd quickstart` makes new ones "
                "only where none are"};
    return {Grade::good, "keys", "domain key " + keys->domain.public_key().text(), ""};
}

Finding look_at_store(const Config& config) {
    const auto answer = call_admin(config, {{"call", "store.check"}});
    if (answer)
        return {Grade::good, "store", std::string(answer->at("summary").as_string()), ""};
    const bool damaged = answer.error().kind == ErrorKind::io;
    return {Grade::bad,
            "store",
            answer.error().text(),
            damaged ? "stop kithd, move " + config.store_dir().string() +
                          " away (keep it), then bring the latest backup back: kithd restore FOLDER"
                    : "see what the sentence above names"};
}

}  // namespace

Findings check_from_outside(const Config& config) {
    const auto expected = expected_record(config);
    if (!expected)
        return {{Grade::bad,
                 "keys",
                 expected.error().text(),
                 "run `kithd quickstart " + config.domain + "`"}};
    Findings findings;
    IoThreads threads(1);
    run_to_end(threads, look_from_outside(&threads, &config, *expected, &findings));
    return findings;
}

Findings examine(const Config& config, Examine what) {
    if (what == Examine::store)
        return {look_at_store(config)};
    Findings findings = look_at_disk(config.data_dir, config.limits.min_free_octets);
    findings.push_back(look_at_file_limit(config.limits.connections));
    findings.push_back(look_at_clock());
    findings.push_back(look_at_certificate(config));
    findings.push_back(look_at_resolver(config));
    findings.push_back(look_at_keys(config));
    findings.push_back(look_at_store(config));
    return findings;
}

}  // namespace kith
