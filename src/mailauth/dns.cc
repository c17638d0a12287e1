#include "mailauth/dns.h"

#include <algorithm>

#include "base/text.h"
#include "note/address.h"

namespace kith::mailauth {
namespace {

// A character-string's length octet, then its octets (RFC 1035 section 3.3.14).
Result<std::string> read_txt(ByteView rdata) {
    std::string out;
    while (!rdata.empty()) {
        const std::size_t size = rdata[0];
        if (rdata.size() < 1 + size)
            return fail(ErrorKind::malformed, "TXT", "a string is cut off");
        out += as_text(rdata.subspan(1, size));
        rdata = rdata.subspan(1 + size);
    }
    return out;
}

Result<std::string> read_name(ByteView rdata) {
    std::string out;
    for (;;) {
        if (rdata.empty() || rdata[0] > 63 || rdata.size() < 1U + rdata[0])
            return fail(ErrorKind::malformed, "name", "is no uncompressed name");
        const std::size_t size = rdata[0];
        if (size == 0)
            break;
        const std::string_view label = as_text(rdata.subspan(1, size));
        if (label.contains('.'))
            return fail(ErrorKind::malformed, "name", "a label has a dot in it");
        out += (out.empty() ? "" : ".") + to_lower(label);
        rdata = rdata.subspan(1 + size);
    }
    if (rdata.size() != 1 || !(out.empty() || is_dns_name(out)))
        return fail(ErrorKind::malformed, "name", "is no host's name");
    return out;
}

Result<std::string> read_record(RecordType type, ByteView rdata) {
    switch (type) {
        case RecordType::a:
            return to_text(TRY(exactly<4>(rdata)));
        case RecordType::aaaa:
            return to_text(TRY(exactly<16>(rdata)));
        case RecordType::txt:
            return read_txt(rdata);
        case RecordType::ptr:
            return read_name(rdata);
        case RecordType::mx:
            if (rdata.size() < 2)
                return fail(ErrorKind::malformed, "MX", "has no preference");
            return read_name(rdata.subspan(2));
    }
    return fail(ErrorKind::malformed, "record", "is of another type");
}

}  // namespace

const char* name_of(RecordType type) {
    switch (type) {
        case RecordType::a:
            return "A";
        case RecordType::ptr:
            return "PTR";
        case RecordType::mx:
            return "MX";
        case RecordType::txt:
            return "TXT";
        case RecordType::aaaa:
            return "AAAA";
    }
    return "?";
}

Answer answer_from_rdata(RecordType type, std::span<const Bytes> rdata) {
    Answer out{Answer::Status::no_data, {}};
    for (const Bytes& record : rdata.first(std::min(rdata.size(), kMaxRecords)))
        if (auto read = read_record(type, record))
            out.records.push_back(*std::move(read));
    if (!out.records.empty())
        out.status = Answer::Status::records;
    return out;
}

bool is_dns_name(std::string_view name) {
    if (name.empty() || name.size() > 253)
        return false;
    return std::ranges::all_of(split(name, '.'), [](std::string_view label) {
        return !label.empty() && label.size() <= 63 &&
               std::ranges::all_of(label, [](char c) { return c >= ' ' && c < 0x7F; });
    });
}

bool is_domain_name(std::string_view name) {
    return is_dns_name(name) && std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.';
           });
}

Result<std::string> mail_domain(std::string_view text) {
    const bool ascii = std::ranges::all_of(text, [](char c) { return c > 0; });
    std::string domain = ascii ? to_lower(text) : TRY(normal_domain(text));
    if (!is_domain_name(domain) || !domain.contains('.'))
        return fail(ErrorKind::malformed, "domain", "is none");
    return domain;
}

}  // namespace kith::mailauth
