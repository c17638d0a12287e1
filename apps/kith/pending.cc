#include "kith/pending.h"

#include <algorithm>
#include <filesystem>

#include "kith/files.h"
#include "kith/json_access.h"
#include "kith/stamp_progress.h"

namespace kith {

Result<void> write_pending(const Home& home,
                           const std::string& stub_id,
                           const PendingStubs& stubs) {
    const auto folder = TRY(home.subfolder("pending"));
    json::object object;
    for (const auto& [address, hash] : stubs)
        object[address] = hash.text();
    return write_private_file(folder / (stub_id + ".json"), json::serialize(object));
}

Result<PendingStubs> read_pending(const Home& home, const std::string& stub_id) {
    const auto text = TRY(read_private_file(home.file("pending") / (stub_id + ".json")));
    const auto object = TRY(parse_json_object(text));
    PendingStubs stubs;
    for (const auto& member : object)
        stubs[member.key()] = TRY(parse_hash(text_at(object, member.key())));
    return stubs;
}

std::vector<std::string> pending_ids(const Home& home) {
    std::vector<std::string> ids;
    std::error_code error;
    for (std::filesystem::directory_iterator it(home.file("pending"), error), end;
         !error && it != end;
         it.increment(error))
        if (it->path().extension() == ".json")
            ids.push_back(it->path().stem().string());
    std::ranges::sort(ids);
    return ids;
}

void drop_pending(const Home& home, const std::string& stub_id) {
    if (const auto stubs = read_pending(home, stub_id))
        for (const auto& [address, hash] : *stubs)
            drop_stamp_progress(home, hash);
    [[maybe_unused]] const auto removed = remove_file(home.file("pending") / (stub_id + ".json"));
}

}  // namespace kith
