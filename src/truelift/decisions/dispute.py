"""Dispute: whether what an order earned its creator is held, and why.

In:   what was decided last on orders and codes.
Out:  the dispute that holds an order, None when it may be paid for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from truelift.base.time import Instant
from truelift.decisions.leaks import Judged

HELD, RELEASED = "held", "released"
ORDER, CODE = "order", "code"


@dataclass(frozen=True, slots=True)
class Dispute:
    """Where an order or a code stands: held or released, why, by whom.

    appeal: what the creator said against it; what is appealed stays held until it is released.
    """

    what: str
    subject: str
    state: str
    reason: str
    appeal: str | None
    decided_by: str
    decided_at: Instant

    @property
    def name(self) -> str:
        """Give the name under which it is kept."""
        return f"{self.what}/{self.subject}"

    @property
    def sentence(self) -> str:
        """Say it in words."""
        said = f" The creator appeals: {self.appeal}" if self.appeal else ""
        return f"{self.what} {self.subject} {self.state} by {self.decided_by}: {self.reason}{said}"


def held_by(judged: Judged, decided: Mapping[str, Dispute]) -> Dispute | None:
    """Give the dispute that an order is held by; what is decided on the order itself stands.

    A code that is held holds those of its orders that are questioned, later ones too.
    """
    own = decided.get(f"{ORDER}/{judged.order.order}")
    if own is not None:
        return own if own.state == HELD else None
    code = decided.get(f"{CODE}/{judged.order.code}")
    return code if code is not None and code.state == HELD and judged.questioned else None
