"""Nothing lost, nothing twice: what was acknowledged is there exactly once, whatever happens to kithd."""
import os
import pathlib
import random
import subprocess
import threading
import time
import unittest

from lib import PlaygroundTest, eventually, fault_shim

ROUNDS = int(os.environ.get("KITH_KILL_ROUNDS", "100"))


class Senders:
    """People who send one message after another until told to stop, and remember what was acknowledged."""

    def __init__(self, person, to, word, count=2):
        self.word = word  # begins their subjects
        self.stop, self.acknowledged, self.tries = threading.Event(), [], 0
        self.threads = [threading.Thread(target=self.work, args=(person, to, n)) for n in range(count)]
        for thread in self.threads:
            thread.start()

    def work(self, person, to, number):
        message = 0
        while not self.stop.is_set():
            subject = f"{self.word} {number}.{message}"
            message += 1
            self.tries += 1
            done = person.run("send", to, "-s", subject, "-m", "x" * 2000, "--no-outbox")
            if done.returncode == 0:
                self.acknowledged.append(subject)

    def finish(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()
        return self.acknowledged


class Durability(PlaygroundTest):
    def test_every_acknowledged_message_arrives_exactly_once_though_both_servers_are_killed(self):
        self.acquaint(self.alice, self.bob, "bob@two.test")
        chance = random.Random(int(os.environ.get("KITH_SEED", time.time_ns())))
        senders = Senders(self.alice, "bob@two.test", "killed")
        for _ in range(ROUNDS):
            time.sleep(chance.uniform(0.02, 0.3))
            victims = chance.choice((("one.test",), ("two.test",), ("one.test", "two.test")))
            for domain in victims:
                self.kill(domain)
            for domain in victims:
                self.start(domain)
        acknowledged = senders.finish()
        self.assertGreater(len(acknowledged), ROUNDS // 2)
        missing = set(acknowledged)

        def arrived():
            missing.difference_update(self.bob.subjects())
            return not missing

        self.kithd("one.test", "queue", "retry", "--all")
        eventually(f"the rest of {len(acknowledged)} acknowledged messages", arrived, seconds=120)
        loads = [s for s in self.bob.subjects() if s and s.startswith("killed ")]
        self.assertEqual(len(loads), len(set(loads)), "a message arrived twice")
        for domain in ("one.test", "two.test"):
            self.kithd(domain, "doctor", "--store")

    def test_after_a_failed_fsync_nothing_is_acknowledged_and_no_mail_is_taken(self):
        fault = pathlib.Path(self.folder) / "fault"
        env = {"LD_PRELOAD": str(fault_shim(self.folder)), "KITH_FAULT_FILE": str(fault)}
        self.acquaint(self.carol, self.bob, "bob@two.test")
        self.restart("two.test", env)
        fault.write_text("fsync-fails\n")
        sent = self.carol.kith("send", "bob@two.test", "-s", "on a broken disk", "-m", "x")
        eventually("a refused attempt", lambda: self.carol.kith("sent", sent["id"])["recipients"][0]["attempts"] >= 1)
        self.assertEqual(self.carol.kith("sent", sent["id"])["recipients"][0]["state"], "queued")
        fault.write_text("")  # the disk says yes again, but what it lost nobody knows
        self.kithd("one.test", "queue", "retry", "--all")
        eventually("a second refused attempt",
                   lambda: self.carol.kith("sent", sent["id"])["recipients"][0]["attempts"] >= 2)
        self.assertEqual(self.carol.kith("sent", sent["id"])["recipients"][0]["state"], "queued")
        self.kill("two.test")
        self.start("two.test")
        self.kithd("one.test", "queue", "retry", "--all")
        eventually("the message, after a restart", lambda: self.bob.subjects().count("on a broken disk") == 1,
                   seconds=90)

    def test_a_clock_that_jumps_loses_nothing(self):
        fault = pathlib.Path(self.folder) / "clock-fault"
        env = {"LD_PRELOAD": str(fault_shim(self.folder)), "KITH_FAULT_FILE": str(fault)}
        self.acquaint(self.carol, self.bob, "bob@two.test")
        self.restart("two.test", env)
        for number, jump in enumerate(("clock-7200", "clock+7200", "clock-86400", "clock+0")):
            fault.write_text(jump)
            self.carol.kith("send", "bob@two.test", "-s", f"clock {number}", "-m", "x")
        fault.write_text("")
        self.kithd("one.test", "queue", "retry", "--all")
        for number in range(4):
            eventually(f"message {number}", lambda: self.bob.subjects().count(f"clock {number}") == 1, seconds=60)
        self.restart("two.test")

    def test_a_backup_taken_under_load_restores_to_a_consistent_store(self):
        self.acquaint(self.alice, self.bob, "bob@two.test")
        senders = Senders(self.alice, "bob@two.test", "backed up")
        eventually("some mail", lambda: len(senders.acknowledged) > 20)
        before = {s for s in self.bob.subjects() if s}
        backup = pathlib.Path(self.folder) / "backup"
        self.kithd("two.test", "backup", backup)
        senders.finish()
        self.field.stop("two.test")
        data = self.field.dir / "two.test" / "data"
        data.rename(data.with_name("data.before"))
        self.kithd("two.test", "restore", backup)
        self.start("two.test")
        self.kithd("two.test", "doctor", "--store")
        after = self.bob.subjects()
        self.assertLessEqual(before, set(after))
        self.assertEqual(len(after), len(set(after)) + after.count("hello") - 1)


class DiskFull(PlaygroundTest):
    def test_a_full_disk_refuses_mail_and_takes_it_again_when_there_is_room(self):
        if os.geteuid() != 0:
            self.skipTest("mounting a small disk needs root")
        self.acquaint(self.alice, self.bob, "bob@two.test")
        self.field.stop("two.test")
        data = self.field.dir / "two.test" / "data"
        kept = data.with_name("data.kept")
        data.rename(kept)
        data.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(data)], capture_output=True, text=True)
        if mounted.returncode != 0:
            kept.rename(data) if not any(data.iterdir()) and data.rmdir() is None else None
            self.start("two.test")
            self.skipTest(f"no tmpfs here: {mounted.stderr.strip()}")
        try:
            subprocess.run(["cp", "-a", f"{kept}/.", str(data)], check=True)
            config = self.field.dir / "two.test" / "kithd.toml"
            config.write_text(config.read_text().replace("min_free_octets = 268435456", "min_free_octets = 4194304"))
            self.start("two.test")
            big = pathlib.Path(self.folder) / "big.bin"
            big.write_bytes(os.urandom(6 << 20))
            sent = [self.alice.kith("send", "bob@two.test", "-s", f"big {n}", "-m", "x", "-a", big)["id"] for n in range(12)]

            def states():
                return [self.alice.kith("sent", id)["recipients"][0] for id in sent]

            eventually("a delivery refused for want of room",
                       lambda: any(r["state"] == "queued" and r["attempts"] >= 1 for r in states()), seconds=60)
            self.kithd("two.test", "doctor", "--store")
            subprocess.run(["mount", "-o", "remount,size=400m", str(data)], check=True)
            self.kithd("one.test", "queue", "retry", "--all")
            eventually("all of it", lambda: all(r["state"] == "delivered" for r in states()), seconds=90)
            for n in range(12):
                self.assertEqual(self.bob.subjects().count(f"big {n}"), 1)
        finally:
            self.field.stop("two.test")
            subprocess.run(["umount", str(data)], check=False)


if __name__ == "__main__":
    unittest.main()
