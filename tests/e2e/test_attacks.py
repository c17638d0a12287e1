"""Clients that misuse HTTP: each is dealt with, others are served meanwhile, and nothing of it stays."""
import os
import pathlib
import re
import socket
import struct
import threading
import time
import unittest

import frames
from frames import (ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PADDED, PING, PRIORITY, PUSH_PROMISE,
                    RESET, SETTINGS, WINDOW_UPDATE, frame, literal, number, request, setting)
from lib import SANITIZED, PlaygroundTest, eventually

DELIVERIES, WELL_KNOWN = "/kith/1/deliveries", "/.well-known/kith"
MEMORY = (1 << 30) if SANITIZED else (64 << 20)  # sanitizers keep what is freed
FLOOD = 200_000  # frames; far more than any limit lets through
STREAM_OF_GET = frame(HEADERS, END_STREAM | END_HEADERS, 1, request("GET", WELL_KNOWN))


class Honest(threading.Thread):
    """Somebody else, who goes on asking while `with` lasts."""

    def __init__(self, port, ca):
        super().__init__(daemon=True)
        self.port, self.ca, self.over = port, ca, threading.Event()
        self.served, self.failed = 0, []

    def run(self):
        while not self.over.is_set():
            try:
                with frames.Client(self.port, self.ca, source="127.0.0.1") as client:
                    client.send(STREAM_OF_GET)
                    answer = client.until(lambda kind, flags, stream, payload: kind == DATA and b"v=kith1" in payload)
                    if answer is None:
                        raise OSError("no answer")
                self.served += 1
            except OSError as error:
                self.failed.append(error)
            self.over.wait(0.05)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        eventually("an answer to somebody else", lambda: self.served > 0 or self.failed)
        self.over.set()
        self.join()


