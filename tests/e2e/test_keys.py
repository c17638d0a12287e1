"""Keys in trouble: a stolen laptop, a freeze, a recovery from the phrase, what receivers take back."""
import json
import os
import pathlib
import pty
import re
import subprocess
import time
import unittest

from lib import BIN, PlaygroundTest, Person, eventually


def patiently(run):
    # A login is two calls of the twenty a minute: who asks again at once never gets both.
    while "too many calls" in (done := run()).stderr:
        time.sleep(8)
    return done


class Patient(Person):
    """Logins are counted by network, and these people share one: who is told so waits, and tries again."""

    def run(self, *words, **more):
        return patiently(lambda: Person.run(self, *words, **more))


class WithNewcomers(PlaygroundTest):
    def newcomer(self, name, domain="one.test"):
        invite = json.loads(self.kithd(domain, "invitation", f"{name}@{domain}", "--json"))["code"]
        person = Patient(self.field, name)
        person.address, person.phrase = f"{name}@{domain}", pathlib.Path(self.folder) / f"{name}.recovery"
        person.kith("init", person.address, "--invite", invite, "--device", "laptop", "--recovery-file", person.phrase)
        return person


class Keys(WithNewcomers):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for domain in ("one.test", "two.test", "three.test"):
            cls.configure(cls(), domain, clients__logins_a_prefix_minute=1_000, clients__accounts_a_prefix_hour=1_000)
            cls.kithd(cls(), domain, "reload")
        for name in ("alice", "bob"):
            setattr(cls, name, Patient(cls.field, name))

    def linked(self, person, device):
        linking = subprocess.Popen([str(BIN / "kith"), "device", "link", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, env=person.env)
        begun = json.loads(linking.stdout.readline())
        self.assertIn("code", begun, begun)
        code = begun["code"]
        other = Patient(self.field, f"{person.name}-{device}")
        other.kith("init", person.address, "--link", code, "--device", device)
        self.assertEqual(linking.wait(timeout=60), 0)
        linking.communicate()
        return other

    def known_to(self, person, *others):
        """`others` have the person as a contact, and have written nothing of theirs yet."""
        for other in others:
            other.kith("trust", person.address, "well-trusted")

    def recovered(self, person, *words, name="rescue"):
        rescue = Patient(self.field, f"{person.name}-{name}")
        said = rescue.kith("recover", person.address, "--recovery-file", person.phrase, *words)
        return rescue, said

    def refused(self, code, person, *words, says=""):
        """Fails with that code, and says so; logins are counted by network, and this is one network."""
        # In a session of its own there is no terminal to ask on.
        done = patiently(lambda: subprocess.run([str(BIN / "kith"), *map(str, words)], capture_output=True, text=True, env=person.env,
                                                timeout=60, start_new_session=True))
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertIn(says, done.stderr)

    def row(self, person, subject, mailbox="all"):
        return next((r for r in person.kith("inbox", "--mailbox", mailbox, "--limit", 1000) if r["subject"] == subject), None)

    def test_a_stolen_laptops_flood_is_taken_back_at_both_domains(self):
        dora = self.newcomer("dora")
        self.known_to(dora, self.alice, self.bob)
        for friend in ("alice@one.test", "bob@two.test"):
            dora.kith("send", friend, "-s", "true", "-m", "from dora herself", "--wait")
        for friend in (self.alice, self.bob):
            friend.kith("read", self.row(friend, "true")["id"])
        time.sleep(2)  # T0 has whole seconds
        stolen = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        for number in range(3):
            dora.kith("send", "alice@one.test", "bob@two.test", "-s", f"flood {number}", "-m", "send money", "--wait")
        # Who has her as no contact, and the thief's friends.
        carol = Patient(self.field, "carol")
        carols = carol.kith("token", "new", "--kind", "newsletter")["token"]
        dora.kith("send", "carol@one.test", "--token", carols, "-s", "by a token", "-m", "send money", "--wait")
        self.assertEqual(self.row(carol, "by a token")["tier"], "known")
        dora.kith("trust", "mallory@three.test", "well-trusted")
        made = dora.kith("token", "new", "--kind", "invite")
        thiefs = made["id"]
        carol.kith("send", dora.address, "--token", made["token"], "-s", "by the thief's token", "-m", "x", "--wait")
        self.assertEqual(self.row(dora, "by the thief's token")["tier"], "known")
        for friend in (self.alice, self.bob):
            self.assertEqual(self.row(friend, "flood 0")["tier"], "well-trusted")
            friend.kith("read", self.row(friend, "flood 1")["id"])
        watching = subprocess.Popen([str(BIN / "kith"), "watch", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                    env=self.bob.env)
        self.addCleanup(watching.communicate)
        self.addCleanup(watching.kill)
        time.sleep(1)
        rescue, said = self.recovered(dora, "--since", stolen)
        self.assertEqual((said["revoked"], said["since"]), (["laptop"], stolen))

        for friend in (self.alice, self.bob):
            eventually("what was unread goes back to the requests",
                       lambda: {r["subject"] for r in friend.kith("requests", "--all")} >= {"flood 0", "flood 2"})
            self.assertNotIn("flood 0", friend.subjects())
            read = self.row(friend, "flood 1")
            self.assertEqual((read["tier"], read["state"]), ("unknown", "delivered"))
            self.assertIn("key-revoked", [r["code"] for r in friend.kith("why", read["id"])["reasons"]])
            self.assertEqual(self.row(friend, "true")["tier"], "well-trusted")
            notice = friend.run("inbox").stderr
            self.assertIn("dora@one.test's key was replaced", notice)
            self.assertIn("3 messages taken back", notice)
        eventually("it goes back at who has her as no contact, too",
                   lambda: "by a token" in {r["subject"] for r in carol.kith("requests", "--all")})
        self.assertEqual(self.row(carol, "by a token")["tier"], "unknown")
        standings = {c["address"]: c["standing"] for c in rescue.kith("contacts")}
        self.assertEqual(standings["mallory@three.test"], "suspended")
        rescue.kith("contacts", "restore", "mallory@three.test")
        self.assertTrue(next(t for t in rescue.kith("token", "list") if t["id"] == thiefs)["revoked"])
        # What came by it is a request now, and says why.
        asks = next(r for r in rescue.kith("requests", "--all") if r["from"] == "carol@one.test")
        self.assertEqual(asks["tier"], "unknown")
        self.assertIn("token-revoked", [r["code"] for r in rescue.kith("why", asks["id"])["reasons"]])
        # Who makes her a contact only now is told like those who had her.
        self.assertNotIn("key was replaced", carol.run("inbox").stderr)
        self.known_to(dora, carol)
        self.assertIn("dora@one.test's key was replaced", carol.run("inbox").stderr)
        for line in watching.stdout:
            event = json.loads(line)
            if event["event"] == "key-replaced":
                break
        self.assertEqual((event["address"], event["takenBack"]), ("dora@one.test", 3))

        self.refused(6, dora, "send", "bob@two.test", "-s", "more", "-m", "x", says="revoked")
        rescue.kith("send", "bob@two.test", "-s", "me again", "-m", "It was a thief.", "--wait")
        self.assertEqual(self.row(self.bob, "me again")["tier"], "well-trusted")

    def test_whom_a_thief_introduced_is_a_stranger_again_in_the_other_domains(self):
        gina, mallory = self.newcomer("gina"), Patient(self.field, "mallory")
        people = {"bob@two.test": self.bob, "mallory@three.test": mallory}
        self.known_to(gina, *people.values())
        for address in people:
            gina.kith("trust", address, "known")
            gina.kith("send", address, "-s", "true", "-m", "from gina herself", "--wait")
        time.sleep(2)  # T0 has whole seconds
        stolen = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        gina.kith("introduce", *people, "-s", "a good friend", "--wait")
        mallory.kith("send", "bob@two.test", "-s", "on gina's word", "-m", "send money", "--wait")
        heard = self.row(self.bob, "on gina's word")
        self.assertEqual(heard["tier"], "known")
        self.assertIn("mallory@three.test", {c["address"] for c in self.bob.kith("contacts")})
        self.recovered(gina, "--since", stolen)

        eventually("what came on the thief's word goes back to the requests",
                   lambda: "on gina's word" in {r["subject"] for r in self.bob.kith("requests", "--all")})
        taken = self.row(self.bob, "on gina's word")
        self.assertEqual((taken["tier"], taken["state"]), ("unknown", "held"))
        self.assertIn("word-taken-back", [r["code"] for r in self.bob.kith("why", taken["id"])["reasons"]])
        self.assertEqual(self.row(self.bob, "true")["tier"], "well-trusted")
        for person, other in ((self.bob, "mallory@three.test"), (mallory, "bob@two.test")):
            eventually("the introduction is void on both sides",
                       lambda: other not in {c["address"] for c in person.kith("contacts")})
        done = mallory.run("send", "bob@two.test", "-s", "again", "-m", "x", "--wait", "--no-pay")
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)

    def test_a_frozen_account_sends_nothing_and_the_phrase_thaws_it(self):
        erna = self.newcomer("erna")
        self.known_to(erna, self.bob)
        self.assertEqual(erna.kith("status")["standing"], "active")
        erna.kith("freeze")
        self.assertEqual(erna.kith("status")["standing"], "frozen")
        self.assertIn("frozen", erna.run("status").stdout)
        done = erna.run("send", "bob@two.test", "-s", "x", "-m", "x")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("frozen", done.stderr)
        eventually("bob's server knows", lambda: "frozen" in self.bob.run("send", erna.address, "-s", "x", "-m", "x").stderr)
        # Who makes her a contact only now is told at once.
        carol = Patient(self.field, "carol")
        self.known_to(erna, carol)
        self.assertIn("frozen", carol.run("inbox").stderr)
        # One device, however old, does not undo what any device may do.
        self.refused(6, erna, "thaw", says="90 days")
        erna.kith("thaw", "--recovery-file", erna.phrase)
        self.assertEqual(erna.kith("status")["standing"], "active")
        erna.kith("send", "bob@two.test", "-s", "thawed", "-m", "x", "--wait")
        self.assertEqual(self.row(self.bob, "thawed")["tier"], "well-trusted")

    def test_a_thief_of_one_device_cannot_keep_the_account(self):
        frida = self.newcomer("frida")
        thief = frida
        accomplice = self.linked(thief, "burner")
        thief.kith("freeze")
        self.refused(6, thief, "thaw", says="phrase")
        self.refused(6, accomplice, "thaw", says="phrase")
        self.refused(6, thief, "device", "confirm", "burner", says="phrase")
        self.refused(6, thief, "device", "revoke", "burner", says="phrase")
        self.refused(6, thief, "thaw", "--recovery-file", self.newcomer("gerda").phrase, says="not the one")
        rescue, said = self.recovered(frida, "--since", "2h")
        self.assertEqual(set(said["revoked"]), {"laptop", "burner"})
        status = rescue.kith("status")
        self.assertEqual((status["standing"], status["devices"]), ("active", 1))
        self.refused(6, thief, "freeze", says="revoked")
        self.refused(6, accomplice, "inbox", says="revoked")
        # The same phrase serves again.
        again, said = self.recovered(frida, name="again")
        self.assertEqual(again.kith("status")["standing"], "active")
        self.assertEqual(len(said["revoked"]), 1)

    def test_a_second_confirmed_device_signs_what_the_first_prepared(self):
        hanna = self.newcomer("hanna")
        phone = self.linked(hanna, "phone")
        self.assertEqual(hanna.kith("status")["pending"], ["phone"])
        self.refused(6, hanna, "device", "confirm", "phone", says="--recovery-file")
        hanna.kith("device", "confirm", "phone", "--recovery-file", hanna.phrase)
        self.assertEqual(hanna.kith("status")["pending"], [])
        tablet = self.linked(hanna, "tablet")
        self.assertEqual(hanna.kith("device", "confirm", "tablet", expect=4)["state"], "waits")
        self.refused(6, hanna, "device", "confirm", "--yes", says="another one")
        self.assertIn("confirms tablet", phone.run("device", "list").stderr)
        self.assertEqual(phone.kith("status")["draft"]["change"], "confirms tablet")
        self.refused(6, phone, "device", "confirm", says="--yes")  # nobody there to ask
        self.assertEqual(tablet.run("device", "confirm", "--yes").returncode, 6)  # has no say
        self.assertEqual(phone.kith("device", "confirm", "--yes")["change"], "confirms tablet")
        self.assertEqual(hanna.kith("status")["pending"], [])
        self.assertIsNone(phone.kith("status")["draft"])
        self.refused(5, phone, "device", "confirm", "--yes", says="none waits")
        # No device is 90 days old: taking one out is for the phrase.
        self.refused(6, hanna, "device", "revoke", "phone", says="90 days")
        hanna.kith("device", "revoke", "phone", "--recovery-file", hanna.phrase)
        self.refused(6, phone, "inbox", says="revoked")

    def test_a_phrase_that_is_not_the_accounts_is_refused(self):
        ida = self.newcomer("ida")
        stranger = Patient(self.field, "stranger")
        self.refused(6, stranger, "recover", ida.address, "--recovery-file", self.newcomer("jane").phrase, says="not the one")
        typo = pathlib.Path(self.folder) / "typo.recovery"
        words = ida.phrase.read_text().splitlines()[-1].split()
        typo.write_text(" ".join(["xylophon", *words[1:]]) + "\n")
        typo.chmod(0o600)
        self.refused(6, stranger, "recover", ida.address, "--recovery-file", typo, says="word 1")
        self.refused(2, stranger, "recover", ida.address, "--recovery-file", ida.phrase, "--since", "40d", says="30 days")
        self.refused(5, stranger, "recover", "nobody@one.test", "--recovery-file", ida.phrase, says="no such account")
        self.assertEqual(ida.kith("status")["serial"], 1)
        self.assertEqual(ida.phrase.stat().st_mode & 0o777, 0o600)

    def test_an_alarm_reaches_every_device_and_several_of_them_pause_new_threads(self):
        nora = self.newcomer("nora")
        phone = self.linked(nora, "phone")
        carol = Patient(self.field, "carol")
        watchers = {"alice@one.test": self.alice, "bob@two.test": self.bob, "carol@one.test": carol}
        self.known_to(nora, *watchers.values())
        self.refused(5, self.bob, "alarm", nora.address, says="has not written to you")
        for address in watchers:
            nora.kith("send", address, "-s", "odd", "-m", "send money", "--wait")
        self.bob.kith("send", nora.address, "-s", "a question", "-m", "x", "--wait")
        self.assertTrue(self.bob.kith("alarm", nora.address)["suspended"])
        eventually("her devices hear of it", lambda: [a["from"] for a in phone.kith("status")["alarms"]] == ["bob@two.test"])
        self.assertIn("somebody else writes as you", nora.run("inbox").stderr)
        # What comes is held for whoever raised it, and one command ends that.
        nora.kith("send", "bob@two.test", "-s", "held", "-m", "x", "--wait")
        self.assertEqual(self.row(self.bob, "held")["state"], "held")
        self.bob.kith("contacts", "restore", nora.address)
        nora.kith("send", "bob@two.test", "-s", "heard", "-m", "x", "--wait")
        self.assertEqual(self.row(self.bob, "heard")["tier"], "well-trusted")
        # One is no proof; three are a challenge: only answers go out.
        self.assertFalse(nora.kith("status")["challenged"])
        for friend in (self.alice, carol):
            friend.kith("alarm", nora.address)
        self.assertTrue(nora.kith("status")["challenged"])
        done = nora.run("send", "alice@one.test", "-s", "new", "-m", "x")
        self.assertEqual(done.returncode, 4)
        self.assertIn("kith confirm", done.stderr)
        self.assertIn("somebody else writes as you", nora.run("inbox").stderr)
        question = self.row(nora, "a question")
        nora.kith("send", "--answers", question["id"], "-m", "an answer", "--wait")
        self.refused(6, nora, "alarm", "--dismiss", says="--recovery-file")
        nora.kith("alarm", "--dismiss", "--recovery-file", nora.phrase)
        status = nora.kith("status")
        self.assertEqual((status["alarms"], status["challenged"], status["unconfirmed"]), ([], False, 1))
        nora.kith("send", "alice@one.test", "-s", "newer", "-m", "x", "--wait")
        # What was written meanwhile goes when she has seen it; her phone is too new to have a say.
        self.assertIsNone(self.row(self.alice, "new"))
        self.assertEqual(nora.kith("confirm", "--yes")["confirmed"], 1)
        eventually("it arrives", lambda: self.row(self.alice, "new"))


class Phrase(PlaygroundTest):
    """What somebody at a terminal sees and types."""

    def on_terminal(self, *words, env, answer):
        """Runs kith on a terminal of its own; `answer(said)` gives what is typed next, or None. Its output, its exit code."""
        pid, mine = pty.fork()
        if pid == 0:
            os.execve(BIN / "kith", ["kith", *map(str, words)], env | {"TERM": "xterm"})
        said, told = "", 0
        try:
            while piece := os.read(mine, 65_536):
                said += piece.decode()
                typed = answer(said[told:])
                if typed is not None:
                    told = len(said)
                    os.write(mine, typed.encode())
        except OSError:
            pass  # how Linux says that the other end is closed
        os.close(mine)
        return said, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def init(self, name, spoil=lambda word: word):
        invite = json.loads(self.kithd("one.test", "invitation", f"{name}@one.test", "--json"))["code"]
        person, words = Person(self.field, name), {}

        def answer(said):
            if "Press Enter" in said:
                words.update({int(n): w for n, w in re.findall(r"(\d+)  ([a-z]+)", said)})
                return "\n"
            asked = re.search(r"word (\d+) of the recovery phrase: $", said)
            return spoil(words[int(asked[1])]) + "\n" if asked else None
        said, code = self.on_terminal("init", f"{name}@one.test", "--invite", invite, "--device", "laptop", env=person.env, answer=answer)
        return person, [words[n] for n in sorted(words)], said, code

    def test_the_phrase_is_shown_once_asked_back_and_recovers(self):
        kim, words, said, code = self.init("kim")
        self.assertEqual((len(words), code), (12, 0), said)
        self.assertEqual(said.count(" of the recovery phrase: "), 3)
        # On the second screen, which leaves nothing behind.
        first, last = said.index("\x1b[?1049h"), said.index("\x1b[?1049l")
        self.assertTrue(first < said.index(words[0]) < last)
        self.assertEqual([f for f in kim.home.rglob("*") if f.is_file() and words[5] in f.read_text(errors="replace").split()], [])
        rescue = Person(self.field, "kim-rescue")
        said, code = self.on_terminal("recover", "kim@one.test", "--device", "new", env=rescue.env,
                                      answer=lambda said: " ".join(words).upper() + "\n" if said.endswith("twelve words: ") else None)
        self.assertEqual(code, 0, said)
        self.assertEqual([d["name"] for d in rescue.kith("device", "list") if not d["revoked"]], ["new"])

    def test_a_phrase_that_was_not_written_down_makes_no_account(self):
        lea, words, said, code = self.init("lea", spoil=lambda word: "zebra" if word != "zebra" else "zoo")
        self.assertEqual(code, 6, said)
        self.assertIn("was not written down", said)
        self.assertEqual(lea.run("inbox").returncode, 5)  # no home
        self.assertEqual(self.curl("one.test", "/kith/1/cards/lea@one.test")[0], 404)

    def test_without_a_terminal_the_phrase_needs_a_file(self):
        invite = json.loads(self.kithd("one.test", "invitation", "mia@one.test", "--json"))["code"]
        done = subprocess.run([str(BIN / "kith"), "init", "mia@one.test", "--invite", invite], capture_output=True, text=True,
                              env=Person(self.field, "mia").env, start_new_session=True, timeout=60)
        self.assertEqual(done.returncode, 6)
        self.assertIn("--recovery-file", done.stderr)


if __name__ == "__main__":
    unittest.main()
