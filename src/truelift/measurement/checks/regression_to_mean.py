"""Regression to the mean: whether the creator was signed right after hot posts.

In:   the organic posts behind sealed baselines, and which of them came before the signing.
Out:  a Finding per creator: how hot the posts before signing were, and what they do to it.
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
from truelift.measurement.checks.history import History, pattern, rebased
from truelift.measurement.ragged import Booleans, Floats

JUDGED = 5
"""The last posts before signing: what a buyer sees on the profile's first screen."""

REST = 5
"""Other organic posts needed to say what is usual."""

CHECK = Check(
    name="regression_to_mean",
    scope="creator",
    asks="Was the creator picked right after unusually hot posts?",
    how=(
        f"The last {JUDGED} organic posts before the agreement was signed are compared, in the "
        "sealed model, with the others of the baseline, those after the signing included; only "
        "hotter counts. The baseline's level is estimated again without them."
    ),
    false_alarms="5 % of creators (real accounts at any date: Instagram 5.2 %, X 6.0 %)",
    blind_to="Creators picked by something else that fades, such as a topic in fashion.",
)


def regression_to_mean(known: History, before_signing: Booleans, signed: Booleans) -> list[Finding]:
    """Compare the last posts before signing with the rest.

    before_signing: posts published before the creator signed, shape (posts,). signed: creators
    whose day of signing is known, shape (creators,).
    """
    group, count = known.posts.group, known.posts.count
    earlier = np.bincount(group[before_signing], minlength=known.creators)
    judged = before_signing & (known.posts.positions >= (earlier - JUDGED)[group])
    enough = known.sealed & signed & (earlier >= JUDGED) & (count - JUDGED >= REST)
    found = pattern(known, judged.astype(np.float64))
    chance = np.where(enough, found.chance_above, np.nan)
    whole = rebased(known, known.drift, np.ones(len(judged), dtype=bool))
    without = rebased(known, known.drift, ~judged)
    bias: Floats = whole.level - without.level
    findings = []
    for creator, verdict in enumerate(verdicts(chance)):
        if verdict is Verdict.NOT_RUN:
            why = _missing(bool(signed[creator]), int(earlier[creator]), int(count[creator]))
            findings.append(not_run(CHECK, why))
            continue
        values = (
            Value("selection", float(found.size[creator]), "log, posts before signing"),
            Value("bias", float(bias[creator]), "log, on the baseline's level"),
            Value("posts", JUDGED, "organic posts before signing"),
            Value("chance", float(chance[creator]), "of as much with nothing there"),
        )
        findings.append(_told(verdict, values))
    return findings


def _missing(signed: bool, earlier: int, count: int) -> str:  # noqa: FBT001 - one fact of three
    if not signed:
        return "no agreement of this creator in this campaign says when it was signed."
    return (
        f"the sealed baseline lists {counted(earlier, 'organic post')} before the signing and "
        f"{count} in all; {JUDGED} and {JUDGED + REST} are needed."
    )


def _told(verdict: Verdict, values: tuple[Value, ...]) -> Finding:
    selection, bias = values[0].value, values[1].value
    if verdict is Verdict.PASSES:
        sentence = (
            f"The {JUDGED} posts before signing stood at {times(selection)} of the others: not "
            "unusually hot."
        )
        return Finding(CHECK.name, verdict, values, sentence)
    way = "too low" if bias > 0 else "too high"
    return Finding(
        CHECK.name,
        verdict,
        values,
        f"The {JUDGED} posts before signing stood at {times(selection)} of the others: picked when "
        f"hot. They put the baseline at {times(bias)} of its level without them, so the lift may "
        f"read {way} by as much.",
        "Seal again from a longer history, or judge this creator against control creators.",
    )
