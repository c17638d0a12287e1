// `kith list run`: takes what comes to the list, has the desk decide, sends posts on, and hears
// what the readers' servers answer. All that it knows is on disk or at the server.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "kith/list_desk.h"
#include "kith/list_fan_out.h"

namespace kith {

class ListRunner {
  public:
    ListRunner(Person& person, ListHome list, const Hash& root);

    /// Errors: the server's, but those that pass; nothing when interrupted.
    Result<void> run();
    /// All that is to be done now. Errors: the server's.
    Result<void> scan();

  private:
    bool is_time() const;
    Result<void> take_requests(const std::vector<Post>& posts);
    Result<void> take_request(const json::object& email, const Post* post);
    Result<void> take_inbox(const std::vector<Post>& posts);
    Result<void> send_on(Post post);
    Result<void> finish(const Post& post);
    Result<void> hear(const Post& post);
    Result<bool> hear_of_move(const json::object& answer, const json::array& all);
    Result<void> hear_no(const Post& post, const json::object& answer);
    Result<void> look_for_moved();
    void put_off(const std::string& post, Seconds wait, const std::string& why);
    void tell(const ListNews& news);

    Person& person_;
    ListHome list_;
    ListDesk desk_;
    std::map<std::string, Time> next_;  ///< when a post is tried again, by id
    std::set<std::string> told_;        ///< what was said of those that cannot go on now
    std::string seen_;                  ///< state of the home at the last scan
    std::size_t away_ = 0;              ///< readers who have moved, and have not joined from there
    Time scanned_;
};

}  // namespace kith
