"""DATEV: a booking batch (EXTF 700, category 21, version 13), one file per fiscal year.

In:   an ExportBatch in euro; the adviser's and client's numbers, mapped accounts.
Out:  CSV files in Windows-1252. A row has an account and a contra account; an entry with several
      of both goes through the clearing account, which it leaves at zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from truelift.base.errors import CheckFailed, UsageError
from truelift.base.money import format_minor
from truelift.ledger.journal import Entry, Posting
from truelift.reports.journal_export.batch import ExportBatch, ExportFile, belongings
from truelift.reports.journal_export.datev_columns import COLUMNS
from truelift.reports.journal_export.delimited import NOTHING, Exact, csv_bytes, safe

PROGRAM = "datev"
EURO = "EUR"
NO_LEAP_YEAR = 2001
ROWS = 99_999
"""Rows that DATEV takes in one file."""

MOST_MINOR = 10**12 - 1
DEBIT, CREDIT = "S", "H"
TEXT_LENGTH, CENTRE_LENGTH, NAME_LENGTH, INFO_LENGTH = 60, 36, 30, 210
ADVISERS, CLIENTS, LENGTHS = range(1001, 10_000_000), range(1, 100_000), range(4, 9)
CHARTS = ("", "03", "04")

_AT = {title: place for place, title in enumerate(COLUMNS)}
_NOTES = range(1, 21)


def render(batch: ExportBatch) -> list[ExportFile]:
    """Write the batch, one file for each fiscal year and each 99,999 rows."""
    if batch.currency != EURO:
        msg = (
            f"DATEV keeps its books in {EURO}, and these are in {batch.currency}. "
            "Nothing was exported."
        )
        raise CheckFailed(msg)
    files: list[tuple[dt.date, list[Entry], list[list[str]]]] = []
    for entry in batch.dated:
        year, rows = _fiscal_year(batch, entry.effective_date), list(_rows(batch, entry))
        if not files or files[-1][0] != year or len(files[-1][2]) + len(rows) > ROWS:
            files.append((year, [], []))
        files[-1][1].append(entry)
        files[-1][2].extend(rows)
    titles = [Exact(title) for title in COLUMNS]
    return [
        ExportFile(
            number,
            csv_bytes(
                [_header(batch, year, entries), titles, *rows],
                delimiter=";",
                encoding="cp1252",
                quote_text=True,
            ),
        )
        for number, (year, entries, rows) in enumerate(files, 1)
    ]


def _fiscal_year(batch: ExportBatch, day: dt.date) -> dt.date:
    """Give the first day of the fiscal year that a day lies in."""
    start = batch.mapping.setting(PROGRAM, "fiscal_year_starts", "01-01")
    try:
        begins = dt.date.fromisoformat(f"{NO_LEAP_YEAR}-{start}")
    except ValueError:
        raise _off(
            at="fiscal_year_starts", expected="a month and day such as 07-01", found=start
        ) from None
    first = begins.replace(year=day.year)
    return first if first <= day else begins.replace(year=day.year - 1)


def _header(batch: ExportBatch, year: dt.date, entries: list[Entry]) -> list[str]:
    created = f"{batch.recorded_at:%Y%m%d%H%M%S}{batch.recorded_at.microsecond // 1000:03d}"
    days = [f"{day:%Y%m%d}" for day in (entries[0].effective_date, entries[-1].effective_date)]
    fixed = batch.mapping.settings.get(PROGRAM, {}).get("fixed", False)
    chart = batch.mapping.setting(PROGRAM, "chart")
    if chart not in CHARTS:
        raise _off(at="chart", expected='"03" or "04"', found=chart)
    return [
        "EXTF", Exact(700), Exact(21), "Buchungsstapel", Exact(13), Exact(created), NOTHING, "",
        "Truelift", "", Exact(_number(batch, "adviser", ADVISERS)),
        Exact(_number(batch, "client", CLIENTS)), Exact(f"{year:%Y%m%d}"), Exact(_length(batch)),
        Exact(days[0]), Exact(days[1]), f"Truelift {batch.period or ''}".strip()[:NAME_LENGTH], "",
        Exact(1), Exact(0), Exact(int(bool(fixed))), EURO, NOTHING, "", NOTHING, NOTHING, chart,
        NOTHING, NOTHING, "", "",
    ]  # fmt: skip


def _number(batch: ExportBatch, key: str, allowed: range) -> int:
    number = int(batch.mapping.required(PROGRAM, key))
    if number not in allowed:
        raise _off(
            at=key, expected=f"a number from {allowed[0]} to {allowed[-1]}", found=str(number)
        )
    return number


def _length(batch: ExportBatch) -> int:
    found = int(batch.mapping.setting(PROGRAM, "account_length", "4"))
    if found not in LENGTHS:
        raise _off(at="account_length", expected="a number from 4 to 8", found=str(found))
    return found


def _off(*, at: str, expected: str, found: str) -> UsageError:
    return UsageError(f"The account mapping, key 'datev.{at}': expected {expected}, not {found}.")


def _rows(batch: ExportBatch, entry: Entry) -> Iterator[list[str]]:
    """Give an entry as rows of two legs each; together they move what the entry moves."""
    moving = batch.moving(entry)
    sides = [[each for each in moving if (each.base_minor > 0) is side] for side in (True, False)]
    alone = next((side[0] for side in sides if len(side) == 1), None)
    others = [each for each in moving if each is not alone]
    numbers = {id(each): _account(batch, each) for each in moving}
    if alone is None or numbers[id(alone)] in {numbers[id(each)] for each in others}:
        others = moving
        contra = _checked(batch, batch.mapping.required(PROGRAM, "clearing"), "datev.clearing")
    else:
        contra = numbers[id(alone)]
    for posting in others:
        yield _row(batch, entry, posting, (numbers[id(posting)], contra))


def _row(
    batch: ExportBatch, entry: Entry, posting: Posting, accounts: tuple[str, str]
) -> list[str]:
    if abs(posting.base_minor) > MOST_MINOR:
        msg = f"Entry {entry.entry_id}: DATEV takes amounts of at most 10 digits before the comma."
        raise CheckFailed(msg)
    cells = dict.fromkeys(range(len(COLUMNS)), str(NOTHING))
    given: dict[str, str] = {
        COLUMNS[0]: Exact(batch.base_text(posting).replace(".", ",")),
        COLUMNS[1]: DEBIT if posting.base_minor > 0 else CREDIT,
        COLUMNS[2]: EURO,
        COLUMNS[6]: Exact(accounts[0]),
        COLUMNS[7]: Exact(accounts[1]),
        "Belegdatum": Exact(f"{entry.effective_date:%d%m}"),
        "Belegfeld 1": entry.entry_id.replace("-", ""),
        "Buchungstext": safe(entry.memo)[:TEXT_LENGTH],
        "KOST1 - Kostenstelle": _centre(batch, posting, "kost1"),
        "KOST2 - Kostenstelle": _centre(batch, posting, "kost2"),
        "Festschreibung": Exact(
            int(bool(batch.mapping.settings.get(PROGRAM, {}).get("fixed", False)))
        ),
    }
    for number, (kind, words) in zip(_NOTES, _notes(batch, posting), strict=False):
        given[f"Zusatzinformation - Art {number}"] = kind
        given[f"Zusatzinformation - Inhalt {number}"] = safe(words)[:INFO_LENGTH]
    for title, value in given.items():
        cells[_AT[title]] = value
    return [cell or NOTHING for cell in cells.values()]


def _notes(batch: ExportBatch, posting: Posting) -> Iterator[tuple[str, str]]:
    """Give what DATEV keeps beside a row: the amount in its own currency, what it belongs to."""
    if posting.currency != batch.currency:
        amount = format_minor(abs(posting.amount_minor), posting.currency).replace(".", ",")
        yield "amount", f"{amount} {posting.currency}"
    yield from belongings(batch, posting)


def _centre(batch: ExportBatch, posting: Posting, key: str) -> str:
    dimension = batch.mapping.setting(PROGRAM, key)
    if not dimension:
        return NOTHING
    word = batch.mapping.named(dimension, getattr(posting, dimension))
    if len(word) > CENTRE_LENGTH:
        msg = (
            f"DATEV takes cost centres of at most {CENTRE_LENGTH} letters, and {word!r} is longer; "
            f"give it a shorter name under names.{dimension}. Nothing was exported."
        )
        raise CheckFailed(msg)
    return word


def _account(batch: ExportBatch, posting: Posting) -> str:
    number = batch.mapping.accounts[posting.account].account
    return _checked(batch, number, f"accounts.{posting.account}")


def _checked(batch: ExportBatch, number: str, key: str) -> str:
    longest = _length(batch) + 1
    if not (number.isascii() and number.isdigit()) or len(number) > longest:
        msg = (
            f"The account mapping, key {key!r}: DATEV takes account numbers of at most {longest} "
            f"digits here, not {number!r}."
        )
        raise UsageError(msg)
    return number
