// The header of an HTTP/1.1 request (RFC 9112 sections 3 and 5), from its octets.
#pragma once

#include <string_view>

#include "base/result.h"
#include "protocol/http1_request.h"

namespace kith::http1 {

/// How the body behind a header is framed.
enum class Framing { none, fixed, chunked };

struct ParsedHead {
    Request request;
    Framing framing = Framing::none;
};

/// `text` is everything before the empty line, with the CRLF of the last field. Errors: malformed.
Result<ParsedHead> parse_head(std::string_view text);

}  // namespace kith::http1
