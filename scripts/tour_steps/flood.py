"""A flood of strangers over one server, and somebody's mail to a friend there meanwhile."""
import base64
import json
import statistics
import subprocess
import time

from .forging import Forger
from .stage import ROOT, check, eventually

RATE, NETWORKS = 1_000, 32  # deliveries a second, from so many networks
LETTERS = 10                # and as many answers
PATIENCE = 60               # seconds after which the conversation is cut short, on a machine that is slow


def conversation(tour, label):
    """alice and bob write to each other in turn; how long each letter took from the command to the answer "delivered"."""
    took, previous, began = [], {}, time.monotonic()
    for number in range(LETTERS):
        for person, other, address in ((tour.alice, tour.bob, "bob@two.test"), (tour.bob, tour.alice, "alice@one.test")):
            subject = tour.subject(f"{label} {number}{'' if person is tour.alice else ', an answer'}")
            words = ("--answers", previous[person]) if person in previous else (address,)
            started = time.monotonic()
            sent = person.kith("send", *words, "-s", subject, "-m", "As ever.", "--wait", show=False)
            took.append(time.monotonic() - started)
            check(sent["recipients"][0]["state"] == "delivered", f"{subject!r} was delivered")
            previous[other] = other.newest(subject)["id"]
        if time.monotonic() - began > PATIENCE:
            break
    return sorted(1000 * one for one in took)


def said(took):
    at99 = took[min(len(took) - 1, round(0.99 * (len(took) - 1)))]
    return f"p50 {statistics.median(took):.0f} ms, p99 {at99:.0f} ms"


def flood_file(tour):
    """The domain of the strangers, and the file of what is poured over two.test."""
    domain = tour.fresh("flood.test", lambda name: (tour.dir / name).exists())
    card = tour.alice.kith("card", "bob@two.test", show=False)
    alices = tour.bob.kith("card", "alice@one.test", show=False)
    forger = Forger(tour.dir / domain, domain, card["devices"][0]["recipient"])
    port = tour.field.ports()["two.test"]
    tour.publish(f'_kith.{domain}. TXT "v=kith1; host=mail.{domain}; port={port}; key={forger.domain_key.text()}"',
                 f"mail.{domain}. A 127.0.0.1")
    raw = lambda text: base64.b64decode(text.removeprefix("ed25519:"))  # noqa: E731
    record = (tour.dir / "one.test/record").read_text()
    rows = forger.strangers(6, 8, "bob@two.test")
    rows += forger.forged(48, "alice@one.test", "bob@two.test", alices["root"],
                          (alices["devices"][0]["name"], raw(alices["devices"][0]["key"])),
                          raw(record.split("key=")[1].split(";")[0]))
    rows += [b"stub 5\nhello"] * 24
    file = tour.dir / domain / "deliveries"
    file.write_bytes(b"".join(str(len(row)).encode() + b"\n" + row for row in rows))
    return domain, file


def is_flooded(tour, domain):
    """Has two.test judged deliveries of that domain in the last minute?"""
    load = json.loads(tour.kithd("two.test", "top", "--once", "--json", show=False))
    return any(row["domain"] == domain for row in load["domains"])


def flood(tour):
    domain, file = flood_file(tour)
    requests = len(tour.bob.kith("requests", "--all", show=False))
    quiet = conversation(tour, "all is quiet")
    tour.say(f"  all is quiet:    {len(quiet)} letters between alice and bob, {said(quiet)}")
    pouring = subprocess.Popen([ROOT / "bench/flood", str(tour.field.ports()["two.test"]), tour.dir / "ca/ca.pem", file,
                                str(RATE), str(NETWORKS), "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        eventually("the flood at two.test", lambda: is_flooded(tour, domain))
        loaded = conversation(tour, "in the flood")
        tour.say(f"  under the flood: {len(loaded)} letters between alice and bob, {said(loaded)}")
        tour.shell("two.test", "kithd", "top", "--once", "--rows", 3)
        tour.quote(tour.kithd("two.test", "top", "--once", "--rows", 3, show=False).rstrip())
        poured = json.loads(pouring.communicate("", timeout=60)[0])
    finally:
        pouring.kill()
        pouring.wait()
    check(len(tour.bob.kith("requests", "--all", show=False)) == requests, "nobody of the flood reaches bob's requests")
    rate = poured["sent"] / poured["seconds"]
    return f"{said(quiet)} in quiet; {said(loaded)} under {rate:,.0f} unwanted deliveries a second, of which none came to bob"
