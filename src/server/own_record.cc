#include "server/own_record.h"

namespace kith {

KithRecord own_record(const Config& config, const ServerKeys& keys) {
    KithRecord record;
    record.host = config.host;
    record.port = static_cast<std::uint16_t>(config.listen.public_port);
    record.keys = {keys.domain.public_key()};
    record.mode =
        config.federation.mode == "enforce" ? KithRecord::Mode::enforce : KithRecord::Mode::testing;
    record.log_keys = {keys.log.public_key()};
    record.witness = keys.witness.public_key();
    return record;
}

}  // namespace kith
