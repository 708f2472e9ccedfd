"""Payees: bank details that count only once another person has approved them.

In:   a creator and an IBAN as typed.
Out:  control records of kind `payee`: pending, approved or rejected, each by whom and when.

A changed bank detail is the commonest way in which money is stolen: whoever enters it does not
approve it, and who approves may type the number anew from the creator's own letter (`iban`).
"""

from __future__ import annotations

from typing import Any

from truelift.base.errors import CheckFailed, NotFound, UsageError
from truelift.catalog.payee import SHOWN, masked, read_iban
from truelift.operations.knowledge import knowledge
from truelift.operations.people import Action, different, needs
from truelift.store import control_records
from truelift.store.control_records import PAYEE
from truelift.store.credentials import guarded_hash, guarded_matches
from truelift.store.ground import Ground
from truelift.store.kept_records import KeptRecord

Row = dict[str, Any]

PENDING, APPROVED, REJECTED = "pending", "approved", "rejected"


@needs(Action.SET_PAYEE, "creator")
def set_payee(ground: Ground, creator: str, iban: str) -> Row:
    """Enter a creator's bank details; they are pending until another person approves them."""
    number = read_iban(iban)
    _known(ground, creator)
    record = {
        "state": PENDING, "country": number[:2], "last_four": number[-SHOWN:],
        "iban_hash": guarded_hash(number), "entered_by": ground.person,
    }  # fmt: skip
    _keep(ground, creator, record)
    return _row(_newest(ground)[creator])


@needs(Action.APPROVE_PAYEE, "creator", "reject")
def approve_payee(
    ground: Ground, creator: str, *, iban: str | None = None, reject: bool = False
) -> Row:
    """Approve (or reject) what another person entered.

    iban: the number typed again from the creator's own letter; refused when it is another.
    """
    item = _newest(ground).get(creator)
    if item is None or item.record["state"] != PENDING:
        msg = f"Nothing of {creator} waits for approval; `truelift payee list` tells what stands."
        raise NotFound(msg)
    pending = item.record
    if not reject:
        different(pending["entered_by"], ground.person, f"the bank details of {creator}")
    if iban is not None and not guarded_matches(read_iban(iban), pending["iban_hash"]):
        msg = f"This is not the IBAN that was entered for {creator}; ask them, then reject it."
        raise CheckFailed(msg)
    state = REJECTED if reject else APPROVED
    told = {"state": state, "pending_sha256": item.sha256, "retyped": iban is not None}
    _keep(ground, creator, pending | told | {"decided_by": ground.person})
    return _row(_newest(ground)[creator])


@needs(Action.READ)
def payees(ground: Ground) -> list[Row]:
    """List the newest state of every payee; of the number only country and last four."""
    return [_row(item) for _, item in sorted(_newest(ground).items())]


@needs(Action.READ)
def approved_matches(ground: Ground, creator: str, iban: str) -> bool:
    """Say whether an IBAN is the one that stands approved for a creator, as before a payment."""
    kept = approved(ground).get(creator)
    return kept is not None and guarded_matches(read_iban(iban), kept["iban_hash"])


def approved(ground: Ground) -> dict[str, Row]:
    """Give what stands approved for each creator: a pending change takes nothing away."""
    found: dict[str, Row] = {}
    with ground.workspace.transaction() as connection:
        for item in control_records.records(connection, ground.brand.brand, PAYEE):
            if item.record["state"] == APPROVED:
                found[item.name] = item.record
    return found


def _newest(ground: Ground) -> dict[str, KeptRecord]:
    with ground.workspace.transaction() as connection:
        return control_records.newest(connection, ground.brand.brand, PAYEE)


def _keep(ground: Ground, creator: str, record: Row) -> None:
    with ground.workspace.transaction() as connection:
        control_records.keep(
            connection, ground.brand.brand, PAYEE, creator, record,
            at=ground.clock.now(), by=ground.person,
        )  # fmt: skip


def _known(ground: Ground, creator: str) -> None:
    known = knowledge(ground)
    names = {row["creator"] for kind in ("creators", "agreements") for row in known.rows(kind)}
    if creator not in names:
        msg = f"There is no creator {creator!r} here; import the creator or their agreement first."
        raise UsageError(msg)


def _row(item: KeptRecord) -> Row:
    record = item.record
    return {
        "creator": item.name,
        "account": masked(record["country"], record["last_four"]),
        "state": record["state"],
        "entered_by": record["entered_by"],
        "decided_by": record.get("decided_by"),
        "retyped": record.get("retyped"),
        "recorded_at": item.recorded_at,
    }
