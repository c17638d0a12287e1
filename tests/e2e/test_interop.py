"""The second implementation (tests/interop) and kithd understand each other, both ways."""
import base64
import json
import pathlib
import subprocess
import unittest

from lib import ROOT, PlaygroundTest, eventually, playground


class Interop(PlaygroundTest):
    def file(self, name, octets):
        path = self.field.dir / name
        path.write_bytes(octets)
        return path

    def age(self, *words):
        """Debian's age, which knows nothing of us."""
        return subprocess.run(["age", *map(str, words)], check=True, capture_output=True).stdout

    def test_a_domain_in_javascript_delivers_a_message_and_opens_the_answer(self):
        here = ROOT / "tests/interop"
        if not (here / "node_modules/age-encryption").exists():
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=here, check=True, capture_output=True)
        self.field.certificate("js.test")
        (self.field.dir / "records.json").write_text(json.dumps(
            {d: (self.field.dir / d / "record").read_text().split('"')[1::2] and
             "".join((self.field.dir / d / "record").read_text().split('"')[1::2]) for d in playground.DOMAINS}))
        port = playground.free_ports(1)[0]
        script = subprocess.Popen(["node", str(here / "run.mjs"), str(self.field.dir), str(port)], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            said = lambda: json.loads(script.stdout.readline() or json.dumps({"step": script.stderr.read()}))
            record = said()["record"]
            self.publish(f'_kith.js.test. TXT "{record}"', "mail.js.test. A 127.0.0.1")
            script.stdin.write("\n")
            script.stdin.flush()
            bare = said()
            self.assertEqual((bare["step"], bare.get("status")), ("without a stamp", 402))
            paid = said()
            self.assertEqual((paid["step"], paid.get("status")), ("with a stamp", 202))
            request = eventually("julia's request", lambda: [r for r in self.bob.kith("requests")
                                                             if r["from"] == "julia@js.test"])[0]
            self.bob.kith("accept", request["id"])
            taken = eventually("julia's message", lambda: [r for r in self.bob.kith("inbox") if r["from"] == "julia@js.test"])[0]
            self.assertIn("Hello from JavaScript.", self.bob.run("read", taken["id"], "--text").stdout)
            self.bob.kith("send", "julia@js.test", "-s", "welcome", "-m", "Hello from C++.", "--wait")
            opened = said()
            self.assertEqual((opened["step"], opened.get("from")), ("opened", "bob@two.test"))
            self.assertIn("Hello from C++.", opened["message"])
            self.assertEqual(self.age("-d", "-i", self.file("julia.key", opened["identity"].encode()),
                                      self.file("sealed", base64.b64decode(opened["file"]))).decode(), opened["message"])
            card = self.bob.kith("card")
            recipients = [word for device in card["devices"] for word in ("-r", device["recipient"])]
            letter = b"From: julia@js.test\r\nTo: bob@two.test\r\nSubject: by age\r\n\r\nSealed by another program.\r\n"
            self.age(*recipients, "-o", self.field.dir / "by-age", self.file("letter", letter))
            script.stdin.write("\n")
            script.stdin.flush()
            self.assertEqual(said(), {"step": "sealed by age", "status": 201})
            read = [self.bob.run("read", row["id"], "--eml").stdout for row in self.bob.kith("inbox")]
            self.assertEqual([one for one in read if "by age" in one], [letter.decode().replace("\r\n", "\n")])
        finally:
            script.kill()


if __name__ == "__main__":
    unittest.main()
