"""Unfilled: which kind of rows is missing where a question has no answer.

In:   kinds of rows that the question stands on.
Out:  the first of which nothing is known.
"""

from __future__ import annotations

from collections.abc import Sequence

from truelift.base.time import Instant
from truelift.facts.kinds import kind_named
from truelift.operations.knowledge import knowledge
from truelift.operations.listing import known_rows
from truelift.operations.people import Action, needs
from truelift.store.ground import Ground


@needs(Action.READ)
def first_missing(
    ground: Ground, kinds: Sequence[str], known_at: Instant | None = None
) -> str | None:
    """Give the first kind without a row, in the order given; None when all have some."""
    known = knowledge(ground, known_at=known_at)
    return next((kind for kind in kinds if not known_rows(known, kind_named(kind), 1)), None)
