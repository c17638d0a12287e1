"""Guardians: named, asked when phrase and devices are lost, stopped by a phrase that is not."""
import json
import pathlib
import subprocess
import unittest

from lib import BIN, SANITIZED, eventually, fault_shim
from test_keys import Patient, WithNewcomers, patiently

THREE_DAYS = 73 * 3600


class Guardians(WithNewcomers):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("alice", "bob", "carol", "mallory"):
            setattr(cls, name, Patient(cls.field, name))

    def guarded(self, name, *guardians):
        """Somebody with these guardians, who know them and have read their message."""
        person = self.newcomer(name)
        addresses = [guardian.kith("status")["address"] for guardian in guardians]
        for guardian, address in zip(guardians, addresses):
            guardian.kith("trust", person.address, "well-trusted")
            person.kith("contacts", "add", address)
        said = person.kith("guardian", "add", *addresses, "--recovery-file", person.phrase)
        self.assertEqual((said["guardians"], said["needed"]), (addresses, len(addresses) // 2 + 1))
        for guardian in guardians:
            subject = f"You are a guardian of {person.address}"
            row = eventually("the guardian's message", lambda: next(
                (r for r in guardian.kith("inbox", "--limit", 1000) if r["subject"] == subject), None))
            guardian.kith("read", row["id"])
        return person

    def asked(self, person, name="new", *words):
        """A new machine without any phrase; what the guardians are asked with."""
        machine = Patient(self.field, f"{person.name}-{name}")
        machine.phrase = pathlib.Path(self.folder) / f"{person.name}-{name}.recovery"
        said = machine.kith("recover", person.address, "--guardians", "--recovery-file", machine.phrase, *words, expect=4)
        self.assertEqual(said["state"], "asked")
        return machine, said["link"], said["number"]

    def refused(self, code, person, *words, says="", env=None):
        done = patiently(lambda: subprocess.run([str(BIN / "kith"), *map(str, words)], capture_output=True, text=True,
                                                env=person.env | (env or {}), timeout=60, start_new_session=True))
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertIn(says, done.stderr)

    def test_two_of_three_guardians_give_an_account_back_after_three_days(self):
        if SANITIZED:
            self.skipTest("the clock is moved by a preloaded library")
        dora = self.guarded("dora", self.alice, self.bob, self.carol)
        self.assertIn("dora@one.test", self.bob.kith("guardian", "list")["guardianOf"])
        self.assertEqual(dora.kith("guardian", "list")["count"], 3)
        self.assertNotIn(f"You are a guardian of {dora.address}", [r["subject"] for r in dora.kith("sent")])
        machine, link, number = self.asked(dora)
        # Who does not hear the number signs nothing; nor does somebody who is no guardian.
        self.refused(6, self.bob, "guardian", "help", link, "--number", "11111 22222 33333", says="Nothing was signed")
        self.refused(2, self.bob, "guardian", "help", link, says="--number")
        self.refused(2, self.bob, "guardian", "help", "dora@one.test", says="kith recover")
        self.refused(5, self.mallory, "guardian", "help", link, "--number", number, says="not made you a guardian")
        said = self.bob.kith("guardian", "help", link, "--number", number)
        self.assertEqual((said["state"], said["signatures"], said["needed"]), ("waits", 1, 2))
        again = self.bob.kith("guardian", "help", link, "--number", number)
        self.assertEqual(again["signatures"], 1, "a guardian counts once")
        self.assertIsNone(dora.kith("status")["announced"])
        said = self.carol.kith("guardian", "help", link, "--number", number)
        self.assertEqual(said["state"], "announced")
        # Everybody sees it: her devices, and her contacts in two domains.
        self.assertIsNotNone(dora.kith("status")["announced"])
        self.assertIn("guardian veto", dora.run("inbox").stderr)
        for friend in (self.alice, self.bob):
            eventually("contacts hear of it", lambda: "have announced a new recovery key" in friend.run("inbox").stderr)
        said = machine.kith("recover", dora.address, "--guardians", expect=4)
        self.assertEqual(said["state"], "announced")
        self.refused(6, machine, "recover", dora.address, "--recovery-file", machine.phrase, says="may sign from")

        shim, faults = fault_shim(self.folder), pathlib.Path(self.folder) / "clock"
        faults.write_text(f"clock+{THREE_DAYS}")
        later = {"LD_PRELOAD": str(shim), "KITH_FAULT_FILE": str(faults)}
        # The servers' clocks alone decide; a machine whose clock runs ahead gets nothing.
        self.refused(6, machine, "recover", dora.address, "--recovery-file", machine.phrase, env=later)
        for domain in ("one.test", "two.test", "three.test"):
            self.restart(domain, env=later)
        done = machine.run("recover", dora.address, "--recovery-file", machine.phrase, "--json", env=later)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["revoked"], ["laptop"])
        status = machine.kith("status", env=later)
        self.assertEqual((status["standing"], status["announced"], status["guardians"]), ("active", None, 3))
        self.refused(6, dora, "inbox", says="revoked", env=later)
        machine.kith("send", "bob@two.test", "-s", "it is me", "-m", "thank you", "--wait", env=later)
        row = next(r for r in self.bob.kith("inbox", "--limit", 1000, env=later) if r["subject"] == "it is me")
        self.assertEqual(row["tier"], "well-trusted")
        # The new phrase is the one that counts now; the old one is none any more.
        self.refused(6, machine, "guardian", "remove", "--recovery-file", dora.phrase, says="not the one", env=later)
        machine.kith("guardian", "remove", "--recovery-file", machine.phrase, env=later)
        self.assertEqual(machine.kith("status", env=later)["guardians"], 0)
        for domain in ("one.test", "two.test", "three.test"):
            self.restart(domain)

    def test_a_phrase_that_is_not_lost_vetoes(self):
        emil = self.guarded("emil", self.alice, self.bob)
        thief, link, number = self.asked(emil, "thief", "--freeze")
        for fooled in (self.alice, self.bob):
            fooled.kith("guardian", "help", link, "--number", number)
        status = emil.kith("status")
        self.assertEqual((status["standing"], status["announced"] is None), ("frozen", False))
        self.refused(6, emil, "guardian", "veto", says="--phrase")
        emil.kith("guardian", "veto", "--recovery-file", emil.phrase)
        status = emil.kith("status")
        self.assertEqual((status["standing"], status["announced"]), ("active", None))
        self.refused(6, thief, "recover", emil.address, "--recovery-file", thief.phrase, says="not the one")
        self.refused(5, emil, "guardian", "veto", "--recovery-file", emil.phrase, says="nothing to stop")
        eventually("contacts hear of it", lambda: "emil@one.test's guardians" not in self.bob.run("inbox").stderr)

    def test_guardians_are_contacts_two_at_least_and_change_with_the_phrase_alone(self):
        fred = self.newcomer("fred")
        self.refused(6, fred, "guardian", "add", "alice@one.test", "bob@two.test", says="--recovery-file")
        self.refused(5, fred, "guardian", "add", "alice@one.test", "--recovery-file", fred.phrase, says="no contact")
        for address in ("alice@one.test", "bob@two.test"):
            fred.kith("contacts", "add", address)
        self.refused(2, fred, "guardian", "add", "alice@one.test", "--recovery-file", fred.phrase, says="at least two")
        self.refused(2, fred, "guardian", "add", "alice@one.test", "bob@two.test", "--needed", 3, "--recovery-file", fred.phrase,
                     says="--needed")
        fred.kith("guardian", "add", "alice@one.test", "bob@two.test", "--recovery-file", fred.phrase)
        names = {g["address"] for g in fred.kith("guardian", "list")["guardians"]}
        self.assertEqual(names, {"alice@one.test", "bob@two.test"})
        # Another device does not know who they are, and drops nobody unseen.
        rescue = Patient(self.field, "fred-rescue")
        rescue.kith("recover", fred.address, "--recovery-file", fred.phrase)
        listed = rescue.kith("guardian", "list")
        self.assertEqual((listed["count"], listed["guardians"]), (2, []))
        rescue.kith("contacts", "add", "alice@one.test")
        self.refused(1, rescue, "guardian", "add", "alice@one.test", "--recovery-file", fred.phrase, says="--anew")
        rescue.kith("guardian", "remove", "--recovery-file", fred.phrase)
        self.assertEqual(rescue.kith("guardian", "list")["count"], 0)


if __name__ == "__main__":
    unittest.main()
