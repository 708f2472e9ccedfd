import os
import socket
import stat

import pytest

from truelift.worker.frames import ASK, ERR, EXIT, OUT, BadFrame, Errand, receive, send
from truelift.worker.local_socket import CommandSocket, address_in


@pytest.fixture
def listening(tmp_path):
    """Listen in a folder whose name is longer than an address may be."""
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    opened = []

    def start(run):
        (folder / "serve.sock").touch()  # as a crash leaves it
        opened.append(CommandSocket(folder, run))
        opened[-1].open()
        return folder, opened[-1]

    yield start
    for each in opened:
        each.close(5)


def connected(folder):
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with address_in(folder) as address:
        link.connect(address)
    link.settimeout(10)
    return link


def test_output_and_exit_code_come_back_and_the_account_is_the_systems(listening):
    def run(ran):
        ran.out.write(f"{ran.errand.words} {ran.account == os.getuid()}")
        ran.err.write("said")
        return 3

    folder, _ = listening(run)
    assert stat.S_IMODE((folder / "serve.sock").stat().st_mode) == 0o600
    with connected(folder) as link:
        send(link, ASK, Errand(("a", "b"), "/").text())
        found = [receive(link) for _ in range(3)]
    assert sorted(found[:2]) == [(ERR, b"said"), (OUT, b"('a', 'b') True")]
    assert found[2] == (EXIT, b"\x03")


def test_what_is_no_request_is_hung_up_on_and_runs_nothing(listening):
    folder, _ = listening(lambda _: pytest.fail("nothing was asked"))
    with connected(folder) as link:
        send(link, OUT, b"")
        with pytest.raises((BadFrame, OSError)):
            receive(link)


def test_a_command_whose_client_went_away_ends_as_it_would_have(listening):
    import threading  # noqa: PLC0415 - only here

    asked, gone, done = threading.Event(), threading.Event(), threading.Event()

    def run(ran):
        asked.set()
        gone.wait(10)
        for _ in range(100):
            ran.err.write("x" * 10_000)
        done.set()
        return 0

    folder, _ = listening(run)
    link = connected(folder)
    send(link, ASK, Errand(("a",), "/").text())
    assert asked.wait(10)
    link.close()
    gone.set()
    assert done.wait(10)


def test_a_closed_socket_takes_no_more_and_leaves_no_file(listening):
    folder, commands = listening(lambda _: 0)
    assert commands.close(1)
    assert not (folder / "serve.sock").exists()
    with socket.socket(socket.AF_UNIX) as link, address_in(folder) as address:
        assert link.connect_ex(address) != 0
