#include "mail/message_parts.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "mail/html_text.h"

namespace kith {
namespace {

constexpr std::size_t kMaxFileName = 200;  ///< octets

bool is_type(GMimeObject* part, const char* type, const char* subtype) {
    GMimeContentType* const content_type = g_mime_object_get_content_type(part);
    return content_type != nullptr && g_mime_content_type_is_type(content_type, type, subtype);
}

std::string type_name(GMimeObject* part) {
    GMimeContentType* const content_type = g_mime_object_get_content_type(part);
    const OwnedText name(content_type != nullptr ? g_mime_content_type_get_mime_type(content_type)
                                                 : nullptr);
    return name ? to_lower(utf8_text(name.get())) : "application/octet-stream";
}

bool is_file(GMimeObject* part) {
    const char* const disposition = g_mime_object_get_disposition(part);
    if (disposition != nullptr && to_lower(disposition) == "attachment")
        return true;
    return GMIME_IS_PART(part) && g_mime_part_get_filename(GMIME_PART(part)) != nullptr;
}

std::string file_name_of(GMimeObject* part) {
    if (GMIME_IS_PART(part))
        return utf8_text(g_mime_part_get_filename(GMIME_PART(part)));
    if (GMIME_IS_MESSAGE_PART(part)) {
        GMimeMessage* const inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
        const std::string subject =
            inner != nullptr ? utf8_text(g_mime_message_get_subject(inner)) : std::string();
        return (subject.empty() ? "message" : subject) + ".eml";
    }
    return {};
}

std::size_t encoded_size(GMimeObject* part) {
    GMimeDataWrapper* const content =
        GMIME_IS_PART(part) ? g_mime_part_get_content(GMIME_PART(part)) : nullptr;
    GMimeStream* const stream =
        content != nullptr ? g_mime_data_wrapper_get_stream(content) : nullptr;
    const gint64 length = stream != nullptr ? g_mime_stream_length(stream) : 0;
    return length > 0 ? static_cast<std::size_t>(length) : 0;
}

std::string decoded_text(GMimeObject* part, std::size_t most) {
    if (!GMIME_IS_TEXT_PART(part))
        return {};
    const OwnedText text(g_mime_text_part_get_text(GMIME_TEXT_PART(part)));
    if (!text)
        return {};
    std::string_view octets(text.get());
    std::string out;
    for (const char c : octets.substr(0, most))
        if (c != '\r')
            out.push_back(c);
    return utf8_text(out);
}

// Walks the tree. Recursion is bounded by MessageLimits::nesting, and GMime bounds its own.
class PartWalker {
  public:
    explicit PartWalker(const MessageLimits& limits) : limits_(limits) {}

    // `alternative`: inside multipart/alternative, where one text stands for the others.
    enum class Inside { mixed, alternative, foreign };

    Result<void> walk(GMimeObject* part, std::size_t depth, Inside inside) {
        if (part == nullptr)
            return {};
        if (depth > limits_.nesting)
            return fail(ErrorKind::limit,
                        "message: nesting",
                        "more than " + std::to_string(limits_.nesting) + " levels");
        if (++count_ > limits_.parts)
            return fail(
                ErrorKind::limit, "message: parts", "more than " + std::to_string(limits_.parts));
        if (GMIME_IS_MULTIPART(part))
            return walk_multipart(part, depth, inside);
        if (inside != Inside::foreign)
            take_leaf(part, inside);
        if (GMIME_IS_MESSAGE_PART(part))
            return walk_message(GMIME_MESSAGE_PART(part), depth);
        return {};
    }

    MessageParts finish() {
        const bool plain = !plain_.empty();
        MessageParts parts;
        for (const Candidate& one : files_) {
            if (one.html_text && !(plain && !one.in_alternative))
                continue;  // it is the text, or says the same as the text
            add_file(parts, one.part);
        }
        if (plain) {
            parts.text = plain_;
            parts.text_from = MessageView::TextFrom::plain;
        } else if (!html_.empty()) {
            parts.text = html_to_text(html_);
            parts.text_from = MessageView::TextFrom::html;
        }
        return parts;
    }

  private:
    struct Candidate {
        GMimeObject* part;
        bool html_text;
        bool in_alternative;
    };

    Result<void> walk_multipart(GMimeObject* part, std::size_t depth, Inside inside) {
        GMimeMultipart* const multipart = GMIME_MULTIPART(part);
        if (inside == Inside::mixed && is_type(part, "multipart", "alternative"))
            inside = Inside::alternative;
        const int count = g_mime_multipart_get_count(multipart);
        for (int i = 0; i < count; ++i)
            TRY(walk(g_mime_multipart_get_part(multipart, i), depth + 1, inside));
        return {};
    }

