#include "crypto/siphash.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

// The paper's appendix A, and the first and last of the authors' vectors (vectors.h): the key is
// 00 01 … 0f, the message 00 01 … of that length.
TEST(SipHash, gives_the_authors_vectors) {
    Bytes key;
    for (std::uint8_t i = 0; i < 16; ++i)
        key.push_back(i);
    for (const auto& [length, tag] : {std::pair(0, "310e0edd47db6f72"),
                                      std::pair(1, "fd67dc93c539f874"),
                                      std::pair(15, "e545be4961ca29a1"),
                                      std::pair(63, "724506eb4c328a95")}) {
        Bytes message;
        for (int i = 0; i < length; ++i)
            message.push_back(static_cast<std::uint8_t>(i));
        EXPECT_EQ(hex(siphash_2_4(key, message)), tag) << length;
    }
}

}  // namespace
}  // namespace kith
