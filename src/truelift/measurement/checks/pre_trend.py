"""Pre-trend: whether the creator was rising or falling already when the baseline was sealed.

In:   the organic posts behind sealed baselines, and how many posts each campaign has so far.
Out:  a Finding per creator: the bend in the last third of the baseline beyond its drift.
"""

from __future__ import annotations

import numpy as np

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
from truelift.measurement.checks.history import History, pattern
from truelift.measurement.ragged import Integers

LEAST_POSTS, SHORTEST = 12, 4
"""Organic posts needed, and the fewest that a trend is looked for in."""

CHECK = Check(
    name="pre_trend",
    scope="creator",
    asks="Was the creator already rising or falling before the launch?",
    how=(
        "A straight line that begins with the last third of the baseline is fitted in the sealed "
        "model, so only a slope beyond the drift that the model allows counts."
    ),
    false_alarms="5 % of creators (real accounts without a campaign: Instagram 4.7 %, X 5.2 %)",
    blind_to="A slow rise over the whole baseline, most of which the drift follows by itself.",
)


def pre_trend(known: History, campaign_posts: Integers) -> list[Finding]:
    """Look for a trend in the last third of each creator's baseline.

    campaign_posts: how many sponsored posts each creator has, shape (creators,).
    """
    count = known.posts.count
    length = np.maximum(count // 3, SHORTEST)
    bend = np.maximum(length[known.posts.group] + 1 - known.from_end, 0)
    enough = known.sealed & (count >= LEAST_POSTS)
    found = pattern(known, bend.astype(np.float64))
    chance = np.where(enough, found.chance, np.nan)
    findings = []
    for creator, verdict in enumerate(verdicts(chance)):
        if verdict is Verdict.NOT_RUN:
            posts = counted(int(count[creator]), "organic post")
            why = f"the sealed baseline lists {posts}; {LEAST_POSTS} are needed."
            findings.append(not_run(CHECK, why))
            continue
        ahead = max(int(campaign_posts[creator]), 1)
        slope = float(found.size[creator])
        over = f"log, mean of {counted(ahead, 'campaign post')}"
        values = (
            Value("slope", slope, "log per post"),
            Value("se", float(found.se[creator]), "log per post"),
            Value("posts", int(length[creator]), "organic posts in the last third"),
            Value(
                "carried",
                slope * (ahead + 1) / 2,
                over,
            ),
            Value("chance", float(chance[creator]), "of as much with nothing there"),
        )
        findings.append(_told(verdict, values, ahead))
    return findings


def _told(verdict: Verdict, values: tuple[Value, ...], campaign: int) -> Finding:
    slope, _, posts, carried = (item.value for item in values[:4])
    if verdict is Verdict.PASSES:
        sentence = (
            f"The last {posts} organic posts show no trend beyond the drift that the baseline "
            f"allows ({times(slope)} per post)."
        )
        return Finding(CHECK.name, verdict, values, sentence)
    way, claim = ("rose", "lift") if slope > 0 else ("fell", "loss")
    return Finding(
        CHECK.name,
        verdict,
        values,
        f"The last {posts} organic posts {way} by {times(slope)} each; going on so, the "
        f"average of {counted(campaign, 'campaign post')} would stand at {times(carried)} of the "
        "baseline with no campaign at all.",
        f"Part of this creator's {claim} may be that trend; prefer a figure with control creators.",
    )
