// `kithd quickstart DOMAIN`: looks at the ground, writes configuration and keys, makes the first
// account's invitation, says which DNS records to publish. Idempotent; a failure removes what it
// wrote.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "crypto/random.h"
#include "protocol/kith_record.h"
#include "server/config.h"
#include "server/ground.h"
#include "server/service_user.h"

namespace kith {

struct QuickstartOptions {
    std::filesystem::path config_file;
    Config config;              ///< the wishes; an existing configuration file wins over them
    std::string first_account;  ///< "postmaster" when empty
    enum class Network { look, leave_out };
    Network network = Network::look;  ///< leave_out: no question to the resolver
    /// Who will run the server, when root sets it up: gets what is written.
    std::optional<ServiceUser> user;
    std::string log_file;  ///< findings are appended to it, besides the system's log; may be empty
};

struct DnsRecord {
    std::string name, type, value;
    /// As it stands in a zone file.
    std::string line() const { return name + " " + type + " " + value; }
};

struct QuickstartReport {
    std::vector<Finding> findings;
    std::vector<DnsRecord> records;
    std::string invited;     ///< the first account's address
    std::string invitation;  ///< its code; empty when the account exists
    std::vector<std::filesystem::path> written;
};

/// Gives the first account's invitation: of the store, which must exist for it. `known` is the code
/// that an earlier run gave, or empty: as long as it is good it is given again. Errors: conflict
/// when the account exists.
using InvitationMaker = std::function<Result<std::string>(
    const Config&, const std::string& address, const std::string& known)>;

/// Blocking. SIGINT and SIGTERM are held back while it writes: when one comes, what was written is
/// removed before it takes effect.
/// Errors: denied with a summary when a finding is bad (nothing was written then); conflict (the
/// configuration is for another domain); io; whatever the invitation maker answers. `report` has
/// what was found in any case.
Result<void> quickstart(const QuickstartOptions& options,
                        Random& random,
                        const InvitationMaker& make_invitation,
                        QuickstartReport& report);

/// The records that a domain's zone needs for this server: TXT first, then the addresses of this
/// machine that others can reach (none when it stands behind a router).
std::vector<DnsRecord> dns_records(const Config& config, const KithRecord& record);

}  // namespace kith
