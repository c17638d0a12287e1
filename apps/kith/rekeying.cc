#include "kith/rekeying.h"

#include <algorithm>
#include <set>

#include "crypto/age_header.h"
#include "kith/files.h"
#include "kith/mail_rows.h"

namespace kith {
namespace {

constexpr std::size_t kBatch = 200;

/// rekey.json: for which card, and which Emails are done.
class Journal {
  public:
    Journal(const Home& home, const Hash& card)
        : path_(home.file("rekey.json")), card_(card.text()) {
        const auto text = read_private_file(path_);
        const auto object = text ? parse_json_object(*text) : Result<json::object>(json::object());
        if (object && text_at(*object, "card") == card_)
            for (const std::string& id : texts_at(*object, "done"))
                done_.insert(id);
    }
    bool has(const std::string& id) const { return done_.contains(id); }
    std::size_t size() const { return done_.size(); }
    Result<void> add(const std::vector<std::string>& ids) {
        done_.insert(ids.begin(), ids.end());
        return write_private_file(
            path_,
            json::serialize(
                json::object{{"card", card_}, {"done", json::array(done_.begin(), done_.end())}}));
    }
    void close() const { [[maybe_unused]] const auto removed = remove_file(path_); }

  private:
    std::filesystem::path path_;
    std::string card_;
    std::set<std::string> done_;
};

Result<std::string> new_keys(Person& person,
                             const json::object& email,
                             const std::vector<AgeRecipient>& to) {
    const Bytes keys = TRY(parse_base64(text_at(object_at(email, "kith"), "keys")));
    const auto header = TRY(
        rekey_header(as_text(keys), std::span(&person.keys().identity, 1), to, person.random()));
    return base64(as_bytes(header));
}

Result<void> rekey_batch(Person& person,
                         const std::vector<std::string>& ids,
                         const std::vector<AgeRecipient>& to,
                         Rekeyed& result) {
    const auto emails = TRY(get_emails(person, ids));
    json::object update;
    for (const json::object& email : emails) {
        const auto keys = new_keys(person, email, to);
        if (keys)
            update[text_at(email, "id")] = json::object{{"kith/keys", *keys}};
        else
            ++result.skipped;
    }
    if (update.empty())
        return {};
    const auto answer = TRY(person.server().call("Email/set", {{"update", update}}));
    for (const auto& member : update) {
        const auto done = updated_in(answer, member.key());
        if (done)
            ++result.done;
        else if (done.error().kind != ErrorKind::not_found)  // gone meanwhile
            return done.error();
    }
    return {};
}

}  // namespace

Result<Rekeyed> rekey_all(Person& person, const KnownPerson& own) {
    Journal journal(person.home(), own.chain.current().hash);
    auto ids = TRY(query_emails(person, {}, SIZE_MAX));
    const std::size_t all = ids.size();
    std::erase_if(ids, [&](const std::string& id) { return journal.has(id); });
    Rekeyed result{.done = journal.size()};
    ProgressBar bar(person.terminal(), "re-keying old mail");
    const auto to = own.recipients();
    for (std::size_t at = 0; at < ids.size(); at += kBatch) {
        const auto end = std::min(ids.size(), at + kBatch);
        const std::vector<std::string> some(ids.begin() + static_cast<std::ptrdiff_t>(at),
                                            ids.begin() + static_cast<std::ptrdiff_t>(end));
        TRY(rekey_batch(person, some, to, result));
        TRY(journal.add(some));
        bar.show(all - ids.size() + end, all);
    }
    journal.close();
    return result;
}

}  // namespace kith
