"""What the steps of the tour stand on: people who run `kith`, and a stage that shows and times what they do."""
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys
import textwrap
import time

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent
ROOT = SCRIPTS.parent
COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ
PATIENCE = 60  # seconds until what should come is given up
NEW_THREADS = 1_000  # an hour: people of a tour write in a minute what others write in days


def _load(path):
    loader = importlib.machinery.SourceFileLoader(path.name, str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(path.name, loader))
    loader.exec_module(module)
    return module


playground = _load(SCRIPTS / "playground")
BIN = playground.BIN


def style(code, text):
    return f"\033[{code}m{text}\033[0m" if COLOUR else text


def wrapped(text, indent):
    """Within the terminal, where there is one."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 10_000
    return textwrap.fill(text, max(width, 40), initial_indent=indent, subsequent_indent=" " * len(indent),
                         break_on_hyphens=False, break_long_words=False)


class Failed(Exception):
    """A step that did not hold; the sentence says which expectation."""


def check(held, sentence):
    if not held:
        raise Failed(sentence)


def eventually(what, probe):
    """The first true value of probe()."""
    end = time.monotonic() + PATIENCE
    while not (value := probe()):
        check(time.monotonic() < end, f"never came: {what}")
        time.sleep(0.1)
    return value


class Person:
    """Somebody with a home; runs `kith` there."""

    def __init__(self, tour, name, home=None, address=None):
        self.tour, self.name, self.address = tour, name, address
        self.home = home or tour.dir / "home" / name

    def env(self):
        return self.tour.field.client_env(self.home.name, self.tour.field.ports())

    def call(self, *words, **more):
        return subprocess.run([BIN / "kith", *map(str, words)], capture_output=True, env=self.env(), timeout=120, **more)

    def kith(self, *words, expect=0, show=True):
        """Runs the command with --json; answers what it printed. expect: the exit code, or a tuple."""
        if show:
            self.tour.shell(self.name, "kith", *words)
        began = time.monotonic()
        done = self.call(*words, "--json", text=True)
        took = time.monotonic() - began
        expected = expect if isinstance(expect, tuple) else (expect,)
        check(done.returncode in expected,
              f"`kith {' '.join(map(str, words))}` by {self.name} ended with {done.returncode}, not {expect}:\n"
              f"{done.stdout.strip()}\n{done.stderr.strip()}")
        if show:
            self.tour.faint(f"{took * 1000:.0f} ms")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def shown(self, *words, expect=0):
        """Runs the command as a person does, and shows what it said."""
        self.tour.shell(self.name, "kith", *words)
        done = self.call(*words, text=True)
        said = (done.stdout + done.stderr).strip()
        check(done.returncode == expect, f"`kith {' '.join(map(str, words))}` by {self.name} ended with {done.returncode}:\n{said}")
        self.tour.quote(said)
        return said

    def bytes_of(self, id):
        """The RFC 5322 bytes of a message."""
        done = self.call("read", id, "--eml")
        check(done.returncode == 0, f"{self.name} cannot read {id}: {done.stderr.decode()}")
        return done.stdout

    def row(self, subject, *where):
        return next((row for row in self.kith(*(where or ("inbox",)), show=False) if row.get("subject") == subject), None)

    def newest(self, subject, *where):
        """The newest message with that subject; waits for it to arrive."""
        return eventually(f"{subject!r} in {self.name}'s {(where or ('inbox',))[0]}", lambda: self.row(subject, *where))

    def contact(self, address):
        found = [row for row in self.kith("contacts", show=False) if row["address"] == address]
        check(found, f"{self.name} has no contact {address}")
        return found[0]


    def forgets(self, address):
        """Somebody whom an earlier tour in this playground made a contact is a stranger again."""
        if any(row["address"] == address for row in self.kith("contacts", show=False)):
            self.kith("block", address, show=False)
            self.kith("unblock", address, show=False)


class Stage:
    def __init__(self, folder):
        self.field = playground.Playground(folder)
        self.field.new_threads = NEW_THREADS
        self.dir = self.field.dir
        self.rows = []
        self.stamp = time.strftime("%H:%M:%S")
        for address in playground.PEOPLE:
            name = address.split("@")[0]
            setattr(self, name, Person(self, name, address=address))

    # --- what is shown ---------------------------------------------------------------------------

    def say(self, line=""):
        print(line, flush=True)

    def shell(self, who, *words):
        shown = " ".join(w if " " not in w else repr(w) for w in map(str, words))
        self.say(f"  {style('36', who)}$ {shown.replace(str(self.dir), 'DIR')}")

    def faint(self, text):
        self.say(style("2", f"      {text}"))

    def quote(self, text, most=None):
        lines = text.splitlines()
        for line in lines[:most]:
            self.say(f"      {line}".rstrip())
        if most and len(lines) > most:
            self.say(f"      … and {len(lines) - most} lines more")

    def step(self, title, play):
        number = len(self.rows) + 1
        self.say(f"\n{style('1', f'{number}. {title}')}")
        began = time.monotonic()
        try:
            result = play(self)
        except (Failed, playground.Failed, subprocess.TimeoutExpired, OSError, KeyError, IndexError, TypeError, ValueError) as why:
            self.say(style("31", f"  did not hold: {type(why).__name__}: {why}"))
            self.rows.append((title, time.monotonic() - began, "FAILED"))
            return
        self.say(style("32", wrapped(result, "  ")))
        self.rows.append((title, time.monotonic() - began, result))

    def summary(self):
        self.say(f"\n{style('1', 'The tour')}")
        for number, (title, took, result) in enumerate(self.rows, 1):
            self.say(wrapped(title, f" {number:2}  {took:6.2f} s  "))
            self.say(wrapped(result, " " * 15))
        self.say(f"     {sum(took for _, took, _ in self.rows):6.2f} s  in all")
        return all(result != "FAILED" for _, _, result in self.rows)

    # --- what steps need -------------------------------------------------------------------------

    def subject(self, text):
        """A subject of this tour alone, so that a second tour in the same playground is not confused."""
        return f"{text} ({self.stamp})"

    def fresh(self, name, taken):
        """`name`, or name2, name3, … (before its first dot): what no earlier tour in this playground took."""
        first, dot, rest = name.partition(".")
        number = 1
        while taken(chosen := f"{first}{number if number > 1 else ''}{dot}{rest}"):
            number += 1
        return chosen

    def newcomer(self, name, domain, home=None):
        """A new account there, made as `kithd invitation` and `kith init` make it."""
        address, home = f"{name}@{domain}", home or name
        invite = json.loads(self.kithd(domain, "invitation", address, "--json", show=False))["code"]
        person = Person(self, home, address=address)
        person.kith("init", address, "--invite", invite, "--device", "laptop", "--recovery-file",
                    self.dir / "home" / f"{home}.recovery", show=False)
        return person

    def kithd(self, domain, *words, show=True):
        """What the administrator of a domain runs; answers what it printed."""
        if show:
            self.shell(domain, "kithd", *words)
        return playground.run(BIN / "kithd", *words, "--config", self.dir / domain / "kithd.toml")

    def publish(self, *lines):
        """Puts records of new names into the zone beside those that are there, and waits until they are served."""
        ports, extra = self.field.ports(), self.dir / "dns/extra"
        before = extra.read_text().splitlines() if extra.exists() else []
        extra.write_text("\n".join([*before, *lines]) + "\n")
        self.field.publish(ports)
        for name, kind, _ in (line.split(" ", 2) for line in lines):
            eventually(f"{name} in the zone", lambda: subprocess.run(
                ["kdig", "@127.0.0.1", "-p", str(ports["dns"]), "+short", "+timeout=1", name, kind],
                capture_output=True, text=True).stdout.strip())
