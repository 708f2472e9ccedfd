"""Dates as exports write them, read by the patterns of their format and never guessed per row.

In:   text of cells, and the patterns that the format is known to use.
Out:  ISO 8601; text that fits none of the patterns comes back as it was, for quarantine.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache

from truelift.connectors.numerals import given

_REMEMBERED = 100_000


def moment(text: str | None, patterns: Sequence[str]) -> str | None:
    """Write a time as ISO, with its offset when it carries one; a bare date stays a bare date."""
    cell = given(text)
    return None if cell is None else _moment(cell, tuple(patterns))


def day(text: str | None, patterns: Sequence[str]) -> str | None:
    """Write the day of a time as ISO; None for a missing cell."""
    found = moment(text, patterns)
    return None if found is None else _day_of(found)


def _day_of(iso: str) -> str:
    try:
        return dt.datetime.fromisoformat(iso).date().isoformat()
    except ValueError:
        return iso


@lru_cache(_REMEMBERED)
def _moment(cell: str, patterns: tuple[str, ...]) -> str:
    for pattern in patterns:
        try:
            found = dt.datetime.strptime(cell, pattern)  # noqa: DTZ007 - the zone is the brand's
        except ValueError:
            continue
        return found.isoformat() if "%H" in pattern or "%I" in pattern else f"{found:%Y-%m-%d}"
    return cell
