"""Mail from servers that have no Kith: who gets in, as what, and what is refused in the session."""
import pathlib
import random
import smtplib
import socket
import ssl
import threading
import time
import unittest

from lib import SANITIZED, PlaygroundTest, fault_shim, playground

CLIENT = "127.0.0.1"
SPF_HERE = f'"v=spf1 ip4:{CLIENT} -all"'


def letter(sender, to, subject, body="Hello.\r\n", extra=""):
    return (f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: Fri, 27 Nov 2026 10:00:00 +0000\r\n"
            f"Message-ID: <{random.getrandbits(64):x}@old.test>\r\n{extra}\r\n{body}").encode()


class Smtp(PlaygroundTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.port = playground.free_ports(1)[0]
        self = cls("runTest")
        self.configure("one.test", smtp__listen=[f"{CLIENT}:{cls.port}"])
        self.restart("one.test")
        record = (cls.field.dir / "two.test/record").read_text()
        value = record[record.index('"'):].strip().replace("mode=testing", "mode=enforce")
        self.publish(f"old.test. TXT {SPF_HERE}",
                     '_dmarc.old.test. TXT "v=DMARC1; p=reject"',
                     'shut.test. TXT "v=spf1 -all"',
                     '_dmarc.shut.test. TXT "v=DMARC1; p=reject"',
                     'doubt.test. TXT "v=spf1 -all"',
                     '_dmarc.doubt.test. TXT "v=DMARC1; p=quarantine"',
                     f"two.test. TXT {SPF_HERE}",
                     '_dmarc.two.test. TXT "v=DMARC1; p=none"',
                     f"only.test. TXT {SPF_HERE}",
                     '_dmarc.only.test. TXT "v=DMARC1; p=none"',
                     f"_kith.only.test. TXT {value}")

    def runTest(self):
        """What setUpClass borrows the methods of."""

    def connect(self):
        return smtplib.SMTP(CLIENT, self.port, local_hostname="relay.old.test", timeout=30)

    def send(self, sender, to, subject, envelope=None, **more):
        """The first refusal as (code, text), or None when it was taken for all."""
        recipients = to if isinstance(to, list) else [to]
        data = letter(sender, ", ".join(recipients), subject, **more)
        with self.connect() as client:
            try:
                refused = client.sendmail(envelope or sender, recipients, data)
            except smtplib.SMTPRecipientsRefused as all_refused:
                refused = all_refused.recipients
            except smtplib.SMTPDataError as error:
                return error.smtp_code, error.smtp_error.decode()
        for code, text in refused.values():
            return code, text.decode()
        return None

    def row(self, of, subject, *where):
        return next((r for r in of.kith(*(where or ("inbox",))) if r["subject"] == subject), None)

    def request(self, of, subject):
        return self.row(of, subject, "requests", "--all")

    def codes(self, of, row):
        return [reason["code"] for reason in of.kith("why", row["id"])["reasons"]]

    # --- who gets in -----------------------------------------------------------------------------

    def test_stranger_is_held_accepted_and_known_from_then_on(self):
        body = "First line.\r\n.dots and \xe4\r\n".encode("latin-1").decode("utf-8", "replace")
        self.assertIsNone(self.send("olga@old.test", "alice@one.test", "a stranger", body=body))
        row = self.request(self.alice, "a stranger")
        self.assertEqual((row["via"], row["tier"], row["from"]), ("smtp", "unknown", "olga@old.test"))
        self.assertIn("smtp-stranger", self.codes(self.alice, row))
        self.alice.kith("accept", row["id"])
        eml = self.alice.run("read", row["id"], "--eml").stdout
        self.assertIn("First line.\n.dots and", eml.replace("\r", ""))
        self.assertIn("dmarc=pass", eml)
        self.assertTrue(eml.startswith("Return-Path: <olga@old.test>"), eml[:200])
        self.assertIsNone(self.send("olga@old.test", "alice@one.test", "known now"))
        known = self.row(self.alice, "known now")
        self.assertEqual((known["tier"], known["via"], known["warning"]), ("known", "smtp", None))
        self.assertIn("smtp-proven", self.codes(self.alice, known))
        contact = next(c for c in self.alice.kith("contacts") if c["address"] == "olga@old.test")
        self.assertEqual(contact["level"], "known")
        self.alice.kith("trust", "olga@old.test", "well-trusted", expect=2)
        self.alice.kith("trust", "olga@old.test", "blocked")
        self.assertIsNone(self.send("olga@old.test", "alice@one.test", "blocked now"))
        self.assertIsNone(self.row(self.alice, "blocked now"))
        self.assertIsNone(self.request(self.alice, "blocked now"))

    def test_what_nothing_proves_is_held_even_in_the_name_of_a_contact(self):
        self.assertIsNone(self.send("nora@doubt.test", "carol@one.test", "first"))
        row = self.request(self.carol, "first")
        self.assertIn("doubts", row["warning"])
        self.carol.kith("accept", row["id"])
        self.assertIsNone(self.send("nora@doubt.test", "carol@one.test", "second"))
        self.assertIsNone(self.row(self.carol, "second"))
        self.assertIn("smtp-doubted", self.codes(self.carol, self.request(self.carol, "second")))

    def test_mail_that_its_domain_disowns_is_refused(self):
        code, text = self.send("ceo@shut.test", "alice@one.test", "spoofed")
        self.assertEqual((code, text[:6]), (550, "5.7.26"))
        self.assertIsNone(self.request(self.alice, "spoofed"))

    def test_nobody_from_outside_writes_in_our_own_name(self):
        code, text = self.send("carol@one.test", "alice@one.test", "from carol?", envelope="x@old.test")
        self.assertEqual((code, text[:6]), (550, "5.7.26"))

    def test_domain_that_writes_by_kith_only_is_not_heard_by_smtp(self):
        code, _ = self.send("ann@only.test", "alice@one.test", "unsigned")
        self.assertEqual(code, 550)

    def test_contact_who_writes_by_kith_otherwise_takes_a_step_down(self):
        self.acquaint(self.bob, self.alice, "alice@one.test")
        self.alice.kith("trust", "bob@two.test", "well-trusted")
        self.assertIsNone(self.send("bob@two.test", "alice@one.test", "by the old way"))
        row = self.row(self.alice, "by the old way")
        self.assertEqual((row["tier"], row["activeContent"]), ("known", False))
        self.assertIn("by Kith otherwise", row["warning"])
        self.assertIn("smtp-step-down", self.codes(self.alice, row))

    def test_token_in_the_sub_address_lets_a_newsletter_in_until_it_is_revoked(self):
        token = self.alice.kith("token", "new", "--kind", "newsletter", "--per-day", "5", "--label", "shop")
        address = f"alice+{token['token']}@one.test"
        self.assertIsNone(self.send("news@old.test", address, "issue 1"))
        self.assertEqual(self.row(self.alice, "issue 1")["tier"], "known")
        code, _ = self.send("other@old.test", address, "sold on")
        self.assertEqual(code, 550)
        self.alice.kith("token", "revoke", token["id"])
        code, text = self.send("news@old.test", address, "issue 2")
        self.assertEqual(code, 550)
        self.assertIn("token", text)

    def test_account_may_refuse_strangers(self):
        self.kithd("one.test", "account", "strangers", "carol@one.test", "refuse")
        self.addCleanup(self.kithd, "one.test", "account", "strangers", "carol@one.test")
        code, _ = self.send("pest@old.test", "carol@one.test", "unheard")
        self.assertEqual(code, 550)
        code, text = self.send("pest@old.test", ["alice@one.test", "carol@one.test"], "both")
        self.assertIsNotNone(self.request(self.alice, "both"))
        self.assertEqual((code, text[:5]), (452, "4.5.3"))

    def test_blocked_sender_hears_what_a_stranger_hears(self):
        self.assertIsNone(self.send("bore@old.test", "alice@one.test", "bore 1"))
        self.alice.kith("decline", self.request(self.alice, "bore 1")["id"], "--block")
        self.assertIsNone(self.send("bore@old.test", "alice@one.test", "bore 2"))
        self.assertIsNone(self.request(self.alice, "bore 2"))

    # --- what is refused in the session ------------------------------------------------------------

    def test_others_domains_unknown_people_and_several_authors_are_refused(self):
        self.assertEqual(self.send("olga@old.test", "bob@two.test", "relay")[0], 550)
        code, text = self.send("olga@old.test", "nobody@one.test", "nobody")
        self.assertEqual((code, text[:5]), (550, "5.1.1"))
        code, _ = self.send("olga@old.test, alice@one.test", "alice@one.test", "two authors", envelope="olga@old.test")
        self.assertEqual(code, 550)
        code, _ = self.send("olga@old.test", "alice@one.test", "two Froms", extra="From: alice@one.test\r\n")
        self.assertEqual(code, 550)

    def test_forged_results_and_tiers_are_taken_out(self):
        forged = "Authentication-Results: mail.one.test; dmarc=pass\r\nKith-Tier: well-trusted\r\n"
        self.assertIsNone(self.send("forger@nobody.test", "alice@one.test", "forged", extra=forged))
        row = self.request(self.alice, "forged")
        self.alice.kith("accept", row["id"])
        eml = self.alice.run("read", row["id"], "--eml").stdout
        self.assertNotIn("Kith-Tier", eml)
        self.assertEqual(eml.count("Authentication-Results:"), 1)
        self.assertNotIn("dmarc=pass", eml)

    def test_smuggled_second_message_is_neither_delivered_nor_answered(self):
        smuggled = b"\n.\nMAIL FROM:<ceo@old.test>\r\nRCPT TO:<alice@one.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n"
        with socket.create_connection((CLIENT, self.port), timeout=20) as wire:
            wire.recv(1000)
            for line in (b"EHLO a\r\n", b"MAIL FROM:<olga@old.test>\r\n", b"RCPT TO:<alice@one.test>\r\n", b"DATA\r\n"):
                wire.sendall(line)
                wire.recv(2000)
            wire.sendall(letter("olga@old.test", "alice@one.test", "outer")[:-2] + smuggled)
            said = b""
            while piece := wire.recv(1000):
                said += piece
        self.assertTrue(said.startswith(b"5"), said)
        self.assertNotIn(b"250", said)
        for subject in ("outer", "smuggled"):
            self.assertIsNone(self.request(self.alice, subject))

    def test_tls_by_starttls_and_a_command_slipped_in_before_it(self):
        context = ssl.create_default_context(cafile=self.field.dir / "ca/ca.pem")
        with self.connect() as client:
            client._host = "mail.one.test"  # the name that the certificate is for
            client.starttls(context=context)
            client.sendmail("tls@old.test", ["alice@one.test"], letter("tls@old.test", "alice@one.test", "over TLS"))
        row = self.request(self.alice, "over TLS")
        self.alice.kith("accept", row["id"])
        self.assertIn("with ESMTPS", self.alice.run("read", row["id"], "--eml").stdout)
        with socket.create_connection((CLIENT, self.port), timeout=20) as wire:
            wire.recv(1000)
            wire.sendall(b"EHLO a\r\n")
            wire.recv(2000)
            wire.sendall(b"STARTTLS\r\nMAIL FROM:<olga@old.test>\r\n")
            self.assertNotIn(b"\r\n220", b"\r\n" + wire.recv(2000))

    # --- what is kept ------------------------------------------------------------------------------

    def test_large_message_for_two_is_sealed_to_each_and_comes_back_octet_for_octet(self):
        random.seed(5)
        body = "".join(f"{random.getrandbits(200):050x}\r\n" for _ in range(40_000))
        self.assertIsNone(self.send("big@old.test", ["alice@one.test", "carol@one.test"], "large", body=body))
        for person in (self.alice, self.carol):
            row = self.request(person, "large")
            person.kith("accept", row["id"])
            eml = person.run("read", row["id"], "--eml").stdout
            self.assertTrue(eml.replace("\r", "").endswith(body.replace("\r", "")))
        data = b"".join(file.read_bytes() for file in (self.field.dir / "one.test/data/store").rglob("*") if file.is_file())
        self.assertNotIn(body[:50].encode(), data)

    def test_same_letter_sent_again_is_one_message(self):
        data = letter("again@old.test", "alice@one.test", "once")
        for _ in range(3):
            with self.connect() as client:
                client.sendmail("again@old.test", ["alice@one.test"], data)
        self.assertEqual([r["subject"] for r in self.alice.kith("requests", "--all")].count("once"), 1)

    def test_what_was_accepted_survives_kills_exactly_once(self):
        self.with_limits("one.test", strangers__requests_a_day=1_000_000)
        accepted, stop, lock = [], threading.Event(), threading.Lock()

        def pour(number):
            count = 0
            while not stop.is_set():
                count += 1
                subject = f"kill {number} {count}"
                try:
                    client = smtplib.SMTP(CLIENT, self.port, local_hostname="a", timeout=10)
                    try:
                        client.sendmail(f"p{number}@old.test", ["alice@one.test"],
                                        letter(f"p{number}@old.test", "alice@one.test", subject,
                                               body="line\r\n" * random.choice((1, 20_000))))
                        with lock:
                            accepted.append(subject)
                    finally:
                        client.close()
                except (OSError, smtplib.SMTPException):
                    time.sleep(0.02)

        threads = [threading.Thread(target=pour, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(12):
            time.sleep(random.uniform(0.1, 0.6))
            self.kill("one.test")
            self.start("one.test")
            playground.wait_for("SMTP", lambda: playground.listens(self.port))
        stop.set()
        for thread in threads:
            thread.join()
        subjects = [r["subject"] for r in self.alice.kith("requests", "--all", timeout=120)]
        self.assertGreater(len(accepted), 20)
        for subject in accepted:
            self.assertEqual(subjects.count(subject), 1, subject)

    @unittest.skipIf(SANITIZED, "a sanitizer wants to be loaded first")
    def test_where_the_disk_fails_or_is_full_nothing_is_accepted(self):
        self.with_limits("one.test", strangers__requests_a_day=1_000_000)
        fault = pathlib.Path(self.folder) / "fault"
        env = {"LD_PRELOAD": str(fault_shim(self.folder)), "KITH_FAULT_FILE": str(fault)}
        self.restart("one.test", env)
        playground.wait_for("SMTP", lambda: playground.listens(self.port))
        fault.write_text("fsync-fails\n")
        for body in ("short\r\n", "long\r\n" * 60_000):
            code, text = self.send("disk@old.test", "alice@one.test", "on a broken disk", body=body)
            self.assertEqual((code, text[:5]), (452, "4.3.1"))
        fault.unlink()
        self.restart("one.test")
        playground.wait_for("SMTP", lambda: playground.listens(self.port))
        self.assertIsNone(self.request(self.alice, "on a broken disk"))
        self.with_limits("one.test", limits__min_free_octets=1 << 50)
        self.assertEqual(self.send("disk@old.test", "alice@one.test", "on a full disk")[0], 452)
        self.doCleanups()  # the limit of before
        self.assertIsNone(self.request(self.alice, "on a full disk"))

    def test_log_says_what_became_of_each(self):
        self.send("logged@old.test", "alice@one.test", "for the log")
        line = next(line for line in self.log_of("one.test").splitlines() if "delivery-smtp-in" in line and "status=250" in line)
        for word in ("peer=", "message=", "tier=", "network="):
            self.assertIn(word, line)
        _, _, metrics = self.curl("one.test", "/metrics")
        self.assertRegex(metrics.decode(), r'kith_smtp_connections_total{event="accepted"} [1-9]')
        self.assertRegex(metrics.decode(), r'kith_deliveries_total{answer="250",direction="smtp-in"} [1-9]')


if __name__ == "__main__":
    unittest.main()
