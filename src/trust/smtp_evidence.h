// What a message that came by SMTP can show for itself (protocol section 12): no key, no card, at
// most that its domain says that the address is not made up.
#pragma once

#include <string>

#include "crypto/hash.h"
#include "note/address.h"

namespace kith {

/// Stands for an address without a card, where a contact's root does: in grants, tokens, ledgers.
/// SHA-256 of "kith/1 smtp" LF address; nobody holds a key of it.
Hash smtp_root(const Address& address);

struct SmtpEvidence {
    enum class Proof {
        proven,    ///< DMARC passed for the From's domain
        unproven,  ///< nothing speaks for it, nothing against
        refuted,   ///< the domain says that such mail is not its own, and to refuse it
        doubted,   ///< the same, and to set it aside
        enforced,  ///< the domain writes by Kith only (`mode=enforce`), and this is not signed
    };
    Proof proof = Proof::unproven;
    /// For people: "dkim=pass (one.test)", "spf=fail, dkim=none".
    std::string shown;
    /// The recipient knows the sender by Kith: that they write by SMTP is a step down.
    enum class Usual { smtp, kith } usual = Usual::smtp;
    /// What becomes of strangers here: the account's choice; of `filter`, what the filter said.
    enum class Strangers { held, challenged, passed_filter, failed_filter, refused };
    Strangers strangers = Strangers::held;
};

}  // namespace kith
