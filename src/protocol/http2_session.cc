#include "protocol/http2_session.h"

#include <nghttp2/nghttp2.h>

#include <array>
#include <utility>
#include <vector>

#include "protocol/http2_core.h"

namespace kith::http2 {

namespace {

using Machine = Session::Impl;

Error session_error(int code) {
    auto kind = code == NGHTTP2_ERR_NOMEM     ? ErrorKind::internal
                : code == NGHTTP2_ERR_FLOODED ? ErrorKind::limit
                                              : ErrorKind::malformed;
    return fail(kind, "http2", nghttp2_strerror(code));
}

Machine& machine(void* user) {
    return *static_cast<Machine*>(user);
}

// The callbacks. None may throw: nghttp2 is C. What may throw is bad_alloc, which ends the process
// (noexcept), as the whole server is of no use then.

int on_begin_headers(nghttp2_session* /*s*/, const nghttp2_frame* frame, void* user) noexcept {
    machine(user).begin_header(frame->hd.stream_id);
    return 0;
}

int on_header(nghttp2_session* /*s*/,
              const nghttp2_frame* frame,
              const std::uint8_t* name,
              std::size_t name_size,
              const std::uint8_t* value,
              std::size_t value_size,
              std::uint8_t /*flags*/,
              void* user) noexcept {
    if (Stream* stream = machine(user).find(frame->hd.stream_id))
        machine(user).add_field(
            *stream, as_text(ByteView(name, name_size)), as_text(ByteView(value, value_size)));
    return 0;
}

int on_frame_recv(nghttp2_session* /*s*/, const nghttp2_frame* frame, void* user) noexcept {
    machine(user).frame_received(*frame);
    return 0;
}

int on_frame_send(nghttp2_session* /*s*/, const nghttp2_frame* frame, void* user) noexcept {
    machine(user).frame_sent(*frame);
    return 0;
}

int on_data_chunk(nghttp2_session* /*s*/,
                  std::uint8_t /*flags*/,
                  StreamId id,
                  const std::uint8_t* octets,
                  std::size_t size,
                  void* user) noexcept {
    machine(user).data(id, ByteView(octets, size));
    return 0;
}

int on_stream_close(nghttp2_session* /*s*/, StreamId id, std::uint32_t code, void* user) noexcept {
    machine(user).closed(id, code);
    return 0;
}

ssize_t on_read_body(nghttp2_session* /*s*/,
                     StreamId id,
                     std::uint8_t* into,
                     std::size_t size,
                     std::uint32_t* flags,
                     nghttp2_data_source* /*source*/,
                     void* user) noexcept {
    return machine(user).read_body(id, {into, size}, *flags);
}

struct OptionDeleter {
    void operator()(nghttp2_option* option) const { nghttp2_option_del(option); }
};
struct CallbacksDeleter {
    void operator()(nghttp2_session_callbacks* table) const {
        nghttp2_session_callbacks_del(table);
    }
};
using Options = std::unique_ptr<nghttp2_option, OptionDeleter>;
using Callbacks = std::unique_ptr<nghttp2_session_callbacks, CallbacksDeleter>;

Options make_options(const SessionLimits& limits) {
    nghttp2_option* raw = nullptr;
    KITH_CHECK(nghttp2_option_new(&raw) == 0);
    Options options(raw);
    nghttp2_option_set_no_auto_window_update(raw, 1);
    nghttp2_option_set_no_closed_streams(raw, 1);
    nghttp2_option_set_max_outbound_ack(raw, limits.outbound_acks);
    nghttp2_option_set_max_settings(raw, limits.settings);
    nghttp2_option_set_max_continuations(raw, limits.continuations);
    nghttp2_option_set_stream_reset_rate_limit(raw, limits.reset_burst, limits.resets_per_second);
    return options;
}

Callbacks make_callbacks() {
    nghttp2_session_callbacks* raw = nullptr;
    KITH_CHECK(nghttp2_session_callbacks_new(&raw) == 0);
    Callbacks table(raw);
    nghttp2_session_callbacks_set_on_begin_headers_callback(raw, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(raw, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(raw, on_frame_recv);
    nghttp2_session_callbacks_set_on_frame_send_callback(raw, on_frame_send);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(raw, on_data_chunk);
    nghttp2_session_callbacks_set_on_stream_close_callback(raw, on_stream_close);
    return table;
}

void submit_settings(nghttp2_session* session, Role role, const SessionLimits& limits) {
    std::vector<nghttp2_settings_entry> entries{
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.concurrent_streams},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits.stream_window},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
         static_cast<std::uint32_t>(limits.header_list_octets)}};
    if (role == Role::client)
        entries.push_back({NGHTTP2_SETTINGS_ENABLE_PUSH, 0});
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, entries.data(), entries.size());
    // The connection's window is not part of SETTINGS (RFC 9113 6.9.2).
    nghttp2_session_set_local_window_size(
        session, NGHTTP2_FLAG_NONE, 0, static_cast<std::int32_t>(limits.connection_window));
}

}  // namespace

