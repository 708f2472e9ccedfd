"""Compact: small segments of the log of facts become larger ones, while nothing else is due.

In:   a ground whose process owns the facts.
Out:  fewer files with the same rows; facts and what a rebuild makes of the log stay as they are.
"""

from __future__ import annotations

import time

from truelift.operations.people import Action, needs
from truelift.store.ground import Ground

SETTLED_SECONDS = 60.0
"""Segments that are younger are left alone."""


@needs(Action.IMPORT, logged=False, alone=False)
def compact(ground: Ground) -> int:
    """Merge one run of segments that were written a while ago; give how many, 0 for none."""
    return ground.facts.compact(time.time() - SETTLED_SECONDS)
