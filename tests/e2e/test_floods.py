"""Floods of deliveries that are worth nothing: wanted mail arrives, none is lost, and what was turned away is counted."""
import json
import socket
import ssl
import subprocess
import time
import unittest

from lib import ROOT, PlaygroundTest, eventually, playground


class Floods(PlaygroundTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acquaint(cls, cls.alice, cls.bob, "bob@two.test")

    # --- verbs -----------------------------------------------------------------------------------

    def metrics(self, domain):
        text = self.curl(domain, "/metrics")[2].decode()
        return {name: float(value) for name, value in
                (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))}

    def shed(self, domain, reason):
        return self.metrics(domain).get(f'kith_shed_total{{reason="{reason}"}}', 0)

    def top(self, domain):
        return json.loads(self.kithd(domain, "top", "--once", "--json"))

    def flood(self, sources):
        """Runs flood.mjs; its end is awaited by the caller with over()."""
        interop = ROOT / "tests/interop"
        if not (interop / "node_modules/age-encryption").exists():
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=interop, check=True, capture_output=True)
        (self.field.dir / "records.json").write_text(json.dumps(
            {d: "".join((self.field.dir / d / "record").read_text().split('"')[1::2]) for d in playground.DOMAINS}))
        given = json.dumps({"port": self.field.ports()["two.test"], "sources": sources})
        script = subprocess.Popen(["node", ROOT / "tests/e2e/flood.mjs", self.field.dir, given], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        self.addCleanup(script.kill)
        self.publish(json.loads(script.stdout.readline())["record"], "mail.flood.test. A 127.0.0.1")
        script.stdin.write("\n")
        script.stdin.flush()
        self.assertTrue(json.loads(script.stdout.readline())["flooding"])
        return script

    def over(self, script):
        """How often each kind was answered what."""
        out, _ = script.communicate(timeout=30)
        return json.loads(out.splitlines()[-1])

    def wanted_mail_arrives(self, count, label):
        for i in range(count):
            done = self.alice.run("send", "bob@two.test", "-s", f"{label} {i}", "-m", "x", "--wait=60")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(sorted(s for s in self.bob.subjects() if s.startswith(label)),
                         sorted(f"{label} {i}" for i in range(count)))

    # --- tests -----------------------------------------------------------------------------------

    def test_wanted_mail_arrives_during_a_flood_and_what_is_turned_away_is_counted(self):
        self.with_limits("two.test", load__faults_a_prefix_minute=100)
        script = self.flood([f"127.0.{net}.1" for net in range(1, 9)])
        eventually("networks that wait outside", lambda: self.shed("two.test", "faults") > 0)
        self.wanted_mail_arrives(20, "in the flood")
        load = self.top("two.test")
        counts = self.over(script)
        answers = {kind: set(of) for kind, of in counts.items()}
        self.assertIn("403", answers["forged"])
        self.assertIn("403", answers["expired"])
        self.assertIn("404", answers["nobody"])
        self.assertIn("402", answers["stampless"])
        self.assertIn("400", answers["broken"])
        for kind, of in answers.items():
            self.assertFalse(of & {"201", "202", "500"}, (kind, counts[kind]))
            self.assertIn("429", of, "nobody was kept outside")
        turned_away = sum(of.get("429", 0) for of in counts.values())
        self.assertGreaterEqual(self.shed("two.test", "faults"), turned_away)
        rows = {row["network"]: row for row in load["networks"]}
        self.assertTrue(any(row["shed"] > 0 for name, row in rows.items() if name.startswith("127.0.") and name != "127.0.0.1"))
        self.assertEqual(rows["127.0.0.1"]["shed"], 0)
        domains = {row["domain"]: row for row in load["domains"]}
        self.assertGreaterEqual(domains["one.test"]["taken"], 1)
        self.assertEqual(domains["one.test"]["refused"], 0, "what others forged in its name is not its own")
        self.assertIn("faults", [row["reason"] for row in load["shed"]])
        self.assertEqual([r for r in self.bob.kith("requests") if r["from"].endswith("flood.test")], [])

    def test_a_network_that_goes_on_before_a_shut_door_is_refused_its_connections(self):
        self.with_limits("two.test", load__faults_a_prefix_minute=20, load__shut_out=5)
        before = self.metrics("two.test")["kith_connections_refused_total"]
        script = self.flood(["127.0.20.1"])
        eventually("refused connections", lambda: self.metrics("two.test")["kith_connections_refused_total"] > before)
        self.wanted_mail_arrives(3, "next door")
        self.assertIn("closed", {answer for of in self.over(script).values() for answer in of})

    def test_handshakes_of_one_network_are_bounded_and_another_ones_are_not(self):
        self.with_limits("two.test", limits__handshakes_a_prefix_minute=40)
        trusted = ssl.create_default_context(cafile=self.field.dir / "ca/ca.pem")

        def shakes(source):
            try:
                with socket.create_connection(("127.0.0.1", self.field.ports()["two.test"]), 10, (source, 0)) as plain, \
                        trusted.wrap_socket(plain, server_hostname="mail.two.test"):
                    return True
            except OSError:
                return False
        done = [shakes("127.0.40.1") for _ in range(60)]
        self.assertTrue(all(done[:40]), "what is allowed passes")
        self.assertFalse(all(done[40:]))
        self.assertTrue(shakes("127.0.41.1"))
        self.assertGreater(self.metrics("two.test")['kith_tls_handshakes_total{result="refused"}'], 0)
        self.wanted_mail_arrives(2, "between handshakes")

    def test_a_domain_that_brings_more_than_a_new_one_may_waits_and_nothing_is_lost(self):
        self.wanted_mail_arrives(1, "first")
        self.with_limits("two.test", federation__deliveries_at_first=1)
        before = len(self.log_of("two.test"))
        self.alice.run("send", "bob@two.test", "-s", "over what is usual", "-m", "x")
        eventually("429", lambda: "over-quota" in self.log_of("two.test")[before:])
        self.assertNotIn("over what is usual", self.bob.subjects())
        self.doCleanups()
        self.kithd("one.test", "queue", "retry", "--all")
        eventually("it arrives", lambda: "over what is usual" in self.bob.subjects())

    def test_a_server_that_nobody_knows_comes_back_with_the_cookie(self):
        before = self.configure("two.test", load__cookies="always")
        self.restart("two.test")
        try:
            self.wanted_mail_arrives(3, "with a cookie")
            self.assertGreaterEqual(self.shed("two.test", "cookie"), 1)
            status, headers, _ = self.curl("two.test", "/kith/1/deliveries", "--interface", "127.0.30.1", data=b"stub 5\nhello")
            self.assertEqual(status, 503)
            self.assertRegex(headers["kith-cookie"], r"^[A-Za-z0-9_-]{32}$")
            # Who waits with one does not wait again because the server was restarted.
            self.restart("two.test")
            time.sleep(1.1)
            status, _, _ = self.curl("two.test", "/kith/1/deliveries", "--interface", "127.0.30.1", "-H",
                                     f"kith-cookie: {headers['kith-cookie']}", data=b"stub 5\nhello")
            self.assertEqual(status, 400)
        finally:
            (self.field.dir / "two.test/kithd.toml").write_text(before)
            self.restart("two.test")

    def test_records_that_lead_elsewhere_are_not_followed(self):
        key = "key=" + (self.field.dir / "two.test/record").read_text().split("key=")[1].split(";")[0].strip('" \n')
        self.publish(f'_kith.knock.test. TXT "v=kith1; host=mail.knock.test; port=25; {key}"', "mail.knock.test. A 127.0.0.1",
                     f'_kith.cloud.test. TXT "v=kith1; host=mail.cloud.test; port=4430; {key}"',
                     "mail.cloud.test. A 169.254.169.254")
        for address, why in (("x@knock.test", "port 25 is not called"), ("x@cloud.test", "not public")):
            done = self.alice.run("contacts", "add", address)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(why, done.stdout + done.stderr + self.log_of("one.test"))

    def test_reading_a_request_fetches_nothing_and_accepting_it_one_body(self):
        def fetched():
            return sum(value for name, value in self.metrics("three.test").items()
                       if name.startswith('kith_http_requests_total{route="blobs"'))
        self.mallory.kith("send", "bob@two.test", "-s", "unread", "-m", "x", "--wait")
        [request] = [r for r in self.bob.kith("requests") if r["from"].startswith("mallory@")]
        before = fetched()
        for words in (("requests",), ("why", request["id"]), ("read", request["id"])):
            self.bob.run(*words)
        time.sleep(1)
        self.assertEqual(fetched(), before)
        # By lot it may take a second, and comes all the same.
        self.with_limits("two.test", federation__body_delay=1)
        self.bob.kith("accept", request["id"])
        self.assertEqual(fetched(), before + 1)


if __name__ == "__main__":
    unittest.main()
