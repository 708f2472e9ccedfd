"""Approvals: how many people have to say yes, who did, and who may not.

In:   what is to be approved, who prepared it, its amount.
Out:  control records of kind `approval`: the threshold, and each yes by whom and when.

Up to the brand's threshold one approval is enough, above it two. Nobody approves what they
prepared, and nobody approves twice. An approval is of one content: prepared anew, approved anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from truelift.base.errors import UsageError
from truelift.base.ids import content_hash
from truelift.base.money import MINOR_LIMIT
from truelift.catalog.permission import same_person
from truelift.operations.people import Action, different, logged_as, needs, require
from truelift.store import control_records
from truelift.store.control_records import APPROVAL
from truelift.store.ground import Ground

Row = dict[str, Any]

THRESHOLD = "threshold"
_YES = "yes/"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where something stands: how many approvals it needs, and who has given one."""

    needed: int
    given: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Say whether enough people have approved."""
        return len(self.given) >= self.needed


@needs(Action.SET_THRESHOLD, "amount_minor")
def set_threshold(ground: Ground, amount_minor: int | None) -> None:
    """Set the amount (minor units of the brand's currency) above which a second approval is needed.

    None: one approval is enough for every amount.
    """
    if amount_minor is not None and not 0 <= amount_minor <= MINOR_LIMIT:
        msg = f"A threshold of {amount_minor} is none; name an amount from 0, or none at all."
        raise UsageError(msg)
    record = {"amount_minor": amount_minor, "currency": ground.brand.currency}
    _keep(ground, THRESHOLD, record)


@needs(Action.READ)
def threshold(ground: Ground) -> int | None:
    """Give the amount above which a second approval is needed; None without one."""
    with ground.workspace.transaction() as connection:
        kept = control_records.newest(connection, ground.brand.brand, APPROVAL).get(THRESHOLD)
    found: int | None = kept.record["amount_minor"] if kept else None
    return found


def approve(
    ground: Ground,
    action: Action,
    subject: str,
    *,
    content: str,
    prepared_by: str,
    amount_minor: int = 0,
) -> Standing:
    """Give one approval and where the matter stands then; Refused for the wrong person.

    subject: what it is, such as `close/2026-05`. content: the hash of what is approved.
    amount_minor: of the brand's currency; its sign does not matter.
    """
    require(ground, action, subject)
    with logged_as(ground, action, f"approval of {subject}"):
        different(prepared_by, ground.person, subject)
        before = standing(ground, subject, content=content, amount_minor=amount_minor)
        for name in before.given:
            different(name, ground.person, f"an approval of {subject}")
        record = {
            "subject": subject, "content": content, "action": action.value,
            "prepared_by": prepared_by, "amount_minor": amount_minor, "needed": before.needed,
        }  # fmt: skip
        _keep(ground, _name(subject, content), record)
    return Standing(before.needed, (*before.given, ground.person))


def standing(ground: Ground, subject: str, *, content: str, amount_minor: int = 0) -> Standing:
    """Say how many approvals something needs now, and who has given one of exactly this content."""
    name, limit = _name(subject, content), threshold(ground)
    with ground.workspace.transaction() as connection:
        kept = control_records.records(connection, ground.brand.brand, APPROVAL)
    given: list[str] = []
    for item in kept:
        fresh = not any(same_person(item.recorded_by, other) for other in given)
        if item.name == name and fresh:
            given.append(item.recorded_by)
    needed = 1 if limit is None or abs(amount_minor) <= limit else 2
    return Standing(needed, tuple(given))


def _name(subject: str, content: str) -> str:
    return f"{_YES}{content_hash([subject, content])}"


def _keep(ground: Ground, name: str, record: Row) -> None:
    with ground.workspace.transaction() as connection:
        control_records.keep(
            connection, ground.brand.brand, APPROVAL, name, record,
            at=ground.clock.now(), by=ground.person,
        )  # fmt: skip
