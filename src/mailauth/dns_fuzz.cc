// Any RDATA is left out or gives a record of its type; names are possible names.
#include "mailauth/dns.h"
#include "mailauth/ip_address.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    using namespace kith::mailauth;
    const std::vector<Bytes> rdata(1, Bytes(data, data + size));
    for (const RecordType type :
         {RecordType::a, RecordType::aaaa, RecordType::txt, RecordType::mx, RecordType::ptr}) {
        const Answer answer = answer_from_rdata(type, rdata);
        KITH_CHECK(answer.has_records() == !answer.records.empty());
        for (const std::string& record : answer.records) {
            KITH_CHECK(record.size() <= size);
            if (type == RecordType::mx || type == RecordType::ptr)
                KITH_CHECK(record.empty() || is_dns_name(record));
            if (type == RecordType::a || type == RecordType::aaaa)
                KITH_CHECK(IpAddress::from_octets(as_bytes(record)).has_value());
        }
    }
    return 0;
}
