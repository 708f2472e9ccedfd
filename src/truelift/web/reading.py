"""Reading: what the pages read of a workspace, kept so that a second look costs nothing.

In:   a Workspace, and what a request asks for.
Out:  Results of the Python door; NotFound for a campaign that nothing names.

An answer is kept until something changes: the version of the data says so.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from truelift.base.errors import NotFound, UsageError
from truelift.web.asked import AS_CLOSED, DOUBT_FIELDS, FIGURE, Asked, BadParameter
from truelift.web.door import Result, Workspace

Kept = TypeVar("Kept")

KEPT = 24
"""Answers that are kept; the one that was not asked for the longest goes first."""


class Reading:
    """One workspace as the pages read it. One request is answered at a time."""

    def __init__(self, workspace: Workspace) -> None:
        """Stand on a workspace."""
        self._workspace = workspace
        self._kept: OrderedDict[tuple[object, ...], Any] = OrderedDict()
        self._version = workspace.version

    @property
    def told(self) -> str | None:
        """Give the version of what is read, where pages are told of changes; None elsewhere."""
        return self._version if self._workspace.served else None

    @property
    def simulated(self) -> dt.datetime | None:
        """Give the simulated clock's time, if the workspace has one."""
        return self._workspace.simulated

    def forget(self) -> None:
        """Forget every answer: facts have changed."""
        self._kept.clear()

    def roi(self, asked: Asked, by: str, campaign: str | None = None) -> Result:
        """Give the ROI report; NotFound when its campaign is unknown."""
        given = dict(asked.given) | {"by": by}
        if campaign is not None:
            given["campaign"] = campaign
        try:
            result = self._roi(given)
        except UsageError as error:
            # everything but the metric's name was checked when the query was read
            if "metric" in given:
                field = "metric"
                raise BadParameter(field, str(error)) from None
            raise
        named = given.get("campaign")
        if named is not None and not result.rows and named not in self.campaigns():
            msg = f"There is no campaign {named!r} in this brand."
            raise NotFound(msg)
        return result

    def whole(self, asked: Asked, campaign: str) -> Mapping[str, Any] | None:
        """Give a campaign's own row, read with all campaigns as the overview does."""
        rows = self._roi(dict(asked.given) | {"by": "campaign"}).rows
        return next((row for row in rows if row["campaign"] == campaign), None)

    def campaigns(self) -> list[str]:
        """Give the names of all campaigns, those that only facts name included."""
        rows = self._roi({"by": "campaign"}).rows
        return [row["campaign"] for row in rows if row["campaign"] is not None]

    def bridge(self, campaign: str | None, period: str | None = None) -> Result:
        """Give the bridge of a campaign, or of all."""
        key = ("bridge", campaign, period)
        return self._keep(key, lambda: self._workspace.bridge(campaign, period))

    def doubt(self, asked: Asked, campaign: str) -> Result:
        """Give reasons to doubt the lift of a campaign."""
        given = asked.only(DOUBT_FIELDS)
        key = ("doubt", campaign, *sorted(given.items()))
        return self._keep(key, lambda: self._workspace.doubt(campaign, **given))

    def trial_balance(self, asked: Asked) -> Result:
        """Give the trial balance."""
        return self._workspace.trial_balance(asked.get("period"), as_of=asked.get("as_of"))

    def report(self, asked: Asked, name: str) -> Result:
        """Give a finance report."""
        given: dict[str, Any] = dict(asked.given)
        given["as_closed"] = AS_CLOSED in given
        try:
            return self._keep(
                ("report", name, *sorted(given.items())),
                lambda: self._workspace.report(name, **given),
            )
        except UsageError as error:  # everything else was checked when the query was read
            raise BadParameter(AS_CLOSED, str(error)) from None

    def list(self, kind: str) -> Result:
        """Give the stored rows of a kind."""
        return self._keep(("list", kind), lambda: self._workspace.list(kind))

    def explain(self, figure: str) -> Mapping[str, Any]:
        """Say what a figure is made of."""
        try:
            return self._keep(("explain", figure), lambda: self._workspace.explain(figure))
        except UsageError as error:
            raise BadParameter(FIGURE, str(error)) from None

    def _roi(self, given: Mapping[str, str]) -> Result:
        key = ("roi", *sorted(given.items()))
        return self._keep(key, lambda: self._workspace.roi(**given))

    def _keep(self, key: tuple[object, ...], read: Callable[[], Kept]) -> Kept:
        version = self._workspace.version
        if version != self._version:
            self.forget()
            self._version = version
        if key not in self._kept:
            self._kept[key] = read()
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        kept: Kept = self._kept[key]
        return kept
