#include "trust/bucket.h"

namespace kith {
namespace {

// Longer than any bucket takes to fill; keeps the product within 64 bits whatever the clock says.
constexpr Seconds kLongestRefill = std::chrono::days{1000};

}  // namespace

void Bucket::refill(const BucketTerms& terms, Time now, Credit extra) {
    if (now <= refilled_)
        return;
    const Seconds elapsed = std::min<Seconds>(now - refilled_, kLongestRefill);
    refilled_ = now;
    refund(terms.rate * elapsed + extra, terms.cap);
}

bool Bucket::take(Credit credit) {
    if (amount_ < credit)
        return false;
    amount_ -= credit;
    return true;
}

void Bucket::refund(Credit credit, Credit cap) {
    if (amount_ < cap)
        amount_ = std::min(amount_ + credit, cap);
}

}  // namespace kith
