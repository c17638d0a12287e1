#include "access/session_info.h"

#include <boost/json/array.hpp>

#include "access/object_ids.h"
#include "note/stub.h"

namespace kith {

jmap::Limits jmap_limits(const ClientLimits& limits) {
    return {.size_upload = limits.upload_octets,
            .concurrent_upload = limits.concurrent_uploads,
            .size_request = limits.request_octets,
            .concurrent_requests = limits.concurrent_requests,
            .calls_in_request = limits.calls_in_request,
            .objects_in_get = limits.objects_in_get,
            .objects_in_set = limits.objects_in_set,
            .response_octets = limits.response_octets};
}

jmap::SessionInfo session_info(const ClientServices& services, const Caller& caller) {
    namespace json = boost::json;
    const json::object mail{{"maxMailboxesPerEmail", 1},
                            {"maxMailboxDepth", services.limits.mailbox_depth},
                            {"maxSizeMailboxName", 255},
                            {"maxSizeAttachmentsPerEmail", services.limits.upload_octets},
                            {"emailQuerySortOptions", json::array{"receivedAt"}},
                            {"mayCreateTopLevelMailbox", true}};
    const json::object submission{{"maxDelayedSend", 0}, {"submissionExtensions", json::object()}};
    const json::object kith{{"address", caller.address.text()},
                            {"root", caller.root.text()},
                            {"domain", services.domain},
                            {"maxStubSize", kMaxStub},
                            {"maxBlobSize", services.limits.upload_octets},
                            {"devices", true}};
    jmap::SessionInfo info;
    info.limits = jmap_limits(services.limits);
    info.capabilities = {
        {jmap::kMail, json::object()}, {jmap::kSubmission, json::object()}, {jmap::kKith, kith}};
    info.account = {.id = object_id(IdKind::account, caller.account),
                    .name = caller.address.text(),
                    .capabilities = {
                        {jmap::kMail, mail}, {jmap::kSubmission, submission}, {jmap::kKith, kith}}};
    info.base_url = services.base_url;
    return info;
}

}  // namespace kith
