#include "kith/outbox.h"

#include <algorithm>
#include <chrono>

#include "crypto/age_stream.h"
#include "kith/exit_code.h"
#include "kith/files.h"
#include "kith/person.h"
#include "kith/submission.h"

namespace kith {
namespace {

constexpr std::string_view kEnding = ".age";

bool may_go_later(const Error& error) {
    return goes_later(error) ||
           (error.kind != ErrorKind::not_found && error.kind != ErrorKind::limit &&
            error.kind != ErrorKind::malformed && error.kind != ErrorKind::bad_signature);
}

// A recipient's domain that is away holds up its own message only; one's own server all of them.
bool server_takes_none(const Error& error) {
    return goes_later(error) && !error.where.contains('@');
}

// After "no more for now" commands stop trying for a while: each try uploads the message again.
constexpr auto kPauseWhenFull = std::chrono::minutes(5);

std::filesystem::path pause_mark(const Home& home) {
    return home.file("outbox") / "full";
}

bool pauses(const Home& home) {
    std::error_code error;
    const auto since = std::filesystem::last_write_time(pause_mark(home), error);
    const auto age = std::filesystem::file_time_type::clock::now() - since;
    return !error && age >= age.zero() && age < kPauseWhenFull;
}

void report(const OutboxFolder& outbox, const std::string& name, const Error& error) {
    if (may_go_later(error))
        print_notice("still queued: " + sentence_of(error));
    else if (outbox.set_aside(name))
        print_notice("cannot send what was queued (kept in outbox/refused/" + name +
                     "): " + sentence_of(error));
}

}  // namespace

Result<void> OutboxFolder::put(const Outgoing& outgoing) {
    const auto folder = TRY(home_.subfolder("outbox"));
    std::string name = format_time(outgoing.time) + "-" + outgoing.id + std::string(kEnding);
    std::erase(name, ':');
    const AgeRecipient self = keys_.identity.recipient();
    const Bytes sealed =
        seal_file(as_bytes(write_outgoing(outgoing)), std::span(&self, 1), random_);
    return write_private_file(folder / name, as_text(sealed));
}

std::vector<std::string> OutboxFolder::names() const {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator it(home_.file("outbox"), error), end;
         !error && it != end;
         it.increment(error))
        if (it->path().extension() == kEnding)
            names.push_back(it->path().filename().string());
    std::ranges::sort(names);
    return names;
}

Result<Outgoing> OutboxFolder::get(const std::string& name) const {
    const std::string sealed = TRY(read_private_file(home_.file("outbox") / name));
    const Bytes text = TRY(open_file(as_bytes(sealed), std::span(&keys_.identity, 1)));
    return parse_outgoing(as_text(text));
}

Result<void> OutboxFolder::remove(const std::string& name) const {
    return remove_file(home_.file("outbox") / name);
}

Result<void> OutboxFolder::set_aside(const std::string& name) const {
    const auto folder = TRY(home_.subfolder("outbox/refused"));
    std::error_code error;
    std::filesystem::rename(home_.file("outbox") / name, folder / name, error);
    if (error)
        return fail(ErrorKind::io, name, error.message());
    return {};
}

Result<FileLock> OutboxFolder::lock() const {
    TRY(home_.subfolder("outbox"));
    return FileLock::acquire(home_.file("outbox") / "lock", FileLock::Wait::no);
}

OutboxFolder outbox_of(Person& person) {
    return {person.home(), person.keys(), person.random()};
}

void flush_outbox(Person& person) {
    OutboxFolder outbox = outbox_of(person);
    if (outbox.names().empty() || pauses(person.home()))
        return;
    const auto lock = outbox.lock();
    if (!lock)
        return;
    for (const std::string& name : outbox.names()) {
        const auto outgoing = outbox.get(name);
        const auto sent = outgoing ? submit(person, *outgoing, Attempt::again)
                                   : Result<Submitted>(outgoing.error());
        if (!sent && server_takes_none(sent.error())) {
            if (sent.error().kind == ErrorKind::limit) {
                [[maybe_unused]] const auto marked =
                    write_private_file(pause_mark(person.home()), {});
            }
            return;
        }
        if (!sent) {
            report(outbox, name, sent.error());
            continue;
        }
        print_notice(
            "sent what was queued: '" + outgoing->subject + "'" +
            (sent->unconfirmed > 0 ? ", and it waits for confirmation: `kith confirm`" : ""));
        [[maybe_unused]] const auto removed = outbox.remove(name);
    }
}

}  // namespace kith
