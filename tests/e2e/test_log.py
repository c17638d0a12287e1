"""The directory log: proofs that come with cards, a domain that shows two people two different cards, a restored backup
that is older than what others have seen."""
import base64
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import unittest

from lib import BIN, PlaygroundTest, Person, eventually


class LogTest(PlaygroundTest):
    def newcomer(self, name, domain, home=None):
        invite = json.loads(self.kithd(domain, "invitation", f"{name}@{domain}", "--json"))["code"]
        person = Person(self.field, home or name)
        person.kith("init", f"{name}@{domain}", "--invite", invite, "--device", "laptop", "--recovery-file",
                    pathlib.Path(self.folder) / f"{home or name}.recovery")
        return person

    def verify(self, domain):
        return json.loads(self.kithd(domain, "log", "verify", "--json"))

    def seen(self, observer, domain):
        """What one server has seen of another's log."""
        rows = json.loads(self.kithd(observer, "log", "list", "--json"))
        return next((row for row in rows if row["domain"] == domain), None)

    def entries(self, domain):
        """The size in the checkpoint that is served; 0: there is none."""
        status, _, body = self.curl(domain, "/kith/1/log/checkpoint")
        return int(body.decode().splitlines()[1]) if status == 200 else 0

    def published(self, domain):
        """Waits until everything is in a checkpoint."""
        return eventually("a checkpoint of everything",
                          lambda: (v := self.verify(domain))["published"] == v["entries"] > 0 == v["missing"] and v["entries"])

    def metric(self, domain, name):
        _, _, body = self.curl(domain, "/metrics")
        return float(re.search(rf"^{name} (\S+)$", body.decode(), re.M)[1])

    def data(self, domain):
        return self.field.dir / domain / "data"


