#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "kith-sim/runs.h"

namespace kith::sim {
namespace {

namespace fs = std::filesystem;

Result<void> write(const fs::path& path, const std::string& text) {
    std::ofstream out(path, std::ios::binary);
    out << text;
    out.close();
    if (!out)
        return fail(ErrorKind::io, path.string(), "cannot be written");
    return {};
}

// The script goes to gnuplot's standard input; where the plot goes is said in it.
Result<void> draw(const fs::path& folder, const Plot& plot) {
    const fs::path script = folder / (plot.file + ".gp");
    TRY(write(script, plot.script));
    struct Close {
        void operator()(FILE* file) const { (void)::pclose(file); }
    };
    std::unique_ptr<FILE, Close> gnuplot(::popen("gnuplot", "w"));
    if (!gnuplot)
        return fail(ErrorKind::io, "gnuplot", "cannot be started");
    fmt::print(gnuplot.get(),
               "set output '{}'\nload '{}'\n",
               (folder / plot.file).string(),
               script.string());
    const int status = ::pclose(gnuplot.release());
    std::error_code ignored;
    fs::remove(script, ignored);
    if (status != 0)
        return fail(ErrorKind::io, "gnuplot", "failed: is the package gnuplot-nox installed?");
    return {};
}

Result<void> write_all(const Study& study, const fs::path& folder) {
    TRY(write(folder / "trust-study.md", study_page(study)));
    for (const Plot& plot : study_plots(study))
        TRY(draw(folder, plot));
    return {};
}

Result<Study> study_of(const StudyRun& options) {
    if (!fs::is_directory(options.folder))
        return fail(ErrorKind::malformed, options.folder, "is no folder");
    // A quote would end the name in gnuplot's script.
    if (options.folder.contains('\''))
        return fail(ErrorKind::malformed, options.folder, "must not hold a quotation mark");
    const Graph graph = TRY(get_graph(options.graph, options.study.seed));
    return run_study(graph, options.study);
}

}  // namespace

int make_study(StudyRun options) {
    options.study.say = [](const std::string& what) { fmt::print(stderr, "kith-sim: {}\n", what); };
    const auto study = study_of(options);
    if (!study) {
        complain(study.error());
        return code_of(study.error());
    }
    if (const auto written = write_all(*study, options.folder); !written) {
        complain(written.error());
        return kBroken;
    }
    if (options.as_json)
        fmt::print("{}\n", boost::json::serialize(as_json(*study)));
    const std::vector<Breach> breaches = study->breaches();
    if (breaches.empty())
        return kDone;
    fmt::print(stderr, "kith-sim: the bound is broken:\n{}", breach_lines(breaches));
    return kBroken;
}

}  // namespace kith::sim
