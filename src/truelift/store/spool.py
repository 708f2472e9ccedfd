"""Spool: where a hit is on disk before its request is answered. Writing is append only.

In:   encoded hits (facts.hit), from one event loop.
Out:  segments on disk, and a future per batch that says when they are safe.

Layout: `spool/<worker>/<epoch-ms>-<number>.log`, one writer per worker (held by a lock), names
sort by age. A segment is frames one after the other:

    length of the payload   4 bytes, unsigned, little endian
    crc32c of the payload   4 bytes, unsigned, little endian
    payload                 one hit as msgpack

A segment is never appended to once a younger one of its worker exists, and is never shortened: a
write that failed leaves a torn end behind and the next batch begins another segment. Reading is
`store.spool_reader`.

Group commit: a thread writes and syncs one batch while the loop gathers the next one. Nothing
lingers: a lone hit waits for one sync, many share it.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import queue
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import google_crc32c

from truelift.base.errors import TrueliftError

HEADER = struct.Struct("<II")
MOST_PAYLOAD = 4 * 2**20
"""No payload is longer; a longer length in a frame is damage."""

CLOSE_SECONDS = 2.0
"""How long what was taken has to become safe when a spool is closed."""

_checksum = google_crc32c.value


@dataclass(frozen=True, slots=True)
class SpoolLimits:
    """How much may wait, how large a segment grows, and when an answer stops waiting.

    waiting_*: hits and bytes not yet safe; more are refused. reserve_bytes: free space that is left
    to the rest of the workspace. patience: seconds until `Batch.answer` is given without a sync;
    hurry: the same once patience has run out, until a batch is safe within that time. longest:
    until `Batch.committed` is given as False, although the disk may still come back.
    """

    waiting_hits: int = 20_000
    waiting_bytes: int = 64 * 2**20
    segment_bytes: int = 64 * 2**20
    segment_seconds: float = 60.0
    reserve_bytes: int = 32 * 2**20
    patience: float = 0.25
    hurry: float = 0.03
    longest: float = 3.0


@dataclass(slots=True)
class SpoolCounters:
    """What became of hits since the start; read by /metrics.

    unsynced: answered before they were safe. lost: answered as if they were kept, and not kept.
    refused: not taken because too much was waiting.
    """

    hits: int = 0
    bytes: int = 0
    batches: int = 0
    sync_seconds: float = 0.0
    failed_batches: int = 0
    unsynced: int = 0
    lost: int = 0
    refused: int = 0
    fault: str = ""


class _Shared(asyncio.Future[bool]):
    """A future that many requests wait for; one that goes away must not cancel it for the rest."""

    def cancel(self, msg: object | None = None) -> bool:  # noqa: ARG002 - asyncio's signature
        """Refuse: who waits is told of its own cancellation when the batch is done."""
        return False


@dataclass(slots=True)
class Batch:
    """Hits that become safe together.

    committed: True when they are on disk, False when they are not, or not in time. answer: the
    same, but given as False once patience has run out. open_answers: who was answered in spite of
    that. begun, patience: when it was begun, in the loop's time, and how long visitors wait for it.
    kept: what came of it in the end.
    """

    committed: asyncio.Future[bool]
    answer: asyncio.Future[bool]
    counters: SpoolCounters
    payloads: list[bytes] = field(default_factory=list)
    bytes: int = 0
    open_answers: int = 0
    timer: asyncio.TimerHandle | None = None
    begun: float = 0.0
    patience: float = 0.0
    kept: bool | None = None

    def answered_open(self) -> None:
        """Say that somebody was answered without knowing that this batch is safe."""
        self.counters.unsynced += 1
        if self.kept is None:
            self.open_answers += 1
        elif not self.kept:
            self.counters.lost += 1

    def settle(self, *, kept: bool) -> None:
        """Tell everybody who waits."""
        self.kept = kept
        if self.timer is not None:
            self.timer.cancel()
        if not kept:
            self.counters.lost += self.open_answers
        for future in (self.committed, self.answer):
            _give(future, kept=kept)


class Spool:
    """The spool of one worker, used from one event loop. `start` it there, `close` it at the end.

    synchronise: makes what was written to a descriptor safe; by default the write does so itself.
    """

    def __init__(
        self,
        folder: Path,
        worker: str,
        limits: SpoolLimits | None = None,
        *,
        synchronise: Callable[[int], None] | None = None,
    ) -> None:
        """Take the worker's folder; TrueliftError when another process writes there."""
        self.limits = limits or SpoolLimits()
        self.counters = SpoolCounters()
        self._segments = _Segments(folder / worker, self.limits, synchronise)
        self._open: Batch | None = None
        self._flying: Batch | None = None
        self._flush_asked = False
        self._patience = self.limits.patience
        self._work: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._commit_batches, name="spool", daemon=True)

    def start(self) -> None:
        """Begin to take hits, in the running loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    @property
    def waiting_hits(self) -> int:
        """Give how many hits are not safe yet."""
        return sum(len(each.payloads) for each in (self._open, self._flying) if each)

    @property
    def healthy(self) -> bool:
        """Say whether the newest batch was kept."""
        return not self.counters.fault

    def append(self, payload: bytes) -> Batch | None:
        """Take a hit; give the batch to wait for, or None when too much is waiting already."""
        batch, flying = self._open, self._flying
        waiting, waiting_bytes = 0, len(payload)
        if batch is not None:
            waiting, waiting_bytes = len(batch.payloads), waiting_bytes + batch.bytes
        if flying is not None:
            waiting, waiting_bytes = waiting + len(flying.payloads), waiting_bytes + flying.bytes
        if waiting >= self.limits.waiting_hits or waiting_bytes > self.limits.waiting_bytes:
            self.counters.refused += 1
            return None
        if batch is None:
            batch = self._new_batch()
        batch.payloads.append(payload)
        batch.bytes += len(payload)
        if flying is None and not self._flush_asked:
            self._flush_asked = True
            self._loop.call_soon(self._flush)
        return batch

    def probe(self) -> None:
        """Ask a disk that took nothing whether it does again, while nobody else asks."""
        if self.counters.fault and self._open is None and self._flying is None:
            self._new_batch()
            self._flush()

    async def close(self, seconds: float = CLOSE_SECONDS) -> bool:
        """Finish what was taken and stop; say whether that was done in time.

        A disk that hangs holds nobody back: what is not safe then was not acknowledged either, and
        the folder is given free by the end of the process.
        """
        ends = time.monotonic() + seconds
        while (self._open or self._flying) is not None and self._thread.is_alive():
            if time.monotonic() >= ends:
                self._give_up_all()
                return False
            await asyncio.sleep(0.002)
        self._work.put(None)
        await asyncio.to_thread(self._thread.join, max(ends - time.monotonic(), 0.01))
        if self._thread.is_alive():
            return False
        self._segments.close()
        return True

    def _give_up_all(self) -> None:
        """Answer whoever still waits, as nothing was kept; the thread ends after its write."""
        self._work.put(None)
        for batch in (self._open, self._flying):
            if batch is not None and batch.kept is None:
                batch.settle(kept=False)
        self._open = None

    def _new_batch(self) -> Batch:
        committed, answer = _Shared(loop=self._loop), _Shared(loop=self._loop)
        batch = self._open = Batch(committed, answer, self.counters)
        batch.begun, batch.patience = self._loop.time(), self._patience
        batch.timer = self._loop.call_later(batch.patience, self._tired, batch)
        return batch

    def _tired(self, batch: Batch) -> None:
        """Let visitors go, the next ones sooner; who sends rows or webhooks waits on."""
        _give(batch.answer, kept=False)
        self._patience = min(self.limits.hurry, self.limits.patience)
        more = self.limits.longest - batch.patience
        batch.timer = self._loop.call_later(more, _give_up, batch.committed)

    def _flush(self) -> None:
        """Hand the gathered batch to the thread, unless it is still busy."""
        self._flush_asked = False
        if self._flying is None and self._open is not None:
            self._flying, self._open = self._open, None
            self._work.put(self._flying)

    def _settled(self, batch: Batch, fault: str, seconds: float) -> None:
        counters = self.counters
        counters.batches += 1
        counters.sync_seconds += seconds
        counters.fault = fault
        if fault:
            counters.failed_batches += 1
        else:
            counters.hits += len(batch.payloads)
            counters.bytes += batch.bytes
        self._flying = None
        if not fault and self._loop.time() - batch.begun <= self.limits.hurry:
            self._patience = self.limits.patience
        batch.settle(kept=not fault)
        self._flush()

    def _commit_batches(self) -> None:
        """Write and sync batch after batch; runs in a thread of its own."""
        while (batch := self._work.get()) is not None:
            began = time.monotonic()
            fault = self._segments.write(batch.payloads)
            seconds = time.monotonic() - began
            with contextlib.suppress(RuntimeError):  # the loop was closed without us: nobody waits
                self._loop.call_soon_threadsafe(self._settled, batch, fault, seconds)


def _give_up(future: asyncio.Future[bool]) -> None:
    _give(future, kept=False)


def _give(future: asyncio.Future[bool], *, kept: bool) -> None:
    if not future.done():
        future.set_result(kept)


class _Segments:
    """The files of one worker; touched by the spool's thread only, once it runs."""

    def __init__(
        self, folder: Path, limits: SpoolLimits, synchronise: Callable[[int], None] | None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._limits, self._synchronise = folder, limits, synchronise
        self._lock = _locked(folder)
        self._descriptor: int | None = None
        self._path = folder
        self._size = 0
        self._begun = 0.0

    def write(self, payloads: list[bytes]) -> str:
        """Keep payloads; give an empty text when they are safe, else why not and what to do."""
        parts: list[bytes] = []
        for payload in payloads:
            parts += (HEADER.pack(len(payload), _checksum(payload)), payload)
        block = b"".join(parts)
        try:
            descriptor = self._current()
            if self._synchronise is None:
                _write_safely(descriptor, block)
            else:
                _write_all(descriptor, block)
                self._synchronise(descriptor)
        except OSError as error:
            self._abandon()
            reason = error.strerror or str(error)
            return f"{self._folder} takes no more hits: {reason}; free or replace the disk."
        self._size += len(block)
        return ""

    def close(self) -> None:
        """Close the segment and give the folder free."""
        self._finish()
        self._lock.close()

    def _current(self) -> int:
        """Give the descriptor of the segment to append to, a new one when the old one is full."""
        limits = self._limits
        if self._descriptor is not None and (
            self._size >= limits.segment_bytes
            or time.monotonic() - self._begun >= limits.segment_seconds
        ):
            self._finish()
        if self._descriptor is None:
            room = os.statvfs(self._folder)
            if room.f_bavail * room.f_frsize < limits.reserve_bytes:
                raise OSError(_FULL, os.strerror(_FULL))
            self._path = self._folder / next_name(self._folder, time.time_ns() // 1_000_000)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
            self._descriptor = os.open(self._path, flags, 0o600)
            self._size, self._begun = 0, time.monotonic()
            _synchronise_folder(self._folder)
        return self._descriptor

    def _finish(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _abandon(self) -> None:
        """Leave a segment whose end may be torn; one that never held anything safe goes away."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                self._finish()
            self._descriptor = None
            if self._size == 0:
                with contextlib.suppress(OSError):
                    self._path.unlink()


_FULL = 28
"""ENOSPC: no space left on the device."""


def next_name(folder: Path, now_ms: int) -> str:
    """Give a segment's name that sorts after every one in a folder, even if a clock went back."""
    last_ms, last_number = max(
        (tuple(map(int, path.stem.split("-"))) for path in folder.glob("*-*.log")),
        default=(0, -1),
    )
    number = last_number + 1 if now_ms <= last_ms else 0
    return f"{max(now_ms, last_ms):013d}-{number:06d}.log"


def _locked(folder: Path) -> BinaryIO:
    lock = (folder / "lock").open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        msg = f"Another process writes to {folder}; stop it, or give this worker another name."
        raise TrueliftError(msg) from None
    return lock


def _write_all(descriptor: int, block: bytes) -> None:
    rest = memoryview(block)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _write_safely(descriptor: int, block: bytes) -> None:
    """Append and sync in one call of the system: a thread that waits once waits less.

    Between two calls the event loop takes the interpreter's lock and may keep it for 5 ms.
    """
    if not hasattr(os, "RWF_DSYNC"):
        _write_all(descriptor, block)
        os.fsync(descriptor)
        return
    rest = memoryview(block)
    while rest:
        rest = rest[os.pwritev(descriptor, [rest], 0, os.RWF_DSYNC) :]


def _synchronise_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
