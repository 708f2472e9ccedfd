"""Reading the spool: hits in the order they were kept, from an offset on; damage is reported.

In:   the folder `spool`, a worker's name and the offset up to which its hits are in the facts.
Out:  hits, the offset after them, and what could not be read.

    for worker in workers(folder):
        reading = read(folder, worker, offset_of[worker], limit=5_000)
        # in one transaction: the rows of reading.hits, and reading.offset
    prune(folder, worker, committed, before_ms)

A torn end of a segment is no damage: a crash or a full disk cut a write that nobody was answered
for. In the youngest segment the writer may be in the middle of a frame, so reading stops there and
goes on at the next call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import google_crc32c

from truelift.facts.hit import Hit, decode
from truelift.store.spool import HEADER, MOST_PAYLOAD

_checksum = google_crc32c.value

STRETCH = 4 * MOST_PAYLOAD
"""How much of a segment is in memory at a time; every frame fits in it."""


@dataclass(frozen=True, slots=True, order=True)
class Offset:
    """A place in a worker's spool: everything before this byte of this segment was read."""

    worker: str
    segment: str
    byte: int


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes of a segment that are no frame, with whole frames after them."""

    worker: str
    segment: str
    first_byte: int
    last_byte: int

    @property
    def sentence(self) -> str:
        """Say what, where and what to do."""
        return (
            f"spool/{self.worker}/{self.segment} is damaged from byte {self.first_byte} to "
            f"{self.last_byte}; what stood there is lost: check the disk."
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """Hits of one worker, each with its segment and first byte, and the offset after them.

    offset is None only when the worker has no segment yet.
    """

    hits: list[Hit]
    places: list[tuple[str, int]]
    offset: Offset | None
    damaged: tuple[Damage, ...] = ()


def workers(folder: Path) -> list[str]:
    """Give the names of all workers that ever wrote to a spool."""
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def segments(folder: Path, worker: str) -> list[str]:
    """Give the names of a worker's segments, oldest first."""
    return sorted(path.name for path in (folder / worker).glob("*-*.log"))


def read(folder: Path, worker: str, after: Offset | None, limit: int) -> Reading:
    """Read at most `limit` hits of a worker after an offset.

    An offset in a segment that is gone goes on with the next one.
    """
    found = _Found(worker, limit, after)
    names = segments(folder, worker)
    for name in names:
        if after is not None and name < after.segment:
            continue
        start = after.byte if after is not None and name == after.segment else 0
        if _read_segment(folder / worker / name, start, found):
            break
    return Reading(found.hits, found.places, found.offset, tuple(found.damaged))


@dataclass(slots=True)
class _Found:
    worker: str
    limit: int
    offset: Offset | None
    hits: list[Hit] = field(default_factory=list)
    places: list[tuple[str, int]] = field(default_factory=list)
    damaged: list[Damage] = field(default_factory=list)

    def take(self, segment: str, start: int, content: bytes, *, whole: bool) -> int:
        """Take the frames of a stretch of a segment; give how many of its bytes are done with."""
        at = 0
        for first, payload, end in frames(content, whole=whole):
            hit = _hit(payload)
            if hit is None:
                self.damaged.append(Damage(self.worker, segment, start + first, start + end))
            else:
                self.hits.append(hit)
                self.places.append((segment, start + first))
            at = end
            if len(self.hits) >= self.limit:
                break
        return at


def _read_segment(path: Path, start: int, found: _Found) -> bool:
    """Read a segment on from a byte, stretch by stretch; say whether the limit is reached."""
    while True:
        content = _content(path, start)
        whole = len(content) < STRETCH
        start += found.take(path.name, start, content, whole=whole)
        found.offset = Offset(found.worker, path.name, start)
        if len(found.hits) >= found.limit:
            return True
        if whole:
            return False


def frames(content: bytes, *, whole: bool = True) -> Iterator[tuple[int, memoryview | None, int]]:
    """Give (first byte, payload, byte after it) of each frame; payload None for damaged bytes.

    whole: the segment ends here; what is no frame at its end is torn, or still being written.
    Otherwise more bytes follow, and a frame that does not end here is left to the next stretch.
    """
    view = memoryview(content)
    last = len(content) if whole else len(content) - HEADER.size - MOST_PAYLOAD
    at = 0
    while at < last:
        end = _frame_end(view, at)
        if end:
            yield at, view[at + HEADER.size : end], end
            at = end
            continue
        following = _next_frame(view, at + 1, last)
        if following is None:
            if not whole:
                yield at, None, last
            return
        yield at, None, following
        at = following


def prune(folder: Path, worker: str, committed: Offset | None, before_ms: int) -> list[str]:
    """Delete segments wholly before the committed offset and begun before a time; name them."""
    if committed is None:
        return []
    gone = []
    for name in segments(folder, worker):
        if name < committed.segment and int(name.partition("-")[0]) < before_ms:
            (folder / worker / name).unlink(missing_ok=True)
            gone.append(name)
    return gone


def waiting_bytes(folder: Path, worker: str, committed: Offset | None) -> int:
    """Give how many bytes of a worker were not read yet."""
    total = 0
    for name in segments(folder, worker):
        if committed is None or name >= committed.segment:
            total += (folder / worker / name).stat().st_size
            if committed is not None and name == committed.segment:
                total -= committed.byte
    return max(total, 0)


def _content(path: Path, start: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(STRETCH)
    except FileNotFoundError:
        return b""


def _hit(payload: memoryview | None) -> Hit | None:
    try:
        return None if payload is None else decode(payload)
    except ValueError:
        return None


def _frame_end(view: memoryview, at: int) -> int:
    """Give the byte after the frame that begins here; 0 when none does."""
    if at + HEADER.size > len(view):
        return 0
    length, checksum = HEADER.unpack_from(view, at)
    end = at + HEADER.size + length
    if not 0 < length <= MOST_PAYLOAD or end > len(view):
        return 0
    return end if _checksum(bytes(view[at + HEADER.size : end])) == checksum else 0


def _next_frame(view: memoryview, start: int, last: int) -> int | None:
    """Look for the next whole frame byte by byte; None when there is none."""
    return next((at for at in range(start, last) if _frame_end(view, at)), None)