    // A message in the message is a file; its own parts are counted only.
    Result<void> walk_message(GMimeMessagePart* part, std::size_t depth) {
        GMimeMessage* const inner = g_mime_message_part_get_message(part);
        if (inner == nullptr)
            return {};
        return walk(g_mime_message_get_mime_part(inner), depth + 1, Inside::foreign);
    }

    void take_leaf(GMimeObject* part, Inside inside) {
        if (!is_file(part) && is_type(part, "text", "plain"))
            return append(plain_, part);
        const bool html_text = !is_file(part) && is_type(part, "text", "html");
        if (html_text)
            append(html_, part);
        files_.push_back({part, html_text, inside == Inside::alternative});
    }

    void append(std::string& text, GMimeObject* part) const {
        if (text.size() >= limits_.text_octets)
            return;
        const std::string more = decoded_text(part, limits_.text_octets - text.size());
        if (!text.empty() && !text.ends_with('\n'))
            text.push_back('\n');
        text += more;
    }

    void add_file(MessageParts& parts, GMimeObject* part) {
        const std::string name = unique_name(safe_file_name(file_name_of(part)));
        parts.attachments.push_back({name, type_name(part), encoded_size(part)});
        parts.files.push_back(part);
    }

    // "photo.jpg", "photo-2.jpg", …: file systems may not mind the case. The number only rises, so
    // many parts of one name cost no more than as many names.
    std::string unique_name(const std::string& name) {
        std::string tried = name;
        const std::size_t dot = std::min(name.rfind('.'), name.size());
        while (!names_.insert(to_lower(tried)).second)
            tried = name.substr(0, dot) + "-" + std::to_string(++last_number_) + name.substr(dot);
        return tried;
    }

    const MessageLimits& limits_;
    std::size_t count_ = 0;
    std::string plain_;
    std::string html_;
    std::vector<Candidate> files_;
    std::set<std::string> names_;
    std::size_t last_number_ = 1;
};

// Windows will not have these, with whatever ending.
constexpr std::array<std::string_view, 6> kDeviceNames = {"aux", "con", "nul", "prn", "com", "lpt"};

bool is_device_name(std::string_view name) {
    const std::string stem = to_lower(name.substr(0, name.find('.')));
    const bool numbered = stem.size() == 4 && stem[3] >= '0' && stem[3] <= '9';
    const std::string_view word = std::string_view(stem).substr(0, numbered ? 3 : stem.size());
    const auto* const found = std::ranges::find(kDeviceNames, word);
    if (found == kDeviceNames.end())
        return false;
    const bool takes_number = *found == "com" || *found == "lpt";
    return numbered == takes_number;
}

}  // namespace

Result<MessageParts> read_parts(GMimeMessage* message, const MessageLimits& limits) {
    PartWalker walker(limits);
    TRY(walker.walk(g_mime_message_get_mime_part(message), 1, PartWalker::Inside::mixed));
    return walker.finish();
}

Result<Bytes> decoded_octets(GMimeObject* part, std::size_t most) {
    const Owned<GMimeStream> out(g_mime_stream_mem_new());
    gssize written = 0;
    if (GMIME_IS_MESSAGE_PART(part)) {
        GMimeMessage* const inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
        if (inner != nullptr)
            written = g_mime_object_write_to_stream(GMIME_OBJECT(inner), nullptr, out.get());
    } else if (GMIME_IS_PART(part)) {
        GMimeDataWrapper* const content = g_mime_part_get_content(GMIME_PART(part));
        if (content != nullptr)
            written = g_mime_data_wrapper_write_to_stream(content, out.get());
    }
    if (written < 0)
        return fail(ErrorKind::malformed, "attachment", "cannot be decoded");
    Bytes octets = to_bytes(octets_of(out.get()));
    if (octets.size() > most)
        return fail(ErrorKind::limit, "attachment", "more than the message may have");
    return octets;
}

std::string safe_file_name(std::string_view name) {
    const std::size_t slash = name.find_last_of("/\\");
    if (slash != std::string_view::npos)
        name.remove_prefix(slash + 1);
    const std::string clean = printable(utf8_text(name));
    std::string out;
    for (const char c : clean)
        out.push_back(std::string_view(":*?\"<>|").contains(c) ? '_' : c);
    while (!out.empty() && (out.front() == '.' || out.front() == ' '))
        out.erase(out.begin());
    std::string ending = out.substr(std::min(out.rfind('.'), out.size()));
    if (ending.size() > 16)
        ending.clear();
    if (out.size() > kMaxFileName) {
        std::size_t end = kMaxFileName - ending.size();
        while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80)
            --end;
        out = out.substr(0, end) + ending;
    }
    while (!out.empty() && (out.back() == '.' || out.back() == ' '))
        out.pop_back();
    if (out.empty())
        return "attachment";
    return is_device_name(out) ? "_" + out : out;
}

}  // namespace kith
