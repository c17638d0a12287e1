"""The tour of `make run` holds, and a second playground runs beside it."""
import subprocess
import tempfile
import unittest

from lib import ROOT, PlaygroundTest


class Tour(PlaygroundTest):
    def test_every_step_of_the_tour_holds_while_another_playground_runs(self):
        with tempfile.TemporaryDirectory(prefix="kith-tour-") as folder:
            done = subprocess.run([ROOT / "scripts/tour", "--once", folder], capture_output=True, text=True, timeout=840)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertNotIn("FAILED", done.stdout)
        self.assertTrue(all(row["pid"] for row in self.field.status()))

    def test_a_stopped_playground_comes_back_as_it_was(self):
        self.acquaint(self.alice, self.bob, "bob@two.test")
        before = self.bob.subjects()
        self.field.down()
        self.assertFalse(any(row["pid"] for row in self.field.status()))
        self.field.up()
        self.assertEqual(self.bob.subjects(), before)


if __name__ == "__main__":
    unittest.main()
