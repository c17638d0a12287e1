// The store from the coroutines of the client API.
#pragma once

#include <utility>

#include "access/client_services.h"
#include "exchange/store_calls.h"

namespace kith {

/// As ask_store() of the exchange, with the services' store and workers.
template <class Question>
auto ask_store(const ClientServices* services, Question question)
    -> awaitable<std::invoke_result_t<Question&, ReadTransaction&>> {
    co_return co_await ask_store(services->store, services->workers, std::move(question));
}

}  // namespace kith
