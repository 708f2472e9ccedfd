"""Conflicts: conversions on which a code and other evidence name different creators."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from truelift.attribution.models import preferred
from truelift.attribution.path import Conversion, ConversionId
from truelift.attribution.touchpoint import Evidence, Touchpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """The code names one creator, a click or second code another; the first code wins.

    reference: the code; other_reference: the other creator's code or link slug.
    """

    conversion: ConversionId
    converted_at: dt.datetime
    creator: str
    reference: str
    other_creator: str
    other_evidence: Evidence
    other_reference: str
    other_click_id: str | None
    other_touched_at: dt.datetime


def conflicts_of(conversion: Conversion, path: Sequence[Touchpoint]) -> list[Conflict]:
    """List the other creators that a coded conversion's path names, each by the last such touch."""
    if not path:
        return []
    chosen = path[preferred(path)]
    if chosen.evidence is not Evidence.CODE:
        return []
    others = {touch.creator: touch for touch in path if touch.creator != chosen.creator}
    return [
        Conflict(
            conversion=conversion.id,
            converted_at=conversion.converted_at,
            creator=chosen.creator,
            reference=chosen.reference,
            other_creator=other.creator,
            other_evidence=other.evidence,
            other_reference=other.reference,
            other_click_id=other.click_id,
            other_touched_at=other.touched_at,
        )
        for _, other in sorted(others.items())
    ]
