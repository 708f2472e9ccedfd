"""Evidence files: contracts, invoices, screenshots, kept under the hash of their content.

In:   a file of the user's.
Out:  a copy at evidence/ab/cdef..., written whole or not at all, the same content once.

Only a hash is ever part of a path, so no name of a file can lead anywhere.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from truelift.base.errors import UsageError

LARGEST_BYTES = 25 * 2**20
_CHUNK = 2**20
_HASH = re.compile(r"[0-9a-f]{64}")
_READ_ONLY = stat.S_IRUSR | stat.S_IRGRP


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it is stored. fresh: it was not here before."""

    sha256: str
    size: int
    fresh: bool


@dataclass(frozen=True, slots=True)
class EvidenceFiles:
    """The evidence folder of a workspace."""

    folder: Path

    def keep(self, path: Path) -> StoredFile:
        """Store a copy of a file; UsageError for what is no file, empty or too large."""
        if not path.is_file():
            msg = f"{path} is no file; name a file that can be read."
            raise UsageError(msg)
        self.folder.mkdir(exist_ok=True)
        with path.open("rb") as source, self._draft() as (draft, written):
            sha256, size = _copied(source, draft, path.name)
            place = self.place(sha256)
            if place.exists() and self.fault(sha256) is None:
                return StoredFile(sha256, size, fresh=False)
            place.parent.mkdir(exist_ok=True)
            written.chmod(_READ_ONLY)
            written.replace(place)
            _settle(place.parent)
        return StoredFile(sha256, size, fresh=True)

    def place(self, sha256: str) -> Path:
        """Give where a file of this hash is; UsageError for anything but a hash."""
        if not _HASH.fullmatch(sha256):
            msg = "An evidence file is named by the 64 hex digits of its SHA-256."
            raise UsageError(msg)
        return self.folder / sha256[:2] / sha256[2:]

    def fault(self, sha256: str) -> str | None:
        """Read a file again; give what is wrong with it, None when it is what was stored."""
        place = self.place(sha256)
        if not place.is_file():
            return "missing"
        with place.open("rb") as file:
            return None if hashlib.file_digest(file, "sha256").hexdigest() == sha256 else "changed"

    def stored(self) -> list[str]:
        """Give the hashes that the folder's files are named by."""
        names = (file.parent.name + file.name for file in self.folder.glob("??/*"))
        return sorted(name for name in names if _HASH.fullmatch(name))

    @contextlib.contextmanager
    def _draft(self) -> Iterator[tuple[BinaryIO, Path]]:
        """Give a file to write that is removed unless it was moved to its place."""
        number, name = tempfile.mkstemp(dir=self.folder, prefix="draft-")
        try:
            with os.fdopen(number, "wb") as draft:
                yield draft, Path(name)
        finally:
            Path(name).unlink(missing_ok=True)


def _copied(source: BinaryIO, draft: BinaryIO, name: str) -> tuple[str, int]:
    found, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if size > LARGEST_BYTES:
            msg = f"{name} is larger than {LARGEST_BYTES // 2**20} MiB; store a smaller copy."
            raise UsageError(msg)
        found.update(chunk)
        draft.write(chunk)
    if not size:
        msg = f"{name} is empty; an empty file proves nothing."
        raise UsageError(msg)
    draft.flush()
    os.fsync(draft.fileno())
    return found.hexdigest(), size


def _settle(folder: Path) -> None:
    """Make a folder's entries durable."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
