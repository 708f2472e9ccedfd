"""Bytes of text files: one pass that hashes a file and finds out how its text is encoded.

In:   a path, gzip or plain.
Out:  Scan, and the file's bytes or text as streams; Unreadable for what is no text.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO, cast

import numpy as np

from truelift.connectors.table import Unreadable
from truelift.facts.event import DropReason

BLOCK = 4 << 20
HEAD = 1 << 20
MOST_RATIO = 100
"""How many times larger than its file a content may be (OWASP ASVS 5.2.3)."""
RATIO_FROM = 64 << 20
"""Content smaller than this is read whatever its ratio: it can do no harm."""
GZIP = b"\x1f\x8b"
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1a\x1b"))
_MOST_CONTROL = 0.02
_QUOTE, _NEWLINE = 0x22, 0x0A


@dataclass(frozen=True, slots=True)
class Scan:
    """What one pass over a text file found.

    sha256: of the file as it lies on disk. encoding, errors: how to decode it; with 'replace',
    bytes that do not decode become U+FFFD, so only their rows are refused later. one_line_each:
    clean UTF-8 in which no cell holds a line break, so that rows are lines.
    """

    sha256: str
    encoding: str
    errors: str
    one_line_each: bool


def is_gzip(path: Path) -> bool:
    """Say whether a file begins as gzip does."""
    with path.open("rb") as stream:
        return stream.read(2) == GZIP


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def head_of(path: Path) -> bytes:
    """Give the first mebibyte of a file's content; Unreadable when it is empty or no text."""
    with open_bytes(path) as stream:
        head = _read(stream, HEAD)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        msg = "the file is empty; expected a header and rows"
        raise Unreadable(msg)
    if head[:2] not in _UTF16 and _looks_binary(head):
        msg = "this is a binary file, not a table; expected .csv, .tsv, .jsonl, .parquet or .xlsx"
        raise Unreadable(msg, reason=DropReason.BAD_TEXT)
    return head


def _looks_binary(head: bytes) -> bool:
    sample = head[: 64 << 10]
    control = len(sample) - len(sample.translate(None, _CONTROL))
    return control > _MOST_CONTROL * len(sample)


def open_bytes(path: Path) -> BinaryIO:
    """Open a file's content as bytes, unpacked when it is gzip."""
    return cast("BinaryIO", gzip.open(path, "rb")) if is_gzip(path) else path.open("rb")


def open_text(path: Path, scan: Scan) -> TextIO:
    """Open a file's content as text with its line ends kept, ready for the csv module."""
    return io.TextIOWrapper(
        open_bytes(path), encoding=scan.encoding, errors=scan.errors, newline=""
    )


def scan(path: Path) -> Scan:
    """Read a text file once: its hash, its encoding and whether rows are lines.

    Text that is not UTF-8 is read as cp1252; when it holds valid UTF-8 letters as well, it is mixed
    and read as UTF-8 with the broken bytes replaced. Unreadable for broken or bomb-like gzip and
    for lines beyond 4 MiB, which no table has.
    """
    text = _TextFacts()
    for block in _content(path):
        text.see(block)
    text.end()
    if text.utf16:
        encoding, errors = "utf-16", "replace"
    elif not text.broken:
        encoding, errors = "utf-8-sig", "strict"
    elif text.letters:
        encoding, errors = "utf-8-sig", "replace"
    else:
        encoding, errors = "cp1252", "replace"
    clean = not (text.utf16 or text.broken or text.lone_return or text.quotes.across_lines)
    return Scan(sha256_of(path), encoding, errors, clean)


def _read(stream: BinaryIO, size: int) -> bytes:
    try:
        return stream.read(size)
    except (OSError, EOFError, zlib.error) as error:
        msg = f"the gzip file is damaged ({error}); make it again"
        raise Unreadable(msg) from error


def _content(path: Path) -> Iterator[bytes]:
    packed = path.stat().st_size if is_gzip(path) else None
    unpacked = 0
    with open_bytes(path) as stream:
        while block := _read(stream, BLOCK):
            unpacked += len(block)
            if packed and unpacked > max(RATIO_FROM, MOST_RATIO * packed):
                msg = f"the gzip file unpacks to over {MOST_RATIO} times its size; unpack it first"
                raise Unreadable(msg)
            yield block


class _TextFacts:
    """Gathers, block by block, what has to be known to decode a file."""

    def __init__(self) -> None:
        self.utf16 = False
        self.broken = False
        self.letters = False
        self.lone_return = False
        self.quotes = _Quotes()
        self._started = False
        self._ended_in_return = False
        self._line = 1
        self._decode = codecs.getincrementaldecoder("utf-8")()
        self._forgive = codecs.getincrementaldecoder("utf-8")("ignore")

    def see(self, block: bytes) -> None:
        """Take the next block into account."""
        if not self._started:
            self._started = True
            self.utf16 = block[:2] in _UTF16
            block = block.removeprefix(codecs.BOM_UTF8)
        if len(block) == BLOCK and b"\n" not in block and b"\r" not in block:
            msg = f"a line is longer than {BLOCK >> 20} MiB; expected one row a line"
            raise Unreadable(msg, self._line)
        self._line += block.count(b"\n")
        if self.utf16:
            return
        self._see_letters(block)
        self._see_returns(block)
        self.quotes.see(block)

    def end(self) -> None:
        """Take into account that nothing follows: half a letter at the end is broken text."""
        self.broken |= bool(self._decode.getstate()[0])
        self.lone_return |= self._ended_in_return

    def _see_letters(self, block: bytes) -> None:
        if block.isascii() and not self._decode.getstate()[0]:
            return
        if not self.broken:
            try:
                self.letters |= not self._decode.decode(block).isascii()
            except UnicodeDecodeError:
                self.broken = True
        if self.broken and not self.letters:
            self.letters = not self._forgive.decode(block).isascii()

    def _see_returns(self, block: bytes) -> None:
        returns = block.count(b"\r")
        pairs = block.count(b"\r\n")
        if self._ended_in_return:
            self.lone_return |= not block.startswith(b"\n")
        self._ended_in_return = block.endswith(b"\r")
        self.lone_return |= returns - self._ended_in_return != pairs


class _Quotes:
    """Finds out whether a quoted cell goes over a line end, or may, since a quote stands loose."""

    def __init__(self) -> None:
        self.across_lines = False
        self._open = 0
        self._before = _NEWLINE

    def see(self, block: bytes) -> None:
        """Take the next block into account."""
        if self.across_lines:
            return
        if b'"' in block:
            data = np.frombuffer(block, np.uint8)
            quotes = np.flatnonzero(data == _QUOTE)
            newlines = np.flatnonzero(data == _NEWLINE)
            quotes_before = np.searchsorted(quotes, newlines) + self._open
            self.across_lines = bool((quotes_before & 1).any()) or self._loose(data, quotes)
            self._open = (self._open + len(quotes)) & 1
        elif self._open and b"\n" in block:
            self.across_lines = True
        self._before = block[-1]

    def _loose(self, data: np.ndarray, quotes: np.ndarray) -> bool:
        # A quote inside an unquoted cell (5" screen) is no quotation: counting would mislead.
        edge = np.frombuffer(b',;\t|"\r\n', np.uint8)
        before = np.where(quotes > 0, data[quotes - 1], self._before)
        after = np.where(quotes + 1 < len(data), data[(quotes + 1) % len(data)], _NEWLINE)
        return bool((~np.isin(before, edge) & ~np.isin(after, edge)).any())
