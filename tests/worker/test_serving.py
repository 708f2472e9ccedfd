import socket
import threading
import time
import urllib.request

import pytest

from truelift.worker import serving
from truelift.worker.serving import Server, port_taken, serve, shared_port


async def hello(scope, receive, send):
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


def test_a_server_says_where_it_listens_and_ends_streams_when_it_is_told_to_stop(monkeypatch):
    made, ports, ended = [], [], []
    monkeypatch.setattr(
        Server, "__init__", lambda self, *given, real=Server.__init__: made.append(self) or real(
            self, *given
        ),
    )  # fmt: skip
    thread = threading.Thread(
        target=serve, args=(hello, "127.0.0.1", 0),
        kwargs={"ready": ports.append, "ending": lambda: ended.append(1)},
    )  # fmt: skip
    thread.start()
    ends = time.monotonic() + 30
    while not ports and time.monotonic() < ends:
        time.sleep(0.01)
    with urllib.request.urlopen(f"http://127.0.0.1:{ports[0]}/") as answer:
        assert answer.read() == b"hello"
    made[0].handle_exit(2, None)
    thread.join(10)
    assert not thread.is_alive()
    assert ended == [1]


def test_who_sends_half_a_head_is_cut_and_who_asks_now_and_then_is_not(monkeypatch):
    monkeypatch.setattr(serving, "HEADERS_SECONDS", 0.6)
    monkeypatch.setattr(serving, "_TICKS", 1)
    made, ports = [], []
    monkeypatch.setattr(
        Server, "__init__", lambda self, *given, real=Server.__init__: made.append(self) or real(
            self, *given
        ),
    )  # fmt: skip
    thread = threading.Thread(
        target=serve, args=(hello, "127.0.0.1", 0),
        kwargs={"ready": ports.append, "ending": lambda: None},
    )  # fmt: skip
    thread.start()
    ends = time.monotonic() + 30
    while not ports and time.monotonic() < ends:
        time.sleep(0.01)
    address = ("127.0.0.1", ports[0])
    with socket.create_connection(address, 30) as half, socket.create_connection(address, 30) as ok:
        half.sendall(b"GET / HTTP/1.1\r\nHost: shop\r\nX-Slow")
        for _ in range(6):
            ok.sendall(b"GET / HTTP/1.1\r\nHost: shop\r\n\r\n")
            assert b"hello" in ok.recv(4_096)
            time.sleep(0.2)
        assert half.recv(100) == b""  # closed by the other side
    made[0].handle_exit(2, None)
    thread.join(10)
    assert not thread.is_alive()


def test_a_port_that_is_taken_is_no_server():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not serve(hello, "127.0.0.1", port, ready=lambda _: None, ending=lambda: None)


def test_a_port_is_shared_by_our_own_and_refused_where_another_server_shares_it():
    with port_taken("127.0.0.1", 0) as held:
        port = held.getsockname()[1]
        with shared_port("127.0.0.1", port) as first, shared_port("127.0.0.1", port) as second:
            first.listen()
            second.listen()
            with pytest.raises(OSError, match="in use"):
                port_taken("127.0.0.1", port)
            with socket.create_connection(("127.0.0.1", port)):
                pass
