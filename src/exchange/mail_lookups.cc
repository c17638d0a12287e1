#include "exchange/mail_lookups.h"

namespace kith {

// "There is none" is told apart from "there is no such name" nowhere that would change a result but
// in SPF's count of void look-ups, where both count.
awaitable<mailauth::Answer> look_up(Resolver* resolver, mailauth::Question question) {
    using Status = mailauth::Answer::Status;
    const auto type = static_cast<DnsType>(question.type);
    const auto found = co_await resolver->lookup(question.name, type);
    if (found)
        co_return mailauth::answer_from_rdata(question.type, found->records);
    mailauth::Answer none;
    none.status =
        found.error().kind == ErrorKind::not_found || found.error().kind == ErrorKind::malformed
            ? Status::no_such_name
            : Status::temporary_error;
    co_return none;
}

}  // namespace kith
