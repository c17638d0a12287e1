// The parts of a parsed message: what is its text and what is a file. For message.cc alone.
#pragma once

#include <string>
#include <vector>

#include "mail/gmime.h"
#include "mail/message.h"

namespace kith {

struct MessageParts {
    std::string text;
    MessageView::TextFrom text_from = MessageView::TextFrom::nothing;
    std::vector<AttachmentInfo> attachments;
    std::vector<GMimeObject*> files;  ///< of each attachment; owned by the message
};

/// Errors: limit ("message: nesting", "message: parts").
Result<MessageParts> read_parts(GMimeMessage* message, const MessageLimits& limits);

/// Of a leaf its content without the transfer encoding; of a message in the message its octets.
/// Errors: limit.
Result<Bytes> decoded_octets(GMimeObject* part, std::size_t most);

}  // namespace kith
