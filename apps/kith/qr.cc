#include "kith/qr.h"

#include <qrencode.h>

#include <memory>

namespace kith {
namespace {

constexpr int kQuiet = 2;  // light modules around it

struct Free {
    void operator()(QRcode* code) const { QRcode_free(code); }
};

bool dark(const QRcode& code, int x, int y) {
    if (x < 0 || y < 0 || x >= code.width || y >= code.width)
        return false;
    return (code.data[y * code.width + x] & 1U) != 0;
}

// Without colours the light modules are drawn: terminals are mostly dark.
const char* half_blocks(bool upper, bool lower) {
    if (upper && lower)
        return "█";
    if (upper)
        return "▀";
    return lower ? "▄" : " ";
}

}  // namespace

Result<std::string> qr_text(std::string_view content, Contrast contrast) {
    const std::unique_ptr<QRcode, Free> code(
        QRcode_encodeString8bit(std::string(content).c_str(), 0, QR_ECLEVEL_L));
    if (!code)
        return fail(ErrorKind::limit, "QR code", "is too long");
    const bool forced = contrast == Contrast::forced;
    std::string out;
    for (int y = -kQuiet; y < code->width + kQuiet; y += 2) {
        if (forced)
            out += "\033[30;107m";
        for (int x = -kQuiet; x < code->width + kQuiet; ++x) {
            const bool upper = dark(*code, x, y);
            const bool lower = dark(*code, x, y + 1);
            out += forced ? half_blocks(upper, lower) : half_blocks(!upper, !lower);
        }
        out += forced ? "\033[0m\n" : "\n";
    }
    return out;
}

}  // namespace kith
