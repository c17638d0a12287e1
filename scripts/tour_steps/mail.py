"""Mail as people write it: keys, a large message, a Bcc, a newsletter, a stranger, a second device, the evidence."""
import hashlib
import json
import random
import shutil
import subprocess
import time

from .stage import BIN, Person, check


def exchange_keys(tour):
    token = tour.bob.kith("token", "new", "--kind", "invite")
    tour.alice.kith("contacts", "add", token["link"])
    subject = tour.subject("hello")
    tour.alice.kith("send", "bob@two.test", "-s", subject, "-m", "Hello Bob, it is me.", "--token", token["link"], "--wait")
    check(tour.bob.newest(subject)["tier"] != "unknown", "the token made alice known to bob")
    alice, bob = tour.alice.kith("verify", "bob@two.test"), tour.bob.kith("verify", "alice@one.test")
    check(alice["safetyNumber"] == bob["safetyNumber"], "the safety numbers agree")
    for one, other in ((tour.alice, "bob@two.test"), (tour.bob, "alice@one.test")):
        one.kith("verify", other, "--confirm")
        one.kith("trust", other, "well-trusted")
    return f"safety number on both sides: {alice['safetyNumber']}"


def large_message(tour):
    subject = tour.subject("the plans")
    plans = tour.dir / "plans.bin"
    plans.write_bytes(random.Random(tour.stamp).randbytes(5_000_000))
    eml = tour.dir / "plans.eml"
    message = tour.alice.call("compose", "bob@two.test", "-s", subject, "-m", "As promised.", "-a", plans)
    check(message.returncode == 0, message.stderr.decode())
    eml.write_bytes(message.stdout)
    began = time.monotonic()
    tour.alice.kith("send", "bob@two.test", "--eml", eml, "--wait")
    took = time.monotonic() - began
    row = tour.bob.newest(subject)
    check(row["tier"] == "well-trusted", "alice is well-trusted by bob")
    check(tour.bob.bytes_of(row["id"]) == eml.read_bytes(), "bob reads the very bytes that alice sent")
    folder = tour.dir / "saved"
    shutil.rmtree(folder, ignore_errors=True)
    tour.bob.kith("read", row["id"], "--save", folder)
    check((folder / "plans.bin").read_bytes() == plans.read_bytes(), "the attachment is the same")
    digest = hashlib.sha256(eml.read_bytes()).hexdigest()[:16]
    return f"{len(message.stdout):,} bytes, sha256 {digest}… on both sides, delivered in {took:.2f} s"


def several_people(tour):
    subject = tour.subject("dinner")
    for person in (tour.bob, tour.carol):
        person.kith("contacts", "add", "alice@one.test", "--level", "known", show=False, expect=(0, 1))
    token = tour.carol.kith("token", "new", "--kind", "invite", show=False)
    tour.alice.kith("contacts", "add", token["link"], show=False)
    tour.alice.kith("send", "carol@one.test", "-s", tour.subject("hello carol"), "-m", "Hi.", "--token", token["link"],
                    "--wait", show=False)
    invite = tour.mallory.kith("token", "new", "--kind", "invite", show=False)
    tour.alice.kith("contacts", "add", invite["link"], show=False)
    tour.alice.kith("send", "mallory@three.test", "-s", tour.subject("hello mallory"), "-m", "Hi.", "--token",
                    invite["link"], "--wait", show=False)
    sent = tour.alice.kith("send", "bob@two.test", "--cc", "carol@one.test", "--bcc", "mallory@three.test", "-s", subject,
                           "-m", "Saturday at eight?", "--wait")
    blobs = set()
    for person in (tour.bob, tour.carol, tour.mallory):
        row = person.newest(subject)
        stub = person.kith("read", row["id"], show=False)
        blobs.add(stub["blob"])
        text = person.bytes_of(row["id"]).decode()
        if person is not tour.mallory:
            check("mallory" not in text and "mallory" not in stub["stub"], f"{person.name} learns nothing of the Bcc")
    check(len(blobs) == 1, "one upload for all")
    states = tour.alice.kith("sent", sent["id"])
    bcc = [r for r in states["recipients"] if r["bcc"]]
    check([r["address"] for r in bcc] == ["mallory@three.test"], "alice's copy keeps the Bcc")
    return "one upload, three stubs; the Bcc stands in alice's copy alone"


