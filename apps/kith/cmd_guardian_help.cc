// guardian help: signs, with the key that came in a message, for somebody who lost everything.
#include <algorithm>

#include "base/text.h"
#include "identity/card_builder.h"
#include "kith/commands.h"
#include "kith/discovery.h"
#include "kith/guardian_book.h"
#include "kith/mail_rows.h"
#include "kith/open_calls.h"
#include "kith/opened_mail.h"
#include "kith/outbox.h"
#include "kith/tty.h"
#include "mail/message.h"
#include "note/guardian_share.h"

namespace kith {
namespace {

constexpr std::size_t kAtOnce = 50;

Result<GuardianShare> share_in(const std::string& message) {
    const auto view = TRY(parse_message(message));
    for (std::size_t i = 0; i < view.attachments().size(); ++i) {
        if (view.attachments()[i].type != kGuardianShareType)
            continue;
        Bytes octets = TRY(view.attachment(i));
        auto share = parse_guardian_share(as_text(octets));
        wipe(octets);
        return share;
    }
    return fail(ErrorKind::not_found, "message", "holds no guardian's key");
}

// It serves only with the card that names it.
bool serves(const GuardianShare& share, const Chain& chain) {
    const Card& card = chain.current().card;
    std::vector<Hash> commitments;
    for (const PublicKey& key : share.keys)
        commitments.push_back(guardian_commitment(key));
    return share.root == chain.root() && commitments == card.guardians;
}

bool may_hold_share(const json::object& row, const Address& address) {
    return text_at(row, "tier") != "own" &&
           text_at(row, "subject") == "You are a guardian of " + address.text();
}

void mark(Person& person, const json::object& email) {
    const std::string keyword = "keywords/" + std::string(kGuardianKeyword);
    [[maybe_unused]] const auto done = person.server().call(
        "Email/set",
        {{"update", json::object{{text_at(email, "id"), json::object{{keyword, true}}}}}});
}

// Newest first: earlier ones were replaced.
Result<GuardianShare> find_share(Person& person, const Address& address, const Chain& chain) {
    const auto ids = TRY(query_emails(person, {{"from", address.text()}}, SIZE_MAX));
    for (std::size_t at = 0; at < ids.size(); at += kAtOnce) {
        const auto end = std::min(ids.size(), at + kAtOnce);
        const auto emails = TRY(get_emails(person,
                                           {ids.begin() + static_cast<std::ptrdiff_t>(at),
                                            ids.begin() + static_cast<std::ptrdiff_t>(end)}));
        for (const json::object& email : emails) {
            if (!may_hold_share(row_of(person, email), address))
                continue;
            const auto opened = TRY(open_email(person, email));
            auto share = share_in(opened.message);
            if (!share || !serves(*share, chain))
                continue;
            mark(person, email);
            return share;
        }
    }
    return fail(ErrorKind::not_found,
                address.text(),
                "has not made you a guardian, or has made others since");
}

std::string digits_of(std::string_view text) {
    std::string digits;
    std::ranges::copy_if(
        text, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
    return digits;
}

// A link can be passed on by anybody; the voice cannot.
Result<void> check_number(const GuardianRequest& request, std::string typed) {
    if (typed.empty()) {
        const Tty tty(Tty::Echo::yes);
        if (!tty.is_there())
            return usage_error("--number: what " + request.address.text() +
                               " reads to you, for instance on the telephone");
        tty.say("Somebody wants a new recovery key for " + request.address.text() +
                ".\nSpeak with them. Are you sure that it is them?\n");
        typed = TRY(tty.ask("The number that they read to you: ", "number"));
    }
    if (digits_of(typed) == digits_of(spoken_number(request)))
        return {};
    return fail(ErrorKind::denied,
                "number",
                "is not that of this link: somebody else may have made it. Nothing was signed");
}

Result<SignedCard> sign_for(const GuardianShare& share,
                            const Chain& chain,
                            const GuardianRequest& request) {
    const SignedCard* prev = chain.find(request.prev);
    if (prev == nullptr)
        return fail(ErrorKind::conflict,
                    request.address.text(),
                    "has another card since: they have to ask anew");
    CardBuilder builder = CardBuilder::after(*prev, request.time);
    builder.announce(request.replacement, share.keys);
    if (request.freeze == GuardianRequest::Freeze::yes)
        builder.freeze();
    const CardSigner signer{kGuardianName, share.key};
    SignedCard card = TRY(sign_card(builder.card(), std::span(&signer, 1)));
    TRY(signing_guardians(prev->card, card));
    return card;
}

void report(const Terminal& terminal, const Address& address, const PostedCard& posted) {
    const bool waits = posted.state == PostedCard::State::waits;
    if (terminal.json) {
        print_json({{"address", address.text()},
                    {"state", waits ? "waits" : "announced"},
                    {"signatures", waits ? json::value(posted.have) : json::value(nullptr)},
                    {"needed", waits ? json::value(posted.needed) : json::value(nullptr)}});
        return;
    }
    print_line(waits ? "signed: " + std::to_string(posted.have) + " of " +
                           std::to_string(posted.needed) + " guardians"
                     : "signed, and announced: in 72 hours " + address.text() +
                           " can go on with the new phrase, unless the old one says no");
}

}  // namespace

Outcome run_guardian_help(Person& person, const GuardianHelpWish& wish) {
    flush_outbox(person);
    if (!wish.link.starts_with("kith:"))
        return usage_error(
            "'" + wish.link +
            "' is no link: ask them for the one that `kith recover ADDRESS --guardians` shows");
    const auto request = parse_guardian_request(wish.link);
    if (!request)
        return usage_error("the link " + request.error().detail + ": ask for it again");
    const auto known = TRY(person.cards().get(request->address));
    if (const auto pin = person.pin_of(request->address); pin && pin->root != known.chain.root())
        return fail(ErrorKind::untrusted,
                    request->address.text(),
                    "is somebody else than the person pinned here");
    const auto share = TRY(find_share(person, request->address, known.chain));
    TRY(check_number(*request, wish.number));
    const SignedCard card = TRY(sign_for(share, known.chain, *request));
    HomeConfig theirs = person.home().config();
    if (request->address.domain() != theirs.address.domain())
        theirs.server_host.clear();
    theirs.address = request->address;
    const HttpOrigin origin = TRY(find_server(person.network(), theirs));
    const auto posted = TRY(post_card(person.network(), origin, card));
    report(person.terminal(), request->address, posted);
    return ExitCode::done;
}

}  // namespace kith
