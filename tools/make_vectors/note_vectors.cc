// signed-notes.json: the C2SP form and its signatures. notes.json: the types of Kith.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <functional>

#include "make_vectors/vectors.h"
#include "note/batch.h"
#include "note/confirm.h"
#include "note/link.h"
#include "note/login.h"
#include "note/outcome.h"
#include "note/price.h"
#include "note/withdraw.h"

namespace kith::vectors {
namespace {

namespace json = boost::json;

constexpr const char* kVkey =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr const char* kExample =
    "This is an example message.\n\n"
    "\xE2\x80\x94 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOB"
    "H3mFXmRKuwHjG1Yu72IneyaQM=\n";

// Octets that may be no text are given in base64.
json::object note_case(const std::string& name, const std::string& octets) {
    json::object out{{"name", name}};
    if (is_utf8(octets) && octets.find('\0') == std::string::npos)
        out["note"] = octets;
    else
        out["note-base64"] = base64(as_bytes(octets));
    return out;
}

std::string lines_of(const SignedNote& note) {
    return note.octets().substr(note.text().size() + 1);
}

Result<std::vector<std::size_t>> verify_octets(const std::string& octets,
                                               const std::vector<NamedKey>& known) {
    const SignedNote note = TRY(SignedNote::parse(octets));
    return verify_note(note, known);
}

json::array vkeys(const std::vector<NamedKey>& known) {
    json::array out;
    for (const NamedKey& key : known)
        out.push_back(json::value(key.vkey()));
    return out;
}

class SignedNotes {
  public:
    explicit SignedNotes(const People& people)
        : known_{{"alice@one.test/laptop", people.key("laptop").public_key()},
                 {"one.test", people.key("one.test").public_key()}} {}

    void good(const std::string& name,
              const std::string& octets,
              const std::vector<NamedKey>& known) {
        json::object out = note_case(name, octets);
        out["keys"] = vkeys(known);
        const auto signers = verify_octets(octets, known);
        expect_good(out, signers);
        out["hash"] = SignedNote::parse(octets)->hash().text();
        json::array names;
        for (const std::size_t i : *signers)
            names.push_back(json::value(known[i].name));
        out["signers"] = names;
        cases_.push_back(out);
    }
    void bad(const std::string& name, const std::string& octets, const Refusal& refusal) {
        json::object out = note_case(name, octets);
        out["keys"] = vkeys(known_);
        expect_refusal(out, verify_octets(octets, known_), refusal);
        cases_.push_back(out);
    }
    const std::vector<NamedKey>& known() const { return known_; }
    json::array take() { return std::move(cases_); }

