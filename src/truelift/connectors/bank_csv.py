"""Bank lines as CSV: what online banking exports, under the names that banks give their columns.

One signed amount, or a debit and a credit column (either may carry its own sign). Where the bank
gives a line no id, one is made of its content and of how many equal lines stand above it, so the
same line of an overlapping export is the same line. Dates are ISO, with points (day first) or name
the month; 03/05/2026 is read only when the file itself shows which comes first.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from truelift.connectors.calendar_text import day
from truelift.connectors.numerals import decimal_mark, given, number, plain, written
from truelift.connectors.vendor import Context, Converted, Format, Made, Refused, Row, Skipped
from truelift.facts.event import DropReason

_SYNONYMS = {
    "id": ("transaction id", "transaction reference", "bank reference", "bank line", "bank_line"),
    "date": ("date", "booking date", "posting date", "posted date", "transaction date",
             "buchungstag", "buchungsdatum", "datum"),
    "amount": ("amount", "transaction amount", "betrag", "umsatz"),
    "debit": ("debit", "debit amount", "money out", "paid out", "withdrawal", "withdrawals",
              "soll"),
    "credit": ("credit", "credit amount", "money in", "paid in", "deposit", "deposits", "haben"),
    "currency": ("currency", "ccy", "wahrung", "waehrung"),
    "counterparty": ("counterparty", "counterparty name", "payee", "beneficiary", "name",
                     "beneficiary name", "zahlungsempfanger", "empfanger",
                     "beguenstigter/zahlungspflichtiger", "begunstigter/zahlungspflichtiger"),
    "iban": ("iban", "counterparty iban", "beneficiary iban", "account number", "kontonummer/iban",
             "counterparty account"),
    "reference": ("reference", "remittance", "remittance information", "details", "description",
                  "payment reference", "narrative", "memo", "verwendungszweck"),
    "end_to_end_id": ("end to end id", "end_to_end_id", "end-to-end id", "endtoendid",
                      "end to end reference", "end-to-end reference",
                      "kundenreferenz (end-to-end)"),
    "invoice": ("invoice", "invoice number"),
}  # fmt: skip
_NAMES = {synonym: name for name, synonyms in _SYNONYMS.items() for synonym in synonyms}
_SURE_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%Y/%m/%d")
_DAY_FIRST, _MONTH_FIRST = "%d/%m/%Y", "%m/%d/%Y"
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}")
_LOOKED_AT = 10_000
_MONTHS = 12
_ID_DIGITS = 20


def translate(header: str) -> str:
    """Call a folded header by its one name."""
    return _NAMES.get(header, header)


@dataclass(frozen=True, slots=True)
class _Manner:
    """How a file writes its figures and days, seen in its first rows."""

    decimal: str
    days: tuple[str, ...]


def convert(rows: Iterator[Row], context: Context) -> Iterator[Converted]:
    """Convert an export; its first rows tell how it writes figures and days."""
    first = list(islice(rows, _LOOKED_AT))
    manner = _manner(first)
    seen: Counter[str] = Counter()
    for row in chain(first, rows):
        yield _bank_line(row, manner, seen, context)


def _manner(rows: list[Row]) -> _Manner:
    figures = (row.get(name) for row in rows for name in ("amount", "debit", "credit"))
    found = [_SLASHED.fullmatch(row.get("date") or "") for row in rows]
    slashed = [(int(each[1]), int(each[2])) for each in found if each]
    day_first = any(left > _MONTHS for left, _ in slashed)
    month_first = any(right > _MONTHS for _, right in slashed)
    days: tuple[str, ...] = _SURE_DAYS
    if day_first != month_first:
        days = (*days, _DAY_FIRST if day_first else _MONTH_FIRST)
    return _Manner(decimal_mark(figures), days)


def _bank_line(row: Row, manner: _Manner, seen: Counter[str], context: Context) -> Converted:
    if given(row.get("date")) is None and not any(
        given(row.get(name)) for name in ("amount", "debit", "credit")
    ):
        return Skipped(row.line)
    amount = _signed(row, manner.decimal)
    if isinstance(amount, Refused):
        return amount
    values = {
        "date": day(row.get("date"), manner.days),
        "amount": amount,
        "currency": row.get("currency") or context.said("currency") or context.options.currency,
        "counterparty": row.get("counterparty"),
        "invoice": row.get("invoice"),
        "reference": row.get("reference"),
        "end_to_end_id": _end_to_end(row.get("end_to_end_id")),
    }
    name = row.get("id") or _made_id(values, seen)
    return Made("bank_lines", row.line, {"bank_line": name, "iban": row.get("iban"), **values})


def _signed(row: Row, decimal: str) -> str | Refused | None:
    """Give the amount, below zero for what left the account."""
    if given(row.get("amount")) is not None:
        return plain(row.get("amount"), decimal)
    debit, credit = (number(row.get(name), decimal) for name in ("debit", "credit"))
    if debit and credit:
        message = "the line has a debit and a credit; give one amount, or leave the other empty"
        return Refused(row.line, "debit", DropReason.NOT_A_NUMBER, message)
    if debit is not None and not credit:
        return written(-abs(debit))
    if credit is not None:
        return written(abs(credit))
    return plain(row.get("debit") or row.get("credit"), decimal)


def _end_to_end(text: str | None) -> str | None:
    found = given(text)
    return None if found is None or found.upper().replace(" ", "") == "NOTPROVIDED" else found


def _made_id(values: dict[str, str | None], seen: Counter[str]) -> str:
    content = "\x1f".join(values[name] or "" for name in sorted(values))
    digest = hashlib.sha256(content.encode()).hexdigest()[:_ID_DIGITS]
    seen[digest] += 1
    return f"bank:{digest}-{seen[digest]}"


FORMAT = Format(
    name="bank_csv",
    title="bank lines",
    fingerprints=tuple(
        frozenset({"date", *amounts, *who})
        for amounts in (("amount",), ("debit", "credit"))
        for who in (("counterparty", "reference"), ("iban",), ("end_to_end_id",))
    ),
    columns=frozenset(_SYNONYMS),
    kinds=("bank_lines",),
    convert=convert,
    private=frozenset({"iban", "own iban", "account", "account iban", "auftragskonto"}),
    translate=translate,
)
