"""Bad input and bad times at the command line: one sentence that says what to do, and nothing lost."""
import contextlib
import hashlib
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import subprocess
import time
import unittest

from lib import BIN, ROOT, PlaygroundTest, Person, eventually

ESCAPES = ("\x1b", "\x9b", "\u202e", "\x07")


def verbs():
    """Every command and, as `token new`, every command within one, with the long options of its --help."""
    def of(*path):
        text = subprocess.run([str(BIN / "kith"), *path, "--help"], capture_output=True, text=True, check=True).stdout
        head = text.split("Examples:")[0]
        options = set(re.findall(r"^  (?:-\w,)?(--[a-z-]+)", head, re.M)) - {"--help"}
        block = text.split("Subcommands:\n")
        inner = re.findall(r"^  ([a-z]+) ", block[1].split("\n\n")[0], re.M) if len(block) > 1 else []
        return options, inner
    found = {}
    for verb in of()[1]:
        found[verb], inner = of(verb)
        for word in inner:
            found[f"{verb} {word}"] = of(verb, word)[0]
    return found


def manual():
    """The same out of the man page: what stands under each `.SS "kith VERB …"`."""
    found, now = {}, None
    for line in (ROOT / "etc/man/kith.1").read_text().replace("\\-", "-").splitlines():
        if line.startswith(".SH"):
            now = None
        if line.startswith(".SS"):
            words = [w for w in line.removeprefix(".SS").strip().strip('"').split()[1:] if re.fullmatch("[a-z]+", w)]
            now = found.setdefault(" ".join(words), set())
        if now is not None:
            now |= set(re.findall(r"(?<![a-z-])--[a-z-]+", line))
    return found


