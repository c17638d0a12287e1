// One signature in DKIM's form against one key: what DKIM, ARC and Kith-Signature share.
#pragma once

#include "base/time.h"
#include "mailauth/dkim.h"
#include "mailauth/dkim_signature.h"
#include "mailauth/key_record.h"

namespace kith::mailauth {

/// A result with what the signature says of itself.
DkimResult describe(const DkimSignature& signature);
DkimResult with(DkimResult result, DkimStatus status, std::string reason);

/// What speaks against it before a key is looked for; pass: nothing. An ARC-Message-Signature need
/// not sign From.
DkimResult check_before_key(const DkimSignature& signature, SignatureForm form, Time now);
/// `field`: of the message's header.
DkimResult check_with_key(const MessageDigest& message,
                          const RawField& field,
                          const DkimSignature& signature,
                          const Result<KeyRecord>& record);

}  // namespace kith::mailauth
