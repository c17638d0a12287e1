"""Introductions through three real servers: who stands for whom, and what it costs them."""
from lib import PlaygroundTest, eventually


class Introductions(PlaygroundTest):
    """carol@one.test knows bob@two.test and mallory@three.test, who are strangers to each other."""

    def setUp(self):
        self.acquaint(self.carol, self.bob, "bob@two.test")
        self.acquaint(self.carol, self.mallory, "mallory@three.test")
        for address in ("bob@two.test", "mallory@three.test"):
            self.carol.kith("contacts", "add", address)

    def ledger(self, person, address):
        return next(row for row in person.kith("contacts") if row["address"] == address)["ledger"]

    def message(self, person, subject):
        return next((row for row in person.kith("inbox") if row["subject"] == subject), None)

    def send(self, one, to, subject, *more, expect=0):
        sent = one.kith("send", to, "-s", subject, "-m", "text", "--wait", "--no-pay", *more, expect=expect)
        return sent["recipients"][0]["state"]

    def test_a_word_lets_a_stranger_in_and_their_spam_makes_it_count_for_less(self):
        letter = self.carol.kith("introduce", "mallory@three.test", "bob@two.test", "-m", "You both keep bees.", "--wait")
        self.assertEqual([row["state"] for row in letter["recipients"]], ["delivered"] * 2)
        self.assertEqual([self.ledger(self.carol, who)["vouches"] for who in ("mallory@three.test", "bob@two.test")],
                         ["4.0", "4.0"])
        # Both have it in words, and may ask why.
        for person, other in ((self.bob, "mallory@three.test"), (self.mallory, "bob@two.test")):
            came = self.message(person, "mallory@three.test, meet bob@two.test")
            text = person.run("read", came["id"]).stdout
            self.assertIn("You both keep bees.", text)
            self.assertIn("I stand for each of you towards the other", text)
            self.assertIn(f"it introduces {other} to you", person.kith("why", came["id"])["text"])
        self.assertEqual(self.ledger(self.bob, "carol@one.test")["introductions"], "3.0")

        self.assertEqual(self.send(self.mallory, "bob@two.test", "an offer"), "delivered")
        offer = self.message(self.bob, "an offer")
        why = self.bob.kith("why", offer["id"])
        self.assertEqual((why["tier"], why["activeContent"]), ("known", False))
        self.assertEqual(why["text"], "Delivered: introduced by carol@one.test, whom you know.")
        self.assertEqual(self.ledger(self.bob, "carol@one.test")["introductions"], "2.0")
        self.assertEqual(self.send(self.mallory, "bob@two.test", "another offer"), "delivered")
        self.assertEqual(self.ledger(self.bob, "carol@one.test")["introductions"], "2.0")
        self.assertEqual(next(row for row in self.bob.kith("contacts")
                              if row["address"] == "mallory@three.test")["standing"], "introduced")

        self.bob.kith("report", offer["id"], "--unwanted")
        self.assertEqual(self.ledger(self.bob, "carol@one.test")["introductions"], "1.6")
        # Her server hears of it from bob's, and takes it from what she may say for mallory.
        eventually("the outcome at carol's server",
                   lambda: self.ledger(self.carol, "mallory@three.test")["vouches"] == "2.0")
        self.assertEqual(self.ledger(self.carol, "bob@two.test")["vouches"], "4.0")

        self.restart("two.test")
        self.assertEqual(self.ledger(self.bob, "carol@one.test")["introductions"], "1.6")

        # An answer is engagement: the introduced becomes a contact like others.
        self.assertEqual(self.send(self.bob, "mallory@three.test", "hello from bob"), "delivered")
        hello = self.message(self.mallory, "hello from bob")
        self.mallory.kith("send", "--answers", hello["id"], "-m", "Hello.", "--wait")
        self.assertEqual(self.message(self.mallory, "hello from bob")["outcome"], "engaged")
        eventually("the good outcome at carol's server",
                   lambda: self.ledger(self.carol, "bob@two.test")["vouches"] == "5.0")

    def test_who_is_no_contact_is_introduced_to_nobody(self):
        done = self.carol.run("introduce", "mallory@three.test", "alice@one.test")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("alice@one.test is no contact of yours", done.stderr)
        self.assertEqual(self.carol.run("introduce", "bob@two.test", "bob@two.test").returncode, 2)


class Vouches(PlaygroundTest):
    """carol@one.test knows bob@two.test and mallory@three.test, and is asked by nobody."""

    def ledger(self, person, address):
        return next(row for row in person.kith("contacts") if row["address"] == address)["ledger"]

    def test_a_common_contact_is_found_and_the_sender_learns_nothing(self):
        for name, address in (("bob", "bob@two.test"), ("mallory", "mallory@three.test")):
            self.acquaint(self.carol, getattr(self, name), address)
        first = self.mallory.kith("send", "bob@two.test", "-s", "by a friend", "-m", "text", "--wait", "--no-pay", expect=3)
        self.assertEqual(first["recipients"][0]["state"], "needs-stamp")
        came = eventually("the vouch", lambda: next(
            (row for row in self.bob.kith("inbox") if row["subject"] == "by a friend"), None))
        why = self.bob.kith("why", came["id"])
        self.assertEqual(why["text"], "Delivered: introduced by carol@one.test, whom you know.")
        self.assertEqual((why["tier"], why["told"], why["reasons"][0]["code"]), ("known", "price", "vouched"))
        self.assertIn("text", self.bob.run("read", came["id"]).stdout)
        self.assertEqual(self.ledger(self.bob, "carol@one.test")["introductions"], "2.0")
        self.assertEqual(self.ledger(self.carol, "mallory@three.test")["vouches"], "4.0")
        # Who pays after all hears what a stranger who paid hears; nothing comes twice.
        again = self.mallory.kith("sent", first["id"], "--pay")
        self.assertEqual(again["recipients"][0]["state"], "held")
        self.assertEqual(self.bob.kith("requests", "--all"), [])
        self.assertEqual(len([row for row in self.bob.kith("inbox") if row["subject"] == "by a friend"]), 1)
        # Unwanted: her word counts for less here, and there for mallory.
        self.bob.kith("report", came["id"], "--unwanted")
        self.assertEqual(self.ledger(self.bob, "carol@one.test")["introductions"], "1.6")
        eventually("the outcome at carol's server",
                   lambda: self.ledger(self.carol, "mallory@three.test")["vouches"] == "2.0")

    def test_what_is_no_request_for_a_vouch_is_refused_and_what_is_none_tells_nothing(self):
        self.assertEqual(self.curl("one.test", "/kith/1/vouches", data=b"ask 1\nx")[0], 400)
        self.assertEqual(self.curl("one.test", "/kith/1/vouches", data=b"")[0], 400)
        self.assertEqual(self.curl("one.test", "/kith/1/vouches")[0], 405)

    def test_whom_nobody_knows_stays_a_stranger(self):
        sent = self.alice.kith("send", "bob@two.test", "-s", "unknown", "-m", "text", "--wait")
        self.assertEqual(sent["recipients"][0]["state"], "held")
        self.assertEqual([row["subject"] for row in self.bob.kith("requests", "--all")], ["unknown"])
