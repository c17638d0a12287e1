// Verbs about one's devices and what goes wrong with them: device, status, freeze, thaw.
#include "kith/cli_verbs.h"

namespace kith {

void Grammar::add_devices() {
    CLI::App* device = add(app_,
                           "device",
                           "Your devices",
                           "  kith device list\n  kith device link\n"
                           "  kith device revoke phone --reason lost\n  kith device confirm",
                           {});
    device->require_subcommand(1);
    add(*device, "list", "Those there are", "  kith device list", [](Person& person) {
        return run_device_list(person);
    });
    add(*device,
        "link",
        "Show a code for a new device, add it, and make old mail readable for it",
        "  kith device link",
        [](Person& person) { return run_device_link(person); });
    add(*device,
        "rekey",
        "Make old mail readable for all devices of your card (goes on where it was broken off)",
        "  kith device rekey",
        [](Person& person) { return run_device_rekey(person); });
    add_revoke(*device);
    add_confirm(*device);
}

// Who has the phrase needs no second device.
void Grammar::add_phrase_options(CLI::App& command) {
    command.add_flag("--phrase", ask_phrase_, "With the recovery phrase; asks for it");
    command.add_option("--recovery-file", phrase_.file, "With the recovery phrase in this file")
        ->type_name("FILE");
}

PhraseSource Grammar::phrase_wish() const {
    return {.file = phrase_.file,
            .ask = ask_phrase_ ? PhraseSource::Ask::yes : PhraseSource::Ask::no};
}

void Grammar::add_revoke(CLI::App& device) {
    CLI::App* revoke = add(device,
                           "revoke",
                           "Take a device out of your card: with another device, or the phrase",
                           "  kith device revoke phone\n"
                           "  kith device revoke phone --phrase --reason compromised --since 36h",
                           [this](Person& person) {
                               revoke_.phrase = phrase_wish();
                               return run_device_revoke(person, revoke_);
                           });
    revoke->add_option("device", revoke_.device, "Which")->required()->type_name("NAME");
    add_phrase_options(*revoke);
    revoke->add_option("--reason", revoke_.reason, "replaced, lost or compromised [lost]")
        ->type_name("REASON");
    revoke->add_option("--since", revoke_.since, "Since when it counts for nothing [now]")
        ->type_name("TIME");
}

void Grammar::add_confirm(CLI::App& device) {
    CLI::App* confirm =
        add(device,
            "confirm",
            "Sign the card that another device has prepared; or confirm a new device",
            "  kith device confirm\n  kith device confirm tablet",
            [this](Person& person) {
                confirm_.phrase = phrase_wish();
                confirm_.ask = flag_ ? ConfirmWish::Ask::no : ConfirmWish::Ask::yes;
                return run_device_confirm(person, confirm_);
            });
    confirm->add_option("device", confirm_.device, "A new device [the card that waits]")
        ->type_name("NAME");
    confirm->add_flag("--yes", flag_, "Sign what waits without asking");
    add_phrase_options(*confirm);
}

void Grammar::add_freezing() {
    add(app_,
        "status",
        "How your account stands: active, frozen, what waits to be confirmed",
        "  kith status\n  kith status --json",
        [](Person& person) { return run_status(person); });
    add(app_,
        "audit",
        "Read your domain's directory log: does it show anybody another card than yours?",
        "  kith audit\n  kith audit --json",
        [](Person& person) { return run_audit(person); });
    add(app_,
        "freeze",
        "Stop everything that goes out as you, at once",
        "  kith freeze",
        [](Person& person) { return run_freeze(person); });
    CLI::App* thaw = add(app_,
                         "thaw",
                         "End the freeze: with another device, or the phrase",
                         "  kith thaw\n  kith thaw --phrase",
                         [this](Person& person) { return run_thaw(person, phrase_wish()); });
    add_phrase_options(*thaw);
}

void Grammar::add_alarm() {
    CLI::App* alarm =
        add(app_,
            "alarm",
            "Tell somebody that their key is in a thief's hands, and hear them no more for now",
            "  kith alarm alice@one.test\n  kith contacts restore alice@one.test\n"
            "  kith alarm --dismiss --phrase",
            [this](Person& person) {
                alarm_.dismiss = flag_ ? AlarmWish::Dismiss::yes : AlarmWish::Dismiss::no;
                alarm_.phrase = phrase_wish();
                return run_alarm(person, alarm_);
            });
    alarm->add_option("address", alarm_.address, "Whose key")->type_name("ADDRESS");
    alarm->add_flag(
        "--dismiss", flag_, "The alarms about you: show with the phrase that it is you");
    add_phrase_options(*alarm);
}

}  // namespace kith
