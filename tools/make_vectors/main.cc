// kith-make-vectors DOCS            writes DOCS/vectors/*.json
// kith-make-vectors --check DOCS    is what is there what would be written? And are the worked
//                                   examples in DOCS/protocol.md?
// kith-make-vectors --examples      prints the blocks of sections 9 and 10
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "make_vectors/json.h"
#include "make_vectors/vectors.h"

namespace kith::vectors {
namespace {

namespace fs = std::filesystem;

std::vector<std::pair<std::string, std::string>> all_files(const People& people) {
    return {{"people.json", pretty(people.secrets())},
            {"signed-notes.json", pretty(signed_note_vectors(people))},
            {"notes.json", pretty(note_vectors(people))},
            {"cards.json", pretty(card_vectors(people))},
            {"chains.json", pretty(chain_vectors(people))},
            {"moved.json", pretty(move_vectors(people))},
            {"recovery.json", pretty(recovery_vectors())},
            {"stubs.json", pretty(stub_vectors(people))},
            {"stamps.json", pretty(stamp_vectors(people))},
            {"deliveries.json", pretty(delivery_vectors(people))},
            {"log.json", pretty(log_vectors(people))},
            {"examples.json", pretty(example_vectors(people))}};
}

std::optional<std::string> read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in)
        return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(in), {});
}

int write(const fs::path& docs, const People& people) {
    fs::create_directories(docs / "vectors");
    for (const auto& [name, text] : all_files(people)) {
        std::ofstream out(docs / "vectors" / name, std::ios::binary);
        out << text;
        if (!out.flush()) {
            std::fprintf(stderr, "cannot write %s\n", name.c_str());
            return 1;
        }
    }
    return 0;
}

int check(const fs::path& docs, const People& people) {
    int rc = 0;
    for (const auto& [name, text] : all_files(people)) {
        if (read(docs / "vectors" / name) == text)
            continue;
        std::fprintf(
            stderr, "vectors/%s is not current: run kith-make-vectors docs\n", name.c_str());
        rc = 1;
    }
    const std::string protocol = read(docs / "protocol.md").value_or("");
    for (const Example& example : examples(people)) {
        if (protocol.find("```\n" + example.text + "```\n") != std::string::npos)
            continue;
        std::fprintf(stderr,
                     "protocol.md: the block \"%s\" is not current: "
                     "see kith-make-vectors --examples\n",
                     example.name.c_str());
        rc = 1;
    }
    return rc;
}

void print_examples(const People& people) {
    for (const Example& example : examples(people))
        std::printf("%s\n\n```\n%s```\n\n", example.name.c_str(), example.text.c_str());
}

int run(const std::vector<std::string>& arguments) {
    const People people;
    if (arguments.size() == 1 && arguments[0] == "--examples") {
        print_examples(people);
        return 0;
    }
    if (arguments.size() == 2 && arguments[0] == "--check")
        return check(arguments[1], people);
    if (arguments.size() == 1 && !arguments[0].starts_with("-"))
        return write(arguments[0], people);
    std::fprintf(stderr, "usage: kith-make-vectors [--check] DOCS | --examples\n");
    return 2;
}

}  // namespace
}  // namespace kith::vectors

int main(int argc, char** argv) {
    try {
        return kith::vectors::run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "kith-make-vectors: %s\n", error.what());
        return 1;
    }
}
