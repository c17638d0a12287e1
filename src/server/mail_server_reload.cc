// What a reload changes while the server runs.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "server/mail_server_parts.h"
#include "server/part_options.h"

namespace kith {

void MailServer::Parts::adjust(const Config& to) {
    inbound.set_limits(inbound_options(to));
    price.set_bounds(price_bounds(to));
    intake->set_most_blob_octets(to.limits.blob_octets);
    const ClientLimits limits = client_limits(to);
    services->limits.adjust(limits);
    clients->set_rates(limits);
    hub->set_most(limits.event_sources);
    queue->set_options(outgoing_options(to));
    publisher->set_interval(to.directory.checkpoint_interval);
    const HttpClientOptions calls = client_options(to, {});
    client->set_connections_per_origin(calls.connections_per_origin);
    client->set_connect_timeout(calls.connect_timeout);
    peers->set_options(peer_options(to));
    cards->set_timeout(Milliseconds(to.federation.lookup_timeout));
    fetch->set_timeout(Milliseconds(to.federation.body_timeout));
    fetch->set_delay(Milliseconds(to.federation.body_delay));
    admission.set_options(admission_options(to));
    const StoreOptions options = store_options(to, *metrics);
    store->set_limits(options.min_free_octets, options.queue_limit);
    server->set_limits(http_limits(to));
    if (smtp)
        smtp->adjust(to);
    site->set_rules(site_rules(to));
}

// What can fail comes first, so that a failure leaves everything as it was.
Result<ConfigChanges> MailServer::Parts::reload() {
    const std::scoped_lock lock(reload_mutex);
    log->reopen();
    const Config wanted = running.file.empty() ? running : TRY(load_config(running.file));
    TRY(log->change(wanted.log.level, wanted.log.file));
    if (auto read = identity->reload_files(wanted.tls.certificate, wanted.tls.key); !read) {
        (void)log->change(running.log.level, running.log.file);
        return std::move(read).error();
    }
    ConfigChanges changes = compare(running, wanted);
    running = with_changes_taken(running, wanted);
    adjust(running);
    return changes;
}

Result<ConfigChanges> MailServer::reload() {
    auto done = parts_->reload();
    const auto list = [](const std::vector<std::string>& keys) {
        return fmt::format("{}", fmt::join(keys, ","));
    };
    if (!done)
        parts_->log->error("reload-failed", {{"detail", done.error().text()}});
    else
        parts_->log->info(
            "reloaded",
            {{"changed", list(done->taken)}, {"need_restart", list(done->need_restart)}});
    return done;
}

}  // namespace kith
