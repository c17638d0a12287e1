#include "exchange/delivery_body_reader.h"

namespace kith {

// False: the body is over.
awaitable<Result<bool>> DeliveryBodyReader::more() {
    buffer_ = CO_TRY(co_await body_.read_some());
    input_ = buffer_;
    if (!buffer_.empty())
        co_return true;
    ended_ = true;
    CO_TRY(reader_.finish());
    co_return false;
}

awaitable<Result<DeliveryBodyReader::Head>> DeliveryBodyReader::head() {
    Head head;
    while (true) {
        auto event = CO_TRY(reader_.next(input_));
        if (!event) {
            if (!CO_TRY(co_await more()))
                co_return head;
            continue;
        }
        if (auto* part = std::get_if<Part>(&*event))
            head.parts.take(std::move(*part));
        if (const auto* blob = std::get_if<BlobAnnounced>(&*event)) {
            head.blob_octets = blob->octets;
            co_return head;
        }
    }
}

awaitable<Result<Bytes>> DeliveryBodyReader::blob_octets() {
    while (!ended_) {
        auto event = CO_TRY(reader_.next(input_));
        if (!event) {
            CO_TRY(co_await more());
            continue;
        }
        if (const auto* piece = std::get_if<BlobOctets>(&*event))
            co_return Bytes(piece->octets.begin(), piece->octets.end());
    }
    co_return Bytes();
}

}  // namespace kith
