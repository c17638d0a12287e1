#include "server/admin.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "crypto/hash.h"
#include "delivery/new_threads.h"
#include "delivery/smtp_inbound.h"
#include "note/address.h"
#include "note/card.h"
#include "server/admin_load.h"
#include "server/admin_log.h"
#include "server/admin_socket.h"
#include "server/backup.h"
#include "server/keys.h"

namespace kith {
namespace {
namespace json = boost::json;

constexpr std::size_t kCodeOctets = 10;
constexpr std::int64_t kQueueRows = 100;
constexpr std::int64_t kMostQueueRows = 10'000;
constexpr std::int64_t kMostThreads = 10'000'000;  ///< as limits.new_threads_an_hour

std::string text_of(const json::object& request, std::string_view name) {
    const json::value* value = request.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

Result<std::string> needed(const json::object& request, std::string_view name) {
    auto text = text_of(request, name);
    if (text.empty())
        return fail(ErrorKind::malformed, std::string(name), "is needed");
    return text;
}

// "alice" is alice@ the server's domain.
Result<Address> address_here(const ServerContext& context, const std::string& text) {
    const bool bare = !text.contains('@');
    const Address address = TRY(Address::parse(bare ? text + "@" + context.config.domain : text));
    if (address.domain() != context.config.domain)
        return fail(ErrorKind::malformed, text, "is not an address of " + context.config.domain);
    return address;
}

Result<AccountRecord> find_account(const ServerContext& context,
                                   ReadTransaction& read,
                                   const std::string& text) {
    const Address address = TRY(address_here(context, text));
    const auto account = read.account(address.text());
    if (!account)
        return fail(ErrorKind::not_found, address.text(), "there is no such account");
    return *account;
}

const char* name_of(AccountRecord::State state) {
    switch (state) {
        case AccountRecord::State::active:
            return "active";
        case AccountRecord::State::disabled:
            return "disabled";
        case AccountRecord::State::removed:
            return "removed";
    }
    return "";
}

const char* name_of(RecipientState state) {
    return state == RecipientState::sending ? "sending" : "queued";
}

// --- accounts

json::value invitation_json(const std::string& code, const InvitationRecord& record) {
    const bool bound = !record.address.empty();
    return {{"code", code},
            {"address", bound ? json::value(record.address) : json::value(nullptr)},
            {"expires", format_time(record.expires)}};
}

// `known`: a code given before for that address; while it is good it is given again.
Result<json::value> create_invitation(ServerContext& context, const json::object& request) {
    const std::string wish = text_of(request, "address");
    const std::string known = text_of(request, "known");
    const Time now = context.clock.now();
    std::string address;
    if (!wish.empty()) {
        address = TRY(address_here(context, wish)).text();
        const auto read = context.store.read();
        if (read->account(address))
            return fail(ErrorKind::conflict, address, "has an account already");
        const auto before = read->invitation(sha256(known));
        if (!known.empty() && before && before->address == address && before->expires > now)
            return invitation_json(known, *before);
    }
    const std::string code = base32(context.random.array<kCodeOctets>());
    const InvitationRecord record{.code = sha256(code),
                                  .address = address,
                                  .created = now,
                                  .expires = now + context.config.clients.invitation_lifetime};
    TRY(context.store.write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.add_invitation(record);
        return {};
    }));
    return invitation_json(code, record);
}

// Null: the server's limit (limits.new_threads_an_hour).
json::value threads_json(ReadTransaction& read, AccountId account) {
    const auto number = threads_an_hour(read, account);
    return number ? json::value(*number) : json::value(nullptr);
}

// Null: the server's choice (smtp.strangers).
json::value strangers_json(ReadTransaction& read, AccountId account) {
    const auto choice = chosen_strangers(read, account);
    return choice ? json::value(name_of(*choice)) : json::value(nullptr);
}

Result<json::value> list_accounts(ServerContext& context, const json::object& /*request*/) {
    const auto read = context.store.read();
    json::array rows;
    for (const AccountRecord& account : read->accounts())
        rows.push_back(json::object{{"address", account.address},
                                    {"state", name_of(account.state)},
                                    {"created", format_time(account.created)},
                                    {"usedOctets", account.used_octets},
                                    {"threadsAnHour", threads_json(*read, account.id)},
                                    {"smtpStrangers", strangers_json(*read, account.id)},
                                    {"root", account.root.text()}});
    return json::value(std::move(rows));
}

Result<void> end_sessions(WriteTransaction& write, const AccountRecord& account) {
    const auto record = write.card(account.card);
    if (!record)
        return {};
    const SignedCard card = TRY(read_card(record->note));
    for (const CardDevice& device : card.card.devices)
        write.remove_sessions(account.id, device.name);
    return {};
}

Result<json::value> set_state(ServerContext& context,
                              const json::object& request,
                              AccountRecord::State state) {
    const std::string wish = TRY(needed(request, "address"));
    AccountRecord account;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        account = TRY(find_account(context, write, wish));
        if (state == AccountRecord::State::active) {
            write.set_account_state(account.id, state);
            return {};
        }
        TRY(end_sessions(write, account));
        if (state == AccountRecord::State::removed)
            write.remove_account(account.id);
        else
            write.set_account_state(account.id, state);
        return {};
    };
    TRY(context.store.write_and_wait(std::move(work), Store::Adds::no));
    if (context.running != nullptr && state != AccountRecord::State::active)
        context.running->end_account(account.id);
    return json::value{{"address", account.address}, {"state", name_of(state)}};
}

