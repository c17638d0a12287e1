"""Mailing lists through three real servers: who reads, who posts, what it costs, and that nothing is sent twice."""
import json
import signal
import subprocess

from lib import BIN, Person, PlaygroundTest, eventually

READERS = {"bob": "bob@two.test", "carol": "carol@one.test", "mallory": "mallory@three.test"}


class ListTest(PlaygroundTest):
    def setUp(self):
        self.running = None
        self.addCleanup(self.stop)

    def make_list(self, name, *settings, readers=tuple(READERS), per_day=50):
        """A list name@one.test that runs, and people who read it."""
        self.address = f"{name}@one.test"
        self.field.person(self.address, self.field.ports())
        self.list = Person(self.field, name)
        link = self.list.kith("list", "create", "--name", name.title(), *settings)["link"]
        self.start_list()
        for reader in readers:
            getattr(self, reader).kith("list", "join", link, "--per-day", per_day)
        welcome = f"Welcome to {name.title()}"
        for reader in readers:
            eventually(f"{reader}'s welcome", lambda: welcome in getattr(self, reader).subjects(), seconds=60)
        return link

    def start_list(self):
        with (self.field.dir / "log" / f"{self.list.name}.log").open("a") as log:
            self.running = subprocess.Popen([str(BIN / "kith"), "list", "run", "--json"], env=self.list.env, stdout=log,
                                            stderr=log)

    def stop(self, how=signal.SIGTERM):
        if self.running:
            self.running.send_signal(how)
            self.running.wait(timeout=60)
            self.running = None

    def post(self, author, subject):
        return author.kith("send", self.address, "-s", subject, "-m", f"About {subject}.", "--wait")

    def message(self, person, subject):
        return next((row for row in person.kith("inbox", "--limit", 100000) if row["subject"] == subject), None)

    def arrives(self, person, subject, seconds=60):
        return eventually(f"{subject} at {person.name}", lambda: self.message(person, subject), seconds)

    def members(self):
        return {row["address"]: row["state"] for row in self.list.kith("list", "members")}

    def posts(self):
        """What the list's home says of each post."""
        return [json.loads(file.read_text()) for file in (self.list.home / "list/posts").glob("*.json")]

    def states(self):
        return [post["state"] for post in self.posts()]

    def pending(self, subject):
        return next((row for row in self.list.kith("list", "pending") if row.get("subject") == subject), None)

    def contact(self, person, address):
        return next((row for row in person.kith("contacts") if row["address"] == address), None)


