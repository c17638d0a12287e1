// Errors as values. A function that can fail on foreign input, or because the world failed, returns
// Result<T>; our own bugs end the process through KITH_CHECK. Exceptions only end a session or the
// process.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace kith {

/// What kind of failure, as far as a caller acts on the difference.
enum class ErrorKind {
    malformed,      ///< the bytes do not follow the format; nothing can be done with them
    limit,          ///< well-formed so far but larger, longer or more than allowed
    bad_signature,  ///< a signature, MAC or tag does not verify
    untrusted,      ///< well-formed, but no key or chain we trust stands behind it
    expired,        ///< its time is over
    future,         ///< its time has not come (over five minutes ahead of our clock)
    not_found,      ///< no such thing; asking again will not help
    conflict,       ///< contradicts what is already stored
    denied,         ///< not allowed for this caller
    unavailable,    ///< cannot be done now; try again later
    timeout,        ///< the deadline passed
    io,             ///< a file, disk or socket failed
    internal,       ///< our own fault
};

/// The stable lower-case word of a kind, for logs and JSON ("bad-signature").
const char* name_of(ErrorKind kind);

/// A failure. `where` names the thing at fault in the words of the specification ("stub: expires"),
/// `detail` is a sentence for a person; neither ever holds a secret.
struct Error {
    ErrorKind kind = ErrorKind::internal;
    std::string where;
    std::string detail;

    /// "where: detail (kind)", for logs.
    std::string text() const;
    /// The same failure seen from further out: `outer` is put before `where`.
    Error within(const std::string& outer) &&;
};

Error fail(ErrorKind kind, std::string where, std::string detail = {});

/// Either a T or an Error. Testing it, then `*r` / `r->`; `TRY(r)` passes the error on.
template <class T>
class [[nodiscard]] Result {
  public:
    using ValueType = T;
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

    bool has_value() const { return state_.index() == 0; }
    explicit operator bool() const { return has_value(); }

    T& operator*() & { return *std::get_if<0>(&state_); }
    const T& operator*() const& { return *std::get_if<0>(&state_); }
    T&& operator*() && { return std::move(*std::get_if<0>(&state_)); }
    T* operator->() { return std::get_if<0>(&state_); }
    const T* operator->() const { return std::get_if<0>(&state_); }
    T value_or(T other) && {
        return has_value() ? std::move(*std::get_if<0>(&state_)) : std::move(other);
    }

    Error& error() & { return *std::get_if<1>(&state_); }
    const Error& error() const& { return *std::get_if<1>(&state_); }
    Error&& error() && { return std::move(*std::get_if<1>(&state_)); }

  private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
  public:
    using ValueType = void;
    Result() = default;
    Result(Error error) : failed_(true), error_(std::move(error)) {}  // NOLINT: implicit

    bool has_value() const { return !failed_; }
    explicit operator bool() const { return !failed_; }
    void operator*() const {}
    Error& error() & { return error_; }
    const Error& error() const& { return error_; }
    Error&& error() && { return std::move(error_); }

  private:
    bool failed_ = false;
    Error error_;
};

namespace detail {
template <class R>
auto take(R&& result) -> typename std::remove_cvref_t<R>::ValueType {
    if constexpr (!std::is_void_v<typename std::remove_cvref_t<R>::ValueType>)
        return *std::forward<R>(result);
}
[[noreturn]] inline void check_failed(const char* what, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: check failed: %s\n", file, line, what);
    std::abort();
}
}  // namespace detail

}  // namespace kith

// The value of a Result, or return its error from the enclosing function.
#define TRY(...)                                          \
    __extension__({                                       \
        auto kith_try_result = (__VA_ARGS__);             \
        if (!kith_try_result)                             \
            return std::move(kith_try_result).error();    \
        ::kith::detail::take(std::move(kith_try_result)); \
    })

// The same inside a coroutine.
#define CO_TRY(...)                                       \
    __extension__({                                       \
        auto kith_try_result = (__VA_ARGS__);             \
        if (!kith_try_result)                             \
            co_return std::move(kith_try_result).error(); \
        ::kith::detail::take(std::move(kith_try_result)); \
    })

// An invariant of our own; never on input. Always on.
#define KITH_CHECK(cond) ((cond) ? void() : ::kith::detail::check_failed(#cond, __FILE__, __LINE__))
