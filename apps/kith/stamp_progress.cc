#include "kith/stamp_progress.h"

#include <algorithm>

#include "kith/files.h"
#include "kith/json_access.h"

namespace kith {
namespace {

std::filesystem::path path_of(const Home& home, const Hash& stub) {
    return home.file("pending") / (stub.hex_text() + ".search");
}

std::uint64_t count_at(const json::object& object, std::string_view name) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, number_at(object, name)));
}

}  // namespace

SearchState read_stamp_progress(const Home& home, const Hash& stub, const Stamp& stamp) {
    const auto text = read_private_file(path_of(home, stub));
    const auto object = text ? parse_json_object(*text) : Result<json::object>(text.error());
    if (!object || text_at(*object, "puzzle") != stamp.puzzle ||
        text_at(*object, "seed") != stamp.seed || count_at(*object, "effort") != stamp.effort)
        return {};
    return {.nonce = count_at(*object, "nonce"), .tried = count_at(*object, "tried")};
}

Result<void> write_stamp_progress(const Home& home,
                                  const Hash& stub,
                                  const Stamp& stamp,
                                  const SearchState& state) {
    TRY(home.subfolder("pending"));
    return write_private_file(path_of(home, stub),
                              json::serialize(json::object{{"puzzle", stamp.puzzle},
                                                           {"seed", stamp.seed},
                                                           {"effort", stamp.effort},
                                                           {"nonce", state.nonce},
                                                           {"tried", state.tried}}));
}

void drop_stamp_progress(const Home& home, const Hash& stub) {
    [[maybe_unused]] const auto removed = remove_file(path_of(home, stub));
}

}  // namespace kith
