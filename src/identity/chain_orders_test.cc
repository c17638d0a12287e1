// Forks and races: every order of what a thief, the owner and the guardians can do.
//
//   keep   once the owner has signed with the recovery key, or with the one that guardians put in
//          its place, no order lets a thief who has nothing but devices keep the account
//   thaw   nothing but two devices that were let in by more than one, the recovery key or guardians
//          thaws
//
// The thief has the laptop, and every device that the laptop alone lets in. Acts come one step
// apart; which step is part of the search, so that pending devices ripen or do not, and the
// guardians' 72 hours are over or are not. A property that fails is told with its shortest order.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "identity/keystate.h"
#include "identity/people_for_tests.h"

namespace kith {
namespace {

using Admission = CardBuilder::Admission;
constexpr Seconds kHour = std::chrono::hours(1);
constexpr Seconds kDay = std::chrono::hours(24);

enum class Act {
    thief_adds_a_device,
    thief_confirms_devices,
    thief_removes_devices,
    thief_thaws,
    thief_forks,
    owner_freezes,
    recovery,
    second_recovery,
    veto,
    guardians_announce,
    guardians_recovery,
    rival_recovery,
};

const char* name_of(Act act) {
    switch (act) {
        case Act::thief_adds_a_device:
            return "the thief adds a device";
        case Act::thief_confirms_devices:
            return "the thief confirms devices";
        case Act::thief_removes_devices:
            return "the thief removes devices";
        case Act::thief_thaws:
            return "the thief thaws";
        case Act::thief_forks:
            return "the thief forks the chain";
        case Act::owner_freezes:
            return "the owner freezes";
        case Act::recovery:
            return "recovery";
        case Act::second_recovery:
            return "second recovery";
        case Act::veto:
            return "veto";
        case Act::guardians_announce:
            return "the guardians announce";
        case Act::guardians_recovery:
            return "guardian recovery";
        case Act::rival_recovery:
            return "rival recovery";
    }
    return "";
}

/// What the search varies beside the order.
struct Setting {
    Seconds step = kHour;
    /// Do owner and guardians know the newest card, or have they only the first?
    enum class Knowing { newest, first } knowing = Knowing::newest;
    /// For whom do the guardians act?
    enum class For { owner, thief } guardians = For::owner;
    /// Does the new recovery key sign as soon as it may, beside the acts, or as one of them?
    enum class Completion { when_due, as_an_act } completion = Completion::as_an_act;
};

struct World {
    Chain chain = *Chain::begin(first_card_with_guardians());
    Time now = kStart + 100 * kDay;
    std::uint8_t thief_devices = 0;
    std::uint8_t recoveries = 0;
    std::optional<SignedCard> announcement{};
    SignedCard owner_knows = chain.current();  ///< at least this one
    bool owner_won = false;                    ///< a recovery of the owner's stood
    bool owner_spoke = false;  ///< the owner's recovery key signed since the announcement
    bool frozen = false;       ///< the owner froze, and nobody who may has thawed
    std::string broken{};      ///< the property that an act broke by itself
    std::vector<SignedCard> published{};
};

// --- keys ----------------------------------------------------------------------------------------

constexpr std::uint8_t kOwnersLine = kRecovery;  // the phrase's keys: this, and those behind it
constexpr std::uint8_t kGuardiansLine = 120;     // what guardians put in its place, and behind it
constexpr std::uint8_t kMostKeys = 8;
constexpr std::uint8_t kOwnersDesk = 60;
constexpr std::uint8_t kRival = 70;

std::string thief_name(std::uint8_t number) {
    return "thief" + std::to_string(number);
}

std::vector<TestSigner> thief_keys(const World& world) {
    std::vector<TestSigner> keys = {{"laptop", kLaptop}};
    for (std::uint8_t i = 0; i < world.thief_devices; ++i)
        keys.push_back({thief_name(i), static_cast<std::uint8_t>(kThief + i)});
    return keys;
}

const std::set<PublicKey>& thief_public_keys() {
    static const std::set<PublicKey> all = [] {
        std::set<PublicKey> keys = {key_of(kLaptop).public_key()};
        for (std::uint8_t i = 0; i < kMostKeys; ++i)
            keys.insert(key_of(static_cast<std::uint8_t>(kThief + i)).public_key());
        return keys;
    }();
    return all;
}

bool is_thief(const PublicKey& key) {
    return thief_public_keys().contains(key);
}

// The recovery key of a line that a card commits to, if any of it is.
std::optional<std::uint8_t> key_for(const Hash& commitment, std::uint8_t line) {
    for (std::uint8_t i = 0; i < kMostKeys; ++i)
        if (commitment_of(static_cast<std::uint8_t>(line + i)) == commitment)
            return static_cast<std::uint8_t>(line + i);
    return std::nullopt;
}

// --- publishing ----------------------------------------------------------------------------------

enum class Published { stands, lost, refused };

// Without reading the card again, which costs more than everything else: its form is not at issue.
SignedCard sign_quickly(const Card& card, const std::vector<TestSigner>& signers) {
    const auto name = [&](const TestSigner& signer) {
        return signer.device.empty() ? card.address.text() : card.key_name(signer.device);
    };
    const std::string text = write_card(card);
    SignedNote note = *SignedNote::sign(text, name(signers[0]), key_of(signers[0].number));
    for (std::size_t i = 1; i < signers.size(); ++i)
        EXPECT_TRUE(note.cosign(name(signers[i]), key_of(signers[i].number)));
    const Hash hash = note.hash();
    return {std::move(note), card, hash};
}

// Adds the card if the rules take it, and holds every thaw and removal to what it needs.
Published publish(World& world, const Card& card, const std::vector<TestSigner>& signers) {
    const SignedCard signed_card = sign_quickly(card, signers);
    const Card prev = world.chain.find(*card.prev)->card;
    const auto added = world.chain.add(signed_card);
    if (!added || added->place == Chain::Place::known)
        return Published::refused;
    world.published.push_back(signed_card);
    const CardChange& change = added->change;
    if ((change.thawed || !change.removed.empty()) && change.by != CardChange::By::recovery) {
        std::size_t voices = 0;
        bool senior = false;
        for (const std::string& name : change.signers) {
            const CardDevice& device = *prev.device(name);
            voices += device.pending ? 0 : 1;
            senior = senior || (!device.pending && card.time - device.added >= 90 * kDay);
        }
        if (voices < 2 || !senior)
            world.broken = "a thaw or removal by less than two devices, one of them old";
    }
    return added->place == Chain::Place::current ? Published::stands : Published::lost;
}

// --- the thief -----------------------------------------------------------------------------------

void thief_adds(World& world, const SignedCard& prev) {
    CardBuilder builder = CardBuilder::after(prev, world.now);
    const std::uint8_t number = world.thief_devices++;
    builder.add_device(device_of(thief_name(number), static_cast<std::uint8_t>(kThief + number)),
                       Admission::pending);
    publish(world, builder.card(), thief_keys(world));
}

using Edit = std::function<void(CardBuilder&)>;

// Signed by all keys that the thief has.
Published thief_publishes(World& world, const Edit& edit) {
    CardBuilder builder = CardBuilder::after(world.chain.current(), world.now);
    edit(builder);
    return publish(world, builder.card(), thief_keys(world));
}

void thief_confirms(World& world) {
    thief_publishes(world, [&](CardBuilder& builder) {
        for (std::uint8_t i = 0; i < world.thief_devices; ++i)
            (void)builder.confirm_device(thief_name(i)).has_value();
    });
}

void thief_thaws(World& world) {
    if (world.chain.current().card.frozen)
        thief_publishes(world, [](CardBuilder& builder) { builder.thaw(); });
}

// The owner's devices, and thaws at once where that is needed; and chooses guardians.
void thief_removes(World& world) {
    const auto choose = [](CardBuilder& builder) {
        builder.guardians({guardian_commitment(key_of(kThief).public_key()),
                           guardian_commitment(key_of(kThief + 1).public_key())},
                          2);
    };
    const auto remove = [](CardBuilder& builder) {
        const std::vector<CardDevice> devices = builder.card().devices;
        for (const CardDevice& device : devices)
            if (!is_thief(device.key))
                (void)builder
                    .remove_device(device.name, builder.card().time, RevocationReason::replaced)
                    .has_value();
        builder.thaw();
    };
    if (thief_publishes(world, choose) != Published::refused)
        world.broken = "the thief's devices chose guardians";
    thief_publishes(world, remove);
}

// --- the owner and the guardians -----------------------------------------------------------------

SignedCard known_card(const World& world, const Setting& setting, const SignedCard& at_least) {
    return setting.knowing == Setting::Knowing::newest ? world.chain.current() : at_least;
}

// The owner's recovery key for what `prev` commits to: of the phrase, or what guardians made of it.
std::optional<std::uint8_t> owners_key(const SignedCard& prev, const Setting& setting) {
    if (const auto key = key_for(prev.card.recovery, kOwnersLine))
        return key;
    return setting.guardians == Setting::For::owner ? key_for(prev.card.recovery, kGuardiansLine)
                                                    : std::nullopt;
}

void replace_devices(CardBuilder& builder, const SignedCard& prev, const NewDevice& device) {
    for (const CardDevice& old : prev.card.devices)
        (void)builder.remove_device(old.name, builder.card().time, RevocationReason::compromised)
            .has_value();
    builder.thaw().add_device(device, Admission::confirmed);
}

NewDevice next_desk(World& world) {
    const std::uint8_t number = world.recoveries++;
    return device_of("desk" + std::to_string(number),
                     static_cast<std::uint8_t>(kOwnersDesk + number));
}

void owner_recovers(World& world, const SignedCard& prev, std::uint8_t key) {
    CardBuilder builder = CardBuilder::after(prev, world.now);
    replace_devices(builder, prev, next_desk(world));
    builder.recover(key_of(key).public_key(), commitment_of(static_cast<std::uint8_t>(key + 1)));
    if (publish(world, builder.card(), {{"", key}}) != Published::stands)
        return;
    world.owner_won = world.owner_spoke = true;
    world.owner_knows = world.published.back();
    world.frozen = false;
}

void recovers(World& world, const Setting& setting) {
    SignedCard prev = known_card(world, setting, world.owner_knows);
    if (!owners_key(prev, setting))
        prev = world.owner_knows;  // somebody else has taken over since: from there, then
    const auto key = owners_key(prev, setting);
    owner_recovers(world, prev, *key);
    if (!world.owner_won && setting.guardians == Setting::For::owner)
        world.broken = "a live recovery key did not win";
}

// Somebody else who has the phrase signs with its first key, too.
void rival_recovers(World& world) {
    const SignedCard first = *world.chain.line().front();
    CardBuilder builder = CardBuilder::after(first, world.now);
    replace_devices(builder, first, device_of("rival", kRival));
    builder.recover(key_of(kOwnersLine).public_key(), commitment_of(kRival));
    publish(world, builder.card(), {{"", kOwnersLine}});
}

// The owner's recovery key takes the announcement back, and leaves the devices as they are.
void vetoes(World& world, const Setting& setting) {
    const SignedCard prev = known_card(world, setting, world.owner_knows);
    const auto key = key_for(prev.card.recovery, kOwnersLine);
    if (!key)
        return;
    CardBuilder builder = CardBuilder::after(prev, world.now);
    builder.recover(key_of(*key).public_key(), commitment_of(static_cast<std::uint8_t>(*key + 1)));
    if (publish(world, builder.card(), {{"", *key}}) != Published::stands)
        return;
    world.owner_spoke = true;
    world.owner_knows = world.published.back();
    world.frozen = world.frozen && world.chain.current().card.frozen;
}

void freezes(World& world) {
    for (const TestSigner& device : {TestSigner{"phone", kPhone}, TestSigner{"desk0", kOwnersDesk}})
        if (publish(world,
                    CardBuilder::after(world.chain.current(), world.now).freeze().card(),
                    {device}) == Published::stands) {
            world.frozen = true;
            return;
        }
}

void guardians_announce(World& world, const Setting& setting) {
    const SignedCard prev = known_card(world, setting, *world.chain.line().front());
    const Card card = announcement(prev, world.now, kGuardiansLine);
    const Published done = publish(world, card, guardians_signing());
    if (done == Published::refused)
        return;
    world.announcement = world.published.back();
    world.owner_spoke = world.owner_spoke && done == Published::lost;
    world.frozen = world.frozen && world.chain.current().card.frozen;
}

void guardians_recover(World& world, const Setting& setting) {
    if (!world.announcement)
        return;
    const SignedCard& prev =
        world.chain.current().card.replacement ? world.chain.current() : *world.announcement;
    const bool for_owner = setting.guardians == Setting::For::owner;
    const SignedCard before = prev;
    CardBuilder builder = CardBuilder::after(before, world.now);
    replace_devices(builder,
                    before,
                    for_owner ? next_desk(world)
                              : device_of(thief_name(7), static_cast<std::uint8_t>(kThief + 7)));
    builder.recover(key_of(kGuardiansLine).public_key(), commitment_of(kGuardiansLine + 1));
    const bool early = world.now - world.announcement->card.time < kReplacementWait;
    const Published done = publish(world, builder.card(), {{"", kGuardiansLine}});
    if (done != Published::refused && early)
        world.broken = "guardians took over before 72 hours";
    if (done == Published::stands && world.owner_spoke)
        world.broken = "guardians took over against a live recovery key";
    if (done != Published::stands && !early && !world.owner_spoke)
        world.broken = "guardians could not help whose recovery key is lost";
    if (done != Published::stands)
        return;
    world.owner_won = for_owner;
    world.owner_knows = for_owner ? world.published.back() : world.owner_knows;
    world.frozen = false;
}

// ---- the search ---------------------------------------------------------------------------------

void perform(World& world, Act act, const Setting& setting) {
    world.now += setting.step;
    const bool due = world.announcement && !world.owner_spoke &&
                     world.now - world.announcement->card.time >= kReplacementWait;
    if (due && setting.completion == Setting::Completion::when_due) {
        guardians_recover(world, setting);
        world.announcement.reset();
    }
    switch (act) {
        case Act::thief_adds_a_device: {
            const SignedCard prev = world.chain.current();
            return thief_adds(world, prev);
        }
        case Act::thief_forks: {
            const SignedCard first = *world.chain.line().front();
            return thief_adds(world, first);
        }
        case Act::thief_confirms_devices:
            return thief_confirms(world);
        case Act::thief_removes_devices:
            return thief_removes(world);
        case Act::thief_thaws:
            return thief_thaws(world);
        case Act::owner_freezes:
            return freezes(world);
        case Act::recovery:
        case Act::second_recovery:
            return recovers(world, setting);
        case Act::veto:
            return vetoes(world, setting);
        case Act::guardians_announce:
            return guardians_announce(world, setting);
        case Act::guardians_recovery:
            return guardians_recover(world, setting);
        case Act::rival_recovery:
            return rival_recovers(world);
    }
}

/// What is wrong with a world; empty: nothing.
using Property = std::function<std::string(const World&)>;
using Order = std::vector<Act>;

struct Failure {
    Order order;
    std::string what;
};

/// Walks through all orders of `acts` (each once, prefixes included), and keeps the shortest one
/// after which the property does not hold.
class Search {
  public:
    Search(const std::set<Act>& acts, const Setting& setting, Property holds)
        : acts_(acts), setting_(setting), holds_(std::move(holds)) {}

