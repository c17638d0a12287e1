// deliveries.json: bodies of POST /kith/1/deliveries, by their part grammar (protocol section 7.2).
#include <boost/json/array.hpp>

#include "crypto/hash.h"
#include "make_vectors/vectors.h"

namespace kith::vectors {
namespace {

namespace json = boost::json;

struct Part {
    std::string name;
    std::string octets;
};

std::string body_of(const std::vector<Part>& parts) {
    std::string body;
    for (const Part& part : parts)
        body += part.name + " " + std::to_string(part.octets.size()) + "\n" + part.octets;
    return body;
}

class Deliveries {
  public:
    void good(const char* name, const std::vector<Part>& parts) {
        json::array described;
        for (const Part& part : parts)
            described.push_back({{"name", part.name},
                                 {"length", part.octets.size()},
                                 {"hash", sha256(part.octets).text()}});
        json::object out{{"name", name}, {"body", base64(as_bytes(body_of(parts)))}};
        out["valid"] = true;
        out["parts"] = described;
        cases_.push_back(out);
    }
    // `where`: the part whose rule is broken; "delivery" where it has no name.
    void bad(const char* name, const std::string& body, const char* where) {
        json::object out{{"name", name}, {"body", base64(as_bytes(body))}};
        out["valid"] = false;
        out["where"] = where;
        cases_.push_back(out);
    }
    json::array take() { return std::move(cases_); }

  private:
    json::array cases_;
};

}  // namespace

json::value delivery_vectors(const People& people) {
    const Part card{"card", people.alice().note.octets()};
    const Part stub{"stub", example_stub_countersigned(people).octets()};
    const Part blob{"blob", to_text(people.payload())};
    const Part token{"token", "abc123"};
    Deliveries out;
    out.good("card, stub and blob", {card, stub, blob});
    out.good("a stub alone", {stub});
    out.good("a token, a reply token and no blob", {card, stub, token, {"reply", "xyz789"}});
    out.good(
        "reserved parts",
        {stub, {"hints", "x"}, {"introduction", ""}, {"proof", "x"}, {"checkpoint", "x"}, blob});
    out.good("an empty blob", {stub, {"blob", ""}});
    out.good("two cards", {card, card, stub});

    const std::string good = body_of({card, stub, blob});
    out.bad("nothing", "", "stub");
    out.bad("no stub", body_of({card, blob}), "stub");
    out.bad("two stubs", body_of({stub, stub}), "stub");
    out.bad("two tokens", body_of({stub, token, token}), "token");
    out.bad("a part after the blob", body_of({stub, blob, token}), "token");
    out.bad("two blobs", body_of({stub, blob, blob}), "blob");
    out.bad("17 cards", body_of(std::vector<Part>(17, card)) + body_of({stub}), "card");
    std::string many = body_of({stub});
    for (char a = 'a'; a <= 'p'; ++a)
        for (char b = 'a'; b <= 'p'; ++b)
            many += body_of({{std::string{'z', a, b}, ""}});
    out.bad("257 parts", many, "delivery");
    out.bad("a stub of 4097 octets", body_of({{"stub", std::string(4097, 'x')}}), "stub");
    out.bad("a token of 129 octets", body_of({stub, {"token", std::string(129, 'a')}}), "token");
    out.bad("a stamp of 513 octets", body_of({stub, {"stamp", std::string(513, 'a')}}), "stamp");
    out.bad("a part cut short", good.substr(0, card.octets.size()), "card");
    out.bad("octets left over", body_of({stub}) + "x", "delivery");
    out.bad("an upper-case name", "Stub" + body_of({stub}).substr(4), "delivery");
    out.bad("a name of 17 letters", "abcdefghijklmnopq 1\nx", "delivery");
    out.bad("no name", " 1\nx", "delivery");
    out.bad("a length with a leading zero", "stub 01\nx", "stub");
    out.bad("no length", "stub \nx", "stub");
    out.bad("a negative length", "stub -1\nx", "stub");
    out.bad("a length of 11 digits", "stub 10000000000\nx", "stub");
    out.bad("two spaces", "stub  1\nx", "stub");
    out.bad("CR LF after the length", "stub 1\r\nx", "stub");
    return {{"description",
             "Delivery bodies in base64: their parts, or the part that breaks the grammar or its "
             "limit (protocol section 7.2). Signatures and times are not looked at."},
            {"cases", out.take()}};
}

}  // namespace kith::vectors
