#include "base/open_file.h"

#include <unistd.h>

namespace kith {

OpenFile::~OpenFile() {
    if (file_ >= 0)
        ::close(file_);
}

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
    if (this != &other) {
        if (file_ >= 0)
            ::close(file_);
        file_ = std::exchange(other.file_, -1);
    }
    return *this;
}

}  // namespace kith
