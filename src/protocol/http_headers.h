// Header fields of an HTTP message, the same for HTTP/1.1 and HTTP/2 (RFC 9110 section 5).
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kith {

/// Fields in the order received or to be sent. Names are lower case (the parsers lower them; who
/// adds one writes it so); pseudo fields (":status") never appear here.
class HttpHeaders {
  public:
    using Field = std::pair<std::string, std::string>;

    HttpHeaders() = default;
    HttpHeaders(std::initializer_list<Field> fields) : fields_(fields) {}

    /// The first field of that (lower-case) name; valid until the headers change.
    std::optional<std::string_view> find(std::string_view name) const {
        for (const Field& field : fields_)
            if (field.first == name)
                return field.second;
        return std::nullopt;
    }
    void add(std::string name, std::string value) {
        fields_.emplace_back(std::move(name), std::move(value));
    }

    auto begin() const { return fields_.begin(); }
    auto end() const { return fields_.end(); }
    std::size_t size() const { return fields_.size(); }
    bool empty() const { return fields_.empty(); }
    bool operator==(const HttpHeaders&) const = default;

  private:
    std::vector<Field> fields_;
};

struct RequestHead {
    std::string method;     ///< as sent: "GET"
    std::string authority;  ///< :authority, or Host
    std::string target;     ///< path and query; begins with "/"
    HttpHeaders headers;
    bool operator==(const RequestHead&) const = default;
};

struct ReplyHead {
    unsigned status = 0;
    HttpHeaders headers;
    bool operator==(const ReplyHead&) const = default;
};

}  // namespace kith
