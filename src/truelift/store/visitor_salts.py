"""Visitor salts: the random salts of today and yesterday, shared by all workers of a workspace.

In:   the workspace's folder; the day.
Out:  the day's salt. A salt is overwritten when the day after the next one begins (48 hours).
"""

from __future__ import annotations

import datetime as dt
import secrets
from pathlib import Path

from truelift.facts.visitor import SALT_BYTES, salts_on
from truelift.store import private_files

NAME = "visitor_salts.json"
_FIRST_DAY = dt.date(1970, 1, 1)


class VisitorSalts:
    """The salts as one process sees them; asks the file once a day."""

    def __init__(self, folder: Path) -> None:
        """Stand on a workspace folder."""
        self._folder = folder
        self._today = (-1, b"")
        self._salts: dict[dt.date, bytes] = {}

    def __call__(self, day: int) -> bytes:
        """Give the salt of a UTC day, counted from 1970."""
        newest, salt = self._today  # of one day, whichever thread is changing it
        if day > newest:
            self._salts = keep_salts(self._folder, _date(day))
            newest, salt = self._today = day, self._salts[_date(day)]
        if day == newest:
            return salt
        return self._salts.get(_date(day), salt)


def keep_salts(folder: Path, today: dt.date) -> dict[dt.date, bytes]:
    """Make today's salt if nobody did yet, destroy older ones than yesterday's; give what stands.

    Run once a day even where nothing is collected, so that no salt outlives its 48 hours.
    """
    with private_files.changing(folder, NAME) as content:
        kept = {dt.date.fromisoformat(day): bytes.fromhex(salt) for day, salt in content.items()}
        standing = salts_on(kept, today, secrets.token_bytes(SALT_BYTES))
        content.clear()
        content.update({day.isoformat(): salt.hex() for day, salt in standing.items()})
    return standing


def _date(day: int) -> dt.date:
    return _FIRST_DAY + dt.timedelta(days=day)
