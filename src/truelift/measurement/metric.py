"""The metric catalogue: what is measured, in which unit, and which goal it speaks to.

In:   a metric's name, or counters as columns.
Out:  `Metric`, counts of a metric per post, engagement rates with their formulas named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from truelift.base.errors import UsageError
from truelift.measurement.ragged import Floats, Integers, floats

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["counter", "event"]
Goal = Literal["awareness", "leads", "sales"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of the catalogue.

    kind: "counter" grows with a post's age and is compared at the same age; "event" is counted
    per day by code, link or source. columns: the observed columns that sum to it. additive:
    whether units of several posts may be summed (reach may not: the same person is reached twice).
    """

    name: str
    unit: str
    kind: Kind
    columns: tuple[str, ...]
    additive: bool
    goal: Goal
    help: str


ENGAGEMENT_PARTS = ("likes", "comments", "shares", "saves")

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "engagement",
            "interactions",
            "counter",
            ENGAGEMENT_PARTS,
            additive=True,
            goal="awareness",
            help="Likes, comments, shares and saves of a post.",
        ),
        Metric(
            "views",
            "views",
            "counter",
            ("views",),
            additive=True,
            goal="awareness",
            help="Times a post was played or shown, as the network counts it.",
        ),
        Metric(
            "reach",
            "people",
            "counter",
            ("reach",),
            additive=False,
            goal="awareness",
            help="People who saw a post; not additive over posts or creators.",
        ),
        Metric(
            "impressions",
            "impressions",
            "counter",
            ("impressions",),
            additive=True,
            goal="awareness",
            help="Times a post was on a screen.",
        ),
        Metric(
            "likes",
            "likes",
            "counter",
            ("likes",),
            additive=True,
            goal="awareness",
            help="Likes of a post.",
        ),
        Metric(
            "comments",
            "comments",
            "counter",
            ("comments",),
            additive=True,
            goal="awareness",
            help="Comments under a post.",
        ),
        Metric(
            "shares",
            "shares",
            "counter",
            ("shares",),
            additive=True,
            goal="awareness",
            help="Shares, reposts and quotes of a post.",
        ),
        Metric(
            "saves",
            "saves",
            "counter",
            ("saves",),
            additive=True,
            goal="awareness",
            help="Times a post was saved or bookmarked.",
        ),
        Metric(
            "clicks",
            "clicks",
            "event",
            ("clicks",),
            additive=True,
            goal="leads",
            help="Counted human clicks on a creator's links.",
        ),
        Metric(
            "orders",
            "orders",
            "event",
            ("orders",),
            additive=True,
            goal="sales",
            help="Orders by a creator's codes and links.",
        ),
        Metric(
            "leads",
            "leads",
            "event",
            ("leads",),
            additive=True,
            goal="leads",
            help="Leads by a creator's codes and links.",
        ),
        Metric(
            "sessions",
            "sessions",
            "event",
            ("sessions",),
            additive=True,
            goal="leads",
            help="Web sessions that web analytics gives to a creator.",
        ),
        Metric(
            "mentions",
            "mentions",
            "event",
            ("mentions",),
            additive=True,
            goal="awareness",
            help="Posts by others that name the brand or the campaign's hashtag.",
        ),
        Metric(
            "follows",
            "follows",
            "counter",
            ("follows",),
            additive=True,
            goal="awareness",
            help="Follows that the network gives to a post.",
        ),
    )
}

DEFAULT_METRIC: dict[str, str] = {"awareness": "engagement", "leads": "leads", "sales": "orders"}

ENGAGEMENT_RATES: dict[str, str] = {
    "by_followers": "mean engagement per post / followers",
    "by_reach": "sum of engagement / sum of reach, posts with both",
    "by_views": "sum of engagement / sum of views, posts with both",
    "by_impressions": "sum of engagement / sum of impressions, posts with both",
}
"""The engagement-rate formulas by name, in words; a rate is always shown with its name."""


ENGAGEMENT_BASES = ("reach", "views", "impressions")
"""The counters that engagement is divided by."""


def metric_named(name: str) -> Metric:
    """Look up a metric; UsageError with the list of names when there is none."""
    if name not in METRICS:
        msg = f"There is no metric {name!r}; use one of {', '.join(METRICS)}."
        raise UsageError(msg)
    return METRICS[name]


def default_metric(goal: str) -> Metric:
    """Give a goal's primary metric; UsageError for an unknown goal."""
    if goal not in DEFAULT_METRIC:
        msg = f"There is no goal {goal!r}; use one of {', '.join(DEFAULT_METRIC)}."
        raise UsageError(msg)
    return METRICS[DEFAULT_METRIC[goal]]


def counted(metric: Metric, counters: Mapping[str, Floats], group: Integers) -> Floats:
    """Add up a metric's columns per post, missing staying missing.

    counters: column name -> shape (posts,), nan where not observed. group: shape (posts,), the
    profile (or platform) of each post. A column that a group never observed (saves on a network
    that hides them) is left out for that group; a post that lacks a column which its group does
    observe is nan, because its sum would not compare with the others. nan too without any column.
    """
    total = np.zeros(len(group))
    used = np.zeros(len(group), bool)
    for column in metric.columns:
        values = floats(counters.get(column, np.full(len(group), np.nan)))
        seen = np.bincount(group, weights=~np.isnan(values), minlength=1)[group] > 0
        total = np.where(seen, total + values, total)
        used |= seen
    return np.where(used, total, np.nan)


def engagement_rates(
    engagement: Floats,
    *,
    followers: float | None = None,
    reach: Floats | None = None,
    views: Floats | None = None,
    impressions: Floats | None = None,
) -> dict[str, float]:
    """Give one creator's engagement rates, each under the name of its formula.

    engagement and the others: shape (posts,), nan where not observed. Formulas: ENGAGEMENT_RATES.
    A rate whose denominator is missing or zero is left out, never 0.
    """
    rates: dict[str, float] = {}
    known = ~np.isnan(engagement)
    if followers is not None and followers > 0 and known.any():
        rates["by_followers"] = float(np.mean(engagement[known]) / followers)
    for name, base in (("by_reach", reach), ("by_views", views), ("by_impressions", impressions)):
        if base is None:
            continue
        both = known & ~np.isnan(base)
        denominator = float(np.sum(base[both]))
        if denominator > 0:
            rates[name] = float(np.sum(engagement[both])) / denominator
    return rates
