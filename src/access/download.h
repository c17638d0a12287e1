// GET /jmap/download/{accountId}/{blobId}/{name}?accept={type} (RFC 8620 section 6.2): a body that
// this account refers to, whole or a range of it, piece by piece from the store.
#pragma once

#include <memory>
#include <string>

#include "access/client_services.h"
#include "net/http_message.h"

namespace kith {

struct DownloadTarget {
    std::string blob_id;
    std::string name;
};
awaitable<HttpResponse> download(const ClientServices* services,
                                 Caller caller,
                                 DownloadTarget target,
                                 std::shared_ptr<HttpRequest> request);

}  // namespace kith
