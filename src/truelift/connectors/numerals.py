"""Numbers as people and exports write them: 12,400, 1.234,56, $1,200.00, 475.8m, 15%.

In:   text of cells.
Out:  plain decimals as text ('12400', '1234.56', '0.15'). Text that is no such number comes back as
      it was, so that acceptance quarantines it by its own words; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

POINT, COMMA = ".", ","
_SYMBOLS = "$€£¥₹₩₺₽฿₫₱₪zł"
_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009'\u2019")
_NUMBER = {
    POINT: re.compile(r"(\d+|\d{1,3}(?:,\d{3})+)?(?:\.(\d+))?"),
    COMMA: re.compile(r"(\d+|\d{1,3}(?:\.\d{3})+)?(?:,(\d+))?"),
}
_WRAPPING = re.compile(
    r"(?P<open>\()?(?P<sign>[-+\u2212])?(?:[A-Z]{2,3}\$|[A-Z]{3}|[A-Z]?[^\w\s.,()+-]|kr|zł)?"
    r"(?P<sign2>[-+\u2212])?(?P<digits>[\d.,]+)(?P<scale>[kKmMbB]|%)?"
    r"(?:[A-Z]{3}|[^\w\s.,()+%-]|kr|zł)?(?P<after>-)?(?P<close>\))?"
)
_SCALES = {"k": Decimal(10**3), "m": Decimal(10**6), "b": Decimal(10**9), "%": Decimal("0.01")}
_MISSING = frozenset({"", "-", "--", "\u2013", "\u2014", "n/a", "na", "null", "none", "#n/a"})
_GROUP = 3
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")

CURRENCIES_OF_SYMBOL = {
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "CLP", "COP", "ARS", "TWD"),
    "US$": ("USD",),
    "C$": ("CAD",),
    "A$": ("AUD",),
    "R$": ("BRL",),
    "€": ("EUR",),
    "£": ("GBP", "EGP", "GIP"),
    "¥": ("JPY", "CNY"),
    "₹": ("INR",),
    "₩": ("KRW",),
    "₺": ("TRY",),
    "₱": ("PHP",),
    "₫": ("VND",),
    "₪": ("ILS",),
    "฿": ("THB",),
    "zł": ("PLN",),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
}
"""Which currencies are written with a symbol."""


def given(text: str | None) -> str | None:
    """Give a trimmed cell, or None when it is empty or only says that there is nothing."""
    trimmed = (text or "").strip()
    return None if trimmed.lower() in _MISSING else trimmed


def plain(text: str | None, decimal: str = POINT) -> str | None:
    """Write a number plainly; None for a missing cell, the text as it was when it is no number.

    decimal: the decimal mark; the other mark only groups thousands. k, m, b and % scale; brackets
    or a minus on either side make it negative; a currency sign or code around it is taken off.
    """
    if text and decimal == POINT and _PLAIN.fullmatch(text):
        return text
    cell = given(text)
    if cell is None:
        return None
    found = _WRAPPING.fullmatch(cell.translate(_SPACES))
    if found is None or bool(found["open"]) != bool(found["close"]):
        return cell
    digits = _NUMBER[decimal].fullmatch(found["digits"])
    if digits is None or digits[0] == "":
        return cell
    whole = (digits[1] or "0").replace(COMMA, "").replace(POINT, "")
    written = whole + (f".{digits[2]}" if digits[2] else "")
    if found["scale"]:
        number = Decimal(written) * _SCALES[found["scale"].lower()]
        written = format(number.normalize(), "f")
    minus = (found["sign"] or found["sign2"] or "+") != "+" or found["open"] or found["after"]
    return f"-{written}" if minus else written


def number(text: str | None, decimal: str = POINT) -> Decimal | None:
    """Give a number to reckon with; None when the cell is missing or no number."""
    cell = plain(text, decimal)
    # Decimal itself would also take '1e9', '1_000' and 'inf'.
    return Decimal(cell) if cell and _PLAIN.fullmatch(cell) else None


def written(value: Decimal | None) -> str | None:
    """Write a reckoned number without exponent; None stays None."""
    return None if value is None else format(value, "f")


def decimal_mark(cells: Iterable[str | None]) -> str:
    """Find the decimal mark of a whole column: a comma only where a cell can be read no other way.

    '1.234,56' and '12,5' say comma; '1,234.56', '12.5' and '1,234,567' say point; '1,234' says
    nothing. A column in which both speak is read with a point, so the others are refused one by one
    instead of being read a thousand times too large.
    """
    comma = point = False
    for cell in cells:
        digits = re.sub(r"[^\d.,]", "", cell or "")
        votes = _mark_of(digits)
        comma |= votes == COMMA
        point |= votes == POINT
    return COMMA if comma and not point else POINT


def _mark_of(digits: str) -> str | None:
    commas, points = digits.count(COMMA), digits.count(POINT)
    if commas and points:
        return COMMA if digits.rfind(COMMA) > digits.rfind(POINT) else POINT
    if commas > 1 or points > 1:
        return POINT if commas else COMMA
    if commas or points:
        mark = COMMA if commas else POINT
        return None if len(digits) - digits.rfind(mark) - 1 == _GROUP else mark
    return None


def currency_in(text: str) -> str | None:
    """Find the currency code or symbol that a header or an amount carries ('Fee ($)', 'EUR 12')."""
    code = re.search(r"(?<![A-Za-z])([A-Z]{3})(?![A-Za-z])", text)
    if code and code[1] not in {"ROI", "CPM", "CPE", "CPC", "EMV"}:
        return code[1]
    for symbol in sorted(CURRENCIES_OF_SYMBOL, key=len, reverse=True):
        if symbol == "kr":
            if re.search(r"(?<![A-Za-z])kr(?![A-Za-z])", text):
                return symbol
        elif symbol in text:
            return symbol
    return None
