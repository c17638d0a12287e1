// The implementation of net_tests.h; part of the test binary only.
#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <list>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "base/text.h"
#include "net/net_tests.h"
#include "net/signal.h"

namespace kith::testing {

namespace asio = boost::asio;

bool eventually(const std::function<bool()>& condition) {
    auto end = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < end) {
        if (condition())
            return true;
        std::this_thread::sleep_for(5ms);
    }
    return condition();
}

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "kith-net-XXXXXX").string();
    KITH_CHECK(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

// ---- certificates

struct TestAuthority::Keys {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = nullptr;
    long serial = 1;
    ~Keys() {
        EVP_PKEY_free(key);
        X509_free(certificate);
    }
};

namespace {

std::string pem(const std::function<int(BIO*)>& write) {
    BIO* bio = BIO_new(BIO_s_mem());
    KITH_CHECK(write(bio) == 1);
    char* data = nullptr;
    long size = BIO_get_mem_data(bio, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return text;
}

X509* make_certificate(EVP_PKEY* subject, const std::string& name, long serial) {
    X509* certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86'400);
    X509_set_pubkey(certificate, subject);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate),
                               "CN",
                               MBSTRING_UTF8,
                               as_bytes(name).data(),
                               static_cast<int>(name.size()),
                               -1,
                               0);
    return certificate;
}

void add_extension(X509* certificate, int kind, const std::string& value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    KITH_CHECK(extension != nullptr);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

}  // namespace

TestAuthority::TestAuthority() : keys_(std::make_unique<Keys>()) {
    keys_->certificate = make_certificate(keys_->key, "Test CA", 1);
    X509_set_issuer_name(keys_->certificate, X509_get_subject_name(keys_->certificate));
    add_extension(keys_->certificate, NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(keys_->certificate, keys_->key, EVP_sha256());
    std::ofstream(file()) << pem(
        [this](BIO* bio) { return PEM_write_bio_X509(bio, keys_->certificate); });
}

TestAuthority::~TestAuthority() = default;

TestCertificate TestAuthority::issue(const std::string& host) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = make_certificate(key, host, ++keys_->serial);
    X509_set_issuer_name(certificate, X509_get_subject_name(keys_->certificate));
    add_extension(certificate, NID_subject_alt_name, "DNS:" + host);
    X509_sign(certificate, keys_->key, EVP_sha256());
    TestCertificate made;
    made.chain = pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
    made.key = pem([&](BIO* bio) {
        return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
    X509_free(certificate);
    EVP_PKEY_free(key);
    return made;
}

// ---- handler

awaitable<Result<Bytes>> CountingSource::next() {
    std::uint64_t left = total_ - given_;
    std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(left, piece_));
    given_ += size;
    co_return Bytes(size, 0x6B);
}

namespace {

/// The request's body as the answer's.
class EchoSource final : public BodySource {
  public:
    explicit EchoSource(std::shared_ptr<HttpRequest> request) : request_(std::move(request)) {}
    awaitable<Result<Bytes>> next() override { return request_->body->read_some(); }

  private:
    std::shared_ptr<HttpRequest> request_;
};

class EventSource final : public BodySource {
  public:
    explicit EventSource(Executor executor) : executor_(std::move(executor)) {}
    awaitable<Result<Bytes>> next() override {
        while (true) {
            {
                std::lock_guard lock(mutex_);
                if (!text_.empty() || stopped_)
                    co_return to_bytes(std::exchange(text_, {}));
            }
            co_await signal_.wait();
        }
    }
    void stop() override {
        std::lock_guard lock(mutex_);
        stopped_ = true;
        signal_.raise();
    }
    void push(const std::shared_ptr<EventSource>& self, const std::string& text) {
        std::lock_guard lock(mutex_);
        text_ += text;
        asio::post(executor_, [self] { self->signal_.raise(); });
    }

  private:
    Executor executor_;
    std::mutex mutex_;
    std::string text_;
    bool stopped_ = false;
    Signal signal_;
};

struct Held {
    Executor executor;
    Signal signal;
};

}  // namespace

struct TestHandler::State {
    mutable std::mutex mutex;
    std::list<std::weak_ptr<EventSource>> listeners;
    std::list<std::shared_ptr<Held>> held;
};

TestHandler::TestHandler() : state_(std::make_shared<State>()) {}
TestHandler::~TestHandler() = default;

awaitable<HttpResponse> TestHandler::handle(std::shared_ptr<HttpRequest> request) {
    auto executor = co_await asio::this_coro::executor;
    HttpResponse response;
    if (request->path == "/echo" || request->path == "/size") {
        auto body = co_await request->body->read_all(64U << 20);
        if (!body)
            co_return text_response(body.error().kind == ErrorKind::timeout ? 408 : 413,
                                    "text/plain",
                                    body.error().text());
        if (request->path == "/size")
            co_return text_response(200, "text/plain", std::to_string(body->size()));
        response.body = std::move(*body);
    } else if (request->path == "/stream") {
        response.body = std::make_shared<EchoSource>(request);
    } else if (request->path == "/early") {
        co_return problem_response(402, R"({"type":"stamp-needed"})");
    } else if (request->path == "/throw") {
        throw std::runtime_error("on purpose");
    } else if (request->path == "/make") {
        auto size = parse_decimal(request->query).value_or(0);
        response.body = std::make_shared<CountingSource>(size, 100'000);
    } else if (request->path == "/thread") {
        const auto thread = std::hash<std::thread::id>()(std::this_thread::get_id());
        co_return text_response(200, "text/plain", std::to_string(thread));
    } else if (request->path == "/nice") {
        const int nice = getpriority(PRIO_PROCESS, static_cast<id_t>(gettid()));
        co_return text_response(200, "text/plain", std::to_string(nice));
    } else if (request->path == "/hold") {
        auto held = std::make_shared<Held>();
        held->executor = executor;
        {
            std::lock_guard lock(state_->mutex);
            state_->held.push_back(held);
        }
        co_await held->signal.wait();
        co_return text_response(200, "text/plain", "released");
    } else if (request->path == "/events") {
        auto source = std::make_shared<EventSource>(executor);
        std::lock_guard lock(state_->mutex);
        state_->listeners.push_back(source);
        response.headers.add("content-type", "text/event-stream");
        response.body = source;
    } else {
        co_return text_response(404, "text/plain", request->path);
    }
    co_return response;
}

void TestHandler::push(const std::string& text) {
    std::lock_guard lock(state_->mutex);
    for (auto& weak : state_->listeners)
        if (auto source = weak.lock())
            source->push(source, text);
}

std::size_t TestHandler::listeners() const {
    std::lock_guard lock(state_->mutex);
    std::erase_if(state_->listeners, [](const auto& weak) { return weak.expired(); });
    return state_->listeners.size();
}

std::size_t TestHandler::held() const {
    std::lock_guard lock(state_->mutex);
    return state_->held.size();
}

void TestHandler::release() {
    std::lock_guard lock(state_->mutex);
    for (auto& held : std::exchange(state_->held, {}))
        asio::post(held->executor, [held] { held->signal.raise(); });
}

// ---- server and client

TestAuthority& TestServer::authority() {
    static TestAuthority authority;
    return authority;
}

std::unique_ptr<HttpClient> TestServer::make_client(const Executor& executor) {
    HttpClientOptions options;
    auto tls = client_tls(authority().file());
    KITH_CHECK(tls.has_value());
    options.tls = *tls;
    return std::make_unique<HttpClient>(executor, std::move(options));
}

TestServer::TestServer(HttpLimits limits, std::uint16_t port, std::size_t threads)
    : server_threads(threads) {
    auto certificate = authority().issue("mail.one.test");
    identity = TlsIdentity::from_pem(certificate.chain, certificate.key).value_or(nullptr);
    KITH_CHECK(identity != nullptr);
    HttpServerOptions options;
    options.listen = {{asio::ip::address_v4::loopback(), port}};
    options.limits = limits;
    auto opened = HttpServer::open(server_threads, std::move(options), identity, handler);
    if (!opened)
        std::fprintf(stderr, "%s\n", opened.error().text().c_str());
    KITH_CHECK(opened.has_value());
    server = std::move(*opened);
    client = make_client(client_thread.executor(0));
}

TestServer::~TestServer() {
    await(client_thread.executor(0), client->stop());
    handler->release();
    server.reset();
}

HttpOrigin TestServer::origin() const {
    return {"mail.one.test", port(), {asio::ip::address_v4::loopback()}};
}

Result<HttpReply> TestServer::request(HttpCall call) {
    call.reply_limit = 64U << 20;
    return await(client_thread.executor(0), client->request(origin(), std::move(call)));
}

Result<HttpReply> TestServer::get(const std::string& path) {
    HttpCall call;
    call.path = path;
    return request(std::move(call));
}

Result<HttpReply> TestServer::post(const std::string& path, Bytes body) {
    HttpCall call;
    call.method = "POST";
    call.path = path;
    call.body = std::move(body);
    return request(std::move(call));
}

// ---- raw TLS

void RawTls::Free::operator()(ssl_st* ssl) const {
    SSL_free(ssl);
}

RawTcp::RawTcp(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    timeval wait{10, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    auto* generic = reinterpret_cast<sockaddr*>(&address);  // NOLINT: the socket API
    KITH_CHECK(::connect(socket_, generic, sizeof address) == 0);
}

RawTcp::~RawTcp() {
    ::close(socket_);
}

void RawTcp::write(const std::string& text) {
    KITH_CHECK(::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) > 0);
}

bool RawTcp::ends() {
    std::array<char, 1024> buffer{};
    ssize_t size = 1;
    while (size > 0)
        size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    return size == 0 || errno == ECONNRESET;
}

RawTls::RawTls(std::uint16_t port, const std::string& protocols) : tcp_(port) {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    context_ =
        std::shared_ptr<void>(context, [](void* raw) { SSL_CTX_free(static_cast<SSL_CTX*>(raw)); });
    ssl_.reset(SSL_new(context));
    if (!protocols.empty())
        SSL_set_alpn_protos(
            ssl_.get(), as_bytes(protocols).data(), static_cast<unsigned int>(protocols.size()));
    SSL_set_fd(ssl_.get(), tcp_.descriptor());
    if (SSL_connect(ssl_.get()) != 1)
        ssl_.reset();
}

RawTls::~RawTls() = default;

bool RawTls::write(ByteView octets) {
    if (!ssl_ || octets.empty())
        return ssl_ != nullptr;
    return SSL_write(ssl_.get(), octets.data(), static_cast<int>(octets.size())) > 0;
}

bool RawTls::write(const std::string& text) {
    return write(as_bytes(text));
}

std::optional<Bytes> RawTls::read() {
    if (!ssl_)
        return Bytes();
    Bytes octets(16 * 1024);
    int size = SSL_read(ssl_.get(), octets.data(), static_cast<int>(octets.size()));
    if (size <= 0) {
        int why = SSL_get_error(ssl_.get(), size);
        if (why == SSL_ERROR_WANT_READ || (why == SSL_ERROR_SYSCALL && errno == EAGAIN))
            return std::nullopt;
        return Bytes();
    }
    octets.resize(static_cast<std::size_t>(size));
    return octets;
}

std::optional<Bytes> RawTls::read_to_end() {
    Bytes all;
    while (true) {
        auto some = read();
        if (!some)
            return std::nullopt;
        if (some->empty())
            return all;
        all.insert(all.end(), some->begin(), some->end());
    }
}

std::string RawTls::read_until(const std::string& text) {
    std::string all;
    while (all.find(text) == std::string::npos) {
        auto some = read();
        if (!some || some->empty())
            break;
        all += as_text(*some);
    }
    return all;
}

}  // namespace kith::testing
