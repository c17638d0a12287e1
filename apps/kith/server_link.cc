#include "kith/server_link.h"

#include <algorithm>

#include "base/text.h"
#include "kith/exit_code.h"
#include "kith/files.h"
#include "kith/interrupt.h"
#include "kith/terminal.h"
#include "note/login.h"
#include "protocol/problem.h"

namespace kith {
namespace {

constexpr std::size_t kMostReply = 64U << 20;
constexpr std::size_t kPiece = 65'536;
constexpr Milliseconds kCallDeadline{75'000};
constexpr Milliseconds kUploadDeadline{3'600'000};
constexpr Milliseconds kPieceDeadline{60'000};
constexpr unsigned kOk = 200;
constexpr unsigned kCreated = 201;
constexpr unsigned kUnauthorized = 401;
constexpr unsigned kTooLarge = 413;

Error broken_off() {
    return interrupted_error("broken off: nothing was sent");
}

/// A blob, piece by piece, saying how far it is.
class BlobSource final : public BodySource {
  public:
    BlobSource(const Bytes& octets, Progress progress)
        : octets_(octets), progress_(std::move(progress)) {}
    awaitable<Result<Bytes>> next() override {
        if (InterruptGuard::flag())
            co_return broken_off();
        const ByteView piece =
            ByteView(octets_).subspan(at_).first(std::min(kPiece, octets_.size() - at_));
        at_ += piece.size();
        if (progress_)
            progress_(at_, octets_.size());
        co_return Bytes(piece.begin(), piece.end());
    }
    std::optional<std::uint64_t> size() const override { return octets_.size(); }

  private:
    const Bytes& octets_;
    Progress progress_;
    std::size_t at_ = 0;
};

Error away(const std::string& host, const Error& error) {
    if (error.kind == ErrorKind::untrusted)
        return fail(ErrorKind::untrusted,
                    host,
                    "its certificate is not trusted (" + error.detail + "): check --ca");
    return fail(ErrorKind::unavailable,
                host,
                "the server does not answer (" + error.detail + "): try again later");
}

// The types of problem documents are "urn:kith:TYPE" or the word alone.
std::string word_of(const std::string& type) {
    return type.substr(type.rfind(':') + 1);
}

Error refused(const HttpReply& reply) {
    const auto problem = answer_problem(as_text(reply.body), static_cast<int>(reply.status));
    const std::string word = word_of(problem.type);
    const std::string detail = problem.detail.empty() ? problem.title : problem.detail;
    if (word == "login-refused")
        return fail(
            ErrorKind::denied,
            "login",
            "the server refuses this device: it may have been revoked, or the account disabled");
    if (reply.status == 413)
        return fail(ErrorKind::limit, "server", "it is too large for the server");
    if (reply.status == 503 || reply.status == 429)
        return fail(ErrorKind::unavailable, "server", "is busy (" + detail + "): try again later");
    if (reply.status == 404)
        return fail(ErrorKind::not_found, "server", detail);
    if (reply.status == 409)
        return fail(ErrorKind::conflict, word, detail);
    if (reply.status == 403 || reply.status == kUnauthorized)
        return fail(ErrorKind::denied, word, detail);
    return fail(ErrorKind::internal,
                "server",
                "answers " + std::to_string(reply.status) + (detail.empty() ? "" : ": " + detail));
}

Result<json::object> json_of(const HttpReply& reply) {
    if (reply.status != kOk && reply.status != kCreated)
        return refused(reply);
    auto object = parse_json_object(as_text(reply.body));
    if (!object)
        return fail(ErrorKind::internal, "server", "answers no JSON object");
    return object;
}

HttpCall post(std::string path, const char* type, std::string_view body) {
    HttpCall call;
    call.method = "POST";
    call.path = std::move(path);
    call.headers.add("content-type", type);
    call.body = to_bytes(body);
    call.deadline = kCallDeadline;
    call.reply_limit = kMostReply;
    return call;
}

std::string percent(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (std::isalnum(octet) != 0 || c == '-' || c == '.' || c == '_' || c == '~')
            out += c;
        else
            out += "%" + hex(ByteView(&octet, 1));
    }
    return out;
}

// Responses in the order of the calls; the first error ends it.
Result<std::vector<json::object>> responses_of(json::object reply, std::size_t count) {
    std::vector<std::optional<json::object>> found(count);
    for (json::value& each :
         reply["methodResponses"].is_array()
             ? reply["methodResponses"].get_array()
             : reply.emplace("none", json::array()).first->value().get_array()) {
        auto* triple = each.if_array();
        if (triple == nullptr || triple->size() != 3 || !(*triple)[1].is_object())
            continue;
        const auto* name = (*triple)[0].if_string();
        const auto* id = (*triple)[2].if_string();
        const auto number =
            id == nullptr ? Result<std::uint64_t>(count) : parse_decimal(as_std(*id));
        if (!number || *number >= count || found[*number])
            continue;
        if (name != nullptr && as_std(*name) == "error")
            return error_of((*triple)[1].get_object());
        found[*number] = std::move((*triple)[1].get_object());
    }
    std::vector<json::object> responses;
    for (auto& each : found) {
        if (!each)
            return fail(ErrorKind::internal, "server", "left a call unanswered");
        responses.push_back(*std::move(each));
    }
    return responses;
}

}  // namespace

Error error_of(const json::object& error) {
    const std::string type = text_at(error, "type");
    const auto description = maybe_text_at(error, "description");
    const std::string detail = description.value_or(type);
    if (type == "notFound" || type == "blobNotFound" || type == "no-such-account" ||
        type == "no-route")
        return fail(ErrorKind::not_found, type, detail);
    if (type == "overQuota")
        return fail(ErrorKind::limit, type, "your server takes no more for now (" + detail + ")");
    if (type == "tooLarge" || type == "tooManyRecipients" || type == "requestTooLarge")
        return fail(ErrorKind::limit, type, detail);
    if (type == "forbidden" || type == "forbiddenToSend")
        return fail(ErrorKind::denied, type, detail);
    if (type == "alreadyExists" || type == "stateMismatch")
        return fail(ErrorKind::conflict, type, text_at(error, "existingId"));
    if (type == "unavailable" || type == "serverUnavailable")
        return fail(ErrorKind::unavailable, type, detail);
    if (type == "untrusted")
        return fail(ErrorKind::untrusted, type, detail);
    return fail(ErrorKind::internal, type, detail);
}

Result<json::object> created_in(const json::object& response, std::string_view creation_id) {
    const json::object& refusals = object_at(response, "notCreated");
    if (refusals.contains(creation_id))
        return error_of(object_at(refusals, creation_id));
    const json::object& created = object_at(response, "created");
    if (!created.contains(creation_id))
        return fail(ErrorKind::internal, "server", "made nothing, and does not say why");
    return object_at(created, creation_id);
}

Result<void> updated_in(const json::object& response, std::string_view id) {
    for (const char* name : {"notUpdated", "notDestroyed"})
        if (const json::object& refusals = object_at(response, name); refusals.contains(id))
            return error_of(object_at(refusals, id));
    return {};
}

Result<json::object> post_row(Network& network,
                              const HttpOrigin& origin,
                              const std::string& path,
                              const std::string& row) {
    const auto reply = network.request(origin, post(path, "application/octet-stream", row));
    if (!reply)
        return away(origin.host, reply.error());
    return json_of(*reply);
}

Result<json::object> get_json(Network& network, const HttpOrigin& origin, const std::string& path) {
    HttpCall call;
    call.path = path;
    call.repeat = Repeat::allowed;
    const auto reply = network.request(origin, std::move(call));
    if (!reply)
        return away(origin.host, reply.error());
    return json_of(*reply);
}

// A cached address may be stale: when nobody answers there, DNS is asked once more.
Result<HttpReply> ServerLink::request(HttpCall call) {
    if (!origin_)
        origin_ = TRY(server_of(home_, network_, Freshness::cached));
    const bool may_move = !origin_is_new_ && std::holds_alternative<Bytes>(call.body);
    HttpCall again = may_move ? call : HttpCall();
    auto reply = network_.request(*origin_, std::move(call));
    if (!reply && may_move && reply.error().kind == ErrorKind::unavailable) {
        const auto moved = server_of(home_, network_, Freshness::anew);
        origin_is_new_ = true;
        if (moved && *moved != *origin_) {
            origin_ = *moved;
            reply = network_.request(*origin_, std::move(again));
        }
    }
    if (!reply)
        return away(origin_->host, reply.error());
    return reply;
}

// With the session's token; when that is no longer good, with a new one.
Result<HttpReply> ServerLink::authorized(const std::function<HttpCall()>& make) {
    for (int attempt = 0;; ++attempt) {
        const Session* session = TRY(this->session());
        HttpCall call = make();
        call.headers.add("authorization", "Bearer " + session->token);
        auto reply = TRY(request(std::move(call)));
        if (reply.status != kUnauthorized || attempt > 0)
            return reply;
        forget_session();
    }
}

Result<ServerLink::Session*> ServerLink::session() {
    if (session_)
        return &*session_;
    const auto text = read_private_file(home_.file("session.json"));
    const auto kept = text ? parse_json_object(*text) : Result<json::object>(json::object());
    if (kept && !text_at(*kept, "token").empty()) {
        session_ = Session{.token = text_at(*kept, "token"),
                           .account = text_at(*kept, "accountId"),
                           .mailboxes = object_at(*kept, "mailboxes"),
                           .identity = text_at(*kept, "identityId")};
    } else {
        session_ = TRY(log_in());
        keep_session();
    }
    return &*session_;
}

Result<ServerLink::Session> ServerLink::log_in() {
    const HomeConfig& config = home_.config();
    HttpCall ask;
    ask.path = "/kith/1/login?address=" + percent(config.address.text());
    ask.repeat = Repeat::allowed;
    const auto asked = TRY(request(std::move(ask)));
    const auto given = TRY(json_of(asked));
    const Login login{.address = config.address,
                      .device = config.device,
                      .domain = config.address.domain(),
                      .nonce = text_at(given, "nonce"),
                      .time = SystemClock().now()};
    const auto note = TRY(SignedNote::sign(
        write_login(login), config.address.text() + "/" + config.device, keys_.signing));
    const auto reply =
        TRY(request(post("/kith/1/login", "text/plain; charset=utf-8", note.octets())));
    const auto answer = TRY(json_of(reply));
    Session session;
    session.token = text_at(answer, "token");
    session.account = text_at(answer, "accountId");
    if (session.token.empty() || session.account.empty())
        return fail(ErrorKind::internal, "login", "the server gave no token");
    return session;
}

// A session that cannot be kept costs a login next time.
void ServerLink::keep_session() const {
    const json::object object{{"token", session_->token},
                              {"accountId", session_->account},
                              {"mailboxes", session_->mailboxes},
                              {"identityId", session_->identity}};
    [[maybe_unused]] const auto written =
        write_private_file(home_.file("session.json"), json::serialize(object));
}

void ServerLink::forget_session() {
    session_.reset();
    [[maybe_unused]] const auto removed = remove_file(home_.file("session.json"));
}

Result<std::vector<json::object>> ServerLink::call(std::vector<JmapCall> calls) {
    const Session* session = TRY(this->session());
    json::array list;
    for (JmapCall& each : calls) {
        each.arguments["accountId"] = session->account;
        list.push_back(
            json::array{each.name, std::move(each.arguments), std::to_string(list.size())});
    }
    const json::object body{{"using",
                             {"urn:ietf:params:jmap:core",
                              "urn:ietf:params:jmap:mail",
                              "urn:ietf:params:jmap:submission",
                              "urn:kith:params:jmap"}},
                            {"methodCalls", std::move(list)}};
    const std::string text = json::serialize(body);
    const auto reply = TRY(authorized([&] { return post("/jmap/api", "application/json", text); }));
    return responses_of(TRY(json_of(reply)), calls.size());
}

Result<json::object> ServerLink::call(std::string name, json::object arguments) {
    std::vector<JmapCall> calls;
    calls.push_back({std::move(name), std::move(arguments)});
    return std::move(TRY(call(std::move(calls))).front());
}

Result<std::string> ServerLink::upload(const Bytes& octets, const Progress& progress) {
    const std::string account = TRY(session())->account;
    const InterruptGuard guard;
    const auto reply = authorized([&] {
        HttpCall call = post("/jmap/upload/" + account + "/", "application/octet-stream", {});
        call.body = std::make_shared<BlobSource>(octets, progress);
        call.deadline = kUploadDeadline;
        return call;
    });
    if (InterruptGuard::flag())
        return broken_off();
    if (!reply)
        return reply.error();
    if (reply->status == kTooLarge)
        return too_large(octets.size());
    const auto answer = TRY(json_of(*reply));
    return text_at(answer, "blobId");
}

// With the figure, so that the person knows what would go.
Error ServerLink::too_large(std::size_t octets) {
    HttpCall call;
    call.path = "/jmap/session";
    call.repeat = Repeat::allowed;
    const auto reply = authorized([&] { return call; });
    const auto answer = reply ? json_of(*reply) : Result<json::object>(reply.error());
    const std::int64_t most =
        answer
            ? number_at(object_at(object_at(*answer, "capabilities"), "urn:ietf:params:jmap:core"),
                        "maxSizeUpload")
            : 0;
    const std::string limit = most > 0
                                  ? "more than the " + size_text(static_cast<std::uint64_t>(most)) +
                                        " that your server takes"
                                  : "too large for your server";
    return fail(
        ErrorKind::limit,
        "message",
        "is " + size_text(octets) + " with all its files, " + limit + ": send less at once");
}

Result<void> ServerLink::download(const std::string& blob_id,
                                  std::uint64_t size,
                                  const std::function<Result<void>(ByteView)>& take,
                                  const Progress& progress) {
    const Session* session = TRY(this->session());
    HttpCall call;
    call.path = "/jmap/download/" + session->account + "/" + percent(blob_id) +
                "/message?accept=application%2foctet-stream";
    call.headers.add("authorization", "Bearer " + session->token);
    call.repeat = Repeat::allowed;
    if (!origin_)
        origin_ = TRY(server_of(home_, network_, Freshness::cached));
    auto opened = network_.open(*origin_, std::move(call));
    if (!opened)
        return away(origin_->host, opened.error());
    auto stream = std::move(*opened);
    Result<void> result;
    if (stream->status() != kOk)
        result = fail(stream->status() == 404 ? ErrorKind::not_found : ErrorKind::unavailable,
                      "body",
                      "the server answers " + std::to_string(stream->status()));
    std::uint64_t done = 0;
    while (result) {
        const auto piece = network_.next(*stream, kPieceDeadline);
        if (!piece) {
            result = away(origin_->host, piece.error());
            break;
        }
        if (piece->empty())
            break;
        done += piece->size();
        if (progress)
            progress(done, size);
        result = take(*piece);
    }
    network_.end(std::move(stream));
    return result;
}

Result<std::unique_ptr<HttpStream>> ServerLink::events(const std::string& types, Seconds ping) {
    const Session* session = TRY(this->session());
    HttpCall call;
    call.path = "/jmap/eventsource/?types=" + percent(types) +
                "&closeafter=no&ping=" + std::to_string(ping.count());
    call.headers.add("authorization", "Bearer " + session->token);
    call.headers.add("accept", "text/event-stream");
    if (!origin_)
        origin_ = TRY(server_of(home_, network_, Freshness::cached));
    auto stream = network_.open(*origin_, std::move(call));
    if (!stream)
        return away(origin_->host, stream.error());
    const unsigned status = (*stream)->status();
    if (status == kOk)
        return stream;
    network_.end(std::move(*stream));
    if (status == kUnauthorized) {
        forget_session();
        return fail(ErrorKind::unavailable, "push", "the session has ended");
    }
    return fail(ErrorKind::unavailable, "push", "the server answers " + std::to_string(status));
}

Result<void> ServerLink::learn_ids() {
    std::vector<JmapCall> calls;
    calls.push_back({"Mailbox/get", {{"ids", nullptr}}});
    calls.push_back({"Identity/get", {{"ids", nullptr}}});
    const auto answers = TRY(call(std::move(calls)));
    Session* session = TRY(this->session());
    session->mailboxes.clear();
    for (const json::object* mailbox : objects_in(array_at(answers[0], "list")))
        if (const auto role = maybe_text_at(*mailbox, "role"))
            session->mailboxes[*role] = text_at(*mailbox, "id");
    for (const json::object* identity : objects_in(array_at(answers[1], "list")))
        session->identity = text_at(*identity, "id");
    keep_session();
    return {};
}

Result<std::string> ServerLink::mailbox(const std::string& role) {
    if (text_at(TRY(session())->mailboxes, role).empty())
        TRY(learn_ids());
    auto id = text_at(TRY(session())->mailboxes, role);
    if (id.empty())
        return fail(ErrorKind::not_found, role, "there is no such mailbox");
    return id;
}

Result<std::string> ServerLink::identity() {
    if (TRY(session())->identity.empty())
        TRY(learn_ids());
    return TRY(session())->identity;
}

}  // namespace kith
