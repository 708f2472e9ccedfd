"""Placebo in time: pretend that the launch was earlier, when no campaign ran.

In:   the organic posts behind sealed baselines, and how many posts each campaign has so far.
Out:  a Finding per creator: the lift that would have been read off the last organic posts.
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

FEWEST = 3
"""Posts at least on either side of the pretended launch."""

CHECK = Check(
    name="placebo_in_time",
    scope="creator",
    asks="Would we have seen a lift before there was a campaign?",
    how=(
        "The last organic posts before the seal, as many as the campaign has but at most half, are "
        "taken for campaign posts; the step they make in the sealed model is compared with 0."
    ),
    false_alarms="5 % of creators (real accounts without a campaign: Instagram 4.4 %, X 5.3 %)",
    blind_to="Anything that began with the launch itself, such as a season or a viral topic.",
)


def placebo_in_time(known: History, campaign_posts: Integers) -> list[Finding]:
    """Pretend that each creator's launch was earlier.

    campaign_posts: how many sponsored posts each creator has, shape (creators,).
    """
    length = np.clip(campaign_posts, FEWEST, np.maximum(known.posts.count // 2, FEWEST))
    recent = known.from_end <= length[known.posts.group]
    enough = known.sealed & (known.posts.count >= 2 * FEWEST)
    found = pattern(known, recent.astype(np.float64))
    half = found.half_width()
    chance = np.where(enough, found.chance, np.nan)
    findings = []
    for creator, verdict in enumerate(verdicts(chance)):
        if verdict is Verdict.NOT_RUN:
            findings.append(_withheld(int(known.posts.count[creator])))
            continue
        size, wide = float(found.size[creator]), float(half[creator])
        values = (
            Value("posts", int(length[creator]), "organic posts taken for campaign posts"),
            Value("lift", size, "log"),
            Value("low", size - wide, "log"),
            Value("high", size + wide, "log"),
            Value("chance", float(chance[creator]), "of as much with nothing there"),
        )
        findings.append(_told(verdict, values))
    return findings


def _withheld(posts: int) -> Finding:
    return not_run(
        CHECK,
        f"the sealed baseline lists {counted(posts, 'organic post')}; {2 * FEWEST} are needed.",
    )


def _told(verdict: Verdict, values: tuple[Value, ...]) -> Finding:
    posts, size, low, high = (item.value for item in values[:4])
    said = (
        f"With the launch put {posts} posts earlier, when nothing ran, the lift reads "
        f"{times(size)} ({times(low)} to {times(high)})"
    )
    if verdict is Verdict.PASSES:
        return Finding(CHECK.name, verdict, values, f"{said}: none, as it should be.")
    return Finding(
        CHECK.name,
        verdict,
        values,
        f"{said}: something moved this creator before the campaign did.",
        "Do not rest a decision on this creator alone; look at what happened before the launch.",
    )
