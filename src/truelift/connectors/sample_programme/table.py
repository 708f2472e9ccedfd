"""Tables of text with the instant at which each row becomes known, and their canonical CSV.

In:   columns as text, one kind of the contract.
Out:  the same rows split by delivery, and written with fixed line ends.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from truelift.base.money import exponent, format_minor
from truelift.connectors.sample_programme.timeline import FIRST_DELIVERY, Indexes, Instants
from truelift.facts.kinds import kind_named


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one kind; `known_at` says when each row can first be delivered."""

    kind: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    known_at: Instants

    def __post_init__(self) -> None:
        """Refuse a column that the contract does not name, and rows without their instant."""
        unknown = set(self.header) - set(kind_named(self.kind).names)
        if unknown or len(self.rows) != len(self.known_at):
            msg = f"{self.kind}: {sorted(unknown)}, {len(self.rows)} rows, {len(self.known_at)}"
            raise ValueError(msg)

    def with_rows(self, rows: list[tuple[str, ...]], known_at: Instants) -> Table:
        """Give this table with more rows after its own: corrections and re-sent rows."""
        return Table(
            self.kind, self.header, self.rows + rows, np.concatenate([self.known_at, known_at])
        )

    def chosen(self, indexes: Indexes) -> Table:
        """Give the rows at these positions, in this order."""
        rows = self.rows
        return Table(
            self.kind, self.header, [rows[index] for index in indexes], self.known_at[indexes]
        )

    def changed(self, row: tuple[str, ...], **values: str) -> tuple[str, ...]:
        """Give a copy of a row of this table with other values in the named columns."""
        cells = list(row)
        for name, value in values.items():
            cells[self.header.index(name)] = value
        return tuple(cells)

    def write(self, path: Path) -> None:
        """Write the rows as CSV in UTF-8 with a header."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(self.header)
            writer.writerows(self.rows)


def table_of(kind: str, columns: Mapping[str, Sequence[str]], known_at: Instants) -> Table:
    """Make a table from columns of text of equal length."""
    rows = list(zip(*columns.values(), strict=True))
    return Table(kind, tuple(columns), rows, known_at)


def table_of_records(
    kind: str, header: str, records: Iterable[tuple[str, ...]], known_at: Instants | None = None
) -> Table:
    """Make a small table from records; without instants all of it is known from the start.

    header: the column names, separated by spaces.
    """
    rows = list(records)
    if known_at is None:
        known_at = np.full(len(rows), FIRST_DELIVERY)
    return Table(kind, tuple(header.split()), rows, known_at)


def time_text(instants: Instants) -> list[str]:
    """Write instants as ISO 8601 in UTC; a missing one is an empty cell."""
    texts = np.datetime_as_string(instants.astype("datetime64[s]")).tolist()
    return ["" if text == "NaT" else text + "Z" for text in texts]


def day_text(instants: Instants) -> list[str]:
    """Write the days of instants as ISO 8601; a missing one is an empty cell."""
    texts = np.datetime_as_string(instants.astype("datetime64[D]")).tolist()
    return ["" if text == "NaT" else text for text in texts]


def cents_text(minor: Indexes) -> list[str]:
    """Write amounts in cents as decimal strings; every currency of the sample has two decimals."""
    return [f"{amount // 100}.{amount % 100:02d}" for amount in minor.tolist()]


def money_text(minor: int | None, currency: str) -> str:
    """Write one amount in the currency's decimals; None is an empty cell."""
    if minor is None:
        return ""
    return format_minor(minor, currency)


def two_decimals(currencies: Iterable[str]) -> bool:
    """Say whether all these currencies have cents, so that `cents_text` may be used."""
    return all(exponent(currency) == 2 for currency in currencies)  # noqa: PLR2004 - cents


def count_text(counts: Indexes) -> list[str]:
    """Write counts; a negative one stands for missing and gives an empty cell."""
    return ["" if count < 0 else str(count) for count in counts.tolist()]


def ids(prefix: str, count: int, first: int = 1) -> list[str]:
    """Give consecutive numbers with a prefix: order-000001, order-000002."""
    return [f"{prefix}{number:06d}" for number in range(first, first + count)]
