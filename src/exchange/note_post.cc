#include "exchange/note_post.h"

#include "base/bytes.h"

namespace kith {
namespace {

constexpr Milliseconds kDeadline{20'000};

}  // namespace

awaitable<NotePosted> post_note(PeerDirectory* peers,
                                HttpClient* client,
                                std::string domain,
                                std::string note) {
    const auto peer = co_await peers->find(std::move(domain));
    if (!peer)
        co_return peer.error().kind == ErrorKind::not_found ? NotePosted::done
                                                            : NotePosted::try_again;
    HttpCall call;
    call.method = "POST";
    call.path = "/kith/1/notes";
    call.headers = {{"content-type", "text/plain; charset=utf-8"}};
    call.body = to_bytes(note);
    call.repeat = Repeat::allowed;
    call.deadline = kDeadline;
    const auto reply = co_await client->request((*peer)->origin, std::move(call));
    const bool done = reply && reply->status != 429 && reply->status < 500;
    co_return done ? NotePosted::done : NotePosted::try_again;
}

}  // namespace kith
