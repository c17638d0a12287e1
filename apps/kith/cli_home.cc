// Verbs about one's own home: init, recover, export and import, passphrase, completion.
#include "kith/cli_verbs.h"

namespace kith {

void Grammar::add_init() {
    CLI::App* command = app_.add_subcommand(
        "init", "Make a home: a new account, or this machine as a further device");
    command->footer(R"(Examples:
  kith init alice@one.test --invite CODE --recovery-file /media/stick/alice.recovery
  kith init alice@one.test --link abcdefgh-0123456789abcdef --device phone)");
    add_home_options(*command, init_.home);
    command->add_option("--invite", init_.invite, "The domain's invitation")->type_name("CODE");
    command->add_option("--link", init_.link, "The code that `kith device link` shows")
        ->type_name("CODE");
    command
        ->add_option("--recovery-file",
                     init_.recovery_file,
                     "Where the recovery phrase goes [shown on the terminal]")
        ->type_name("FILE");
    command->callback([this] {
        init_.home.passphrase = passphrase_wish();
        chosen_.without = [this](const std::filesystem::path& home, const Terminal& terminal) {
            return run_init(home, terminal, init_);
        };
    });
}

void Grammar::add_recover() {
    CLI::App* command = app_.add_subcommand(
        "recover", "Take the account back on a new machine, with the recovery phrase");
    command->footer(R"(Examples:
  kith recover alice@one.test
  kith recover alice@one.test --since 2026-11-20T08:00:00Z --device newlaptop
  kith recover alice@one.test --since 36h --recovery-file alice.recovery
  kith recover alice@one.test --guardians --recovery-file new.recovery)");
    add_home_options(*command, recover_.home);
    command->add_option("--since", recover_.since, "When the thief came, at most 30 days ago")
        ->type_name("TIME");
    command->add_option("--recovery-file", recover_.phrase.file, "The recovery phrase [asked for]")
        ->type_name("FILE");
    command->add_flag("--guardians",
                      flag_,
                      "The phrase is lost, too: make a new one, and ask your guardians for it");
    command->add_flag("--freeze", freeze_, "With --guardians: they freeze the account, too");
    command->callback([this] {
        recover_.freeze = freeze_ ? RecoverWish::Freeze::yes : RecoverWish::Freeze::no;
        recover_.home.passphrase = passphrase_wish();
        chosen_.without = [this](const std::filesystem::path& home, const Terminal& terminal) {
            return flag_ ? run_recover_guardians(home, terminal, recover_)
                         : run_recover(home, terminal, recover_);
        };
    });
}

// Of a home to be.
void Grammar::add_home_options(CLI::App& command, HomeWish& wish) {
    command.add_option("address", wish.address, "Who you are")->required()->type_name("ADDRESS");
    command.add_option("--device", wish.device, "This device's name [the machine's]")
        ->type_name("NAME");
    command.add_option("--server", wish.server, "The server [found by DNS]")
        ->type_name("HOST:PORT");
    command.add_option("--ca", wish.ca, "A further certificate authority (KITH_CA)")
        ->type_name("FILE");
    command
        .add_option(
            "--passphrase-file", wish.passphrase_file, "Keys under the passphrase in this file")
        ->type_name("FILE");
    command.add_flag("--passphrase", ask_passphrase_, "Keys under a passphrase; asks for it");
}

HomeWish::Passphrase Grammar::passphrase_wish() const {
    return ask_passphrase_ ? HomeWish::Passphrase::ask : HomeWish::Passphrase::none;
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

void Grammar::add_move() {
    CLI::App* move = add(app_,
                         "move",
                         "Go to another provider: your contacts follow without doing anything",
                         "  kith move alice@two.test --invite CODE --folder backup/ --phrase\n"
                         "  kith move alice@two.test",
                         {});
    move->add_option("address", move_.address, "The new address")->required()->type_name("ADDRESS");
    move->add_option("--invite", move_.invite, "The new domain's invitation")->type_name("CODE");
    move->add_option("--folder", move_.folder, "Export everything to it, and take it along")
        ->type_name("DIR");
    move->add_option("--server", move_.server, "The new server [found by DNS]")
        ->type_name("HOST:PORT");
    add_phrase_options(*move);
    move->callback([this] {
        chosen_.without = [this](const std::filesystem::path& home, const Terminal& terminal) {
            move_.phrase = phrase_wish();
            return run_move(home, terminal, move_);
        };
    });
}

}  // namespace kith
