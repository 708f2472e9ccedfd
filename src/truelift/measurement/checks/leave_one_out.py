"""Leave one out: whether the campaign's lift rests on a single creator.

In:   `Lifts` of the campaign's creators, with whose each row is.
Out:  one Finding: who moves the mean most, and whether the conclusion changes without somebody.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy

from truelift.base.estimate import Withheld
from truelift.measurement.campaign import campaign_lift
from truelift.measurement.checks.finding import (
    WARNING_RATE,
    Check,
    Finding,
    Value,
    Verdict,
    not_run,
    times,
)
from truelift.measurement.lift import Lifts
from truelift.measurement.limits import THEORY, Limits
from truelift.measurement.ragged import Floats, Integers
from truelift.measurement.random_effects import pooled

FEWEST = 3
"""Creators needed for one to be left out of."""

CHECK = Check(
    name="leave_one_out",
    scope="campaign",
    asks="Does the campaign's lift rest on a single creator?",
    how=(
        "The campaign's mean lift is taken again without each creator. It fails when limits that "
        "were clear of 0 enclose it without somebody; it warns when somebody moves the mean by "
        "more than one standard error of the others and stands out from the others besides."
    ),
    false_alarms="5 % of campaigns at most (simulated with 3 to 30 creators: 0.3-3.4 %)",
    blind_to="Two creators who stand out together.",
)


def leave_one_out(lifts: Lifts, creators: Sequence[str], limits: Limits = THEORY) -> Finding:
    """Leave each creator out of the mean, all platforms of one together.

    creators: whose each row of lifts is. limits: of the campaign as a whole; without a creator they
    keep their multiplier and the variance between creators. An outlier is judged by a t on the
    others' own variance (externally studentised).
    """
    known = lifts.known
    names = sorted({creators[row] for row in np.flatnonzero(known).tolist()})
    whole = campaign_lift(lifts, limits=limits)
    if isinstance(whole, Withheld) or len(names) < FEWEST:
        return not_run(CHECK, f"{len(names)} creators have a lift; {FEWEST} at least are needed.")
    place = {name: index for index, name in enumerate(names)}
    index = np.array([place[creators[row]] for row in np.flatnonzero(known).tolist()])
    delta, variance = lifts.log[known], lifts.ratios.variance[known]
    weight = 1 / (variance + whole.between)
    mass = np.bincount(index, weight)
    pull = np.bincount(index, weight * delta)
    rest = np.sum(mass) - mass
    without: Floats = (np.sum(pull) - pull) / rest
    # Creators share their controls: that noise is weighed as they are and never averages out.
    loud = weight * np.asarray(lifts.control.se)[known]
    noise = ((np.sum(loud) - np.bincount(index, loud)) / rest) ** 2
    se = float(np.sqrt(1 / np.sum(mass) + (np.sum(loud) / np.sum(mass)) ** 2))
    half = (whole.high - whole.low) / 2 / se * np.sqrt(1 / rest + noise)
    side = int(whole.low > 0) - int(whole.high < 0)
    lost = (side != 0) & ~(side * without > half)
    chance, others = _stands_out(index, delta, variance, len(names))
    moved = np.abs(without - whole.log)
    apart = np.sqrt(others**2 + noise)
    odd = (moved > apart) & (chance * len(names) < WARNING_RATE)
    who = int(np.argmax(np.where(lost, np.inf, moved) if not lost.any() else moved * lost))
    verdict = Verdict.FAILS if lost.any() else Verdict.WARNS if odd.any() else Verdict.PASSES
    if verdict is Verdict.WARNS:
        who = int(np.argmax(moved * odd))
    values = (
        Value("lift", whole.log, "log, mean of all"),
        Value("without", float(without[who]), f"log, mean without {names[who]}"),
        Value("moved", float(moved[who] / apart[who]), "standard errors of the others' mean"),
        Value("movers", int(np.sum(moved > apart)), "creators that move it by more than one"),
        Value("flips", int(np.sum(without * whole.log < 0)), "creators that change its sign"),
        Value("creators", len(names), "creators with a lift"),
    )
    return _told(verdict, values, names[who])


def _stands_out(
    index: Integers, delta: Floats, variance: Floats, creators: int
) -> tuple[Floats, Floats]:
    """Give each creator's chance to lie as far from the others' mean, and that mean's se.

    A creator's platforms are joined by their weights first. The variance between the others is
    theirs alone, so an outlier does not hide behind what it adds itself.
    """
    mass = np.bincount(index, 1 / variance, creators)
    own = np.bincount(index, delta / variance, creators) / mass
    chance, se = np.empty((2, creators))
    for left in range(creators):
        others = np.arange(creators) != left
        found = pooled(own[others][None], 1 / mass[others][None])
        mean, spread, between = (float(v[0]) for v in (found.mean, found.variance, found.between))
        se[left] = np.sqrt(spread)
        apart = (own[left] - mean) / np.sqrt(1 / mass[left] + between + spread)
        chance[left] = 2 * scipy.special.stdtr(creators - 2, -abs(apart))
    return chance, se


def _told(verdict: Verdict, values: tuple[Value, ...], who: str) -> Finding:
    lift, without, moved = (item.value for item in values[:3])
    said = f"Without {who} the mean lift would be {times(without)} instead of {times(lift)}"
    if verdict is Verdict.PASSES:
        return Finding(
            CHECK.name,
            verdict,
            values,
            f"{said}, the largest change that one creator makes ({moved:.1f} standard errors); "
            "nobody decides the conclusion alone.",
        )
    if verdict is Verdict.FAILS:
        return Finding(
            CHECK.name,
            verdict,
            values,
            f"{said}, and its limits would include no effect: the conclusion rests on {who} alone.",
            f"Report the campaign with and without {who}; do not expect as much of the others.",
        )
    return Finding(
        CHECK.name,
        verdict,
        values,
        f"{said} ({moved:.1f} standard errors): {who} stands out from the others.",
        f"Look at {who} apart from the others, and check those posts and codes first.",
    )
