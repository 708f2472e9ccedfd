"""The words in which a vendor's export is described: its fingerprint, and rows in and rows out.

In:   nothing but rows of text.
Out:  Format, and what a format's converter takes (Row, Context) and makes (Made, Refused, Skipped).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from truelift.connectors.options import ReadOptions
from truelift.facts.event import DropReason


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an export: its line, and its filled cells by the format's names of the columns."""

    line: int
    cells: Mapping[str, str]

    def get(self, name: str) -> str | None:
        """Give a cell, or None when it is empty or the column is not there."""
        return self.cells.get(name)

    def rest(self, *used: str) -> dict[str, str]:
        """Give the cells that a converter has no use for; they become notes."""
        return {name: cell for name, cell in self.cells.items() if name not in used}


@dataclass(frozen=True, slots=True)
class Context:
    """What a converter may know besides its rows: what the person said, and the header as written.

    titles: the format's name of a column -> the header as it stands in the file.
    """

    options: ReadOptions
    titles: Mapping[str, str]

    def said(self, column: str) -> str | None:
        """Give what --set says of a column."""
        return self.options.set.get(column)


@dataclass(frozen=True, slots=True)
class Made:
    """A row of a kind, all cells text or None; notes by the format's names of the columns."""

    kind: str
    line: int
    values: Mapping[str, str | None]
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """A row, or a part of one, that cannot be used: which column, why, and what to do."""

    line: int
    column: str
    reason: DropReason
    message: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that carries nothing by design: a total, a description, a line of another kind."""

    line: int


Converted = Made | Refused | Skipped
ConvertRows = Callable[[Iterator[Row], Context], Iterator[Converted]]
ConvertRecords = Callable[[Iterator[tuple[int, list[str]]], Context], Iterator[Converted]]


@dataclass(frozen=True, slots=True)
class Need:
    """Columns of a kind of which the export may lack all; `sentence` says how to give one."""

    kind: str
    columns: tuple[str, ...]
    sentence: str


def as_it_stands(header: str) -> str:
    """Leave a folded header as it is; most exports have one language only."""
    return header


@dataclass(frozen=True, slots=True)
class Format:
    """A vendor's export.

    name: the origin of its rows. fingerprints: it is this export when all headers of one of them
    are there, after `translate`. columns: all headers that the converter uses. kinds: what it
    makes, in the order of batches. needs: what --set may have to give. private: headers kept out of
    the notes, since they name people and no figure needs them. Exactly one of convert and
    convert_records is given; the latter gets every line below the first header as cells.
    """

    name: str
    title: str
    fingerprints: tuple[frozenset[str], ...]
    columns: frozenset[str]
    kinds: tuple[str, ...]
    convert: ConvertRows | None = None
    convert_records: ConvertRecords | None = None
    needs: tuple[Need, ...] = ()
    private: frozenset[str] = frozenset()
    translate: Callable[[str], str] = as_it_stands