Result<json::value> disable_account(ServerContext& context, const json::object& request) {
    return set_state(context, request, AccountRecord::State::disabled);
}
Result<json::value> enable_account(ServerContext& context, const json::object& request) {
    return set_state(context, request, AccountRecord::State::active);
}
Result<json::value> remove_account(ServerContext& context, const json::object& request) {
    return set_state(context, request, AccountRecord::State::removed);
}

Result<json::value> set_account_threads(ServerContext& context, const json::object& request) {
    const std::string wish = TRY(needed(request, "address"));
    std::optional<std::uint64_t> number;
    if (const json::value* wanted = request.if_contains("number")) {
        if (!wanted->is_int64() || wanted->get_int64() < 1 || wanted->get_int64() > kMostThreads)
            return fail(
                ErrorKind::malformed, "number", fmt::format("must be 1 to {}", kMostThreads));
        number = static_cast<std::uint64_t>(wanted->get_int64());
    }
    AccountRecord account;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        account = TRY(find_account(context, write, wish));
        set_threads_an_hour(write, account.id, number);
        return {};
    };
    TRY(context.store.write_and_wait(std::move(work), Store::Adds::no));
    const auto read = context.store.read();
    return json::value{{"address", account.address},
                       {"threadsAnHour", threads_json(*read, account.id)}};
}

// What of mail by SMTP is there to choose; `challenge` and `filter` have nothing behind them yet.
Result<json::value> set_account_strangers(ServerContext& context, const json::object& request) {
    const std::string wish = TRY(needed(request, "address"));
    std::optional<SmtpStrangers> choice;
    if (request.contains("choice")) {
        const std::string word = TRY(needed(request, "choice"));
        choice = TRY(parse_smtp_strangers(word));
        if (choice != SmtpStrangers::hold && choice != SmtpStrangers::refuse)
            return fail(ErrorKind::malformed, "choice", "must be hold or refuse");
    }
    AccountRecord account;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        account = TRY(find_account(context, write, wish));
        choose_strangers(write, account.id, choice);
        return {};
    };
    TRY(context.store.write_and_wait(std::move(work), Store::Adds::no));
    const auto read = context.store.read();
    return json::value{{"address", account.address},
                       {"smtpStrangers", strangers_json(*read, account.id)}};
}

// --- queue

