"""Shared audience: how many of the people whom a creator brought another creator brought too.

In:   whom creators brought (customers and visitors, as far as they are known).
Out:  per creator the largest share that it has in common with another, and with whom.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy

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
    table = known.read("measurement.audiences", shares=known.shares)
    place = {name: at for at, name in enumerate(names)}
    table = table.filter(pc.is_in(table["creator"], value_set=pa.array(list(names), pa.string())))
    person = table["person"].combine_chunks().dictionary_encode()
    if not len(person):
        return {}
    row = np.array([place[name] for name in table["creator"].to_pylist()], np.int64)
    column = person.indices.to_numpy()
    ones = np.ones(len(row))
    shape = (len(names), len(person.dictionary))
    brought = scipy.sparse.csr_array((ones, (row, column)), shape=shape)
    common = (brought @ brought.T).tocoo()
    people = np.bincount(row, minlength=len(names))
    enough = people >= LEAST_PEOPLE
    asked = np.array([beside is None or name in beside for name in names], bool)
    best: dict[str, Shared] = {}
    pairs = zip(common.row.tolist(), common.col.tolist(), common.data.tolist(), strict=True)
    for one, other, count in sorted(pairs):
        if one == other or not (enough[one] and enough[other] and asked[other]):
            continue
        share = count / int(people[one])
        before = best.get(names[one])
        if before is None or share > before.share:
            best[names[one]] = Shared(names[other], share, int(people[one]))
    return best
