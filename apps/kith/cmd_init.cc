// init: a new account by an invitation, or this machine as a further device of an account.
#include <chrono>
#include <thread>

#include "identity/card_builder.h"
#include "identity/recovery_phrase.h"
#include "kith/commands.h"
#include "kith/interrupt.h"
#include "kith/phrase.h"
#include "note/link.h"
#include "protocol/delivery_body.h"

namespace kith {
namespace {

constexpr Milliseconds kPollEvery{250};
constexpr Seconds kLinkLife{600};

/// Making a home: the steps share what they make.
class Setup {
  public:
    Setup(const Terminal& terminal, const InitWish& wish) : terminal_(terminal), wish_(wish) {}

    Outcome run(const std::filesystem::path& folder) {
        if (wish_.invite.empty() == wish_.link.empty())
            return usage_error(
                "give --invite CODE (a new account) or --link CODE (a further device of yours)");
        made_ = TRY(NewHome::begin(folder, wish_.home));
        if (wish_.link.empty())
            TRY(make_account());
        else
            TRY(link());
        TRY(made_->complete());
        report();
        return ExitCode::done;
    }

  private:
    const HomeConfig& config() const { return made_->config(); }

    // Written down before the account commits to it; one that a broken-off init left in its file is
    // taken.
    Result<Mnemonic> make_phrase() {
        if (made_->resumed() && !wish_.recovery_file.empty())
            if (auto kept = phrase_of_file(wish_.recovery_file))
                return kept;
        Mnemonic phrase = Mnemonic::generate(made_->random());
        if (wish_.recovery_file.empty())
            TRY(show_phrase(phrase, made_->random()));
        else
            TRY(write_phrase_file(wish_.recovery_file, phrase, config().address.text()));
        return phrase;
    }

    Result<void> make_account() {
        if (made_->resumed() && TRY(was_made_before()))
            return {};
        const Mnemonic phrase = TRY(make_phrase());
        CardBuilder builder =
            CardBuilder::first(config().address,
                               recovery_commitment(recovery_key_of(phrase, 1).public_key()),
                               SystemClock().now());
        builder.add_device(made_->keys().as_device(config().device),
                           CardBuilder::Admission::confirmed);
        const CardSigner signer{config().device, made_->keys().signing};
        const auto card = TRY(sign_card(builder.card(), std::span(&signer, 1)));
        const auto answer =
            post_row(made_->network(),
                     made_->origin(),
                     "/kith/1/accounts",
                     write_part("invite", wish_.invite) + write_part("card", card.note.octets()));
        if (answer)
            return {};
        if (answer.error().where == "invitation-invalid")
            return fail(ErrorKind::denied,
                        "invitation",
                        "is not good (any more): ask for another, `kithd invitation " +
                            config().address.text() + "` makes one");
        if (answer.error().where == "address-taken")
            return fail(
                ErrorKind::conflict,
                config().address.text(),
                "is somebody's already: link this device with --link, or take another address");
        return answer.error();
    }

    // An earlier init got through, but its answer was lost: then these keys can log in, and the
    // phrase is the one of that time.
    Result<bool> was_made_before() {
        const auto logged_in = made_->try_login();
        if (logged_in)
            return true;
        if (logged_in.error().kind == ErrorKind::denied)
            return false;
        return logged_in.error();
    }

    Result<void> link() {
        const auto code = LinkCode::parse(wish_.link);
        if (!code)
            return usage_error("--link: the code looks like abcdefgh-0123456789abcdef");
        Link link{.address = config().address,
                  .device = config().device,
                  .key = made_->keys().signing.public_key(),
                  .recipient = made_->keys().identity.recipient(),
                  .time = SystemClock().now()};
        link.mac = link_mac(link, *code);
        const auto note =
            TRY(SignedNote::sign(write_link(link), made_->label(), made_->keys().signing));
        const auto posted =
            post_row(made_->network(),
                     made_->origin(),
                     "/kith/1/links",
                     write_part("id", code->id()) + write_part("link", note.octets()));
        if (!posted && posted.error().kind == ErrorKind::not_found)
            return fail(
                ErrorKind::not_found,
                "link code",
                "nobody waits for it (any more): run `kith device link` on the other device again");
        if (!posted)
            return posted.error();
        return wait_until_linked(code->id());
    }

    Result<void> wait_until_linked(const std::string& id) {
        const InterruptGuard guard;
        if (!terminal_.json)
            print_notice("waiting for the other device");
        const auto end = SystemClock().steady() + kLinkLife;
        while (SystemClock().steady() < end && !InterruptGuard::flag()) {
            const auto answer = get_json(made_->network(), made_->origin(), "/kith/1/links/" + id);
            const std::string state = answer ? text_at(*answer, "state") : "waiting";
            if (state == "linked")
                return {};
            if (state == "refused")
                return fail(ErrorKind::denied, "link", "the other device refused: check the code");
            if (state == "expired")
                break;
            std::this_thread::sleep_for(kPollEvery);
        }
        return fail(
            ErrorKind::timeout, "link", "the other device did not answer: begin again there");
    }

    void report() {
        const bool account = wish_.link.empty();
        const std::string folder = made_->home().folder().string();
        const bool in_file = account && !wish_.recovery_file.empty();
        if (terminal_.json) {
            print_json({{"address", config().address.text()},
                        {"device", config().device},
                        {"home", folder},
                        {"recoveryFile",
                         in_file ? json::value(wish_.recovery_file) : json::value(nullptr)}});
            return;
        }
        print_line(config().address.text() + " lives in " + folder);
        if (in_file)
            print_line("The recovery phrase is in " + wish_.recovery_file +
                       ": print it and remove the file, it wins over every device.");
        print_line(account ? "Next: kith token new --kind invite, and send the link to somebody"
                           : "Next: kith inbox");
    }

    Terminal terminal_;
    const InitWish& wish_;
    std::unique_ptr<NewHome> made_;
};

}  // namespace

Outcome run_init(const std::filesystem::path& home,
                 const Terminal& terminal,
                 const InitWish& wish) {
    return Setup(terminal, wish).run(home);
}

}  // namespace kith
