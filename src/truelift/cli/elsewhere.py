"""Elsewhere: a command whose workspace another process serves is run there, and looks the same.

In:   the words of a command, and the folder whose facts file is held.
Out:  its output and exit code, as the process that holds the workspace gives them; and the other
      side: running such a command for somebody else.

The rule is narrow: only a command that needs the facts file, only when another process holds that
file, and only when it answers at its socket.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from truelift.base.errors import TrueliftError
from truelift.base.secret import Secret
from truelift.cli.streams import Streams, columns, in_command, led_to
from truelift.worker.frames import (
    ASK,
    ERR,
    EXIT,
    OUT,
    SOCKET_NAME,
    BadFrame,
    Errand,
    frames,
    send,
)
from truelift.worker.local_socket import Ran, Run, address_in

Acting = Callable[[str, Secret | None], AbstractContextManager[None]]

NOT_FOR_OTHERS = frozenset({"serve", "worker", "demo", "init"})
"""Commands that are a process of their own and make no sense inside another one."""

STDIN = "-"
_OWN_DIRECTORY = 0x200
"""CLONE_FS: from now on this thread's working directory and umask are its own (unshare(2))."""


class Elsewhere(TrueliftError):
    """The workspace is held by another process, which may run the command."""

    def __init__(self, folder: Path, message: str) -> None:
        """Keep the workspace's folder beside the sentence."""
        super().__init__(message)
        self.folder = folder


def run_elsewhere(held: Elsewhere, words: Sequence[str], token: Secret | None) -> int | None:
    """Have the process that serves a workspace run a command; None when none answers there."""
    link = None if words and words[0] in NOT_FOR_OTHERS else _connected(held.folder)
    if link is None:
        return None
    umask = os.umask(0)
    os.umask(umask)
    errand = Errand(
        words=tuple(words),
        directory=str(Path.cwd()),
        token=token.reveal() if token else None,
        line=sys.stdin.readline() if STDIN in words else "",
        columns=columns(),
        out_is_terminal=sys.stdout.isatty(),
        err_is_terminal=sys.stderr.isatty(),
        umask=umask,
    )
    with link:
        send(link, ASK, errand.text())
        return _follow(link)


def is_served(folder: Path) -> bool:
    """Say whether another process answers for a workspace, before anything heavy is loaded."""
    if in_command() or not (folder / SOCKET_NAME).exists():
        return False
    link = _connected(folder)
    if link is None:
        return False
    link.close()
    return True


def _connected(folder: Path) -> socket.socket | None:
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with address_in(folder) as address:
            link.connect(address)
    except OSError:
        link.close()
        return None
    return link


def _follow(link: socket.socket) -> int:
    try:
        for kind, body in frames(link):
            if kind == EXIT:
                return body[0]
            if kind in {OUT, ERR}:
                _pass_on(sys.stdout if kind == OUT else sys.stderr, body)
    except BadFrame:
        pass
    msg = "The process that serves this workspace ended before the command did; run it again."
    raise TrueliftError(msg)


def _pass_on(stream: object, body: bytes) -> None:
    raw = getattr(stream, "buffer", None)
    if raw is None:
        stream.write(body.decode("utf-8", "replace"))  # type: ignore[attr-defined]  # text only
        return
    raw.write(body)
    raw.flush()


def run_for_others(run: Callable[[Sequence[str]], int], acting: Acting) -> Run:
    """Make what runs a command for another process, on a thread of its own.

    run: the command line. acting: a context in which (person, token) act, not this process's own.
    """

    def ran(asked: Ran) -> int:
        errand = asked.errand
        _own_directory(errand)
        token = Secret(errand.token) if errand.token else None
        streams = Streams(
            asked.out, asked.err, errand.line, errand.columns,
            errand.out_is_terminal, errand.err_is_terminal,
        )  # fmt: skip
        with led_to(streams), acting(_named(asked.account), token):
            return run(errand.words)

    return ran


def _own_directory(errand: Errand) -> None:
    """Give this thread the client's working directory and umask, and leave the others theirs."""
    library = ctypes.CDLL(None, use_errno=True)
    unshare = getattr(library, "unshare", None)
    if unshare is None or unshare(_OWN_DIRECTORY) != 0:
        if Path(errand.directory) != Path.cwd():
            msg = (
                "This system gives no thread a folder of its own: run the command in the folder "
                f"where the server was started, {Path.cwd()}."
            )
            raise TrueliftError(msg)
        return
    os.chdir(errand.directory)
    os.umask(errand.umask & 0o777)


def _named(account: int) -> str:
    try:
        return pwd.getpwuid(account).pw_name
    except KeyError:
        return str(account)
