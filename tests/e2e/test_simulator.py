"""kith-sim as somebody uses it who doubts the rules."""
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from lib import BIN, ROOT

SMALL = ("--people", "300", "--days", "4", "--warm-up", "3")


class Simulator(unittest.TestCase):
    def run_it(self, *words, **more):
        return subprocess.run([str(BIN / "kith-sim"), *words], capture_output=True, text=True, timeout=120, **more)

    def verbs(self):
        listed = self.run_it("--help").stdout.partition("Subcommands:\n")[2].split("\n\n")[0]
        return re.findall(r"^  (\S+)", listed, re.M)

    def test_every_verb_has_help_with_examples_and_its_options_in_the_manual(self):
        manual = (ROOT / "etc/man/kith-sim.1").read_text().replace("\\-", "-")
        self.assertIn("run", self.verbs())
        for verb in self.verbs():
            said = self.run_it(verb, "--help").stdout
            self.assertIn(f"kith-sim {verb}", said.partition("Examples:")[2], verb)
            self.assertIn(f".SS {verb}", manual)
            for option in re.findall(r"^  (--[a-z-]+)", said.partition("Examples:")[0], re.M):
                self.assertIn(option, manual, verb)

    def test_a_run_says_what_got_through_and_that_the_bound_held(self):
        done = self.run_it("--json", "run", "--hacked", "1", "--attacker", "greedy", *SMALL)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(json.loads(done.stdout))

    def test_a_broken_rule_breaks_the_bound_and_the_run_fails(self):
        done = self.run_it("run", "--fault", "no-vouch-meter", *SMALL)
        self.assertEqual(done.returncode, 1, done.stdout)

    def test_an_edge_list_is_read_as_published_and_a_bad_line_is_refused_with_its_number(self):
        with tempfile.TemporaryDirectory() as folder:
            good, bad = pathlib.Path(folder) / "good", pathlib.Path(folder) / "bad"
            good.write_text("# nodes\n" + "".join(f"{a}\t{b}\n" for a in range(40) for b in range(a + 1, min(a + 9, 40))))
            bad.write_text("0\t1\n1 two\n")
            done = self.run_it("run", "--graph", str(good), "--days", "3", "--warm-up", "2", "--hacked", "5")
            self.assertEqual(done.returncode, 0, done.stderr)
            refused = self.run_it("run", "--graph", str(bad))
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn("2", refused.stderr)
            self.assertNotEqual(self.run_it("run", "--graph", folder + "/none").returncode, 0)

    def test_what_cannot_be_is_a_usage_error(self):
        for words in (("run", "--hacked", "101"), ("run", "--attacker", "nobody"), ("run", "--people", "x"), ("walk",)):
            done = self.run_it(*words)
            self.assertEqual((done.returncode, bool(done.stderr)), (2, True), words)


if __name__ == "__main__":
    unittest.main()