  private:
    std::vector<NamedKey> known_;
    json::array cases_;
};

void add_good(SignedNotes& out, const People& people, const std::string& two) {
    out.good("the example of C2SP", kExample, {*NamedKey::parse_vkey(kVkey)});
    out.good("device and domain", two, out.known());
    out.good("the domain's key is not known: its signature is ignored", two, {out.known()[0]});
    const SignedNote spaced =
        people.sign("text\n\nwith an empty line, \xC3\xA8\n", {{"laptop", out.known()[0].name}});
    out.good("an empty line and letters beyond ASCII in the text", spaced.octets(), out.known());
}

void add_bad(SignedNotes& out, const People& people, const std::string& two) {
    using enum ErrorKind;
    const std::string one = people.sign("text\n", {{"laptop", "alice@one.test/laptop"}}).octets();
    const std::string line = one.substr(6);
    const std::string other = lines_of(people.sign("other\n", {{"one.test", "one.test"}}));
    out.bad("one letter changed",
            "t" + two.substr(1, 2) + "X" + two.substr(4),
            {bad_signature, "signature"});
    out.bad("a bad signature beside a good one", one + other, {bad_signature, "signature"});
    out.bad("signed by a stranger alone",
            people.sign("text\n", {{"stranger", "stranger"}}).octets(),
            {untrusted, "signature"});
    out.bad("a known name with another key",
            people.sign("text\n", {{"stranger", "one.test"}}).octets(),
            {untrusted, "signature"});
    out.bad("no signature", "text\n\n", {malformed, "note"});
    out.bad("no empty line", "text\n" + line, {malformed, "note"});
    out.bad("the last line has no end", one.substr(0, one.size() - 1), {malformed, "note"});
    out.bad("a hyphen for the dash", "text\n\n-" + line.substr(3), {malformed, "signature"});
    out.bad(
        "a plus in the key name", "text\n\n\xE2\x80\x94 a+b AAAAAAAA\n", {malformed, "signature"});
    out.bad(
        "base64 without padding", one.substr(0, one.size() - 2) + "\n", {malformed, "signature"});
    out.bad(
        "a signature of no octets", "text\n\n\xE2\x80\x94 a AAAAAA==\n", {malformed, "signature"});
    out.bad("CR LF", "text\r\n\n" + line, {malformed, "note"});
    out.bad("a tab", "te\txt\n\n" + line, {malformed, "note"});
    out.bad("a zero octet", std::string("te\0xt\n\n", 7) + line, {malformed, "note"});
    out.bad("not UTF-8", "te\xFFxt\n\n" + line, {malformed, "note"});
    std::string many = one;
    for (int i = 0; i < 16; ++i)
        many += "\xE2\x80\x94 x" + std::to_string(i) + " AAAAAAAA\n";
    out.bad("17 signatures", many, {limit, "signature"});
}

// One type: a good text, and how it goes wrong.
struct Type {
    std::string name;
    std::string text;
    std::vector<Signer> signers;
    std::vector<std::string> required;
    std::function<Result<void>(const SignedNote&, Time now)> check;
};

template <class Parse>
auto checker(Parse parse) {
    return [parse](const SignedNote& note, Time now) -> Result<void> {
        const auto value = TRY(parse(note));
        return check_times(value, now);
    };
}

std::string without(const std::string& text, const std::string& name) {
    const std::size_t begin = text.find("\n" + name + " ") + 1;
    return text.substr(0, begin) + text.substr(text.find('\n', begin) + 1);
}

std::string with(const std::string& text, const std::string& name, const std::string& value) {
    const std::size_t begin = text.find("\n" + name + " ") + 1;
    return text.substr(0, begin) + name + " " + value + text.substr(text.find('\n', begin));
}

class Notes {
  public:
    explicit Notes(const People& people) : people_(people) {}

    void good(const Type& type, const std::string& name, const std::string& text) {
        json::object out = begin(type, name, text);
        expect_good(out, checked(type, text));
        out["hash"] = note_hash(text).text();
        cases_.push_back(out);
    }
    void bad(const Type& type,
             const std::string& name,
             const std::string& text,
             const Refusal& refusal) {
        json::object out = begin(type, name, text);
        expect_refusal(out, checked(type, text), refusal);
        cases_.push_back(out);
    }
    json::array take() { return std::move(cases_); }

  private:
    json::object begin(const Type& type, const std::string& name, const std::string& text) const {
        json::object out = note_case(type.name + ": " + name, signed_text(type, text).octets());
        out["type"] = type.name;
        return out;
    }
    SignedNote signed_text(const Type& type, const std::string& text) const {
        return people_.sign(text, type.signers);
    }
    Result<void> checked(const Type& type, const std::string& text) const {
        return type.check(signed_text(type, text), kNow);
    }

