#include "kith/own_standing.h"

#include <algorithm>

#include "identity/keystate.h"
#include "kith/submission.h"
#include "note/stub.h"

namespace kith {
namespace {

constexpr std::size_t kSubmissionsAtOnce = 100;

std::string said(std::size_t count, const char* what) {
    return std::to_string(count) + (count == 1 ? " recipient says" : " recipients say") + what;
}

Result<WaitingStub> read_waiting(const KnownPerson& own,
                                 const json::object& status,
                                 const std::string& email) {
    const Card& card = own.card();
    std::vector<NamedKey> keys;
    for (const CardDevice& device : card.devices)
        keys.push_back({card.key_name(device.name), device.key});
    const auto note = TRY(SignedNote::parse(text_at(status, "stub")));
    const auto stub = TRY(parse_stub(note));
    const auto signers = verify_note(note, keys);
    if (!signers)
        return fail(ErrorKind::untrusted,
                    stub.to.text(),
                    "what waits for them was signed by no device of yours: `kith sent ID --cancel` "
                    "takes it back");
    return WaitingStub{.id = stub.id,
                       .email = email,
                       .address = stub.to.text(),
                       .device = card.devices[signers->front()].name,
                       .expires = text_at(status, "expires"),
                       .hash = note.hash()};
}

}  // namespace

Result<OwnStanding> own_standing(Person& person) {
    const auto answer = TRY(person.server().call("Alarm/get", {{"ids", nullptr}}));
    return OwnStanding{.alarms = array_at(answer, "list"),
                       .reports = array_at(answer, "reports"),
                       .challenged = flag_at(answer, "challenged"),
                       .unconfirmed = texts_at(answer, "unconfirmed")};
}

std::string sentence_of_reports(const json::array& reports) {
    const auto all = objects_in(reports);
    const auto unwanted = static_cast<std::size_t>(std::ranges::count_if(
        all, [](const json::object* each) { return text_at(*each, "outcome") == "unwanted"; }));
    const std::size_t hacked = all.size() - unwanted;
    std::string sentence;
    if (unwanted > 0)
        sentence = said(unwanted, " that mail of yours is unwanted");
    if (hacked > 0)
        sentence += (sentence.empty() ? "" : ", ") +
                    said(hacked, " that somebody else seems to write as you");
    return sentence;
}

Result<std::vector<WaitingStub>> waiting_stubs(Person& person,
                                               const KnownPerson& own,
                                               const OwnStanding& standing) {
    std::vector<WaitingStub> waiting;
    const auto& ids = standing.unconfirmed;
    for (std::size_t at = 0; at < ids.size(); at += kSubmissionsAtOnce) {
        json::array some;
        for (std::size_t i = at; i < std::min(ids.size(), at + kSubmissionsAtOnce); ++i)
            some.emplace_back(ids[i]);
        const auto answer = TRY(person.server().call("EmailSubmission/get", {{"ids", some}}));
        for (const json::object* submission : objects_in(array_at(answer, "list")))
            for (const auto& member : object_at(*submission, "deliveryStatus"))
                if (const auto* status = member.value().if_object();
                    status != nullptr && text_at(*status, "state") == "unconfirmed")
                    waiting.push_back(
                        TRY(read_waiting(own, *status, text_at(*submission, "emailId"))));
    }
    return waiting;
}

std::vector<std::string> speaking_devices(const KnownPerson& own, Time now) {
    std::vector<std::string> names;
    for (const CardDevice& device : own.card().devices)
        if (key_state(own.chain, device.key, now).standing == KeyStanding::active)
            names.push_back(device.name);
    return names;
}

}  // namespace kith
