"""What the end-to-end tests share: a playground of their own, people in it, faults put into kithd."""
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def _load(path):
    loader = importlib.machinery.SourceFileLoader(path.name, str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(path.name, loader))
    loader.exec_module(module)
    return module


os.environ["PATH"] += ":/usr/sbin:/sbin"
playground = _load(ROOT / "scripts" / "playground")
BIN = playground.BIN
# Sanitizers keep what is freed, and want to be loaded before any other library.
SANITIZED = any(name in (BIN / "kithd").read_bytes() for name in (b"__asan_init", b"__tsan_init"))


class Person:
    """Somebody of the playground; `kith` runs in their home."""

    def __init__(self, field, name):
        self.name, self.home = name, field.dir / "home" / name
        self.env = field.client_env(name, field.ports())

    def run(self, *words, stdin=None, timeout=60, env=None):
        return subprocess.run([str(BIN / "kith"), *map(str, words)], capture_output=True, text=True, input=stdin,
                              timeout=timeout, env=self.env | (env or {}))

    def kith(self, *words, expect=0, **more):
        """The command with --json and what it printed; any other exit code than `expect` is a failure."""
        done = self.run(*words, "--json", **more)
        if done.returncode != expect:
            raise AssertionError(f"{self.name}$ kith {' '.join(map(str, words))}: {done.returncode}, expected {expect}\n"
                                 f"{done.stdout}\n{done.stderr}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def subjects(self, *where):
        return [row.get("subject") for row in self.kith(*(where or ("inbox",)), "--limit", 100000)]


def eventually(what, probe, seconds=30):
    """The first true value of probe(); the wait is bounded, never part of what is asserted."""
    end = time.monotonic() + seconds
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"never came: {what}")
        time.sleep(0.1)


class PlaygroundTest(unittest.TestCase):
    """A playground for the class, in a folder of its own; left in place when KITH_KEEP is set."""

    new_threads = 100_000  # tests write to more people in a minute than a person does in a day

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="kith-e2e-")
        cls.field = playground.Playground(cls.folder)
        cls.field.new_threads = cls.new_threads
        try:
            cls.field.up()
        except playground.Failed as failure:
            cls.logs()
            cls.tearDownClass()
            raise AssertionError(str(failure)) from failure
        for name in ("alice", "bob", "carol", "mallory"):
            setattr(cls, name, Person(cls.field, name))

    @classmethod
    def tearDownClass(cls):
        cls.field.down()
        if "KITH_KEEP" not in os.environ:
            shutil.rmtree(cls.folder, ignore_errors=True)

    @classmethod
    def logs(cls):
        for file in sorted(pathlib.Path(cls.folder).glob("log/*.log")):
            print(f"--- {file.name}\n" + "\n".join(file.read_text(errors="replace").splitlines()[-15:]))

    # --- verbs -----------------------------------------------------------------------------------

    def acquaint(self, one, other, address):
        """`one` may write to `other`, as somebody known."""
        link = other.kith("token", "new", "--kind", "invite")["link"]
        one.kith("contacts", "add", link)
        one.kith("send", address, "-s", "hello", "-m", "hello", "--token", link, "--wait")

    def publish(self, *lines):
        """Puts records into the zone, besides those of the playground, and waits until they are served."""
        (self.field.dir / "dns/extra").write_text("\n".join(lines) + "\n")
        ports = self.field.ports()
        self.field.publish(ports)
        for name, kind, value in (line.split(" ", 2) for line in lines):
            eventually(f"{name} in the zone", lambda: value.split("key=")[-1].strip('"') in subprocess.run(
                ["kdig", "@127.0.0.1", "-p", str(ports["dns"]), "+short", "+timeout=1", name, kind],
                capture_output=True, text=True).stdout)

    def kithd(self, domain, *words, expect=0, timeout=60):
        done = subprocess.run([str(BIN / "kithd"), *map(str, words), "--config", str(self.field.dir / domain / "kithd.toml")],
                              capture_output=True, text=True, timeout=timeout)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout

    def configure(self, domain, **values):
        """Other values (`section_dot_key` as limits__blob_octets=1) in the configuration; the file as it was."""
        file = self.field.dir / domain / "kithd.toml"
        before, section, lines = file.read_text(), "", []
        for line in before.splitlines():
            name = line.split(" = ")[0]
            section = line.strip("[]") if line.startswith("[") else section
            if f"{section}__{name}" in values:
                line = f"{name} = {json.dumps(values.pop(f'{section}__{name}'))}"
            lines.append(line)
        self.assertFalse(values, "no such keys")
        file.write_text("\n".join(lines) + "\n")
        return before

    def with_limits(self, domain, **values):
        """A reload with other values, until the test ends."""
        before = self.configure(domain, **values)
        self.kithd(domain, "reload")

        def back():
            (self.field.dir / domain / "kithd.toml").write_text(before)
            self.kithd(domain, "reload")
        self.addCleanup(back)

    def log_of(self, domain):
        return (self.field.dir / "log" / f"{domain}.log").read_text(errors="replace")

    def curl(self, domain, path, *options, data=None):
        """Status, headers (lower case) and body of one call."""
        port = self.field.ports()[domain]
        command = ["curl", "-sS", "-i", "--http2", "--cacert", self.field.dir / "ca/ca.pem", "--resolve",
                   f"mail.{domain}:{port}:127.0.0.1", "--max-time", "20", *options]
        done = subprocess.run([*map(str, command), *(("--data-binary", "@-") if data is not None else ()),
                               f"https://mail.{domain}:{port}{path}"], capture_output=True, input=data)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        return int(first.split()[1]), headers, body

    def kill(self, domain):
        pid = self.field.pid_of(domain)
        if pid:
            os.kill(pid, signal.SIGKILL)
            # Its first thread is gone before the others, which hold port and store: only to be waited for is the whole.
            for process in self.field.started:
                if process.pid == pid:
                    process.wait(timeout=30)
            while self.field.pid_of(domain):
                time.sleep(0.005)

    def start(self, domain, env=None, wait=True):
        field, ports = self.field, self.field.ports()
        process = field.start(domain, BIN / "kithd", "run", "--config", field.dir / domain / "kithd.toml",
                              env=os.environ | (env or {}))
        if wait:
            playground.wait_for(f"kithd of {domain}", lambda: playground.listens(ports[domain]), process=process)
        return process

    def restart(self, domain, env=None):
        self.field.stop(domain)
        return self.start(domain, env)


def fault_shim(folder):
    """The library that makes a process's disk or clock fail as KITH_FAULT_FILE says (faults.c)."""
    library = pathlib.Path(folder) / "faults.so"
    if not library.exists():
        subprocess.run(["clang-19", "-shared", "-fPIC", "-O1", "-o", str(library),
                        str(ROOT / "tests/e2e/faults.c"), "-ldl"], check=True)
    return library
