"""HTTP/2 frames by hand (RFC 9113 section 4.1, RFC 7541), for clients that do what no library lets them."""
import time
import threading
import select
import socket
import ssl
import struct

DATA, HEADERS, PRIORITY, RESET, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED = 0x1, 0x1, 0x4, 0x8
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes((kind, flags)) + struct.pack(">I", stream) + payload


def number(value):
    return struct.pack(">I", value)


def setting(name, value):
    return struct.pack(">HI", name, value)


def prefixed(value, bits, first=0):
    """An integer of HPACK."""
    most = (1 << bits) - 1
    if value < most:
        return bytes((first | value,))
    out, value = bytes((first | most,)), value - most
    while value >= 128:
        out, value = out + bytes((value % 128 | 128,)), value // 128
    return out + bytes((value,))


def literal(name, value, indexed=False):
    """A field with its name, without Huffman; `indexed`: it goes into the dynamic table."""
    octets = lambda text: prefixed(len(text), 7) + text
    return (b"\x40" if indexed else b"\x00") + octets(name.encode()) + octets(value.encode())


def request(method, path, *fields, host="mail.two.test"):
    return b"".join((literal(":method", method), literal(":scheme", "https"), literal(":authority", host),
                     literal(":path", path), *fields))


class Client:
    """A TLS connection to kithd from an address of its own: limits are per network."""

    def __init__(self, port, ca, source="127.0.0.66", protocol="h2", timeout=20, settings=b"", receive_buffer=None,
                 host="mail.two.test"):
        self.timeout = timeout
        self.lock = threading.Lock()  # one SSL object is for one thread at a time
        plain = socket.socket()
        if receive_buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        plain.settimeout(timeout)
        plain.bind((source, 0))
        plain.connect(("127.0.0.1", port))
        context = ssl.create_default_context(cafile=ca)
        if protocol:
            context.set_alpn_protocols([protocol])
        self.tls = context.wrap_socket(plain, server_hostname=host)
        self.seen = b""
        if protocol == "h2":
            self.send(PREFACE + frame(SETTINGS, 0, 0, settings))

    def send(self, octets):
        """False when the server has had enough."""
        try:
            with self.lock:
                self.tls.sendall(octets)
            return True
        except OSError:
            return False

    def receive(self):
        """Octets, or none at the end; while it waits, another thread may send."""
        end = time.monotonic() + self.timeout
        while (left := end - time.monotonic()) > 0:
            with self.lock:
                there = self.tls.pending() > 0
            if not there and not select.select([self.tls], [], [], left)[0]:
                break
            with self.lock:
                self.tls.settimeout(0.05)
                try:
                    return self.tls.recv(65536)
                except TimeoutError:
                    continue
                finally:
                    self.tls.settimeout(self.timeout)
        raise TimeoutError

    def read(self):
        """More octets; nothing at the end, or when none came in time."""
        try:
            octets = self.receive()
        except OSError:
            return b""
        self.seen += octets
        return octets

    def ends(self):
        """Whether the server closes the connection; what it says before is kept."""
        while True:
            try:
                octets = self.receive()
            except (socket.timeout, TimeoutError):
                return False
            except OSError:
                return True
            if not octets:
                return True
            self.seen = (self.seen + octets)[-1 << 20:]

    def frames(self):
        """Frames, one after the other, until none comes."""
        while True:
            while len(self.seen) >= 9:
                size = int.from_bytes(self.seen[:3], "big")
                if len(self.seen) < 9 + size:
                    break
                kind, flags, stream = self.seen[3], self.seen[4], int.from_bytes(self.seen[5:9], "big")
                payload, self.seen = self.seen[9:9 + size], self.seen[9 + size:]
                yield kind, flags, stream, payload
            if not self.read():
                return

    def until(self, wanted):
        """The first frame for which wanted(kind, flags, stream, payload) holds, or None."""
        return next((one for one in self.frames() if wanted(*one)), None)

    def close(self):
        self.tls.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
