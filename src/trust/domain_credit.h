// What a domain of strangers has with this server: enough of it waives the price of a stamp. Nobody
// but our own users earns it for a domain, by answering first contacts from there; so a farm of
// domains gains nothing by writing to itself.
//
// Each domain begins with 2 first contacts a day, and one more for each 100 accounts that are here.
// That is a start, so that new and small domains are heard, and not standing: in Requests, whoever
// has earned something goes first (requests_view.h).
#pragma once

#include <cstdint>
#include <string>

#include "trust/bucket.h"

namespace kith {

/// A value, for one thread at a time. Every call moves it on to its time, never back. `accounts`:
/// how many this server has now.
class DomainCredit {
  public:
    /// A domain that was never heard of.
    static DomainCredit fresh(std::uint64_t accounts, Time now);

    enum class Standing {
        none,      ///< the price is asked
        starting,  ///< has its start, and earned nothing
        earned,    ///< has at least one credit that our users gave it
    };
    Standing standing(std::uint64_t accounts, Time now) const;
    /// Start and earned together; what evidence needs.
    Credit available(std::uint64_t accounts, Time now) const;

    /// Debits one, from the start first. False when neither holds one.
    bool take(std::uint64_t accounts, Time now);
    enum class Paid { by_credit, otherwise };
    /// One of our users engaged with a first contact from there: 0.5 is earned, up to ten times the
    /// start, at least 100. What was paid by credit is given back.
    void engaged(Paid paid, std::uint64_t accounts, Time now);
    /// It was a thief's: what engaged() gave goes again, or what is left.
    void disengaged(Paid paid);
    /// One of our users did not want it: 2 are lost, of what was earned first, and the start is
    /// halved for 30 days.
    void unwanted(Paid paid, std::uint64_t accounts, Time now);
    /// It comes from a backup: neither holds more than half.
    void come_back(std::uint64_t accounts, Time now);

    friend bool operator==(const DomainCredit&, const DomainCredit&) = default;

  private:
    friend std::string write_domain_credit(const DomainCredit& credit);
    friend Result<DomainCredit> parse_domain_credit(std::string_view text);

    DomainCredit() = default;
    BucketTerms terms(std::uint64_t accounts) const;
    void advance(std::uint64_t accounts, Time now);

    Bucket start_;
    Credit earned_;
    std::uint32_t open_ = 0;  ///< debits neither given back nor written off
    Time halved_until_;
};

/// One line for the store (record_text.h).
std::string write_domain_credit(const DomainCredit& credit);
/// Errors: malformed, limit; `where` is "domain credit: FIELD".
Result<DomainCredit> parse_domain_credit(std::string_view text);

}  // namespace kith
