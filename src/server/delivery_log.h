// Deliveries as lines of the log and figures of the metrics.
#pragma once

#include "exchange/delivery_meter.h"
#include "server/log.h"
#include "server/metrics.h"

namespace kith {

class DeliveryLog final : public DeliveryMeter {
  public:
    DeliveryLog(Log& log, Metrics& metrics) : log_(log), metrics_(metrics) {}
    void answered(const DeliveryEvent& event) override;
    void warn(std::string_view event, std::string_view detail) override;

  private:
    Log& log_;
    Metrics& metrics_;
};

}  // namespace kith
