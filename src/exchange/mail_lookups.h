// What the authentication of mail asks (mailauth/dns.h), put to the resolver.
#pragma once

#include <utility>

#include "mailauth/asking.h"
#include "net/resolver.h"

namespace kith {

awaitable<mailauth::Answer> look_up(Resolver* resolver, mailauth::Question question);

/// Runs it to its end. Each question has the resolver's own deadline; how many there are the
/// evaluators bound.
template <class T>
awaitable<T> run_asking(Resolver* resolver, mailauth::Asking<T> asking) {
    while (const mailauth::Question* question = asking.next())
        asking.answer(co_await look_up(resolver, *question));
    co_return std::move(asking).result();
}

}  // namespace kith
