"""GnuPG: how long `gpg --check-trustdb` decides over a key ring, beside `decide_all_of_2000_contacts`.

The ring is made here (OpenPGP packets, RFC 4880, Ed25519), for gpg alone would need an hour to make it: KEYS keys,
each certified by itself and by CERTIFICATIONS others; the first is one's own, and everybody is trusted to certify.
"""
import hashlib
import os
import pathlib
import random
import subprocess
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEYS = 2_000
CERTIFICATIONS = 10
CREATED = 1_790_000_000 - 400 * 86_400
ED25519 = bytes.fromhex("092b06010401da470f01")
EDDSA, SHA256 = 22, 8
POSITIVE, GENERIC = 0x13, 0x10
TAG_SIGNATURE, TAG_KEY, TAG_USER = 2, 6, 13


def mpi(octets):
    octets = octets.lstrip(b"\0")
    return (len(octets) * 8 - 8 + octets[0].bit_length()).to_bytes(2, "big") + octets


def packet(tag, body):
    return bytes([0xC0 | tag, 0xFF]) + len(body).to_bytes(4, "big") + body


def subpacket(kind, body):
    return bytes([len(body) + 1, kind]) + body


class Key:
    def __init__(self, number, draw):
        self.secret = Ed25519PrivateKey.from_private_bytes(draw.randbytes(32))
        public = self.secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.body = bytes([4]) + CREATED.to_bytes(4, "big") + bytes([EDDSA]) + ED25519 + mpi(b"\x40" + public)
        self.hashed = b"\x99" + len(self.body).to_bytes(2, "big") + self.body
        self.fingerprint = hashlib.sha1(self.hashed).digest()
        self.user = f"Person {number} <p{number}@one.test>".encode()

    def certify(self, other, kind):
        fields = subpacket(2, (CREATED + 60).to_bytes(4, "big")) + subpacket(33, b"\x04" + self.fingerprint)
        if kind == POSITIVE:
            fields += subpacket(27, b"\x03")  # certifies and signs
        head = bytes([4, kind, EDDSA, SHA256]) + len(fields).to_bytes(2, "big") + fields
        digest = hashlib.sha256(other.hashed + b"\xb4" + len(other.user).to_bytes(4, "big") + other.user + head +
                                b"\x04\xff" + len(head).to_bytes(4, "big")).digest()
        signature = self.secret.sign(digest)
        loose = subpacket(16, self.fingerprint[-8:])
        return packet(TAG_SIGNATURE, head + len(loose).to_bytes(2, "big") + loose + digest[:2] + mpi(signature[:32]) +
                      mpi(signature[32:]))


def make_ring():
    """The ring as octets, and the fingerprints, one's own first."""
    draw = random.Random(11)
    keys = [Key(number, draw) for number in range(KEYS)]
    ring = bytearray()
    for number, key in enumerate(keys):
        others = draw.sample(range(KEYS), CERTIFICATIONS + 1)
        by = [keys[other] for other in others if other != number][:CERTIFICATIONS]
        if 0 < number <= CERTIFICATIONS and keys[0] not in by:
            by[0] = keys[0]  # one's own key leads into the ring
        ring += packet(TAG_KEY, key.body) + packet(TAG_USER, key.user) + key.certify(key, POSITIVE)
        for other in by:
            ring += other.certify(key, GENERIC)
    return bytes(ring), [key.fingerprint.hex().upper() for key in keys]


def measure(folder):
    """Seconds of gpg's own work (user and system), and how many of the keys it found valid."""
    home = pathlib.Path(folder) / "gnupg"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--no-auto-check-trustdb", "--no-autostart"]

    def run(*words, data=None):
        return subprocess.run([*gpg, *words], input=data, capture_output=True, check=True).stdout

    ring, fingerprints = make_ring()
    run("--import", data=ring)
    trust = "".join(f"{one}:{6 if number == 0 else 5}:\n" for number, one in enumerate(fingerprints))
    run("--import-ownertrust", data=trust.encode())
    before = os.times()
    began = time.monotonic()
    run("--yes", "--check-trustdb")
    wall = time.monotonic() - began
    after = os.times()
    listed = run("--with-colons", "--trust-model", "pgp", "--list-keys").decode().splitlines()
    valid = sum(line.split(":")[1] in "fu" for line in listed if line.startswith("uid:"))
    used = (after.children_user - before.children_user) + (after.children_system - before.children_system)
    return {"seconds": used, "wall": wall, "valid": valid, "keys": len(fingerprints)}


if __name__ == "__main__":
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        print(measure(folder))
