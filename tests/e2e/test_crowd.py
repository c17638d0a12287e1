"""Many at once: one message to as many people as may be in one, and a queue of ten thousand rows."""
import json
import os
import subprocess
import unittest
from concurrent.futures import ThreadPoolExecutor

from lib import BIN, Person, PlaygroundTest, eventually

PEOPLE = 500  # the most recipients of one message
LETTERS = 20  # to each of them: the queue's 10,000 rows
GENEROUS = {"clients__accounts_a_prefix_hour": 100_000, "clients__logins_a_prefix_minute": 100_000,
            "limits__recipients_an_hour": 100_000, "limits__recipients_a_day": 100_000}


def at_once(work, items):
    with ThreadPoolExecutor(os.cpu_count() * 2) as pool:
        return list(pool.map(work, items))


class Crowd(PlaygroundTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for domain in ("one.test", "two.test"):
            cls.configure(cls(), domain, **GENEROUS, log__level="debug")
            subprocess.run([str(BIN / "kithd"), "reload", "--config", str(cls.field.dir / domain / "kithd.toml")], check=True,
                           capture_output=True)
        cls.crowd = at_once(cls.make, [f"p{i}" for i in range(PEOPLE)])
        cls.addresses = [f"{one.name}@two.test" for one in cls.crowd]

    @classmethod
    def make(cls, name):
        """A person of two.test who knows alice."""
        cls.field.person(f"{name}@two.test", cls.field.ports())
        one = Person(cls.field, name)
        one.kith("contacts", "add", "alice@one.test", "--level", "well-trusted")
        return one

    def uploads(self):
        """How many bodies have been given to alice's server by its people."""
        return self.log_of("one.test").count("/jmap/upload/")

    def to_everybody(self, subject, *words):
        return self.alice.kith("send", *self.addresses, "-s", subject, "-m", "hello", *words, timeout=300)

    def states(self, sent):
        return [r["state"] for r in self.alice.kith("sent", sent["id"])["recipients"]]

    def queue(self, *words):
        return json.loads(self.kithd("one.test", "queue", *words, "--json"))

    def everybody_has(self, subjects):
        for one, found in zip(self.crowd, at_once(lambda one: one.subjects(), self.crowd)):
            mine = [s for s in found if s in subjects]
            self.assertEqual(sorted(mine), sorted(subjects), f"{one.name}: lost, or twice")

    def test_one_message_to_500_people_is_uploaded_once_and_everybody_gets_it(self):
        before = self.uploads()
        sent = self.to_everybody("to all of you", "--wait=240")
        self.assertEqual(len(sent["recipients"]), PEOPLE)
        self.assertEqual(set(self.states(sent)), {"delivered"})
        self.assertEqual(self.uploads() - before, 1)
        self.everybody_has(["to all of you"])

    def test_a_queue_of_ten_thousand_rows_is_handled_and_goes_out(self):
        self.to_everybody("so that their cards are known", "--wait=240")
        self.field.stop("two.test")
        self.addCleanup(lambda: self.field.pid_of("two.test") or self.start("two.test"))
        subjects = [f"letter {i}" for i in range(LETTERS)]
        sent = [self.to_everybody(subject) for subject in subjects]
        rows = eventually("all rows", lambda: (found := self.queue("list", "--limit", 10_000)) and
                          len(found) == PEOPLE * LETTERS and found)
        self.assertEqual({row["to"] for row in rows}, set(self.addresses))
        self.assertEqual(len(self.queue("list")), 100)

        given_up = rows[-1]
        self.kithd("one.test", "queue", "drop", given_up["id"])
        self.kithd("one.test", "queue", "retry", rows[0]["id"])
        self.assertEqual(len(self.queue("list", "--limit", 10_000)), PEOPLE * LETTERS - 1)

        self.start("two.test")
        self.kithd("one.test", "queue", "retry", "--all")
        eventually("an empty queue", lambda: not self.queue("list", "--limit", 1), seconds=300)
        states = [state for each in sent for state in self.states(each)]
        self.assertEqual((states.count("delivered"), states.count("failed")), (PEOPLE * LETTERS - 1, 1))
        name = given_up["to"].split("@")[0]
        loser = next(one for one in self.crowd if one.name == name)
        self.assertEqual(len([s for s in loser.subjects() if s in subjects]), LETTERS - 1)
        self.crowd.remove(loser)
        self.everybody_has(subjects)


if __name__ == "__main__":
    unittest.main()
