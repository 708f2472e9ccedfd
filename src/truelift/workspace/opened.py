"""An opened workspace: what every part of the Python door stands on.

In:   a ground; times as people write them.
Out:  the brand's head of every result, instants and days.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from truelift.base.errors import UsageError
from truelift.base.time import Instant
from truelift.operations import Ground, nodes, owning
from truelift.operations.knowledge import end_of
from truelift.operations.people import Action, may
from truelift.operations.unfilled import first_missing
from truelift.reports.roi import instant_text
from truelift.reports.table import Table
from truelift.reports.unfilled import QUESTIONS, in_place, not_yet
from truelift.workspace.result import Json

Time = str | dt.date | Instant | None

DATE_LENGTH = len("2026-05-31")
FIRST_YEAR, LAST_YEAR = 1970, 2200
"""Facts are accepted between these years, so nothing is known outside."""


class Opened:
    """One brand of a workspace, opened; `Workspace` is made of parts that are this."""

    _ground: Ground

    def _head(self) -> Json:
        brand = self._ground.brand
        told = {"brand": brand.brand, "currency": brand.currency, "timezone": brand.timezone}
        return told | self._lacking

    @property
    def partial(self) -> list[str]:
        """Say what figures lack just now; nothing when they are whole.

        Nodes that are missing, what only the folder has that takes facts in, and what was lost.
        """
        if any(may(self._ground, each) for each in (Action.READ, Action.READ_OWN)):
            return owning.partial(self._ground)
        return nodes.partial(self._ground.folder)

    @property
    def _lacking(self) -> Json:
        """Give what every result says whose figures lack something; nothing where they do not."""
        lacking = self.partial
        return {"partial": lacking} if lacking else {}

    def _filled(self, table: Table, question: str, known_at: Time = None) -> Table:
        """Give a table; without rows, with the sentence of its question that says what fills it.

        known_at: the time that was asked for, by which perhaps nothing was known yet.
        """
        if table.rows:
            return table
        needs, at = QUESTIONS[question].needs, self._time(known_at)
        missing = first_missing(self._ground, needs)
        if missing is None and at is not None:
            then = first_missing(self._ground, needs, at)
            if then is not None:
                return replace(table, instead=not_yet(then, instant_text(at)))
        return in_place(table, question, missing)

    def _time(self, given: Time) -> Instant | None:
        """Read a time: a day means its end in the brand's zone, a time without offset is local."""
        if given is None:
            return None
        zone = self._ground.brand.timezone
        if isinstance(given, str):
            given = _parsed(given)
        if not FIRST_YEAR <= given.year <= LAST_YEAR:
            msg = f"{given} is not between {FIRST_YEAR} and {LAST_YEAR}."
            raise UsageError(msg)
        if not isinstance(given, dt.datetime):
            return end_of(given, zone)
        if given.tzinfo is None:
            from zoneinfo import ZoneInfo  # noqa: PLC0415 - only a time without offset needs it

            given = given.replace(tzinfo=ZoneInfo(zone))
        return given.astimezone(dt.UTC).replace(tzinfo=None)

    def _day(self, given: Time) -> dt.date | None:
        if isinstance(given, str):
            given = _parsed(given)
        return given.date() if isinstance(given, dt.datetime) else given


def _parsed(text: str) -> dt.date | dt.datetime:
    try:
        return (
            dt.date.fromisoformat(text)
            if len(text) == DATE_LENGTH
            else dt.datetime.fromisoformat(text)
        )
    except ValueError:
        msg = f"{text!r} is not a date or time; write 2026-05-31 or 2026-05-31T14:00."
        raise UsageError(msg) from None
