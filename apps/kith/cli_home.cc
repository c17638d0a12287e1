// Verbs about one's own home: init, devices, export and import, passphrase, completion.
#include "kith/cli_verbs.h"

namespace kith {

void Grammar::add_init() {
    CLI::App* command = app_.add_subcommand(
        "init", "Make a home: a new account, or this machine as a further device");
    command->footer(R"(Examples:
  kith init alice@one.test --invite CODE --recovery-file /media/stick/alice.recovery
  kith init alice@one.test --link abcdefgh-0123456789abcdef --device phone)");
    command->add_option("address", init_.address, "Who you are")->required()->type_name("ADDRESS");
    command->add_option("--invite", init_.invite, "The domain's invitation")->type_name("CODE");
    command->add_option("--link", init_.link, "The code that `kith device link` shows")
        ->type_name("CODE");
    command->add_option("--device", init_.device, "This device's name [the machine's]")
        ->type_name("NAME");
    command->add_option("--server", init_.server, "The server [found by DNS]")
        ->type_name("HOST:PORT");
    command->add_option("--ca", init_.ca, "A further certificate authority (KITH_CA)")
        ->type_name("FILE");
    command->add_option("--recovery-file", init_.recovery_file, "Where the recovery key goes")
        ->type_name("FILE");
    command
        ->add_option(
            "--passphrase-file", init_.passphrase_file, "Keys under the passphrase in this file")
        ->type_name("FILE");
    command->add_flag("--passphrase", ask_passphrase_, "Keys under a passphrase; asks for it");
    command->callback([this] {
        init_.passphrase = ask_passphrase_ ? InitWish::Passphrase::ask : InitWish::Passphrase::none;
        chosen_.without = [this](const std::filesystem::path& home, const Terminal& terminal) {
            return run_init(home, terminal, init_);
        };
    });
}

void Grammar::add_devices() {
    CLI::App* device =
        add(app_,
            "device",
            "Your devices",
            "  kith device list\n  kith device link\n"
            "  kith device revoke phone --recovery-file alice.recovery --reason lost",
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
    CLI::App* revoke = add(*device,
                           "revoke",
                           "Take a device out of your card",
                           "  kith device revoke phone --recovery-file alice.recovery",
                           [this](Person& person) { return run_device_revoke(person, revoke_); });
    revoke->add_option("device", revoke_.device, "Which")->required()->type_name("NAME");
    revoke
        ->add_option("--recovery-file",
                     revoke_.recovery_file,
                     "The recovery key [where init put it]; replaced by the next")
        ->type_name("FILE");
    revoke->add_option("--reason", revoke_.reason, "replaced, lost or compromised [lost]")
        ->type_name("REASON");
}

void Grammar::add_rest() {
    CLI::App* out = add(app_,
                        "export",
                        "Everything you own into a folder (goes on where it was broken off)",
                        "  kith export backup/",
                        [this](Person& person) { return run_export(person, folder_); });
    out->add_option("folder", folder_, "Where to")->required()->type_name("DIR");
    CLI::App* in =
        add(app_,
            "import",
            "Take over what an export holds; where there is no home, make it from the export",
            "  kith import backup/\n  KITH_HOME=/new/home kith import backup/",
            {});
    in->add_option("folder", folder_, "The export")->required()->type_name("DIR");
    in->callback([this] {
        chosen_.without = [this](const std::filesystem::path& home, const Terminal& terminal) {
            return run_import(home, terminal, folder_);
        };
    });
    CLI::App* passphrase = add(app_,
                               "passphrase",
                               "Put the home's keys under a passphrase, or under another one",
                               "  kith passphrase\n  kith passphrase --passphrase-file FILE\n"
                               "  kith passphrase --remove",
                               {});
    passphrase->add_option("--passphrase-file", passphrase_.file, "The new one [asked for]")
        ->type_name("FILE");
    passphrase->add_flag("--remove", flag_, "Keep the keys in the clear");
    passphrase->callback([this] {
        passphrase_.keep =
            flag_ ? PassphraseWish::Keep::in_the_clear : PassphraseWish::Keep::under_passphrase;
        chosen_.without = [this](const std::filesystem::path& home, const Terminal& terminal) {
            return run_passphrase(home, terminal, passphrase_);
        };
    });
    CLI::App* completion = app_.add_subcommand("completion", "A completion script for a shell");
    completion->footer(
        "Examples:\n  kith completion bash > /etc/bash_completion.d/kith\n"
        "  kith completion fish | source");
    completion->add_option("shell", shell_, "bash, zsh or fish")->required()->type_name("SHELL");
    completion->callback([this] {
        chosen_.without = [this](const std::filesystem::path&, const Terminal&) -> Outcome {
            print_text(completion_script(tree_of(app_), TRY(parse_shell(shell_))));
            return ExitCode::done;
        };
    });
}

}  // namespace kith
