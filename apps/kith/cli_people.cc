// Verbs about other people, and the tokens that let them in.
#include "kith/cli_verbs.h"

namespace kith {

namespace {

constexpr const char* kNewToken = R"(  kith token new
  kith token new --kind newsletter --label 'Carol' --per-day 5)";

}  // namespace

void Grammar::add_people() {
    CLI::App* contacts = add(
        app_,
        "contacts",
        "Whom you know",
        "  kith contacts\n  kith contacts add 'kith:bob@two.test?token=…&root=…'\n"
        "  kith contacts add bob@two.test --level well-trusted\n"
        "  kith contacts restore bob@two.test",
        [this](Person& person) {
            if (!restored_.empty())
                return run_contacts_restore(person, restored_);
            return contact_.who.empty() ? run_contacts(person) : run_contacts_add(person, contact_);
        });
    contacts->require_subcommand(0, 1);
    CLI::App* add_contact = contacts->add_subcommand("add", "Know somebody, by address or link");
    add_contact->add_option("who", contact_.who, "An address, or a kith: link")
        ->required()
        ->type_name("ADDRESS|LINK");
    add_contact->add_option("--level", contact_.level, "well-trusted, known or blocked [known]")
        ->type_name("LEVEL");
    add_contact->add_option("--name", contact_.name, "What you call them")->type_name("NAME");
    CLI::App* restore =
        contacts->add_subcommand("restore", "Hear somebody again who was said to look hacked");
    restore->add_option("address", restored_, "Whom")->required()->type_name("ADDRESS");

    CLI::App* trust =
        add(app_,
            "trust",
            "Say what somebody's mail is to you",
            "  kith trust bob@two.test well-trusted\n  kith trust mallory@three.test blocked",
            [this](Person& person) { return run_trust(person, address_, level_); });
    trust->add_option("address", address_, "Whom")->required()->type_name("ADDRESS");
    trust->add_option("level", level_, "well-trusted, known or blocked")
        ->required()
        ->type_name("LEVEL");

    CLI::App* block = add(app_,
                          "block",
                          "Hear no more from somebody, or from a whole domain",
                          "  kith block mallory@three.test\n  kith block three.test\n  kith block",
                          [this](Person& person) { return run_block(person, who_); });
    block->add_option("who", who_, "An address or a domain; without: who is blocked")
        ->type_name("ADDRESS|DOMAIN");
    CLI::App* unblock = add(app_,
                            "unblock",
                            "Hear somebody, or a domain, again, as strangers",
                            "  kith unblock mallory@three.test\n  kith unblock three.test",
                            [this](Person& person) { return run_unblock(person, who_); });
    unblock->add_option("who", who_, "An address or a domain")
        ->required()
        ->type_name("ADDRESS|DOMAIN");

    CLI::App* verify =
        add(app_,
            "verify",
            "The safety number that you and somebody else compare",
            "  kith verify bob@two.test\n  kith verify bob@two.test --confirm",
            [this](Person& person) {
                return run_verify(person, address_, flag_ ? Confirm::yes : Confirm::no);
            });
    verify->add_option("address", address_, "With whom")->required()->type_name("ADDRESS");
    verify->add_flag("--confirm", flag_, "The numbers were the same");

    CLI::App* card = add(app_,
                         "card",
                         "A person's card: devices, root, serial",
                         "  kith card\n  kith card bob@two.test --json",
                         [this](Person& person) { return run_card(person, address_); });
    card->add_option("address", address_, "Whose [your own]")->type_name("ADDRESS");
}

void Grammar::add_tokens() {
    CLI::App* token = add(app_,
                          "token",
                          "Tokens: how somebody comes in without a stamp",
                          "  kith token new --kind invite\n"
                          "  kith token new --kind newsletter --label 'Carol' --per-day 5\n"
                          "  kith token list\n  kith token revoke ID",
                          {});
    token->require_subcommand(1);
    CLI::App* fresh = add(*token, "new", "Make one", kNewToken, [this](Person& person) {
        return run_token_new(person, token_);
    });
    fresh->add_option("--kind", token_.kind, "invite, newsletter or card [invite]")
        ->type_name("KIND");
    fresh->add_option("--label", token_.label, "What you call it")->type_name("TEXT");
    fresh->add_option("--per-day", token_.per_day, "How many messages a day")->type_name("N");
    add(*token, "list", "Those there are", "  kith token list", [](Person& person) {
        return run_token_list(person);
    });
    CLI::App* revoke = add(
        *token, "revoke", "Take one back", "  kith token revoke 7f2c6a1d", [this](Person& person) {
            return run_token_revoke(person, id_);
        });
    revoke->add_option("id", id_, "The token")->required()->type_name("ID");
}

}  // namespace kith
