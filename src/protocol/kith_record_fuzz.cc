// A record, a problem or an answer that parses is written as one that parses to the same.
#include "protocol/held_answer.h"
#include "protocol/kith_record.h"
#include "protocol/problem.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    const std::string_view text = as_text({data, size});
    if (auto record = parse_kith_record(text)) {
        auto again = parse_kith_record(write_kith_record(*record));
        KITH_CHECK(again.has_value() && *again == *record);
    }
    if (auto problem = parse_problem(text, 403)) {
        auto again = parse_problem(write_problem(*problem), 403);
        KITH_CHECK(again.has_value() && *again == *problem);
    }
    if (auto held = parse_held_answer(text)) {
        auto again = parse_held_answer(write_held_answer(*held));
        KITH_CHECK(again.has_value() && *again == *held);
    }
    return 0;
}
