#include "protocol/http2_core.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"

namespace kith::http2 {

namespace {

/// RFC 9113 section 6.5.2: what each field counts besides its octets.
constexpr std::size_t kFieldOverhead = 32;

}  // namespace

nghttp2_nv field(std::string_view name, std::string_view value) {
    // nghttp2 copies both (NGHTTP2_NV_FLAG_NONE), its type only lacks const.
    auto octets = [](std::string_view text) {
        return const_cast<std::uint8_t*>(as_bytes(text).data());  // NOLINT
    };
    return {octets(name), octets(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

void Session::Impl::begin_header(StreamId id) {
    header_of = id;
    if (role == Role::server)
        streams.try_emplace(id);
}

void Session::Impl::add_field(Stream& stream, std::string_view name, std::string_view value) {
    if (stream.head_done || stream.refused)
        return;
    stream.header_octets += name.size() + value.size() + kFieldOverhead;
    if (stream.header_octets > limits.header_list_octets) {
        stream.refused = true;
        return;
    }
    if (name == ":method")
        stream.request.method = value;
    else if (name == ":path")
        stream.request.target = value;
    else if (name == ":authority")
        stream.request.authority = value;
    else if (name == ":status")
        stream.reply.status = static_cast<unsigned>(parse_decimal(value, 999).value_or(0));
    else if (!name.starts_with(':'))
        (role == Role::server ? stream.request.headers : stream.reply.headers)
            .add(std::string(name), std::string(value));
}

void Session::Impl::end_header(StreamId id, Stream& stream) {
    if (stream.head_done)
        return;  // trailers
    if (role == Role::client) {
        if (stream.refused) {
            nghttp2_submit_rst_stream(session,
                                      NGHTTP2_FLAG_NONE,
                                      id,
                                      static_cast<std::uint32_t>(Code::enhance_your_calm));
            return;
        }
        if (stream.reply.status / 100 == 1) {  // RFC 9110 15.2: the final reply follows
            stream.reply = {};
            stream.header_octets = 0;
            return;
        }
        stream.head_done = true;
        events.emplace_back(Reply{id, std::move(stream.reply)});
        return;
    }
    stream.head_done = true;
    if (stream.refused)
        return refuse(id, stream, 431);
    if (!stream.request.target.starts_with('/'))
        return refuse(id, stream, 400);
    if (stream.request.authority.empty())
        stream.request.authority = stream.request.headers.find("host").value_or("");
    events.emplace_back(Request{id, std::move(stream.request)});
}

void Session::Impl::refuse(StreamId id, Stream& stream, unsigned status) {
    stream.refused = true;
    stream.request = {};
    submit_head(id, {status, {}}, nullptr);
}

void Session::Impl::data(StreamId id, ByteView octets) {
    Stream* stream = find(id);
    if (!stream || stream->refused || !stream->head_done) {
        nghttp2_session_consume(session, id, octets.size());
        return;
    }
    Data* last = events.empty() ? nullptr : std::get_if<Data>(&events.back());
    if (last && last->stream == id) {
        last->bytes.insert(last->bytes.end(), octets.begin(), octets.end());
        return;
    }
    events.emplace_back(Data{id, Bytes(octets.begin(), octets.end())});
}

void Session::Impl::frame_received(const nghttp2_frame& frame) {
    StreamId id = frame.hd.stream_id;
    if (frame.hd.type == NGHTTP2_GOAWAY && role == Role::client) {
        events.emplace_back(GoingAway{frame.goaway.last_stream_id, frame.goaway.error_code});
    } else if (frame.hd.type == NGHTTP2_SETTINGS && role == Role::client &&
               (frame.hd.flags & NGHTTP2_FLAG_ACK) == 0) {
        events.emplace_back(Settings{
            nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS)});
    } else if (frame.hd.type == NGHTTP2_HEADERS || frame.hd.type == NGHTTP2_DATA) {
        Stream* stream = find(id);
        if (frame.hd.type == NGHTTP2_HEADERS) {
            header_of = 0;
            if (stream)
                end_header(id, *stream);
        }
        if (!stream || (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0)
            return;
        stream->peer_ended = true;
        if (!stream->refused)
            events.emplace_back(End{id});
    }
}

void Session::Impl::frame_sent(const nghttp2_frame& frame) {
    bool ends = (frame.hd.type == NGHTTP2_HEADERS || frame.hd.type == NGHTTP2_DATA) &&
                (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    Stream* stream = ends && role == Role::server ? find(frame.hd.stream_id) : nullptr;
    // RFC 9113 8.1: the answer is complete, the rest of the request is not wanted.
    if (stream && !stream->peer_ended)
        nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame.hd.stream_id, NGHTTP2_NO_ERROR);
}

void Session::Impl::closed(StreamId id, std::uint32_t code) {
    if (header_of == id)
        header_of = 0;
    auto found = streams.find(id);
    if (found == streams.end())
        return;
    bool told = role == Role::client || (found->second.head_done && !found->second.refused);
    streams.erase(found);
    if (told)
        events.emplace_back(Closed{id, code});
}

ssize_t Session::Impl::read_body(StreamId id, std::span<std::uint8_t> into, std::uint32_t& flags) {
    Stream* stream = find(id);
    if (!stream)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    std::size_t left = stream->body.size() - stream->body_taken;
    if (left == 0 && !stream->body_whole) {
        if (!std::exchange(stream->drained_told, true))
            events.emplace_back(Drained{id});
        return NGHTTP2_ERR_DEFERRED;
    }
    std::size_t taken = std::min(left, into.size());
    auto from = stream->body.begin() + static_cast<std::ptrdiff_t>(stream->body_taken);
    std::copy_n(from, taken, into.begin());
    stream->body_taken += taken;
    stream->sent += taken;
    if (taken == left) {
        stream->body = {};
        stream->body_taken = 0;
        if (stream->body_whole)
            flags |= NGHTTP2_DATA_FLAG_EOF;
    }
    return static_cast<ssize_t>(taken);
}

void Session::Impl::submit_head(StreamId id, const ReplyHead& head, nghttp2_data_provider* body) {
    std::string status = std::to_string(head.status);
    std::vector<nghttp2_nv> fields{field(":status", status)};
    for (const auto& [name, value] : head.headers)
        fields.push_back(field(name, value));
    int result = nghttp2_submit_response(session, id, fields.data(), fields.size(), body);
    if (result != 0)
        nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_INTERNAL_ERROR);
}

}  // namespace kith::http2
