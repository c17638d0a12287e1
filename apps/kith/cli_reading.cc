// Verbs that read: what has come, what was sent, what strangers ask.
#include "kith/cli_verbs.h"

namespace kith {

void Grammar::add_limit(CLI::App& command, std::optional<std::size_t>& limit) {
    command.add_option("--limit", limit, "How many at most [50 on a terminal, else all]")
        ->type_name("N");
}

void Grammar::add_reading() {
    CLI::App* inbox =
        add(app_,
            "inbox",
            "What has come",
            "  kith inbox\n  kith inbox --tier well-trusted --json\n  kith inbox --mailbox archive",
            [this](Person& person) { return run_inbox(person, inbox_); });
    inbox->add_option("--tier", inbox_.tier, "Only well-trusted, known or unknown")
        ->type_name("TIER");
    inbox->add_option("--mailbox", inbox_.mailbox, "inbox, archive, sent, junk, trash, drafts, all")
        ->type_name("ROLE");
    add_limit(*inbox, inbox_.limit);

    CLI::App* read = add(app_,
                         "read",
                         "Read a message",
                         "  kith read 7f2c6a1d\n  kith read 7f2c6a1d --eml > letter.eml\n"
                         "  kith read 7f2c6a1d --save attachments/",
                         [this](Person& person) {
                             read_.as = as_eml_    ? ReadWish::As::eml
                                        : as_text_ ? ReadWish::As::text
                                                   : ReadWish::As::message;
                             return run_read(person, read_);
                         });
    read->add_option("id", read_.id, "The message")->required()->type_name("ID");
    read->add_flag("--eml", as_eml_, "The RFC 5322 bytes as they were sent");
    read->add_flag("--text", as_text_, "The text alone");
    read->add_option("--save", read_.save, "Put the attachments into this folder")
        ->type_name("DIR");

    CLI::App* sent = add(app_,
                         "sent",
                         "What was sent, and what became of it",
                         "  kith sent\n  kith sent 7f2c6a1d\n  kith sent 7f2c6a1d --pay\n"
                         "  kith sent 7f2c6a1d --raise\n  kith sent 7f2c6a1d --cancel",
                         [this](Person& person) {
                             sent_.pay = pay_ ? SentWish::Pay::yes : SentWish::Pay::no;
                             sent_.raise = raise_ ? SentWish::Raise::yes : SentWish::Raise::no;
                             sent_.cancel = cancel_ ? SentWish::Cancel::yes : SentWish::Cancel::no;
                             return run_sent(person, sent_);
                         });
    sent->add_option("id", sent_.id, "A message; without: the list")->type_name("ID");
    sent->add_flag("--pay", pay_, "Compute the stamps that recipients ask for");
    sent->add_flag(
        "--raise", raise_, "Double the stamp of what waits in Requests (kith watch does daily)");
    sent->add_option(
            "--pay-limit", sent_.most_effort, "The dearest price to pay, as effort [48000]")
        ->type_name("N");
    sent->add_flag("--cancel", cancel_, "Take back what is still queued");
    add_limit(*sent, sent_.limit);

    CLI::App* why = add(app_,
                        "why",
                        "The evidence and the decision behind a message",
                        "  kith why 7f2c6a1d",
                        [this](Person& person) { return run_why(person, id_); });
    why->add_option("id", id_, "The message")->required()->type_name("ID");

    CLI::App* report = add(app_,
                           "report",
                           "Say that a message was unwanted, or that its sender looks hacked",
                           "  kith report 7f2c6a1d --unwanted\n  kith report 7f2c6a1d --hacked",
                           [this](Person& person) -> Outcome {
                               if (unwanted_ && hacked_)
                                   return usage_error("--unwanted or --hacked, not both");
                               report_.what = hacked_     ? Report::What::looks_hacked
                                              : unwanted_ ? Report::What::unwanted
                                                          : Report::What::nothing;
                               return run_report(person, report_);
                           });
    report->add_option("id", report_.id, "The message")->required()->type_name("ID");
    report->add_flag("--unwanted", unwanted_, "You did not want it");
    report->add_flag("--hacked", hacked_, "Not its sender seems to write: they wait in requests");

    add(app_,
        "watch",
        "Say what happens, as it happens; hand over what is queued",
        "  kith watch\n  kith watch --json | while read -r event; do notify-send \"$event\"; done",
        [](Person& person) { return run_watch(person); });
}

void Grammar::add_requests() {
    CLI::App* requests =
        add(app_,
            "requests",
            "Strangers who want to be heard: ten a day",
            "  kith requests\n  kith requests --all\n  kith requests --all --discard",
            [this](Person& person) {
                return run_requests(
                    person,
                    {.which = all_ ? RequestsWish::Which::all : RequestsWish::Which::shown,
                     .discard = discard_ ? RequestsWish::Discard::yes : RequestsWish::Discard::no});
            });
    requests->add_flag("--all", all_, "Those, too, who wait for their day");
    requests->add_flag("--discard", discard_, "Decline all that are listed");
    CLI::App* accept = add(app_,
                           "accept",
                           "Bring a stranger's message here, and know them from now on",
                           "  kith accept 7f2c6a1d",
                           [this](Person& person) { return run_accept(person, id_); });
    accept->add_option("id", id_, "The request")->required()->type_name("ID");
    CLI::App* decline =
        add(app_,
            "decline",
            "Turn a stranger's message away",
            "  kith decline 7f2c6a1d\n  kith decline 7f2c6a1d --block",
            [this](Person& person) {
                return run_decline(person, id_, flag_ ? Decline::and_block : Decline::once);
            });
    decline->add_option("id", id_, "The request")->required()->type_name("ID");
    decline->add_flag("--block", flag_, "And hear no more from them");
}

}  // namespace kith