    std::optional<Failure> run() {
        Order order;
        explore(World(), order);
        return shortest_;
    }
    std::size_t orders() const { return orders_; }

  private:
    void explore(const World& world, Order& order) {
        if (order.size() == acts_.size())
            ++orders_;
        for (const Act act : acts_) {
            if (std::ranges::find(order, act) != order.end() ||
                (shortest_ && order.size() + 1 >= shortest_->order.size()))
                continue;
            World next = world;
            order.push_back(act);
            perform(next, act, setting_);
            if (auto what = holds_(next); !what.empty())
                shortest_ = Failure{order, std::move(what)};
            else
                explore(next, order);
            order.pop_back();
        }
    }

    const std::set<Act> acts_;
    const Setting setting_;
    const Property holds_;
    std::optional<Failure> shortest_;
    std::size_t orders_ = 0;
};

std::string told(const Failure& failure, const Setting& setting) {
    std::string out =
        failure.what + ", " + std::to_string(setting.step.count() / 3600) + " hours apart:";
    for (const Act act : failure.order)
        out += std::string("\n  ") + name_of(act);
    return out;
}

// ---- the properties -----------------------------------------------------------------------------

bool thief_has_a_key(const World& world) {
    return std::ranges::any_of(thief_public_keys(), [&](const PublicKey& key) {
        return key_state(world.chain, key, world.now).good();
    });
}

std::string keep_and_thaw(const World& world) {
    if (!world.broken.empty())
        return world.broken;
    if (world.chain.standing() != Chain::Standing::good)
        return "disputed, though no recovery key signed twice";
    if (world.owner_won && thief_has_a_key(world))
        return "the thief has kept the account";
    if (world.owner_won && std::ranges::all_of(world.chain.current().card.devices,
                                               [](const CardDevice& d) { return is_thief(d.key); }))
        return "the owner has no device";
    if (world.frozen && account_state(world.chain, world.now) != KeyStanding::frozen)
        return "thawed by nobody who may";
    return {};
}

void expect_none(const std::set<Act>& acts, const Setting& setting, std::size_t orders) {
    Search search(acts, setting, keep_and_thaw);
    const auto failure = search.run();
    EXPECT_FALSE(failure) << told(*failure, setting);
    if (!failure)
        EXPECT_EQ(search.orders(), orders);
}

const std::set<Act> kAll = {Act::thief_adds_a_device,
                            Act::thief_removes_devices,
                            Act::owner_freezes,
                            Act::recovery,
                            Act::second_recovery,
                            Act::veto,
                            Act::guardians_announce};
constexpr std::size_t kOrdersOfAll = 5'040;
constexpr std::array kSteps = {kHour, 25 * kHour, 73 * kHour};

TEST(ChainOrders, no_order_lets_a_thief_of_devices_keep_or_thaw_the_account) {
    for (const Seconds step : kSteps)
        expect_none(
            kAll, {.step = step, .completion = Setting::Completion::when_due}, kOrdersOfAll);
}

TEST(ChainOrders, nor_where_owner_and_guardians_know_the_first_card_alone) {
    for (const Seconds step : kSteps)
        expect_none(kAll,
                    {.step = step,
                     .knowing = Setting::Knowing::first,
                     .completion = Setting::Completion::when_due},
                    kOrdersOfAll);
}

TEST(ChainOrders, nor_where_the_thief_waits_for_devices_to_ripen) {
    const std::set<Act> acts = {Act::thief_adds_a_device,
                                Act::thief_confirms_devices,
                                Act::thief_removes_devices,
                                Act::thief_thaws,
                                Act::owner_freezes,
                                Act::recovery};
    for (const Seconds step : {25 * kHour, 5 * kDay})
        expect_none(acts, {.step = step}, 720);
}

TEST(ChainOrders, nor_where_the_thief_forks_and_the_recovery_key_is_lost) {
    for (const Seconds step : kSteps)
        for (const auto knowing : {Setting::Knowing::newest, Setting::Knowing::first})
            expect_none({Act::thief_adds_a_device,
                         Act::thief_removes_devices,
                         Act::thief_forks,
                         Act::owner_freezes,
                         Act::guardians_announce,
                         Act::guardians_recovery},
                        {.step = step, .knowing = knowing},
                        720);
}

TEST(ChainOrders, guardians_who_help_the_thief_lose_to_a_live_recovery_key) {
    const std::set<Act> acts = {Act::thief_adds_a_device,
                                Act::owner_freezes,
                                Act::recovery,
                                Act::veto,
                                Act::guardians_announce,
                                Act::guardians_recovery};
    for (const Seconds step : kSteps)
        for (const auto knowing : {Setting::Knowing::newest, Setting::Knowing::first})
            expect_none(
                acts, {.step = step, .knowing = knowing, .guardians = Setting::For::thief}, 720);
}

// ---- and that the search would find something
// ----------------------------------------------------

Order shortest(const std::set<Act>& acts, const Setting& setting, const Property& claim) {
    const auto failure = Search(acts, setting, claim).run();
    return failure ? failure->order : Order();
}

TEST(ChainOrders, a_claim_that_is_false_is_told_with_its_shortest_order) {
    const Setting slow{.step = 73 * kHour};
    std::set<Act> all = kAll;
    all.insert(Act::guardians_recovery);
    const auto never_thaws = [was = false](const World& world) mutable {
        was = std::ranges::any_of(world.chain.line(),
                                  [](const SignedCard* c) { return c->card.frozen.has_value(); });
        return was && !world.chain.current().card.frozen ? std::string("it thaws") : std::string();
    };
    EXPECT_EQ(shortest(all, slow, never_thaws), (Order{Act::owner_freezes, Act::recovery}));
    const auto keeps_the_key = [](const World& world) {
        return key_for(world.chain.current().card.recovery, kGuardiansLine) ? "replaced" : "";
    };
    EXPECT_EQ(shortest(all, slow, keeps_the_key),
              (Order{Act::guardians_announce, Act::guardians_recovery}));
    EXPECT_EQ(shortest({Act::guardians_announce, Act::owner_freezes, Act::guardians_recovery},
                       {.step = kHour},
                       keeps_the_key),
              Order())
        << "before 72 hours are over guardians replace nothing";
    const auto good_standing = [](const World& world) {
        return world.chain.standing() == Chain::Standing::good ? "" : "disputed";
    };
    EXPECT_EQ(shortest({Act::owner_freezes, Act::recovery, Act::rival_recovery}, {}, good_standing),
              (Order{Act::recovery, Act::rival_recovery}));
}

TEST(ChainOrders, a_month_unopposed_makes_a_thief_of_one_device_two) {
    World world;
    const Setting month{.step = 31 * kDay};
    for (const Act act :
         {Act::thief_adds_a_device, Act::thief_confirms_devices, Act::thief_removes_devices})
        perform(world, act, month);
    ASSERT_EQ(world.chain.current().card.device("phone"), nullptr)
        << "nobody looked for a month: what the rules cannot prevent, the recovery key undoes";
    perform(world, Act::recovery, month);
    EXPECT_TRUE(world.owner_won);
    EXPECT_EQ(keep_and_thaw(world), "");
}

// ---- order of arrival
// ----------------------------------------------------------------------------

void expect_same_in_any_order(const World& world, std::size_t cards) {
    std::vector<SignedCard> all = world.published;
    ASSERT_EQ(all.size(), cards);
    const Hash root = world.chain.root();
    all.push_back(*world.chain.line().front());
    const auto less = [](const SignedCard& a, const SignedCard& b) { return a.hash < b.hash; };
    std::ranges::sort(all, less);
    do {
        const auto resolution = resolve(all, root);
        ASSERT_TRUE(resolution);
        EXPECT_TRUE(resolution->refused.empty());
        EXPECT_EQ(resolution->chain.standing(), world.chain.standing());
        EXPECT_EQ(resolution->chain.current().hash, world.chain.current().hash);
    } while (!::testing::Test::HasFailure() && std::ranges::next_permutation(all, less).found);
}

World after(const Order& order, const Setting& setting) {
    World world;
    for (const Act act : order)
        perform(world, act, setting);
    return world;
}

TEST(ChainOrders, what_a_recovery_comes_to_does_not_depend_on_the_order_of_arrival) {
    expect_same_in_any_order(after({Act::thief_adds_a_device,
                                    Act::owner_freezes,
                                    Act::thief_forks,
                                    Act::recovery,
                                    Act::thief_forks},
                                   {.step = kHour}),
                             5);
}

TEST(ChainOrders, nor_does_what_guardians_come_to) {
    const Setting slow{.step = 73 * kHour};
    const World helped = after({Act::thief_adds_a_device,
                                Act::guardians_announce,
                                Act::thief_forks,
                                Act::guardians_recovery},
                               slow);
    EXPECT_TRUE(helped.owner_won);
    expect_same_in_any_order(helped, 4);
    const Setting stale{.step = 73 * kHour, .knowing = Setting::Knowing::first};
    const World vetoed = after(
        {Act::guardians_announce, Act::owner_freezes, Act::veto, Act::guardians_recovery}, stale);
    EXPECT_EQ(vetoed.chain.current().card.recovery, commitment_of(kOwnersLine + 1));
    expect_same_in_any_order(vetoed, 4);
    // The old phrase is found, after the new key has signed: it comes too late.
    World found = after({Act::guardians_announce, Act::guardians_recovery}, stale);
    found.now += kHour;
    owner_recovers(found, *found.chain.line().front(), kOwnersLine);
    EXPECT_EQ(found.chain.current().card.recovery, commitment_of(kGuardiansLine + 1));
    expect_same_in_any_order(found, 3);
}

TEST(ChainOrders, a_later_announcement_takes_the_place_of_an_earlier_one) {
    World world = after({Act::guardians_announce}, {.step = kHour});
    const SignedCard first = *world.chain.line().front();
    const SignedCard earlier = *world.announcement;
    world.now += kDay;
    EXPECT_EQ(publish(world, announcement(first, world.now, 130), guardians_signing()),
              Published::stands);
    const SignedCard later = world.published.back();
    const auto takes_over = [](World& at, const SignedCard& prev, std::uint8_t key) {
        CardBuilder builder = CardBuilder::after(prev, at.now);
        builder.recover(key_of(key).public_key(), commitment_of(5));
        return publish(at, builder.card(), {{"", key}});
    };
    world.now += 3 * kDay;
    World other = world;
    EXPECT_EQ(takes_over(other, earlier, kGuardiansLine), Published::lost);
    EXPECT_EQ(takes_over(other, later, 130), Published::stands);
    expect_same_in_any_order(other, 4);
    // Two of the same second contradict each other: neither counts.
    EXPECT_EQ(publish(world,
                      announcement(first, later.card.time, 140),
                      {guardians_signing()[0], guardians_signing()[1]}),
              Published::lost);
    EXPECT_EQ(takes_over(world, later, 130), Published::lost);
}

// A thief who has the phrase, too: both recover, from the same card or from different ones.
TEST(ChainOrders, two_recoveries_of_one_key_are_a_dispute_in_every_order) {
    Order acts = {Act::thief_adds_a_device, Act::owner_freezes, Act::recovery, Act::rival_recovery};
    for (const auto knowing : {Setting::Knowing::newest, Setting::Knowing::first}) {
        std::ranges::sort(acts);
        do {
            const World world = after(acts, {.step = 13 * kHour, .knowing = knowing});
            EXPECT_EQ(world.chain.standing(), Chain::Standing::disputed);
            EXPECT_EQ(account_state(world.chain, world.now), KeyStanding::disputed);
            for (const std::uint8_t key : {kOwnersDesk, kRival})
                EXPECT_FALSE(key_state(world.chain, key_of(key).public_key(), world.now).good());
        } while (std::ranges::next_permutation(acts).found);
    }
}

// ---- floods
// --------------------------------------------------------------------------------------

TEST(ChainOrders, a_flood_of_forks_keeps_neither_the_recovery_nor_the_guardians_out) {
    World world;
    const SignedCard first = *world.chain.line().front();
    for (int i = 0; i < 40; ++i) {
        world.now += Seconds(1);
        publish(world, CardBuilder::after(first, world.now).card(), {{"laptop", kLaptop}});
    }
    EXPECT_LE(world.chain.size(), Chain::kMaxLosers + 2);
    World helped = world;
    for (const Act act : {Act::guardians_announce, Act::guardians_recovery})
        perform(helped, act, {.step = 73 * kHour});
    EXPECT_TRUE(helped.owner_won);
    EXPECT_EQ(keep_and_thaw(helped), "");
    perform(world, Act::recovery, {.knowing = Setting::Knowing::first});
    EXPECT_TRUE(world.owner_won);
    EXPECT_EQ(keep_and_thaw(world), "");
}

TEST(ChainOrders, guardians_announce_sixteen_times_between_two_recoveries) {
    World world;
    for (std::size_t i = 0; i < Chain::kMaxAnnouncements; ++i) {
        perform(world, Act::guardians_announce, {});
        EXPECT_EQ(world.published.size(), i + 1);
    }
    perform(world, Act::guardians_announce, {});
    EXPECT_EQ(world.published.size(), Chain::kMaxAnnouncements);
    perform(world, Act::recovery, {});
    EXPECT_TRUE(world.owner_won);
    perform(world, Act::guardians_announce, {});
    EXPECT_TRUE(world.chain.current().card.replacement) << "they stay guardians";
}

}  // namespace
}  // namespace kith
