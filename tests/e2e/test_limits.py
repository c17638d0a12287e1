"""Every limit of the configuration through real sockets, set by a reload of a server that runs."""
import json
import signal
import socket
import ssl
import subprocess
import time
import unittest

import frames
from frames import DATA, END_HEADERS, END_STREAM, HEADERS, frame

from lib import BIN, SANITIZED, PlaygroundTest, eventually, fault_shim


class Limits(PlaygroundTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acquaint(cls, cls.alice, cls.bob, "bob@two.test")

    def send(self, who=None, size=10, to="bob@two.test", subject="x", wait=False):
        words = ["send", to, "-s", subject, *(["--wait=20"] if wait else [])]
        return (who or self.alice).run(*words, "--json", stdin="a line of text\n" * (1 + size // 15))

    def refusal(self, domain, status, after):
        """The line of the log in which `domain` answers a delivery with `status`, behind `after` characters."""
        return eventually(f"{status} in the log of {domain}", lambda: next(
            (line for line in self.log_of(domain)[after:].splitlines()
             if " delivery-in " in line and f" status={status} " in line), None))

    def arrives(self, subject):
        self.kithd("one.test", "queue", "retry", "--all")
        eventually(subject, lambda: self.bob.subjects().count(subject) == 1)

    def mark(self, domain):
        return len(self.log_of(domain))

    def test_deliveries_per_domain_hour_is_answered_429_and_the_message_waits(self):
        self.with_limits("two.test", federation__deliveries_per_domain_hour=1)
        mark = self.mark("two.test")
        self.send(subject="over the hour")
        self.assertIn("type=over-quota", self.refusal("two.test", 429, mark))
        self.assertTrue(eventually("a waiting row", lambda: json.loads(self.kithd("one.test", "queue", "list", "--json"))))
        self.doCleanups()
        self.arrives("over the hour")

    def test_strangers_requests_a_day_is_answered_429(self):
        self.with_limits("two.test", strangers__requests_a_day=0)
        mark = self.mark("two.test")
        self.send(self.mallory, wait=True)
        self.assertIn("type=over-quota", self.refusal("two.test", 429, mark))

    def test_a_price_note_that_was_given_out_is_kept_to_when_the_price_has_risen(self):
        bare = self.mallory.kith("send", "bob@two.test", "-s", "cheap", "-m", "x", "--no-pay", "--wait", expect=3)
        self.with_limits("two.test", strangers__effort=1_000_000)
        paid = self.mallory.kith("sent", bare["id"], "--pay")
        self.assertEqual(paid["recipients"][0]["state"], "held")
        dear = self.mallory.kith("send", "bob@two.test", "-s", "dear", "-m", "x", "--wait", expect=3)
        self.assertEqual((dear["recipients"][0]["state"], dear["recipients"][0]["effort"]), ("needs-stamp", 1_000_000))

    def test_a_search_for_a_stamp_that_was_interrupted_goes_on(self):
        self.with_limits("two.test", strangers__effort=40_000)
        pending = self.mallory.home / "pending"

        def interrupted(*words):
            """The command, ended by Ctrl-C once it has written down how far it is."""
            before = {f: f.stat().st_mtime_ns for f in pending.glob("*.search")}
            process = subprocess.Popen([BIN / "kith", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                       env=self.mallory.env)
            eventually("a search under way", lambda: any(before.get(f) != f.stat().st_mtime_ns for f in pending.glob("*.search")))
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
            self.assertIn("on ", err.split("an effort of 40000, ")[1])
            self.assertIn("goes on from here", err)
            return out, max(json.loads(f.read_text())["nonce"] for f in pending.glob("*.search"))

        out, first = interrupted("send", "bob@two.test", "-s", "patience", "-m", "x", "--wait")
        id = out.split()[0]
        self.assertGreater(first, 0)
        self.assertEqual(self.mallory.kith("sent", id)["recipients"][0]["state"], "needs-stamp")
        self.assertGreater(interrupted("sent", id, "--pay")[1], first)
        self.mallory.kith("sent", id, "--cancel")

    def test_a_full_account_is_answered_429(self):
        self.with_limits("two.test", limits__quota_octets=1 << 20)
        mark = self.mark("two.test")
        self.send(size=1_500_000)
        self.assertIn("type=over-quota", self.refusal("two.test", 429, mark))

    def test_a_message_that_is_too_large_is_answered_413_with_the_limit(self):
        self.with_limits("two.test", limits__blob_octets=1 << 20)
        mark = self.mark("two.test")
        done = self.send(size=1_500_000, wait=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("type=too-large", self.refusal("two.test", 413, mark))
        status, _, body = self.curl("two.test", "/kith/1/deliveries", data=b"blob 1048577\n")
        self.assertIn(status, (400, 413))
        if status == 413:
            self.assertEqual(json.loads(body)["limit"], 1 << 20)

    def test_the_sender_is_told_what_is_too_large_before_it_uploads(self):
        self.with_limits("one.test", limits__blob_octets=1 << 20)
        self.assertNotEqual(self.send(size=1_500_000).returncode, 0)

    def test_recipients_a_day_and_a_message_are_refused_to_the_sender(self):
        self.with_limits("one.test", limits__recipients_a_day=1)
        done = self.send(subject="one too many")
        self.assertNotEqual(done.returncode, 0)
        self.assertTrue(done.stderr.strip())
        self.doCleanups()
        self.with_limits("one.test", limits__recipients_a_message=1)
        done = self.alice.run("send", "bob@two.test", "carol@one.test", "-s", "two", "-m", "x")
        self.assertNotEqual(done.returncode, 0)
        self.doCleanups()
        self.assertEqual(self.send(wait=True).returncode, 0)

    def test_a_nearly_full_disk_is_answered_503_and_the_message_waits(self):
        self.with_limits("two.test", limits__min_free_octets=1 << 49)
        mark = self.mark("two.test")
        self.send(subject="no room")
        self.refusal("two.test", 503, mark)
        self.doCleanups()
        self.arrives("no room")

    @unittest.skipIf(SANITIZED, "the library that makes the disk slow cannot be loaded before the sanitizer's")
    def test_more_writes_than_may_wait_for_the_disk_are_answered_503(self):
        fault = self.field.dir / "fault"
        fault.write_text("")
        shim = {"LD_PRELOAD": str(fault_shim(self.field.dir)), "KITH_FAULT_FILE": str(fault)}
        before = self.configure("two.test", limits__unflushed_octets=1 << 20)
        self.field.stop("two.test")
        for i in range(40):
            self.send(subject=f"crowd {i}")
        self.start("two.test", env=shim)
        mark = self.mark("two.test")
        fault.write_text("fsync-waits")
        self.kithd("one.test", "queue", "retry", "--all")
        self.refusal("two.test", 503, mark)
        fault.write_text("")
        (self.field.dir / "two.test" / "kithd.toml").write_text(before)
        self.kithd("two.test", "reload")

        def all_there():
            self.kithd("one.test", "queue", "retry", "--all")
            return sum(s.startswith("crowd ") for s in self.bob.subjects()) >= 40
        eventually("the crowd", all_there, 60)
        self.assertEqual(sorted(s for s in self.bob.subjects() if s.startswith("crowd ")),
                         sorted(f"crowd {i}" for i in range(40)))
        self.restart("two.test")

    def test_calls_from_one_network_are_answered_429_with_retry_after(self):
        self.with_limits("three.test", limits__requests_a_prefix_minute=2)
        answers = [self.curl("three.test", "/.well-known/kith") for _ in range(4)]
        self.assertIn(200, [a[0] for a in answers])
        status, headers, _ = next(a for a in answers if a[0] == 429)
        self.assertGreater(int(headers["retry-after"]), 0)

    def test_connections_from_one_network_are_bounded(self):
        self.with_limits("three.test", limits__connections_a_prefix=3)
        context = ssl.create_default_context(cafile=self.field.dir / "ca/ca.pem")
        context.set_alpn_protocols(["h2"])
        held, refused = [], 0
        for _ in range(8):
            one = socket.create_connection(("127.0.0.1", self.field.ports()["three.test"]))
            try:
                held.append(context.wrap_socket(one, server_hostname="mail.three.test"))
            except (ssl.SSLError, OSError):
                refused += 1
        for one in held:
            one.close()
        self.assertLessEqual(len(held), 3)
        self.assertGreaterEqual(refused, 5)
        metrics = eventually("metrics again", lambda: self.metrics("three.test"))
        self.assertGreaterEqual(metrics["kith_connections_refused_total"], 5)

    # Each of the times is told from the defaults (10 s and more) by the end coming at all: the clients wait for 5 s.

    def quick(self, domain, **more):
        client = frames.Client(self.field.ports()[domain], self.field.dir / "ca/ca.pem", source="127.0.0.1", timeout=5,
                               host=f"mail.{domain}", **more)
        self.addCleanup(client.close)
        return client

    def test_a_handshake_that_does_not_go_on_is_cut_after_its_time(self):
        with socket.create_connection(("127.0.0.1", self.field.ports()["three.test"]), timeout=5) as silent:
            with self.assertRaises(TimeoutError):
                silent.recv(1)
        self.with_limits("three.test", http__handshake_timeout=1)
        with socket.create_connection(("127.0.0.1", self.field.ports()["three.test"]), timeout=5) as silent:
            self.assertEqual(silent.recv(1), b"")

    def test_a_connection_without_a_request_is_cut_after_the_headers_time(self):
        self.assertFalse(self.quick("three.test").ends())
        self.with_limits("three.test", http__header_timeout=1)
        self.assertTrue(self.quick("three.test").ends())

    def slow_body(self, domain):
        """Whether a delivery whose body comes with some 10 octets a second is ended."""
        client = self.quick(domain)
        client.tls.settimeout(0.5)
        client.send(frame(HEADERS, END_HEADERS, 1, frames.request("POST", "/kith/1/deliveries", host=f"mail.{domain}")))
        octets, end = b"extra 60000\n", time.monotonic() + 5
        while time.monotonic() < end:
            client.send(frame(DATA, 0, 1, octets))
            octets = b"a line"
            if client.until(lambda kind, flags, stream, payload: stream == 1):
                return True
        return False

    def test_a_slow_body_is_cut_by_the_configured_rate(self):
        self.assertFalse(self.slow_body("three.test"))
        self.with_limits("three.test", http__body_grace=1, http__min_body_rate=1024)
        self.assertTrue(self.slow_body("three.test"))
        self.with_limits("three.test", http__min_body_rate=1)
        self.assertFalse(self.slow_body("three.test"))

    def test_a_connection_at_rest_is_closed_after_the_idle_time(self):
        def asked_once():
            client = self.quick("three.test")
            client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1,
                              frames.request("GET", "/.well-known/kith", host="mail.three.test")))
            self.assertTrue(client.until(lambda kind, flags, stream, payload: kind == DATA))
            return client.ends()
        self.assertFalse(asked_once())
        self.with_limits("three.test", http__idle_timeout=2)
        self.assertTrue(asked_once())

    def test_recipients_an_hour_are_refused_to_the_sender(self):
        self.with_limits("one.test", limits__recipients_an_hour=1)
        done = self.send(subject="one too many in an hour")
        self.assertNotEqual(done.returncode, 0)
        self.doCleanups()
        self.assertEqual(self.send(wait=True).returncode, 0)

    def test_clients_limits_are_taken_by_a_reload(self):
        self.with_limits("one.test", clients__tokens=1)
        self.alice.run("token", "new")  # the one there may be, unless it is there
        self.assertNotEqual(self.alice.run("token", "new").returncode, 0)
        self.doCleanups()
        self.alice.kith("token", "new")

    def test_a_value_out_of_bounds_is_refused_by_a_reload_and_the_old_one_stays(self):
        before = self.configure("one.test", http__header_timeout=0)
        try:
            done = subprocess.run([str(BIN / "kithd"), "reload", "--config", str(self.field.dir / "one.test/kithd.toml")],
                                  capture_output=True, text=True)
        finally:
            (self.field.dir / "one.test/kithd.toml").write_text(before)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r":\d+: http.header_timeout must be 1 to 300")
        self.kithd("one.test", "status")

    def metrics(self, domain):
        try:
            text = self.curl(domain, "/metrics")[2].decode()
        except (IndexError, ValueError):
            return None  # those before still hold the places
        return {name: float(value) for name, value in
                (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))}


if __name__ == "__main__":
    unittest.main()
