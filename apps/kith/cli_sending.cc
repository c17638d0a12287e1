// Verbs that write and send: send, introduce, confirm, compose.
#include "base/text.h"
#include "kith/cli_verbs.h"

namespace kith {

// Every option that may come again takes one word each time, so that none swallows a recipient.
void Grammar::add_message_options(CLI::App& command, SendOrder& order) {
    SendWish& wish = order.message;
    const auto several =
        [&command](const char* name, std::vector<std::string>& values, const char* about) {
            return command.add_option(name, values, about)
                ->allow_extra_args(false)
                ->expected(1)
                ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        };
    command.add_option("to", wish.to, "Recipients")->type_name("ADDRESS");
    several("--cc", wish.cc, "Further recipients, named to all")->type_name("ADDRESS");
    several("--bcc", wish.bcc, "Further recipients, named to nobody")->type_name("ADDRESS");
    command.add_option("-s,--subject", wish.subject, "The subject")->type_name("TEXT");
    several("-a,--attach", wish.attachments, "A file that goes along")->type_name("FILE");
    command.add_option("--answers", order.answers, "The message that this answers")
        ->type_name("ID");
}

void Grammar::add_send() {
    const std::string examples =
        R"(  kith send bob@two.test -s Dinner -m 'Saturday at eight?' --wait
  kith send bob@two.test --cc carol@one.test -s Plans -a plans.pdf < text
  kith send bob@two.test --eml letter.eml --token kith:bob@two.test?token=…
  kith send --answers 7f2c6a1d -m Yes.)";
    CLI::App* send = add(app_, "send", "Send a message", examples, {});
    add_message_options(*send, send_);
    auto* text = send->add_option("-m,--message", send_.message.text, "The text [standard input]")
                     ->type_name("TEXT");
    send->add_option("--eml", send_.message.eml, "Send this RFC 5322 file as it is")
        ->type_name("FILE");
    send->add_option("--token", send_.message.tokens, "A token, or a link with one")
        ->type_name("TOKEN")
        ->allow_extra_args(false)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    auto* wait =
        send->add_flag("--wait", send_wait_, "Wait until all is final (--wait=SECONDS: at most)");
    send->add_flag("--no-pay", no_pay_, "Compute no stamp");
    send->add_flag(
        "--pay", pay_, "Compute a stamp when one is asked for, while waiting [so it is]");
    send->add_option(
            "--pay-limit", send_.wait.most_effort, "The dearest price to pay, as effort [48000]")
        ->type_name("N");
    send->add_flag("--no-outbox", no_outbox_, "Fail instead of queueing when the server is away");
    send->callback([this, text, wait] {
        send_.text = text->count() > 0 ? SendOrder::Text::given : SendOrder::Text::from_stdin;
        send_.waits = wait->count() > 0 ? SendOrder::Wait::yes : SendOrder::Wait::no;
        send_.wait.pay = no_pay_ ? WaitWish::Pay::no : WaitWish::Pay::yes;
        send_.outbox = no_outbox_ ? SendOrder::Outbox::leave : SendOrder::Outbox::use;
        chosen_.with_person = [this](Person& person) -> Outcome {
            if (pay_ && no_pay_)
                return usage_error("--pay and --no-pay contradict each other");
            if (!send_.message.eml.empty() &&
                (send_.text == SendOrder::Text::given || !send_.message.attachments.empty()))
                return usage_error(
                    "--eml sends the file as it is: leave out -m and -a, or put them into it");
            if (!send_wait_.empty() && send_wait_ != "true") {
                const auto seconds = parse_decimal(send_wait_, 31'536'000);
                if (!seconds)
                    return usage_error("--wait=SECONDS: a number of seconds");
                send_.wait.limit = Seconds(static_cast<std::int64_t>(*seconds));
            }
            return run_send(person, send_);
        };
    });
    add_introduce();
    add_confirm_mail();
    CLI::App* compose =
        add(app_,
            "compose",
            "Print the message that send would send",
            "  kith compose bob@two.test -s Plans -m 'As promised.' -a plans.pdf > plans.eml",
            {});
    add_message_options(*compose, send_);
    auto* compose_text =
        compose->add_option("-m,--message", send_.message.text, "The text [standard input]")
            ->type_name("TEXT");
    compose->callback([this, compose_text] {
        send_.text =
            compose_text->count() > 0 ? SendOrder::Text::given : SendOrder::Text::from_stdin;
        chosen_.with_person = [this](Person& person) { return run_compose(person, send_); };
    });
}

void Grammar::add_introduce() {
    CLI::App* introduce =
        add(app_,
            "introduce",
            "Make two people known to each other, on your word",
            "  kith introduce alice@one.test bob@two.test\n"
            "  kith introduce alice@one.test bob@two.test -m 'You both keep bees.' --wait",
            {});
    introduce->add_option("one", introduce_.one, "One of them, a contact of yours")
        ->required()
        ->type_name("ADDRESS");
    introduce->add_option("other", introduce_.other, "The other, a contact, too")
        ->required()
        ->type_name("ADDRESS");
    introduce->add_option("-s,--subject", introduce_.subject, "The subject [who meets whom]")
        ->type_name("TEXT");
    introduce->add_option("-m,--message", introduce_.text, "What you say to both")
        ->type_name("TEXT");
    introduce->add_flag("--wait", introduce_wait_, "Wait until both have it");
    introduce->callback([this] {
        introduce_.waits = introduce_wait_ ? SendOrder::Wait::yes : SendOrder::Wait::no;
        chosen_.with_person = [this](Person& person) { return run_introduce(person, introduce_); };
    });
}

void Grammar::add_confirm_mail() {
    CLI::App* confirm =
        add(app_,
            "confirm",
            "Let go what waits until you have seen it; show that it is you who writes",
            "  kith confirm\n  kith confirm 7f2c6a1d --yes\n  kith confirm --challenge --phrase",
            [this](Person& person) {
                confirm_mail_.phrase = phrase_wish();
                confirm_mail_.ask = flag_ ? ConfirmMailWish::Ask::no : ConfirmMailWish::Ask::yes;
                confirm_mail_.challenge = challenge_ ? ConfirmMailWish::Challenge::meet
                                                     : ConfirmMailWish::Challenge::leave;
                return run_confirm(person, confirm_mail_);
            });
    confirm->add_option("id", confirm_mail_.ids, "Messages [all that wait]")->type_name("ID");
    confirm->add_flag("--challenge",
                      challenge_,
                      "Several people doubt that it is you: show it, with the phrase or with "
                      "another device");
    confirm->add_flag("--yes", flag_, "Without asking");
    add_phrase_options(*confirm);
}

}  // namespace kith
