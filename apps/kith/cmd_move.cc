// move: to another provider, with root, devices and contacts (protocol section 3.8).
#include "kith/commands.h"
#include "kith/discovery.h"
#include "kith/files.h"
#include "kith/open_calls.h"
#include "kith/own_card.h"
#include "protocol/delivery_body.h"

namespace kith {
namespace {

/// The steps share what they find out.
class Move {
  public:
    Move(Person& person, const MoveWish& wish) : person_(person), wish_(wish) {}

    Result<Came> leave();
    Result<void> arrive();

  private:
    Result<void> find_there();
    Result<void> make_account(const KnownPerson& own);
    Result<bool> is_there();
    Result<void> change_home();

    Person& person_;
    const MoveWish& wish_;
    HomeConfig there_;
    HttpOrigin origin_;
};

Result<void> Move::find_there() {
    there_ = person_.home().config();
    const auto address = Address::parse(wish_.address);
    if (!address)
        return usage_error("'" + wish_.address + "' is no address: write it like alice@two.test");
    there_.address = *address;
    there_.server_host.clear();
    there_.server_port = 0;
    if (!wish_.server.empty())
        TRY(read_server_option(wish_.server, there_));
    origin_ = TRY(find_server(person_.network(), there_));
    return {};
}

// The old address says where it goes. With the phrase at once, else two devices sign.
Result<Came> Move::leave() {
    TRY(find_there());
    const auto own = TRY(person_.cards().own());
    if (own.card().address == there_.address || own.card().moved == there_.address)
        return Came::published;
    if (wish_.invite.empty())
        return usage_error("--invite: the code that " + there_.address.domain() + " gave you");
    CardBuilder next = CardBuilder::after(own.chain.current(), person_.clock().now());
    next.move_to(there_.address);
    if (!wish_.phrase.is_given())
        return publish_or_draft(person_, own, next.card());
    const Mnemonic phrase = TRY(read_phrase(wish_.phrase));
    TRY(publish_with_phrase(person_, own, next, phrase));
    return Came::published;
}

Result<bool> Move::is_there() {
    const auto chain = fetch_chain(person_.network(), origin_, there_.address);
    if (!chain && chain.error().kind == ErrorKind::not_found)
        return false;
    if (!chain)
        return chain.error();
    if (chain->current().card.device(person_.keys().signing.public_key()) != nullptr)
        return true;
    return fail(ErrorKind::conflict, there_.address.text(), "is somebody else's");
}

Result<void> Move::make_account(const KnownPerson& own) {
    CardBuilder next = CardBuilder::after(own.chain.current(), person_.clock().now());
    next.go_on_there();
    const CardSigner signer{person_.device(), person_.keys().signing};
    const SignedCard card = TRY(sign_card(next.card(), std::span(&signer, 1)));
    TRY(verify_next(own.chain.current(), card));
    std::string row = write_part("invite", wish_.invite);
    for (const SignedCard* each : own.chain.line())
        row += write_part("card", each->note.octets());
    row += write_part("card", card.note.octets());
    const auto made = post_row(person_.network(), origin_, "/kith/1/accounts", row);
    if (!made && made.error().where == "invitation-invalid")
        return fail(ErrorKind::denied,
                    "invitation",
                    "is not good (any more): ask " + there_.address.domain() + " for another");
    if (!made)
        return made.error();
    return {};
}

// What belongs to the old server goes; the keys and pins stay.
Result<void> Move::change_home() {
    for (const char* name : {"session.json", "server.json"})
        TRY(remove_file(person_.home().file(name)));
    Home home = person_.home();
    return home.complete(there_);
}

Result<void> Move::arrive() {
    if (!TRY(is_there())) {
        if (wish_.invite.empty())
            return usage_error("--invite: the code that " + there_.address.domain() + " gave you");
        const auto own = TRY(person_.cards().own());
        TRY(make_account(own));
    }
    return change_home();
}

// The contacts are there now: so their servers are told by the new one, too.
Result<void> announce_arrival(Person& person) {
    const auto own = TRY(person.cards().own());
    const CardBuilder next = CardBuilder::after(own.chain.current(), person.clock().now());
    TRY(publish_card(person, own, next.card(), {person.device(), person.keys().signing}));
    return {};
}

bool has_moved(const std::filesystem::path& folder, const std::string& address) {
    const auto home = Home::open(folder);
    return home && home->address().text() == address;
}

Outcome report(const Terminal& terminal, const MoveWish& wish, Came came) {
    if (terminal.json)
        print_json({{"address", wish.address}, {"state", came == Came::waits ? "waits" : "moved"}});
    else if (came == Came::waits)
        print_line(
            "your next card (moves the account) waits for another device: run `kith device "
            "confirm` there, then this again");
    else
        print_line("you are " + wish.address + " now; who writes to the old address is told");
    return came == Came::waits ? ExitCode::queued : ExitCode::done;
}

}  // namespace

Outcome run_move(const std::filesystem::path& folder,
                 const Terminal& terminal,
                 const MoveWish& wish) {
    if (!has_moved(folder, wish.address)) {
        const auto person = TRY(Person::open(folder, terminal));
        if (!wish.folder.empty())
            TRY(export_everything(*person, wish.folder));
        Move move(*person, wish);
        if (TRY(move.leave()) == Came::waits)
            return report(terminal, wish, Came::waits);
        TRY(move.arrive());
    }
    const auto person = TRY(Person::open(folder, terminal));
    if (!wish.folder.empty())
        TRY(import_everything(*person, wish.folder));
    if (!wish.invite.empty())
        TRY(announce_arrival(*person));
    return report(terminal, wish, Came::published);
}

}  // namespace kith
