// recover --guardians: phrase and devices are lost; the guardians put a new recovery key in the old
// one's place, and after 72 hours `kith recover` goes on with it (protocol section 3.5).
#include "identity/recovery_phrase.h"
#include "kith/commands.h"
#include "kith/open_calls.h"
#include "kith/recovery_request.h"

namespace kith {
namespace {

// The phrase is written down before anybody is asked; a file that an attempt before left is taken.
Result<Mnemonic> new_phrase(NewHome& home, const PhraseSource& source) {
    if (home.resumed() && !source.file.empty())
        if (auto kept = phrase_of_file(source.file))
            return kept;
    Mnemonic phrase = Mnemonic::generate(home.random());
    if (source.file.empty())
        TRY(show_phrase(phrase, home.random()));
    else
        TRY(write_phrase_file(source.file, phrase, home.config().address.text()));
    return phrase;
}

Result<GuardianRequest> make_request(NewHome& home, const Chain& chain, const RecoverWish& wish) {
    const Mnemonic phrase = TRY(new_phrase(home, wish.phrase));
    const GuardianRequest request{
        .address = home.config().address,
        .time = std::max(SystemClock().now(), chain.current().card.time),
        .replacement = recovery_commitment(recovery_key_of(phrase, 1).public_key()),
        .prev = chain.current().hash,
        .freeze = wish.freeze == RecoverWish::Freeze::yes ? GuardianRequest::Freeze::yes
                                                          : GuardianRequest::Freeze::no};
    TRY(keep_request(home.home(), request));
    return request;
}

bool is_announced(const Chain& chain, const GuardianRequest& request) {
    const auto& replacement = chain.current().card.replacement;
    return replacement && replacement->recovery == request.replacement;
}

void print_announced(const Terminal& terminal, const GuardianRequest& request) {
    const std::string from = format_time(request.time + kReplacementWait);
    if (terminal.json)
        print_json(
            {{"state", "announced"}, {"announced", format_time(request.time)}, {"from", from}});
    else
        print_line("your guardians have announced your new phrase. At the earliest from " + from +
                   " on run `kith recover " + request.address.text() + "` with it");
}

void print_asked(const Terminal& terminal, const Card& card, const GuardianRequest& request) {
    const std::string link = write_guardian_request(request);
    if (terminal.json) {
        print_json({{"state", "asked"},
                    {"link", link},
                    {"number", spoken_number(request)},
                    {"needed", card.guardians_needed.value_or(0)},
                    {"until", format_time(request.time + kReplacementWait)}});
        return;
    }
    print_line("Send this link to " + std::to_string(card.guardians_needed.value_or(0)) +
               " of your guardians, until " + format_time(request.time + kReplacementWait) +
               ", and have each run `kith guardian help LINK`:\n\n  " + link +
               "\n\nSpeak with each of them, and read them this number: " + spoken_number(request) +
               "\n\nThen `kith recover " + request.address.text() +
               " --guardians` says how far it is.");
}

}  // namespace

Outcome run_recover_guardians(const std::filesystem::path& folder,
                              const Terminal& terminal,
                              const RecoverWish& wish) {
    const auto home = TRY(NewHome::begin(folder, wish.home));
    const Chain chain = TRY(fetch_chain(home->network(), home->origin(), home->config().address));
    const Card& card = chain.current().card;
    if (card.guardians.empty())
        return fail(ErrorKind::not_found,
                    card.address.text(),
                    "has no guardians: only the recovery phrase helps");
    auto kept = TRY(kept_request(home->home()));
    // One that ran out before enough of them came is asked anew.
    const bool is_over =
        kept && !is_announced(chain, *kept) && SystemClock().now() - kept->time > kReplacementWait;
    const GuardianRequest request =
        kept && !is_over ? *kept : TRY(make_request(*home, chain, wish));
    if (is_announced(chain, request)) {
        print_announced(terminal, request);
        return ExitCode::queued;
    }
    print_asked(terminal, card, request);
    return ExitCode::queued;
}

}  // namespace kith
