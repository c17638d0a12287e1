"""What meters the mail of people one knows, through real servers."""
import pathlib

from lib import PlaygroundTest, eventually

AT_ONCE = 6  # unanswered messages of somebody known


class Meters(PlaygroundTest):
    def send(self, one, subject):
        sent = one.kith("send", "bob@two.test", "-s", subject, "-m", "text", "--wait")
        return sent["recipients"][0]["state"]

    def of_bob(self, address):
        return next(row for row in self.bob.kith("contacts") if row["address"] == address)

    def message(self, subject):
        return next(row for row in self.bob.kith("inbox", "--limit", 1000) if row["subject"] == subject)


class Envelope(Meters):
    def test_a_friend_over_the_envelope_is_batched_and_never_lost(self):
        self.acquaint(self.alice, self.bob, "bob@two.test")
        for number in range(AT_ONCE + 3):
            self.assertEqual(self.send(self.alice, f"news {number}"), "delivered")
        rows = {row["subject"]: row for row in self.bob.kith("inbox")}
        self.assertEqual([rows[f"news {n}"]["batched"] for n in range(AT_ONCE + 3)], [False] * AT_ONCE + [True] * 3)
        self.assertEqual({rows[f"news {n}"]["tier"] for n in range(AT_ONCE + 3)}, {"known"})
        self.assertEqual(self.of_bob("alice@one.test")["ledger"]["mail"], "0.0")
        last = rows[f"news {AT_ONCE + 2}"]
        why = self.bob.kith("why", last["id"])
        self.assertTrue(why["batched"])
        self.assertFalse(why["activeContent"])
        self.assertIn("many-unanswered", [reason["code"] for reason in why["reasons"]])
        self.assertEqual(why["text"], "Delivered: alice@one.test is your contact (known); more of their mail is "
                         "unanswered than you hear at once.")
        self.assertIn("links and attachments wait", self.bob.run("read", last["id"]).stdout)
        self.assertIn("known, batched", self.bob.run("inbox").stdout)

    def test_a_reply_refills_once_and_reading_does_not(self):
        self.acquaint(self.carol, self.bob, "bob@two.test")
        for number in range(AT_ONCE):
            self.send(self.carol, f"question {number}")
        self.assertEqual(self.of_bob("carol@one.test")["ledger"]["mail"], "0.0")
        question = self.message("question 1")["id"]
        self.bob.kith("read", question)
        self.assertEqual(self.of_bob("carol@one.test")["ledger"]["mail"], "0.0")
        for _ in range(2):
            self.bob.kith("send", "--answers", question, "-m", "Yes.", "--wait")
        ledger = self.of_bob("carol@one.test")["ledger"]
        self.assertEqual(ledger["mail"], "1.0")
        self.assertIn(ledger["earned"], ("1.0", "0.9"))  # it fades from the first second on
        self.assertEqual(self.message("question 1")["outcome"], "engaged")
        self.assertIsNone(self.message("question 2")["outcome"])
        self.send(self.carol, "thanks")
        self.assertFalse(self.message("thanks")["batched"])

    def test_a_report_costs_and_whoever_looks_hacked_waits_until_restored(self):
        self.acquaint(self.mallory, self.bob, "bob@two.test")
        self.send(self.mallory, "an offer")
        offer = self.message("an offer")["id"]
        self.bob.kith("report", offer, expect=2)
        self.assertEqual(self.bob.kith("report", offer, "--unwanted")["outcome"], "unwanted")
        self.bob.kith("report", offer, "--hacked", expect=1)
        ledger = self.of_bob("mallory@three.test")["ledger"]
        self.assertEqual((ledger["introductions"], ledger["vouches"]), ("2.4", "2.5"))
        self.send(self.mallory, "click here")
        self.bob.kith("report", self.message("click here")["id"], "--hacked")
        self.assertEqual(self.of_bob("mallory@three.test")["standing"], "suspended")
        self.assertEqual(self.send(self.mallory, "more of it"), "held")
        self.assertIn("more of it", [row["subject"] for row in self.bob.kith("requests")])
        self.bob.kith("contacts", "restore", "mallory@three.test")
        self.bob.kith("contacts", "restore", "mallory@three.test", expect=5)
        self.assertEqual(self.of_bob("mallory@three.test")["standing"], "known")
        self.assertEqual(self.send(self.mallory, "it is me"), "delivered")


