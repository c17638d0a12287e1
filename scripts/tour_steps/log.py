"""A domain that shows two people two different cards of one address, and is convicted by its own signatures."""
import json
import shutil

from .stage import Person, check, eventually, playground


def standing(tour, observer, domain):
    """What one server has seen of another's directory log, and what it thinks of it."""
    rows = json.loads(tour.kithd(observer, "log", "list", "--json", show=False))
    return next((row for row in rows if row["domain"] == domain), {"entries": 0, "standing": "unknown"})


class Liar:
    """A domain of its own with two data folders: what it shows depends on which one it runs with."""

    def __init__(self, tour, domain):
        self.tour, self.domain, self.folder = tour, domain, tour.dir / domain
        self.ports = tour.field.ports() | {domain: playground.free_ports(1)[0]}
        tour.field.certificate(domain)
        tour.publish(f"mail.{domain}. A 127.0.0.1", f"kith.{domain}. A 127.0.0.1")
        self.start()
        tour.publish((self.folder / "record").read_text().strip())

    def start(self):
        self.tour.field.start_domain(self.domain, self.ports)

    def stop(self):
        self.tour.field.stop(self.domain)

    def fork(self):
        """Now there are two of it, with the same keys and the same past."""
        self.stop()
        shutil.copytree(self.folder / "data", self.folder / "other", ignore=shutil.ignore_patterns("admin.sock"))
        self.start()

    def swap(self):
        self.stop()
        (self.folder / "data").rename(self.folder / "aside")
        (self.folder / "other").rename(self.folder / "data")
        (self.folder / "aside").rename(self.folder / "other")
        self.start()

    def published(self):
        """How many entries its log has, once all of them are in a checkpoint."""
        def whole():
            said = json.loads(self.tour.kithd(self.domain, "log", "verify", "--json", show=False))
            return said["published"] == said["entries"] > 0 == said["missing"] and said["entries"]
        return eventually(f"a checkpoint of all entries of {self.domain}", whole)


def two_cards(tour):
    alice, bob = tour.alice, tour.bob
    domain = tour.fresh("liar.test", lambda name: (tour.dir / name).exists())
    name = f"dave{domain.split('.')[0].removeprefix('liar')}"
    address = f"{name}@{domain}"
    liar = Liar(tour, domain)
    try:
        liar.fork()
        dave = tour.newcomer(name, domain)
        size = liar.published()
        dave.shown("audit")
        seen = alice.kith("card", address)
        tour.say(f"      alice sees {address} with the root {seen['root']}")

        tour.say(f"  {domain} swaps its log for another with the same keys, as many entries, and another Dave")
        liar.swap()
        tour.newcomer(name, domain, home=f"{name}-impostor")
        check(liar.published() == size, "both trees have as many entries")
        other = bob.kith("card", address)
        tour.say(f"      bob sees {address} with the root {other['root']}")
        check(seen["root"] != other["root"], "alice and bob were shown two people")
        dave.shown("audit", expect=6)

        tour.say("  bob writes to alice: his server tells hers which logs it has seen lately")
        bob.kith("send", "alice@one.test", "-s", tour.subject("do you know Dave?"), "-m", "I met him.", "--wait")
        eventually("the lie is found", lambda: standing(tour, "one.test", domain)["standing"] == "contradicts itself")
        evidence = tour.kithd("one.test", "log", "evidence", domain)
        tour.quote(evidence)
        check(evidence.count(f"\n{domain}/kith/1/log\n{size}\n") == 2, "both signed checkpoints are in the evidence")
        done = alice.call("trust", f"stranger@{domain}", "known", text=True)
        check(done.returncode != 0, "nobody new is believed from there")
    finally:
        liar.stop()
    return f"two signed trees of {size} entries with different roots: caught at one.test by one letter from two.test"
