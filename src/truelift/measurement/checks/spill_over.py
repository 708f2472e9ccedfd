"""Spill-over: control creators that share an audience with a treated one.

In:   control and treated creators, ties between them, and who bought or visited through whom.
Out:  one Finding that names the control creators whose followers may have seen the campaign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from truelift.measurement.checks.finding import (
    WARNING_RATE,
    Check,
    Finding,
    Value,
    Verdict,
    counted,
    not_run,
)

LEAST_SHARED = 3
"""Customers in common below which nothing is said of an audience."""

ENOUGH = 5
"""Controls that should be left: fewer say little of the calendar."""

NAMED = 5

KINDS = {
    "post together": "post together",
    "mention": "mention",
    "customers": "customer in common",
}
"""What ties can be made of, and how one of each is called."""

CHECK = Check(
    name="spill_over",
    scope="campaign",
    asks="May the campaign have reached the control creators' audience too?",
    how=(
        "A control is tied to a treated creator by a post made together, by a mention of one in "
        "the other's posts, or by more customers in common than chance would give "
        "(hypergeometric, over all pairs together). It fails when no control is left untied."
    ),
    false_alarms="5 % of campaigns by customers in common; posts and mentions are counted facts",
    blind_to="Audiences that overlap without any trace in posts, mentions, orders or visits.",
)


@dataclass(frozen=True, slots=True)
class Tie:
    """What ties a control to a treated creator; kind: a key of KINDS."""

    control: str
    treated: str
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Audiences:
    """Whom creators brought, in numbers.

    everybody: how many people any creator brought. people: of each creator. common: of two of them,
    both ways.
    """

    everybody: int
    people: Mapping[str, int]
    common: Mapping[tuple[str, str], int]


def audience_ties(
    audiences: Audiences, controls: Sequence[str], treated: Sequence[str]
) -> list[Tie]:
    """Find pairs with more customers or visitors in common than chance would give.

    Everybody whom any creator brought is the population; Bonferroni over all pairs at WARNING_RATE.
    """
    pairs = len(controls) * len(treated)
    found = [
        (control, other, common, audiences.people[control], audiences.people[other])
        for control in controls
        for other in treated
        if (common := audiences.common.get((control, other), 0)) >= LEAST_SHARED
    ]
    shared_by, own, other_own = np.array([each[2:] for each in found], int).reshape(-1, 3).T
    # of all pairs at once: one by one the law alone takes seconds for some thousand creators
    chance = scipy.stats.hypergeom.sf(shared_by - 1, audiences.everybody, own, other_own)
    return [
        Tie(control, other, "customers", shared)
        for (control, other, shared, *_), unlikely in zip(
            found, chance * pairs < WARNING_RATE, strict=True
        )
        if unlikely
    ]


def spill_over(controls: Sequence[str], ties: Sequence[Tie]) -> Finding:
    """Say which controls are tied to a treated creator."""
    if not controls:
        return not_run(CHECK, "the campaign has no control creators.")
    tied = sorted({tie.control for tie in ties})
    left = len(controls) - len(tied)
    values = (
        Value("controls", len(controls), "control creators"),
        Value("tied", len(tied), "that share an audience with a treated one"),
        Value("left", left, "that do not"),
        Value("ties", len(ties), "pairs and kinds of tie"),
    )
    if not tied:
        sentence = f"None of {len(controls)} control creators has a visible tie to a treated one."
        return Finding(CHECK.name, Verdict.PASSES, values, sentence)
    named = [
        f"{tie.control} with {tie.treated} ({_words(tie)})"
        for tie in sorted(ties, key=lambda tie: (tie.control, tie.treated, tie.kind))
    ]
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    short = f"; {left} untied controls would be left, {ENOUGH} at least are wanted"
    return Finding(
        CHECK.name,
        Verdict.FAILS if left == 0 else Verdict.WARNS,
        values,
        f"Control creators may have felt the campaign: {', '.join(named[:NAMED])}{more}. A lift "
        "among controls makes the campaign's look smaller.",
        f"Take these creators out of the control set{short if left < ENOUGH else ''}.",
    )


def _words(tie: Tie) -> str:
    thing, _, how = KINDS[tie.kind].partition(" ")
    return f"{counted(tie.count, thing)} {how}".rstrip()
