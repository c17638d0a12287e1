// For this room's tests: DNS as a table, messages as they are written here.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mailauth/asking.h"

namespace kith::mailauth {

/// A name that is not in it does not exist.
class DnsTable {
  public:
    DnsTable& txt(const std::string& name, const std::string& text) {
        return add(name, RecordType::txt, text);
    }
    /// A record as Answer has it; "" for a type makes a name that has none of others.
    DnsTable& add(const std::string& name, RecordType type, const std::string& record) {
        records_[name][type].push_back(record);
        return *this;
    }
    /// What it is asked of that type, it does not answer.
    DnsTable& lost(const std::string& name, RecordType type) {
        lost_.push_back({name, type});
        return *this;
    }

    Answer operator()(const Question& question) {
        asked.push_back(question);
        for (const Question& lost : lost_)
            if (lost == question)
                return {Answer::Status::temporary_error, {}};
        const auto name = records_.find(question.name);
        if (name == records_.end())
            return {Answer::Status::no_such_name, {}};
        const auto type = name->second.find(question.type);
        if (type == name->second.end())
            return {Answer::Status::no_data, {}};
        return {Answer::Status::records, type->second};
    }

    std::vector<Question> asked;

  private:
    std::map<std::string, std::map<RecordType, std::vector<std::string>>> records_;
    std::vector<Question> lost_;
};

/// LF as CRLF.
std::string crlf(std::string_view text);

/// Each document of a YAML file, through Python's reader; text as code points.
boost::json::array read_yaml(const std::filesystem::path& path);

}  // namespace kith::mailauth
