"""What trust costs: a word that was spent on a spammer, and a stolen laptop."""
import shutil
import subprocess
import time

from .stage import Person, check, eventually

SPAM = 6  # letters of the thief to each contact


def introduction(tour):
    bob, name = tour.bob, tour.fresh("trudy", lambda name: (tour.dir / "home" / name).exists())
    trudy = tour.newcomer(name, "three.test")
    # carol's word is used up after some tours in one playground: then somebody else gives theirs.
    carol = tour.carol if name == "trudy" else tour.newcomer(name.replace("trudy", "carol"), "one.test")
    bob.kith("trust", carol.address, "known", show=False)
    for friend in ("bob@two.test", trudy.address):
        carol.kith("trust", friend, "known", show=False)

    def worth():
        return float(bob.contact(carol.address)["ledger"]["introductions"])

    def stands_for():
        return float(carol.contact(trudy.address)["ledger"]["vouches"])

    before = worth()
    carol.kith("introduce", trudy.address, "bob@two.test", "-m", "You both keep bees.", "--wait")
    offer = tour.subject("a sure thing")
    trudy.kith("send", "bob@two.test", "-s", offer, "-m", "Buy now.", "--no-pay", "--wait")
    row = bob.newest(offer)
    check(row["tier"] == "known", "carol's word lets trudy in, without a stamp")
    bob.shown("why", row["id"])
    used, stood = worth(), stands_for()
    check(used <= before - 0.9, "whom bob hears on her word costs carol one credit")
    bob.kith("report", row["id"], "--unwanted")
    after = worth()
    check(after < used, "spam makes her word count for less")
    eventually("carol's server hears what became of her word", lambda: stands_for() < stood)
    left = stands_for()
    tour.say(f"      strangers whom bob hears on carol's word: {before:g} before, {used:g} once trudy was in, {after:g} after the report")
    tour.say(f"      what carol may still say for {name}: {stood:g} before the report, {left:g} after it")
    return f"let in on carol's word; reported: it counts {after:g} instead of {used:g} with bob, {left:g} instead of {stood:g} for {name}"


def theft(tour):
    alice, friends = tour.alice, {"bob@two.test": tour.bob, "carol@one.test": tour.carol}
    backup, phrase = tour.dir / "alice-export", tour.dir / "home" / "alice.recovery"
    shutil.rmtree(backup, ignore_errors=True)
    alice.kith("export", backup)
    true = tour.subject("before the theft")
    alice.kith("send", *friends, "-s", true, "-m", "See you tomorrow.", "--wait")
    shut = int(time.time()) + 1  # T0 has whole seconds
    time.sleep(shut - time.time())
    stolen = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(shut))
    thief = Person(tour, "thief", tour.dir / "home" / f"thief-{tour.stamp.replace(':', '')}")
    shutil.copytree(alice.home, thief.home)

    floods = [tour.subject(f"urgent {number}") for number in range(1, SPAM + 1)]
    tour.say(f"  the thief writes to {len(friends)} contacts of alice's, {SPAM} letters to each")
    for flood in floods:
        thief.kith("send", *friends, "-s", flood, "-m", "Send money.", "--wait", show=False)
    for address, friend in friends.items():
        came = [row for row in friend.kith("inbox", show=False) if row["subject"] in floods]
        check(len(came) == SPAM, f"what the thief writes comes to {address} as alice's own would")
        batched = sum(row["batched"] for row in came)
        tour.say(f"      {address}: {len(came)} in the inbox as {came[0]['tier']}, of them {batched} over alice's credit: "
                 "without a notification")
    opened = {address: friend.newest(floods[0])["id"] for address, friend in friends.items()}
    for address, friend in friends.items():
        friend.kith("read", opened[address], show=False)

    # Any device may freeze: alice has a copy of hers.
    alice.kith("freeze")
    done = thief.call("send", "bob@two.test", "-s", "more", "-m", "Send more.", text=True)
    check(done.returncode != 0 and "frozen" in done.stderr, "a frozen account sends nothing")
    tour.shell("thief", "kith", "send", "bob@two.test", "…")
    tour.quote(done.stderr.strip())
    alice.home.rename(tour.dir / "home" / f"alice-until-{tour.stamp.replace(':', '')}")
    alice.kith("recover", "alice@one.test", "--recovery-file", phrase, "--since", stolen)
    back = []
    for address, friend in friends.items():
        eventually(f"what the thief wrote leaves the inbox of {address}", lambda: {
            row["subject"] for row in friend.kith("requests", "--all", show=False)} >= set(floods[1:]))
        inbox = {row["subject"]: row for row in friend.kith("inbox", show=False)}
        check(not set(floods[1:]) & set(inbox), f"nothing unread of the thief's is left in the inbox of {address}")
        check(inbox[true]["tier"] != "unknown", "what alice wrote before the theft stays what it was")
        check(inbox[floods[0]]["tier"] == "unknown", "what was read already is marked")
        back.append(f"{SPAM} at {address.split('@')[1]}")
        said = friend.call("inbox", text=True).stderr
        tour.shell(friend.name, "kith", "inbox")
        tour.quote("\n".join(line for line in said.splitlines() if "alice@one.test" in line))
    tour.bob.shown("why", opened["bob@two.test"])
    alice.kith("import", backup)
    # The tour's people may begin many threads; where one is enough for an hour, a flood like that waits for its owner.
    tour.kithd("one.test", "account", "threads", "alice@one.test", "1")
    again = tour.subject("it is me again")
    alice.shown("send", *friends, "-s", again, "-m", "That was a thief.", expect=4)
    check(not any(friend.row(again) for friend in friends.values()), "nothing goes that alice has not confirmed")
    alice.shown("confirm", "--yes")
    for friend in friends.values():
        check(friend.newest(again)["tier"] != "unknown", "alice herself is heard as before")
    tour.kithd("one.test", "account", "threads", "alice@one.test", show=False)
    return f"frozen, recovered; taken back: {' and '.join(back)}; alice confirms what she writes anew, and is heard as before"
