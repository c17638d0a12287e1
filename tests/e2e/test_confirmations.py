"""What waits at its sender's own server until a person confirms it, and what recipients' reports do there."""
import base64
import hashlib
import json
import os
import pathlib
import subprocess
import time
import unittest

import test_keys
from lib import eventually
from test_keys import Patient, WithNewcomers

FLOOR = 20


def signed(text, name, seed):
    """A C2SP signed note, made by openssl with an Ed25519 key of that seed."""
    der = bytes.fromhex("302e020100300506032b657004220420") + seed
    pem = b"-----BEGIN PRIVATE KEY-----\n" + base64.b64encode(der) + b"\n-----END PRIVATE KEY-----\n"

    def openssl(*words, given=pem):
        return subprocess.run(["openssl", *words], input=given, capture_output=True, check=True).stdout
    public = openssl("pkey", "-pubout", "-outform", "DER")[-32:]
    folder = pathlib.Path(os.environ.get("TMPDIR", "/tmp"))
    key, octets = folder / f"kith-e2e-{os.getpid()}.pem", folder / f"kith-e2e-{os.getpid()}.text"
    try:
        key.write_bytes(pem)
        octets.write_text(text)
        signature = openssl("pkeyutl", "-sign", "-rawin", "-inkey", str(key), "-in", str(octets), given=b"")
    finally:
        key.unlink(missing_ok=True)
        octets.unlink(missing_ok=True)
    key_id = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    return f"{text}\n— {name} {base64.b64encode(key_id + signature).decode()}\n".encode()


