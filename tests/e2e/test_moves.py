"""A move to another provider: contacts follow, the old address says where, everything goes along."""
import json
import pathlib
import subprocess
import unittest

from lib import BIN, PlaygroundTest, eventually
from test_keys import Patient


class Moves(PlaygroundTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("alice", "bob", "mallory"):
            setattr(cls, name, Patient(cls.field, name))

    def invitation(self, address):
        return json.loads(self.kithd(address.split("@")[1], "invitation", address, "--json"))["code"]

    def newcomer(self, address):
        person = Patient(self.field, address.split("@")[0])
        person.address, person.phrase = address, pathlib.Path(self.folder) / f"{person.name}.recovery"
        person.kith("init", address, "--invite", self.invitation(address), "--device", "laptop", "--recovery-file", person.phrase)
        return person

    def contact(self, of, root):
        return next((c for c in of.kith("contacts") if c["root"] == root), None)

    def row(self, of, subject, mailbox="all"):
        return next((r for r in of.kith("inbox", "--mailbox", mailbox, "--limit", 1000) if r["subject"] == subject), None)

    def test_contacts_in_three_domains_follow_and_everything_goes_along(self):
        olga = self.newcomer("olga@one.test")
        root = olga.kith("card")["root"]
        friends = {"alice@one.test": self.alice, "bob@two.test": self.bob}
        for address, friend in friends.items():
            friend.kith("trust", olga.address, "well-trusted")
            olga.kith("trust", address, "well-trusted")
            friend.kith("send", olga.address, "-s", f"from {friend.name}", "-m", "keep this", "--wait")
        olga.kith("send", "bob@two.test", "-s", "an answer", "-m", "x", "--wait")
        olga.kith("block", "spam.test")
        olga.kith("token", "new", "--kind", "newsletter", "--per-day", "7", "--label", "news")
        gone = olga.kith("token", "new", "--kind", "card", "--label", "old")["id"]
        olga.kith("token", "revoke", gone)
        ledgers = {address: self.contact(friend, root)["ledger"] for address, friend in friends.items()}

        export, new = pathlib.Path(self.folder) / "olga-export", "olga@three.test"
        said = olga.kith("move", new, "--invite", self.invitation(new), "--folder", export, "--recovery-file", olga.phrase)
        self.assertEqual((said["address"], said["state"]), (new, "moved"))
        status = olga.kith("status")
        self.assertEqual((status["address"], status["standing"]), (new, "active"))
        self.assertEqual(olga.kith("card")["root"], root)
        # Whom she hears no more, and what she hands out, whose links are the new server's.
        self.assertIn("spam.test", json.dumps(olga.kith("block")))
        self.assertEqual([(t["kind"], t["label"], t["perDay"]) for t in olga.kith("token", "list")], [("newsletter", "news", 7)])
        self.assertIn("olga@three.test", olga.kith("token", "list")[0]["link"])
        # What comes with an export holds at most half: 16 for mail, 3 for introductions, 5 for vouches.
        for contact in olga.kith("contacts"):
            for meter, half in (("mail", 8), ("introductions", 1.5), ("vouches", 2.5)):
                self.assertLessEqual(float(contact["ledger"][meter]), half, (contact["address"], meter))
        # Her contacts and her mail are with her.
        self.assertEqual({c["address"]: c["level"] for c in olga.kith("contacts")}, {a: "well-trusted" for a in friends})
        for friend in friends.values():
            kept = self.row(olga, f"from {friend.name}")
            self.assertEqual(olga.kith("read", kept["id"])["text"].strip(), "keep this")
        # Theirs follow her without doing anything: the same level, the same ledger.
        for address, friend in friends.items():
            moved = eventually("the contact follows", lambda: (c := self.contact(friend, root))["address"] == new and c)
            self.assertEqual((moved["level"], moved["pinned"], moved["warning"]), ("well-trusted", True, None))
            self.assertEqual(moved["ledger"]["mail"], ledgers[address]["mail"])
            olga.kith("send", address, "-s", f"moved, {friend.name}", "-m", "x", "--wait")
            self.assertEqual(self.row(friend, f"moved, {friend.name}")["tier"], "well-trusted")
        # Who writes to the old address writes to the new one.
        done = self.bob.run("send", "olga@one.test", "-s", "to the old address", "-m", "x", "--wait")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("has moved", done.stderr)
        arrived = self.row(olga, "to the old address")
        self.assertEqual((arrived["tier"], arrived["warning"]), ("well-trusted", None))
        self.assertEqual(olga.kith("read", arrived["id"])["warnings"], [])
        # The old domain serves the chain up to the card that says where.
        code, _, body = self.curl("one.test", "/kith/1/cards/olga@one.test")
        self.assertEqual(code, 200)
        self.assertIn(b"\nmoved olga@three.test\n", body)
        # The same command again finds nothing more to do.
        self.assertEqual(olga.kith("move", new)["state"], "moved")

    def test_what_was_on_its_way_to_the_old_address_arrives_at_the_new_one(self):
        nora, new = self.newcomer("nora@one.test"), "nora@three.test"
        nora.kith("trust", "bob@two.test", "known")
        self.bob.kith("send", nora.address, "-s", "before", "-m", "x", "--wait")
        self.mallory.kith("card", "bob@two.test")  # so that the new server has it while bob's is away
        watching = subprocess.Popen([str(BIN / "kith"), "watch", "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                    text=True, env=self.bob.env)
        self.addCleanup(watching.communicate)
        self.addCleanup(watching.kill)
        # It lies in the queue of bob's server while she moves, and that server hears nothing of the move.
        self.kill("one.test")
        sent = self.bob.kith("send", nora.address, "-s", "on its way", "-m", "Dear Nora", "--json")
        self.kill("two.test")
        self.start("one.test")
        self.assertEqual(nora.kith("move", new, "--invite", self.invitation(new), "--recovery-file", nora.phrase)["state"], "moved")
        nora.kith("trust", "bob@two.test", "known")
        self.start("two.test")
        arrived = eventually("it arrives at the new address", lambda: self.row(nora, "on its way"), seconds=120)
        self.assertEqual((arrived["tier"], arrived["to"], arrived["warning"]), ("known", [new], None))
        opened = nora.kith("read", arrived["id"])
        self.assertEqual((opened["text"].strip(), opened["warnings"]), ("Dear Nora", []))
        # Its sender, who did nothing, is told; and it was sent on once, however often one looks.
        for line in watching.stdout:
            event = json.loads(line)
            if event.get("movedFrom"):
                break
        self.assertEqual((event["address"], event["movedFrom"], event["subject"]), (new, "nora@one.test", "on its way"))
        for _ in range(2):
            row, = self.bob.kith("sent", sent["id"])["recipients"]
            self.assertEqual((row["address"], row["movedFrom"], row["state"]), (new, "nora@one.test", "delivered"))
        self.assertEqual(len([r for r in nora.kith("inbox", "--limit", 1000) if r["subject"] == "on its way"]), 1)

    def test_who_had_more_than_sixty_four_cards_moves_too(self):
        for domain in ("one.test", "three.test"):
            self.with_limits(domain, clients__cards_a_day=1_000, clients__cards_a_prefix_hour=1_000)
        rita = self.newcomer("rita@one.test")
        for _ in range(33):
            rita.kith("freeze")
            rita.kith("thaw", "--recovery-file", rita.phrase)
        self.assertGreater(rita.kith("status")["serial"], 64)
        self.bob.kith("trust", rita.address, "known")
        new = "rita@three.test"
        self.assertEqual(rita.kith("move", new, "--invite", self.invitation(new), "--recovery-file", rita.phrase)["state"], "moved")
        rita.kith("send", "bob@two.test", "-s", "with all my cards", "-m", "x", "--wait")
        self.assertEqual(self.row(self.bob, "with all my cards")["tier"], "known")

    def test_a_move_needs_the_phrase_an_invitation_and_a_free_address(self):
        paul = self.newcomer("paul@one.test")
        new = "paul@two.test"
        done = paul.run("move", new, "--recovery-file", paul.phrase)
        self.assertEqual((done.returncode, "--invite" in done.stderr), (2, True), done.stderr)
        done = paul.run("move", new, "--invite", "x")
        self.assertEqual((done.returncode, "phrase" in done.stderr), (6, True), done.stderr)
        self.assertEqual(paul.kith("status")["serial"], 1, "nothing was published")
        # With an invitation that is no good the account still is where it said it goes: another one goes on.
        done = paul.run("move", new, "--invite", "nonsense", "--recovery-file", paul.phrase)
        self.assertEqual((done.returncode, "invitation" in done.stderr), (6, True), done.stderr)
        self.assertEqual(paul.kith("move", new, "--invite", self.invitation(new))["state"], "moved")
        self.assertEqual(paul.kith("status")["address"], new)


if __name__ == "__main__":
    unittest.main()
