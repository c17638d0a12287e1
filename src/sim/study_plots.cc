#include <fmt/format.h>

#include <algorithm>

#include "sim/study.h"

namespace kith::sim {
namespace {

// One look for all: no frame, thin grid, colours that the colour-blind can tell apart (Okabe, Ito).
constexpr const char* kLook =
    R"(set terminal svg size {},{} font "sans-serif,13" background "#ffffff"
set border 3 lc rgb "#555555"
set tics nomirror out
set grid lc rgb "#dddddd" lt 1
set key noautotitle
array color[9] = [0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9, 0x000000, 0x8a8a00, 0x777777]
)";

std::string look(int width, int height) {
    return fmt::format(fmt::runtime(kLook), width, height);
}

std::vector<Attacker> senders() {
    std::vector<Attacker> out;
    for (int i = 1; i < kAttackers; ++i)
        if (static_cast<Attacker>(i) != Attacker::false_reporters)
            out.push_back(static_cast<Attacker>(i));
    return out;
}

Plot harm_plot(const Study& study) {
    std::string script = look(860, 480);
    script += R"(set title "Unwanted mail that comes in full, for each person and day"
set logscale xy
set xlabel "accounts hacked, per cent of all"
set ylabel "messages"
set xtics (0.1, 0.5, 1, 5)
set xrange [0.09:5.6]
set format y "%g"
set key outside right center Left reverse
)";
    std::string plot;
    int color = 0;
    for (const Attacker attacker : senders()) {
        script += fmt::format("$data{} << EOD\n", ++color);
        for (const ScenarioResult& one : study.attacks)
            if (one.attacker == attacker)
                script += fmt::format("{} {}\n",
                                      100 * one.hacked,
                                      static_cast<double>(one.unwanted.full()) / one.person_days());
        script += "EOD\n";
        plot +=
            fmt::format("{}$data{} with linespoints lw 2 pt 7 ps 0.5 lc rgb color[{}] title \"{}\"",
                        plot.empty() ? "plot " : ", ",
                        color,
                        color,
                        name_of(attacker));
    }
    return {"trust-study-harm.svg", script + plot + "\n"};
}

Plot bound_plot(const Study& study) {
    std::string script = look(860, 440);
    script += R"(set title "One hacked account: what it let through, and what the rules allow"
set logscale x
set xlabel "unwanted messages, mean of the accounts"
set format x "%g"
set key outside right center Left reverse
set grid noy
set yrange [*:*] reverse
set offsets graph 0, graph 0, 0.6, 0.6
$data << EOD
)";
    int row = 0;
    for (const Attacker attacker : senders())
        for (const ScenarioResult& one : study.attacks)
            if (one.attacker == attacker && one.hacked == study.options.usual)
                script += fmt::format("{} {} {} {} \"{}\"\n",
                                      row++,
                                      std::max(one.per_account.mean, 0.1),
                                      one.per_account.most,
                                      one.bound.mean,
                                      name_of(attacker));
    script += R"(EOD
plot $data using 2:1:ytic(5) with points pt 7 ps 1 lc rgb color[1] title "mean", \
     $data using 3:1 with points pt 6 ps 1 lc rgb color[2] title "the worst account", \
     $data using 4:1 with points pt 2 ps 1 lw 2 lc rgb color[7] title "mean bound"
)";
    return {"trust-study-bound.svg", script};
}

Plot baseline_plot(const Study& study) {
    std::string script = look(860, 400);
    script += R"(set title "Unwanted messages of one hacked account that come into an inbox"
set style fill solid
set boxwidth 0.6
set ylabel "messages, mean"
set yrange [0:*]
set grid nox
$data << EOD
)";
    int row = 0;
    for (const BaselineResult& one : study.baselines)
        script += fmt::format("{} {} {} \"{}\"\n",
                              row++,
                              one.per_account.mean,
                              number(one.per_account.mean),
                              name_of(one.baseline));
    for (const ScenarioResult& one : study.attacks)
        if (one.attacker == Attacker::greedy && one.hacked == study.options.usual)
            script += fmt::format(
                "{} {} {} \"Kith\"\n", row, one.per_account.mean, number(one.per_account.mean));
    script += fmt::format(R"(EOD
set xrange [-0.6:{}.6]
plot $data using 1:2:xtic(4) every ::0::{} with boxes lc rgb color[9], \
     $data using 1:2:xtic(4) every ::{}::{} with boxes lc rgb color[1], \
     $data using 1:2:3 with labels offset 0,0.7
)",
                          row,
                          row - 1,
                          row,
                          row);
    return {"trust-study-baselines.svg", script};
}

Plot market_plot(const Study& study) {
    std::string script = look(860, 420);
    script += R"(set title "Strangers: what bought domains and work bring"
set logscale x
set xlabel "domains bought"
set ylabel "unwanted stubs seen, for each person and day"
set yrange [0:10.5]
set format x "%.0f"
set key outside right center Left reverse
)";
    std::string plot;
    int color = 0;
    for (const double work : {0.0, 10'000.0, 1'000'000.0}) {
        script += fmt::format("$data{} << EOD\n", ++color);
        for (const MarketResult& one : study.markets)
            if (one.options.bought_domains > 0 && one.options.core_seconds_a_day == work)
                script +=
                    fmt::format("{} {}\n", one.options.bought_domains, one.unwanted_a_person_day());
        script += "EOD\n";
        plot += fmt::format(
            "{}$data{} with linespoints lw 2 pt 7 ps 0.5 lc rgb color[{}] title \"{} core-seconds "
            "a day\"",
            plot.empty() ? "plot " : ", ",
            color,
            color,
            number(work));
    }
    return {"trust-study-strangers.svg",
            script + plot + ", 10 with lines dt 2 lc rgb color[9] title \"ten a day: the most\"\n"};
}

}  // namespace

std::vector<Plot> study_plots(const Study& study) {
    return {harm_plot(study), bound_plot(study), baseline_plot(study), market_plot(study)};
}

}  // namespace kith::sim
