// Verbs about guardians, who replace a recovery phrase that is lost.
#include "kith/cli_verbs.h"

namespace kith {

void Grammar::add_guardians() {
    CLI::App* guardian = add(app_,
                             "guardian",
                             "Guardians: who can give you your account back",
                             "  kith guardian add bob@two.test carol@three.test --phrase\n"
                             "  kith guardian list\n  kith guardian help LINK",
                             {});
    guardian->require_subcommand(1);
    CLI::App* named = add(*guardian,
                          "add",
                          "Name guardians among your contacts: each is sent a key",
                          "  kith guardian add bob@two.test carol@three.test --phrase\n"
                          "  kith guardian add dora@one.test --needed 3 --recovery-file FILE",
                          [this](Person& person) {
                              guardian_.phrase = phrase_wish();
                              guardian_.anew =
                                  flag_ ? GuardianWish::Anew::yes : GuardianWish::Anew::no;
                              return run_guardian_add(person, guardian_);
                          });
    named->add_option("who", guardian_.who, "Who")->required()->type_name("ADDRESS");
    add_needed(*named);
    named->add_flag("--anew", flag_, "Only those named now; forget the ones before");
    add_phrase_options(*named);
    CLI::App* removed = add(*guardian,
                            "remove",
                            "Take guardians out of your card, or all of them",
                            "  kith guardian remove bob@two.test --phrase\n"
                            "  kith guardian remove --phrase",
                            [this](Person& person) {
                                guardian_.phrase = phrase_wish();
                                return run_guardian_remove(person, guardian_);
                            });
    removed->add_option("who", guardian_.who, "Who [all]")->type_name("ADDRESS");
    add_needed(*removed);
    add_phrase_options(*removed);
    add(*guardian,
        "list",
        "Your guardians, and whose guardian you are",
        "  kith guardian list",
        [](Person& person) { return run_guardian_list(person); });
    CLI::App* help = add(*guardian,
                         "help",
                         "Sign for somebody who lost everything, once you are sure that it is them",
                         "  kith guardian help 'kith:alice@one.test?recover=…'",
                         [this](Person& person) { return run_guardian_help(person, help_); });
    help->add_option("link", help_.link, "The link that they gave you")
        ->required()
        ->type_name("LINK");
    help->add_option("--number", help_.number, "The number that they read to you [asked for]")
        ->type_name("DIGITS");
    CLI::App* veto =
        add(*guardian,
            "veto",
            "Say no to what your guardians announced: your phrase is not lost",
            "  kith guardian veto --phrase",
            [this](Person& person) { return run_guardian_veto(person, phrase_wish()); });
    add_phrase_options(*veto);
}

void Grammar::add_needed(CLI::App& command) {
    command.add_option("--needed", guardian_.needed, "How many of them it takes [more than half]")
        ->type_name("N");
}

}  // namespace kith
