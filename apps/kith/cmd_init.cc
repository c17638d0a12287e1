// init: a new account by an invitation, or this machine as a further device of an account.
#include <unistd.h>

#include <array>
#include <chrono>
#include <thread>

#include "base/text.h"
#include "identity/card_builder.h"
#include "kith/commands.h"
#include "kith/files.h"
#include "kith/interrupt.h"
#include "kith/passphrase.h"
#include "note/link.h"
#include "protocol/delivery_body.h"

namespace kith {
namespace {

constexpr Milliseconds kPollEvery{250};
constexpr Seconds kLinkLife{600};

std::string machine_name() {
    std::array<char, 256> host{};
    std::string name;
    if (::gethostname(host.data(), host.size() - 1) == 0)
        for (const char c : to_lower(std::string_view(host.data()).substr(0, 32))) {
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-')
                break;
            name += c;
        }
    return name.empty() ? "device" : name;
}

/// Making a home: the steps share what they make.
class Setup {
  public:
    Setup(const Terminal& terminal, const InitWish& wish) : terminal_(terminal), wish_(wish) {}

    Outcome run(const std::filesystem::path& folder) {
        TRY(read_wish());
        home_ = TRY(Home::prepare(folder));
        TRY(read_passphrase());
        TRY(make_keys());
        network_ = std::make_unique<Network>(config_);
        origin_ = TRY(find_server(*network_, config_));
        if (wish_.link.empty())
            TRY(make_account());
        else
            TRY(link());
        TRY(home_->complete(config_));
        report();
        return ExitCode::done;
    }

  private:
    Result<void> read_wish() {
        config_ = config_of_environment();
        const auto address = Address::parse(wish_.address);
        if (!address)
            return usage_error("'" + wish_.address +
                               "' is no address: write it like alice@one.test");
        config_.address = *address;
        if (wish_.invite.empty() == wish_.link.empty())
            return usage_error(
                "give --invite CODE (a new account) or --link CODE (a further device of yours)");
        config_.device = wish_.device.empty() ? machine_name() : wish_.device;
        if (!parse_device_name(config_.device))
            return usage_error("--device: 1 to 32 characters of a-z 0-9 and -");
        if (!wish_.ca.empty())
            config_.ca = std::filesystem::absolute(wish_.ca);
        if (wish_.link.empty() && !wish_.recovery_file.empty())
            config_.recovery_file = std::filesystem::absolute(wish_.recovery_file);
        return wish_.server.empty() ? Result<void>() : read_server_option(wish_.server, config_);
    }

    Result<void> read_passphrase() {
        if (!wish_.passphrase_file.empty())
            passphrase_ = TRY(passphrase_of_file(wish_.passphrase_file));
        else if (wish_.passphrase == InitWish::Passphrase::ask)
            passphrase_ = TRY(ask_new_passphrase());
        return {};
    }

    std::string label() const { return config_.address.text() + "/" + config_.device; }

    // The key is on disk before the server hears of it; one that an interrupted init left is taken.
    Result<void> make_keys() {
        const auto path = home_->file("device.key");
        const auto ask = [this]() -> Result<std::string> {
            return passphrase_ ? Result<std::string>(*passphrase_) : ask_passphrase();
        };
        auto text = read_key_file(path, ask);
        if (!text && text.error().kind != ErrorKind::not_found)
            return text.error();
        resumed_ = text.has_value();
        if (resumed_) {
            keys_ = TRY(parse_device_keys(*text));
            wipe(*text);
            return {};
        }
        keys_ = DeviceKeys::generate(random_);
        std::string fresh = write_device_keys(*keys_, label());
        auto written = write_key_file(path, fresh, passphrase_, random_);
        wipe(fresh);
        return written;
    }

    std::filesystem::path recovery_path() const {
        return wish_.recovery_file.empty() ? home_->file("recovery.key")
                                           : std::filesystem::path(wish_.recovery_file);
    }

