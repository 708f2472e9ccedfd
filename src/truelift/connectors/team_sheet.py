"""The team's own sheet: Influencer | Fee ($) | Code | Code Uses | Link Clicks | Total Rev ($) | ...

One row a creator (or a creator's code). It becomes the creator, the code, an agreement over the fee
with its accrued cost, what the sheet claims as reported figures, and the campaign itself, which the
operation drops when the campaign is known already. The sheet says neither its campaign nor its day:
--set gives them. The day is part of the keys of costs and claims, so what is handed in as today
comes first: the day of the first import, the same whenever the sheet is imported again.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from truelift.connectors.numerals import (
    CURRENCIES_OF_SYMBOL,
    currency_in,
    decimal_mark,
    given,
    number,
    plain,
    written,
)
from truelift.connectors.vendor import Context, Converted, Format, Made, Refused, Row, Skipped
from truelift.facts.event import DropReason

_SYNONYMS = {
    "creator": ("influencer", "influencer name", "creator", "creator name", "name", "talent",
                "partner", "ambassador", "kol", "creator handle", "influencer handle", "handle"),
    "fee": ("fee", "fees", "influencer fee", "creator fee", "cost", "spend", "price", "rate",
            "flat fee", "paid", "payment", "total fee"),
    "code": ("code", "promo code", "discount code", "coupon", "coupon code", "promo"),
    "uses": ("code uses", "uses", "code use", "redemptions", "orders", "sales count", "conversions",
             "code redemptions", "# orders", "number of orders", "purchases"),
    "clicks": ("link clicks", "clicks", "link click", "swipe ups"),
    "revenue": ("total rev", "rev", "revenue", "total revenue", "total sales", "sales revenue",
                "revenue generated", "gmv"),
    "roi": ("roi", "roas"),
}  # fmt: skip
_NAMES = {synonym: name for name, synonyms in _SYNONYMS.items() for synonym in synonyms}
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*")
_TOTALS = frozenset(
    {"total", "totals", "grand total", "sum", "overall", "average", "avg", "summe", "gesamt",
     "total general", "totaal", "totalt", "totale"}
)  # fmt: skip
_AMOUNTS = ("fee", "revenue")
_COUNTS = ("uses", "clicks")
_MOST_ROWS = 100_000

_NO_CAMPAIGN = "the sheet names no campaign; say which one with --set campaign=NAME"
_NO_DATE = "the sheet carries no date; say its day with --set date=YYYY-MM-DD"


def translate(header: str) -> str:
    """Take the unit in brackets off a folded header and call it by its one name."""
    bare = " ".join(_BRACKETS.sub(" ", header).rstrip(":").strip("$€£ ").split())
    return _NAMES.get(bare, header)


@dataclass(slots=True)
class _Creator:
    """All that the sheet says of a creator; several rows are several codes."""

    creator: str
    name: str
    line: int
    codes: dict[str, int] = field(default_factory=dict)
    sums: dict[str, Decimal] = field(default_factory=dict)
    odd: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What holds for the whole sheet."""

    campaign: str
    date: str
    currency: str


def convert(rows: Iterator[Row], context: Context) -> Iterator[Converted]:
    """Convert the sheet; it is read as a whole, since its columns tell their decimal mark."""
    body: list[Row] = []
    for row in rows:
        if len(body) >= _MOST_ROWS:
            message = f"a team's sheet is read up to {_MOST_ROWS:,} rows; use the canonical kinds"
            yield Refused(row.line, "", DropReason.TOO_LARGE, message)
            return
        if _is_total(row, body):
            yield Skipped(row.line)
        else:
            body.append(row)
    sheet = _whole_sheet(body, context)
    if isinstance(sheet, Refused):
        for row in body:
            raw = "; ".join(row.cells.values())
            yield Refused(row.line, sheet.column, sheet.reason, sheet.message, raw)
        return
    creators: dict[str, _Creator] = {}
    yield from _gathered(body, creators)
    if creators:
        yield _campaign(min(found.line for found in creators.values()), sheet, context)
    for found in creators.values():
        yield from _creator_rows(found, sheet)


def _is_total(row: Row, above: list[Row]) -> bool:
    name = row.get("creator")
    if name is not None:
        return name.rstrip(":").strip().lower() in _TOTALS
    # A row without a name and code whose figures are the sums of those above is a total too.
    if row.get("code") is not None or not above:
        return False
    known = [column for column in (*_AMOUNTS, *_COUNTS) if given(row.get(column)) is not None]
    return bool(known) and all(_is_sum(row, above, column) for column in known)


def _is_sum(row: Row, above: list[Row], column: str) -> bool:
    mark = decimal_mark(other.get(column) for other in above)
    parts = [number(other.get(column), mark) or Decimal(0) for other in above]
    return number(row.get(column), mark) == sum(parts, Decimal(0))


