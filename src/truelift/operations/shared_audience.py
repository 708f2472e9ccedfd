"""Shared audience: how many of the people whom a creator brought another creator brought too.

In:   whom creators brought (customers and visitors, as far as they are known).
Out:  per creator the largest share that it has in common with another, and with whom.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pyarrow as pa

from truelift.operations.knowledge import Knowledge

LEAST_PEOPLE = 20
"""Of fewer known people a share says little, and is not given."""


@dataclass(frozen=True, slots=True)
class Shared:
    """The part of a creator's known people that another brought too.

    share: in common over the creator's own. people: the creator's own, in number.
    """

    other: str
    share: float
    people: int


def shared_audiences(
    known: Knowledge, names: Sequence[str], beside: Collection[str] | None = None
) -> dict[str, Shared]:
    """Give each creator's largest share in common with another; unknown ones are left out.

    beside: the others to compare with; None: everybody.
    """
    people, common = counted_audiences(known, names)
    best: dict[str, Shared] = {}
    for (one, other), count in sorted(common.items()):
        few = min(people[one], people[other]) < LEAST_PEOPLE
        if few or (beside is not None and other not in beside):
            continue
        share = count / people[one]
        before = best.get(one)
        if before is None or share > before.share:
            best[one] = Shared(other, share, people[one])
    return best


def counted_audiences(
    known: Knowledge, names: Sequence[str]
) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """Count the known people of each creator, and those that two of them both brought."""
    given = pa.table({"creator": pa.array(sorted(set(names)), pa.string())})
    table = known.read("measurement.common_audiences", shares=known.shares, audiences=given)
    found = dict(
        zip(
            zip(table["creator"].to_pylist(), table["other"].to_pylist(), strict=True),
            table["people"].to_pylist(),
            strict=True,
        )
    )
    people = {one: count for (one, other), count in found.items() if one == other}
    return people, {pair: count for pair, count in found.items() if pair[0] != pair[1]}
