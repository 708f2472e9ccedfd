"""Variance shift: whether campaign posts scatter more or less than organic ones did.

In:   the organic posts behind sealed baselines, and campaign posts with their readings.
Out:  a Finding per creator: the ratio of the spreads, and what it alone does to the mean count.

A lift is a ratio of medians. Counts are log-normal, so their mean is exp(level + s2 / 2): a wider
spread raises the mean although the median stands still, and a narrower one lowers it.
"""

from __future__ import annotations

import numpy as np
import scipy

from truelift.measurement.baseline import inverse_trigamma
from truelift.measurement.checks.finding import (
    Check,
    Finding,
    Value,
    Verdict,
    counted,
    not_run,
    times,
    verdicts,
)
from truelift.measurement.checks.history import History, filtered, rebased
from truelift.measurement.lift import CampaignPosts
from truelift.measurement.ragged import Floats, ragged

FEWEST = 4
"""Campaign posts with a reading needed to speak of their spread."""

WANDERING = 0.2
"""How much the log variance of one real creator differs between two stretches of posts by itself
(variance of the log, each stretch): on 122 real accounts without a campaign a plain F test at 5 %
is wrong 5-13 %, with this 3-5 %; tests/measurement/checks/test_variance_shift.py measures it."""

CHECK = Check(
    name="variance_shift",
    scope="creator",
    asks="Do campaign posts scatter more or less than organic ones did?",
    how=(
        "The spread of campaign posts around their own level is compared with the baseline's "
        "moderated spread by an F test, whose degrees of freedom are cut by how much real "
        "creators' spreads wander."
    ),
    false_alarms="5 % of creators (real accounts without a campaign: Instagram 3.5 %, X 4.5 %)",
    blind_to=f"Campaigns with fewer than {FEWEST} posts of a creator.",
)


def variance_shift(known: History, posts: CampaignPosts) -> list[Finding]:
    """Compare the spread of campaign posts with the baseline's."""
    ratio, df, s2, nu = _spreads(known, posts)
    enough = (df >= FEWEST - 1) & np.isfinite(s2)
    chance = np.where(enough, _chance(ratio, df, nu), np.nan)
    findings = []
    for creator, verdict in enumerate(verdicts(chance)):
        if verdict is Verdict.NOT_RUN:
            read = int(np.sum((posts.group == creator) & np.isfinite(posts.z)))
            why = (
                f"{counted(read, 'campaign post')} can be read; {FEWEST} and a baseline are needed."
            )
            findings.append(not_run(CHECK, why))
            continue
        part = float(ratio[creator])
        values = (
            Value("ratio", float(np.sqrt(part)), "spread of campaign over organic posts"),
            Value("mean_shift", float(s2[creator]) * (part - 1) / 2, "log, on the mean count"),
            Value("posts", float(df[creator] + 1), "campaign posts"),
            Value("chance", float(chance[creator]), "of as much with nothing there"),
        )
        findings.append(_told(verdict, values))
    return findings


def _spreads(known: History, posts: CampaignPosts) -> tuple[Floats, Floats, Floats, Floats]:
    """Give the ratio of variances, its degrees of freedom, and the baseline's s2 and nu."""
    baselines = rebased(known, known.drift, np.ones(len(known.z), dtype=bool))
    usable = np.isfinite(posts.z) & np.isfinite(baselines.s2[posts.group])
    group = np.concatenate([known.posts.group, posts.group[usable]])
    order = np.argsort(group, kind="stable")
    z = np.concatenate([known.z, posts.z[usable]])[order]
    own = np.concatenate([np.zeros(len(known.z)), np.ones(int(usable.sum()))])[order]
    tau2 = posts.tau2[usable] / baselines.s2[posts.group[usable]]
    extra = np.concatenate([np.zeros(len(known.z)), tau2])[order]
    flat = ragged(group[order], known.creators)
    run = filtered(flat, np.stack([z, own]), known.drift, extra)
    (v, x), weight = run.innovations, run.weight * own
    information = flat.sums(weight * x * x)
    some = information > 0
    delta = flat.sums(weight * x * v) / np.where(some, information, np.nan)
    rest = flat.sums(weight * (v - x * np.where(some, delta, 0.0)[flat.group]) ** 2)
    df = np.maximum(flat.sums(own) - 1, 0.0)
    ratio = rest / np.where(df > 0, df, np.nan) / baselines.s2
    return ratio, df, baselines.s2, baselines.nu


def _chance(ratio: Floats, df: Floats, nu: Floats) -> Floats:
    """Give the two-sided chance of a ratio of variances, both allowed to wander."""
    above, below = _wandered(df), _wandered(nu)
    larger = scipy.stats.f.sf(ratio, above, below)
    smaller = scipy.stats.f.cdf(ratio, above, below)
    both: Floats = np.minimum(2 * np.minimum(larger, smaller), 1.0)
    return both


def _wandered(df: Floats) -> Floats:
    """Cut degrees of freedom so that the log variance varies by WANDERING / 2 more."""
    spread = scipy.special.polygamma(1, np.maximum(df, 1.0) / 2) + WANDERING / 2
    distinct, place = np.unique(spread, return_inverse=True)
    cut: Floats = np.array([2 * inverse_trigamma(each) for each in distinct.tolist()])[place]
    return cut


def _told(verdict: Verdict, values: tuple[Value, ...]) -> Finding:
    ratio, shift, posts = (item.value for item in values[:3])
    if verdict is Verdict.PASSES:
        sentence = (
            f"The {posts:.0f} campaign posts scatter x{ratio:.2f} as much as organic ones: within "
            "what chance does."
        )
        return Finding(CHECK.name, verdict, values, sentence)
    word = "more" if ratio > 1 else "less"
    return Finding(
        CHECK.name,
        verdict,
        values,
        f"The {posts:.0f} campaign posts scatter {word} than organic ones (x{ratio:.2f}): by that "
        f"alone the mean count would change by {times(shift)}, which the lift, a ratio of "
        "medians, does not show.",
        "Read the units beside the lift, and do not take a lift near 1 for no effect.",
    )