class Log(LogTest):
    def test_a_card_comes_with_a_proof_that_other_servers_check(self):
        entries = self.published("one.test")
        self.assertEqual(self.entries("one.test"), entries)
        self.assertGreaterEqual(entries, 3)  # the key, alice, carol
        status, _, body = self.curl("one.test", "/kith/1/cards/alice@one.test?proof=1")
        self.assertEqual(status, 200)
        self.assertTrue(body.startswith(b"card "))
        self.assertIn(b"c2sp.org/tlog-proof@v1\n", body)
        self.assertIn(b"\none.test/kith/1/log\n", body)
        self.assertEqual(self.curl("one.test", f"/kith/1/log/tile/0/000.p/{entries}")[0], 200)
        self.assertEqual(self.curl("one.test", f"/kith/1/log/tile/0/000.p/{entries + 1}")[0], 404)

        self.bob.kith("trust", "carol@one.test", "known")
        self.assertEqual(self.seen("two.test", "one.test")["standing"], "good")
        before = self.seen("two.test", "one.test")["entries"]
        self.newcomer("nora", "one.test")
        self.published("one.test")
        self.bob.kith("trust", "nora@one.test", "known")
        self.assertGreater(self.seen("two.test", "one.test")["entries"], before)

    def impersonated(self, name):
        """Somebody whose server has shown others another person in their place, and shows them their own account again."""
        person = self.newcomer(name, "three.test")
        self.published("three.test")
        store, aside = self.data("three.test") / "store", self.field.dir / f"aside-{name}"
        self.field.stop("three.test")
        shutil.copytree(store, aside)
        self.start("three.test")
        self.kithd("three.test", "account", "remove", f"{name}@three.test", "--yes")
        self.newcomer(name, "three.test", home=f"{name}-thief")
        self.published("three.test")
        self.field.stop("three.test")
        shutil.rmtree(store)
        aside.rename(store)
        self.start("three.test")
        return person

    def test_a_card_that_its_owner_did_not_make_freezes_the_account(self):
        self.newcomer("gustav", "three.test")
        entries = self.published("three.test")
        gustav = Person(self.field, "gustav")
        said = gustav.kith("audit")
        self.assertEqual((said["entries"], said["fresh"], said["foreign"], said["frozen"]), (entries, entries, [], False))
        self.assertEqual(gustav.kith("audit")["fresh"], 0)
        greta = self.impersonated("greta")
        said = eventually("the log has it", lambda: (done := greta.run("audit", "--json")).returncode == 6 and
                          json.loads(done.stdout))
        # Read for the first time: a card that came after one's own and is none of them is somebody else's at once.
        self.assertEqual([row["entry"] for row in said["foreign"]], [entries + 1])
        self.assertEqual((said["fresh"], said["frozen"], said["earlier"]), (entries + 2, True, []))
        self.assertEqual(greta.kith("status")["standing"], "frozen")
        # It is not forgotten, and not frozen again once the account was thawed.
        greta.kith("thaw", "--recovery-file", pathlib.Path(self.folder) / "greta.recovery")
        again = greta.kith("audit", expect=6)
        self.assertEqual((again["foreign"], again["frozen"]), (said["foreign"], False))
        self.assertEqual(greta.kith("status")["standing"], "active")

    def test_a_watching_device_freezes_on_what_it_reads_first(self):
        gunda = self.impersonated("gunda")
        watching = subprocess.Popen([str(BIN / "kith"), "watch", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                    text=True, env=gunda.env)
        self.addCleanup(watching.communicate)
        self.addCleanup(watching.kill)
        event = next(event for event in map(json.loads, watching.stdout) if event["event"] == "log")
        self.assertTrue(event["frozen"])
        self.assertEqual(gunda.kith("status")["standing"], "frozen")

    def test_cards_of_an_earlier_holder_of_the_address_are_told_of_and_freeze_nothing(self):
        self.newcomer("gerd", "three.test", home="gerd-before")
        entry = self.published("three.test") - 1
        self.kithd("three.test", "account", "remove", "gerd@three.test", "--yes")
        gerd = self.newcomer("gerd", "three.test")
        self.published("three.test")
        said = gerd.kith("audit")
        self.assertEqual(([row["entry"] for row in said["earlier"]], said["foreign"], said["frozen"]), ([entry], [], False))
        self.assertEqual(gerd.kith("audit")["earlier"], [])
        gerd.home.joinpath("log.json").unlink()
        self.assertIn("before your account began", gerd.run("audit").stdout)

    def test_a_stranger_whose_card_no_log_shows_is_not_taken_on_faith(self):
        self.published("one.test")
        self.with_limits("one.test", directory__checkpoint_interval=86_400)
        self.newcomer("hedwig", "one.test")
        done = self.bob.run("trust", "hedwig@one.test", "known")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("directory log", done.stderr)
        self.doCleanups()  # every change gets its checkpoint again
        self.published("one.test")
        self.bob.kith("trust", "hedwig@one.test", "known")

    def test_a_domain_that_shows_two_people_two_different_cards_is_caught(self):
        data, fork = self.data("three.test"), self.field.dir / "fork"
        self.published("three.test")
        self.field.stop("three.test")
        shutil.copytree(data, fork, ignore=shutil.ignore_patterns("admin.sock"))
        self.start("three.test")
        self.newcomer("dave", "three.test")
        size = self.published("three.test")
        self.alice.kith("trust", "dave@three.test", "known")
        self.assertEqual(self.seen("one.test", "three.test")["entries"], size)

        # The same domain, the same keys, as many entries: and another Dave for everybody else.
        self.field.stop("three.test")
        data.rename(self.field.dir / "honest")
        fork.rename(data)
        self.start("three.test")
        self.newcomer("dave", "three.test", home="impostor")
        self.assertEqual(self.published("three.test"), size)
        self.bob.kith("trust", "dave@three.test", "known")
        self.assertEqual(self.seen("two.test", "three.test")["standing"], "good")

        # Two servers that exchange mail find out by themselves.
        self.acquaint(self.bob, self.alice, "alice@one.test")
        eventually("the lie is found", lambda: self.seen("one.test", "three.test")["standing"] == "contradicts itself")
        self.assertIn("log-equivocation", self.log_of("one.test"))
        self.assertEqual(self.metric("one.test", "kith_logs_contradicting"), 1)
        files = list((self.data("one.test") / "log" / "evidence").glob("three.test-*.txt"))
        self.assertEqual(len(files), 1)
        evidence = files[0].read_text()
        self.assertTrue(evidence.startswith("kith/1 equivocation\norigin three.test/kith/1/log\n"))
        self.assertEqual(evidence.count("\nthree.test/kith/1/log\n"), 2)
        self.assertEqual(self.kithd("one.test", "log", "evidence", "three.test"), evidence)

        # Whom nobody knows there is not believed any more; whom one has pinned still writes.
        done = self.alice.run("trust", "mallory@three.test", "known")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("contradicts itself", done.stderr)
        self.kithd("one.test", "log", "forgive", "three.test")
        self.alice.kith("trust", "mallory@three.test", "known")


class Policies(LogTest):
    def witness_key(self, domain):
        """As a policy writes it: C2SP verifier key, signature type 0x04."""
        record = (self.field.dir / domain / "record").read_text().replace('"', "").replace(" ", "")
        key = b"\x04" + base64.b64decode(re.search(r"witness=ed25519:([A-Za-z0-9+/=]+)", record)[1])
        name = f"{domain}/kith/1/witness"
        return f"{name}+{hashlib.sha256(name.encode() + b'%c' % 10 + key).hexdigest()[:8]}+{base64.b64encode(key).decode()}"

    def test_the_policy_of_a_home_says_whose_cosignatures_its_device_asks_for(self):
        before = self.configure("one.test", directory__witnesses=["two.test"])
        self.addCleanup((self.field.dir / "one.test/kithd.toml").write_text, before)
        self.restart("one.test")
        self.bob.kith("trust", "alice@one.test", "known")  # a witness knows the logs of those whom its people know
        nora = self.newcomer("nora", "one.test")
        policy = nora.home / "witnesses.policy"
        policy.write_text(f"witness two {self.witness_key('two.test')}\nquorum two\n")
        self.published("one.test")
        said = eventually("a cosigned checkpoint", lambda: (done := nora.run("audit", "--json")).returncode == 0 and json.loads(done.stdout))
        self.assertEqual(said["witnesses"], ["two"])
        policy.write_text(f"witness three {self.witness_key('three.test')}\nquorum three\n")
        done = nora.run("audit")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("too few of the policy's witnesses", done.stderr)
        policy.write_text("quorum\n")
        self.assertNotEqual(nora.run("audit").returncode, 0, "a policy that cannot be read is not none")
        policy.unlink()
        self.assertEqual(nora.kith("audit")["witnesses"], [])


class Restored(LogTest):
    """A store that comes out of a backup is older than what others have seen."""

    def setUp(self):
        self.before = self.published("two.test")
        self.backup = pathlib.Path(self.folder) / f"backup-{self.id().rsplit('.', 1)[1]}"
        self.kithd("two.test", "backup", self.backup)
        self.newcomer(f"late{len(self.id())}", "two.test")
        self.lost = self.published("two.test")
        self.assertGreater(self.lost, self.before)

    def restore(self):
        shutil.rmtree(self.data("two.test") / "store")
        self.kithd("two.test", "restore", self.backup)

    def test_what_the_backup_lacks_comes_out_of_the_journal(self):
        self.field.stop("two.test")
        self.restore()
        self.start("two.test")
        eventually("the log is mended", lambda: self.verify("two.test")["entries"] >= self.lost)
        self.assertIn("log-mended", self.log_of("two.test"))
        self.assertEqual(self.metric("two.test", "kith_log_stalled"), 0)
        self.newcomer("heinz", "two.test")
        self.published("two.test")
        self.alice.kith("trust", "heinz@two.test", "known")
        self.assertEqual(self.seen("one.test", "two.test")["standing"], "good")

    def test_without_the_journal_nothing_else_is_published_than_a_witness_has_seen(self):
        self.alice.kith("trust", "bob@two.test", "known")  # so that one.test knows two.test's log
        before = self.configure("two.test", directory__witnesses=["one.test"])
        self.addCleanup(self.restart, "two.test")
        self.addCleanup((self.field.dir / "two.test" / "kithd.toml").write_text, before)
        self.restart("two.test")
        self.newcomer("willi", "two.test")
        seen = self.published("two.test")
        _, _, checkpoint = self.curl("two.test", "/kith/1/log/checkpoint")
        self.assertIn("— one.test/kith/1/witness ".encode(), checkpoint)

        self.field.stop("two.test")
        journal = self.data("two.test") / "log"
        journal.rename(self.field.dir / "journal")
        self.restore()
        self.start("two.test")
        eventually("it stalls", lambda: self.metric("two.test", "kith_log_stalled") == 1)
        self.assertIn("log-stalled", self.log_of("two.test"))
        self.newcomer("xaver", "two.test")
        self.assertLess(self.entries("two.test"), seen)
        self.assertEqual(self.seen("one.test", "two.test")["standing"], "good")

        # Its administrator had a copy of the journal, and puts it into its place.
        self.field.stop("two.test")
        shutil.rmtree(journal, ignore_errors=True)
        (self.field.dir / "journal").rename(journal)
        self.start("two.test")
        eventually("it goes on", lambda: self.entries("two.test") > seen)
        self.assertEqual(self.metric("two.test", "kith_log_stalled"), 0)


if __name__ == "__main__":
    unittest.main()