nghttp2_data_provider body_provider() {
    nghttp2_data_provider body{};
    body.read_callback = on_read_body;
    return body;
}

Session::Session(Role role, const SessionLimits& limits)
    : impl_(std::make_unique<Impl>(role, limits)) {
    Options options = make_options(limits);
    Callbacks table = make_callbacks();
    auto make = role == Role::server ? nghttp2_session_server_new2 : nghttp2_session_client_new2;
    KITH_CHECK(make(&impl_->session, table.get(), impl_.get(), options.get()) == 0);
    submit_settings(impl_->session, role, limits);
}

Session::~Session() = default;

Result<void> Session::feed(ByteView octets) {
    ssize_t taken = nghttp2_session_mem_recv(impl_->session, octets.data(), octets.size());
    if (taken < 0)
        return session_error(static_cast<int>(taken));
    return {};
}

std::optional<Event> Session::next_event() {
    if (impl_->events.empty())
        return std::nullopt;
    Event event = std::move(impl_->events.front());
    impl_->events.pop_front();
    return event;
}

Result<void> Session::take_output(Bytes& out, std::size_t enough) {
    while (out.size() < enough) {
        const std::uint8_t* octets = nullptr;
        ssize_t size = nghttp2_session_mem_send(impl_->session, &octets);
        if (size < 0)
            return session_error(static_cast<int>(size));
        if (size == 0)
            break;
        out.insert(out.end(), octets, octets + size);
    }
    return {};
}

bool Session::wants_output() const {
    return nghttp2_session_want_write(impl_->session) != 0;
}

bool Session::finished() const {
    return !wants_output() && nghttp2_session_want_read(impl_->session) == 0;
}

Result<StreamId> Session::request(const RequestHead& head, BodyMode mode, Bytes body) {
    if (nghttp2_session_check_request_allowed(impl_->session) == 0)
        return fail(ErrorKind::unavailable, "http2", "the connection takes no more requests");
    std::vector<nghttp2_nv> fields{field(":method", head.method),
                                   field(":scheme", "https"),
                                   field(":authority", head.authority),
                                   field(":path", head.target)};
    for (const auto& [name, value] : head.headers)
        fields.push_back(field(name, value));
    bool has_body = mode == BodyMode::pieces || !body.empty();
    nghttp2_data_provider source = body_provider();
    StreamId id = nghttp2_submit_request(impl_->session,
                                         nullptr,
                                         fields.data(),
                                         fields.size(),
                                         has_body ? &source : nullptr,
                                         nullptr);
    if (id < 0)
        return fail(ErrorKind::unavailable, "http2", nghttp2_strerror(id));
    Stream& stream = impl_->streams[id];
    stream.body = std::move(body);
    stream.body_whole = mode == BodyMode::whole;
    return id;
}

void Session::respond(StreamId id, const ReplyHead& head, BodyMode mode, Bytes body) {
    Stream* stream = impl_->find(id);
    if (!stream)
        return;
    bool has_body = mode == BodyMode::pieces || !body.empty();
    stream->body = std::move(body);
    stream->body_whole = mode == BodyMode::whole;
    nghttp2_data_provider source = body_provider();
    impl_->submit_head(id, head, has_body ? &source : nullptr);
}

void Session::push_body(StreamId id, Bytes bytes) {
    Stream* stream = impl_->find(id);
    if (!stream || stream->body_whole)
        return;
    if (stream->body.empty())
        stream->body = std::move(bytes);
    else
        stream->body.insert(stream->body.end(), bytes.begin(), bytes.end());
    stream->drained_told = false;
    nghttp2_session_resume_data(impl_->session, id);
}

void Session::end_body(StreamId id) {
    Stream* stream = impl_->find(id);
    if (!stream)
        return;
    stream->body_whole = true;
    nghttp2_session_resume_data(impl_->session, id);
}

void Session::consume(StreamId id, std::size_t octets) {
    nghttp2_session_consume(impl_->session, id, octets);
}

void Session::reset(StreamId id, Code code) {
    if (impl_->find(id))
        nghttp2_submit_rst_stream(
            impl_->session, NGHTTP2_FLAG_NONE, id, static_cast<std::uint32_t>(code));
}

void Session::ping() {
    nghttp2_submit_ping(impl_->session, NGHTTP2_FLAG_NONE, nullptr);
}

void Session::go_away() {
    nghttp2_submit_goaway(impl_->session,
                          NGHTTP2_FLAG_NONE,
                          nghttp2_session_get_last_proc_stream_id(impl_->session),
                          NGHTTP2_NO_ERROR,
                          nullptr,
                          0);
}

std::size_t Session::open_streams() const {
    return impl_->streams.size();
}

bool Session::inside_header() const {
    return impl_->header_of != 0;
}

std::size_t Session::unsent(StreamId id) const {
    const Stream* stream = impl_->find(id);
    return stream ? stream->body.size() - stream->body_taken : 0;
}

std::uint64_t Session::sent(StreamId id) const {
    const Stream* stream = impl_->find(id);
    return stream ? stream->sent : 0;
}

}  // namespace kith::http2