class Attacks(PlaygroundTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        toml = cls.field.dir / "two.test/kithd.toml"
        text = toml.read_text()
        toml.write_text(re.sub(r"connections_a_prefix = \d+", "connections_a_prefix = 40", text))
        cls.field.stop("two.test")
        cls.start(cls, "two.test")
        cls.port, cls.ca = cls.field.ports()["two.test"], cls.field.dir / "ca/ca.pem"

    def setUp(self):
        self.process = pathlib.Path(f"/proc/{self.field.pid_of('two.test')}")
        self.hello()
        eventually("the connections before are gone", lambda: self.sockets() <= 2 or time.sleep(0.2))
        self.before = (self.memory(), len(os.listdir(self.process / "fd")))
        self.honest = Honest(self.port, self.ca)
        self.honest.__enter__()

    def tearDown(self):
        self.honest.__exit__()
        self.assertEqual(self.honest.failed, [], "an honest client was not served")
        self.assertGreater(self.honest.served, 0)
        self.hello()
        memory, descriptors = self.before
        eventually("file descriptors are back", lambda: len(os.listdir(self.process / "fd")) <= descriptors + 2)
        self.assertLess(self.memory() - memory, MEMORY, "memory stays behind")

    # --- verbs -----------------------------------------------------------------------------------

    def client(self, **more):
        client = frames.Client(self.port, self.ca, **more)
        self.addCleanup(client.close)
        return client

    def hello(self):
        with frames.Client(self.port, self.ca, source="127.0.0.1") as client:
            client.send(STREAM_OF_GET)
            self.assertIsNotNone(client.until(lambda kind, *_: kind == DATA))

    def memory(self):
        return int(re.search(r"VmRSS:\s+(\d+)", (self.process / "status").read_text())[1]) << 10

    def sockets(self):
        """Connections to kithd that are established, its listening ones not counted."""
        rows = pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]
        return sum(1 for row in rows if row.split()[1].endswith(f":{self.port:04X}") and row.split()[3] == "01")

    def flood(self, client, octets, frames_in_it=1):
        """Sends until the server closes or all is sent; whether it closed."""
        for _ in range(FLOOD // frames_in_it):
            if not client.send(octets):
                return True
        return False

    def answered(self, client, stream=1):
        """The header block of the answer on a stream, or None."""
        found = client.until(lambda kind, flags, at, payload: kind == HEADERS and at == stream)
        return found and found[3]

    def assert_ended_with(self, client, *codes):
        """GOAWAY with one of the codes (RFC 9113 section 7), and then the end."""
        last = client.until(lambda kind, *_: kind == GOAWAY)
        self.assertIsNotNone(last, "no GOAWAY")
        self.assertIn(int.from_bytes(last[3][4:8], "big"), codes)
        self.assertTrue(client.ends())

    def assert_reset(self, client, stream, *codes):
        reset = client.until(lambda kind, flags, at, payload: (kind == RESET and at == stream) or kind == GOAWAY)
        self.assertIsNotNone(reset)
        self.assertEqual(reset[0], RESET, reset)
        self.assertIn(int.from_bytes(reset[3], "big"), codes)

    # --- floods ----------------------------------------------------------------------------------

    def test_rapid_reset(self):  # CVE-2023-44487
        client, closed = self.client(), False
        for first in range(1, 2 * 50_000, 200):
            burst = b"".join(frame(HEADERS, END_HEADERS, s, request("POST", DELIVERIES)) + frame(RESET, 0, s, number(8))
                             for s in range(first, first + 200, 2))
            if not client.send(burst):
                closed = True
                break
        self.assertTrue(closed or client.ends())

    def test_resets_that_the_server_is_brought_to_send(self):  # made-you-reset, CVE-2025-8671
        client, closed = self.client(), False
        for first in range(1, 2 * 50_000, 200):
            burst = b"".join(frame(HEADERS, END_HEADERS, s, request("POST", DELIVERIES)) + frame(WINDOW_UPDATE, 0, s, number(0))
                             for s in range(first, first + 200, 2))
            if not client.send(burst):
                closed = True
                break
        self.assertTrue(closed or client.ends())

    def test_continuation_flood(self):  # CVE-2024-27316
        client = self.client()
        client.send(frame(HEADERS, 0, 1, request("GET", WELL_KNOWN)))
        self.assertTrue(self.flood(client, frame(CONTINUATION, 0, 1, literal("x", "y" * 100)) * 100, 100) or client.ends())

    def test_empty_continuations(self):
        client = self.client()
        client.send(frame(HEADERS, 0, 1, request("GET", WELL_KNOWN)))
        self.assertTrue(self.flood(client, frame(CONTINUATION, 0, 1) * 100, 100) or client.ends())

    def test_settings_flood_whose_answers_are_not_read(self):
        client = self.client(receive_buffer=4096, timeout=5)
        self.assertTrue(self.flood(client, frame(SETTINGS, 0, 0, setting(4, 65535)) * 500, 500) or client.ends())

    def test_settings_flood_whose_answers_are_read(self):
        self.served_during(frame(SETTINGS, 0, 0, setting(4, 65535)))

    def test_a_settings_frame_of_thousands_of_entries(self):
        client = self.client()
        client.send(frame(SETTINGS, 0, 0, setting(0x99, 1) * 2_700))
        self.assertTrue(client.ends())

    def test_ping_flood_whose_answers_are_not_read(self):
        client = self.client(receive_buffer=4096, timeout=5)
        self.assertTrue(self.flood(client, frame(PING, 0, 0, b"12345678") * 500, 500) or client.ends())

    def test_ping_flood_whose_answers_are_read(self):
        self.served_during(frame(PING, 0, 0, b"12345678"))

    def test_priority_flood(self):
        many = b"".join(frame(PRIORITY, 0, s, number(s - 2 if s > 1 else 0) + b"\x10") for s in range(1, 2_001, 2))
        self.served_during(many, 1_000)

    def test_window_updates_by_one(self):
        self.served_during(frame(WINDOW_UPDATE, 0, 0, number(1)))

    def test_unknown_frames_are_passed_over(self):
        self.served_during(frame(0xEE, 0xFF, 1, b"x" * 50))

    def served_during(self, octets, frames_in_it=1):
        """Frames that cost the server no more than reading them: the connection may live or be closed, and if
        it lives it is still served."""
        client = self.client()
        reader = threading.Thread(target=client.ends, daemon=True)
        reader.start()
        burst = octets * max(1, 500 // frames_in_it)
        for _ in range(40):
            if not client.send(burst):
                break

    def test_empty_data_frames(self):
        client = self.client()
        client.send(frame(HEADERS, END_HEADERS, 1, request("POST", DELIVERIES)))
        self.flood(client, frame(DATA, 0, 1) * 500, 2_000)
        self.assertIn(b"503", self.answered(client) or b"")

    # --- windows ---------------------------------------------------------------------------------

    def test_a_window_over_its_maximum_ends_the_connection(self):
        client = self.client()
        client.send(frame(WINDOW_UPDATE, 0, 0, number(0x7FFFFFFF)) * 2)
        self.assert_ended_with(client, 3)

    def test_a_streams_window_over_its_maximum_ends_the_stream(self):
        client = self.client()
        client.send(frame(HEADERS, END_HEADERS, 1, request("POST", DELIVERIES)))
        client.send(frame(WINDOW_UPDATE, 0, 1, number(0x7FFFFFFF)) * 2)
        self.assert_reset(client, 1, 3)

    def test_an_initial_window_over_its_maximum_ends_the_connection(self):
        self.assert_ended_with(self.client(settings=setting(4, 0x80000000)), 3)

    def test_more_data_than_the_window_ends_the_stream(self):
        client = self.client()
        client.send(frame(HEADERS, END_HEADERS, 1, request("POST", DELIVERIES)) + frame(DATA, 0, 1, b"extra 60000\n"))
        self.flood(client, frame(DATA, 0, 1, b"x" * 16_000), 200)
        self.assert_reset(client, 1, 0, 3)  # behind an answer, if it came first

    def test_answers_nobody_takes(self):
        """128 streams whose window stays closed: what they wait for is small, and they do not keep others out."""
        client = self.client(settings=setting(4, 0))
        path = "/kith/1/cards/bob@two.test?from=1"
        client.send(b"".join(frame(HEADERS, END_STREAM | END_HEADERS, s, request("GET", path)) for s in range(1, 257, 2)))
        heads = 0
        for kind, *_ in client.frames():
            heads += kind == HEADERS
            if heads == 128:
                break
        self.assertEqual(heads, 128)

    def test_more_streams_than_allowed(self):
        client = self.client()
        client.send(b"".join(frame(HEADERS, END_HEADERS, s, request("POST", DELIVERIES)) for s in range(1, 301, 2)))
        refused = set()
        for kind, flags, stream, payload in client.frames():
            if kind == RESET and payload == number(7):
                refused.add(stream)
            if len(refused) == 22:
                break
        self.assertEqual(len(refused), 22)  # 150 less the 128 that are allowed

    # --- headers ---------------------------------------------------------------------------------

    def test_a_header_list_over_the_limit_is_answered_431(self):
        client = self.client()
        big = request("GET", WELL_KNOWN, *(literal(f"x-{i}", "v" * 200) for i in range(100)))
        client.send(frame(HEADERS, END_STREAM, 1, big[:16_000]) + frame(CONTINUATION, END_HEADERS, 1, big[16_000:]))
        self.assertIn(b"431", self.answered(client) or b"")

    def test_a_header_that_unpacks_to_a_thousand_times_its_size(self):
        client = self.client()
        client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, request("GET", WELL_KNOWN, literal("x", "v" * 3_900, True))))
        self.answered(client)
        bomb = request("GET", WELL_KNOWN) + b"\xBE" * 15_000  # the first field of the dynamic table, again and again
        closed = False
        for stream in range(3, 41, 2):
            closed = closed or not client.send(frame(HEADERS, END_STREAM | END_HEADERS, stream, bomb))
        self.assertTrue(closed or b"431" in (self.answered(client, 3) or b"") or client.ends())

    def test_a_dynamic_table_larger_than_allowed_ends_the_connection(self):
        client = self.client()
        client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, frames.prefixed(1 << 30, 5, 0x20) + request("GET", WELL_KNOWN)))
        self.assert_ended_with(client, 9)

    def test_rubbish_for_a_header_ends_the_connection(self):
        client = self.client()
        client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, b"\xFF" * 100))
        self.assert_ended_with(client, 9)

    def test_headers_that_are_not_allowed_reset_the_stream(self):
        for fields in ((literal("connection", "close"),), (literal("transfer-encoding", "chunked"),), (literal("Upper", "x"),),
                       (literal("te", "gzip"),), (literal(":late", "x"),), (literal("x", "a\r\nb: c"),),
                       (literal("content-length", "5"),), (literal("content-length", "-1"),)):
            client = self.client()
            client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, request("GET", WELL_KNOWN, *fields)))
            self.assert_reset(client, 1, 1)

    def test_a_request_without_its_pseudo_fields_is_reset(self):
        for head in (literal(":method", "GET"), request("GET", WELL_KNOWN) + literal(":path", "/"), literal("x", "y"),
                     literal(":method", "GET") + literal(":scheme", "https") + literal(":path", "")):
            client = self.client()
            client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, head))
            self.assert_reset(client, 1, 1)

    # --- streams ---------------------------------------------------------------------------------

    def test_a_stream_used_again_is_not_answered_again(self):
        client = self.client()
        client.send(STREAM_OF_GET)
        self.assertIsNotNone(client.until(lambda kind, flags, *_: kind == DATA and flags & END_STREAM))
        client.send(STREAM_OF_GET + frame(HEADERS, END_STREAM | END_HEADERS, 3, request("GET", WELL_KNOWN)))
        answers = [stream for kind, flags, stream, payload in client.frames() if kind in (HEADERS, GOAWAY)]
        self.assertIn(answers, ([3], [0]))

    def test_a_stream_of_the_servers_own_ends_the_connection(self):
        client = self.client()
        client.send(frame(HEADERS, END_STREAM | END_HEADERS, 2, request("GET", WELL_KNOWN)))
        self.assert_ended_with(client, 1)

    def test_data_on_a_closed_stream(self):
        client = self.client()
        client.send(STREAM_OF_GET + frame(DATA, 0, 1, b"late"))
        last = client.until(lambda kind, flags, stream, payload: kind == GOAWAY or (kind == RESET and stream == 1))
        self.assertIn(int.from_bytes(last[3][-4:] if last[0] == RESET else last[3][4:8], "big"), (1, 5))

    def test_data_on_a_stream_that_never_was(self):
        client = self.client()
        client.send(frame(DATA, 0, 7, b"x"))
        self.assert_ended_with(client, 1)

    def test_a_push_by_the_client_ends_the_connection(self):
        client = self.client()
        client.send(frame(PUSH_PROMISE, END_HEADERS, 1, number(2) + request("GET", WELL_KNOWN)))
        self.assert_ended_with(client, 1)

    def test_frames_that_cannot_be_end_the_connection(self):
        for octets, codes in ((frame(SETTINGS, 0, 0, b"12345"), (6,)), (frame(PING, 0, 0, b"1"), (6,)),
                              (frame(RESET, 0, 1, number(8)), (1,)), (frame(SETTINGS, 0, 3, b""), (1,)),
                              (frame(WINDOW_UPDATE, 0, 0, number(0)), (1,)), (frame(CONTINUATION, 0, 1, b"x"), (1,)),
                              (frame(HEADERS, PADDED, 1, b"\xFFx"), (1,)), (frame(SETTINGS, ACK, 0, setting(1, 1)), (6,)),
                              (frame(DATA, 0, 0, b"x"), (1,)), (frame(HEADERS, END_HEADERS, 1, b"x" * 16_385), (6,))):
            client = self.client()
            client.send(octets)
            self.assert_ended_with(client, *codes)

    def test_rubbish_for_a_preface(self):
        client = self.client(protocol="h2")
        client.send(os.urandom(10_000))
        self.assertTrue(client.ends())

    # --- slowness --------------------------------------------------------------------------------

    def test_slow_clients_are_closed_and_the_rest_is_served(self):
        """At each place where one may dawdle; all at once, as each takes what the server allows."""
        plain = socket.create_connection(("127.0.0.1", self.port), source_address=("127.0.0.67", 0))
        plain.sendall(b"\x16\x03\x01")  # the beginning of a handshake
        old = self.client(protocol=None, source="127.0.0.67", timeout=40)
        old.send(b"GET / HTTP/1.1\r\nHost: x\r\n")
        body = self.client(protocol=None, source="127.0.0.67", timeout=40)
        body.send(b"POST /kith/1/deliveries HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nextra 60000\n")
        head = self.client(source="127.0.0.67", timeout=40)
        head.send(frame(HEADERS, 0, 1, request("GET", WELL_KNOWN)))
        silent = self.client(source="127.0.0.67", timeout=40)
        blob = self.client(source="127.0.0.67", timeout=40)
        blob.send(frame(HEADERS, END_HEADERS, 1, request("POST", DELIVERIES)) + frame(DATA, 0, 1, b"extra 60000\n"))
        over, dribbled = threading.Event(), [(old, b"X: y\r\n"), (body, b"x"), (blob, frame(DATA, 0, 1, b"x"))]

        def dribble():
            while not over.wait(1):
                for client, octets in dribbled:
                    client.send(octets)

        thread = threading.Thread(target=dribble, daemon=True)
        thread.start()
        try:
            self.assertIn(b"503", self.answered(blob) or b"")  # busy: a sender whose line is slow tries again
            for client in (old, body, head, silent):
                self.assertTrue(client.ends())
            plain.settimeout(40)
            self.assertEqual(plain.recv(10), b"")
        finally:
            over.set()
            thread.join()
            plain.close()

    def test_more_connections_than_one_network_may_have_are_closed_at_once(self):
        held, closed = [], 0
        for _ in range(80):
            try:
                held.append(frames.Client(self.port, self.ca, source="127.0.0.68", timeout=5))
            except OSError:
                closed += 1
        self.assertEqual((len(held), closed), (40, 40))
        for client in held:
            client.close()

    # --- HTTP/1.1 --------------------------------------------------------------------------------

    def old(self, octets):
        """What the server says to octets on an HTTP/1.1 connection, to its end."""
        client = self.client(protocol="http/1.1", timeout=20)
        client.send(octets)
        client.ends()
        return client.seen

    def test_requests_that_two_servers_could_read_differently_are_refused_and_nothing_behind_them_is_read(self):
        head, hidden = b"POST /kith/1/notes HTTP/1.1\r\nHost: x\r\n", b"GET /.well-known/kith HTTP/1.1\r\nHost: x\r\n\r\n"
        for name, octets in {
            "length and chunked": head + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "two lengths": head + b"Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
            "the same length twice": head + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
            "two lengths in one": head + b"Content-Length: 0, 5\r\n\r\n",
            "a signed length": head + b"Content-Length: +5\r\n\r\n",
            "a length in hex": head + b"Content-Length: 0x5\r\n\r\n",
            "an endless length": head + b"Content-Length: 99999999999999999999\r\n\r\n",
            "bare LF": b"GET / HTTP/1.1\nHost: x\n\n",
            "a bare LF in a field": head + b"X: y\nContent-Length: 0\r\n\r\n",
            "a bare CR in a field": head + b"X: y\rContent-Length: 0\r\n\r\n",
            "folding": head + b"X: y\r\n Content-Length: 5\r\n\r\n",
            "a space before the colon": head + b"Content-Length : 5\r\n\r\n",
            "a space before the first field": b"GET / HTTP/1.1\r\n Host: x\r\n\r\n",
            "chunked twice": head + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
            "chunked and identity": head + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
            "another coding": head + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "odd chunked": head + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
            "chunked in HTTP/1.0": b"POST /kith/1/notes HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "no host": b"GET / HTTP/1.1\r\n\r\n",
            "two hosts": b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
            "a NUL": b"GET / HTTP/1.1\r\nHost: x\r\nX: \x00\r\n\r\n",
            "a tab in the request line": b"GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n",
            "an absolute target": b"GET https://x/ HTTP/1.1\r\nHost: x\r\n\r\n",
            "HTTP/0.9": b"GET /\r\n\r\n",
            "a version of its own": b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
        }.items():
            with self.subTest(name):
                said = self.old(octets + hidden)
                self.assertTrue(said.startswith(b"HTTP/1.1 400 "), said[:200])
                self.assertEqual(len(re.findall(rb"HTTP/1\.1 \d", said)), 1)
                self.assertNotIn(b"v=kith1", said)

    def test_chunks_that_are_none_end_the_connection(self):
        head = b"POST /kith/1/deliveries HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        for chunk in (b"x\r\n", b"-1\r\nx\r\n", b"0x1\r\nx\r\n", b"1\nx\n", b"1\r\nxy\r\n", b"fffffffff\r\n", b" 1\r\nx\r\n",
                      b"1 ;\x00\nx\r\n", b"1;" + b"e" * 300 + b"\r\nx\r\n", b"\r\n"):
            with self.subTest(chunk):
                said = self.old(head + chunk + b"0\r\n\r\nGET /.well-known/kith HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertNotIn(b"v=kith1", said)

    def test_tiny_chunks_with_long_extensions(self):
        client = self.client(protocol="http/1.1")
        client.send(b"POST /kith/1/deliveries HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for octet in b"extra 65000\n":
            client.send(b"1;" + b"e" * 200 + b"\r\n" + bytes((octet,)) + b"\r\n")
        many = (b"1;" + b"e" * 200 + b"\r\nx\r\n") * 100
        for _ in range(2_000):
            if not client.send(many):
                break
        self.assertTrue(client.ends())
        self.assertIn(b"HTTP/1.1 4", client.seen)

    def test_empty_lines_before_a_request_without_end(self):
        client = self.client(protocol="http/1.1")
        closed = False
        for _ in range(200):
            closed = closed or not client.send(b"\r\n" * 8_000)
        self.assertTrue(closed or client.ends())

    def test_requests_sent_at_once_are_answered_in_their_order(self):
        paths = ["/.well-known/kith", "/nowhere", "/kith/1/blobs/" + "0" * 64, "/.well-known/kith"]
        last = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        said = self.old("".join([*(f"GET {p} HTTP/1.1\r\nHost: x\r\n\r\n" for p in paths), last]).encode())
        self.assertEqual(re.findall(rb"HTTP/1\.1 (\d+)", said), [b"200", b"404", b"404", b"200", b"200"])

    def test_a_header_without_end(self):
        said = self.old(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: yyyyyyyyyyyyyyyyyyyy\r\n" * 5_000)
        self.assertTrue(said.startswith(b"HTTP/1.1 431 "), said[:100])


if __name__ == "__main__":
    unittest.main()
