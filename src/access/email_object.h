// Emails as clients see them: the envelope, for the body is sealed (docs/client-api.md section 3).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "access/method.h"

namespace kith {

inline constexpr std::string_view kEmailProperties[] = {"id",
                                                        "blobId",
                                                        "threadId",
                                                        "mailboxIds",
                                                        "keywords",
                                                        "size",
                                                        "receivedAt",
                                                        "from",
                                                        "to",
                                                        "sentAt",
                                                        "kith"};

inline constexpr std::string_view kSeen = "$seen";
inline constexpr std::string_view kDraft = "$draft";

json::object email_object(ReadTransaction& store,
                          const Caller& caller,
                          const MessageRecord& message);

std::string_view name_of(MessageState state);     ///< "delivered", …
std::string_view name_of_tier(MessageTier tier);  ///< "well-trusted", …, "own"
std::optional<MessageState> parse_message_state(std::string_view text);
std::optional<MessageTier> parse_message_tier(std::string_view text);

/// MessageRecord::keywords as a set and back.
json::object keywords_object(const std::string& keywords);
std::string join_keywords(std::vector<std::string> keywords);
bool has_keyword(const MessageRecord& message, std::string_view keyword);
/// RFC 8621 section 4.1.1: 1 to 255 of %x21-7e but ( ) { ] % * " \.
bool is_keyword(std::string_view text);

/// The recipients of a message of one's own, as MessageRecord::to has them.
std::vector<std::string> recipients_of(const MessageRecord& message);
std::string write_recipients(const std::vector<std::string>& addresses);

/// [{"name": null, "email": …}]
json::array address_list(const std::vector<std::string>& addresses);

/// The reasons for it, as stored; an empty object when there are none or they do not parse.
json::object decision_object(const MessageRecord& message);

/// In Requests, waiting for an answer of the person.
bool is_request(const MessageRecord& message);

}  // namespace kith
