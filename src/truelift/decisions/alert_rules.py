"""Alert rules: pure functions from what is known to findings, each with the limits it uses.

In:   plain values of what is watched, and the time.
Out:  findings: why, in a sentence, and what to do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from truelift.base.money import format_minor
from truelift.decisions.alert import Finding, Level, Rule, level_of
from truelift.decisions.watched import Expected, Return, Watched
from truelift.measurement.discoveries import TAIL_DEGREES, flagged

PACE_LOW, PACE_OVER = 0.8, 0.9
"""Below which share of the plan pace is raised, with its whole interval; from which it is over."""

CHANCE_LOW, CHANCE_OVER = 0.05, 0.10
"""The chance of reaching the target at which a forecast return is raised; from which it is over.

Each that is raised has at most this chance, so of all that are raised no more is expected to be
wrong: the Bayesian false-discovery rate of the list, at every look.
"""

BUDGET_OVER = 0.98
LAUNCH_DAYS = 3
DUE_DAYS, RIGHT_DAYS, INVOICE_DAYS = 2, 14, 30
STORY_HOURS, STORY_LIFE = 6, 24
FEWEST_ORDERS, SHORTEST_SILENCE, SILENCE = 100, 6.0, 2.0
"""Orders are missed once none came for so many times the longest gap of the four weeks before."""

FEWEST_ARRIVALS, ARRIVALS = 5, 2.0
"""A source is missed once it is silent for so many times its longest gap, from so many arrivals."""

CLICK_DAYS, LEAK_DAYS = 3, 14
"""How long odd clicks and leaked orders are news."""

LEAST_SAID = 0.01
"""A chance below this is not spelled out: it is read off some thousand draws."""

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Judged:
    """How many returns were looked at: beyond chance below target, and below it within chance."""

    looked_at: int
    beyond_chance: int
    within_chance: int


def pace_subject(campaign: str, creator: str | None, metric: str) -> str:
    """Name what a pace is of."""
    return f"{campaign}/{creator or ''}/{metric}"


def return_subject(campaign: str, creator: str) -> str:
    """Name what a return is of."""
    return f"{campaign}/{creator}"


def findings(watched: Watched) -> list[Finding]:
    """Ask every rule."""
    return [each for rule in RULES for each in rule(watched)]


def _pace(watched: Watched) -> Iterable[Finding]:
    for each in watched.paces:
        level = level_of(-each.high, -PACE_LOW, -PACE_OVER)
        if level is not None:
            yield Finding(
                rule=Rule.PACE,
                subject=pace_subject(each.campaign, each.creator, each.metric),
                sentence=each.sentence,
                action="See `truelift pacing`, and what can still be moved.",
                campaign=each.campaign,
                creator=each.creator,
                level=level,
            )


def _below_target(watched: Watched) -> Iterable[Finding]:
    """Find ended flights whose upper limit lies below target, at a false-discovery rate.

    An open alert is over once the upper limit reaches the target again.
    """
    for each, sure in zip(watched.returns, _certain(watched.returns), strict=True):
        if each.roi.high >= each.target:
            continue
        yield Finding(
            rule=Rule.ROI_BELOW_TARGET,
            subject=return_subject(each.campaign, each.creator),
            sentence=(
                f"Incremental ROI of {each.creator} in {each.campaign} was {each.roi.point:+.0%} "
                f"({each.roi.low:+.0%} to {each.roi.high:+.0%}), below {_aim(each)}."
            ),
            action="The flight is over; see `truelift fee` before the same is bought again.",
            campaign=each.campaign,
            creator=each.creator,
            level=Level.RAISED if sure else Level.BETWEEN,
        )


def _certain(rows: Sequence[Return]) -> list[bool]:
    """Say which returns lie below target at a false-discovery rate of the list."""
    if not rows:
        return []
    short = np.array([each.target - each.roi.point for each in rows])
    half = np.array([each.roi.high - each.roi.point for each in rows])
    found: list[bool] = flagged(_p(short, half, rows[0].roi.level), short).tolist()
    return found


def judged_returns(watched: Watched) -> Judged:
    """Count the returns that were looked at, and those below target that chance may explain."""
    sure = _certain(watched.returns)
    raised = [*sure, *(each.chance <= CHANCE_LOW for each in watched.expected)]
    below = [
        *(each.roi.point < each.target for each in watched.returns),
        *(each.middle < each.target for each in watched.expected),
    ]
    left = sum(low and not certain for low, certain in zip(below, raised, strict=True))
    return Judged(len(raised), sum(raised), left)


def _aim(each: Return | Expected) -> str:
    return f"target {each.target:+.0%}" if each.stated else "break-even (no target is set)"


def _out_of_reach(watched: Watched) -> Iterable[Finding]:
    """Find running flights that the forecast hardly lets reach their target."""
    for each in watched.expected:
        level = level_of(-each.chance, -CHANCE_LOW, -CHANCE_OVER)
        if level is None:
            continue
        chance = "below 1 %" if each.chance < LEAST_SAID else f"{each.chance * 100:.0f} %"
        yield Finding(
            rule=Rule.ROI_BELOW_TARGET,
            subject=return_subject(each.campaign, each.creator),
            sentence=(
                f"ROI of {each.creator} in {each.campaign} is forecast at {each.middle:+.0%} at "
                f"completion ({each.low:+.0%} to {each.high:+.0%}, 80 % band) by {each.basis}; "
                f"P(return >= {_aim(each)}) is {chance}."
            ),
            action="See `truelift reallocate` for what can still be cancelled or moved.",
            campaign=each.campaign,
            creator=each.creator,
            level=level,
        )


def _p(short: np.ndarray, half: np.ndarray, level: float) -> np.ndarray:
    """Give two-sided p-values of shortfalls: 1 - level where the limit touches the target.

    Beyond the limits the tail is that of t on TAIL_DEGREES degrees, as in measurement.discoveries.
    """
    edge = -scipy.special.stdtrit(TAIL_DEGREES, (1 - level) / 2)
    z = np.abs(short) / np.maximum(half, 1e-12) * edge
    found: np.ndarray = 2 * scipy.special.stdtr(TAIL_DEGREES, -z)
    return found


def _overrun(watched: Watched) -> Iterable[Finding]:
    for each in watched.spends:
        level = level_of(each.bound / max(1, each.budget), 1 + 1e-9, BUDGET_OVER)
        if level is not None:
            bound, budget = (
                format_minor(amount, each.currency) for amount in (each.bound, each.budget)
            )
            yield Finding(
                rule=Rule.BUDGET_OVERRUN,
                subject=each.campaign,
                sentence=(
                    f"{each.campaign} {'ended and had' if each.over else 'has'} bound {bound} of "
                    f"{budget} {each.currency}: committed, and commission earned."
                ),
                action=(
                    "The flight is over: raise the budget by the difference, and plan the next."
                    if each.over
                    else "Raise the budget or cancel what is still cancellable."
                ),
                campaign=each.campaign,
                level=level,
            )


def _leaked(watched: Watched) -> Iterable[Finding]:
    for each in watched.codes:
        since, latest = each.since, each.latest
        if not each.named or since is None or latest is None:
            continue
        if watched.at - latest > LEAK_DAYS * _DAY:
            continue
        yield Finding(
            rule=Rule.CODE_LEAKED,
            subject=f"{each.campaign or ''}/{each.code}",
            sentence=(
                f"{each.code} of {each.creator} leaks since {since:%Y-%m-%d}: {each.leaked} of "
                f"{each.orders} orders did not come from the creator."
            ),
            action=f"Replace the code; `truelift leaks hold {each.code}` holds what it earned.",
            campaign=each.campaign,
            creator=each.creator,
        )


def _early(watched: Watched) -> Iterable[Finding]:
    for each in watched.early:
        post = f"on {each.first_post:%Y-%m-%d}" if each.first_post else "not yet"
        yield Finding(
            rule=Rule.CODE_BEFORE_POST,
            subject=f"{each.campaign}/{each.code}",
            sentence=(
                f"{each.code} was used in {each.orders} orders from {each.first_used:%Y-%m-%d} on; "
                f"the first post of {each.creator} in {each.campaign} came {post}."
            ),
            action="Ask where the code was shown before; `truelift leaks` judges its orders.",
            campaign=each.campaign,
            creator=each.creator,
        )


def _clicks(watched: Watched) -> Iterable[Finding]:
    for each in watched.clicks:
        if each.reasons and (watched.day - each.clicks.day).days <= CLICK_DAYS:
            yield Finding(
                rule=Rule.UNUSUAL_CLICKS,
                subject=f"{each.clicks.slug}/{each.clicks.day}",
                sentence=(
                    f"Clicks on {each.clicks.slug} of {each.clicks.creator} on {each.clicks.day}: "
                    f"{'; '.join(told for _, told in each.reasons)}."
                ),
                action="Look at `truelift leaks clicks`; clicks are questioned, never deleted.",
                campaign=each.clicks.campaign,
                creator=each.clicks.creator,
            )


def _unsealed(watched: Watched) -> Iterable[Finding]:
    for each in watched.launches:
        left = (each.starts - watched.day).days
        if each.sealed or each.launched_at is not None or left > LAUNCH_DAYS:
            continue
        when = f"in {left} days" if left > 0 else "now"
        yield Finding(
            rule=Rule.NO_BASELINE,
            subject=f"{each.campaign}/{each.creator}",
            sentence=(
                f"{each.campaign} starts {when} and no baseline of {each.creator} is sealed; "
                "sealed after launch it is late for ever."
            ),
            action=f"Run `truelift seal --campaign {each.campaign}` before the first post.",
            campaign=each.campaign,
            creator=each.creator,
        )


def _posts(watched: Watched) -> Iterable[Finding]:
    for each in watched.posts:
        subject = f"{each.platform}/{each.post_id}"
        told = f"The post {each.post_id} of {each.creator} for {each.campaign} on {each.platform}"
        if each.disclosed is False:
            yield Finding(
                rule=Rule.NOT_DISCLOSED,
                subject=subject,
                sentence=f"{told} is live and not marked as advertising.",
                action="Ask the creator to mark it today; the law asks for it.",
                campaign=each.campaign,
                creator=each.creator,
            )
        if each.missing_tags:
            tags = " and ".join(f"#{tag}" for tag in each.missing_tags)
            yield Finding(
                rule=Rule.HASHTAG_MISSING,
                subject=subject,
                sentence=f"{told} is live without {tags} in its caption.",
                action="Ask the creator to add it.",
                campaign=each.campaign,
                creator=each.creator,
            )


def _links(watched: Watched) -> Iterable[Finding]:
    for each in watched.links:
        yield Finding(
            rule=Rule.DEAD_LINK,
            subject=each.slug,
            sentence=(
                f"The destination of {each.slug} did not answer on {each.checked_at:%Y-%m-%d}: "
                f"{each.said}."
            ),
            action="Give the link a destination that answers, then `truelift alerts check-links`.",
            campaign=each.campaign,
            creator=each.creator,
        )


def _no_orders(watched: Watched) -> Iterable[Finding]:
    each = watched.orders
    if each is None or each.arrivals < FEWEST_ORDERS:
        return
    allowed = max(SHORTEST_SILENCE, SILENCE * each.longest)
    if each.hours >= allowed:
        yield Finding(
            rule=Rule.NO_ORDERS,
            subject="orders",
            sentence=(
                f"No order for {each.hours:.0f} hours; in the four weeks before the longest "
                f"silence was {each.longest:.0f} hours, and {allowed:.0f} are allowed."
            ),
            action="See whether the shop sells, and whether its hook or export still arrives.",
        )


def _quiet(watched: Watched) -> Iterable[Finding]:
    for each in watched.sources:
        allowed = ARRIVALS * max(each.longest, 24.0)
        if each.arrivals >= FEWEST_ARRIVALS and each.hours >= allowed:
            whose = f" of {each.source}" if each.source else ""
            yield Finding(
                rule=Rule.SOURCE_QUIET,
                subject=f"{each.kind}/{each.source}",
                sentence=(
                    f"Nothing came of {each.kind}{whose} for {each.hours / 24:.0f} days; the "
                    f"longest gap before was {each.longest / 24:.0f} days."
                ),
                action="Export it again, or see why its connector stopped.",
            )


def _stories(watched: Watched) -> Iterable[Finding]:
    for each in watched.stories:
        age = (watched.at - each.published_at).total_seconds() / 3_600
        read = each.read_at is not None and each.read_at - each.published_at >= (
            dt.timedelta(hours=STORY_LIFE - STORY_HOURS)
        )
        if not read and STORY_LIFE - STORY_HOURS <= age < STORY_LIFE:
            yield Finding(
                rule=Rule.STORY_EXPIRES,
                subject=f"{each.platform}/{each.post_id}",
                sentence=(
                    f"The story {each.post_id} of {each.creator} for {each.campaign} ends in "
                    f"{STORY_LIFE - age:.0f} hours, and its figures with it."
                ),
                action="Read its insights now and import them with final = yes.",
                campaign=each.campaign,
                creator=each.creator,
            )


def _due(watched: Watched) -> Iterable[Finding]:
    for each in watched.dues:
        left = (each.due_on - watched.day).days
        if left <= DUE_DAYS:
            when = f"is due in {left} days" if left > 0 else f"was due on {each.due_on}"
            yield Finding(
                rule=Rule.DELIVERABLE_DUE,
                subject=each.deliverable,
                sentence=f"{each.deliverable} of {each.creator} {when} and is not live.",
                action="Ask the creator for the day, or move it.",
                campaign=each.campaign,
                creator=each.creator,
            )


def _rights(watched: Watched) -> Iterable[Finding]:
    for each in watched.rights:
        left = (each.last - watched.day).days
        if 0 <= left <= RIGHT_DAYS:
            yield Finding(
                rule=Rule.USAGE_RIGHT_ENDS,
                subject=each.agreement,
                sentence=(
                    f"The right to use what {each.creator} made under {each.agreement} ends on "
                    f"{each.last}."
                ),
                action="Extend it, or stop using the content after that day.",
                campaign=each.campaign,
                creator=each.creator,
            )


def _owed(watched: Watched) -> Iterable[Finding]:
    for each in watched.owed:
        days = (watched.day - each.since).days
        if days >= INVOICE_DAYS:
            yield Finding(
                rule=Rule.INVOICE_MISSING,
                subject=f"{each.agreement or each.creator}/{each.since}",
                sentence=(
                    f"{each.amount} of {each.creator} is accrued since {each.since} and not "
                    f"invoiced for {days} days."
                ),
                action="See `truelift chase`; ask for the invoice.",
                campaign=each.campaign,
                creator=each.creator,
            )


RULES = (
    _pace, _out_of_reach, _below_target, _overrun, _leaked, _early, _clicks, _unsealed, _posts,
    _links, _no_orders, _quiet, _stories, _due, _rights, _owed,
)  # fmt: skip
"""Every rule, in the order in which alerts are shown."""
