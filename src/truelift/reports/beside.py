"""Beside: what a campaign brings beside its goal, as every decision tells it.

In:   decisions.value_basis.Beside, None where nothing is.
Out:  a JSON object with its sentence.
"""

from __future__ import annotations

from typing import Any

from truelift.decisions.value_basis import Beside


def beside_json(beside: Beside | None) -> dict[str, Any] | None:
    """Give the contribution that is not counted, in minor units, and say it."""
    if beside is None:
        return None
    return {"contribution": beside.amount, "of": beside.what, "sentence": beside.sentence}
