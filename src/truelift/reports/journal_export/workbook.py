"""Workbook: the sheets of the XLSX export: the journal, and control totals that add it up again.

In:   an ExportBatch.
Out:  Sheet values; a formula carries the value it must give, so that a program which does not
      compute shows the right figure and one that does can be compared with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import NamedTuple

from truelift.base.errors import CheckFailed
from truelift.base.money import Money, exponent
from truelift.reports.journal_export.batch import ExportBatch, account_name, control_totals
from truelift.reports.journal_export.rows import FIELDS, MONEY_FIELDS, Value, rows

JOURNAL, CONTROL = "Journal", "Control totals"
MOST_ROWS = 1_048_575
"""Rows that a sheet has below its header."""

MOST_MINOR = 10**15 - 1
"""A spreadsheet keeps fifteen digits."""


class Formula(NamedTuple):
    """A formula, and the amount it gives."""

    text: str
    value: Money


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, its titles, and rows of values, one for each title."""

    name: str
    titles: tuple[str, ...]
    rows: Sequence[Sequence[Value | Formula]]


def sheets(batch: ExportBatch) -> list[Sheet]:
    """Give the journal and its control totals."""
    lines = [[row[name] for name in FIELDS] for row in rows(batch)]
    if len(lines) > MOST_ROWS:
        msg = (
            f"The batch has {len(lines)} lines, and a sheet takes {MOST_ROWS}; export one period "
            "at a time with --period. Nothing was exported."
        )
        raise CheckFailed(msg)
    if any(isinstance(cell, Money) and abs(cell.minor) > MOST_MINOR
           for line in lines for cell in line):  # fmt: skip
        msg = (
            "The batch has an amount of more than 15 digits, which a spreadsheet would round; use "
            "--to parquet or csv. Nothing was exported."
        )
        raise CheckFailed(msg)
    titles = ("account", "account_name", "currency", *MONEY_FIELDS)
    return [
        Sheet(JOURNAL, FIELDS, lines),
        Sheet(CONTROL, titles, list(_totals(batch, len(lines)))),
    ]


def _totals(batch: ExportBatch, count: int) -> Iterator[list[Value | Formula]]:
    for line, each in enumerate(control_totals(batch.entries), 2):
        own, base = each.currency, batch.currency
        values = (
            Money(each.debit_minor - each.credit_minor, own),
            Money(each.debit_minor, own),
            Money(each.credit_minor, own),
            Money(each.base_debit_minor - each.base_credit_minor, base),
            Money(each.base_debit_minor, base),
            Money(each.base_credit_minor, base),
        )
        yield [
            each.account,
            account_name(batch, each.account),
            own,
            *(
                Formula(_sum(name, count, line, exponent(value.currency)), value)
                for name, value in zip(MONEY_FIELDS, values, strict=True)
            ),
        ]


def _sum(name: str, count: int, line: int, places: int) -> str:
    summed, account, currency = (_range(each, count) for each in (name, "account", "currency"))
    return f"=ROUND(SUMIFS({summed},{account},A{line},{currency},C{line}),{places})"


def _range(name: str, count: int) -> str:
    letter = column_letters(FIELDS.index(name))
    return f"{JOURNAL}!${letter}$2:${letter}${count + 1}"


def column_letters(place: int) -> str:
    """Give the letters of a column, counted from 0: A, B ... Z, AA."""
    more, last = divmod(place, len(ascii_uppercase))
    return (ascii_uppercase[more - 1] if more else "") + ascii_uppercase[last]
