// However a body is cut into pieces, the same events come out, or the same refusal.
#include "protocol/delivery_body.h"

namespace {

using namespace kith;

struct Outcome {
    std::vector<Part> parts;
    std::string blob;
    std::vector<std::uint64_t> announced;
    std::string refusal;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Result<void> read(ByteView body, std::size_t step, Outcome& out) {
    PartReader reader(delivery_rules(1 << 20));
    while (!body.empty()) {
        ByteView piece = body.first(std::min(step, body.size()));
        body = body.subspan(piece.size());
        while (auto event = TRY(reader.next(piece))) {
            if (auto* const part = std::get_if<Part>(&*event))
                out.parts.push_back(*part);
            else if (auto* const blob = std::get_if<BlobAnnounced>(&*event))
                out.announced.push_back(blob->octets);
            else if (auto* const octets = std::get_if<BlobOctets>(&*event))
                out.blob += as_text(octets->octets);
        }
        KITH_CHECK(piece.empty());
    }
    return reader.finish();
}

Outcome outcome_of(ByteView body, std::size_t step) {
    Outcome out;
    if (auto done = read(body, step, out); !done)
        out.refusal = done.error().text();
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView body(data, size);
    const Outcome whole = outcome_of(body, SIZE_MAX);
    KITH_CHECK(whole == outcome_of(body, 1));
    KITH_CHECK(whole == outcome_of(body, 7));
    KITH_CHECK(whole.announced.size() <= 1);
    for (const RowRules& rules : {account_rules(), link_rules()})
        if (auto parts = parse_row(as_text(body), rules)) {
            std::string again;
            for (const Part& part : *parts)
                again += write_part(part.name, part.octets);
            KITH_CHECK(again == as_text(body));
        }
    if (auto cards = parse_card_row(as_text(body)))
        KITH_CHECK(write_card_row(*cards) == as_text(body));
    if (auto row = parse_proven_cards(as_text(body))) {
        const auto again = parse_proven_cards(write_proven_cards(*row));
        KITH_CHECK(again && *again == *row);
    }
    return 0;
}
