#include "server/smtp_service.h"

#include "net/address.h"

namespace kith {
namespace {

SmtpInboundOptions inbound_options(const Config& config) {
    SmtpInboundOptions options;
    options.domain = config.domain;
    options.quota_octets = config.limits.quota_octets;
    options.requests_a_day = static_cast<std::int64_t>(config.strangers.requests_a_day);
    options.keep_requests = config.strangers.keep_requests;
    if (const auto strangers = parse_smtp_strangers(config.smtp.strangers))
        options.strangers = *strangers;
    return options;
}

SmtpIntakeOptions intake_options(const Config& config) {
    return {.host_name = config.host,
            .spool_folder = config.store_dir(),
            .spool_memory = static_cast<std::size_t>(config.smtp.spool_memory)};
}

SmtpReceiverLimits receiver_limits(const Config& config) {
    SmtpReceiverLimits limits;
    limits.connections = static_cast<std::size_t>(config.smtp.connections);
    limits.connections_per_prefix = static_cast<std::size_t>(config.smtp.connections_a_prefix);
    limits.wide_networks = static_cast<std::size_t>(config.load.wide_networks);
    limits.timeouts.command = Milliseconds(config.smtp.command_timeout);
    limits.timeouts.text = Milliseconds(config.smtp.command_timeout);
    limits.timeouts.under_load = Milliseconds(config.smtp.busy_timeout);
    return limits;
}

Result<SmtpReceiverOptions> receiver_options(const Config& config) {
    SmtpReceiverOptions options;
    for (const std::string& text : config.smtp.listen)
        options.listen.push_back({.endpoint = TRY(parse_endpoint(text)),
                                  .role = smtp::ServerRole::mx,
                                  .tls = smtp::TlsState::offered});
    options.host_name = config.host;
    // Who wants to hear of success would not: nothing is sent by SMTP yet.
    options.dsn = smtp::Dsn::unavailable;
    options.session.message_octets = config.smtp.message_octets;
    options.session.recipients = static_cast<std::size_t>(config.smtp.recipients);
    options.limits = receiver_limits(config);
    return options;
}

}  // namespace

SmtpService::SmtpService(const Config& config, SmtpServiceParts parts)
    : inbound_(inbound_options(config), parts.tokens),
      intake_(SmtpIntakeServices{parts.store,
                                 parts.workers,
                                 parts.clock,
                                 parts.random,
                                 inbound_,
                                 parts.resolver,
                                 parts.meter,
                                 std::move(parts.changed)},
              intake_options(config)) {}

Result<std::unique_ptr<SmtpService>> SmtpService::open(const Config& config,
                                                       SmtpServiceParts parts,
                                                       std::shared_ptr<TlsIdentity> identity) {
    if (config.smtp.listen.empty())
        return std::unique_ptr<SmtpService>();
    auto options = TRY(receiver_options(config));
    options.log = parts.log;
    options.shut_out = parts.shut_out;
    IoThreads& threads = parts.threads;
    std::unique_ptr<SmtpService> service(new SmtpService(config, std::move(parts)));
    service->receiver_ =
        TRY(SmtpReceiver::open(threads, std::move(options), std::move(identity), [&all = *service] {
            return all.intake_.make_handler();
        }));
    return service;
}

void SmtpService::adjust(const Config& to) {
    inbound_.set_limits(inbound_options(to));
    receiver_->set_limits(receiver_limits(to));
}

}  // namespace kith