    Result<PublicKey> recovery_key() {
        const auto kept = read_key_file(recovery_path(), [this]() -> Result<std::string> {
            return passphrase_ ? Result<std::string>(*passphrase_) : ask_passphrase();
        });
        if (kept && !resumed_)
            return fail(ErrorKind::conflict,
                        recovery_path().string(),
                        "holds a recovery key already: name another file with --recovery-file");
        if (kept)
            return TRY(parse_recovery_key(*kept)).public_key();
        if (kept.error().kind != ErrorKind::not_found)
            return kept.error();
        const SigningKey key = SigningKey::generate(random_);
        std::string text = write_recovery_key(key, config_.address.text());
        auto written = write_key_file(recovery_path(), text, passphrase_, random_);
        wipe(text);
        if (!written)
            return std::move(written).error();
        return key.public_key();
    }

    Result<void> make_account() {
        const PublicKey recovery = TRY(recovery_key());
        CardBuilder builder =
            CardBuilder::first(config_.address, recovery_commitment(recovery), SystemClock().now());
        builder.add_device(keys_->as_device(config_.device), CardBuilder::Admission::confirmed);
        const CardSigner signer{config_.device, keys_->signing};
        const auto card = TRY(sign_card(builder.card(), std::span(&signer, 1)));
        const auto answer =
            post_row(*network_,
                     *origin_,
                     "/kith/1/accounts",
                     write_part("invite", wish_.invite) + write_part("card", card.note.octets()));
        if (answer)
            return {};
        if (resumed_ && answer.error().kind == ErrorKind::conflict)
            return was_made_before();
        if (answer.error().where == "invitation-invalid")
            return fail(ErrorKind::denied,
                        "invitation",
                        "is not good (any more): ask for another, `kithd invitation " +
                            config_.address.text() + "` makes one");
        if (answer.error().where == "address-taken")
            return fail(
                ErrorKind::conflict,
                config_.address.text(),
                "is somebody's already: link this device with --link, or take another address");
        return answer.error();
    }

    // An earlier init got through, but its answer was lost: then these keys can log in.
    Result<void> was_made_before() {
        TRY(home_->complete(config_));
        ServerLink server(*home_, *network_, *keys_);
        const auto logged_in = server.identity();
        if (logged_in)
            return {};
        TRY(remove_file(home_->file("config.toml")));
        return logged_in.error();
    }

    Result<void> link() {
        const auto code = LinkCode::parse(wish_.link);
        if (!code)
            return usage_error("--link: the code looks like abcdefgh-0123456789abcdef");
        Link link{.address = config_.address,
                  .device = config_.device,
                  .key = keys_->signing.public_key(),
                  .recipient = keys_->identity.recipient(),
                  .time = SystemClock().now()};
        link.mac = link_mac(link, *code);
        const auto note = TRY(SignedNote::sign(write_link(link), label(), keys_->signing));
        const auto posted =
            post_row(*network_,
                     *origin_,
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
            const auto answer = get_json(*network_, *origin_, "/kith/1/links/" + id);
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

    void report() const {
        const bool account = wish_.link.empty();
        if (terminal_.json) {
            print_json({{"address", config_.address.text()},
                        {"device", config_.device},
                        {"home", home_->folder().string()},
                        {"recoveryFile",
                         account ? json::value(recovery_path().string()) : json::value(nullptr)}});
            return;
        }
        print_line(config_.address.text() + " lives in " + home_->folder().string());
        if (account)
            print_line("The recovery key is in " + recovery_path().string() +
                       ": move it to paper or a stick, it wins over every device.");
        print_line(account ? "Next: kith token new --kind invite, and send the link to somebody"
                           : "Next: kith inbox");
    }

    Terminal terminal_;
    const InitWish& wish_;
    HomeConfig config_;
    SystemRandom random_;
    std::optional<Home> home_;
    std::optional<std::string> passphrase_;
    std::optional<DeviceKeys> keys_;
    bool resumed_ = false;
    std::unique_ptr<Network> network_;
    std::optional<HttpOrigin> origin_;
};

}  // namespace

Outcome run_init(const std::filesystem::path& home,
                 const Terminal& terminal,
                 const InitWish& wish) {
    return Setup(terminal, wish).run(home);
}

}  // namespace kith
