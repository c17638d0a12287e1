// The rules behind the baselines: for baselines.cc and its tests.
#pragma once

#include <memory>

#include "sim/baselines.h"

namespace kith::sim {

class BaselineRule {
  public:
    enum class Mail { wanted, unwanted };

    BaselineRule() = default;
    virtual ~BaselineRule() = default;
    BaselineRule(const BaselineRule&) = delete;
    BaselineRule& operator=(const BaselineRule&) = delete;
    /// Does a message come into the inbox? Books what it costs.
    virtual bool takes(Person from, Person to, Mail mail) = 0;
};

/// The graph has to outlive it.
std::unique_ptr<BaselineRule> make_rule(Baseline baseline,
                                        const Graph& graph,
                                        const BaselineOptions& options);

}  // namespace kith::sim
