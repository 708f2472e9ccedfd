"""Commands that are run elsewhere; real processes are in tests/worker/test_process.py."""

import contextlib
import os
import sys
from pathlib import Path

import pytest

from truelift.cli.elsewhere import Elsewhere, is_served, run_elsewhere, run_for_others
from truelift.cli.streams import routing
from truelift.worker.local_socket import CommandSocket


@pytest.fixture
def server(tmp_path):
    """Listen in a folder, and run commands with a function."""
    with contextlib.ExitStack() as stack:

        def start(run, acting):
            stack.enter_context(routing())
            commands = CommandSocket(tmp_path, run_for_others(run, acting))
            commands.open()
            stack.callback(commands.close, 5)
            return Elsewhere(tmp_path, "It is held.")

        yield start


def test_a_command_is_run_in_the_clients_folder_as_its_person(server, tmp_path, capfd, monkeypatch):
    seen, here = [], Path.cwd()

    @contextlib.contextmanager
    def acting(person, token):
        seen.append((person, token and token.reveal()))
        yield

    def run(words):
        seen.append((list(words), Path.cwd()))
        sys.stdout.write("out")
        sys.stderr.write("err")
        return 3

    held = server(run, acting)
    assert is_served(tmp_path)
    (tmp_path / "client").mkdir()
    monkeypatch.chdir(tmp_path / "client")
    assert run_elsewhere(held, ["roi"], None) == 3
    assert seen[0][1] is None
    assert seen[1] == (["roi"], tmp_path / "client")
    said = capfd.readouterr()
    assert (said.out, said.err) == ("out", "err")
    monkeypatch.chdir(here)
    assert os.umask(0o022) in {0o022, 0o077, 0o002}


def test_commands_that_are_a_process_of_their_own_are_not_sent(server):
    held = server(lambda _: pytest.fail("it was sent"), None)
    assert run_elsewhere(held, ["serve"], None) is None


def test_without_a_live_socket_nothing_is_sent(tmp_path):
    (tmp_path / "serve.sock").touch()
    assert not is_served(tmp_path)
    assert run_elsewhere(Elsewhere(tmp_path, "It is held."), ["roi"], None) is None