class Strangers(Meters):
    def test_one_of_a_domain_that_earned_nothing_is_shown_and_blocking_it_sweeps_the_rest(self):
        for number in range(3):
            self.assertEqual(self.send(self.mallory, f"offer {number}"), "held")
        shown = self.bob.kith("requests")
        self.assertEqual(len(shown), 1)
        self.assertEqual([row["id"] for row in self.bob.kith("requests")], [shown[0]["id"]])
        self.assertEqual(len(self.bob.kith("requests", "--all")), 3)
        self.assertIn("2 more wait", self.bob.run("requests").stdout)
        self.assertEqual(self.bob.kith("block", "three.test"), {"blocked": "three.test", "declined": 3})
        self.assertEqual(self.bob.kith("requests", "--all"), [])
        self.assertEqual(self.send(self.mallory, "nobody hears it"), "held")
        self.assertEqual(self.bob.kith("requests", "--all"), [])
        self.bob.kith("unblock", "three.test")
        self.send(self.mallory, "once more")
        self.assertEqual([row["subject"] for row in self.bob.kith("requests", "--all")], ["once more"])
        self.assertEqual(self.bob.kith("block", "mallory@three.test")["declined"], 1)
        self.assertEqual([row["blocked"] for row in self.bob.kith("block")], ["mallory@three.test"])
        self.bob.kith("unblock", "mallory@three.test")
        self.send(self.mallory, "discarded")
        self.bob.kith("requests", "--all", "--discard")
        self.assertEqual(self.bob.kith("requests", "--all"), [])


class Credit(Meters):
    def test_a_domain_begins_with_two_first_contacts_a_day_and_a_crash_gives_none_back(self):
        self.with_limits("two.test", strangers__domain_credit=True)
        for number in range(2):
            self.assertEqual(self.send(self.mallory, f"hello {number}"), "held")
        self.kill("two.test")
        self.start("two.test")
        third = self.mallory.kith("send", "bob@two.test", "-s", "x", "-m", "x", "--wait", "--no-pay", expect=3)
        self.assertEqual(third["recipients"][0]["state"], "needs-stamp")
        waiting = self.bob.kith("requests", "--all")
        self.assertEqual({self.bob.kith("why", row["id"])["reasons"][0]["code"] for row in waiting}, {"domain-credit"})
        self.bob.kith("accept", waiting[0]["id"])
        self.assertEqual(self.send(self.mallory, "thank you"), "delivered")


class Bound(Meters):
    def test_the_bound_of_an_edge_holds_over_a_crash_and_a_restore(self):
        self.acquaint(self.alice, self.bob, "bob@two.test")
        backup = pathlib.Path(self.folder) / "backup"
        self.kithd("two.test", "backup", backup)
        for number in range(AT_ONCE):
            self.send(self.alice, f"before {number}")
            self.kill("two.test")
            self.start("two.test")
        self.assertFalse(self.message(f"before {AT_ONCE - 1}")["batched"])
        self.send(self.alice, "one too many")
        self.assertTrue(self.message("one too many")["batched"])
        self.field.stop("two.test")
        data = self.field.dir / "two.test" / "data"
        data.rename(data.with_name("data.lost"))
        self.kithd("two.test", "restore", backup)
        self.start("two.test")
        # The backup says six are left: nobody knows how many of them were used.
        self.assertEqual(self.of_bob("alice@one.test")["ledger"]["mail"], "3.0")
        for number in range(AT_ONCE):
            self.send(self.alice, f"after {number}")
        batched = eventually("all of them", lambda: (
            rows := [row["batched"] for row in self.bob.kith("inbox") if row["subject"].startswith("after")]
        ) if len(self.bob.subjects()) > AT_ONCE else None)
        self.assertEqual(sorted(batched), [False] * 3 + [True] * 3)