    const People& people_;
    json::array cases_;
};

void add_type(Notes& out, const Type& type) {
    using enum ErrorKind;
    const std::string at = type.name + ": ";
    out.good(type, "good", type.text);
    out.good(type, "an unknown field", type.text + "later something\nlater twice\n");
    for (const std::string& name : type.required) {
        out.bad(type, "without " + name, without(type.text, name), {malformed, at + name});
        // A second device is a device, not a repetition.
        if (name != "device" || type.name != "card")
            out.bad(type, name + " twice", type.text + name + " x\n", {malformed, at + name});
        if (name != "nonce")
            out.bad(
                type, name + " does not parse", with(type.text, name, "?"), {malformed, at + name});
    }
    out.bad(type,
            "time 301 seconds ahead",
            with(type.text, "time", format_time(kNow + Seconds(301))),
            {future, at + "time"});
    out.bad(type,
            "another type",
            "kith/1 vouch" + type.text.substr(type.text.find('\n')),
            {malformed, at + "type"});
    out.bad(type, "an upper-case field name", type.text + "Later x\n", {malformed, at + "note"});
    out.bad(type, "a space without a value", type.text + "later \n", {malformed, at + "later"});
    out.bad(type, "a control character", type.text + "later a\x7F\n", {malformed, at + "later"});
    out.bad(type, "an empty line", type.text + "\nlater x\n", {malformed, at + "note"});
}

Link link_of(const People& people) {
    Link link;
    link.address = people.alice().card.address;
    link.device = "tablet";
    link.key = people.device("tablet").key.public_key();
    link.recipient = people.device("tablet").identity.recipient();
    link.time = kNow;
    link.mac = link_mac(link, *LinkCode::parse("abcdefgh-qrstuvwx234567ab"));
    return link;
}

Type card_type(const People& people) {
    return {.name = "card",
            .text = std::string(people.alice().note.text()),
            .signers = {{"laptop", "alice@one.test/laptop"}},
            .required = {"address", "serial", "time", "expires", "device", "recovery"},
            .check = checker([](const SignedNote& note) { return parse_card(note.text()); })};
}

Type stub_type(const People& people) {
    return {
        .name = "stub",
        .text = write_stub(people.stub()),
        .signers = {{"laptop", "alice@one.test/laptop"}},
        .required = {"id", "time", "expires", "from", "root", "card", "to", "blob", "size", "keys"},
        .check = checker(parse_stub)};
}

std::vector<Type> small_types(const People& people) {
    const Batch batch{"one.test", kNow, 16, sha256("tree")};
    const Price price{
        "two.test", "equihash-96-5", 1'500, people.stub().id, kNow, kNow + std::chrono::hours(2)};
    const Login login{people.alice().card.address, "laptop", "one.test", "c29tZSBub25jZQ", kNow};
    const Withdraw withdraw{
        people.stub().id, people.stub().from, people.stub().root, people.stub().to, kNow};
    const Confirmation confirm{.address = people.stub().from,
                               .root = people.stub().root,
                               .time = kNow,
                               .recovery_key = std::nullopt,
                               .stubs = {sha256(write_stub(people.stub()))}};
    const OutcomeNote outcome{"two.test",
                              kNow,
                              MessageOutcome::unwanted,
                              std::nullopt,
                              sha256(write_stub(people.stub())),
                              people.bob().hash};
    return {{"batch",
             write_batch(batch),
             {{"one.test", "one.test"}},
             {"domain", "time", "size", "tree"},
             checker(parse_batch)},
            {"price",
             write_price(price),
             {{"two.test", "two.test"}},
             {"domain", "puzzle", "effort", "seed", "time", "expires"},
             checker(parse_price)},
            {"login",
             write_login(login),
             {{"laptop", "alice@one.test/laptop"}},
             {"address", "device", "domain", "nonce", "time"},
             checker(parse_login)},
            {"withdraw",
             write_withdraw(withdraw),
             {{"laptop", "alice@one.test/laptop"}},
             {"id", "from", "root", "to", "time"},
             checker(parse_withdraw)},
            {"confirm",
             write_confirm(confirm),
             {{"phone", "alice@one.test/phone"}},
             {"address", "root", "time", "stub"},
             checker(parse_confirm)},
            {"outcome",
             write_outcome(outcome),
             {{"two.test", "two.test"}},
             {"domain", "time", "outcome", "root"},
             checker(parse_outcome)},
            {"link",
             write_link(link_of(people)),
             {{"tablet", "alice@one.test/tablet"}},
             {"address", "device", "key", "recipient", "time", "mac"},
             checker(parse_link)}};
}

void add_card_cases(Notes& out, const People& people) {
    using enum ErrorKind;
    const Type type = card_type(people);
    const std::string device = "device phone " + people.device("phone").key.public_key().text() +
                               " " + people.device("phone").identity.recipient().text() + " " +
                               format_time(kNow);
    const std::string revoked =
        "revoked phone " + people.device("phone").key.public_key().text() + " " + format_time(kNow);
    out.good(type, "every flag", type.text + device + " pending server\n");
    out.good(type, "nobody unknown is heard", type.text + "strangers\n");
    out.bad(
        type, "an unknown flag", type.text + device + " archive\n", {malformed, "card: device"});
    out.bad(type,
            "flags in another order",
            type.text + device + " server pending\n",
            {malformed, "card: device"});
    out.bad(type,
            "a device twice",
            type.text + device + "\n" + device + "\n",
            {malformed, "card: device"});
    out.bad(type,
            "a revoked device that is listed",
            type.text + device + "\n" + revoked + " lost\n",
            {malformed, "card: revoked"});
    out.bad(
        type, "an unknown reason", type.text + revoked + " bored\n", {malformed, "card: revoked"});
    const auto guardian = [&](const char* name) {
        return "guardian " + guardian_commitment(people.key(name).public_key()).text() + "\n";
    };
    const std::string two = guardian("guardian-1") + guardian("guardian-2");
    const std::string key = "guardian-key " + people.key("guardian-1").public_key().text() + "\n";
    const std::string replacement = "replacement " + sha256("x").text() + " ";
    out.good(type, "guardians", type.text + two + "guardians 2\n");
    out.bad(type,
            "one guardian suffices",
            type.text + two + "guardians 1\n",
            {malformed, "card: guardians"});
    out.bad(type,
            "more guardians than there are",
            type.text + two + "guardians 3\n",
            {malformed, "card: guardians"});
    out.bad(
        type, "guardians without their number", type.text + two, {malformed, "card: guardians"});
    out.bad(type,
            "a guardian twice",
            type.text + two + guardian("guardian-2") + "guardians 2\n",
            {malformed, "card: guardian"});
    out.bad(type,
            "an announcement of another time",
            type.text + key + replacement + format_time(kNow - kOneDay) + "\n",
            {malformed, "card: guardian-key"});
    out.bad(type,
            "a replacement by the same key",
            type.text + "replacement " + people.alice().card.recovery.text() + " " +
                format_time(kNow) + "\n",
            {malformed, "card: replacement"});
    out.bad(type,
            "an address in upper case",
            with(type.text, "address", "Alice@one.test"),
            {malformed, "card: address"});
    out.bad(type,
            "401 days",
            with(type.text, "expires", format_time(kNow + 401 * kOneDay)),
            {limit, "card: expires"});
    out.bad(type,
            "expires before time",
            with(type.text, "expires", format_time(kNow - kOneDay)),
            {malformed, "card: expires"});
    out.bad(type,
            "a first card with prev",
            type.text + "prev " + sha256("x").text() + "\n",
            {malformed, "card: prev"});
    out.bad(type,
            "a second card without root",
            with(type.text, "serial", "2"),
            {malformed, "card: root"});
    out.bad(type,
            "an unknown kind of stranger",
            type.text + "strangers money\n",
            {malformed, "card: strangers"});
    std::string old = with(type.text, "time", format_time(kNow - 300 * kOneDay));
    old = with(old, "expires", format_time(kNow - Seconds(1)));
    out.bad(type, "expired a second ago", old, {expired, "card: expires"});
    out.good(
        type, "time 300 seconds ahead", with(type.text, "time", format_time(kNow + Seconds(300))));
    out.bad(type,
            "a key of small order",
            with(type.text,
                 "device",
                 "laptop ed25519:" + base64(Bytes(32, 0)) + " " +
                     people.device("laptop").identity.recipient().text() + " " + format_time(kNow)),
            {malformed, "card: device"});
}

void add_stub_cases(Notes& out, const People& people) {
    using enum ErrorKind;
    const Type type = stub_type(people);
    out.good(type, "without preview", without(type.text, "preview"));
    out.good(type, "to a sub-address", with(type.text, "to", "bob+news@two.test"));
    out.good(type, "an answer", type.text + "answers " + people.stub().id + "\n");
    out.bad(type,
            "61 days",
            with(type.text, "expires", format_time(kNow + 61 * kOneDay)),
            {limit, "stub: expires"});
    std::string old = with(type.text, "time", format_time(kNow - 30 * kOneDay));
    out.bad(type,
            "expired a second ago",
            with(old, "expires", format_time(kNow - Seconds(1))),
            {expired, "stub: expires"});
    out.bad(type,
            "larger than 4096 octets",
            type.text + "later " + std::string(4000, 'x') + "\n",
            {limit, "stub"});
    out.bad(type,
            "from a sub-address",
            with(type.text, "from", "alice+x@one.test"),
            {malformed, "stub: from"});
    out.bad(type,
            "a preview of 1041 octets",
            with(type.text, "preview", base64(Bytes(1041, 0))),
            {limit, "stub: preview"});
}

void add_confirm_cases(Notes& out, const People& people) {
    using enum ErrorKind;
    Confirmation confirm{.address = people.stub().from,
                         .root = people.stub().root,
                         .time = kNow,
                         .recovery_key = std::nullopt,
                         .stubs = {sha256("one"), sha256("two")}};
    const Type type{"confirm",
                    write_confirm(confirm),
                    {{"phone", "alice@one.test/phone"}},
                    {},
                    checker(parse_confirm)};
    out.good(type, "several stubs", type.text);
    out.bad(type,
            "a stub that stands twice",
            type.text + "stub " + sha256("one").text() + "\n",
            {malformed, "confirm: stub"});
    out.bad(type,
            "301 seconds ago",
            with(type.text, "time", format_time(kNow - Seconds(301))),
            {expired, "confirm: time"});
    confirm.recovery_key = people.key("alice-recovery").public_key();
    out.good(type, "by the recovery key", write_confirm(confirm));
    for (std::size_t i = confirm.stubs.size(); i <= kMaxConfirmed; ++i)
        confirm.stubs.push_back(sha256(std::to_string(i)));
    out.bad(type, "501 stubs", write_confirm(confirm), {limit, "confirm: stub"});
}

void add_outcome_cases(Notes& out, const People& people) {
    using enum ErrorKind;
    const OutcomeNote vouched{
        "two.test", kNow, MessageOutcome::engaged, people.stub().id, std::nullopt};
    const Type type{
        "outcome", write_outcome(vouched), {{"two.test", "two.test"}}, {}, checker(parse_outcome)};
    out.good(type, "of a vouch", type.text);
    out.bad(type,
            "of a vouch and a stub",
            type.text + "stub " + sha256("x").text() + "\n",
            {malformed, "outcome: vouch"});
    out.bad(type,
            "a root beside a vouch",
            type.text + "root " + sha256("x").text() + "\n",
            {malformed, "outcome: root"});
    out.bad(type,
            "an outcome that is none",
            with(type.text, "outcome", "opened"),
            {malformed, "outcome: outcome"});
    out.bad(type,
            "61 days ago",
            with(type.text, "time", format_time(kNow - 61 * kOneDay)),
            {expired, "outcome: time"});
}

}  // namespace

json::value signed_note_vectors(const People& people) {
    SignedNotes out(people);
    const std::string two =
        people.sign("text\n", {{"laptop", "alice@one.test/laptop"}, {"one.test", "one.test"}})
            .octets();
    add_good(out, people, two);
    add_bad(out, people, two);
    return {{"description",
             "C2SP signed notes: with the verifier keys `keys` (vkeys), the note is signed by "
             "`signers`, or refused."},
            {"cases", out.take()}};
}

json::value note_vectors(const People& people) {
    Notes out(people);
    add_type(out, card_type(people));
    add_card_cases(out, people);
    add_type(out, stub_type(people));
    add_stub_cases(out, people);
    for (const Type& type : small_types(people))
        add_type(out, type);
    add_confirm_cases(out, people);
    add_outcome_cases(out, people);
    return {{"description",
             "Notes of every type: their form (protocol section 2) and their times against `now`. "
             "Of the signatures only those of `link` matter here."},
            {"now", format_time(kNow)},
            {"cases", out.take()}};
}

}  // namespace kith::vectors
