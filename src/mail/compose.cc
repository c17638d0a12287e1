#include "mail/compose.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "crypto/hash.h"
#include "mail/gmime.h"
#include "mail/message.h"

namespace kith {
namespace {

constexpr std::size_t kMaxEmail = 320;
constexpr std::size_t kMaxName = 512;
constexpr std::size_t kMaxId = 512;
constexpr std::size_t kMaxReferences = 200;
constexpr std::size_t kMaxHeaders = 100;
constexpr std::size_t kMaxHeaderValue = 16'384;

// RFC 5322 2.1.1: 998 octets; as text that others quote, less.
constexpr std::size_t kMaxPlainLine = 78;

struct TypeOfEnding {
    std::string_view ending;
    std::string_view type;
};
constexpr std::array kTypes = {
    TypeOfEnding{".7z", "application/x-7z-compressed"},
    TypeOfEnding{".avif", "image/avif"},
    TypeOfEnding{".bz2", "application/x-bzip2"},
    TypeOfEnding{".css", "text/css"},
    TypeOfEnding{".csv", "text/csv"},
    TypeOfEnding{".doc", "application/msword"},
    TypeOfEnding{".docx",
                 "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    TypeOfEnding{".flac", "audio/flac"},
    TypeOfEnding{".gif", "image/gif"},
    TypeOfEnding{".gz", "application/gzip"},
    TypeOfEnding{".heic", "image/heic"},
    TypeOfEnding{".htm", "text/html"},
    TypeOfEnding{".html", "text/html"},
    TypeOfEnding{".ics", "text/calendar"},
    TypeOfEnding{".jpeg", "image/jpeg"},
    TypeOfEnding{".jpg", "image/jpeg"},
    TypeOfEnding{".json", "application/json"},
    TypeOfEnding{".m4a", "audio/mp4"},
    TypeOfEnding{".md", "text/markdown"},
    TypeOfEnding{".mp3", "audio/mpeg"},
    TypeOfEnding{".mp4", "video/mp4"},
    TypeOfEnding{".odp", "application/vnd.oasis.opendocument.presentation"},
    TypeOfEnding{".ods", "application/vnd.oasis.opendocument.spreadsheet"},
    TypeOfEnding{".odt", "application/vnd.oasis.opendocument.text"},
    TypeOfEnding{".ogg", "audio/ogg"},
    TypeOfEnding{".pdf", "application/pdf"},
    TypeOfEnding{".png", "image/png"},
    TypeOfEnding{".pptx",
                 "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    TypeOfEnding{".rtf", "application/rtf"},
    TypeOfEnding{".svg", "image/svg+xml"},
    TypeOfEnding{".tar", "application/x-tar"},
    TypeOfEnding{".tiff", "image/tiff"},
    TypeOfEnding{".txt", "text/plain"},
    TypeOfEnding{".vcf", "text/vcard"},
    TypeOfEnding{".wav", "audio/wav"},
    TypeOfEnding{".webm", "video/webm"},
    TypeOfEnding{".webp", "image/webp"},
    TypeOfEnding{".xls", "application/vnd.ms-excel"},
    TypeOfEnding{".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    TypeOfEnding{".xml", "application/xml"},
    TypeOfEnding{".xz", "application/x-xz"},
    TypeOfEnding{".zip", "application/zip"},
    TypeOfEnding{".zst", "application/zstd"},
};

// What compose writes itself, and what must not be there.
constexpr std::array<std::string_view, 18> kOwnHeaders = {
    "bcc",
    "cc",
    "content-disposition",
    "content-id",
    "content-type",
    "content-transfer-encoding",
    "date",
    "from",
    "in-reply-to",
    "message-id",
    "mime-version",
    "received",
    "references",
    "resent-bcc",
    "return-path",
    "subject",
    "to",
    "sender",
};

Error bad(std::string_view member, std::string detail) {
    return fail(ErrorKind::malformed, "draft: " + std::string(member), std::move(detail));
}

Error too_many(std::string_view member, std::string detail) {
    return fail(ErrorKind::limit, "draft: " + std::string(member), std::move(detail));
}

// One line of UTF-8: what may stand in a header field without breaking out of it.
Result<void> check_line(std::string_view member, std::string_view text, std::size_t most) {
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    };
    if (text.size() > most)
        return too_many(member, "more than " + std::to_string(most) + " octets");
    if (!is_utf8(text) || std::ranges::any_of(text, is_control))
        return bad(member, "is not one line of UTF-8");
    return {};
}

bool is_plain(std::string_view text, std::string_view forbidden) {
    return !text.empty() && std::ranges::all_of(text, [forbidden](char c) {
        return c > 0x20 && c < 0x7F && !forbidden.contains(c);
    });
}

Result<void> check_address(std::string_view member, const MailAddress& address) {
    TRY(check_line(member, address.name, kMaxName));
    const std::size_t at = address.email.find('@');
    const std::string_view email = address.email;
    if (email.size() > kMaxEmail || at == std::string_view::npos ||
        !is_plain(email.substr(0, at), "<>()[]:;@\\,\"") ||
        !is_plain(email.substr(at + 1), "<>()[]:;@\\,\""))
        return bad(member, "\"" + printable(email) + "\" is not an address");
    return {};
}

Result<void> check_addresses(std::string_view member, const std::vector<MailAddress>& addresses) {
    if (addresses.size() > kMaxRecipientsInHeader)
        return too_many(member, "more than 500 addresses");
    for (const MailAddress& address : addresses)
        TRY(check_address(member, address));
    return {};
}

Result<void> check_id(std::string_view member, std::string_view id) {
    if (id.size() > kMaxId || !is_plain(id, "<>"))
        return bad(member, "is not a message id without \"<>\"");
    return {};
}

Result<void> check_headers(const Draft& draft) {
    if (draft.headers.size() > kMaxHeaders)
        return too_many("headers", "more than 100");
    for (const auto& [name, value] : draft.headers) {
        if (name.size() > 64 || !is_plain(name, ":"))
            return bad("headers", "\"" + printable(name) + "\" is not a field name");
        if (std::ranges::find(kOwnHeaders, to_lower(name)) != kOwnHeaders.end())
            return bad("headers", name + " cannot be given");
        TRY(check_line("headers", value, kMaxHeaderValue));
    }
    return {};
}

Result<void> check_draft(const Draft& draft) {
    TRY(check_address("from", draft.from));
    TRY(check_addresses("to", draft.to));
    TRY(check_addresses("cc", draft.cc));
    TRY(check_line("subject", draft.subject, kMaxSubject));
    TRY(check_id("message_id", draft.message_id));
    if (!draft.in_reply_to.empty())
        TRY(check_id("in_reply_to", draft.in_reply_to));
    if (draft.references.size() > kMaxReferences)
        return too_many("references", "more than 200");
    for (const std::string& id : draft.references)
        TRY(check_id("references", id));
    if (!is_utf8(draft.text) || draft.text.contains('\0'))
        return bad("text", "is not UTF-8");
    if (draft.attachments.size() > kMaxAttachments)
        return too_many("attachments", "more than 1000");
    return check_headers(draft);
}

void set_header(GMimeMessage* message, const char* name, const std::string& value) {
    g_mime_object_set_header(GMIME_OBJECT(message), name, value.c_str(), "utf-8");
}

void add_addresses(GMimeMessage* message,
                   GMimeAddressType type,
                   const std::vector<MailAddress>& addresses) {
    InternetAddressList* const list = g_mime_message_get_addresses(message, type);
    for (const MailAddress& address : addresses) {
        const Owned<InternetAddress> mailbox(internet_address_mailbox_new(
            address.name.empty() ? nullptr : address.name.c_str(), address.email.c_str()));
        internet_address_list_add(list, mailbox.get());
    }
}

void write_header(GMimeMessage* message, const Draft& draft) {
    add_addresses(message, GMIME_ADDRESS_TYPE_FROM, {draft.from});
    add_addresses(message, GMIME_ADDRESS_TYPE_TO, draft.to);
    add_addresses(message, GMIME_ADDRESS_TYPE_CC, draft.cc);
    g_mime_message_set_subject(message, draft.subject.c_str(), "utf-8");
    const OwnedTime date(g_date_time_new_from_unix_utc(draft.date.time_since_epoch().count()));
    g_mime_message_set_date(message, date.get());
    g_mime_message_set_message_id(message, draft.message_id.c_str());
    if (!draft.in_reply_to.empty())
        set_header(message, "In-Reply-To", "<" + draft.in_reply_to + ">");
    std::string references;
    for (const std::string& id : draft.references)
        references += (references.empty() ? "<" : " <") + id + ">";
    if (!references.empty())
        set_header(message, "References", references);
    for (const auto& [name, value] : draft.headers)
        set_header(message, name.c_str(), value);
}

// LF ends each line, the last one too.
std::string with_line_feeds(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool pair = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
        if (!pair)
            out.push_back(text[i] == '\r' ? '\n' : text[i]);
    }
    if (!out.empty() && !out.ends_with('\n'))
        out.push_back('\n');
    return out;
}

bool needs_encoding(std::string_view text) {
    const auto is_odd = [](char c) {
        return static_cast<unsigned char>(c) >= 0x7F || (c < 0x20 && c != '\n' && c != '\t');
    };
    if (std::ranges::any_of(text, is_odd))
        return true;
    return std::ranges::any_of(split(text, '\n'), [](std::string_view line) {
        return line.size() > kMaxPlainLine || line.ends_with(' ') || line.starts_with("From ");
    });
}

void set_content(GMimePart* part, std::string_view octets, GMimeContentEncoding encoding) {
    const Owned<GMimeStream> stream = memory_stream(octets);
    const Owned<GMimeDataWrapper> content(
        g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
    g_mime_part_set_content(part, content.get());
    g_mime_part_set_content_encoding(part, encoding);
}

Owned<GMimeObject> text_part(const std::string& text) {
    Owned<GMimeObject> part(GMIME_OBJECT(g_mime_part_new_with_type("text", "plain")));
    g_mime_object_set_content_type_parameter(part.get(), "charset", "utf-8");
    const std::string lines = with_line_feeds(text);
    set_content(GMIME_PART(part.get()),
                lines,
                needs_encoding(lines) ? GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
                                      : GMIME_CONTENT_ENCODING_7BIT);
    return part;
}

// A composite type must not be encoded (RFC 2045 6.4), so such a file travels as plain octets.
std::string type_for(const DraftAttachment& file) {
    std::string type =
        to_lower(file.type.empty() ? std::string(media_type_of(file.name)) : file.type);
    const std::size_t slash = type.find('/');
    const bool fits = slash != std::string::npos && type.size() <= 127 &&
                      is_plain(type.substr(0, slash), "()<>@,;:\\\"/[]?=") &&
                      is_plain(type.substr(slash + 1), "()<>@,;:\\\"/[]?=");
    if (!fits || type.starts_with("multipart/") || type.starts_with("message/"))
        return "application/octet-stream";
    return type;
}

Owned<GMimeObject> file_part(const DraftAttachment& file) {
    const std::string type = type_for(file);
    const std::size_t slash = type.find('/');
    Owned<GMimeObject> part(GMIME_OBJECT(
        g_mime_part_new_with_type(type.substr(0, slash).c_str(), type.substr(slash + 1).c_str())));
    g_mime_object_set_disposition(part.get(), "attachment");
    g_mime_part_set_filename(GMIME_PART(part.get()), safe_file_name(file.name).c_str());
    set_content(GMIME_PART(part.get()), as_text(file.octets), GMIME_CONTENT_ENCODING_BASE64);
    return part;
}

// The same draft gives the same octets, so the boundary is a digest; a text cannot hold its own.
std::string boundary_of(const Draft& draft) {
    return "kith-" + sha256(draft.message_id + "\n" + draft.text).hex_text().substr(0, 32);
}

Owned<GMimeObject> body_of(const Draft& draft) {
    Owned<GMimeObject> text = text_part(draft.text);
    if (draft.attachments.empty())
        return text;
    Owned<GMimeObject> whole(GMIME_OBJECT(g_mime_multipart_new_with_subtype("mixed")));
    GMimeMultipart* const multipart = GMIME_MULTIPART(whole.get());
    g_mime_multipart_set_boundary(multipart, boundary_of(draft).c_str());
    g_mime_multipart_add(multipart, text.get());
    for (const DraftAttachment& file : draft.attachments)
        g_mime_multipart_add(multipart, file_part(file).get());
    return whole;
}

}  // namespace

Result<std::string> compose(const Draft& draft) {
    TRY(check_draft(draft));
    begin_gmime();
    const Owned<GMimeMessage> message(g_mime_message_new(TRUE));
    write_header(message.get(), draft);
    g_mime_message_set_mime_part(message.get(), body_of(draft).get());
    const OwnedOptions options(g_mime_format_options_new());
    g_mime_format_options_set_newline_format(options.get(), GMIME_NEWLINE_FORMAT_DOS);
    const Owned<GMimeStream> out(g_mime_stream_mem_new());
    if (g_mime_object_write_to_stream(GMIME_OBJECT(message.get()), options.get(), out.get()) < 0)
        return fail(ErrorKind::internal, "draft", "cannot be written");
    return octets_of(out.get());
}

std::string_view media_type_of(std::string_view file_name) {
    const std::string name = to_lower(file_name);
    for (const TypeOfEnding& one : kTypes)
        if (name.ends_with(one.ending))
            return one.type;
    return "application/octet-stream";
}

}  // namespace kith
