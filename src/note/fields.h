// The text of a Kith note (protocol section 2): "kith/1 TYPE", then one field a line.
//
// A type reads its fields by name, saying how each parses; every error names the field:
//
//     const Fields fields = TRY(Fields::parse(note.text(), "batch"));
//     batch.size = TRY(fields.required("size", as_decimal<kMaxBatch>));
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/time.h"
#include "crypto/age_keys.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "note/address.h"

namespace kith {

struct Field {
    std::string name;
    std::string value;  ///< empty when the line is the name alone
    friend bool operator==(const Field&, const Field&) = default;
};

class Fields {
  public:
    /// What a reader (a function of string_view that gives a Result) makes of a value.
    template <class Read>
    using ValueOf = typename std::invoke_result_t<Read, std::string_view>::ValueType;

    /// Errors: malformed (grammar, another type), limit (octets).
    static Result<Fields> parse(std::string_view text, std::string_view type);

    /// Errors: malformed when it is missing or repeated; those of `read`; all named `name`.
    template <class Read>
    Result<ValueOf<Read>> required(std::string_view name, Read read) const {
        const std::string_view value = TRY(single(name));
        return named(name, read(value));
    }

    /// nullopt when the field is absent. Errors: as required.
    template <class Read>
    Result<std::optional<ValueOf<Read>>> optional(std::string_view name, Read read) const {
        using Value = std::optional<ValueOf<Read>>;
        if (!has(name))
            return Value();
        return Value(TRY(required(name, read)));
    }

    /// Every value of a list field in its order. Errors: those of `read`; limit above `most`.
    template <class Read>
    Result<std::vector<ValueOf<Read>>> list(std::string_view name,
                                            std::size_t most,
                                            Read read) const {
        std::vector<ValueOf<Read>> values;
        for (const Field& field : all_) {
            if (field.name != name)
                continue;
            if (values.size() == most)
                return fail(ErrorKind::limit, std::string(name), "too many");
            values.push_back(TRY(named(name, read(std::string_view(field.value)))));
        }
        return values;
    }

    bool has(std::string_view name) const;
    /// The fields whose names are not among `known`, in their order.
    std::vector<Field> others(std::span<const std::string_view> known) const;

  private:
    Result<std::string_view> single(std::string_view name) const;

    template <class T>
    static Result<T> named(std::string_view name, Result<T> value) {
        if (!value)
            value.error().where = std::string(name);
        return value;
    }

    std::vector<Field> all_;
};

// How values parse. All are exact: one text for each value.
Result<std::string> as_line(std::string_view value);  ///< not empty
Result<Time> as_time(std::string_view value);
Result<Hash> as_hash(std::string_view value);
Result<PublicKey> as_key(std::string_view value);
Result<AgeRecipient> as_recipient(std::string_view value);
Result<std::string> as_id(std::string_view value);  ///< 32 lower-case hex digits
Result<Address> as_address(std::string_view value);
Result<Target> as_target(std::string_view value);
Result<std::string> as_domain(std::string_view value);
Result<std::string> as_device_name(std::string_view value);
Result<Bytes> as_base64(std::string_view value);  ///< not empty
template <std::uint64_t Limit>
Result<std::uint64_t> as_decimal(std::string_view value) {
    return parse_decimal(value, Limit);
}

/// Errors: future ("time") when `time` is more than kClockSkew ahead of `now`.
Result<void> check_not_future(Time time, Time now);
/// Errors: expired ("expires") when `expires` is before `now`.
Result<void> check_not_expired(Time expires, Time now);

/// Writes a note's text. Values must hold no control character (our own duty, KITH_CHECKed).
class FieldWriter {
  public:
    explicit FieldWriter(std::string_view type);
    FieldWriter& add(std::string_view name, std::string_view value);
    FieldWriter& add(const Field& field) { return add(field.name, field.value); }
    template <class T>
    FieldWriter& add_if(std::string_view name, const std::optional<T>& value) {
        return value ? add(name, value->text()) : *this;
    }
    std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

}  // namespace kith
