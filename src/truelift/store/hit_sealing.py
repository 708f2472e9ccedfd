"""Sealing: a node's spool goes into the lake, frame by frame, and leaves the disk once it is there.

In:   a node's folder, and the lake.
Out:  rows in the lake, each frame once whatever crashes when; segments that are whole there go.

A torn end is no frame and goes nowhere; bytes in between that cannot be read become a row without a
payload, so that who reads the lake reports them as who reads the spool does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import google_crc32c

from truelift.store import spool_reader
from truelift.store.delta_table import LakeRefused
from truelift.store.hit_lake import Frames, HitLake, hit_rows
from truelift.store.node_folder import Mark, NodeFolder
from truelift.store.spool import HEADER, MOST_PAYLOAD

_crc = google_crc32c.value

MOST_ROWS, MOST_BYTES = 250_000, 64 * 2**20
"""How much is appended at once."""

LINGER_SECONDS = 120.0
"""How long segments stay after they were begun though the lake has them: a worker that follows is
spared the way through it."""


@dataclass(slots=True)
class _Gathered:
    """Frames after a mark, by segment. ends: of the segments that were read to their end."""

    mark: Mark
    frames: list[tuple[str, Frames]] = field(default_factory=list)
    ends: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    bytes: int = 0

    @property
    def full(self) -> bool:
        return self.rows >= MOST_ROWS or self.bytes >= MOST_BYTES


class Sealing:
    """Seals the spool of one node; used from one thread."""

    def __init__(
        self, node: NodeFolder, lake: HitLake, linger_seconds: float = LINGER_SECONDS
    ) -> None:
        """Stand on a node's folder and a lake."""
        self._node, self._lake, self._linger = node, lake, linger_seconds
        self._settled = False

    def waiting_bytes(self) -> int:
        """Give how many bytes of the spool are not in the lake."""
        mark, folder = self._node.progress.mark, self._folder
        total = 0
        for name in spool_reader.segments(folder.parent, folder.name):
            if name >= mark.segment:
                total += (folder / name).stat().st_size
                total -= mark.byte if name == mark.segment else 0
        return max(total, 0)

    def seal(self) -> int:
        """Bring everything that is kept into the lake; give how many rows that was.

        LakeAway, LakeRefused: what is not in the lake stays in the spool.
        """
        self._settle()
        total = 0
        while True:
            node, progress = self._node, self._node.progress
            found = self._gather(progress.next)
            ends = {**progress.ends, **found.ends}
            if found.frames:
                self._append(found, ends)
            elif (found.mark, ends) != (progress.mark, progress.ends):
                node.keep(mark=found.mark, next=None, ends=ends)
            total += found.rows
            if not found.full and found.mark != progress.next:
                self._sweep()
                return total

    def _append(self, found: _Gathered, ends: dict[str, int]) -> None:
        node, number = self._node, self._node.progress.number + 1
        node.keep(next=found.mark, ends=ends)
        self._settled = False
        if not self._lake.hits.append(node.name, number, hit_rows(node.name, found.frames)):
            raise LakeRefused(self._foreign(number))
        node.keep(number=number, mark=found.mark, next=None)
        self._settled = True

    @property
    def _folder(self) -> Path:
        return self._node.spool / self._node.name

    def _settle(self) -> None:
        """Find out what became of the last append that was begun: at the start, after a failure."""
        if self._settled:
            return
        node, progress = self._node, self._node.progress
        held = self._lake.hits.held(node.name)
        if held == progress.number + 1 and progress.next is not None:
            if not progress.mark < self._lake.end(node.name) <= progress.next:
                raise LakeRefused(self._foreign(held))
            node.keep(number=held, mark=progress.next, next=None)
        elif held != progress.number:
            raise LakeRefused(self._foreign(held))
        self._settled = True

    def _foreign(self, held: int) -> str:
        node = self._node
        return (
            f"The lake holds number {held} of node {node.name}, and {node.folder} appended up to "
            f"{node.progress.number}: another node has its name, the folder is an old copy, or the "
            "lake is another one. Nothing is sealed; give it a name and a folder of its own."
        )

    def _gather(self, until: Mark | None) -> _Gathered:
        """Read frames after the mark; up to where an append was begun whose end is not known."""
        found = _Gathered(self._node.progress.mark)
        folder = self._folder
        names = spool_reader.segments(folder.parent, folder.name)
        for at, name in enumerate(names):
            if name < found.mark.segment:
                continue
            start = found.mark.byte if name == found.mark.segment else 0
            for stretch in _stretches(folder / name, start):
                frames = stretch
                if until is not None:
                    frames = stretch.before(until.byte if name == until.segment else None)
                if len(frames):
                    found.frames.append((name, frames))
                    start = frames.after[-1]
                    found.rows, found.bytes = (
                        found.rows + len(frames), found.bytes + start - frames.first[0],
                    )  # fmt: skip
                if found.full or len(frames) < len(stretch):
                    break
            found.mark = Mark(name, start)
            if found.full or found.mark == until:
                break
            if at + 1 < len(names):  # a younger one was there before this one was read to its end
                found.ends[name] = start
        return found

    def _sweep(self) -> None:
        """Delete segments that are whole in the lake."""
        node = self._node
        before = f"{int(1000 * (time.time() - self._linger)):013d}"
        last = min(before, node.progress.mark.segment)
        old = sorted(name for name in node.progress.ends if name < last)
        if not old:
            return
        ends = dict(node.progress.ends)
        gone = Mark(old[-1], ends[old[-1]])
        for name in old:
            del ends[name]
        node.keep(gone=max(gone, node.progress.gone), ends=ends)
        for name in spool_reader.segments(self._folder.parent, self._folder.name):
            if name <= gone.segment:
                (self._folder / name).unlink(missing_ok=True)


def _stretches(path: Path, start: int) -> Iterator[Frames]:
    """Give a segment's frames from a byte on, so many at a time as are in memory."""
    with path.open("rb") as file:
        while True:
            file.seek(start)
            content = file.read(spool_reader.STRETCH)
            whole = len(content) < spool_reader.STRETCH
            found = _frames(content, start, whole=whole)
            yield found
            if whole or not len(found):
                return
            start = found.after[-1]


def _frames(content: bytes, start: int, *, whole: bool) -> Frames:
    """Read frames as `spool_reader.frames` does, which is asked only where one is damaged."""
    found = Frames()
    first, after, payloads = found.first.append, found.after.append, found.payloads.append
    unpack, at, last = HEADER.unpack_from, 0, len(content) - HEADER.size
    while at <= last:
        length, checksum = unpack(content, at)
        begin = at + HEADER.size
        end = begin + length
        payload = content[begin:end]
        if not 0 < length <= MOST_PAYLOAD or len(payload) < length or _crc(payload) != checksum:
            break
        first(start + at)
        after(start + end)
        payloads(payload)
        at = end
    for begun, rest, end in spool_reader.frames(content[at:], whole=whole):
        first(start + at + begun)
        after(start + at + end)
        payloads(None if rest is None else bytes(rest))
    return found
