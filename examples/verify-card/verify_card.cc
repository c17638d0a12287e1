// Reads somebody's first card from standard input and says whose it is and which devices it names.
// Exit code 0: one of its own devices signed it; 1: none did; 2: it is not a card.
#include <iostream>
#include <iterator>
#include <string>

#include "identity/chain.h"
#include "note/card.h"

int main() {
    const std::string octets{std::istreambuf_iterator<char>(std::cin), {}};
    const auto card = kith::read_card(octets);
    if (!card) {
        std::cerr << card.error().text() << "\n";
        return 2;
    }
    const auto good = kith::verify_first(*card);
    if (!good) {
        std::cerr << good.error().text() << "\n";
        return 1;
    }
    std::cout << card->card.address.text() << " has the root " << card->hash.text() << "\n";
    for (const auto& device : card->card.devices)
        std::cout << "  " << device.name << " " << device.key.text() << "\n";
    return 0;
}
