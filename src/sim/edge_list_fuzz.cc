// Lists of edges: whatever parses is a graph whose tables agree with one another.
#include <cstdint>
#include <string_view>

#include "sim/edge_list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    using namespace kith::sim;
    const std::string_view text(reinterpret_cast<const char*>(data), size);  // NOLINT
    for (const Header header : {Header::none, Header::count}) {
        const auto graph = read_edge_list(text, header, Graph::Direction::as_listed);
        if (!graph)
            continue;
        EdgeId incoming = 0;
        for (Person x = 0; x < graph->people(); ++x) {
            incoming += static_cast<EdgeId>(graph->grants_to(x).size());
            for (EdgeId edge = graph->first(x); edge < graph->last(x); ++edge) {
                KITH_CHECK(graph->grantor(edge) == x && graph->grantee(edge) != x);
                KITH_CHECK(graph->find(x, graph->grantee(edge)) == edge);
                KITH_CHECK(graph->reverse(edge) == graph->find(graph->grantee(edge), x));
            }
        }
        KITH_CHECK(incoming == graph->grants());
    }
    return 0;
}