// The soonest first, at most `limit` of them; and how many there are.
Result<json::value> list_queue(ServerContext& context, const json::object& request) {
    std::int64_t limit = kQueueRows;
    if (const json::value* wish = request.if_contains("limit")) {
        if (!wish->is_int64() || wish->get_int64() < 1 || wish->get_int64() > kMostQueueRows)
            return fail(
                ErrorKind::malformed, "limit", fmt::format("must be 1 to {}", kMostQueueRows));
        limit = wish->get_int64();
    }
    const auto read = context.store.read();
    json::array rows;
    for (const RecipientRecord& row : read->queue(limit)) {
        const auto account = read->account(row.account);
        rows.push_back(json::object{{"id", std::to_string(row.id)},
                                    {"from", account ? account->address : ""},
                                    {"to", row.address},
                                    {"state", name_of(row.state)},
                                    {"attempts", row.attempts},
                                    {"nextAttempt", format_time(row.next_attempt)},
                                    {"expires", format_time(row.expires)},
                                    {"answer", row.answer}});
    }
    return json::value{{"rows", std::move(rows)}, {"total", read->queue_size()}};
}

// The row with that ID, if it waits.
Result<RecipientRecord> waiting_row(ReadTransaction& read, const std::string& id) {
    const auto number = parse_decimal(id, INT64_MAX);
    const auto row = number ? read.recipient(static_cast<std::int64_t>(*number)) : std::nullopt;
    if (!row || (row->state != RecipientState::queued && row->state != RecipientState::sending))
        return fail(ErrorKind::not_found, id, "nothing with this ID waits; see `kithd queue list`");
    return *row;
}

void tell(ServerContext& context, const std::map<AccountId, ModSeq>& changed) {
    if (context.running == nullptr)
        return;
    for (const auto& [account, state] : changed)
        context.running->changed(account, {ObjectType::submission}, state);
    context.running->retry_queue();
}

Result<json::value> retry_queue(ServerContext& context, const json::object& request) {
    const std::string id = text_of(request, "id");
    std::map<AccountId, ModSeq> changed;
    std::int64_t count = 0;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        std::vector<RecipientRecord> rows;
        if (id.empty())
            rows = write.queue(INT64_MAX);
        else
            rows.push_back(TRY(waiting_row(write, id)));
        for (RecipientRecord& row : rows) {
            if (row.state != RecipientState::queued)
                continue;
            row.next_attempt = context.clock.now();
            write.update_recipient(row);
            changed[row.account] = write.modseq(row.account);
            ++count;
        }
        return {};
    };
    TRY(context.store.write_and_wait(std::move(work), Store::Adds::no));
    tell(context, changed);
    return json::value{{"retried", count}};
}

Result<json::value> drop_queued(ServerContext& context, const json::object& request) {
    const std::string id = TRY(needed(request, "id"));
    std::map<AccountId, ModSeq> changed;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        RecipientRecord row = TRY(waiting_row(write, id));
        row.state = RecipientState::failed;
        row.updated = context.clock.now();
        row.answer = json::serialize(json::object{
            {"type", "dropped"}, {"detail", "given up by the administrator of the server"}});
        write.update_recipient(row);
        changed[row.account] = write.modseq(row.account);
        return {};
    };
    TRY(context.store.write_and_wait(std::move(work), Store::Adds::no));
    tell(context, changed);
    return json::value{{"dropped", id}};
}

// --- upkeep

Result<json::value> status(ServerContext& context, const json::object& /*request*/) {
    const auto read = context.store.read();
    json::object out{{"domain", context.config.domain},
                     {"running", context.running != nullptr},
                     {"accounts", read->accounts().size()},
                     {"queued", read->queue_size()}};
    if (context.running != nullptr) {
        const auto now = context.running->status();
        out["since"] = format_time(now.since);
        out["connections"] = now.connections;
        out["requests"] = now.requests;
        out["store"] = now.store;
    }
    return json::value(std::move(out));
}

Result<json::value> reload(ServerContext& context, const json::object& /*request*/) {
    if (context.running == nullptr)
        return fail(ErrorKind::unavailable, "reload", "no kithd runs here");
    const ConfigChanges changes = TRY(context.running->reload());
    const auto list = [](const std::vector<std::string>& keys) {
        return json::array(keys.begin(), keys.end());
    };
    return json::value{{"reloaded", true},
                       {"changed", list(changes.taken)},
                       {"needRestart", list(changes.need_restart)}};
}

