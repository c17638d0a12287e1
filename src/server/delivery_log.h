// Deliveries as lines of the log, figures of the metrics, and rows of the load book.
#pragma once

#include "exchange/delivery_meter.h"
#include "server/load_book.h"
#include "server/log.h"
#include "server/metrics.h"

namespace kith {

class DeliveryLog final : public DeliveryMeter {
  public:
    DeliveryLog(Log& log, Metrics& metrics, LoadBook& book, const Clock& clock)
        : log_(log), metrics_(metrics), book_(book), clock_(clock) {}
    void answered(const DeliveryEvent& event) override;
    void braked(const BrakeEvent& event) override;
    void warn(std::string_view event, std::string_view detail) override;

  private:
    Log& log_;
    Metrics& metrics_;
    LoadBook& book_;
    const Clock& clock_;
};

}  // namespace kith
