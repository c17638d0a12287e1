#include "mailauth/public_suffix.h"

#include <libpsl.h>

#include <cstdio>

namespace kith::mailauth {
namespace {

struct FileClose {
    void operator()(FILE* file) const { std::fclose(file); }
};

}  // namespace

struct PublicSuffixList::State {
    explicit State(const psl_ctx_t* held) : list(held) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        if (list != psl_builtin())
            psl_free(const_cast<psl_ctx_t*>(list));  // NOLINT: libpsl's loader gave it
    }
    const psl_ctx_t* list;
};

PublicSuffixList PublicSuffixList::builtin() {
    return PublicSuffixList(std::make_shared<const State>(psl_builtin()));
}

Result<PublicSuffixList> PublicSuffixList::parse(std::string_view text) {
    std::string copy(text);
    const std::unique_ptr<FILE, FileClose> file(
        copy.empty() ? nullptr : fmemopen(copy.data(), copy.size(), "r"));
    auto state = std::make_shared<const State>(file ? psl_load_fp(file.get()) : nullptr);
    if (!state->list || psl_suffix_count(state->list) == 0)
        return fail(ErrorKind::malformed, "public suffix list", "has no rule in it");
    return PublicSuffixList(std::move(state));
}

std::string PublicSuffixList::organizational_domain(const std::string& domain) const {
    const char* found =
        state_->list ? psl_registrable_domain(state_->list, domain.c_str()) : nullptr;
    return found ? found : domain;
}

}  // namespace kith::mailauth