Result<json::value> backup(ServerContext& context, const json::object& request) {
    const std::string folder = TRY(needed(request, "folder"));
    if (!std::filesystem::path(folder).is_absolute())
        return fail(ErrorKind::malformed, folder, "must be a whole path, from the root on");
    TRY(make_backup(context.config, context.store, folder));
    return json::value{{"folder", folder}};
}

Result<json::value> check_store(ServerContext& context, const json::object& /*request*/) {
    const auto census = TRY(context.store.check());
    return json::value{{"summary",
                        fmt::format("{} accounts, {} messages, {} bodies, {} queued: consistent",
                                    census.accounts,
                                    census.messages,
                                    census.blobs,
                                    census.queued)},
                       {"accounts", census.accounts},
                       {"messages", census.messages},
                       {"blobs", census.blobs},
                       {"queued", census.queued}};
}

struct Call {
    std::string_view name;
    Result<json::value> (*run)(ServerContext&, const json::object&);
};
constexpr Call kCalls[] = {{"invitation.create", create_invitation},
                           {"account.list", list_accounts},
                           {"account.disable", disable_account},
                           {"account.enable", enable_account},
                           {"account.remove", remove_account},
                           {"account.threads", set_account_threads},
                           {"account.strangers", set_account_strangers},
                           {"queue.list", list_queue},
                           {"queue.retry", retry_queue},
                           {"queue.drop", drop_queued},
                           {"status", status},
                           {"load", show_load},
                           {"reload", reload},
                           {"backup", backup},
                           {"store.check", check_store},
                           {"log.verify", verify_own_log},
                           {"log.list", list_known_logs},
                           {"log.evidence", show_log_evidence},
                           {"log.forgive", forgive_log}};

}  // namespace

Result<json::value> run_admin_call(ServerContext& context, const json::object& request) {
    const std::string name = text_of(request, "call");
    for (const Call& call : kCalls)
        if (call.name == name)
            return call.run(context, request);
    return fail(ErrorKind::malformed, "call", "there is no call " + name);
}

Result<json::value> call_admin(const Config& config, const json::object& request) {
    auto answer = ask_admin_socket(config.admin_socket(), request);
    // Nobody listens: then the store is ours for this one call.
    if (answer || answer.error().kind != ErrorKind::unavailable)
        return answer;
    if (text_of(request, "call") == "reload")
        return fail(ErrorKind::unavailable, "reload", "no kithd runs here");
    SystemRandom random;
    TRY(complete_keys(config.keys_dir(), random));
    if (text_of(request, "call") == "load")
        return fail(ErrorKind::unavailable, "top", "no kithd runs here");
    // Only the first invitation makes a store: anything else would find an empty one good.
    const bool begins = text_of(request, "call") == "invitation.create";
    if (!missing_keys(config.keys_dir()).empty() ||
        (!begins && !std::filesystem::exists(config.store_dir())))
        return fail(
            ErrorKind::not_found,
            config.data_dir,
            "is not set up: run `kithd quickstart " + config.domain + "`, or restore a backup");
    auto store = TRY(open_store(
        {.folder = config.store_dir(), .min_free_octets = config.limits.min_free_octets}));
    const SystemClock clock;
    ServerContext context{config, *store, clock, random};
    return run_admin_call(context, request);
}

namespace {

// Whatever an administrator asks for, the server goes on.
Result<json::value> run_safely(ServerContext& context, const json::object& request) {
    try {
        return run_admin_call(context, request);
    } catch (const std::exception& error) {
        return fail(ErrorKind::io, "kithd", error.what());
    }
}

}  // namespace

std::string answer_admin_line(ServerContext& context, std::string_view line) {
    boost::system::error_code bad;
    const json::value parsed = json::parse(line, bad);
    Result<json::value> answer = fail(ErrorKind::malformed, "request", "is not a JSON object");
    if (!bad && parsed.is_object())
        answer = run_safely(context, parsed.get_object());
    if (answer)
        return json::serialize(json::object{{"ok", *answer}});
    const Error& error = answer.error();
    return json::serialize(json::object{
        {"error",
         {{"kind", kith::name_of(error.kind)}, {"where", error.where}, {"detail", error.detail}}}});
}

}  // namespace kith
