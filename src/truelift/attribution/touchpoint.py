"""Touchpoint: one piece of evidence that a creator led to a conversion."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Evidence(StrEnum):
    """How a touchpoint is known, strongest first: the order in which code-first believes them."""

    CODE = "code"  # the conversion carries a code that the creator owned at that time
    CLICK = "click"  # the conversion carries the id of a human click on the creator's link
    VISITOR = "visitor"  # the same visitor, who did not refuse recognition, clicked the link
    TAG = "tag"  # a platform's creator tag or an aliased utm value; only when nothing else is found


@dataclass(frozen=True, slots=True, kw_only=True)
class Touchpoint:
    """One piece of evidence that a creator led to a conversion.

    campaign is None where the code or link belongs to none; `evergreen` is then true: such a touch
    is given to the campaign in whose flight it falls, later. platform and post_id are those of the
    post the link stands in, None when that is not known. touched_at: when it was clicked (UTC); a
    code and a tag touch at the moment of the conversion. reference: the code, the slug of the link
    or the tag as it was found. click_id: only of clicks.
    """

    creator: str
    campaign: str | None = None
    platform: str | None = None
    post_id: str | None = None
    evergreen: bool = False
    evidence: Evidence
    touched_at: dt.datetime
    reference: str
    click_id: str | None = None
