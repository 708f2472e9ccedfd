import socket
import threading
import time
import urllib.request

import pytest

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
