"""Mirror: what a worker has of a node's spool, beside its own spools and read as they are.

In:   bytes of the node's segments, from the node itself or out of the lake, in order.
Out:  `spool/<node>/<segment>`, each byte where it stands in the node's own file, from the place on
      that is taken in.

A mirror is no copy to keep: it begins anew at what is taken in whenever a worker starts, so nothing
of it needs to be safe, and what is taken in goes when its segment ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import google_crc32c

from truelift.store import spool_reader
from truelift.store.node_folder import Mark
from truelift.store.spool import HEADER, MOST_PAYLOAD

SEGMENT = re.compile(r"[0-9]{13,16}-[0-9]{6,9}\.log")

_SIGN = "of-a-node"
"""A file in a mirror's folder, which tells it from the spool of a process."""


class Mirror:
    """The mirror of one node; written by one thread."""

    def __init__(self, spool: Path, node: str, begin: Mark) -> None:
        """Begin anew at a place."""
        self._folder = spool / node
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / _SIGN).touch()
        empty(self._folder)
        self.end = begin

    def write(self, segment: str, first_byte: int, content: bytes) -> None:
        """Add bytes of a segment; those that are here already are left as they are.

        ValueError for a name that is no segment's: it comes from another machine.
        """
        if not SEGMENT.fullmatch(segment):
            msg = f"{segment[:80]!r} is no name of a segment"
            raise ValueError(msg)
        here = self.end.byte if segment == self.end.segment else 0
        if segment < self.end.segment or first_byte + len(content) <= here:
            return
        content, first_byte = content[max(here - first_byte, 0) :], max(here, first_byte)
        with (self._folder / segment).open("ab") as file:
            if file.tell() < first_byte:
                file.truncate(first_byte)  # what is before was taken in, or is no frame
            file.write(content)
        self.end = Mark(segment, first_byte + len(content))

    def write_frames(self, rows: Iterable[tuple[str, int, int, bytes | None]]) -> int:
        """Add frames out of the lake (segment, first byte, byte after, payload); give how many.

        Bytes that could not be read are no frame here either.
        """
        count, begin, parts, size = 0, Mark(), list[bytes](), 0
        for segment, first, after, payload in rows:
            if (segment, first) != (begin.segment, begin.byte + size) or size >= MOST_PAYLOAD:
                self._write_parts(begin, parts)
                begin, parts, size = Mark(segment, first), [], 0
            if payload is None:
                parts.append(b"\0" * (after - first))
            else:
                parts += (HEADER.pack(len(payload), google_crc32c.value(payload)), payload)
            count, size = count + 1, size + after - first
        self._write_parts(begin, parts)
        return count

    def _write_parts(self, begin: Mark, parts: list[bytes]) -> None:
        if parts:
            self.write(begin.segment, begin.byte, b"".join(parts))

    def ahead(self, taken: Mark) -> int:
        """Give how many bytes are here that are not taken in."""
        place = spool_reader.Offset(self._folder.name, taken.segment, taken.byte)
        return spool_reader.waiting_bytes(self._folder.parent, self._folder.name, place)

    def prune(self, taken: Mark) -> None:
        """Delete segments that are taken in to their end."""
        for name in spool_reader.segments(self._folder.parent, self._folder.name):
            if name < taken.segment:
                (self._folder / name).unlink(missing_ok=True)


def empty(folder: Path) -> None:
    """Delete every segment of a mirror."""
    for path in folder.glob("*-*.log"):
        path.unlink(missing_ok=True)


def mirrors(spool: Path) -> list[Path]:
    """Give the folders of a spool that are mirrors."""
    return sorted(path.parent for path in spool.glob(f"*/{_SIGN}"))