class Confirmations(WithNewcomers):
    new_threads = FLOOR
    linked, known_to, refused, row = (getattr(test_keys.Keys, name) for name in ("linked", "known_to", "refused", "row"))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for domain in ("one.test", "two.test", "three.test"):
            cls.configure(cls(), domain, clients__logins_a_prefix_minute=1_000, clients__accounts_a_prefix_hour=1_000)
            cls.kithd(cls(), domain, "reload")
        for name in ("alice", "bob", "carol", "mallory"):
            setattr(cls, name, Patient(cls.field, name))

    # --- verbs -----------------------------------------------------------------------------------

    def metric(self, domain, name):
        text = self.curl(domain, "/metrics")[2].decode()
        return next((float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name + " ")), 0)

    def states(self, person, sent):
        return {each["address"]: each["state"] for each in person.kith("sent", sent["id"])["recipients"]}

    def busy(self, person):
        """Begins as many threads as may be."""
        everybody = ("alice@one.test", "bob@two.test", "carol@one.test", "mallory@three.test")
        for i in range(FLOOR // len(everybody)):
            person.kith("send", *everybody, "-s", f"busy {i}", "-m", "x")

    def arrived(self, person, subject):
        return eventually(f"{subject} at {person.name}", lambda: self.row(person, subject))

    def say(self, domain, note):
        return self.curl(domain, "/kith/1/notes", "-H", "content-type: text/plain; charset=utf-8", data=note)[0]

    def outcome(self, domain, stub, root, seed=None, what="looks-hacked"):
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        text = f"kith/1 outcome\ndomain {domain}\ntime {now}\noutcome {what}\nstub {stub}\nroot {root}\n"
        key = self.field.dir / domain / "data/keys/domain.key"
        return signed(text, domain, seed or base64.b64decode(key.read_text()))

    def reported(self, person, sender, subject, how="--unwanted"):
        person.kith("report", self.arrived(person, subject)["id"], how)

    # --- too many new threads --------------------------------------------------------------------

    def test_the_twenty_first_new_thread_waits_and_goes_once_it_is_confirmed(self):
        eva = self.newcomer("eva")
        self.known_to(eva, self.bob)
        for i in range(25):
            eva.kith("send", f"bob+{i}@two.test", "-s", f"news {i}", "-m", "x", expect=0 if i < FLOOR else 4)
        waiting = [row for row in eva.kith("sent", "--limit", 100)
                   if [each["state"] for each in row["recipients"]] == ["unconfirmed"]]
        self.assertEqual(sorted(row["subject"] for row in waiting), [f"news {i}" for i in range(20, 25)])
        self.assertIn("waiting for confirmation", waiting[0]["recipients"][0]["answer"]["detail"])
        self.assertIn("kith confirm", eva.run("sent", waiting[0]["id"]).stdout)
        self.arrived(self.bob, "news 19")
        self.assertEqual(eva.kith("status")["unconfirmed"], 5)
        self.assertIn("kith confirm", eva.run("inbox").stderr)
        self.assertGreaterEqual(self.metric("one.test", 'kith_new_threads_total{event="held"}'), 5)
        # Who is asked and does not say yes confirms nothing.
        self.refused(6, eva, "confirm", says="wait on")
        self.assertIsNone(self.row(self.bob, "news 20"))
        # An answer is no new thread.
        self.bob.kith("send", eva.address, "-s", "a question", "-m", "x", "--wait")
        eva.kith("send", "--answers", self.arrived(eva, "a question")["id"], "-m", "an answer", "--wait")
        # One, then the others.
        one = next(row["id"] for row in waiting if row["subject"] == "news 22")
        self.assertEqual(eva.kith("confirm", one, "--yes")["confirmed"], 1)
        self.arrived(self.bob, "news 22")
        said = eva.kith("confirm", "--yes")
        self.assertEqual((said["confirmed"], {m["device"] for m in said["messages"]}), (4, {"laptop"}))
        for i in range(20, 25):
            self.arrived(self.bob, f"news {i}")
        self.refused(5, eva, "confirm", "--yes", says="nothing of yours waits")
        self.assertGreaterEqual(self.metric("one.test", 'kith_new_threads_total{event="confirmed"}'), 5)
        self.assertIn("new-threads-held", self.log_of("one.test"))
        # What was confirmed does not hinder, and does not help.
        eva.kith("send", "carol@one.test", "-s", "one more", "-m", "x", expect=4)
        self.assertEqual(eva.kith("sent", eva.kith("sent", "--limit", 1)[0]["id"], "--cancel")["undoStatus"], "canceled")
        self.assertEqual(eva.kith("status")["unconfirmed"], 0)

    def test_a_device_does_not_confirm_what_it_wrote_where_there_is_another(self):
        fay = self.newcomer("fay")
        self.known_to(fay, self.bob)
        phone = self.linked(fay, "phone")
        self.busy(fay)
        fay.kith("send", "bob@two.test", "-s", "by the laptop", "-m", "x", "--wait", expect=4)
        # The phone is new: it has no say, and the laptop is the only one that has.
        phone.kith("send", "bob@two.test", "-s", "by the phone", "-m", "x", expect=4)
        self.refused(6, phone, "confirm", "--yes", says="24 hours")
        phone.kith("device", "confirm", "phone", "--recovery-file", fay.phrase)
        # A letter between the two: each lets go what the other wrote.
        self.assertIn("another device", fay.run("send", "bob@two.test", "-s", "by the laptop again", "-m", "x").stderr)
        said = fay.kith("confirm", "--yes")
        self.assertEqual((said["confirmed"], said["forOthers"]), (1, 2))
        self.arrived(self.bob, "by the phone")
        self.refused(6, fay, "confirm", "--yes", says="another one of yours")
        self.assertIsNone(self.row(self.bob, "by the laptop"))
        self.assertEqual(phone.kith("confirm", "--yes")["confirmed"], 2)
        self.arrived(self.bob, "by the laptop")
        self.arrived(self.bob, "by the laptop again")
        # The phrase lets go all, and stays what the card commits to.
        phone.kith("send", "bob@two.test", "-s", "by whomever", "-m", "x", expect=4)
        self.assertEqual(phone.kith("confirm", "--yes", "--recovery-file", fay.phrase)["confirmed"], 1)
        self.arrived(self.bob, "by whomever")
        phone.kith("freeze")
        self.assertEqual(phone.kith("thaw", "--recovery-file", fay.phrase)["state"], "published")

    def test_a_killed_server_loses_neither_what_waits_nor_what_was_confirmed(self):
        gus = self.newcomer("gus")
        self.known_to(gus, self.bob)
        self.busy(gus)
        sent = gus.kith("send", "bob@two.test", "carol@one.test", "-s", "after all", "-m", "x", expect=4)
        self.kill("one.test")
        self.start("one.test")
        self.assertEqual(self.states(gus, sent), {"bob@two.test": "unconfirmed", "carol@one.test": "unconfirmed"})
        gus.kith("send", "bob@two.test", "-s", "too many still", "-m", "x", expect=4)
        self.kill("two.test")
        self.assertEqual(gus.kith("confirm", "--yes")["confirmed"], 3)
        self.kill("one.test")
        self.start("two.test")
        self.start("one.test")
        self.arrived(self.bob, "after all")
        self.arrived(self.bob, "too many still")
        self.assertEqual(gus.kith("status")["unconfirmed"], 0)

    # --- reports ---------------------------------------------------------------------------------

    def test_three_reports_challenge_the_account_answers_go_and_the_phrase_ends_it(self):
        hal = self.newcomer("hal")
        rita = self.newcomer("rita", "two.test")
        friends = {"bob@two.test": self.bob, "rita@two.test": rita, "mallory@three.test": self.mallory}
        self.known_to(hal, *friends.values())
        self.bob.kith("send", hal.address, "-s", "how are you", "-m", "x", "--wait")
        sent = {who: hal.kith("send", who, "-s", "buy this", "-m", "x", "--wait")["id"] for who in friends}
        self.reported(self.bob, hal, "buy this")
        self.reported(rita, hal, "buy this", "--hacked")
        eventually("two reports", lambda: self.metric("one.test", 'kith_challenges_total{event="report"}') >= 2)
        status = hal.kith("status")
        self.assertEqual((status["challenged"], status["reports"]), (False, []), "nobody is told of a few")
        self.reported(self.mallory, hal, "buy this")
        eventually("the challenge", lambda: hal.kith("status")["challenged"])
        reports = {r["stubId"]: r["outcome"] for r in hal.kith("status")["reports"]}
        self.assertEqual(reports, {sent["bob@two.test"]: "unwanted", sent["rita@two.test"]: "looks-hacked",
                                   sent["mallory@three.test"]: "unwanted"})
        self.assertIn("kith confirm --challenge", hal.run("inbox").stderr)
        self.assertIn(f"message {sent['bob@two.test'][:8]} is called unwanted", hal.run("status").stdout)
        self.assertIn("challenge-raised", self.log_of("one.test"))
        # New threads wait, answers go.
        new = hal.kith("send", "carol@one.test", "-s", "something new", "-m", "x", "--wait", expect=4)
        self.assertEqual(self.states(hal, new), {"carol@one.test": "unconfirmed"})
        self.assertIn("challenged", new["recipients"][0]["answer"]["type"])
        hal.kith("send", "--answers", self.arrived(hal, "how are you")["id"], "-m", "fine", "--wait")
        self.assertIsNone(self.row(self.carol, "something new"))
        # So it stays over a crash, and no device's word ends it.
        self.kill("one.test")
        self.start("one.test")
        self.assertTrue(hal.kith("status")["challenged"])
        self.refused(6, hal, "confirm", "--yes", says="is challenged")
        self.refused(6, hal, "confirm", "--challenge", "--yes", says="90 days old")
        said = hal.kith("confirm", "--challenge", "--yes", "--recovery-file", hal.phrase)
        self.assertEqual((said["challenge"], said["confirmed"]), ("met", 1))
        self.known_to(hal, self.carol)
        self.assertEqual(eventually("it went", lambda: self.states(hal, new)["carol@one.test"] != "unconfirmed"), True)
        status = hal.kith("status")
        self.assertEqual((status["challenged"], status["reports"], status["unconfirmed"]), (False, [], 0))
        hal.kith("send", "carol@one.test", "-s", "as ever", "-m", "x", "--wait")
        self.refused(1, hal, "confirm", "--challenge", says="nobody doubts")

    def test_reports_that_are_forged_made_up_or_said_again_change_nothing(self):
        ida = self.newcomer("ida")
        self.known_to(ida, self.bob, self.mallory)
        root = self.bob.kith("card")["root"]
        root = root if root.startswith("sha256:") else "sha256:" + root
        stubs = []
        for i in range(4):
            sent = ida.kith("send", "bob@two.test", "-s", f"stub {i}", "-m", "x")
            stubs.append(json.loads((ida.home / "pending" / f"{sent['id']}.json").read_text())["bob@two.test"])
            self.arrived(self.bob, f"stub {i}")
        before = self.metric("one.test", 'kith_challenges_total{event="report"}')
        made_up = ["sha256:" + hashlib.sha256(name).hexdigest() for name in (b"one", b"two", b"three")]
        # Of a key that is not the domain's.
        self.assertEqual(self.say("one.test", self.outcome("two.test", stubs[0], root, seed=b"x" * 32)), 403)
        # Of stubs that nobody sent; of a root that is not the recipient's; of another's recipient: all answered alike.
        for hash_ in made_up:
            self.assertEqual(self.say("one.test", self.outcome("two.test", hash_, root)), 202)
            self.assertEqual(self.say("one.test", self.outcome("two.test", stubs[0], hash_)), 202)
        self.assertEqual(self.say("one.test", self.outcome("three.test", stubs[0], root)), 202)
        self.assertEqual(self.say("one.test", self.outcome("two.test", stubs[0], root, what="engaged")), 202)
        self.assertEqual(self.metric("one.test", 'kith_challenges_total{event="report"}'), before)
        # One that is true counts once; the same again, and others of the same person, make no challenge.
        note = self.outcome("two.test", stubs[0], root)
        for _ in range(3):
            self.assertEqual(self.say("one.test", note), 202)
        self.assertEqual(self.metric("one.test", 'kith_challenges_total{event="report"}'), before + 1)
        for stub in stubs[1:]:
            self.assertEqual(self.say("one.test", self.outcome("two.test", stub, root)), 202)
        self.assertEqual(self.metric("one.test", 'kith_challenges_total{event="report"}'), before + 4)
        self.assertFalse(ida.kith("status")["challenged"])
        ida.kith("send", "bob@two.test", "-s", "goes", "-m", "x", "--wait")


if __name__ == "__main__":
    unittest.main()
