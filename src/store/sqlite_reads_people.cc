// Who: accounts, cards, contacts, tokens, sessions, peers.
#include "store/sqlite_reads.h"
#include "store/sqlite_rows.h"

namespace kith {
namespace {

using sqlite::Statement;

AccountRecord read_account(Statement& row) {
    AccountRecord out;
    out.id = row.integer(0);
    out.address = row.text(1);
    out.state = enum_of<AccountRecord::State>(row.integer(2));
    out.created = row.time(3);
    out.root = row.hash(4);
    out.card = row.hash(5);
    out.modseq = row.integer(6);
    out.used_octets = static_cast<std::uint64_t>(row.integer(7));
    return out;
}

CardRecord read_card_record(Statement& row) {
    return {row.hash(0), row.hash(1), row.text(2), row.integer(3), row.text(4), row.time(5)};
}

GrantRecord read_grant(Statement& row) {
    return {row.hash(0),
            row.text(1),
            row.text(2),
            enum_of<GrantRecord::Level>(row.integer(3)),
            enum_of<GrantRecord::Verified>(row.integer(4)),
            row.hash(5),
            row.text(6),
            row.time(7),
            row.time(8),
            row.text(9)};
}

TokenRecord read_token(Statement& row) {
    TokenRecord out;
    out.id = row.text(0);
    out.kind = enum_of<TokenRecord::Kind>(row.integer(1));
    out.text = row.text(2);
    out.label = row.text(3);
    out.per_day = row.integer(4);
    if (!row.is_null(5))
        out.uses_left = row.integer(5);
    if (!row.is_null(6))
        out.bound_root = row.hash(6);
    out.bound_address = row.text(7);
    out.window_day = row.integer(8);
    out.window_used = row.integer(9);
    out.used_total = row.integer(10);
    out.created = row.time(11);
    if (!row.is_null(12))
        out.expires = row.time(12);
    out.standing = enum_of<TokenRecord::Standing>(row.integer(13));
    return out;
}

constexpr char kAccountQuery[] =
    "SELECT id, address, state, created, root, card, modseq, used FROM accounts WHERE id = ?";

}  // namespace

std::optional<AccountRecord> SqliteReads::account(AccountId id) {
    return at_most_one(std::move(database_.prepare(kAccountQuery).bind(id)), read_account);
}

std::optional<AccountRecord> SqliteReads::account(const std::string& address) {
    return at_most_one(
        std::move(database_
                      .prepare("SELECT id, address, state, created, root, card, modseq, used "
                               "FROM accounts WHERE address = ?")
                      .bind(address)),
        read_account);
}

std::vector<AccountRecord> SqliteReads::accounts() {
    return all_of(database_.prepare("SELECT id, address, state, created, root, card, modseq, used "
                                    "FROM accounts ORDER BY address"),
                  read_account);
}

std::int64_t SqliteReads::account_count() {
    return at_most_one(database_.prepare("SELECT count(*) FROM accounts"), read_integer)
        .value_or(0);
}

std::optional<InvitationRecord> SqliteReads::invitation(const Hash& code) {
    return at_most_one<InvitationRecord>(
        std::move(
            database_
                .prepare("SELECT code, address, created, expires FROM invitations WHERE code = ?")
                .bind(code)),
        [](Statement& row) {
            return InvitationRecord{row.hash(0), row.text(1), row.time(2), row.time(3)};
        });
}

std::optional<CardRecord> SqliteReads::card(const Hash& hash) {
    return at_most_one(
        std::move(database_
                      .prepare("SELECT hash, root, address, serial, note, first_seen FROM cards "
                               "WHERE hash = ?")
                      .bind(hash)),
        read_card_record);
}

std::optional<CardRecord> SqliteReads::newest_card(const Hash& root) {
    return at_most_one(
        std::move(database_
                      .prepare("SELECT hash, root, address, serial, note, first_seen FROM cards "
                               "WHERE root = ? ORDER BY serial DESC, seen LIMIT 1")
                      .bind(root)),
        read_card_record);
}

std::vector<CardRecord> SqliteReads::cards(const Hash& root) {
    return all_of(
        std::move(database_
                      .prepare("SELECT hash, root, address, serial, note, first_seen FROM cards "
                               "WHERE root = ? ORDER BY seen")
                      .bind(root)),
        read_card_record);
}

std::optional<GrantRecord> SqliteReads::grant(AccountId account, const Hash& root) {
    return at_most_one(
        std::move(database_
                      .prepare("SELECT root, address, name, level, verified, card, source, since, "
                               "engaged, ledger FROM grants WHERE account = ? AND root = ?")
                      .bind(account)
                      .bind(root)),
        read_grant);
}

std::vector<GrantRecord> SqliteReads::grants(AccountId account) {
    return all_of(
        std::move(database_
                      .prepare("SELECT root, address, name, level, verified, card, source, since, "
                               "engaged, ledger FROM grants WHERE account = ? ORDER BY address")
                      .bind(account)),
        read_grant);
}

std::vector<GrantRecord> SqliteReads::grants_of(AccountId account, const std::string& address) {
    return all_of(
        std::move(database_
                      .prepare("SELECT root, address, name, level, verified, card, source, since, "
                               "engaged, ledger FROM grants WHERE account = ? AND address = ?")
                      .bind(account)
                      .bind(address)),
        read_grant);
}

std::optional<std::string> SqliteReads::past_ledger(AccountId account, const Hash& root) {
    return at_most_one(
        std::move(
            database_.prepare("SELECT ledger FROM past_ledgers WHERE account = ? AND root = ?")
                .bind(account)
                .bind(root)),
        read_text);
}

std::vector<std::pair<AccountId, Hash>> SqliteReads::past_ledgers() {
    std::vector<std::pair<AccountId, Hash>> all;
    auto rows = database_.prepare("SELECT account, root FROM past_ledgers");
    while (rows.step())
        all.emplace_back(rows.integer(0), rows.hash(1));
    return all;
}

std::vector<AccountId> SqliteReads::grantors(const Hash& root) {
    return all_of(
        std::move(database_.prepare("SELECT account FROM grants WHERE root = ?").bind(root)),
        read_integer);
}

std::optional<TokenRecord> SqliteReads::token(AccountId account, const std::string& id) {
    return at_most_one(
        std::move(database_
                      .prepare("SELECT id, kind, text, label, per_day, uses_left, bound_root, "
                               "bound_address, window_day, window_used, used_total, created, "
                               "expires, standing FROM tokens WHERE account = ? AND id = ?")
                      .bind(account)
                      .bind(id)),
        read_token);
}

std::vector<TokenRecord> SqliteReads::tokens(AccountId account) {
    return all_of(
        std::move(
            database_
                .prepare(
                    "SELECT id, kind, text, label, per_day, uses_left, bound_root, "
                    "bound_address, window_day, window_used, used_total, created, "
                    "expires, standing FROM tokens WHERE account = ? ORDER BY created DESC, id")
                .bind(account)),
        read_token);
}

std::int64_t SqliteReads::reply_token_uses(AccountId account, const std::string& id) {
    return at_most_one(
               std::move(
                   database_.prepare("SELECT uses FROM reply_tokens WHERE account = ? AND id = ?")
                       .bind(account)
                       .bind(id)),
               read_integer)
        .value_or(0);
}

std::optional<std::string> SqliteReads::domain_credit(const std::string& domain) {
    return at_most_one(
        std::move(
            database_.prepare("SELECT credit FROM domain_credits WHERE domain = ?").bind(domain)),
        read_text);
}

std::vector<std::string> SqliteReads::credited_domains() {
    return all_of(database_.prepare("SELECT domain FROM domain_credits"), read_text);
}

std::optional<std::string> SqliteReads::shown_requests(AccountId account) {
    return at_most_one(
        std::move(
            database_.prepare("SELECT shown FROM shown_requests WHERE account = ?").bind(account)),
        read_text);
}

std::vector<BlockedDomain> SqliteReads::blocked_domains(AccountId account) {
    return all_of<BlockedDomain>(
        std::move(database_
                      .prepare("SELECT domain, since FROM blocked_domains WHERE account = ? "
                               "ORDER BY domain")
                      .bind(account)),
        [](Statement& row) { return BlockedDomain{row.text(0), row.time(1)}; });
}

bool SqliteReads::is_domain_blocked(AccountId account, const std::string& domain) {
    auto row = database_.prepare("SELECT 1 FROM blocked_domains WHERE account = ? AND domain = ?");
    row.bind(account).bind(domain);
    return row.step();
}

std::optional<PeerRecord> SqliteReads::peer(const std::string& domain) {
    return at_most_one<PeerRecord>(
        std::move(
            database_.prepare("SELECT domain, record, secure, expires FROM peers WHERE domain = ?")
                .bind(domain)),
        [](Statement& row) {
            return PeerRecord{
                row.text(0), row.text(1), enum_of<PeerRecord::Secure>(row.integer(2)), row.time(3)};
        });
}

std::optional<SessionRecord> SqliteReads::session(const Hash& token) {
    return at_most_one<SessionRecord>(
        std::move(database_
                      .prepare("SELECT token, account, device, created, expires FROM sessions "
                               "WHERE token = ?")
                      .bind(token)),
        [](Statement& row) {
            return SessionRecord{
                row.hash(0), row.integer(1), row.text(2), row.time(3), row.time(4)};
        });
}

std::optional<DeviceLinkRecord> SqliteReads::device_link(const std::string& id) {
    return at_most_one<DeviceLinkRecord>(
        std::move(
            database_.prepare("SELECT id, account, note, state, expires FROM links WHERE id = ?")
                .bind(id)),
        [](Statement& row) {
            return DeviceLinkRecord{
                row.text(0), row.integer(1), row.text(2), row.text(3), row.time(4)};
        });
}

}  // namespace kith
