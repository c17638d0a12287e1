"""Deliveries that nobody wants, written without any of Kith's programs (docs/protocol.md sections 2 to 4 and 7.2):
of strangers with good signatures and no stamp, and forged in somebody's name. Signed by openssl."""
import base64
import hashlib
import os
import pathlib
import subprocess
import time

DAY = 86_400


def at(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def hash_text(octets):
    return "sha256:" + hashlib.sha256(octets).hexdigest()


def note_text(kind, fields):
    return (f"kith/1 {kind}\n" + "".join(f"{name} {value}\n" for name, value in fields.items())).encode()


def with_lines(text, *lines):
    """A note: the text and a signature line for each (name, raw public key, signature)."""
    note = text + b"\n"
    for name, public, signature in lines:
        key_id = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
        note += f"— {name} {base64.b64encode(key_id + signature).decode()}\n".encode()
    return note


def parts(*rows):
    return b"".join(f"{name} {len(octets)}\n".encode() + octets for name, octets in rows)


class Key:
    """An Ed25519 key in a file of its own."""

    def __init__(self, file):
        self.file = pathlib.Path(file)
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.file], check=True, capture_output=True)
        self.public = subprocess.run(["openssl", "pkey", "-in", self.file, "-pubout", "-outform", "DER"], check=True,
                                     capture_output=True).stdout[-32:]

    def text(self):
        return "ed25519:" + base64.b64encode(self.public).decode()

    def sign(self, text):
        # openssl reads what it is to sign with Ed25519 from a file alone.
        what = self.file.with_suffix(".text")
        what.write_bytes(text)
        return subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.file, "-in", what], check=True,
                              capture_output=True).stdout


class Forger:
    """Strangers of one domain, and what they deliver. `recipient` is any age recipient: nobody will read it."""

    def __init__(self, folder, domain, recipient):
        folder.mkdir(exist_ok=True)
        self.domain, self.recipient = domain, recipient
        self.domain_key, self.device_key = Key(folder / "domain.key"), Key(folder / "device.key")
        self.payload = os.urandom(300)

    def signed(self, text, address):
        return with_lines(text, (f"{address}/laptop", self.device_key.public, self.device_key.sign(text)),
                          (self.domain, self.domain_key.public, self.domain_key.sign(text)))

    def card(self, address):
        now = at(0)
        return self.signed(note_text("card", {
            "address": address, "serial": 1, "time": now, "expires": at(200 * DAY),
            "device": f"laptop {self.device_key.text()} {self.recipient} {now}", "recovery": hash_text(os.urandom(32))}), address)

    def stub(self, sender, root, card, to):
        return note_text("stub", {
            "id": os.urandom(16).hex(), "time": at(0), "expires": at(14 * DAY), "from": sender, "root": root, "card": card,
            "to": to, "blob": hash_text(self.payload), "size": len(self.payload), "keys": base64.b64encode(os.urandom(200)).decode()})

    def strangers(self, count, each, to):
        """Deliveries of so many people, so many each: everything is in order but that no stamp is there."""
        made = []
        for number in range(count):
            address = f"stranger{number}@{self.domain}"
            card = self.card(address)
            own = hash_text(card[:card.rindex(b"\n\n") + 1])
            for _ in range(each):
                stub = self.signed(self.stub(address, own, own, to), address)
                made.append(parts(("card", card), ("stub", stub), ("blob", self.payload)))
        return made

    def forged(self, count, sender, to, root, device, domain):
        """Deliveries in the name of somebody whom the recipient knows; `device` (name, raw key) and `domain` (raw key)
        are those of the true card, the signatures are noise."""
        made = []
        for _ in range(count):
            stub = self.stub(sender, root, root, to)
            made.append(parts(("stub", with_lines(stub, (f"{sender}/{device[0]}", device[1], os.urandom(64)),
                                                  (sender.split("@")[1], domain, os.urandom(64)))), ("blob", self.payload)))
        return made
