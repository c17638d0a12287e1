"""What the administrator of a domain does with kithd."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import tempfile
import time
import unittest

from lib import BIN, ROOT, PlaygroundTest, eventually


def quickstart(folder, *more):
    folder = pathlib.Path(folder)
    return subprocess.run([str(BIN / "kithd"), "quickstart", "example.test", "--config", str(folder / "kithd.toml"),
                           "--data-dir", str(folder / "data"), "--host", "mail.example.test", "--listen", "127.0.0.1:0",
                           *more], capture_output=True, text=True, timeout=60)


class Quickstart(unittest.TestCase):
    def test_prints_the_records_and_the_next_command_and_is_idempotent(self):
        with tempfile.TemporaryDirectory() as folder:
            first = quickstart(folder, "--json", "--offline")
            self.assertEqual(first.returncode, 0, first.stdout + first.stderr)
            said = json.loads(first.stdout)
            record = next(r["line"] for r in said["records"] if r["type"] == "TXT")
            self.assertIn("_kith.example.test.", record)
            self.assertIn("v=kith1", record)
            self.assertTrue(said["invitation"]["code"])
            again = json.loads(quickstart(folder, "--json", "--offline").stdout)
            self.assertEqual(again["records"], said["records"])
            for file in (pathlib.Path(folder) / "data" / "keys").iterdir():
                self.assertEqual(file.stat().st_mode & 0o077, 0, file)

    def test_a_failed_quickstart_removes_what_it_wrote(self):
        with tempfile.TemporaryDirectory() as folder:
            failed = quickstart(folder, "--offline", "--certificate", "/no/such/file", "--certificate-key", "/no/such/file")
            self.assertNotEqual(failed.returncode, 0)
            self.assertEqual(os.listdir(folder), [])

    def test_a_broken_configuration_names_the_line(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "kithd.toml"
            file.write_text("domain = 'one.test'\ncolour = 'red'\n")
            done = subprocess.run([str(BIN / "kithd"), "run", "--config", str(file)], capture_output=True, text=True)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"{file}:2: unknown key colour", done.stderr)


    def test_whenever_it_is_interrupted_all_is_there_or_nothing(self):
        complete = {"kithd.toml", "data"}
        for delay in (0, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.1):
            for number in (signal.SIGINT, signal.SIGTERM):
                with tempfile.TemporaryDirectory() as folder:
                    folder = pathlib.Path(folder)
                    one = subprocess.Popen(
                        [str(BIN / "kithd"), "quickstart", "example.test", "--config", str(folder / "kithd.toml"),
                         "--data-dir", str(folder / "data"), "--listen", "127.0.0.1:0", "--offline"],
                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                    time.sleep(delay)
                    one.send_signal(number)
                    one.wait()
                    there = set(os.listdir(folder))
                    self.assertIn(there, (set(), complete), (delay, number))
                    if there:
                        self.assertEqual(quickstart(folder, "--offline").returncode, 0)

    def test_a_port_that_is_taken_is_named_and_nothing_is_written(self):
        with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as held:
            done = quickstart(folder, "--offline", "--listen", f"127.0.0.1:{held.getsockname()[1]}")
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"port 127.0.0.1:{held.getsockname()[1]}", done.stdout)
            self.assertEqual(os.listdir(folder), [])

    def test_a_resolver_that_does_not_answer_is_named_and_nothing_is_written(self):
        with tempfile.TemporaryDirectory() as folder:
            done = quickstart(folder, "--forward", "127.0.0.1@9", "--log", f"{folder}/log")
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stdout, r"bad +resolver")
            self.assertEqual(os.listdir(folder), ["log"])
            self.assertIn("finding=bad subject=resolver", (pathlib.Path(folder) / "log").read_text())

    def test_what_was_in_a_folder_before_is_left_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            data = pathlib.Path(folder) / "data"
            (data / "keys").mkdir(parents=True)
            (data / "mine").write_text("stays")
            (data / "store").write_text("not a folder")
            self.assertEqual(quickstart(folder, "--offline").returncode, 1)
            self.assertEqual(sorted(os.listdir(data)), ["keys", "mine", "store"])
            self.assertEqual(os.listdir(data / "keys"), [])
            self.assertEqual(os.listdir(folder), ["data"])

    def test_without_a_set_up_no_verb_works_or_writes(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            self.assertEqual(quickstart(folder, "--offline").returncode, 0)
            shutil.rmtree(folder / "data")
            for words in (("run",), ("invitation",), ("account", "list"), ("status",), ("doctor", "--store")):
                done = subprocess.run([str(BIN / "kithd"), *words, "--config", str(folder / "kithd.toml")],
                                      capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 1, words)
            self.assertEqual(os.listdir(folder), ["kithd.toml"])


class CommandLine(unittest.TestCase):
    def run_it(self, *words):
        return subprocess.run([str(BIN / "kithd"), *words], capture_output=True, text=True, timeout=60)

    def verbs(self, *path):
        listed = self.run_it(*path, "--help").stdout.partition("Subcommands:\n")[2].split("\n\n")[0]
        return re.findall(r"^  (\S+)", listed, re.M)

    def test_every_verb_has_help_with_examples_and_is_in_the_manual(self):
        manual = (ROOT / "etc/man/kithd.8").read_text().replace("\\-", "-")
        for verb in self.verbs():
            self.assertIn(verb, manual)
            inner = self.verbs(verb)
            for path in [(verb, each) for each in inner] or [(verb,)]:
                said = self.run_it(*path, "--help").stdout
                self.assertIn(f"kithd {' '.join(path)}", said.partition("Examples:")[2], path)
                for option in re.findall(r"(--[a-z-]+)", said.partition("Examples:")[0]):
                    if option != "--help":
                        self.assertIn(option, manual, path)

    def test_completion_knows_every_verb(self):
        for shell in ("bash", "zsh", "fish"):
            script = self.run_it("completion", shell).stdout
            for verb in self.verbs():
                self.assertIn(verb, script)
        self.assertEqual(self.run_it("completion", "csh").returncode, 2)
        script = self.run_it("completion", "bash").stdout
        ask = script + '\nCOMP_WORDS=(kithd queue re) COMP_CWORD=2; _kithd; echo "${COMPREPLY[@]}"'
        self.assertEqual(subprocess.run(["bash", "-c", ask], capture_output=True, text=True).stdout.split(), ["retry"])

    def test_wrong_usage_is_exit_code_2(self):
        for words in ((), ("fly",), ("queue",), ("account", "add"), ("queue", "list", "--limit", "0"),
                      ("status", "--config", "/no/such/file"), ("queue", "retry")):
            self.assertEqual(self.run_it(*words).returncode, 2, words)


class Administration(PlaygroundTest):
    def json(self, *words):
        return json.loads(self.kithd("one.test", *words, "--json"))

    def test_accounts_are_listed_disabled_and_removed(self):
        self.json("invitation", "dora@one.test")
        rows = self.json("account", "list")
        self.assertEqual({r["address"] for r in rows}, {"alice@one.test", "carol@one.test"})
        self.kithd("one.test", "account", "disable", "carol@one.test")
        self.assertNotEqual(self.carol.run("inbox").returncode, 0)
        self.kithd("one.test", "account", "enable", "carol@one.test")
        self.assertEqual(self.carol.run("inbox").returncode, 0)

    def test_the_queue_is_listed_retried_and_dropped(self):
        self.acquaint(self.alice, self.bob, "bob@two.test")
        self.field.stop("two.test")
        sent = self.alice.kith("send", "bob@two.test", "-s", "waits", "-m", "x")
        rows = eventually("a queued recipient", lambda: [r for r in self.json("queue", "list") if r["attempts"] > 0])
        self.assertEqual(rows[0]["to"], "bob@two.test")
        self.kithd("one.test", "queue", "drop", rows[0]["id"])
        self.assertEqual(self.alice.kith("sent", sent["id"])["recipients"][0]["state"], "failed")
        self.start("two.test")

    def test_metrics_and_health_are_served(self):
        _, _, text = self.curl("one.test", "/metrics")
        for name in ("kith_deliveries_total", "kith_tls_handshakes_total", "kith_store_commit_seconds",
                     "kith_http_requests_shed_total", "kith_queued_recipients"):
            self.assertIn(f"# TYPE {name} ".encode(), text)
        self.assertEqual(self.curl("one.test", "/healthz")[0], 200)

    def test_a_request_is_found_in_the_log_by_the_id_of_its_answer(self):
        ids = set()
        for path, status in (("/nowhere", 404), ("/jmap/session", 401), ("/.well-known/kith", 200)):
            code, headers, _ = self.curl("one.test", path)
            self.assertEqual(code, status)
            ids.add(headers["request-id"])
            if status >= 400:
                line = f"request id={headers['request-id']} method=GET path={path} status={status}"
                eventually(line, lambda: line in self.log_of("one.test"))
        self.assertEqual(len(ids), 3)

    def test_no_secret_is_in_the_log_however_close_it_looks(self):
        for domain in ("one.test", "two.test"):
            self.with_limits(domain, log__level="trace")
        secrets = [self.json("invitation", "fred@one.test")["code"]]
        self.acquaint(self.carol, self.bob, "bob@two.test")
        link = self.bob.kith("token", "new", "--kind", "invite")["link"]
        secrets.append(re.search(r"token=([a-z0-9]+)", link)[1])
        self.mallory.kith("send", "bob@two.test", "-s", "hello", "-m", "hello", "--token", link, "--wait")
        session = json.loads((self.carol.home / "session.json").read_text())
        secrets.append(session["token"])
        self.curl("one.test", "/jmap/session?access_token=queryqueryquery", "-H", "Authorization: Bearer bearerbearer")
        self.curl("one.test", "/kith/1/links/linklinklinklink")
        self.curl("one.test", "/kith/1/login", data=b"noncenoncenonce")
        self.curl("one.test", "/kith/1/accounts", data=b'{"invitation": "codecodecodecode"}')
        secrets += ["queryqueryquery", "bearerbearer", "linklinklinklink", "noncenoncenonce", "codecodecodecode"]
        for domain in ("one.test", "two.test"):
            log = self.log_of(domain)
            self.assertIn(" debug request ", log)
            for secret in secrets:
                self.assertNotIn(secret, log)

    def test_reload_takes_what_it_can_and_says_what_wants_a_restart(self):
        pid = self.field.pid_of("one.test")
        before = self.configure("one.test", limits__recipients_a_day=1_999, listen__threads=2)
        said = self.json("reload")
        self.assertEqual((said["changed"], said["needRestart"]), (["limits.recipients_a_day"], ["listen.threads"]))
        (self.field.dir / "one.test/kithd.toml").write_text(before)
        os.kill(pid, signal.SIGHUP)
        eventually("the reload", lambda: 'reloaded changed=limits.recipients_a_day need_restart=""'
                   in self.log_of("one.test").splitlines()[-1])
        self.assertEqual(self.field.pid_of("one.test"), pid)

    def test_a_broken_file_or_certificate_is_refused_and_the_server_goes_on(self):
        file = self.field.dir / "one.test/kithd.toml"
        before = file.read_text()
        self.addCleanup(file.write_text, before)
        for broken, reason in ((before + "[colours]\n", "unknown key colours"),
                               (before.replace("one.test.pem", "gone.pem"), "gone.pem"),
                               (before.replace("one.test.key", "two.test.key"), "key")):
            file.write_text(broken)
            with self.subTest(reason):
                done = subprocess.run([str(BIN / "kithd"), "reload", "--config", str(file)], capture_output=True, text=True)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(reason, done.stderr)
            file.write_text(before)
            os.kill(self.field.pid_of("one.test"), 0)
            self.assertEqual(self.alice.run("inbox").returncode, 0)

    def test_a_new_certificate_is_shown_after_a_reload(self):
        def shown():
            port = self.field.ports()["one.test"]
            return ssl.get_server_certificate(("127.0.0.1", port))
        before = shown()
        self.field.certificate("one.test")
        self.assertEqual(shown(), before)
        self.kithd("one.test", "reload")
        self.assertNotEqual(shown(), before)
        self.assertEqual(self.alice.run("inbox").returncode, 0)

    def test_a_stop_answers_what_is_under_way_and_ends_event_sources(self):
        watch = subprocess.Popen([str(BIN / "kith"), "watch", "--json"], env=self.alice.env,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(watch.wait)
        self.addCleanup(watch.kill)
        context = ssl.create_default_context(cafile=self.field.dir / "ca/ca.pem")
        context.set_alpn_protocols(["http/1.1"])
        port = self.field.ports()["one.test"]
        with socket.create_connection(("127.0.0.1", port)) as plain, \
                context.wrap_socket(plain, server_hostname="mail.one.test") as call:
            call.sendall(b"POST /kith/1/deliveries HTTP/1.1\r\nHost: mail.one.test\r\nContent-Length: 8\r\n\r\nnons")
            time.sleep(1)  # both are under way
            os.kill(self.field.pid_of("one.test"), signal.SIGTERM)
            eventually("the stop", lambda: " stopping" in self.log_of("one.test").splitlines()[-1])
            call.sendall(b"ense")
            self.assertTrue(call.recv(100).startswith(b"HTTP/1.1 400 "))
        eventually("the end", lambda: self.field.pid_of("one.test") is None)
        self.assertIn("stopped clean=yes", self.log_of("one.test").splitlines()[-1])
        self.start("one.test")

    def test_a_second_server_on_a_folder_is_refused_and_a_killed_one_leaves_nothing_in_the_way(self):
        config = str(self.field.dir / "three.test/kithd.toml")
        second = subprocess.run([str(BIN / "kithd"), "run", "--config", config], capture_output=True, text=True, timeout=60)
        self.assertEqual(second.returncode, 1)
        self.assertIn("another kithd has this store open", second.stderr)
        self.kithd("three.test", "status")
        self.kill("three.test")
        self.assertTrue((self.field.dir / "three.test/data/admin.sock").exists())
        self.assertIn("false", self.kithd("three.test", "status", expect=1))
        self.kithd("three.test", "reload", expect=1)
        self.start("three.test")
        self.kithd("three.test", "status")

    def test_a_backup_of_a_running_server_serves_on_a_machine_without_anything(self):
        self.acquaint(self.alice, self.bob, "bob@two.test")
        subjects = self.bob.subjects()
        folder = self.field.dir / "two.test"
        backup = pathlib.Path(self.folder) / "backup"
        subprocess.run([str(BIN / "kithd"), "backup", "backup", "--config", str(folder / "kithd.toml")], check=True,
                       cwd=self.folder, capture_output=True)
        self.kithd("two.test", "backup", backup, expect=1)
        self.assertIn("not empty", subprocess.run([str(BIN / "kithd"), "restore", str(backup), "--config",
                                                   str(folder / "kithd.toml")], capture_output=True, text=True).stderr)
        for file in backup.rglob("*"):
            self.assertEqual(file.stat().st_mode & 0o077, 0, file)
        self.field.stop("two.test")
        shutil.move(folder / "data", folder / "lost")
        (folder / "kithd.toml").unlink()
        self.assertIn("consistent", self.kithd("two.test", "restore", backup))
        self.start("two.test")
        self.assertEqual(self.bob.subjects(), subjects)
        self.alice.kith("send", "bob@two.test", "-s", "after the restore", "-m", "x", "--wait")
        self.assertIn("after the restore", self.bob.subjects())

    def test_doctor_finds_damage_and_names_whose_mail_it_is(self):
        self.acquaint(self.carol, self.bob, "bob@two.test")
        self.carol.run("send", "bob@two.test", "-s", "large", "--wait", stdin="line of text\n" * 20_000)
        self.field.stop("two.test")
        self.addCleanup(self.start, "two.test")
        data = self.field.dir / "two.test/data/store"

        def flip(file, at):
            octets = bytearray(file.read_bytes())
            octets[at] ^= 1
            file.write_bytes(octets)
        large = next(f for f in (data / "large").rglob("*") if f.is_file())
        with sqlite3.connect(data / "kith.db") as database:
            number, at = database.execute("SELECT segment, at FROM blobs WHERE segment > 0").fetchone()
        database.close()
        segment = data / f"segments/{number}.seg"
        for damage, repair, words in (
                (lambda: flip(large, 100_000), lambda: flip(large, 100_000), "corrupt on disk; of mail of bob@two.test"),
                (lambda: flip(segment, at + 30), lambda: flip(segment, at + 30), "corrupt on disk"),
                (lambda: large.rename(self.field.dir / "away"), lambda: (self.field.dir / "away").rename(large),
                 "of mail of bob@two.test")):
            damage()
            said = json.loads(self.kithd("two.test", "doctor", "--store", "--json", expect=1))[0]
            self.assertEqual(said["grade"], "bad")
            self.assertIn(words, said["detail"])
            self.assertIn("kithd restore", said["advice"])
            repair()
            self.kithd("two.test", "doctor", "--store")
        database = data / "kith.db"
        before = database.read_bytes()
        sqlite3.connect(database).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
        whole = database.read_bytes()
        database.write_bytes(whole[:8192] + b"\xff" * 8192 + whole[16384:])
        self.assertIn("bad", self.kithd("two.test", "doctor", "--store", expect=1))
        database.write_bytes(before)
        self.kithd("two.test", "doctor", "--store")

    def test_an_account_is_removed_with_its_mail_and_what_it_still_sends(self):
        invite = self.json("account", "add", "gus@one.test")["code"]
        home = self.field.dir / "home/gus"
        env = self.carol.env | {"KITH_HOME": str(home)}
        subprocess.run([str(BIN / "kith"), "init", "gus@one.test", "--invite", invite, "--recovery-file",
                        str(self.field.dir / "home/gus.recovery")], env=env, check=True, capture_output=True)
        gus = type(self.carol)(self.field, "carol")
        gus.env = env
        self.acquaint(gus, self.bob, "bob@two.test")
        self.field.stop("two.test")
        self.addCleanup(self.start, "two.test")
        gus.run("send", "bob@two.test", "-s", "waits", "-m", "x")
        mine = lambda: [r for r in self.json("queue", "list") if r["from"] == "gus@one.test"]
        self.assertTrue(mine())
        self.kithd("one.test", "account", "remove", "gus@one.test")
        self.assertFalse(mine())
        self.assertNotIn("gus@one.test", [r["address"] for r in self.json("account", "list")])
        self.assertNotEqual(gus.run("inbox").returncode, 0)
        self.kithd("one.test", "account", "remove", "gus@one.test", expect=1)
        self.kithd("one.test", "doctor", "--store")

    def test_doctor_takes_a_folder_of_before_the_directory_log(self):
        self.field.stop("two.test")
        kept = {}
        try:
            for name in ("log.key", "vrf.key", "witness.key"):
                file = self.field.dir / "two.test/data/keys" / name
                kept[file] = file.read_bytes()
                file.unlink()
            found = {f["subject"]: f for f in json.loads(self.kithd("two.test", "doctor", "--json"))}
            self.assertEqual(found["keys"]["grade"], "good")
            self.assertTrue(all(file.exists() for file in kept))
        finally:
            for file, octets in kept.items():
                file.write_bytes(octets)
            self.start("two.test")

    def test_check_and_doctor_find_a_good_server_good(self):
        for verb in ("check", "doctor"):
            rows = json.loads(self.kithd("one.test", verb, "--json"))
            self.assertFalse([r for r in rows if r["grade"] == "bad"], rows)


if __name__ == "__main__":
    unittest.main()
