// A number that may be set while other threads read it: a limit that a reload changes.
#pragma once

#include <atomic>

namespace kith {

/// Reads like a T. A reader sees the old value or the new one; nothing else is ordered by it.
/// Thread-safe.
template <class T>
class Adjustable {
  public:
    Adjustable(T value) : value_(value) {}  // NOLINT: stands where a plain number stood
    Adjustable(const Adjustable& other) : value_(other.get()) {}
    Adjustable& operator=(const Adjustable& other) {
        set(other.get());
        return *this;
    }
    ~Adjustable() = default;

    T get() const { return value_.load(std::memory_order_relaxed); }
    operator T() const { return get(); }  // NOLINT: see above
    void set(T value) { value_.store(value, std::memory_order_relaxed); }

  private:
    std::atomic<T> value_;
};

}  // namespace kith
