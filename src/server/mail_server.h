// The server put together: every room's parts in one object, in the order in which they need each
// other.
#pragma once

#include <memory>

#include "server/log.h"
#include "server/server_context.h"

namespace kith {

class MailServer final : public RunningServer {
  public:
    /// Opens keys, certificate, store and ports, and serves. Blocking. Errors: whatever keeps it
    /// from starting.
    static Result<std::unique_ptr<MailServer>> open(const Config& config, std::shared_ptr<Log> log);
    ~MailServer() override;

    Status status() const override;
    Load load(std::size_t rows) const override;
    Result<ConfigChanges> reload() override;
    void retry_queue() override;
    void changed(AccountId account, const std::set<ObjectType>& types, ModSeq state) override;
    void end_account(AccountId account) override;

    /// What the store failed with, if it has.
    Result<void> health() const;
    /// Removes what has expired, on a thread of its own, unless that is still under way.
    void begin_upkeep();
    /// Stops taking, lets what runs end, closes the store. False: something did not end in time,
    /// and the process should end without destroying this. Blocking.
    bool stop(Milliseconds limit);

  private:
    struct Parts;
    explicit MailServer(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace kith
