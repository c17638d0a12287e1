#include "mailauth/known_keys.h"

namespace kith::mailauth {

Result<KeyRecord> KnownKeys::record_of(const Answer& answer) {
    // With several, which one counts is for key_record_of to say.
    if (answer.status == Answer::Status::temporary_error || answer.records.size() != 1)
        return key_record_of(answer);
    const std::string& text = answer.records.front();
    {
        const std::lock_guard lock(mutex_);
        if (const auto known = records_.find(text); known != records_.end())
            return known->second;
    }
    const KeyRecord record = TRY(key_record_of(answer));
    const std::lock_guard lock(mutex_);
    // Rarely full; whose mail goes on coming is back soon.
    if (records_.size() >= most_)
        records_.clear();
    records_.insert_or_assign(text, record);
    return record;
}

}  // namespace kith::mailauth
