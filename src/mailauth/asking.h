// A computation that asks DNS on its way, as a pure resumable machine. Whoever runs it does the
// waiting: a server awaits its resolver, a test looks into a table.
//
//     Asking<SpfResult> check = check_spf(request);
//     while (const Question* question = check.next())
//         check.answer(co_await look_up(*question));
//     SpfResult result = std::move(check).result();
//
// Behind it is a C++20 coroutine; `co_await Ask(question)` in one gives the Answer, and awaiting
// another Asking passes that one's questions on. No thread, no executor, one at a time.
#pragma once

#include <coroutine>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"
#include "mailauth/dns.h"

namespace kith::mailauth {

template <class T>
class Asking;

namespace detail {

/// Between whoever runs the outermost Asking and the innermost one that asks.
struct Dialogue {
    const Question* open = nullptr;  ///< lives in the frame of the one that asks
    Answer answer;
    std::coroutine_handle<> asker;
};

struct PromiseBase {
    Dialogue own;  ///< used by the outermost one
    Dialogue* dialogue = &own;
    std::coroutine_handle<> parent = std::noop_coroutine();

    static std::suspend_always initial_suspend() noexcept { return {}; }
    struct Return {
        static bool await_ready() noexcept { return false; }
        template <class P>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<P> done) noexcept {
            return done.promise().parent;
        }
        void await_resume() noexcept {}
    };
    static Return final_suspend() noexcept { return {}; }
    // An exception (no memory) ends whoever runs it.
    [[noreturn]] static void unhandled_exception() { throw; }
};

}  // namespace detail

/// `co_await Ask(question)`: the Answer. The question must be a possible DNS name.
struct [[nodiscard]] Ask {
    explicit Ask(Question asked) : question(std::move(asked)) {}
    Ask(std::string name, RecordType type) : question{std::move(name), type} {}

    static bool await_ready() noexcept { return false; }
    template <class P>
    void await_suspend(std::coroutine_handle<P> asker) noexcept {
        dialogue = asker.promise().dialogue;
        dialogue->open = &question;
        dialogue->asker = asker;
    }
    Answer await_resume() const noexcept { return std::move(dialogue->answer); }

    Question question;
    detail::Dialogue* dialogue = nullptr;
};

/// Move-only. Dropping it in the middle is fine.
template <class T>
class [[nodiscard]] Asking {
  public:
    struct promise_type : detail::PromiseBase {  // NOLINT(readability-identifier-naming)
        std::optional<T> value;
        Asking get_return_object() {
            return Asking(std::coroutine_handle<promise_type>::from_promise(*this));
        }
        template <class U>
        void return_value(U&& result) {
            value.emplace(std::forward<U>(result));
        }
    };

    Asking(Asking&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
    Asking& operator=(Asking&& other) noexcept {
        std::swap(coroutine_, other.coroutine_);
        return *this;
    }
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;
    ~Asking() {
        if (coroutine_)
            coroutine_.destroy();
    }

    /// What it needs to know now; nullptr once it is done. The same until it is answered.
    const Question* next() {
        if (!coroutine_.done() && !dialogue().open)
            coroutine_.resume();
        return dialogue().open;
    }
    /// Requires: next() gave a question.
    void answer(Answer answer) {
        KITH_CHECK(dialogue().open);
        dialogue().open = nullptr;
        dialogue().answer = std::move(answer);
        dialogue().asker.resume();
    }
    /// Requires: next() gave nullptr. Once.
    T result() && {
        KITH_CHECK(coroutine_.done());
        return std::move(*coroutine_.promise().value);
    }

    // Awaited from inside another Asking.
    static bool await_ready() noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> parent) noexcept {
        coroutine_.promise().dialogue = parent.promise().dialogue;
        coroutine_.promise().parent = parent;
        return coroutine_;
    }
    T await_resume() { return std::move(*coroutine_.promise().value); }

  private:
    explicit Asking(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}
    detail::Dialogue& dialogue() { return coroutine_.promise().own; }

    std::coroutine_handle<promise_type> coroutine_;
};

/// Runs it to its end; `look_up` is called with each Question and returns the Answer.
template <class T, class LookUp>
T run(Asking<T> asking, LookUp&& look_up) {
    while (const Question* question = asking.next())
        asking.answer(look_up(*question));
    return std::move(asking).result();
}

}  // namespace kith::mailauth
