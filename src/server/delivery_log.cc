#include "server/delivery_log.h"

#include <fmt/format.h>

#include <vector>

namespace kith {

void DeliveryLog::answered(const DeliveryEvent& event) {
    const bool in = event.direction == DeliveryEvent::Direction::in;
    const bool smtp = event.via == DeliveryEvent::Via::smtp;
    const std::string_view direction = smtp ? (in ? "smtp-in" : "smtp-out") : (in ? "in" : "out");
    metrics_.delivery(direction, event.status);
    metrics_.delivery_seconds(direction, event.seconds);
    if (in)
        book_.add(event, clock_.steady());
    if (!event.shed.empty())
        metrics_.shed(event.shed);
    // What comes in floods is for those who look closer; a domain over its quota is known by name.
    const bool named = event.shed.empty() || event.shed == "domain";
    const auto level = named ? Log::Level::info : Log::Level::debug;
    if (!log_.enabled(level))
        return;
    std::vector<LogField> fields = {
        {"peer", event.peer}, {"message", event.message}, {"status", std::to_string(event.status)}};
    const auto add = [&fields](std::string_view key, const std::string& value) {
        if (!value.empty())
            fields.push_back({key, value});
    };
    add("id", event.request);
    add("type", event.type);
    add("detail", event.detail);
    add("tier", event.tier);
    add("shed", std::string(event.shed));
    add("network", event.network);
    if (!in)
        add("attempt", std::to_string(event.attempt));
    add("ms", fmt::format("{:.1f}", event.seconds * 1000));
    log_.write(level, "delivery-" + std::string(direction), fields);
}

void DeliveryLog::braked(const BrakeEvent& event) {
    using What = BrakeEvent::What;
    const LogField account{"account", std::to_string(event.account)};
    const LogField recipients{"recipients", std::to_string(event.recipients)};
    switch (event.what) {
        case What::held:
            metrics_.unconfirmed("held", event.recipients);
            log_.info("new-threads-held", {account, recipients});
            return;
        case What::confirmed:
            metrics_.unconfirmed("confirmed", event.recipients);
            log_.info("new-threads-confirmed", {account, recipients});
            return;
        case What::expired:
            metrics_.unconfirmed("expired", event.recipients);
            log_.info("new-threads-expired", {account, recipients});
            return;
        case What::report:
            metrics_.challenge("report");
            log_.info("report", {account});
            return;
        case What::challenged:
            metrics_.challenge("raised");
            log_.warn("challenge-raised", {account});
            return;
        case What::met:
            metrics_.challenge("met");
            log_.info("challenge-met", {account});
            return;
    }
}

void DeliveryLog::warn(std::string_view event, std::string_view detail) {
    log_.warn(event, {{"detail", std::string(detail)}});
}

}  // namespace kith
