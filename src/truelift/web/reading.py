"""Reading: what the pages read of a workspace, kept so that a second look costs nothing.

In:   a Workspace, and what a request asks for.
Out:  Results of the Python door; NotFound for a campaign that nothing names.

An answer is kept until something changes: the version of the data says so. While orders and clicks
go on coming in, it is given as it is, with the version it is of, and made again beside that; the
page asks again until it has the newest. What takes long is made again only when that would take at
most a third of the time. What a person does (an import, a seal, a close) is on the next page at
once.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from truelift.base.errors import NotFound, TrueliftError, UsageError
from truelift.web.asked import AS_CLOSED, DOUBT_FIELDS, FIGURE, Asked, BadParameter
from truelift.web.door import Result, Workspace
from truelift.web.questions import Question

Kept = TypeVar("Kept")
Key = tuple[object, ...]
Renew = Callable[[Callable[[Workspace], None]], None]
"""Does some work later, beside the requests, on a workspace of its own."""

KEPT = 24
"""Answers that are kept; the one that was not asked for the longest goes first."""


LOOKS, LOOK_SECONDS = 240, 3600.0
"""Looks back that are kept, and how long while facts come in by themselves: what comes in is new,
and changes a day that is over only where it comes late."""

LONGEST_LOOK = 60.0
"""Where one look back took so many seconds, no others are made: pages wait for the same engine."""

LONGEST_WAIT = 60.0
"""Seconds that a page waits for an answer that another thread makes, rather than make it too."""

LOOK_AGAIN = 0.02
"""Seconds between looks at what another thread makes; the answer itself takes hundreds of these."""

PATIENCE = 2.0
"""An answer that took a second is not made again for two while facts go on coming in."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer, the version and the decisions it was made of, when, and how long that took."""

    value: Any
    version: str
    settled: int
    made_at: float
    seconds: float


