// Runs fuzz targets over their corpora in the tree, without libFuzzer: what they assert is held at
// every `ctest`. Beginnings of each input are tried, too. usage: NAME_corpus FOLDER
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

// KITH_TARGETS is a row of KITH_TARGET(name), from cmake/KithTargets.cmake.
#define KITH_TARGET(name) extern "C" int kith_##name(const std::uint8_t* data, std::size_t size);
KITH_TARGETS
#undef KITH_TARGET

namespace {

namespace fs = std::filesystem;
using Target = int (*)(const std::uint8_t* data, std::size_t size);

constexpr std::size_t kBeginnings = 32;

// The octets on the heap, so that a sanitizer sees every step over the end.
void run_one(Target target, const std::string& octets, std::size_t size) {
    const std::basic_string<std::uint8_t> copy(octets.begin(),
                                               octets.begin() + static_cast<std::ptrdiff_t>(size));
    target(copy.data(), copy.size());
}

int replay(const char* name, Target target, const fs::path& folder) {
    int inputs = 0;
    for (const auto& entry : fs::directory_iterator(folder / name)) {
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string octets{std::istreambuf_iterator<char>(in), {}};
        std::fprintf(stderr, "%s\n", entry.path().c_str());  // the last line names what failed
        for (std::size_t i = 0; i < kBeginnings; ++i)
            run_one(target, octets, octets.size() * i / kBeginnings);
        run_one(target, octets, octets.size());
        ++inputs;
    }
    std::printf("%s: %d inputs\n", name, inputs);
    return inputs > 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
    if (count != 2)
        return 2;
    int failed = 0;
#define KITH_TARGET(name) failed += replay(#name, kith_##name, words[1]);
    KITH_TARGETS
    return failed;
}
