// PatchObject (RFC 8620 5.3): an update as a set of JSON pointers and values.
#pragma once

#include "protocol/jmap_core.h"

namespace kith::jmap {

/// Patched copy of `object`. A null sets what `defaults` (top-level properties) has for it, or
/// removes. Errors: malformed with `where` "patch", for SetErrorType::invalid_patch: a pointer
/// into an array, a parent that is not there, one pointer that is the prefix of another.
Result<json::object> apply_patch(const json::object& object,
                                 const json::object& patch,
                                 const json::object& defaults = {});

/// "keywords/$seen" → {"keywords", "$seen"}, ~0 and ~1 resolved. Errors: malformed ("patch").
Result<std::vector<std::string>> split_pointer(std::string_view path);

}  // namespace kith::jmap
