#include "protocol/url_text.h"

#include "base/bytes.h"
#include "base/text.h"

namespace kith {

Result<std::string> percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        auto octet = parse_hex(to_lower(text.substr(i + 1, 2)));
        if (!octet || octet->size() != 1)
            return fail(ErrorKind::malformed, "url", "has a bad percent-escape");
        out += static_cast<char>(octet->front());
        i += 2;
    }
    if (!is_utf8(out))
        return fail(ErrorKind::malformed, "url", "is not UTF-8");
    return out;
}

Result<std::optional<std::string>> query_parameter(std::string_view query, std::string_view name) {
    for (const std::string_view piece : split(query, '&')) {
        const auto equals = piece.find('=');
        if (equals == std::string_view::npos || piece.substr(0, equals) != name)
            continue;
        auto value = percent_decode(piece.substr(equals + 1));
        if (!value)
            return fail(ErrorKind::malformed, std::string(name), "has a bad percent-escape");
        return std::optional(*std::move(value));
    }
    return std::optional<std::string>();
}

std::optional<std::vector<std::string>> path_behind(std::string_view path,
                                                    std::string_view prefix) {
    if (!path.starts_with(prefix))
        return std::nullopt;
    std::vector<std::string> pieces;
    for (const std::string_view piece : split(path.substr(prefix.size()), '/')) {
        auto decoded = percent_decode(piece);
        if (!decoded)
            return std::nullopt;
        pieces.push_back(*std::move(decoded));
    }
    return pieces;
}

}  // namespace kith