class Manual(unittest.TestCase):
    """No playground: what the program says of itself."""

    def test_the_man_page_has_every_command_and_option_of_help_and_no_other(self):
        said, written = verbs(), manual()
        said = {verb: options for verb, options in said.items() if verb not in ("token", "device", "guardian", "list")}
        self.assertEqual(set(said), set(written))
        for verb in said:
            self.assertEqual(said[verb], written[verb], verb)
        top = subprocess.run([str(BIN / "kith"), "--help"], capture_output=True, text=True, check=True).stdout
        options = (ROOT / "etc/man/kith.1").read_text().replace("\\-", "-").split(".SH OPTIONS")[1].split(".SH")[0]
        for option in re.findall(r"^  (?:-\w,)?(--[a-z-]+)", top, re.M):
            self.assertIn(option, options)

    def test_the_man_page_has_every_exit_code(self):
        header = (ROOT / "apps/kith/exit_code.h").read_text()
        page = (ROOT / "etc/man/kith.1").read_text().split(".SH EXIT STATUS")[1].split(".SH")[0]
        codes = re.findall(r"^    \w+ = (\d+),", header, re.M)
        self.assertEqual(sorted(codes), sorted(re.findall(r"^(\d+)$", page, re.M)))

    def complete(self, *words):
        script = subprocess.run([str(BIN / "kith"), "completion", "bash"], capture_output=True, text=True, check=True).stdout
        line = " ".join(f"'{w}'" for w in ("kith", *words))
        done = subprocess.run(["bash", "--norc", "-c", f'{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words)}; _kith; '
                               'printf "%s\\n" "${COMPREPLY[@]}"'], capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_completion_works_in_bash(self):
        self.assertEqual(self.complete("tok"), ["token"])
        self.assertEqual(set(self.complete("token", "")) & {"new", "list", "revoke"}, {"new", "list", "revoke"})
        self.assertEqual(self.complete("token", "new", "--per"), ["--per-day"])
        self.assertEqual(self.complete("--json", "inb"), ["inbox"])
        self.assertIn("--json", self.complete("inbox", "--"))
        self.assertEqual(self.complete("send", "bob@two.test", "--eml", "READ"), [])  # then bash completes file names


class Command(PlaygroundTest):
    def fails(self, person, code, *words, says="", **more):
        done = person.run(*words, **more)
        self.assertEqual(done.returncode, code, f"{words}: {done.stdout}{done.stderr}")
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertTrue(lines[0].startswith("kith: "), lines[0])
        self.assertIn(says, lines[0])

    def test_an_unknown_address_or_domain_is_not_found(self):
        self.fails(self.alice, 5, "send", "nobody@two.test", "-s", "x", "-m", "y", says="nobody@two.test")
        self.fails(self.alice, 5, "send", "bob@nowhere.test", "-s", "x", "-m", "y", says="no Kith server")
        self.fails(self.alice, 2, "send", "not an address", "-s", "x", "-m", "y")
        self.fails(self.alice, 5, "read", "ffff", says="no such message")

    def test_a_failure_is_one_json_value_too(self):
        for words, code in ((("read", "ffff"), 5), (("sned",), 2), (("trust", "bob@two.test", "loved"), 2)):
            for line in ((*words, "--json"), ("--json", *words)):
                done = self.alice.run(*line)
                self.assertEqual(done.returncode, code, line)
                said = json.loads(done.stdout)
                self.assertEqual(said["exitCode"], code)
                self.assertEqual(done.stderr, f"kith: {said['error']}\n")

    def test_lists_are_arrays_and_empty_ones_too(self):
        dora = self.newcomer("fresh")
        for words in (("inbox",), ("requests",), ("sent",), ("contacts",), ("token", "list")):
            self.assertEqual(json.loads(dora.run("--json", *words).stdout), [], words)
        self.assertEqual([d["name"] for d in dora.kith("device", "list")], ["laptop"])

    def test_lists_are_whole_in_a_pipe_and_newest_first(self):
        for number in range(3):
            self.alice.kith("send", "alice@one.test", "-s", f"number {number}", "-m", "x", "--wait")
        rows = self.alice.kith("inbox")
        self.assertEqual([r["subject"] for r in rows if r["subject"].startswith("number")][:3], [f"number {n}" for n in (2, 1, 0)])
        self.assertEqual([r["receivedAt"] for r in rows], sorted((r["receivedAt"] for r in rows), reverse=True))
        for field in ("id", "from", "to", "time", "tier", "subject"):
            self.assertTrue(all(field in row for row in rows + self.alice.kith("sent")), field)

    def test_a_strangers_message_without_a_stamp_says_the_price(self):
        done = self.mallory.run("send", "alice@one.test", "-s", "x", "-m", "y", "--wait", "--no-pay")
        self.assertEqual(done.returncode, 3)
        self.assertIn("an effort of 4:", done.stdout)
        id = done.stdout.split()[0]
        recipient = self.mallory.kith("sent", id)["recipients"][0]
        self.assertEqual((recipient["state"], recipient["effort"]), ("needs-stamp", 4))
        self.assertEqual(self.mallory.kith("sent", id, "--pay")["recipients"][0]["state"], "held")
        held = next(r for r in self.alice.kith("requests") if r["id"] == id)
        self.assertEqual((held["tier"], held["state"]), ("unknown", "held"))
        self.fails(self.alice, 1, "read", id, says="kith accept")
        self.assertEqual(self.alice.kith("why", id)["reasons"][0]["code"], "stamp")
        self.alice.kith("decline", id)
        self.assertNotIn(id, [r["id"] for r in self.alice.kith("requests")])
        self.fails(self.alice, 5, "accept", id, says="is no request")

    def test_the_stamp_of_what_waits_is_doubled_and_the_sender_hears_how_it_stands(self):
        # The one of this domain that is shown in 30 days; whatever else comes waits.
        self.mallory.kith("send", "alice@one.test", "-s", "first", "-m", "x", "--wait")
        self.alice.kith("requests")
        id = self.mallory.kith("send", "alice@one.test", "-s", "patience", "-m", "x", "--wait")["id"]
        held = self.mallory.kith("sent", id)["recipients"][0]
        self.assertEqual((held["state"], held["answer"]["shown"], held["effort"]), ("held", False, 4))
        effort = lambda: next(r["effort"] for r in self.alice.kith("requests", "--all") if r["id"] == id)
        self.assertEqual(effort(), 4)
        raised = self.mallory.run("sent", id, "--raise")
        self.assertIn("alice@one.test: the stamp was raised from an effort of 4 to 8", raised.stdout)
        self.assertIn("waits for its turn, until ", raised.stdout)
        self.assertEqual(effort(), 8)
        again = self.mallory.kith("sent", id, "--raise")["recipients"][0]
        self.assertEqual((again["state"], again["nextAttempt"], effort()), ("held", None, 16))
        self.mallory.kith("sent", id, "--raise", "--pay-limit", "16")
        self.assertEqual(effort(), 16, "no more than the limit")
        self.alice.kith("decline", id)
        self.assertEqual(self.mallory.kith("sent", id, "--raise")["recipients"][0]["answer"]["shown"], False, "not told today")
        own = self.alice.kith("send", "alice@one.test", "-s", "to me", "-m", "x", "--wait")["id"]
        self.fails(self.alice, 5, "sent", own, "--raise", says="nothing of it waits")

    def test_a_token_goes_bare_or_as_its_link(self):
        for number, what in enumerate(("token", "link")):
            dora = self.newcomer(f"tokens{number}")
            token = self.bob.kith("token", "new")
            self.assertEqual((token["kind"], token["usesLeft"]), ("invite", 1))
            sent = dora.kith("send", "bob@two.test", "-s", f"by {what}", "-m", "x", "--token", token[what], "--wait", "--no-pay")
            self.assertEqual(sent["recipients"][0]["state"], "delivered")
            self.assertEqual(dora.kith("verify", "bob@two.test")["verified"], what == "link", "a link with a root verifies")
        false = re.sub("root=.*", "root=" + "0" * 64, self.bob.kith("token", "new")["link"])
        self.fails(self.newcomer("misled"), 6, "send", "bob@two.test", "-s", "x", "-m", "x", "--token", false, says="this link")
        letter = self.bob.kith("token", "new", "--kind", "newsletter", "--per-day", "2", "--label", "news")
        self.assertEqual((letter["kind"], letter["perDay"], letter["label"]), ("newsletter", 2, "news"))
        self.assertTrue(self.bob.kith("token", "revoke", letter["id"][:8])["revoked"])
        self.assertEqual(self.bob.run("token", "new").stdout.count("\n"), 1)
        self.fails(self.bob, 2, "token", "new", "--kind", "odd", says="--kind")

    def test_trusting_somebody_new_makes_the_contact(self):
        dora = self.newcomer("truster")
        self.assertEqual(dora.kith("trust", "bob@two.test", "well-trusted")["level"], "well-trusted")
        bob = dora.kith("contacts")[0]
        self.assertEqual((bob["address"], bob["level"], bob["pinned"]), ("bob@two.test", "well-trusted", True))
        self.assertEqual(bob["root"], dora.kith("card", "bob@two.test")["root"])
        dora.kith("trust", "bob@two.test", "blocked")
        self.assertEqual([c["level"] for c in dora.kith("contacts")], ["blocked"])
        self.fails(dora, 5, "trust", "nobody@two.test", "known", says="nobody@two.test")
        self.fails(dora, 2, "trust", "truster@one.test", "known", says="that is you")

    def test_the_writer_alone_keeps_the_bcc(self):
        sent = self.alice.kith("send", "alice@one.test", "ALICE@one.test", "--bcc", "carol@one.test", "--cc", "alice@one.test",
                               "-s", "quiet", "-m", "x", "--wait")
        self.assertEqual(sent["to"], ["alice@one.test", "carol@one.test"])
        kept = {r["address"]: r["bcc"] for r in self.alice.kith("sent", sent["id"])["recipients"]}
        self.assertEqual(kept, {"alice@one.test": False, "carol@one.test": True})
        self.assertNotIn("carol", self.alice.run("read", sent["id"], "--eml").stdout)

    def test_too_many_recipients_are_refused_before_anything_is_sent(self):
        self.fails(self.alice, 2, "send", *(f"p{n}@two.test" for n in range(501)), "-s", "x", "-m", "y", says="500")

    def test_text_comes_back_as_it_was_written(self):
        text = "tab\there\n\nGrüße 漢字 📬\nlast line"
        done = self.alice.run("send", "alice@one.test", "-s", "text", "--wait", stdin=text)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.alice.run("read", done.stdout.split()[0], "--text").stdout, text + "\n")

    def test_nothing_that_came_steers_the_terminal(self):
        eml = pathlib.Path(self.folder) / "evil.eml"
        eml.write_bytes("Subject: =?utf-8?Q?evil=1B[2J=C2=9B31m=E2=80=AE?=\r\nFrom: \"x\x1b[31m\" <alice@one.test>\r\n"
                        "To: alice@one.test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
                        "Content-Type: text/plain; charset=utf-8\r\n\r\nbody \x1b]0;title\x07 \u202e\r\n--b\r\n"
                        "Content-Type: application/x\x1b[31m\r\nContent-Disposition: attachment; filename=\"../a\x1b[31m\"\r\n\r\n"
                        "x\r\n--b--\r\n".encode())
        id = self.alice.kith("send", "alice@one.test", "--eml", eml, "--wait")["id"]
        for words in (("inbox",), ("inbox", "--json"), ("read", id), ("read", id, "--json"), ("read", id, "--text"),
                      ("sent",), ("sent", id), ("sent", "--json"), ("why", id), ("read", id, "--save", self.folder)):
            said = self.alice.run(*words).stdout
            for escape in ESCAPES:
                self.assertNotIn(escape, said, words)
        self.assertEqual(subprocess.run([str(BIN / "kith"), "read", id, "--eml"], capture_output=True, env=self.alice.env,
                                        check=True).stdout, eml.read_bytes())
        on_terminal = self.on_terminal("read", id, "--eml")
        for escape in ESCAPES:
            self.assertNotIn(escape, on_terminal)

    def on_terminal(self, *words, env=None):
        """What alice sees when stdout is a terminal."""
        mine, theirs = pty.openpty()
        done = subprocess.Popen([str(BIN / "kith"), *words], stdout=theirs, stderr=theirs, stdin=theirs,
                                env=self.alice.env | {"TERM": "xterm"} | (env or {}))
        os.close(theirs)
        said = b""
        try:
            while piece := os.read(mine, 65_536):
                said += piece
        except OSError:
            pass  # how Linux says that the other end is closed
        os.close(mine)
        self.assertEqual(done.wait(timeout=30), 0)
        return said.decode()

    def test_colours_are_for_terminals_that_want_them(self):
        self.alice.kith("send", "alice@one.test", "-s", "colours", "-m", "x", "--wait")
        self.assertIn("\x1b[", self.on_terminal("inbox"))
        self.assertNotIn("\x1b[", self.on_terminal("inbox", env={"NO_COLOR": "1"}))
        self.assertNotIn("\x1b[", self.on_terminal("inbox", env={"TERM": "dumb"}))
        self.assertNotIn("\x1b[", self.alice.run("inbox").stdout)

    def test_an_ambiguous_id_is_not_guessed(self):
        folder = pathlib.Path(self.folder) / "made"
        (folder / "mail").mkdir(parents=True)
        (folder / "account.json").write_text('{"format": 1}')
        (folder / "contacts.json").write_text("[]")
        ids = ["abcdef01" + hashlib.md5(str(n).encode()).hexdigest()[:24] for n in range(2)]
        for id in ids:
            (folder / "mail" / f"{id}.json").write_text(json.dumps({"id": id, "mailbox": "archive", "to": []}))
            (folder / "mail" / f"{id}.eml").write_text(f"Subject: {id}\r\n\r\nx\r\n")
        self.assertEqual(self.carol.kith("import", folder)["messages"], 2)
        self.fails(self.carol, 2, "read", "abcdef01", says="several messages")
        self.assertEqual(self.carol.kith("read", ids[0][:12].upper())["subject"], ids[0])

    def test_a_reader_that_leaves_is_no_failure_and_a_full_disk_is_one(self):
        env = self.alice.env
        done = subprocess.run(f"'{BIN}/kith' inbox --json | true; exit ${{PIPESTATUS[0]}}", shell=True, env=env,
                              executable="/bin/bash", capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([str(BIN / "kith"), "inbox", "--json"], stdout=full, stderr=subprocess.PIPE, text=True, env=env)
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot be written", done.stderr)

    def test_a_message_that_is_too_large_says_how_much_goes(self):
        file = pathlib.Path(self.folder) / "large"
        with open(file, "wb") as out:
            out.truncate(60_000_000)
        self.fails(self.alice, 1, "send", "alice@one.test", "-s", "large", "-m", "x", "-a", file, says="52.4 MB that your server takes")
        self.assertNotIn("large", self.alice.subjects("sent"))
        file.unlink()

    def test_an_upload_that_is_broken_off_sends_nothing(self):
        file = pathlib.Path(self.folder) / "long"
        file.write_bytes(os.urandom(20_000_000))
        self.alice.kith("inbox")
        server = self.field.pid_of("one.test")
        os.kill(server, signal.SIGSTOP)
        try:
            sending = subprocess.Popen([str(BIN / "kith"), "send", "alice@one.test", "-s", "broken off", "-m", "x", "-a", file],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.alice.env)
            time.sleep(1)
            sending.send_signal(signal.SIGINT)
        finally:
            os.kill(server, signal.SIGCONT)
        sending.communicate(timeout=60)
        self.assertIn(sending.returncode, (130, -signal.SIGINT))
        self.assertNotIn("broken off", self.alice.subjects("sent"))
        file.unlink()

    def test_a_damaged_home_says_which_file(self):
        dora = self.newcomer("damaged")
        dora.kith("trust", "bob@two.test", "known")
        for name, code, garbage in (("config.toml", 1, b"address = [\xff"), ("device.key", 6, b"# kith"), ("pins.json", 1, b'{"bob'),
                                    ("device.key", 6, b"age-encryption.org/v1\n"), ("device.key", 6, b"")):
            file = dora.home / name
            whole = file.read_bytes()
            file.write_bytes(garbage)
            self.fails(dora, code, "inbox", says=name, env={"KITH_PASSPHRASE_FILE": "/nowhere"} if code == 1 else self.no_phrase())
            file.write_bytes(whole)
        for name in ("session.json", "server.json"):  # made anew without a word
            (dora.home / name).write_bytes(b"{garbage")
            self.assertEqual(dora.run("inbox").stderr, "")
        outbox = dora.home / "outbox"
        outbox.mkdir(mode=0o700, exist_ok=True)
        bad = outbox / "2026-01-01T000000Z-x.age"
        bad.write_bytes(b"garbage")
        bad.chmod(0o600)
        self.assertIn("kept in outbox/refused", dora.run("inbox").stderr)
        self.assertEqual(dora.run("inbox").stderr, "")
        dora.home.chmod(0o755)
        self.fails(dora, 6, "inbox", says="chmod go=")
        dora.home.chmod(0o700)

    def no_phrase(self):
        file = pathlib.Path(self.folder) / "any-phrase"
        if not file.exists():
            file.write_text("any\n")
            file.chmod(0o600)
        return {"KITH_PASSPHRASE_FILE": str(file)}

    def test_a_home_goes_under_a_passphrase_and_back(self):
        dora = self.newcomer("sealed")
        secret = pathlib.Path(self.folder) / "later-passphrase"
        secret.write_text("correct horse\n")
        secret.chmod(0o600)
        self.assertTrue(dora.kith("passphrase", "--passphrase-file", secret)["passphrase"])
        self.assertTrue((dora.home / "device.key").read_bytes().startswith(b"age-encryption.org/v1\n-> scrypt "))
        self.assertEqual((dora.home / "device.key").stat().st_mode & 0o777, 0o600)
        self.assertEqual(dora.kith("inbox", env={"KITH_PASSPHRASE_FILE": str(secret)}), [])
        self.fails(dora, 6, "inbox", says="passphrase", env=self.no_phrase())
        self.fails(dora, 1, "inbox", says="/nowhere", env={"KITH_PASSPHRASE_FILE": "/nowhere"})
        dora.kith("passphrase", "--remove", env={"KITH_PASSPHRASE_FILE": str(secret)})
        self.assertEqual(dora.kith("inbox"), [])

    def test_a_second_device_is_linked_and_taken_out_again(self):
        dora = self.newcomer("linker")
        dora.kith("send", "linker@one.test", "-s", "old mail", "-m", "x", "--wait")
        linking = subprocess.Popen([str(BIN / "kith"), "device", "link", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, env=dora.env)
        code = json.loads(linking.stdout.readline())["code"]
        phone = Person(self.field, "linker-phone")
        phone.kith("init", "linker@one.test", "--link", code, "--device", "phone")
        self.assertEqual(linking.wait(timeout=60), 0)
        linking.communicate()
        self.assertEqual([d["name"] for d in dora.kith("device", "list")], ["phone", "laptop"])
        self.assertEqual(phone.subjects(), ["old mail"])
        self.fails(phone, 6, "device", "revoke", "laptop", says="--recovery-file")
        self.fails(dora, 5, "device", "revoke", "nosuch", says="no device of yours")
        dora.kith("device", "revoke", "phone", "--recovery-file", self.recovery_file("linker"))
        self.fails(phone, 6, "inbox", says="revoked")
        self.assertEqual([(d["name"], d["revoked"]) for d in dora.kith("device", "list") if d["revoked"]], [("phone", True)])

    def test_a_lost_home_is_made_again_from_its_export(self):
        dora = self.newcomer("exporter")
        dora.kith("trust", "bob@two.test", "known")
        dora.kith("send", "exporter@one.test", "-s", "kept", "-m", "x", "--wait")
        export = pathlib.Path(self.folder) / "exported"
        export.mkdir(mode=0o755)
        dora.kith("export", export)
        again = Person(self.field, "exporter-again")
        again.kith("import", export)
        self.assertEqual(again.subjects(), ["kept"])
        self.assertEqual([c["pinned"] for c in again.kith("contacts")], [True])
        for file in again.home.rglob("*"):
            self.assertEqual(file.stat().st_mode & 0o077, 0, file)
        self.fails(Person(self.field, "nothing"), 1, "import", self.folder, says="not a whole export")

    def newcomer(self, name):
        invite = json.loads(self.kithd("one.test", "invitation", f"{name}@one.test", "--json"))["code"]
        person = Person(self.field, name)
        person.kith("init", f"{name}@one.test", "--invite", invite, "--device", "laptop",
                    "--recovery-file", self.recovery_file(name))
        return person

    def recovery_file(self, name):
        return pathlib.Path(self.folder) / f"{name}.recovery"

    def test_unreadable_files_are_named(self):
        self.fails(self.alice, 1, "send", "bob@two.test", "-s", "x", "-m", "y", "-a", "/no/such/file", says="/no/such/file")
        self.fails(self.alice, 1, "send", "bob@two.test", "--eml", "/no/such/file", says="/no/such/file")

    def test_a_wrong_command_line_is_a_usage_error(self):
        for words in (("sned",), ("send", "--colour"), ("trust", "bob@two.test", "loved"), ("inbox", "--tier", "odd")):
            self.assertEqual(self.alice.run(*words).returncode, 2, words)

    def test_every_command_explains_itself(self):
        for verb in ("init", "send", "inbox", "requests", "accept", "decline", "read", "sent", "contacts", "trust", "verify",
                     "card", "token", "device", "export", "import", "why", "watch", "recover", "freeze", "thaw", "status",
                     "report", "block", "unblock", "guardian", "alarm", "move"):
            done = self.alice.run(verb, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertIn("Examples:", done.stdout)

    def test_no_home_says_how_to_make_one(self):
        self.fails(self.alice, 5, "inbox", says="kith init", env={"KITH_HOME": str(pathlib.Path(self.folder) / "nobody")})

    def test_a_home_under_a_passphrase_opens_with_it_alone(self):
        field, name = self.field, "dora"
        invite = json.loads(self.kithd("one.test", "invitation", "dora@one.test", "--json"))["code"]
        secret = pathlib.Path(self.folder) / "passphrase"
        secret.write_text("correct horse battery staple\n")
        secret.chmod(0o600)
        dora = Person(field, name)
        dora.kith("init", "dora@one.test", "--invite", invite, "--device", "laptop", "--passphrase-file", secret,
                  "--recovery-file", pathlib.Path(self.folder) / "dora.recovery")
        self.assertEqual(dora.kith("inbox", env={"KITH_PASSPHRASE_FILE": str(secret)}), [])
        secret.write_text("wrong\n")
        self.fails(dora, 6, "inbox", says="passphrase", env={"KITH_PASSPHRASE_FILE": str(secret)})

    def test_a_used_invitation_is_refused(self):
        invite = json.loads(self.kithd("one.test", "invitation", "--json"))["code"]
        for number, code in ((1, 0), (2, 6)):
            person = Person(self.field, f"erna{number}")
            done = person.run("init", f"erna{number}@one.test", "--invite", invite, "--device", "laptop",
                              "--recovery-file", pathlib.Path(self.folder) / f"erna{number}.recovery")
            self.assertEqual(done.returncode == 0, code == 0, done.stderr)

    def test_a_message_written_while_the_server_is_away_goes_out_later(self):
        self.acquaint(self.alice, self.bob, "bob@two.test")
        self.field.stop("one.test")
        done = self.alice.run("send", "bob@two.test", "-s", "written offline", "-m", "x")
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("queued", done.stdout + done.stderr)
        self.fails(self.alice, 69, "inbox")
        taken_back = self.alice.run("send", "bob@two.test", "-s", "taken back", "-m", "x").stdout.split()[0]
        self.assertEqual(self.alice.kith("sent", taken_back[:8])["recipients"][0]["state"], "queued")
        self.assertEqual(self.alice.kith("sent", taken_back, "--cancel")["undoStatus"], "canceled")
        self.assertEqual(self.alice.run("send", "bob@two.test", "-s", "x", "-m", "x", "--no-outbox").returncode, 69)
        self.start("one.test")
        self.alice.kith("inbox")
        eventually("the message", lambda: "written offline" in self.bob.subjects())
        self.assertNotIn("taken back", self.alice.subjects("sent"))

    def test_a_full_disk_under_the_home_is_said(self):
        if os.geteuid() != 0:
            self.skipTest("mounting a small disk needs root")
        mount = pathlib.Path(self.folder) / "small"
        mount.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(mount)], capture_output=True).returncode != 0:
            self.skipTest("no tmpfs here")
        try:
            self.alice.kith("inbox")
            home = {"KITH_HOME": str(mount / "home")}
            shutil.copytree(self.alice.home, mount / "home")
            with open(mount / "fill", "wb", buffering=0) as fill, contextlib.suppress(OSError):
                while True:
                    fill.write(b"x" * 4096)
            self.fails(self.alice, 1, "export", mount / "export", says="disk is full")
            self.field.stop("one.test")
            self.fails(self.alice, 1, "send", "bob@two.test", "-s", "no room", "-m", "x", says="disk is full", env=home)
            (mount / "fill").unlink()
            self.assertEqual(self.alice.run("send", "bob@two.test", "-s", "room", "-m", "x", env=home).returncode, 4)
        finally:
            subprocess.run(["umount", str(mount)], check=False)
            if not self.field.pid_of("one.test"):
                self.start("one.test")

    def test_everything_a_person_owns_is_exported_and_taken_over(self):
        self.acquaint(self.alice, self.bob, "bob@two.test")
        self.alice.kith("send", "bob@two.test", "-s", "to be kept", "-m", "kept", "--wait")
        eventually("the message", lambda: "to be kept" in self.bob.subjects())
        export = pathlib.Path(self.folder) / "export"
        first = self.bob.kith("export", export)
        self.assertEqual(self.bob.kith("export", export)["new"], 0)
        rows = [json.loads(file.read_text()) for file in (export / "mail").glob("*.json")]
        self.assertEqual(len(rows), first["messages"])
        kept = next(row for row in rows if row["subject"] == "to be kept")
        self.assertIn(b"kept", (export / "mail" / (kept["id"] + ".eml")).read_bytes())
        for file in export.rglob("*"):
            self.assertEqual(file.stat().st_mode & 0o077, 0, file)
        taken = self.mallory.kith("import", export)
        self.assertGreaterEqual(taken["messages"], 1)
        self.assertEqual(self.mallory.kith("import", export)["messages"], 0)
        self.assertIn("to be kept", self.mallory.subjects("inbox", "--mailbox", "archive"))
        self.assertIn("alice@one.test", [c["address"] for c in self.mallory.kith("contacts")])

    def test_watch_tells_of_new_mail(self):
        self.acquaint(self.alice, self.bob, "bob@two.test")
        watch = subprocess.Popen([str(BIN / "kith"), "watch", "--json"], stdout=subprocess.PIPE, text=True, env=self.bob.env)
        try:
            eventually("a watching command", lambda: watch.poll() is None)
            self.alice.kith("send", "bob@two.test", "-s", "look", "-m", "x", "--wait")
            while "look" not in (line := watch.stdout.readline()):
                self.assertTrue(line, "watch ended")
        finally:
            watch.terminate()
            watch.wait()
            watch.stdout.close()


if __name__ == "__main__":
    unittest.main()
