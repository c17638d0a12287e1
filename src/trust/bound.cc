#include "trust/bound.h"

namespace kith {

Credit bucket_bound(GrantBucket bucket, const EdgeHistory& history) {
    const GrantStanding standing = history.highest == GrantLevel::well_trusted
                                       ? GrantStanding::well_trusted
                                       : GrantStanding::known;
    const BucketTerms terms = terms_of(bucket, standing);
    Credit bound = terms.cap + terms.rate * history.elapsed;
    if (bucket == GrantBucket::mail)
        bound += (history.earned + Credit::whole(static_cast<std::int64_t>(history.engaged))) * 2;
    bound += Credit::whole(
        static_cast<std::int64_t>(history.refunded[static_cast<std::size_t>(bucket)]));
    return bound + terms.cap / 2 * static_cast<std::int64_t>(history.losses);
}

Credit edge_bound(const EdgeHistory& history) {
    return bucket_bound(GrantBucket::mail, history) +
           bucket_bound(GrantBucket::introductions, history) +
           bucket_bound(GrantBucket::vouches, history);
}

}  // namespace kith
