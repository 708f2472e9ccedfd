"""Sensitivity: whether the conclusion holds under another drift and window.

In:   the organic posts behind sealed baselines, and campaign posts with their readings.
Out:  a Finding per creator and one of the campaign: the range of lifts, and whether what the
      limits say changes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from truelift.base.estimate import Withheld
from truelift.measurement.baseline import FEW_POSTS, Baselines
from truelift.measurement.calendar import Control
from truelift.measurement.campaign import campaign_lift
from truelift.measurement.checks.finding import (
    Check,
    Finding,
    Value,
    Verdict,
    counted,
    not_run,
    times,
)
from truelift.measurement.checks.history import History, rebased
from truelift.measurement.lift import CampaignPosts, Lifts, creator_lift
from truelift.measurement.limits import THEORY, Limits
from truelift.measurement.ragged import Booleans, Floats

DRIFTS = (0.0, 0.005, 0.02, 0.05)
"""Values of q tried; real pools fit .02 to .04."""

CHECK = Check(
    name="sensitivity",
    scope="creator",
    asks="Does the conclusion hold with another drift and another baseline window?",
    how=(
        f"The lift is measured again with q at {', '.join(map(str, DRIFTS))} and with the whole or "
        "the newer half of the baseline, under the same limits. It fails when limits that exclude "
        "no effect include it in some setting; it warns when limits that include it exclude it in "
        "some, or when the sign changes between settings that are both far from 0."
    ),
    false_alarms=(
        "about 5 % (simulated: creators 4.1 %; campaigns without a lift up to 1.6 %, at worst "
        "5.7 % with three creators whose lifts differ)"
    ),
    blind_to="Whatever all these settings share, such as a season.",
)


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The limits under which the lift was said; the same are used in every setting."""

    level: float = 0.95
    limits: Limits = THEORY
    control: Control | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What one setting says of one creator or campaign, log units."""

    log: float
    low: float
    high: float

    @property
    def side(self) -> int:
        """Give 1 where the limits lie above 0, -1 below, 0 where they enclose it."""
        return int(self.low > 0) - int(self.high < 0)

    @property
    def sign(self) -> int:
        """Give the sign of a lift that is far from 0 beside its limits; else 0."""
        far = abs(self.log) > (self.high - self.low) / 4
        return int(math.copysign(1, self.log)) if far else 0


def settings(
    known: History, sealed: Baselines, posts: CampaignPosts, terms: Terms
) -> Mapping[str, Lifts]:
    """Measure the lift in every setting: name -> lifts, that of the sealed baselines first.

    A creator with so few posts that peers speak for the level keeps the sealed baseline in every
    setting: no drift or window could be tried on it.
    """
    few = known.posts.count < FEW_POSTS
    whole = np.ones(len(known.z), dtype=bool)
    half: Booleans = known.from_end <= ((known.posts.count + 1) // 2)[known.posts.group]
    tried = {"as sealed": sealed}
    for q in DRIFTS:
        drift: Floats = np.full(known.creators, q)
        tried[f"q {q}, whole window"] = _mixed(few, sealed, rebased(known, drift, whole))
        tried[f"q {q}, newer half"] = _mixed(few, sealed, rebased(known, drift, half))
    return {
        name: creator_lift(
            baselines,
            posts,
            control=terms.control,
            level=terms.level,
            limits=terms.limits,
        )
        for name, baselines in tried.items()
    }


def _mixed(few: Booleans, sealed: Baselines, again: Baselines) -> Baselines:
    names = ("level", "p", "s2", "nu", "q")
    columns = {name: np.where(few, getattr(sealed, name), getattr(again, name)) for name in names}
    return Baselines(**columns, n=sealed.n)


def sensitivity(known: History, tried: Mapping[str, Lifts]) -> list[Finding]:
    """Compare the settings per creator."""
    creators = len(next(iter(tried.values())))
    findings = []
    for creator in range(creators):
        posts = int(known.posts.count[creator])
        if posts < FEW_POSTS:
            listed = counted(posts, "organic post")
            why = f"the sealed baseline lists {listed}; {FEW_POSTS} are needed."
            findings.append(not_run(CHECK, why))
            continue
        said = {
            name: Setting(*(float(c[creator]) for c in (lifts.log, lifts.low, lifts.high)))
            for name, lifts in tried.items()
            if lifts.known[creator]
        }
        findings.append(_compared(said))
    return findings


def campaign_sensitivity(tried: Mapping[str, Lifts], limits: Limits = THEORY) -> Finding:
    """Compare the settings for the campaign's mean lift; limits: of the campaign as a whole."""
    found = {name: campaign_lift(lifts, limits=limits) for name, lifts in tried.items()}
    return _compared(
        {
            name: Setting(each.log, each.low, each.high)
            for name, each in found.items()
            if not isinstance(each, Withheld)
        }
    )


def _compared(said: Mapping[str, Setting]) -> Finding:
    if "as sealed" not in said:
        return not_run(CHECK, "there is no lift to measure again.")
    logs = {name: each.log for name, each in said.items()}
    least, most = min(logs, key=logs.__getitem__), max(logs, key=logs.__getitem__)
    sides = {each.side for each in said.values()}
    signs = {each.sign for each in said.values()} - {0}
    values = (
        Value("lowest", logs[least], f"log, {least}"),
        Value("highest", logs[most], f"log, {most}"),
        Value("as_sealed", logs["as sealed"], "log"),
        Value("settings", len(said), "settings tried"),
        Value("clear", sum(each.side != 0 for each in said.values()), "settings clear of 0"),
    )
    between = f"between {times(logs[least])} ({least}) and {times(logs[most])} ({most})"
    if len(sides) == 1 and len(signs) <= 1:
        clear = "include" if sides == {0} else "exclude"
        sentence = (
            f"In {len(said)} settings the lift lies {between}; in every one its limits {clear} no "
            "effect."
        )
        return Finding(CHECK.name, Verdict.PASSES, values, sentence)
    what = "whether its limits exclude no effect" if len(sides) > 1 else "its sign"
    claimed = said["as sealed"].side != 0
    return Finding(
        CHECK.name,
        Verdict.FAILS if claimed else Verdict.WARNS,
        values,
        f"In {len(said)} settings the lift lies {between}: {what} depends on the setting.",
        "Do not call this lift proven; wait for more posts or use control creators.",
    )