def newsletter(tour):
    tour.bob.forgets("carol@one.test")
    token = tour.bob.kith("token", "new", "--kind", "newsletter", "--label", "Carol's letter", "--per-day", 5)
    first, second = tour.subject("letter 1"), tour.subject("letter 2")
    tour.carol.kith("send", "bob@two.test", "-s", first, "-m", "News.", "--token", token["token"], "--wait")
    row = tour.bob.newest(first)
    check(row["tier"] == "known", "the token makes the newsletter known")
    tour.bob.kith("token", "revoke", token["id"])
    answer = tour.carol.kith("send", "bob@two.test", "-s", second, "-m", "More news.", "--token", token["token"], "--wait",
                             expect=3)
    recipient = answer["recipients"][0]
    check(recipient["state"] == "refused", "the next issue is refused")
    return f"revoked: {recipient['answer']['type']}"


def stranger(tour):
    subject = tour.subject("an offer")
    tour.bob.forgets("mallory@three.test")
    # alice knows mallory from the third step, and bob knows alice: while that lasts, her word lets mallory in.
    tour.alice.kith("trust", "mallory@three.test", "blocked")
    bare = tour.mallory.kith("send", "bob@two.test", "-s", subject, "-m", "You do not know me.", "--no-pay", "--wait", expect=3)
    price = bare["recipients"][0]["effort"]
    tour.mallory.kith("send", "bob@two.test", "-s", subject, "-m", "You do not know me.", "-a", tour.dir / "plans.bin",
                      "--pay", "--wait")
    request = tour.bob.newest(subject, "requests", "--all")
    size = request["storedOctets"]
    check(size < 4096, f"bob's server stores a stub only, not {size} bytes")
    tour.bob.kith("accept", request["id"])
    row = tour.bob.newest(subject)
    check(b"You do not know me." in tour.bob.bytes_of(row["id"]), "the body came over")
    follow = tour.subject("and another thing")
    tour.mallory.kith("send", "bob@two.test", "-s", follow, "-m", "Thank you.", "--no-pay", "--wait")
    check(tour.bob.newest(follow)["tier"] == "known", "the next message is known")
    return f"an effort of {price}; {size} bytes held at two.test until bob accepted"


def second_device(tour):
    linking = subprocess.Popen([BIN / "kith", "device", "link", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, env=tour.bob.env())
    tour.shell("bob", "kith", "device", "link")
    code = json.loads(linking.stdout.readline())["code"]
    number = tour.stamp.replace(":", "")
    other = Person(tour, "bob's phone", tour.dir / "home" / f"bob-phone-{number}")
    other.kith("init", "bob@two.test", "--link", code, "--device", f"phone{number}")
    check(linking.wait(timeout=60) == 0, f"linking ended badly: {linking.stderr.read()}")
    old = other.newest(tour.subject("the plans"))
    check(other.bytes_of(old["id"]) == (tour.dir / "plans.eml").read_bytes(), "the phone reads old mail")
    subject = tour.subject("for both devices")
    tour.alice.kith("send", "bob@two.test", "-s", subject, "-m", "New mail.", "--wait")
    for device in (tour.bob, other):
        row = device.newest(subject)
        check(b"New mail." in device.bytes_of(row["id"]), f"{device.name} reads new mail")
    return "the phone reads what was there and what is new"


def why(tour):
    seen = 0
    for person in (tour.alice, tour.bob, tour.carol, tour.mallory):
        for row in person.kith("inbox", "--limit", 40, show=False) + person.kith("requests", show=False):
            why = person.kith("why", row["id"], show=False)
            check(why["reasons"], f"a reason stands behind {row['id']}")
            seen += 1
    for row in tour.bob.kith("inbox", "--limit", 4, show=False):
        tour.bob.shown("why", row["id"])
    return f"{seen} messages, each with its evidence"
