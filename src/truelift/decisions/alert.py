"""Alert: a finding of a rule that stays until it is over, with an owner, snooze and hysteresis.

In:   what the rules find now, the alerts as they stand, the time.
Out:  alerts as they stand then; which are to be told; messages that group them, at most so many.

A finding is raised beyond one limit and over below another, so a figure that trembles at its limit
raises nothing twice. What a person closed stays closed until it is over, and may then come back.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from truelift.base.ids import content_hash
from truelift.base.time import Instant

ID_LENGTH = 10
QUIET = dt.timedelta(hours=24)
"""An alert that comes back so soon after it was over is open again, and not told again."""

PER_HOUR = 6
"""Messages a channel gets in an hour at most; the rest waits and comes in one."""

_HOUR = dt.timedelta(hours=1)


class Rule(StrEnum):
    """What is watched."""

    PACE = "pace"
    ROI_BELOW_TARGET = "roi_below_target"
    BUDGET_OVERRUN = "budget_overrun"
    CODE_LEAKED = "code_leaked"
    CODE_BEFORE_POST = "code_before_post"
    UNUSUAL_CLICKS = "unusual_clicks"
    NO_BASELINE = "no_baseline"
    NOT_DISCLOSED = "not_disclosed"
    HASHTAG_MISSING = "hashtag_missing"
    DEAD_LINK = "dead_link"
    NO_ORDERS = "no_orders"
    SOURCE_QUIET = "source_quiet"
    STORY_EXPIRES = "story_expires"
    DELIVERABLE_DUE = "deliverable_due"
    USAGE_RIGHT_ENDS = "usage_right_ends"
    INVOICE_MISSING = "invoice_missing"


class Level(StrEnum):
    """Where a figure stands between the limit that raises and the one at which it is over."""

    RAISED = "raised"
    BETWEEN = "between"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule finds of one subject: why, in a sentence, and what to do about it."""

    rule: Rule
    subject: str
    sentence: str
    action: str
    campaign: str | None = None
    creator: str | None = None
    level: Level = Level.RAISED

    @property
    def id(self) -> str:
        """Give the alert's id."""
        return alert_id(self.rule, self.subject)


def alert_id(rule: Rule, subject: str) -> str:
    """Give an alert's id, the same for the same rule and subject for ever."""
    return content_hash([rule.value, subject])[:ID_LENGTH]


def level_of(value: float, raise_at: float, over_at: float) -> Level | None:
    """Place a figure that is bad when high: raised, between, or over (None)."""
    if value >= raise_at:
        return Level.RAISED
    return Level.BETWEEN if value > over_at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert as it stands.

    closed_by: the person who closed it while it was not over; then it is muted until it is.
    told_at: when it was last sent to the channels, None while it waits for that.
    """

    id: str
    rule: str
    subject: str
    sentence: str
    action: str
    campaign: str | None
    creator: str | None
    opened_at: Instant
    open: bool = True
    muted: bool = False
    closed_at: Instant | None = None
    closed_by: str | None = None
    owner: str | None = None
    snoozed_until: Instant | None = None
    told_at: Instant | None = None

    def snoozed(self, at: Instant) -> bool:
        """Say whether nobody is to be told of it now."""
        return self.snoozed_until is not None and at < self.snoozed_until

    def waits(self, at: Instant) -> bool:
        """Say whether it is to be told."""
        return self.open and self.told_at is None and not self.snoozed(at)


def step(before: Mapping[str, Alert], findings: Iterable[Finding], at: Instant) -> dict[str, Alert]:
    """Give the alerts as they stand after the rules were asked at a time, those that changed."""
    found = {each.id: each for each in findings}
    changed: dict[str, Alert] = {}
    for name, finding in found.items():
        after = _found(before.get(name), finding, at)
        if after is not None and after != before.get(name):
            changed[name] = after
    for name, alert in before.items():
        if name not in found and (alert.open or alert.muted):
            changed[name] = replace(
                alert, open=False, muted=False, closed_at=at if alert.open else alert.closed_at
            )
    return changed


def _found(before: Alert | None, finding: Finding, at: Instant) -> Alert | None:
    """Give an alert after its rule found something; None when there is none yet."""
    if before is None or not (before.open or before.muted):
        return _opened(before, finding, at) if finding.level is Level.RAISED else before
    if before.muted:
        return before
    woken = before.snoozed_until is not None and at >= before.snoozed_until
    told_at = None if woken else before.told_at
    return replace(
        before, sentence=finding.sentence, action=finding.action, told_at=told_at,
        snoozed_until=None if woken else before.snoozed_until,
    )  # fmt: skip


def _opened(before: Alert | None, finding: Finding, at: Instant) -> Alert:
    soon = before is not None and before.closed_at is not None and at - before.closed_at < QUIET
    return Alert(
        id=finding.id,
        rule=finding.rule.value,
        subject=finding.subject,
        sentence=finding.sentence,
        action=finding.action,
        campaign=finding.campaign,
        creator=finding.creator,
        opened_at=at,
        owner=before.owner if before else None,
        told_at=at if soon else None,
    )


@dataclass(frozen=True, slots=True)
class Message:
    """Alerts that are told together: of one rule in one campaign, or what had to wait."""

    title: str
    alerts: tuple[Alert, ...]


def messages(
    waiting: Iterable[Alert], sent: Sequence[Instant], at: Instant, per_hour: int = PER_HOUR
) -> list[Message]:
    """Group what waits into messages, no more than are allowed after those sent before.

    The last one that is allowed takes everything that is left, so nothing waits for long.
    """
    room = per_hour - sum(at - each < _HOUR for each in sent)
    groups: dict[tuple[str, str], list[Alert]] = defaultdict(list)
    for alert in waiting:
        groups[alert.rule, alert.campaign or ""].append(alert)
    made = [Message(_title(own), tuple(own)) for _, own in sorted(groups.items())]
    if room <= 0 or len(made) <= room:
        return made if room > 0 else []
    rest = tuple(alert for each in made[room - 1 :] for alert in each.alerts)
    return [*made[: room - 1], Message(f"{len(rest)} more alerts", rest)]


def _title(alerts: Sequence[Alert]) -> str:
    first = alerts[0]
    what = first.rule.replace("_", " ")
    where = f" in {first.campaign}" if first.campaign else ""
    return f"{what}{where}" if len(alerts) == 1 else f"{what}{where}: {len(alerts)}"
