// The inside of http2::Session: what nghttp2's callbacks work on.
#pragma once

#include <nghttp2/nghttp2.h>

#include <deque>
#include <span>
#include <unordered_map>

#include "protocol/http2_session.h"

namespace kith::http2 {

struct Stream {
    RequestHead request;
    ReplyHead reply;
    std::size_t header_octets = 0;
    bool head_done = false;  // later header blocks are trailers
    bool refused = false;    // answered by the machine itself; its data goes nowhere
    bool peer_ended = false;
    bool drained_told = false;  // since the last push
    Bytes body;
    std::size_t body_taken = 0;
    bool body_whole = false;  // nothing more will be pushed
    std::uint64_t sent = 0;
};

struct Session::Impl {
    Role role;
    SessionLimits limits;
    nghttp2_session* session = nullptr;
    std::unordered_map<StreamId, Stream> streams;
    std::deque<Event> events;
    StreamId header_of = 0;  // the stream whose header is being read, or 0

    Impl(Role which, const SessionLimits& given) : role(which), limits(given) {}
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() { nghttp2_session_del(session); }

    Stream* find(StreamId id) {
        auto found = streams.find(id);
        return found == streams.end() ? nullptr : &found->second;
    }
    void begin_header(StreamId id);
    void add_field(Stream& stream, std::string_view name, std::string_view value);
    void end_header(StreamId id, Stream& stream);
    void refuse(StreamId id, Stream& stream, unsigned status);
    void data(StreamId id, ByteView octets);
    void frame_received(const nghttp2_frame& frame);
    void frame_sent(const nghttp2_frame& frame);
    void closed(StreamId id, std::uint32_t code);
    ssize_t read_body(StreamId id, std::span<std::uint8_t> into, std::uint32_t& flags);
    void submit_head(StreamId id, const ReplyHead& head, nghttp2_data_provider* body);
};

/// A field as nghttp2 takes it; it copies both, so they need to live for the call only.
nghttp2_nv field(std::string_view name, std::string_view value);
/// The provider that pulls from Stream::body.
nghttp2_data_provider body_provider();

}  // namespace kith::http2
