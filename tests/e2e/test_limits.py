"""Every limit of the configuration through real sockets, set by a reload of a server that runs."""
import json
import socket
import ssl
import unittest

from lib import SANITIZED, PlaygroundTest, eventually, fault_shim


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

    def metrics(self, domain):
        try:
            text = self.curl(domain, "/metrics")[2].decode()
        except (IndexError, ValueError):
            return None  # those before still hold the places
        return {name: float(value) for name, value in
                (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))}


if __name__ == "__main__":
    unittest.main()
