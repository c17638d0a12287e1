#include "server/admin_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

namespace kith {
namespace {
namespace json = boost::json;

constexpr std::size_t kMostLine = 64ULL * 1024;
constexpr std::size_t kMostAnswer = std::size_t{256} << 20;
constexpr int kReadSeconds = 10;
/// A backup may take long.
constexpr int kAnswerSeconds = 24 * 3600;

Error broken(const std::filesystem::path& path, const char* what) {
    return fail(
        ErrorKind::io, path.string(), std::string(what) + ": " + std::strerror(errno));  // NOLINT
}

Result<sockaddr_un> address_of(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string text = path.string();
    if (text.size() >= sizeof address.sun_path)
        return fail(ErrorKind::io, text, "is too long for a socket: choose a shorter data_dir");
    std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
    return address;
}

const sockaddr* plain(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);  // NOLINT: as the system wants it
}

class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0)
            ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return number_; }
    int release() { return std::exchange(number_, -1); }

  private:
    int number_;
};

void limit_waits(int connection, int seconds) {
    const timeval limit{.tv_sec = seconds, .tv_usec = 0};
    ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

// Up to the LF, without it; nothing when it does not come whole.
std::optional<std::string> read_line(int connection, std::size_t most) {
    std::string line;
    char piece[16 * 1024];
    while (line.size() <= most) {
        const ssize_t got = ::recv(connection, piece, sizeof piece, 0);
        if (got <= 0)
            return std::nullopt;
        line.append(piece, static_cast<std::size_t>(got));
        if (line.back() == '\n') {
            line.pop_back();
            return line;
        }
    }
    return std::nullopt;
}

bool write_all(int connection, std::string_view text) {
    while (!text.empty()) {
        const ssize_t put = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
        if (put <= 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
}

ErrorKind kind_named(std::string_view name) {
    for (int kind = 0; kind <= static_cast<int>(ErrorKind::internal); ++kind)
        if (name == name_of(static_cast<ErrorKind>(kind)))
            return static_cast<ErrorKind>(kind);
    return ErrorKind::internal;
}

Result<json::value> read_answer(std::string_view line) {
    boost::system::error_code bad;
    json::value parsed = json::parse(line, bad);
    if (bad || !parsed.is_object())
        return fail(ErrorKind::malformed, "admin socket", "the answer is not JSON");
    json::object& object = parsed.get_object();
    if (json::value* ok = object.if_contains("ok"))
        return std::move(*ok);
    const json::value* error = object.if_contains("error");
    const auto member = [&](std::string_view name) {
        const json::value* value = error != nullptr && error->is_object()
                                       ? error->get_object().if_contains(name)
                                       : nullptr;
        return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                      : std::string();
    };
    // Not to be taken for "nobody listens".
    ErrorKind kind = kind_named(member("kind"));
    if (kind == ErrorKind::unavailable)
        kind = ErrorKind::io;
    return fail(kind, member("where"), member("detail"));
}

}  // namespace

Result<std::unique_ptr<AdminSocket>> AdminSocket::open(const std::filesystem::path& path,
                                                       Answer answer) {
    const sockaddr_un address = TRY(address_of(path));
    Descriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (listener.get() < 0)
        return broken(path, "no socket");
    // Whoever opens this holds the lock of the store: a file that is there is left over.
    ::unlink(path.c_str());
    const mode_t before = ::umask(0177);
    const int bound = ::bind(listener.get(), plain(address), sizeof address);
    ::umask(before);
    if (bound != 0 || ::listen(listener.get(), 16) != 0)
        return broken(path, "cannot listen");
    int wake[2];
    if (::pipe2(wake, O_CLOEXEC) != 0)
        return broken(path, "no pipe");
    return std::unique_ptr<AdminSocket>(
        new AdminSocket(path, listener.release(), wake[0], wake[1], std::move(answer)));
}

AdminSocket::AdminSocket(
    std::filesystem::path path, int listener, int wake_read, int wake_write, Answer answer)
    : path_(std::move(path)),
      listener_(listener),
      wake_read_(wake_read),
      wake_write_(wake_write),
      answer_(std::move(answer)),
      thread_([this] { accept_all(); }) {}

AdminSocket::~AdminSocket() {
    ::close(wake_write_);
    thread_.join();
    ::close(wake_read_);
    ::close(listener_);
    ::unlink(path_.c_str());
}

void AdminSocket::accept_all() {
    while (true) {
        pollfd waits[] = {{listener_, POLLIN, 0}, {wake_read_, POLLIN, 0}};
        if (::poll(waits, 2, -1) < 0 && errno != EINTR)
            return;
        if (waits[1].revents != 0)
            return;
        if (waits[0].revents == 0)
            continue;
        const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0)
            continue;
        WorkerPool::Job job = [this, connection] { serve(connection); };
        if (!workers_.try_post(job))
            ::close(connection);
    }
}

void AdminSocket::serve(int connection) const {
    const Descriptor holder(connection);
    limit_waits(connection, kReadSeconds);
    if (const auto line = read_line(connection, kMostLine))
        write_all(connection, answer_(*line) + "\n");
}

Result<json::value> ask_admin_socket(const std::filesystem::path& path,
                                     const json::object& request) {
    const sockaddr_un address = TRY(address_of(path));
    const Descriptor connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connection.get() < 0)
        return broken(path, "no socket");
    if (::connect(connection.get(), plain(address), sizeof address) != 0) {
        if (errno == ENOENT || errno == ECONNREFUSED)
            return fail(ErrorKind::unavailable, path.string(), "nobody listens");
        return broken(path, "cannot be opened");
    }
    limit_waits(connection.get(), kAnswerSeconds);
    if (!write_all(connection.get(), json::serialize(request) + "\n"))
        return broken(path, "the question did not go");
    const auto line = read_line(connection.get(), kMostAnswer);
    if (!line)
        return fail(ErrorKind::io, path.string(), "the server did not answer");
    return read_answer(*line);
}

}  // namespace kith
