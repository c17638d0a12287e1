// Graphs: what is read, refused and made.
#include "sim/graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "sim/edge_list.h"
#include "sim/generators.h"

namespace kith::sim {
namespace {

Result<Graph> read(std::string_view text, Header header = Header::none) {
    return read_edge_list(text, header, Graph::Direction::as_listed);
}

TEST(EdgeList, ReadsPairsCommentsAndNamesOfAnySize) {
    const auto graph = read("# a comment\n\n10\t20\n20 900000000000\r\n10 20\n20 20\n");
    ASSERT_TRUE(graph);
    EXPECT_EQ(graph->people(), 3U);
    EXPECT_EQ(graph->grants(), 2U) << "doubles and pairs with oneself are dropped";
    EXPECT_NE(graph->find(0, 1), kNoEdge);
    EXPECT_EQ(graph->find(1, 0), kNoEdge);
}

TEST(EdgeList, LeavesTheCountOut) {
    const auto graph = read("36692 367662\n0 1\n1 0\n", Header::count);
    ASSERT_TRUE(graph);
    EXPECT_EQ(graph->people(), 2U);
    EXPECT_EQ(graph->reverse(graph->find(0, 1)), graph->find(1, 0));
}

TEST(EdgeList, RefusesWhatIsNoPairAndNamesTheLine) {
    for (const char* text : {"1 2\nx 3\n",
                             "1 2\n3\n",
                             "1 2\n3 -4\n",
                             "1 2\n3 4x\n",
                             "1 2\n3 4 5 6\n",
                             "1 2\n3 99999999999999999999\n",
                             "1 2\n3 4 x\n"}) {
        const auto graph = read(text);
        ASSERT_FALSE(graph) << text;
        EXPECT_EQ(graph.error().kind, ErrorKind::malformed);
        EXPECT_EQ(graph.error().where, "edge list: line 2") << text;
    }
    EXPECT_FALSE(read("")) << "nobody is there";
}

TEST(EdgeList, RefusesALineWithoutEnd) {
    const auto graph = read("1 2\n" + std::string(5000, ' ') + "3 4\n");
    ASSERT_FALSE(graph);
    EXPECT_EQ(graph.error().kind, ErrorKind::limit);
}

TEST(Graph, RefusesSomebodyWhoIsNotThere) {
    EXPECT_FALSE(Graph::of(2, {{0, 2}}, Graph::Direction::as_listed));
    EXPECT_FALSE(Graph::of(kMostPeople + 1, {}, Graph::Direction::as_listed));
}

TEST(Graph, KnowsWhoGrantedWhom) {
    const auto graph = Graph::of(4, {{0, 1}, {2, 1}, {1, 2}, {3, 1}}, Graph::Direction::as_listed);
    ASSERT_TRUE(graph);
    std::vector<Person> grantors;
    for (const EdgeId edge : graph->grants_to(1))
        grantors.push_back(graph->grantor(edge));
    EXPECT_EQ(grantors, (std::vector<Person>{0, 2, 3}));
    EXPECT_EQ(graph->reverse(graph->find(2, 1)), graph->find(1, 2));
    EXPECT_EQ(graph->reverse(graph->find(0, 1)), kNoEdge);
}

TEST(HolmeKim, HasTheLinksHubsAndTrianglesItIsKnownFor) {
    const auto graph = make_holme_kim(5000, 5, 0.7, Draw(1));
    ASSERT_TRUE(graph);
    EXPECT_EQ(graph->people(), 5000U);
    EXPECT_EQ(graph->grants(), 2U * (15 + 4994 * 5));
    std::uint32_t most = 0;
    std::uint64_t triangles = 0;
    std::uint64_t wedges = 0;
    for (Person x = 0; x < graph->people(); ++x) {
        most = std::max(most, graph->granted(x));
        const auto mine = graph->contacts(x);
        for (std::size_t i = 0; i < std::min<std::size_t>(mine.size(), 20); ++i)
            for (std::size_t j = 0; j < i; ++j, ++wedges)
                triangles += graph->find(mine[i], mine[j]) != kNoEdge ? 1 : 0;
    }
    EXPECT_GT(most, 100U);
    EXPECT_GT(triangles * 10, wedges) << "clustering above a tenth";
}

TEST(Communities, KnowMostlyEachOther) {
    const auto graph = make_communities(4000, 40, 8, 2, Draw(2));
    ASSERT_TRUE(graph);
    std::uint64_t within = 0;
    for (EdgeId edge = 0; edge < graph->grants(); ++edge)
        within += graph->grantor(edge) / 40 == graph->grantee(edge) / 40 ? 1 : 0;
    EXPECT_GT(within * 10, graph->grants() * 7ULL);
    EXPECT_LT(within, graph->grants());
}

TEST(Generators, RefuseWhatMakesNoGraph) {
    EXPECT_FALSE(make_holme_kim(5, 5, 0.5, Draw(1)));
    EXPECT_FALSE(make_holme_kim(100, 0, 0.5, Draw(1)));
    EXPECT_FALSE(make_holme_kim(100, 3, 1.5, Draw(1)));
    EXPECT_FALSE(make_communities(100, 1, 0, 1, Draw(1)));
    EXPECT_FALSE(make_communities(100, 10, 10, 1, Draw(1)));
}

TEST(Generators, AreTheSameForTheSameSeed) {
    const auto one = make_holme_kim(1000, 4, 0.5, Draw(7));
    const auto same = make_holme_kim(1000, 4, 0.5, Draw(7));
    const auto other = make_holme_kim(1000, 4, 0.5, Draw(8));
    const auto as_text = [](const Graph& graph) {
        std::ostringstream out;
        for (EdgeId edge = 0; edge < graph.grants(); ++edge)
            out << graph.grantor(edge) << ' ' << graph.grantee(edge) << '\n';
        return out.str();
    };
    EXPECT_EQ(as_text(*one), as_text(*same));
    EXPECT_NE(as_text(*one), as_text(*other));
}

TEST(Draw, ComesOutNearItsMeans) {
    Draw draw(3);
    double exponential = 0;
    double small = 0;
    double large = 0;
    for (int i = 0; i < 20'000; ++i) {
        exponential += draw.exponential(8);
        small += draw.poisson(0.7);
        large += draw.poisson(80);
    }
    EXPECT_NEAR(exponential / 20'000, 8, 0.4);
    EXPECT_NEAR(small / 20'000, 0.7, 0.04);
    EXPECT_NEAR(large / 20'000, 80, 0.5);
}

}  // namespace
}  // namespace kith::sim
