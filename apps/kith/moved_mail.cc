#include "kith/moved_mail.h"

#include "identity/move_check.h"
#include "kith/list_home.h"
#include "kith/mail_rows.h"
#include "kith/opened_mail.h"
#include "kith/outbox.h"

namespace kith {
namespace {

constexpr int kMostMoves = 3;  // of one recipient, while one message is on its way

bool has_moved(const json::object& recipient) {
    return text_at(recipient, "state") == "refused" &&
           text_at(object_at(recipient, "answer"), "type") == "moved";
}

// The same on every device, and however often it is begun.
std::string id_of_what_goes_on(const std::string& stub_id, const Address& from) {
    return sha256("kith/1 moved\n" + stub_id + "\n" + from.text() + "\n").hex_text().substr(0, 32);
}

// Who is at the new address must be whom was written to: their root is pinned there, too.
Result<Address> follow(Person& person, const Address& from, const json::object& recipient) {
    const auto known = TRY(person.cards().get(from));
    const auto to =
        TRY(moved_to(known.chain, from, text_at(object_at(recipient, "answer"), "card")));
    const auto pin = person.pin_of(from);
    if (pin && pin->root != known.chain.root())
        return fail(ErrorKind::untrusted, from.text(), "is not whom you know at this address");
    if (!person.pin_of(to))
        TRY(person.pin(
            to, pin.value_or(Pin{.root = known.chain.root(), .since = person.clock().now()})));
    return to;
}

Result<Outgoing> as_it_goes_on(Person& person,
                               const json::object& email,
                               const json::object& recipient,
                               const Address& from) {
    const Address to = TRY(follow(person, from, recipient));
    const json::object& kith = object_at(email, "kith");
    const OpenedMail opened = TRY(open_email(person, email));
    Outgoing outgoing;
    outgoing.id = id_of_what_goes_on(text_at(kith, "stubId"), from);
    outgoing.time = person.clock().now();
    Recipient there;
    there.to.address = to;
    there.as = flag_at(recipient, "bcc") ? Recipient::As::bcc : Recipient::As::to;
    outgoing.recipients.push_back(std::move(there));
    outgoing.message = readdressed(opened.message, from, to);
    const auto view = TRY(parse_message(outgoing.message));
    outgoing.subject = view.subject();
    outgoing.preview = make_preview(view.subject(), view.text());
    outgoing.answers = text_at(kith, "answers");
    return outgoing;
}

class MovedMail {
  public:
    MovedMail(Person& person, const std::optional<WaitWish>& wait) : person_(person), wait_(wait) {}

    Result<json::array> recipients(const json::object& submission) {
        json::array rows = recipients_of(submission);
        std::optional<json::object> email;
        for (json::value& row : rows) {
            if (!has_moved(row.get_object()) || moves_ == kMostMoves)
                continue;
            if (!email) {
                const auto found = TRY(get_emails(person_, {text_at(submission, "emailId")}));
                if (found.empty())
                    return rows;
                email = found.front();
            }
            if (auto there = send_on(*email, row.get_object()))
                row = *std::move(there);
            else
                print_notice(text_at(row.get_object(), "address") +
                             " has moved, and cannot be followed: " + sentence_of(there.error()));
        }
        return rows;
    }

  private:
    Result<json::object> send_on(const json::object& email, const json::object& recipient) {
        const Address from = TRY(Address::parse(text_at(recipient, "address")));
        const Outgoing outgoing = TRY(as_it_goes_on(person_, email, recipient, from));
        const auto gone = submit(person_, outgoing, Attempt::again);
        if (!gone && goes_later(gone.error())) {
            TRY(outbox_of(person_).put(outgoing));
            return json::object{{"address", outgoing.recipients.front().to.text()},
                                {"bcc", flag_at(recipient, "bcc")},
                                {"state", "queued"},
                                {"attempts", 0},
                                {"movedFrom", from.text()}};
        }
        if (!gone)
            return gone.error();
        const auto submission =
            wait_ ? TRY(wait_for_fate(person_, outgoing.id, gone->submission, *wait_))
                  : TRY(submission_of(person_, gone->submission));
        ++moves_;
        auto rows = TRY(recipients(submission));
        --moves_;
        if (rows.empty())
            return fail(ErrorKind::not_found, "message", "is not under way");
        json::object row = std::move(rows.front().get_object());
        row["movedFrom"] = from.text();
        return row;
    }

    Person& person_;
    const std::optional<WaitWish>& wait_;
    int moves_ = 0;
};

}  // namespace

Result<json::array> recipients_where_they_are(Person& person,
                                              const json::object& submission,
                                              const std::optional<WaitWish>& wait) {
    // A list follows its readers by itself, with the posts that it keeps for them.
    if (ListHome::open(person.home()))
        return recipients_of(submission);
    return MovedMail(person, wait).recipients(submission);
}

}  // namespace kith
