// GMime's objects with an owner. For the sources of this room alone.
#pragma once

#include <gmime/gmime.h>

#include <memory>
#include <string>
#include <string_view>

namespace kith {

struct Unref {
    void operator()(void* object) const { g_object_unref(object); }
};
struct FreeText {
    void operator()(char* text) const { g_free(text); }
};
struct UnrefTime {
    void operator()(GDateTime* time) const { g_date_time_unref(time); }
};
struct FreeOptions {
    void operator()(GMimeFormatOptions* options) const { g_mime_format_options_free(options); }
};
struct FreeReferences {
    void operator()(GMimeReferences* references) const { g_mime_references_free(references); }
};

template <class T>
using Owned = std::unique_ptr<T, Unref>;
using OwnedText = std::unique_ptr<char, FreeText>;
using OwnedTime = std::unique_ptr<GDateTime, UnrefTime>;
using OwnedOptions = std::unique_ptr<GMimeFormatOptions, FreeOptions>;
using OwnedReferences = std::unique_ptr<GMimeReferences, FreeReferences>;

/// Before anything of GMime is used; the first call does it. Thread-safe.
void begin_gmime();

/// A stream over a copy of the octets.
Owned<GMimeStream> memory_stream(std::string_view octets);
/// What was written to a memory_stream.
std::string octets_of(GMimeStream* stream);
/// Empty for nullptr; ill-formed UTF-8 is replaced.
std::string utf8_text(const char* text);
std::string utf8_text(std::string_view octets);

}  // namespace kith
