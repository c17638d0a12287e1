// One note to another server (protocol section 7.4), once.
#pragma once

#include <string>

#include "exchange/peer_directory.h"
#include "net/http_client.h"

namespace kith {

enum class NotePosted { done, try_again };

/// At most 20 s after the domain was found. A domain that is not there is done with, and so is a
/// server that says no for good. Both outlive the call.
awaitable<NotePosted> post_note(PeerDirectory* peers,
                                HttpClient* client,
                                std::string domain,
                                std::string note);

}  // namespace kith
