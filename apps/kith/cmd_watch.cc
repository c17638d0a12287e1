// watch: says what happens, and hands over what is queued.
#include <optional>
#include <set>
#include <utility>

#include "kith/commands.h"
#include "kith/interrupt.h"
#include "kith/key_notices.h"
#include "kith/log_audit.h"
#include "kith/mail_rows.h"
#include "kith/moved_mail.h"
#include "kith/outbox.h"
#include "kith/push_listening.h"
#include "kith/raising.h"

namespace kith {
namespace {

constexpr auto kAuditEvery = std::chrono::hours(24);
constexpr auto kAuditAgain = std::chrono::minutes(10);

/// Which states were told so far, and what changed since.
class Watcher {
  public:
    explicit Watcher(Person& person)
        : person_(person), raiser_(person, {}, [this](const auto& news) { print_news(news); }) {}

    /// Errors: the server's; nothing when interrupted.
    Result<void> run() {
        const PushWork work{.types = "Email,EmailSubmission,Contact,Card",
                            .prepare = [this]() -> Result<void> {
                                TRY(learn_states());
                                return audit();
                            },
                            .begin = [this](bool first) { return begin(first); },
                            .heard = [this](bool changes) -> Result<void> {
                                flush_outbox(person_);
                                return changes ? tell() : Result<void>();
                            },
                            .meanwhile =
                                [this] {
                                    raise();
                                    return audit();
                                }};
        return listen_to_push(person_, work);
    }

  private:
    Result<void> begin(bool first) {
        if (first && !person_.terminal().json)
            print_notice("watching " + person_.address().text() + "; Ctrl-C ends it");
        flush_outbox(person_);
        // What came between the states and the stream's beginning.
        return tell();
    }

    // Once a day: does the directory log show anybody another card? A server without a log, or one
    // that cannot be read just now, is no news, and asked again soon.
    Result<void> audit() {
        const auto now = person_.clock().steady();
        if (next_audit_ && now < *next_audit_)
            return {};
        next_audit_ = now + kAuditEvery;
        const auto audit = audit_log(person_);
        if (!audit && (audit.error().kind == ErrorKind::not_found || may_pass(audit.error()))) {
            next_audit_ = now + kAuditAgain;
            return {};
        }
        if (!audit) {
            tell_audit(sentence_of(audit.error()), "see `kith audit`", false);
            return {};
        }
        const auto frozen = freeze_on(person_, *audit);
        if (!frozen)
            next_audit_ = now + kAuditAgain;
        if (audit->is_clean())
            return {};
        tell_audit(audit->foreign.empty() ? audit->trouble
                                          : "your domain's directory log shows a card of you that "
                                            "your devices did not make",
                   !frozen   ? "it could not be frozen: " + sentence_of(frozen.error())
                   : *frozen ? "the account is frozen"
                             : "see `kith audit`",
                   frozen && *frozen);
        return {};
    }

    void tell_audit(const std::string& sentence, const std::string& done, bool frozen) {
        if (person_.terminal().json)
            print_json({{"event", "log"}, {"detail", sentence}, {"frozen", frozen}});
        else
            print_line(person_.terminal().styled(Style::bad, "log     ") + printable(sentence) +
                       ": " + printable(done));
        fflush(stdout);
    }

    // Stamps of what waits for its turn, once a day.
    void raise() {
        raiser_.look_for_work();
        if (const auto done = raiser_.step(); !done && !InterruptGuard::flag())
            print_notice(sentence_of(done.error()));
    }

    void print_news(const RaiseNews& news) {
        if (person_.terminal().json)
            print_json({{"event", name_of(news.what)},
                        {"id", news.id},
                        {"address", news.address},
                        {"effort", news.to}});
        else
            print_line("request " + news.id.substr(0, 8) + "  " + printable(news.address) + "  " +
                       sentence_of(news));
        fflush(stdout);
    }

    // The first time there is nothing to tell: what is there already is in the lists.
    Result<void> learn_states() {
        if (!email_state_.empty())
            return {};
        std::vector<JmapCall> calls;
        calls.push_back({"Email/get", {{"ids", json::array()}}});
        calls.push_back({"EmailSubmission/get", {{"ids", json::array()}}});
        const auto answers = TRY(person_.server().call(std::move(calls)));
        email_state_ = text_at(answers[0], "state");
        submission_state_ = text_at(answers[1], "state");
        for (const KeyNotice& notice : TRY(key_notices(person_)))
            known_notices_.insert(key_of(notice));
        own_trouble_ = own_trouble(person_).value_or("");
        return {};
    }

    Result<void> tell() {
        TRY(tell_emails());
        TRY(tell_keys());
        return tell_submissions();
    }

    Result<void> tell_keys() {
        for (const KeyNotice& notice : TRY(key_notices(person_))) {
            if (!known_notices_.insert(key_of(notice)).second)
                continue;
            if (person_.terminal().json && !notice.trouble.empty())
                print_json({{"event", "key-trouble"},
                            {"address", notice.address},
                            {"what", notice.trouble},
                            {"since", notice.since}});
            else if (person_.terminal().json)
                print_json({{"event", "key-replaced"},
                            {"address", notice.address},
                            {"since", notice.since},
                            {"takenBack", notice.taken_back}});
            else
                print_line(person_.terminal().styled(Style::warning, "keys    ") +
                           printable(notice.sentence()));
            fflush(stdout);
        }
        tell_own_trouble();
        return {};
    }