class Lists(ListTest):
    def test_a_post_reaches_all_but_its_author_and_a_strangers_waits(self):
        self.make_list("bees")
        self.assertEqual(self.members(), dict.fromkeys(READERS.values(), "subscribed"))
        self.post(self.bob, "hives")
        for person in (self.carol, self.mallory):
            row = self.arrives(person, "hives")
            self.assertEqual((row["from"], row["tier"], row["batched"]), (self.address, "known", False))
            read = person.kith("read", row["id"])
            self.assertEqual((read["author"], read["warnings"]), ("bob@two.test", []))
            self.assertEqual(read["header"]["from"][0]["email"], "bob@two.test")
            self.assertIn("bob@two.test via bees@one.test", person.run("read", row["id"]).stdout)
            header = person.run("read", row["id"], "--eml").stdout.split("\n\n")[0]
            for line in ('List-Id: "Bees" <bees.one.test>', "List-Post: <mailto:bees@one.test>",
                         "List-Unsubscribe: <mailto:bees@one.test?subject=unsubscribe>"):
                self.assertIn(line, header)
            self.assertEqual(self.contact(person, self.address)["ledger"]["mail"], "6.0")
        # An answer goes to all who read it, in their threads.
        hives = self.message(self.carol, "hives")
        self.carol.kith("send", "--answers", hives["id"], "-m", "Three of them.", "--wait")
        answer = self.arrives(self.bob, "Re: hives")
        self.assertEqual(answer["answers"], hives["id"])

        self.assertEqual(self.post(self.alice, "an offer")["recipients"][0]["state"], "held")
        offer = eventually("the stranger's post among what waits", lambda: self.pending("an offer"))
        self.assertIn("is a stranger", offer["why"])
        self.post(self.alice, "another offer")
        another = eventually("the other one", lambda: self.pending("another offer"))
        self.assertEqual(self.list.kith("list", "reject", another["id"])["state"], "rejected")
        self.list.kith("list", "approve", offer["id"])
        for person in (self.bob, self.carol, self.mallory):
            self.arrives(person, "an offer")
        self.assertIsNone(self.contact(self.list, "alice@one.test"), "heard once, and no contact for that")
        for person, expected in ((self.bob, 0), (self.carol, 1), (self.mallory, 1)):
            self.assertEqual(person.subjects().count("hives"), expected)
            self.assertEqual(person.subjects().count("another offer"), 0)
        # A server that takes few recipients at once is handed few.
        self.with_limits("one.test", limits__recipients_a_message=1)
        self.post(self.bob, "one by one")
        for person in (self.carol, self.mallory):
            self.arrives(person, "one by one")
        eventually("it is sent", lambda: "accepted" not in self.states())

    def test_a_list_that_is_killed_again_and_again_reaches_everybody_once(self):
        self.make_list("wasps", "--at-once", "1", "--author-a-day", "1000")
        self.stop()
        posts = [f"wasp {number}" for number in range(5)]
        for subject in posts:
            self.post(self.bob, subject)
        # Cut off ever later, from before the first step on, until one run comes to the end.
        under_way = 0
        for attempt in range(1, 500):
            self.start_list()
            try:
                self.running.wait(timeout=attempt * 0.02)
            except subprocess.TimeoutExpired:
                pass
            self.stop(signal.SIGKILL)
            states = self.states()
            under_way += "accepted" in states
            if states.count("sent") == len(posts):
                break
        self.assertGreater(under_way, 0, "cut off in the middle")
        self.start_list()
        for person in (self.carol, self.mallory):
            for subject in posts:
                self.arrives(person, subject)
        for person in (self.carol, self.mallory):
            self.assertEqual(sorted(s for s in person.subjects() if s.startswith("wasp ")), posts)
        self.assertFalse([s for s in self.bob.subjects() if s.startswith("wasp ")])
        # Not even submitted twice.
        for row in self.list.kith("sent", "--limit", 1000):
            addresses = [each["address"] for each in self.list.kith("sent", row["id"])["recipients"]]
            self.assertEqual(len(addresses), len(set(addresses)), row["subject"])

    def test_who_leaves_is_reached_no_more_though_the_list_goes_on(self):
        self.make_list("moths")
        members = self.list.home / "list/members.json"
        before = members.read_text()
        self.assertTrue(self.bob.kith("list", "leave", self.address)["left"])
        eventually("the list to hear of it", lambda: "bob@two.test" not in self.members())
        self.assertIsNone(self.contact(self.bob, self.address))
        # A list that does not care: it goes on with the token that it has.
        self.stop()
        members.write_text(before)
        self.start_list()
        self.post(self.carol, "after the leave")
        self.arrives(self.mallory, "after the leave")
        eventually("a refusal, which the list heeds", lambda: "bob@two.test" not in self.members())
        sent = next(row for row in self.list.kith("sent") if row["subject"] == "after the leave")
        of_bob = next(each for each in self.list.kith("sent", sent["id"])["recipients"]
                      if each["address"] == "bob@two.test")
        self.assertEqual((of_bob["state"], of_bob["answer"]["type"]), ("refused", "token-revoked"))
        # Nor without it.
        sent = self.list.kith("send", "bob@two.test", "-s", "please", "-m", "x", "--wait", "--no-pay", expect=3)
        self.assertEqual(sent["recipients"][0]["state"], "needs-stamp")
        self.assertNotIn("after the leave", self.bob.subjects())
        self.bob.kith("list", "leave", self.address, expect=5)

    def test_a_busy_list_is_heard_within_its_rate_and_no_more(self):
        rate = 12
        self.make_list("ants", "--author-a-day", "1000", readers=("bob", "carol"), per_day=rate)
        posts = [f"ant {number:02}" for number in range(rate + 3)]
        for subject in posts:
            self.post(self.carol, subject)
        heard = eventually("as many as the rate", lambda: [
            row for row in self.bob.kith("inbox", "--limit", 1000) if row["from"] == self.address
        ] if len(self.list.kith("sent", "--limit", 1000)) >= len(posts) + 2 and self.is_settled() else None, seconds=120)
        self.assertEqual(len(heard), rate)  # with the welcome
        self.assertEqual({(row["tier"], row["batched"]) for row in heard}, {("known", False)})
        self.assertEqual(self.contact(self.bob, self.address)["ledger"]["mail"], "6.0")
        token = next(row for row in self.bob.kith("token", "list") if row["boundAddress"] == self.address)
        self.assertEqual((token["perDay"], token["usedToday"], token["kind"]), (rate, rate, "newsletter"))
        # Who took the list over has nothing but that token.
        sent = self.list.kith("send", "bob@two.test", "-s", "gold", "-m", "x", "--wait", "--no-pay", expect=3)
        self.assertEqual(sent["recipients"][0]["state"], "needs-stamp")
        # Its reader takes more of it, and what waits comes.
        self.bob.kith("list", "join", self.address, "--per-day", 2 * rate)
        self.assertEqual(sum(row["boundAddress"] == self.address for row in self.bob.kith("token", "list")), 1)
        self.kithd("one.test", "queue", "retry", "--all")
        for subject in posts:
            self.arrives(self.bob, subject)

    def mover(self, name):
        """A reader of the list who will leave two.test."""
        self.configure("two.test", clients__logins_a_prefix_minute=1_000)
        address = f"{name}@two.test"
        invite = json.loads(self.kithd("two.test", "invitation", address, "--json"))["code"]
        person = Person(self.field, name)
        phrase = self.field.dir / f"{name}.recovery"
        person.kith("init", address, "--invite", invite, "--device", "laptop", "--recovery-file", phrase)
        person.kith("list", "join", self.address, "--per-day", 9)
        eventually("the welcome", lambda: any(s.startswith("Welcome") for s in person.subjects()), seconds=60)

        def moves(*options):
            code = json.loads(self.kithd("three.test", "invitation", f"{name}@three.test", "--json"))["code"]
            person.kith("move", f"{name}@three.test", "--invite", code, "--recovery-file", phrase, *options)
        return person, moves

    def test_who_moves_with_everything_goes_on_reading(self):
        self.make_list("bumbles", "--joins", "approve", readers=())
        self.list.kith("list", "settings", "--joins", "open")
        rosa, moves = self.mover("rosa")
        self.list.kith("list", "settings", "--joins", "approve", "--posts", "known")
        moves("--folder", self.field.dir / "rosa-export")
        eventually("the list hears of it", lambda: self.members() == {"rosa@three.test": "subscribed"})
        token, = [row for row in rosa.kith("token", "list") if row["boundAddress"] == self.address]
        self.assertEqual((token["kind"], token["perDay"], self.contact(rosa, self.address)["source"]), ("newsletter", 9, "list"))
        self.list.kith("trust", "carol@one.test", "known")
        self.post(self.carol, "to the new address")
        came = self.arrives(rosa, "to the new address")
        self.assertEqual((came["tier"], came["batched"]), ("known", False))
        self.assertIn("newsletter", rosa.kith("why", came["id"])["text"])

    def test_what_a_list_has_for_somebody_who_moved_waits_until_they_join_from_there(self):
        self.make_list("hornets", "--posts", "known", readers=())
        rolf, moves = self.mover("rolf")
        moves()
        self.list.kith("trust", "carol@one.test", "known")
        self.post(self.carol, "where are you?")
        eventually("the list follows", lambda: self.members() == {"rolf@three.test": "subscribed"}, seconds=60)
        self.assertNotIn("where are you?", rolf.subjects())
        rolf.kith("list", "join", self.address)
        came = self.arrives(rolf, "where are you?")
        self.assertEqual(came["tier"], "known")
        self.post(self.carol, "there you are")
        self.arrives(rolf, "there you are")
        self.assertEqual(rolf.subjects().count("where are you?"), 1)
        self.assertEqual(self.members(), {"rolf@three.test": "subscribed"})

    def is_settled(self):
        """Every post has an answer of bob's server."""
        rows = [self.list.kith("sent", row["id"]) for row in self.list.kith("sent", "--limit", 1000)]
        of_bob = [each for row in rows for each in row["recipients"] if each["address"] == "bob@two.test"]
        return all(each["state"] == "delivered" or (each["answer"] or {}).get("type") == "over-quota" for each in of_bob)

    def test_who_joins_is_asked_or_let_in_as_the_list_says(self):
        self.make_list("gnats", "--joins", "approve", "--posts", "moderators", readers=())
        self.carol.kith("list", "join", self.address)
        eventually("carol's wish", lambda: self.members().get("carol@one.test") == "asks")
        self.assertEqual([row["from"] for row in self.list.kith("list", "pending")], ["carol@one.test"])
        self.list.kith("list", "approve", "carol@one.test")
        self.arrives(self.carol, "Welcome to Gnats")
        # Whom the list invites is let in, once they say so themselves.
        invited = self.list.kith("list", "add", "bob@two.test")
        self.assertEqual(self.members()["bob@two.test"], "invited")
        self.bob.kith("list", "join", invited[0]["link"])
        self.arrives(self.bob, "Welcome to Gnats")
        self.post(self.bob, "may I?")
        waits = eventually("it waits", lambda: self.pending("may I?"))
        self.assertIn("is no moderator", waits["why"])
        settings = self.list.kith("list", "settings", "--moderator", "bob@two.test")
        self.assertEqual((settings["moderators"], settings["posts"]), (["bob@two.test"], "moderators"))
        self.post(self.bob, "I may")
        self.arrives(self.carol, "I may")
        self.assertEqual(self.list.run("list", "run").returncode, 1, "one runs already")
        self.list.kith("list", "remove", "carol@one.test")
        self.assertEqual(self.members(), {"bob@two.test": "subscribed"})
        self.list.kith("list", "remove", "carol@one.test", expect=5)
        self.assertEqual(self.alice.run("list", "members").returncode, 5)


