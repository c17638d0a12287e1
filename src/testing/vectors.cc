#include "testing/vectors.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace kith::testing {
namespace fs = std::filesystem;

fs::path source_root() {
    if (const char* root = std::getenv("KITH_SOURCE"))
        return root;
    for (fs::path at = fs::current_path(); at != at.root_path(); at = at.parent_path())
        if (fs::exists(at / "CMakePresets.json"))
            return at;
    return fs::current_path();
}

std::optional<fs::path> vectors() {
    const char* named = std::getenv("KITH_VECTORS");
    fs::path folder = named ? fs::path(named) : source_root() / ".." / "shared" / "vectors";
    if (fs::is_directory(folder))
        return folder;
    if (std::getenv("KITH_REQUIRE_VECTORS")) {
        std::fprintf(stderr, "no vectors at %s: set KITH_VECTORS\n", folder.c_str());
        std::exit(1);
    }
    return std::nullopt;
}

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        std::fprintf(stderr, "cannot read %s\n", path.c_str());
        std::exit(1);
    }
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace kith::testing
