"""Overlap: other campaigns of the creator, ours or another brand's, at the same time.

In:   the window in which a creator is measured, other windows, and other brands' posts.
Out:  a Finding: what else ran in the window. It counts facts, so chance plays no part.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from truelift.base.time import Instant
from truelift.measurement.checks.finding import Check, Finding, Value, Verdict, counted, not_run

DAY = dt.timedelta(days=1)

CHECK = Check(
    name="overlap",
    scope="creator",
    asks="Did another campaign of this creator run at the same time?",
    how=(
        "The days from launch to the end of the flight are compared with the creator's windows in "
        "our other campaigns and with posts that other brands sponsored; posts that several "
        "campaigns share are counted. It fails when every post of the campaign is shared."
    ),
    false_alarms="none: it counts facts",
    blind_to="Sponsored posts that nobody marked, and campaigns that are not imported.",
)


@dataclass(frozen=True, slots=True)
class Window:
    """A campaign's time with a creator, from launch to the end of the flight (naive UTC)."""

    campaign: str
    begins: Instant
    ends: Instant


def overlap(
    window: Window | None,
    others: Sequence[Window],
    foreign: Sequence[Instant],
    *,
    posts: int,
    shared: int,
) -> Finding:
    """Say what else ran while a creator was measured.

    window: None where the creator has not launched. others: the creator's other campaigns of ours.
    foreign: when the creator published posts that other brands sponsored. posts: of the creator in
    this campaign; shared: those of them that another campaign names too.
    """
    if window is None:
        return not_run(CHECK, "the creator has not launched in this campaign.")
    beside = {other.campaign: _days(window, other) for other in others}
    beside = {name: days for name, days in beside.items() if days > 0}
    inside = sum(window.begins <= at < window.ends for at in foreign)
    length = (window.ends - window.begins) / DAY
    share = max(beside.values(), default=0.0) / length if length > 0 else 0.0
    values = (
        Value("days", max(beside.values(), default=0.0), "days beside another campaign of ours"),
        Value("share", share, "of the window"),
        Value("foreign_posts", inside, "posts for other brands in the window"),
        Value("shared_posts", shared, f"of {posts} posts"),
    )
    told = []
    if beside:
        named = ", ".join(f"{name} ({days:.0f} days)" for name, days in sorted(beside.items()))
        told.append(f"also ran in {named}")
    if inside:
        told.append(f"published {counted(inside, 'post')} for other brands")
    if shared:
        told.append(f"shares {shared} of {posts} posts with another campaign")
    if not told:
        sentence = f"Nothing else of this creator ran in the {length:.0f} days of the campaign."
        return Finding(CHECK.name, Verdict.PASSES, values, sentence)
    return Finding(
        CHECK.name,
        Verdict.FAILS if posts and shared == posts else Verdict.WARNS,
        values,
        f"In the {length:.0f} days of the campaign this creator {'; '.join(told)}.",
        "What the other activity caused cannot be told apart here; judge both together.",
    )


def _days(window: Window, other: Window) -> float:
    """Give the days that two windows have in common."""
    return max((min(window.ends, other.ends) - max(window.begins, other.begins)) / DAY, 0.0)