class Reading:
    """One workspace as the pages read it. One request is answered at a time."""

    def __init__(
        self,
        workspace: Workspace,
        tick: Callable[[], float] = time.monotonic,
        renew: Renew | None = None,
    ) -> None:
        """Stand on a workspace; without `renew` an old answer is made again by who asks for it."""
        self._workspace, self._tick, self._renew = workspace, tick, renew
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._looks: OrderedDict[Key, _Kept] = OrderedDict()
        self._renewing: set[Key] = set()
        self._refused: dict[Key, TrueliftError] = {}
        self._shown: str | None = None

    @property
    def version(self) -> str:
        """Give the version of the data."""
        return self._workspace.version

    @property
    def settled(self) -> int:
        """Give a number that grows with everything but facts that come in by themselves."""
        return self._workspace.settled

    @property
    def told(self) -> str | None:
        """Give the version of what was read since this was asked last.

        None where pages are not told of changes. Of several answers the first says it.
        """
        shown, self._shown = self._shown, None
        return (shown or self._workspace.version) if self._workspace.served else None

    @property
    def simulated(self) -> dt.datetime | None:
        """Give the simulated clock's time, if the workspace has one."""
        return self._workspace.simulated

    def forget(self) -> None:
        """Forget every answer: facts have changed."""
        self._kept.clear()
        self._looks.clear()

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
        """Give a campaign's own row."""
        rows = self._roi(dict(asked.given) | {"by": "campaign", "campaign": campaign}).rows
        return next((row for row in rows if row["campaign"] == campaign), None)

    def campaigns(self) -> list[str]:
        """Give the names of all campaigns, those that only facts name included."""
        rows = self._roi({"by": "campaign"}).rows
        return [row["campaign"] for row in rows if row["campaign"] is not None]

    def looks(
        self, asked: Asked, campaign: str, days: Sequence[str]
    ) -> tuple[dict[str, Mapping[str, Any] | None], int]:
        """Give a campaign's own row as of the ends of past days, and how many are still being made.

        One is made at a time, beside the requests: each is as much work as a page, and old answers
        that pages wait for come first. Where one takes too long, the others are left out.
        """
        found: dict[str, Mapping[str, Any] | None] = {}
        missing: list[tuple[Key, Callable[[Workspace], Any]]] = []
        slow = False
        given = dict(asked.given) | {"by": "campaign", "campaign": campaign}
        for day in days:
            key: Key = ("look", day, *sorted(given.items()))
            kept = self._looks.get(key)
            if kept is not None and self._holds(kept):
                found[day] = kept.value
                slow = slow or kept.seconds > LONGEST_LOOK
            else:
                missing.append((key, _look(campaign, given | {"as_of": day})))
        if self._renew is None:
            found |= {str(key[1]): self._look_back(self._workspace, key, read)
                      for key, read in missing}  # fmt: skip
            return found, 0
        if slow:
            return found, 0
        if missing and not any(key[0] == "look" for key in self._renewing):
            key, read = missing[0]
            self._renewing.add(key)
            self._renew(lambda workspace: self._look_beside(workspace, key, read))
        return found, len(missing)

    def bridge(self, campaign: str | None, period: str | None = None) -> Result:
        """Give the bridge of a campaign, or of all."""
        key = ("bridge", campaign, period)
        return self._keep(key, lambda workspace: workspace.bridge(campaign, period))

    def conversion_days(self, asked: Asked) -> Result:
        """Give tracked orders and leads of every campaign by day."""
        given = asked.only(("as_of", "known_at"))
        key = ("conversion days", *sorted(given.items()))
        return self._keep(key, lambda workspace: workspace.conversion_days(**given))

    def ageing(self, asked: Asked) -> Result:
        """Give the newest ageing curves."""
        given = asked.only(("platform", "metric"))
        key = ("ageing", *sorted(given.items()))
        return self._keep(key, lambda workspace: workspace.ageing(**given))

    def doubt(self, asked: Asked, campaign: str) -> Result:
        """Give reasons to doubt the lift of a campaign."""
        given = asked.only(DOUBT_FIELDS)
        key = ("doubt", campaign, *sorted(given.items()))
        return self._keep(key, lambda workspace: workspace.doubt(campaign, **given))

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
                lambda workspace: workspace.report(name, **given),
            )
        except UsageError as error:  # everything else was checked when the query was read
            raise BadParameter(AS_CLOSED, str(error)) from None

    def decided(self, name: str, question: Question, given: Mapping[str, str]) -> Result:
        """Ask a question of the pages of decisions."""
        key = ("decided", name, *sorted(given.items()))
        try:
            return self._keep(key, lambda workspace: question.ask(workspace, given))
        except UsageError as error:
            raise BadParameter(next(iter(given), "campaign"), str(error)) from None

    def warm(self) -> None:
        """Begin to read what the first page shows, before anybody asks for it."""
        if self._renew is None:
            return
        for by in ("campaign", "creator"):
            key: Key = ("roi", ("by", by))
            if key not in self._renewing:
                self._renewing.add(key)
                self._renew(partial(self._first, key=key, read=partial(_report, by=by)))

    def paper(self, campaign: str, given: Mapping[str, str]) -> bytes:
        """Give a campaign as a PDF."""
        key = ("paper", campaign, *sorted(given.items()))

        def made(workspace: Workspace) -> bytes:
            told: Any = workspace
            found: bytes = told.campaign_report(campaign, **given)
            return found

        return self._keep(key, made)

    def ready(self, name: str, question: Question, given: Mapping[str, str]) -> bool:
        """Say whether an answer that takes long is there; it is made beside the requests if not.

        What went wrong when it was made is raised to who asks next.
        """
        key = ("decided", name, *sorted(given.items()))
        refused = self._refused.pop(key, None)
        if refused is not None:
            raise refused
        kept = self._kept.get(key)
        if self._renew is None or (kept and kept.settled == self._workspace.settled):
            return True
        if key not in self._renewing:
            self._renewing.add(key)
            self._renew(partial(self._first, key=key, read=lambda it: question.ask(it, given)))
        return False

    def ask(self, name: str, *given: Any, **named: Any) -> Result:  # noqa: ANN401 - as the door takes
        """Ask a method of the workspace by its name, and keep what it answers."""
        key = ("ask", name, *given, *sorted(named.items()))

        def answered(workspace: Workspace) -> Result:
            told: Any = getattr(workspace, name)
            found: Result = told(*given, **named)
            return found

        return self._keep(key, answered)

    def periods(self) -> Result:
        """Give every period, and where its close stands."""
        return self._keep(("periods",), lambda workspace: workspace.close_periods())

    def kept(self, key: Key, read: Callable[[Workspace], Kept]) -> Kept:
        """Give another answer of the workspace, kept under a key as all others are."""
        return self._keep(key, read)

    def list(self, kind: str) -> Result:
        """Give the stored rows of a kind."""
        return self._keep(("list", kind), lambda workspace: workspace.list(kind))

    def explain(self, figure: str) -> Mapping[str, Any]:
        """Say what a figure is made of."""
        try:
            return self._keep(("explain", figure), lambda workspace: workspace.explain(figure))
        except UsageError as error:
            raise BadParameter(FIGURE, str(error)) from None

    def _roi(self, given: Mapping[str, str]) -> Result:
        key = ("roi", *sorted(given.items()))
        return self._keep(key, lambda workspace: workspace.roi(**given))

    def _keep(self, key: Key, read: Callable[[Workspace], Kept]) -> Kept:
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
        if kept is None:
            kept = self._awaited(key)
        if kept is None or kept.settled != self._workspace.settled:
            kept = self._make(self._workspace, key, read)
        elif self._due(kept):
            if self._renew is None:
                kept = self._make(self._workspace, key, read)
            elif key not in self._renewing:
                self._renewing.add(key)
                self._renew(lambda workspace: self._again(workspace, key, read))
        self._shown = self._shown or kept.version
        found: Kept = kept.value
        return found

    def _holds(self, kept: _Kept) -> bool:
        if kept.settled != self._workspace.settled:
            return False
        same = kept.version == self._workspace.version
        return same or self._tick() - kept.made_at < LOOK_SECONDS

    def _look_back(
        self, workspace: Workspace, key: Key, read: Callable[[Workspace], Any]
    ) -> Mapping[str, Any] | None:
        version, settled, began = workspace.version, workspace.settled, self._tick()
        value: Mapping[str, Any] | None = read(workspace)
        now = self._tick()
        with self._lock:
            self._looks[key] = _Kept(value, version, settled, now, now - began)
            while len(self._looks) > LOOKS:
                self._looks.popitem(last=False)
        return value

    def _look_beside(
        self, workspace: Workspace, key: Key, read: Callable[[Workspace], Any]
    ) -> None:
        try:
            self._look_back(workspace, key, read)
        finally:
            self._renewing.discard(key)

    def _awaited(self, key: Key) -> _Kept | None:
        """Wait for an answer that is being made for the first time beside the requests already."""
        ends = time.monotonic() + LONGEST_WAIT
        while key in self._renewing and key not in self._kept and time.monotonic() < ends:
            time.sleep(LOOK_AGAIN)
        return self._kept.get(key)

    def _make(
        self,
        workspace: Workspace,
        key: Key,
        read: Callable[[Workspace], Any],
        *,
        beside: bool = False,
    ) -> _Kept:
        version, settled, began = workspace.version, workspace.settled, self._tick()
        value = read(workspace)
        now = self._tick()
        made = _Kept(value, version, settled, now, now - began)
        with self._lock:
            if not beside:
                self._kept[key] = made
                self._kept.move_to_end(key)
            elif key in self._kept and self._kept[key].settled <= settled:
                self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made

    def _first(self, workspace: Workspace, key: Key, read: Callable[[Workspace], Any]) -> None:
        """Make an answer for the first time, beside the requests."""
        try:
            self._make(workspace, key, read)
        except TrueliftError as error:
            self._refused[key] = error
        finally:
            self._renewing.discard(key)

    def _again(self, workspace: Workspace, key: Key, read: Callable[[Workspace], Any]) -> None:
        """Make an answer again; where that fails it is forgotten, and who asks next is told why."""
        try:
            self._make(workspace, key, read, beside=True)
        except Exception:  # whatever it was: it is told by who called, and the answer is gone
            with self._lock:
                self._kept.pop(key, None)
            raise
        finally:
            self._renewing.discard(key)

    def _due(self, kept: _Kept) -> bool:
        if kept.version == self._workspace.version:
            return False
        return self._tick() - kept.made_at >= PATIENCE * kept.seconds


def _look(
    campaign: str, given: Mapping[str, str]
) -> Callable[[Workspace], Mapping[str, Any] | None]:
    """Make the reading of a campaign's own row; None where it had none."""

    def read(workspace: Workspace) -> Mapping[str, Any] | None:
        rows = workspace.roi(**given).rows
        return next((row for row in rows if row["campaign"] == campaign), None)

    return read


def _report(workspace: Workspace, by: str) -> Result:
    return workspace.roi(by=by)