    void tell_own_trouble() {
        const std::string now = own_trouble(person_).value_or("");
        if (std::exchange(own_trouble_, now) == now || now.empty())
            return;
        if (person_.terminal().json)
            print_json({{"event", "own-keys"}, {"text", now}});
        else
            print_line(person_.terminal().styled(Style::bad, "keys    ") + now);
        fflush(stdout);
    }

    static std::string key_of(const KeyNotice& notice) {
        return notice.address + " " + notice.at + " " + notice.trouble;
    }

    Result<void> tell_emails() {
        for (bool more = true; more;) {
            const auto changes =
                person_.server().call("Email/changes", {{"sinceState", email_state_}});
            if (!changes && changes.error().where == "cannotCalculateChanges") {
                email_state_.clear();
                return learn_states();
            }
            if (!changes)
                return changes.error();
            email_state_ = text_at(*changes, "newState");
            more = flag_at(*changes, "hasMoreChanges");
            for (const json::object& email :
                 TRY(get_emails(person_, texts_at(*changes, "created"))))
                tell_email(email);
        }
        return std::exchange(requests_, false) ? tell_requests() : Result<void>();
    }

    // Of strangers those whose day has come.
    Result<void> tell_requests() {
        const auto shown = TRY(person_.server().call("Request/show", {}));
        std::vector<std::string> ids;
        for (const json::object* one : objects_in(array_at(shown, "list")))
            ids.push_back(text_at(*one, "id"));
        for (const json::object& email : TRY(get_emails(person_, ids)))
            print_email(row_of(person_, email));
        return {};
    }

    // Nobody is called for what is batched: it is mentioned with the next message that is told.
    void tell_email(const json::object& email) {
        const json::object& kith = object_at(email, "kith");
        if (text_at(kith, "tier") == "own")
            return;
        if (flag_at(kith, "batched")) {
            ++batched_;
            return;
        }
        if (text_at(kith, "state") == "held") {
            requests_ = true;
            return;
        }
        print_email(row_of(person_, email));
        print_batched();
    }

    void print_batched() {
        if (batched_ == 0)
            return;
        if (person_.terminal().json)
            print_json({{"event", "batched"}, {"count", batched_}});
        else
            print_line("batched " + std::to_string(batched_) + " more; kith inbox shows them");
        fflush(stdout);
        batched_ = 0;
    }

    Result<void> tell_submissions() {
        const auto changes =
            person_.server().call("EmailSubmission/changes", {{"sinceState", submission_state_}});
        if (!changes && changes.error().where == "cannotCalculateChanges") {
            email_state_.clear();
            return learn_states();
        }
        if (!changes)
            return changes.error();
        submission_state_ = text_at(*changes, "newState");
        for (const char* kind : {"created", "updated"})
            for (const std::string& id : texts_at(*changes, kind))
                if (const auto submission = submission_of(person_, id);
                    submission && (text_at(*submission, "undoStatus") != "pending" ||
                                   unconfirmed_in(recipients_of(*submission)) > 0))
                    TRY(print_submission(*submission));
        return {};
    }

    void print_email(json::object row) {
        const bool request = text_at(row, "state") == "held";
        if (person_.terminal().json) {
            row["event"] = request ? "request" : "message";
            print_json(std::move(row));
            return;
        }
        const auto& terminal = person_.terminal();
        print_line(terminal.styled(request ? Style::warning : Style::good,
                                   request ? "request " : "message ") +
                   text_at(row, "id").substr(0, 8) + "  " + printable(text_at(row, "from")) + "  " +
                   terminal.styled(Style::bold, printable(text_at(row, "subject"))));
        if (const auto warning = text_at(row, "warning"); !warning.empty())
            print_line(terminal.styled(Style::bad, "! " + printable(warning)));
        fflush(stdout);
    }

    Result<void> print_submission(const json::object& submission) {
        const auto emails = TRY(get_emails(person_, {text_at(submission, "emailId")}));
        if (emails.empty())
            return {};
        const auto row = row_of(person_, emails.front());
        const auto recipients = TRY(recipients_where_they_are(person_, submission, std::nullopt));
        for (const json::object* each : objects_in(recipients)) {
            if (person_.terminal().json) {
                json::object event{{"event", "outcome"},
                                   {"id", value_at(row, "id")},
                                   {"subject", value_at(row, "subject")},
                                   {"address", value_at(*each, "address")},
                                   {"state", value_at(*each, "state")},
                                   {"answer", value_at(*each, "answer")}};
                if (each->contains("movedFrom"))
                    event["movedFrom"] = value_at(*each, "movedFrom");
                print_json(std::move(event));
                continue;
            }
            print_line("sent    " + text_at(row, "id").substr(0, 8) + "  " +
                       printable(text_at(*each, "address") + "  " + text_at(*each, "state")));
        }
        fflush(stdout);
        return {};
    }

    Person& person_;
    Raiser raiser_;
    std::string email_state_;
    std::string submission_state_;
    std::string own_trouble_;
    std::set<std::string> known_notices_;  ///< told, or there before
    std::optional<std::chrono::steady_clock::time_point> next_audit_;
    bool requests_ = false;      ///< some came that were not looked at yet
    std::uint64_t batched_ = 0;  ///< that came and were not mentioned yet
};

}  // namespace

Outcome run_watch(Person& person) {
    TRY(Watcher(person).run());
    return ExitCode::done;
}

}  // namespace kith
