// Reading an RFC 5322 / MIME message that somebody else made (GMime behind it).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "mail/compose.h"

namespace kith {

struct MessageLimits {
    std::size_t octets = std::size_t{256} << 20;
    std::size_t nesting = 64;  ///< of multiparts and messages in messages
    std::size_t parts = 10'000;
    std::size_t header_octets = 1 << 20;  ///< of the message's own header
    std::size_t text_octets = 4U << 20;   ///< of the text shown; cut there
    std::size_t addresses = 10'000;       ///< of To and Cc each; cut there
};

struct AttachmentInfo {
    std::string name;  ///< a safe file name, never empty; unique within the message
    std::string type;  ///< "image/png"
    std::size_t encoded_octets = 0;
};

/// A parsed message. Owns all it gives out; movable; one thread at a time.
class MessageView {
  public:
    MessageView(MessageView&&) noexcept;
    MessageView& operator=(MessageView&&) noexcept;
    MessageView(const MessageView&) = delete;
    MessageView& operator=(const MessageView&) = delete;
    ~MessageView();

    // Header fields, decoded to UTF-8; empty when absent.
    const std::vector<MailAddress>& from() const;
    const std::vector<MailAddress>& to() const;
    const std::vector<MailAddress>& cc() const;
    const std::string& subject() const;
    std::optional<Time> date() const;
    const std::string& message_id() const;  ///< without "<>"
    const std::string& in_reply_to() const;
    const std::vector<std::string>& references() const;
    const std::string& list_id() const;  ///< of List-Id (RFC 2919), lower case, without "<>"
    /// A program's doing, that asks for no answer (RFC 3834)?
    enum class Made { by_hand, automatically };
    Made made() const;

    /// The best plain text: text/plain parts that are not attachments; else HTML without its tags.
    /// LF line ends, UTF-8.
    const std::string& text() const;
    /// Where the text comes from.
    enum class TextFrom { nothing, plain, html };
    TextFrom text_from() const;

    std::span<const AttachmentInfo> attachments() const;
    /// Decoded. Errors: not_found; limit (more than MessageLimits::octets).
    Result<Bytes> attachment(std::size_t number) const;

  private:
    struct Parsed;
    explicit MessageView(std::unique_ptr<Parsed> parsed);
    friend Result<MessageView> parse_message(std::string_view octets, const MessageLimits& limits);

    std::unique_ptr<Parsed> parsed_;
};

/// Lenient in what a message may look like, strict in how much there may be of it.
/// Errors: limit ("message: size", "message: nesting", "message: parts"), malformed (no header).
Result<MessageView> parse_message(std::string_view octets, const MessageLimits& limits = {});

/// What a reader is warned of (protocol 4.1).
enum class HeaderWarning {
    from_differs,  ///< the inner From is not the stub's
    not_named,     ///< the inner To and Cc name nobody the stub went to
};
/// A sentence for people.
std::string_view text_of(HeaderWarning warning);
/// `from`: the stub's; `recipient`: whom the stub went to. A sub-address names its address.
std::vector<HeaderWarning> header_warnings(const MessageView& message,
                                           std::string_view from,
                                           std::string_view recipient);

/// For a file: no separators, control characters, leading dots, device names; at most 200 octets
/// of UTF-8; "attachment" when nothing is left.
std::string safe_file_name(std::string_view name);

}  // namespace kith
