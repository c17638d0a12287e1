#include "access/device_link.h"

#include "access/standard_methods.h"
#include "access/store_calls.h"
#include "exchange/answers.h"
#include "identity/chain.h"
#include "note/link.h"
#include "protocol/delivery_body.h"

namespace kith {
namespace {

using jmap::SetErrorType;

constexpr std::string_view kProperties[] = {"id", "code-id", "state", "link", "expires"};
constexpr const char* kWaiting = "waiting";
constexpr const char* kLinked = "linked";
constexpr const char* kRefused = "refused";

/// Where a link stands now: the card says whether the device is in.
struct LinkStanding {
    std::string state;
    std::string card;  ///< the newest, once linked
};

LinkStanding standing_of(ReadTransaction& store, const DeviceLinkRecord& link, Time now) {
    const auto account = store.account(link.account);
    const auto newest = account ? store.card(account->card) : std::nullopt;
    const auto note = SignedNote::parse(link.note);
    const auto asked = note ? parse_link(*note) : Result<Link>(note.error());
    if (newest && asked) {
        const auto card = read_card(std::string_view(newest->note));
        if (card && card->card.device(asked->key) != nullptr)
            return {kLinked, newest->note};
    }
    if (link.state == kRefused)
        return {kRefused, {}};
    return {link.expires <= now ? "expired" : kWaiting, {}};
}

json::object link_object(ReadTransaction& store, const DeviceLinkRecord& link, Time now) {
    json::object object;
    object["id"] = link.id;
    object["code-id"] = link.id;
    object["state"] = standing_of(store, link, now).state;
    object["link"] = text_or_null(link.note);
    object["expires"] = format_time(link.expires);
    return object;
}

class DeviceLinkSet final : public ObjectSet {
  public:
    explicit DeviceLinkSet(WriteContext& context) : context_(context) {}

    ObjectType type() const override { return ObjectType::device; }

    OrSetError<json::object> create(const json::object& object) override {
        const Properties properties(object, {});
        if (!properties.good())
            return properties.error();
        const auto now = context_.call.now();
        const auto day = now.time_since_epoch() / std::chrono::days(1);
        if (context_.store.count("links/" + std::to_string(context_.account()), day, 1) >
            static_cast<std::int64_t>(context_.call.limits().links_in_day.get()))
            return refuse(SetErrorType::rate_limit, "too many for a day");
        DeviceLinkRecord link;
        link.id = random_link_id(context_.call.services->random);
        link.account = context_.account();
        link.state = kWaiting;
        link.expires = now + context_.call.limits().link_life.get();
        if (context_.store.device_link(link.id))
            return refuse(SetErrorType::server_fail, "try again");
        context_.store.put_device_link(link);
        return link_object(context_.store, link, now);
    }

    OrSetError<json::object> update(const std::string& id, const json::object& patch) override {
        static constexpr std::string_view kState[] = {"state"};
        Properties properties(patch, kState);
        if (properties.required_text("state", 16) != kRefused)
            properties.bad("state", "can only become \"refused\"");
        if (!properties.good())
            return properties.error();
        if (auto done = destroy(id); !done)
            return std::unexpected(done.error());
        return json::object();
    }

    // Refused: the new device is told, and the place is gone for any other.
    OrSetError<void> destroy(const std::string& id) override {
        auto link = context_.store.device_link(id);
        if (!link || link->account != context_.account())
            return refuse(SetErrorType::not_found);
        link->state = kRefused;
        context_.store.put_device_link(*link);
        return {};
    }

  private:
    WriteContext& context_;
};

/// What the new device sends.
struct PostedLink {
    std::string id;
    std::string note;
    Link link;
};

Result<PostedLink> read_posted(ByteView body, Time now) {
    PostedLink posted;
    for (Part& part : TRY(parse_row(as_text(body), link_rules())))
        (part.name == "id" ? posted.id : posted.note) = std::move(part.octets);
    const auto note = TRY(SignedNote::parse(posted.note));
    posted.link = TRY(parse_link(note));
    TRY(check_times(posted.link, now));
    return posted;
}

// The first note that comes stays; the same one again is no error.
Result<void> put_note(WriteTransaction& store, const PostedLink& posted, Time now) {
    auto link = store.device_link(posted.id);
    if (!link || link->expires <= now || link->state != kWaiting)
        return fail(ErrorKind::not_found, "id", "is not waiting for a device");
    const auto account = store.account(link->account);
    if (!account || account->address != posted.link.address.text())
        return fail(ErrorKind::not_found, "id", "is not waiting for a device");
    if (link->note == posted.note)
        return {};
    if (!link->note.empty())
        return fail(ErrorKind::conflict, "link", "another device was there first");
    link->note = posted.note;
    store.put_device_link(*link);
    return {};
}

}  // namespace

Result<json::object> device_link_get(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(jmap::read_get(
        arguments, {.properties = kProperties, .most = context.call.limits().objects_in_get}));
    if (!asked.ids)
        return jmap::fail_method(jmap::MethodError::invalid_arguments, "ids: name them");
    json::array list;
    std::vector<std::string> not_found;
    for (const std::string& id : *asked.ids) {
        const auto link = context.store.device_link(id);
        if (!link || link->account != context.account()) {
            not_found.push_back(id);
            continue;
        }
        auto object = link_object(context.store, *link, context.call.now());
        jmap::select_properties(object, asked);
        list.push_back(std::move(object));
    }
    auto state = type_state(context.store, context.account(), ObjectType::device);
    return jmap::get_response(asked, std::move(state), std::move(list), not_found);
}

Result<json::object> device_link_set(WriteContext& context, const json::object& arguments) {
    DeviceLinkSet set(context);
    auto response =
        run_set(context, arguments, set, {.most = context.call.limits().objects_in_set});
    context.changed.clear();  // a place to wait is no device
    return response;
}

awaitable<HttpResponse> post_link(const ClientServices* services,
                                  std::shared_ptr<HttpRequest> request) {
    const auto body = co_await request->body->read_all(2 * kMaxNote);
    if (!body)
        co_return problem_answer(body.error());
    const auto now = services->clock.now();
    auto read = [&body, now] { return read_posted(*body, now); };
    const auto posted = co_await run(services->workers, std::move(read));
    if (!posted)
        co_return problem_answer(Problem::malformed,
                                 posted.error().where + ": " + posted.error().detail);
    auto write = [&posted, now](WriteTransaction& store) { return put_note(store, *posted, now); };
    const auto done = co_await write_store(&services->store, std::move(write), Store::Adds::yes);
    if (!done && done.error().kind == ErrorKind::not_found)
        co_return problem_answer(Problem::not_found, done.error().detail);
    if (!done && done.error().kind == ErrorKind::conflict)
        co_return problem_answer(Problem::refused, done.error().detail);
    if (!done)
        co_return problem_answer(done.error());
    co_return json_answer(201, {{"state", kWaiting}});
}

awaitable<HttpResponse> get_link(const ClientServices* services, std::string id) {
    const auto now = services->clock.now();
    auto ask = [&id, now](ReadTransaction& store) -> Result<LinkStanding> {
        const auto link = store.device_link(id);
        if (!link)
            return fail(ErrorKind::not_found, "id", "there is no such link");
        return standing_of(store, *link, now);
    };
    const auto standing = co_await ask_store(services, std::move(ask));
    if (!standing && standing.error().kind == ErrorKind::not_found)
        co_return problem_answer(Problem::not_found, standing.error().detail);
    if (!standing)
        co_return problem_answer(standing.error());
    co_return json_answer(200,
                          {{"state", standing->state}, {"card", text_or_null(standing->card)}});
}

}  // namespace kith