class Words(ListTest):
    def test_readers_are_introduced_by_the_list_and_a_spammer_among_them_costs_it(self):
        self.make_list("flies")
        self.bob.kith("send", "mallory@three.test", "-s", "off the list", "-m", "text", "--wait", "--no-pay", expect=3)
        came = self.arrives(self.mallory, "off the list")
        why = self.mallory.kith("why", came["id"])
        self.assertEqual((why["tier"], why["text"]), ("known", f"Delivered: introduced by {self.address}, whom you know."))
        self.assertEqual(self.contact(self.list, "bob@two.test")["ledger"]["vouches"], "4.0")
        self.assertEqual(self.contact(self.mallory, self.address)["ledger"]["introductions"], "2.0")
        self.mallory.kith("report", came["id"], "--unwanted")
        self.assertEqual(self.contact(self.mallory, self.address)["ledger"]["introductions"], "1.6")
        eventually("the outcome at the list's server",
                   lambda: self.contact(self.list, "bob@two.test")["ledger"]["vouches"] == "2.0")

        # On the list: two readers say so, and his next post waits for a moderator.
        self.post(self.bob, "cheap flies")
        for reader in (self.carol, self.mallory):
            spam = self.arrives(reader, "cheap flies")
            self.assertEqual(reader.kith("report", spam["id"], "--unwanted")["outcome"], "unwanted")
        eventually("both complaints", lambda: any(len(post["complaints"]) == 2 for post in self.posts()))
        self.assertEqual(self.contact(self.list, "bob@two.test")["ledger"]["vouches"], "0.0")
        self.post(self.bob, "more flies")
        waits = eventually("his next post among what waits", lambda: self.pending("more flies"))
        self.assertIn("2 readers found posts of bob@two.test unwanted", waits["why"])
        self.assertIsNone(self.message(self.carol, "more flies"))
        self.list.kith("list", "approve", waits["id"], "--forgive")
        self.arrives(self.carol, "more flies")
        self.post(self.bob, "good flies")
        self.arrives(self.carol, "good flies")

    def test_members_of_one_domain_are_introduced_by_their_list_as_others_are(self):
        # The list is of that domain, too; and then of another one.
        self.make_list("moss", readers=("carol", "alice"))
        dave = self.person_of_two("dave")
        dave.kith("list", "join", self.address)
        self.arrives(dave, "Welcome to Moss")
        self.bob.kith("list", "join", self.address)
        self.arrives(self.bob, "Welcome to Moss")
        self.post(self.carol, "so that all have the list's key")
        for reader in (self.alice, self.bob, dave):
            self.arrives(reader, "so that all have the list's key")
        self.post(self.bob, "and of mine")
        self.arrives(self.carol, "and of mine")
        for writer, reader, address in ((self.carol, self.alice, "alice@one.test"), (dave, self.bob, "bob@two.test")):
            subject = f"neighbours: {address}"
            writer.kith("send", address, "-s", subject, "-m", "text", "--wait", "--no-pay", expect=3)
            why = reader.kith("why", self.arrives(reader, subject)["id"])
            self.assertEqual((why["tier"], why["text"]), ("known", f"Delivered: introduced by {self.address}, whom you know."))

    def person_of_two(self, name):
        address = f"{name}@two.test"
        invite = json.loads(self.kithd("two.test", "invitation", address, "--json"))["code"]
        person = Person(self.field, name)
        person.kith("init", address, "--invite", invite, "--device", "laptop", "--recovery-file", self.field.dir / f"{name}.recovery")
        return person
