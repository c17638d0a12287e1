// An open file; closed when it goes.
#pragma once

#include <utility>

namespace kith {

class OpenFile {
  public:
    OpenFile() = default;
    explicit OpenFile(int file) : file_(file) {}
    ~OpenFile();
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    OpenFile(OpenFile&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
    OpenFile& operator=(OpenFile&& other) noexcept;
    int get() const { return file_; }
    bool is_open() const { return file_ >= 0; }

  private:
    int file_ = -1;
};

}  // namespace kith
