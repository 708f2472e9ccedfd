"""What the pages ask of a workspace: the same words as the Python door, without importing it.

Doors stand beside each other; the composition root hands the workspace in.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Protocol, Self

from truelift.reports.table import Table

Json = dict[str, Any]
Time = str | dt.date | dt.datetime | None


class Result(Protocol):
    """What a workspace answers: one JSON object, and the same rows as a flat table."""

    def __len__(self) -> int:
        """Give the number of rows."""

    @property
    def data(self) -> Json:
        """Give the JSON object."""

    @property
    def table(self) -> Table:
        """Give the flat table."""

    @property
    def rows(self) -> list[Json]:
        """Give the rows of the JSON object."""


class Workspace(Protocol):
    """The readings that pages are made of."""

    @property
    def simulated(self) -> dt.datetime | None:
        """Give the simulated clock's time (naive UTC) when there is one."""

    @property
    def version(self) -> str:
        """Give the version of the data: another one after every change."""

    @property
    def settled(self) -> int:
        """Give a number that grows with everything but facts that come in by themselves."""

    @property
    def served(self) -> bool:
        """Say whether this process tells open pages of changes."""

    def admit(self, authorization: str | None, page: str) -> str:
        """Say whom a request is by; NotAdmitted, Refused or TooManyTries if it is not answered."""

    def roi(self, *, as_of: Time = None, known_at: Time = None, **asked: str | None) -> Result:
        """Give the ROI report."""

    def bridge(self, campaign: str | None = None, period: str | None = None) -> Result:
        """Give the signed steps from reported to return."""

    def conversion_days(self, *, as_of: Time = None, known_at: Time = None) -> Result:
        """Give tracked orders and leads of each campaign by day."""

    def ageing(self, *, platform: str | None = None, metric: str | None = None) -> Result:
        """Give the newest ageing curves."""

    def doubt(
        self,
        campaign: str,
        creator: str | None = None,
        metric: str | None = None,
        *,
        as_of: Time = None,
        known_at: Time = None,
    ) -> Result:
        """Give reasons to doubt the lift of a campaign."""

    def trial_balance(self, period: str | None = None, *, as_of: Time = None) -> Result:
        """Give balances by account and currency."""

    def report(
        self,
        name: str,
        period: str | None = None,
        *,
        campaign: str | None = None,
        creator: str | None = None,
        as_closed: bool = False,
        known_at: Time = None,
    ) -> Result:
        """Give a finance report."""

    def close_periods(self) -> Result:
        """Give every period with entries, and where its close stands."""

    def close_pack(self, period: str, folder: str | Path) -> Result:
        """Write the pack of a closed period into a folder."""

    def acting(self, authorization: str | None) -> Self:
        """Give this workspace as the person has it whom a request is by."""

    def list(self, kind: str) -> Result:
        """Give the stored rows of a kind."""

    def explain(self, figure_id: str) -> Json:
        """Say what a figure is made of."""
