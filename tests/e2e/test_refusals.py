"""Bad input through a socket: each refused with its reason, and the server goes on serving others."""
import json
import pathlib
import socket
import ssl
import subprocess
import threading
import time
import unittest

from lib import ROOT, PlaygroundTest, eventually, playground


class Refusals(PlaygroundTest):
    def call(self, domain, path, *options, data=None):
        """Status and body of one call by curl."""
        port = self.field.ports()[domain]
        command = ["curl", "-sS", "--http2", "--cacert", self.field.dir / "ca/ca.pem", "--resolve",
                   f"mail.{domain}:{port}:127.0.0.1", "-w", "\n%{http_code}", "--max-time", "20", *options]
        if data is not None:
            file = pathlib.Path(self.folder) / "body"
            file.write_bytes(data)
            command += ["--data-binary", f"@{file}"]
        done = subprocess.run([*map(str, command), f"https://mail.{domain}:{port}{path}"], capture_output=True)
        body, status = done.stdout.rsplit(b"\n", 1)
        return int(status), body

    def refused(self, data, status=400):
        code, body = self.call("two.test", "/kith/1/deliveries", data=data)
        self.assertEqual(code, status, body)
        return json.loads(body)

    def test_a_delivery_that_is_no_row_of_parts_is_refused_naming_the_part(self):
        self.assertIn("delivery", self.refused(b"nonsense")["detail"])
        self.assertIn("stub", json.dumps(self.refused(b"stub 5\nhello")))
        for data in (b"stub -1\n", b"stub 007\nabcdefg", b"STUB 1\nx", b"stub 10\nabc", b"token 1\nx"):
            self.refused(data)

    def test_a_forged_or_unsigned_stub_is_refused(self):
        text = ("kith/1 stub\nid " + "a" * 32 + "\n").encode()
        self.refused(b"stub %d\n%s" % (len(text), text))

    def test_deliveries_wrong_in_one_way_each_are_refused_with_the_reason(self):
        link = lambda person, *words: person.kith("token", "new", *words)["link"].split("token=")[1].split("&")[0]
        invite = lambda person: link(person, "--kind", "invite")
        tokens = {name: invite(self.bob) for name in ("friend", "phoned", "froze")}
        tokens |= {"carols": invite(self.carol), "madeup": "abcdefgh"}
        revoked = self.bob.kith("token", "new", "--kind", "newsletter")
        self.bob.kith("token", "revoke", revoked["id"])
        tokens["revoked"] = revoked["link"].split("token=")[1].split("&")[0]
        for case in self.javascript(tokens, then=self.accept_a_body_that_is_another_at_first):
            with self.subTest(case["name"]):
                self.assertRegex(case["got"], f"^({case['want']})$", case)
                self.assertRegex(case["detail"], case["wantDetail"], case)
        read = [self.bob.run("read", row["id"], "--eml").stdout for row in self.bob.kith("inbox")]
        subjects = [line[9:] for message in read for line in message.splitlines() if line.startswith("Subject: ")]
        self.assertEqual([subjects.count(one) for one in ("once", "eight at once", "a batch as it should be")], [1, 1, 1])
        self.assertNotIn("cut", subjects)
        self.assertEqual(subjects.count("wrong in one way"), 3, subjects)  # two that came with invitations, one accepted
        impostor = [r for r in self.bob.kith("requests") if r["from"] == "friend@js.test"]
        self.assertEqual(len(impostor), 1)
        self.assertIn("identity is another", self.bob.run("why", impostor[0]["id"]).stdout)

    def accept_a_body_that_is_another_at_first(self):
        [request] = [r for r in self.bob.kith("requests") if r["from"] == "stranger@js.test"]
        done = self.bob.run("accept", request["id"])
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("is not the one that the stub names", done.stderr)
        eventually("the body as it should be", lambda: [r for r in self.bob.kith("inbox") if r["from"] == "stranger@js.test"])

    def test_what_dns_says_without_a_good_signature_counts_for_nothing(self):
        toml, anchor = self.field.dir / "two.test/kithd.toml", self.field.dir / "dns/anchor"
        before = toml.read_text()
        *words, key = anchor.read_text().split()
        (self.field.dir / "dns/forged").write_text(" ".join(words) + f" {key[:40]}{'B' if key[40] == 'A' else 'A'}{key[41:]}\n")
        toml.write_text(before.replace(str(anchor), str(self.field.dir / "dns/forged")))
        self.restart("two.test")
        try:
            [case] = self.javascript({"friend": "abcdefgh"}, ["an invitation makes known"])
            self.assertEqual(case["got"], "503 busy")
            self.assertIn("validation failure", case["detail"])
        finally:
            toml.write_text(before)
            self.restart("two.test")

    def test_servers_that_are_not_who_they_should_be_are_not_talked_to(self):
        ca = self.field.dir / "ca"
        zone, key = [], "key=" + (self.field.dir / "two.test/record").read_text().split("key=")[1].split(";")[0].strip('" \n')

        def serve(domain, certificate, **settings):
            """A TLS server for a domain; it takes connections and says nothing."""
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(ca / f"{certificate}.pem", ca / f"{certificate}.key")
            context.set_alpn_protocols(settings.pop("protocols", ["h2"]))
            for name, value in settings.items():
                setattr(context, name, value)
            listening = socket.create_server(("127.0.0.1", 0))
            self.addCleanup(listening.close)
            zone.append(f'_kith.{domain}. TXT "v=kith1; host=mail.{domain}; port={listening.getsockname()[1]}; '
                        f'{key}"')
            zone.append(f"mail.{domain}. A 127.0.0.1")

            def loop():
                while True:
                    try:
                        with context.wrap_socket(listening.accept()[0], server_side=True) as tls:
                            tls.recv(1)
                    except ssl.SSLError:
                        continue
                    except OSError:
                        if listening.fileno() < 0:
                            return

            threading.Thread(target=loop, daemon=True).start()

        for domain in ("tls12.test", "http1.test"):
            self.field.certificate(domain)
        serve("name.test", "one.test")
        serve("tls12.test", "tls12.test", maximum_version=ssl.TLSVersion.TLSv1_2)
        serve("http1.test", "http1.test", protocols=["http/1.1"])
        self.publish(*zone)
        self.restart("two.test")  # its resolver has proof that these names are not there (RFC 8198)
        for domain, why in {"name.test": "hostname mismatch", "tls12.test": "protocol version", "http1.test": "HTTP/2"}.items():
            with self.subTest(domain):
                done = self.bob.run("card", f"x@{domain}")
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(why, done.stderr)
                self.assertNotIn("ed25519:", done.stdout)

    def javascript(self, tokens, only=None, then=lambda: None):
        """What the cases of wrong.mjs came to; js.test and evil.test are in the zone for it. `then` is called while
        js.test still serves."""
        interop = ROOT / "tests/interop"
        if not (interop / "node_modules/age-encryption").exists():
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=interop, check=True, capture_output=True)
        self.field.certificate("js.test")
        records = {d: "".join((self.field.dir / d / "record").read_text().split('"')[1::2]) for d in playground.DOMAINS}
        (self.field.dir / "records.json").write_text(json.dumps(records))
        given = {"port": playground.free_ports(1)[0], "tokens": tokens, "only": only}
        with subprocess.Popen(["node", str(ROOT / "tests/e2e/wrong.mjs"), str(self.field.dir), json.dumps(given)],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as sender:
            zone = [json.loads(sender.stdout.readline())["record"] for _ in range(2)]
            hosts = [f"mail.{line.split('.')[1]}.test. A 127.0.0.1" for line in zone]
            self.publish(*zone, *hosts)
            sender.stdin.write("\n")
            sender.stdin.flush()
            cases = []
            for line in sender.stdout:
                if "done" in (case := json.loads(line)):
                    then()
                    break
                cases.append(case)
            errors = sender.communicate()[1]
        self.assertEqual(sender.returncode, 0, errors)
        self.assertEqual(len(cases), len(only)) if only else self.assertGreaterEqual(len(cases), 80)
        return cases

    def test_a_missing_card_is_not_found(self):
        code, body = self.call("two.test", "/kith/1/cards/nobody@two.test")
        self.assertEqual((code, json.loads(body)["type"].rsplit(":", 1)[-1]), (404, "no-such-account"))

    def test_a_blob_that_is_not_here_is_not_found(self):
        self.assertEqual(self.call("two.test", "/kith/1/blobs/" + "0" * 64)[0], 404)
        self.assertEqual(self.call("two.test", "/kith/1/blobs/../../etc/passwd", "--path-as-is")[0], 400)

    def test_unknown_paths_and_methods_are_refused(self):
        self.assertEqual(self.call("two.test", "/nowhere")[0], 404)
        self.assertIn(self.call("two.test", "/kith/1/deliveries", "-X", "DELETE")[0], (404, 405))

    def test_the_client_api_wants_a_login(self):
        self.assertEqual(self.call("two.test", "/jmap/session")[0], 401)
        self.assertEqual(self.call("two.test", "/jmap/api", data=b"{}")[0], 401)
        self.assertEqual(self.call("two.test", "/jmap/session", "-H", "Authorization: Bearer nonsense")[0], 401)

    def test_old_tls_is_refused(self):
        context = ssl.create_default_context(cafile=self.field.dir / "ca/ca.pem")
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with socket.create_connection(("127.0.0.1", self.field.ports()["two.test"])) as plain:
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                context.wrap_socket(plain, server_hostname="mail.two.test")

    def test_slow_and_idle_connections_do_not_keep_others_out(self):
        port = self.field.ports()["two.test"]
        held = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
        context = ssl.create_default_context(cafile=self.field.dir / "ca/ca.pem")
        context.set_alpn_protocols(["h2"])
        for one in held[:20]:
            held.append(context.wrap_socket(one, server_hostname="mail.two.test"))
        self.assertEqual(self.call("two.test", "/.well-known/kith")[0], 200)
        for one in held:
            one.close()

    def test_many_resets_leave_the_server_serving(self):
        script = """
const http2 = require("node:http2");
const fs = require("node:fs");
const s = http2.connect("https://mail.two.test:PORT", { ca: fs.readFileSync("CA"), servername: "mail.two.test",
    lookup: (h, o, done) => o.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4) });
s.on("error", () => process.exit(0));
s.on("close", () => process.exit(0));
let n = 0;
function more() {
    for (let i = 0; i < 100 && n < 20000; ++i, ++n) {
        const r = s.request({ ":method": "POST", ":path": "/kith/1/deliveries" });
        r.on("error", () => {});
        r.close(8);
    }
    if (n < 20000) setImmediate(more); else process.exit(0);
}
s.on("connect", more);
setTimeout(() => process.exit(0), 10000);
""".replace("PORT", str(self.field.ports()["two.test"])).replace("CA\"", f"{self.field.dir}/ca/ca.pem\"")
        attack = subprocess.Popen(["node", "-e", script], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        served = 0
        while attack.poll() is None:
            served += self.call("two.test", "/.well-known/kith")[0] == 200
            time.sleep(0.05)
        self.assertGreater(served, 0)
        self.assertEqual(self.call("two.test", "/.well-known/kith")[0], 200)

    def test_a_person_who_asks_for_what_cannot_be_gets_one_sentence(self):
        for words, code in ((("send", "nobody@two.test", "-s", "x", "-m", "x"), 5),
                            (("send", "x@nowhere.test", "-s", "x", "-m", "x"), 5),
                            (("send", "not-an-address", "-s", "x", "-m", "x"), 2),
                            (("send", "bob@two.test", "-s", "x", "-a", "/no/such/file"), 1),
                            (("read", "ffffffff"), 5)):
            done = self.alice.run(*words)
            self.assertEqual(done.returncode, code, (words, done.stdout, done.stderr))
            self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)

    def test_a_message_that_cannot_go_now_is_queued_and_says_so(self):
        self.acquaint(self.carol, self.bob, "bob@two.test")
        self.field.stop("one.test")
        done = self.carol.run("send", "bob@two.test", "-s", "later", "-m", "x")
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("queued", done.stdout + done.stderr)
        self.start("one.test")
        self.carol.kith("inbox")
        eventually("the queued message", lambda: self.bob.subjects().count("later") == 1)


if __name__ == "__main__":
    unittest.main()