def _whole_sheet(body: list[Row], context: Context) -> _Sheet | Refused:
    line = body[0].line if body else 1
    campaign = context.said("campaign")
    if not campaign:
        return Refused(line, "campaign", DropReason.MISSING, _NO_CAMPAIGN)
    said = context.said("date")
    if said and not _is_day(said):
        message = f"expected a day like 2026-05-01 in --set date, found {said}"
        return Refused(line, "date", DropReason.NOT_A_DATE, message)
    today = context.options.today
    date = today.isoformat() if today else said
    if not date:
        return Refused(line, "date", DropReason.MISSING, _NO_DATE)
    currency = _currency(body, context)
    if isinstance(currency, Refused):
        return currency
    return _Sheet(campaign, date, currency)


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _currency(body: list[Row], context: Context) -> str | Refused:
    """Find the currency: what --set says, else the brand's when the sheet's symbols agree."""
    texts = [context.titles[name] for name in _AMOUNTS if name in context.titles]
    texts += [cell for row in body for name in _AMOUNTS if (cell := row.get(name))]
    marks = {mark for text in texts if (mark := currency_in(text))}
    currency = context.said("currency") or context.options.currency
    line = body[0].line if body else 1
    if currency is None:
        message = "the currency is not known; say it with --set currency=USD"
        return Refused(line, "currency", DropReason.MISSING, message)
    others = sorted(
        mark for mark in marks if currency not in CURRENCIES_OF_SYMBOL.get(mark, (mark,))
    )
    if others:
        likely = CURRENCIES_OF_SYMBOL.get(others[0], others)[0]
        message = (
            f"the amounts are written with {', '.join(others)}, which is not {currency}; "
            f"say their currency with --set currency={likely}"
        )
        return Refused(line, "currency", DropReason.MIXED_CURRENCY, message)
    return currency


def slug(name: str) -> str:
    """Make the id of a creator from a name; a name without letters or digits stands for itself."""
    decomposed = unicodedata.normalize("NFKD", name)
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return re.sub(r"[^\w.]+", "-", bare.lower()).strip("-.") or name.strip()


def _gathered(body: list[Row], creators: dict[str, _Creator]) -> Iterator[Refused]:
    marks = {
        column: decimal_mark(row.get(column) for row in body) for column in (*_AMOUNTS, *_COUNTS)
    }
    for row in body:
        name = row.get("creator")
        raw = "; ".join(row.cells.values())
        if name is None:
            message = "the row names no creator"
            yield Refused(row.line, "creator", DropReason.NO_CREATOR, message, raw)
            continue
        found = creators.setdefault(slug(name), _Creator(slug(name), name, row.line))
        code = given(row.get("code")) or ""
        if code in found.codes:
            message = f"{name} stands twice with the same code; keep one of the rows"
            yield Refused(row.line, "creator", DropReason.SAME_KEY_IN_FILE, message, raw)
            continue
        found.codes[code] = row.line
        found.notes.update(row.rest("creator", "code", *_AMOUNTS, *_COUNTS))
        for column, mark in marks.items():
            _add(found, column, row.get(column), mark)


def _add(found: _Creator, column: str, cell: str | None, mark: str) -> None:
    """Add a figure up; one that is no number is handed on as it is, for quarantine."""
    text = plain(cell, mark)
    value = number(text)
    if value is not None:
        found.sums[column] = found.sums.get(column, Decimal(0)) + value
    elif text is not None:
        found.odd[column] = text


def _figure(found: _Creator, column: str) -> str | None:
    return found.odd.get(column) or written(found.sums.get(column))


def _campaign(line: int, sheet: _Sheet, context: Context) -> Made:
    values = {
        "campaign": sheet.campaign,
        "name": sheet.campaign,
        "goal": context.said("goal") or "sales",
        "starts": context.said("starts") or sheet.date,
        "ends": context.said("ends") or sheet.date,
        "currency": sheet.currency,
    }
    return Made("campaigns", line, values)


def agreement_prefix(campaign: str) -> str:
    """Give what the names of all agreements of a campaign's sheet begin with."""
    return f"sheet:{campaign}:"


def _creator_rows(found: _Creator, sheet: _Sheet) -> Iterator[Made]:
    creator, line = found.creator, found.line
    yield Made("creators", line, {"creator": creator, "name": found.name})
    for code, code_line in found.codes.items():
        if code:
            owner = {"creator": creator, "campaign": sheet.campaign, "kind": "creator"}
            yield Made("codes", code_line, {"code": code, **owner})
    document = agreement_prefix(sheet.campaign) + creator
    owner = {"campaign": sheet.campaign, "creator": creator, "currency": sheet.currency}
    fee = _figure(found, "fee")
    agreement = {"agreement": document, "fee": fee, "signed_on": sheet.date}
    yield Made("agreements", line, {**agreement, **owner}, found.notes)
    if fee is not None:
        cost = {"document": document, "agreement": document, "state": "accrued", "type": "fee"}
        yield Made("costs", line, {**cost, "date": sheet.date, "amount": fee, **owner})
    claimed = {
        "conversions": _figure(found, "uses"),
        "clicks": _figure(found, "clicks"),
        "revenue": _figure(found, "revenue"),
    }
    if any(claimed.values()):
        yield Made(
            "reported", line, {"source": "team_sheet", "date": sheet.date, **claimed, **owner}
        )


FORMAT = Format(
    name="team_sheet",
    title="team's own sheet",
    fingerprints=tuple(
        frozenset({"creator", *pair})
        for pair in (
            ("fee", "code"),
            ("fee", "revenue"),
            ("fee", "uses"),
            ("fee", "clicks"),
            ("code", "uses"),
            ("code", "revenue"),
        )
    ),
    columns=frozenset(_SYNONYMS),
    kinds=("campaigns", "creators", "codes", "agreements", "costs", "reported"),
    convert=convert,
    translate=translate,
)
