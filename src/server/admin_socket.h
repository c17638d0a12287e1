// The Unix socket by which the command line asks the running server: one line of JSON each way.
// Only the owner of the data folder can open it.
#pragma once

#include <boost/json.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "base/result.h"
#include "net/worker_pool.h"

namespace kith {

/// Serves from construction to destruction, on threads of its own.
class AdminSocket {
  public:
    using Answer = std::function<std::string(std::string_view line)>;
    /// Errors: io (cannot bind; the path may be too long).
    static Result<std::unique_ptr<AdminSocket>> open(const std::filesystem::path& path,
                                                     Answer answer);
    ~AdminSocket();
    AdminSocket(const AdminSocket&) = delete;
    AdminSocket& operator=(const AdminSocket&) = delete;

  private:
    AdminSocket(
        std::filesystem::path path, int listener, int wake_read, int wake_write, Answer answer);
    void accept_all();
    void serve(int connection) const;

    const std::filesystem::path path_;
    const int listener_;
    const int wake_read_;
    const int wake_write_;
    const Answer answer_;
    WorkerPool workers_{4, 64};
    std::thread thread_;
};

/// Errors: unavailable when nobody listens there; those that the server answered; io, timeout.
Result<boost::json::value> ask_admin_socket(const std::filesystem::path& path,
                                            const boost::json::object& request);

}  // namespace kith
