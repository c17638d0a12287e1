// Verbs about mailing lists: join, leave, and what whoever runs one does.
#include "kith/cli_verbs.h"

namespace kith {

void Grammar::add_lists() {
    CLI::App* list = add(app_,
                         "list",
                         "Mailing lists: read one, run one",
                         "  kith list join bees@one.test\n  kith list leave bees@one.test\n"
                         "  KITH_HOME=/home/bees kith list create --name Bees\n"
                         "  KITH_HOME=/home/bees kith list run",
                         {});
    list->require_subcommand(1);
    CLI::App* join = add(*list,
                         "join",
                         "Read a list: its posts reach you within a rate of your own",
                         "  kith list join bees@one.test\n"
                         "  kith list join 'kith:bees@one.test?token=…&root=…' --per-day 20",
                         [this](Person& person) { return run_list_join(person, list_join_); });
    join->add_option("list", list_join_.list, "The list's address, or the link that leads to it")
        ->required()
        ->type_name("ADDRESS|LINK");
    join->add_option("--per-day", list_join_.per_day, "How many posts a day reach you [50]")
        ->type_name("N")
        ->check(CLI::Range(1, 10'000));
    CLI::App* leave = add(*list,
                          "leave",
                          "Read a list no more: nothing of it reaches you, whatever the list does",
                          "  kith list leave bees@one.test",
                          [this](Person& person) { return run_list_leave(person, address_); });
    leave->add_option("list", address_, "The list's address")->required()->type_name("ADDRESS");
    add_list_home(*list);
    add_list_people(*list);
    add_moderation(*list);
}

void Grammar::add_list_settings(CLI::App& command) {
    ListSettingsWish& wish = list_settings_;
    const auto several =
        [&command](const char* name, std::vector<std::string>& values, const char* about) {
            command.add_option(name, values, about)
                ->type_name("ADDRESS")
                ->allow_extra_args(false)
                ->expected(1)
                ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        };
    command.add_option("--name", wish.name, "What people call it")->type_name("TEXT");
    command.add_option("--description", wish.description, "What it is about")->type_name("TEXT");
    command
        .add_option("--posts", wish.posts, "Whose posts go on: subscribers, known or moderators")
        ->type_name("WHO");
    command.add_option("--joins", wish.joins, "Who may join: open or approve")->type_name("WHO");
    several("--moderator", wish.moderators, "Somebody whose posts never wait");
    several("--no-moderator", wish.no_moderators, "Somebody who is a moderator no more");
    command
        .add_option(
            "--author-a-day", wish.author_a_day, "Posts of one author a day; more wait [10]")
        ->type_name("N");
    command
        .add_option("--complaints",
                    wish.complaints,
                    "Readers whose complaints make an author's posts wait [2]")
        ->type_name("N");
    command.add_option("--at-once", wish.at_once, "Recipients of one submission [500]")
        ->type_name("N");
}

void Grammar::add_list_home(CLI::App& list) {
    CLI::App* create =
        add(list,
            "create",
            "Make the account of this home a mailing list",
            "  kith list create --name Bees --description 'For who keeps bees'\n"
            "  kith list create --posts moderators --moderator bob@two.test --joins approve",
            [this](Person& person) { return run_list_create(person, list_settings_); });
    add_list_settings(*create);
    CLI::App* settings =
        add(list,
            "settings",
            "What goes for the list, and to change it",
            "  kith list settings\n  kith list settings --posts known --author-a-day 3",
            [this](Person& person) { return run_list_settings(person, list_settings_); });
    add_list_settings(*settings);
    add(list,
        "run",
        "Pass posts on, until Ctrl-C; it may be broken off anywhere",
        "  kith list run\n  kith list run --json",
        [](Person& person) { return run_list_run(person); });
}

void Grammar::add_list_people(CLI::App& list) {
    add(list, "members", "Who reads the list", "  kith list members", [](Person& person) {
        return run_list_members(person);
    });
    CLI::App* more = add(list,
                         "add",
                         "Invite somebody to read the list; they are asked",
                         "  kith list add bob@two.test carol@one.test",
                         [this](Person& person) { return run_list_add(person, list_add_); });
    more->add_option("who", list_add_.who, "Whom")->required()->type_name("ADDRESS");
    CLI::App* less = add(list,
                         "remove",
                         "Send somebody the list no more",
                         "  kith list remove bob@two.test",
                         [this](Person& person) { return run_list_remove(person, list_add_.who); });
    less->add_option("who", list_add_.who, "Whom")->required()->type_name("ADDRESS");
}

void Grammar::add_moderation(CLI::App& list) {
    add(list, "pending", "What waits for a moderator", "  kith list pending", [](Person& person) {
        return run_list_pending(person);
    });
    CLI::App* approve =
        add(list,
            "approve",
            "Let a post go on, or somebody join",
            "  kith list approve 7f2c6a1d\n  kith list approve 7f2c6a1d --forgive\n"
            "  kith list approve bob@two.test",
            [this](Person& person) {
                return run_list_approve(person,
                                        {.id = id_,
                                         .complaints = flag_ ? ListApproval::Complaints::forgiven
                                                             : ListApproval::Complaints::stand});
            });
    approve->add_option("id", id_, "The post, or who asks to join")
        ->required()
        ->type_name("ID|ADDRESS");
    approve->add_flag("--forgive", flag_, "Count no complaint about its author so far");
    CLI::App* reject = add(list,
                           "reject",
                           "Throw a post away, or let somebody not join",
                           "  kith list reject 7f2c6a1d",
                           [this](Person& person) { return run_list_reject(person, id_); });
    reject->add_option("id", id_, "The post, or who asks to join")
        ->required()
        ->type_name("ID|ADDRESS");
}

}  // namespace kith
