#include "server/resolver_check.h"

#include <future>

#include "net/io_threads.h"
#include "net/resolver.h"
#include "server/resolver_options.h"

namespace kith {
namespace {

using Grade = Finding::Grade;

// What the zone is asked that must be signed: the root, or the zone of a test network.
std::string signed_name(const Config& config) {
    if (config.resolver.stub_zones.empty())
        return ".";
    const std::string& first = config.resolver.stub_zones.front();
    return first.substr(0, first.find(' '));
}

Finding judge(const Result<DnsAnswer>& answer, const std::string& name) {
    const std::string asked = name == "." ? "the root zone" : name;
    if (!answer && answer.error().kind == ErrorKind::untrusted)
        return {Grade::bad,
                "resolver",
                "answers for " + asked + " are bogus: " + answer.error().detail,
                "the clock may be wrong, or somebody changes answers: name another resolver with "
                "--forward"};
    if (!answer)
        return {Grade::bad,
                "resolver",
                "no answer for " + asked + ": " + answer.error().detail,
                "name a resolver that answers with --forward"};
    if (answer->security != DnsSecurity::secure)
        return {Grade::warning,
                "resolver",
                "answers for " + asked + " cannot be validated",
                "use a resolver that passes DNSSEC records on, or install dns-root-data: without "
                "it a liar "
                "between here and the root can name false servers"};
    return {Grade::good, "resolver", "validates DNSSEC (" + asked + ")", ""};
}

}  // namespace

Finding look_at_resolver(const Config& config) {
    IoThreads threads(1);
    // It lives and dies on its thread.
    Result<std::shared_ptr<Resolver>> resolver = fail(ErrorKind::internal, "resolver");
    threads.run_on(
        0, [&] { resolver = Resolver::create(threads.executor(0), resolver_options(config)); });
    if (!resolver)
        return {Grade::bad, "resolver", resolver.error().text(), "mend the [resolver] section"};
    const std::string name = signed_name(config);
    std::promise<Result<DnsAnswer>> promise;
    auto answer = promise.get_future();
    auto ask = [](Resolver* asked,
                  std::string what,
                  std::promise<Result<DnsAnswer>>* out) -> awaitable<void> {
        constexpr auto kNs = static_cast<DnsType>(2);
        out->set_value(co_await asked->lookup(what, kNs));
    };
    run_to_end(threads, ask(resolver->get(), name, &promise));
    Finding finding = judge(answer.get(), name);
    threads.run_on(0, [&] {
        (*resolver)->stop();
        resolver->reset();
    });
    return finding;
}

}  // namespace kith
