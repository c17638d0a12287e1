#include "mailauth/signature_writer.h"

#include <algorithm>

#include "crypto/hash.h"
#include "mailauth/dkim_signature.h"
#include "mailauth/dns.h"

namespace kith::mailauth {
namespace {

constexpr std::size_t kColumns = 72;
constexpr std::string_view kFold = "\r\n ";

// Writes words into lines; a line is broken where white space means nothing.
class Folder {
  public:
    // A tag begins a line of its own where it would not fit.
    void begin(std::size_t size) {
        if (column_ + 1 + size > kColumns)
            fold();
        else
            put(" ");
    }
    void put(std::string_view text) {
        out_ += text;
        column_ += text.size();
    }
    // Broken wherever a line is full.
    void put_anywhere(std::string_view text) {
        while (!text.empty()) {
            const std::size_t room = kColumns - std::min(column_, kColumns);
            const std::string_view now = text.substr(0, room);
            put(now);
            text.remove_prefix(now.size());
            if (!text.empty())
                fold();
        }
    }
    // Broken behind colons.
    void put_list(std::string_view text) {
        while (!text.empty()) {
            const std::string_view word =
                text.substr(0, std::min(text.find(':'), text.size() - 1) + 1);
            if (column_ + word.size() > kColumns)
                fold();
            put(word);
            text.remove_prefix(word.size());
        }
    }
    void end_line() { column_ = kColumns; }
    void fold() {
        out_ += kFold;
        column_ = 0;
    }
    std::string take() { return std::move(out_); }

  private:
    std::string out_;
    std::size_t column_ = 30;  // the field's name stands before it
};

}  // namespace

std::string_view algorithm_of(const SignatureKey& key) {
    return std::holds_alternative<const RsaSigningKey*>(key) ? "rsa-sha256" : "ed25519-sha256";
}

Result<std::string> sign_octets(const SignatureKey& key, std::string_view octets) {
    if (const auto* rsa = std::get_if<const RsaSigningKey*>(&key))
        return base64(TRY((*rsa)->sign(as_bytes(octets))));
    return base64(std::get<const SigningKey*>(key)->sign(sha256(octets).view()));
}

std::string fold_tags(const std::vector<Tag>& tags, SignatureLines lines) {
    Folder out;
    for (const Tag& tag : tags) {
        const std::string end = &tag == &tags.back() ? "" : ";";
        out.begin(tag.name == "b" ? kColumns : tag.name.size() + tag.value.size() + 2);
        out.put(tag.name + "=");
        if (tag.name == "b" && lines == SignatureLines::folded)
            out.put_anywhere(tag.value);
        else if (tag.name == "h")
            out.put_list(tag.value);
        else
            out.put(tag.value);
        out.put(end);
        // What follows stands on the same lines before b= is known and after.
        if (tag.name == "b")
            out.end_line();
    }
    return out.take();
}

std::string join_fields(const std::vector<std::string>& fields) {
    std::string out;
    for (const std::string& field : fields)
        out += (out.empty() ? "" : ":") + field;
    return out;
}

std::string seconds_of(Time time) {
    return std::to_string(time.time_since_epoch().count());
}

Result<void> check_signing_names(const std::string& domain, const std::string& selector) {
    if (TRY(mail_domain(domain)) != domain)
        return fail(ErrorKind::malformed, "d=", "must be A-labels in lower case");
    if (TRY(parse_selector(selector)) != selector)
        return fail(ErrorKind::malformed, "s=", "must be in lower case");
    return {};
}

Result<std::string> sign_tags(std::string_view name,
                              std::vector<Tag> tags,
                              const SignatureKey& key,
                              SignatureLines lines,
                              const std::function<std::string(const RawField&)>& octets_of) {
    const auto whole = [&] { return std::string(name) + ":" + fold_tags(tags, lines) + "\r\n"; };
    const RawHeader unsigned_one = TRY(RawHeader::parse(whole()));
    const auto b = std::ranges::find(tags, "b", &Tag::name);
    KITH_CHECK(b != tags.end());
    b->value = TRY(sign_octets(key, octets_of(unsigned_one.fields().front())));
    return whole();
}

Result<std::string> sign_field(const RawHeader& header,
                               std::string_view name,
                               std::vector<Tag> tags,
                               const std::vector<std::string>& fields,
                               const SignatureKey& key,
                               SignatureLines lines) {
    return sign_tags(name, std::move(tags), key, lines, [&](const RawField& own) {
        return signed_octets(header, fields, own, Canonicalization::relaxed);
    });
}

Result<std::string> write_signature(const MessageDigest& message,
                                    std::string_view name,
                                    const DkimSigner& signer) {
    if (!message.header.only("from"))
        return fail(ErrorKind::malformed, "From", "must be there once to be signed");
    const std::vector<std::string> fields = fields_to_sign(message.header);
    std::vector<Tag> tags = {{"v", "1"},
                             {"a", std::string(algorithm_of(signer.key))},
                             {"c", "relaxed/relaxed"},
                             {"d", signer.domain},
                             {"s", signer.selector}};
    if (!signer.identity.empty())
        tags.push_back({"i", signer.identity});
    tags.push_back({"t", seconds_of(signer.time)});
    if (signer.expiry)
        tags.push_back({"x", seconds_of(*signer.expiry)});
    tags.push_back({"h", join_fields(fields)});
    tags.push_back({"bh", base64(message.relaxed_body.view())});
    tags.push_back({"b", ""});
    return sign_field(
        message.header, name, std::move(tags), fields, signer.key, SignatureLines::folded);
}

}  // namespace kith::mailauth
