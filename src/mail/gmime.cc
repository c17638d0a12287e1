#include "mail/gmime.h"

#include <mutex>

#include "base/text.h"

namespace kith {

void begin_gmime() {
    static std::once_flag once;
    std::call_once(once, [] { g_mime_init(); });
}

Owned<GMimeStream> memory_stream(std::string_view octets) {
    if (octets.empty())  // GMime takes no null pointer
        return Owned<GMimeStream>(g_mime_stream_mem_new());
    return Owned<GMimeStream>(g_mime_stream_mem_new_with_buffer(octets.data(), octets.size()));
}

std::string octets_of(GMimeStream* stream) {
    const GByteArray* const array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    if (array == nullptr || array->len == 0)
        return {};
    return {reinterpret_cast<const char*>(array->data), array->len};  // NOLINT
}

std::string utf8_text(std::string_view octets) {
    if (is_utf8(octets))
        return std::string(octets);
    const OwnedText valid(g_utf8_make_valid(octets.data(), static_cast<gssize>(octets.size())));
    return valid.get();
}

std::string utf8_text(const char* text) {
    return text != nullptr ? utf8_text(std::string_view(text)) : std::string();
}

}  // namespace kith
