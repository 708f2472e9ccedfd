"""Streams: stdout and stderr of this process, which commands run for other processes do not share.

In:   a command on a thread of its own, and where its output goes.
Out:  `sys.stdout` and `sys.stderr` that lead there on that thread, and to the process's own else.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Streams:
    """Where the output of one command goes, and what its terminal is like.

    columns: the terminal's width; 0 when unknown. line: what its stdin holds, when it is asked.
    """

    out: TextIO
    err: TextIO
    line: str = ""
    columns: int = 0
    out_is_terminal: bool = False
    err_is_terminal: bool = False


_GIVEN: ContextVar[Streams | None] = ContextVar("streams", default=None)


class Routed(io.TextIOBase):
    """A stream of the process that leads elsewhere while another process's command is run."""

    def __init__(self, own: TextIO, name: str) -> None:
        """Lead to `own` by default; name: `out` or `err`."""
        super().__init__()
        self._own, self._name = own, name

    @property
    def target(self) -> TextIO:
        """Give the stream that is meant on this thread."""
        given = _GIVEN.get()
        if given is None:
            return self._own
        return given.out if self._name == "out" else given.err

    @property
    def encoding(self) -> str:  # type: ignore[override]  # read-only here
        """Give the encoding of the stream that is meant."""
        return self.target.encoding

    def write(self, text: str) -> int:
        """Write where it is meant."""
        return self.target.write(text)

    def flush(self) -> None:
        """Flush the stream that is meant."""
        self.target.flush()

    def isatty(self) -> bool:
        """Say whether the stream that is meant is a terminal."""
        given = _GIVEN.get()
        if given is None:
            return self._own.isatty()
        return given.out_is_terminal if self._name == "out" else given.err_is_terminal

    def fileno(self) -> int:
        """Give the descriptor; a command run for another process has none."""
        return self.target.fileno()

    def close(self) -> None:
        """Close a command's stream; the process's own stays open."""
        if _GIVEN.get() is not None:
            self.target.close()


@contextlib.contextmanager
def routing() -> Iterator[None]:
    """Put streams in place that can be led elsewhere, until the end."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Routed(before[0], "out"), Routed(before[1], "err")
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


@contextlib.contextmanager
def led_to(streams: Streams) -> Iterator[None]:
    """Lead this thread's output elsewhere until the end."""
    token = _GIVEN.set(streams)
    try:
        yield
    finally:
        _GIVEN.reset(token)


def own(stream: TextIO) -> TextIO:
    """Give the stream behind one that may be led elsewhere, for other threads of a command."""
    return stream.target if isinstance(stream, Routed) else stream


def in_command() -> bool:
    """Say whether this thread runs a command for another process."""
    return _GIVEN.get() is not None


def read_line() -> str:
    """Read a line of stdin: this process's own, or what another process's command was given."""
    given = _GIVEN.get()
    return sys.stdin.readline() if given is None else given.line


def terminal_width() -> int | None:
    """Give the width of the terminal that reads stdout; None lets the library find it."""
    given = _GIVEN.get()
    if given is None:
        return None
    return given.columns or None


def columns() -> int:
    """Give the width of this process's terminal; 0 when it has none."""
    for stream in (sys.__stdout__, sys.__stderr__):
        try:
            return os.get_terminal_size(stream.fileno()).columns if stream else 0
        except (OSError, ValueError):
            continue
    return 0
