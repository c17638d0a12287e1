#include "mailauth/message_digest.h"

#include <utility>

namespace kith::mailauth {

Result<void> MessageDigester::take_header(std::string block) {
    header_ = TRY(RawHeader::parse(std::move(block), limits_));
    return {};
}

void MessageDigester::take_body(std::string_view piece) {
    simple_.update(piece);
    relaxed_.update(piece);
}

Result<void> MessageDigester::feed(std::string_view piece) {
    if (header_) {
        take_body(piece);
        return {};
    }
    pending_ += piece;
    const auto body = body_offset(pending_, searched_);
    searched_ = pending_.size();
    if (!body) {
        if (pending_.size() > limits_.octets + 4)
            return fail(ErrorKind::limit, "header", "is longer than allowed");
        return {};
    }
    const std::string rest = pending_.substr(*body);
    pending_.resize(*body - 2);
    TRY(take_header(std::exchange(pending_, {})));
    take_body(rest);
    return {};
}

Result<MessageDigest> MessageDigester::finish() && {
    if (!header_)
        TRY(take_header(std::exchange(pending_, {})));
    return MessageDigest{*std::move(header_), simple_.finish(), relaxed_.finish()};
}

Result<MessageDigest> digest_message(std::string_view message, const RawHeaderLimits& limits) {
    MessageDigester digester(limits);
    TRY(digester.feed(message));
    return std::move(digester).finish();
}

}  // namespace kith::mailauth
