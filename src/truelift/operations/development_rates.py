"""Development rates: what the triangles say of returns, proposed by one, approved by another.

In:   the ground; a proposal, who approves it.
Out:  control records; an approval signs a version of the policy of the books, whose reserve of
      returns (R20) then holds the rate until commissions are validated.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from truelift.base.errors import NotFound, UsageError
from truelift.base.estimate import Withheld
from truelift.base.ids import content_hash
from truelift.base.money import PARTS_PER_MILLION
from truelift.base.time import Instant, brand_day
from truelift.measurement.development import Development
from truelift.operations.developments import REFUND_AGES, Developments
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.panels import Panels
from truelift.operations.people import Action, different, needs
from truelift.operations.policy import SignOff, set_policy
from truelift.store import control_records
from truelift.store.control_records import DEVELOPMENT_RATE
from truelift.store.ground import Ground

Row = dict[str, Any]

SETTLED = 0.95
"""Commissions are validated at the age by which this part of all refunds has come in."""

PROPOSED, APPROVED = "proposed", "approved"
FORMULA = (
    "chain ladder over weeks of orders: goods kept at an age over goods kept at the age before, "
    "summed over all weeks that have come so far; the rate is 1 minus the product"
)


@needs(Action.READ)
def development_rates(
    ground: Ground, *, as_of: Instant | None = None, known_at: Instant | None = None
) -> list[Row]:
    """Give each age of the refunds' development, and the rate it comes to."""
    known = knowledge(ground, as_of=as_of, known_at=known_at)
    found = Developments(known, Panels(known)).refunds
    if isinstance(found, Withheld):
        return [{"age_days": None, "withheld": found.reason.value, "why": found.detail}]
    to_come = found.to_come.tolist()
    return [
        {
            "age_days": age,
            "kept_of_goods": round(to_come[0] / left, 6) if left else None,
            "refunded_still_to_come": round(1 - left, 6),
            "factor": round(float(found.factors[place]), 6) if place < len(found.factors) else None,
            "weeks": found.cohorts,
            "why": f"{1 - left:.2%} of goods are still refunded after {age} days.",
        }
        for place, (age, left) in enumerate(zip(found.ages, to_come, strict=True))
    ]


@needs(Action.PREPARE_CLOSE)
def propose_rates(ground: Ground, *, as_of: Instant | None = None) -> Row:
    """Propose the rates that the refunds' development gives now; somebody else approves them.

    Rates that are proposed already, by whomever, are that proposal and kept once.
    """
    known = knowledge(ground, as_of=as_of)
    found = Developments(known, Panels(known)).refunds
    if isinstance(found, Withheld):
        raise UsageError(found.detail)
    content = _content(known, found)
    name = content_hash(content)[:12]
    key, brand = f"{PROPOSED}/{name}", ground.brand.brand
    with ground.workspace.transaction() as connection:
        control_records.lock(connection, brand)
        every = control_records.newest(connection, brand, DEVELOPMENT_RATE)
        kept = every.get(key)
        if kept is None:
            kept = control_records.keep(
                connection, brand, DEVELOPMENT_RATE, key,
                content | {"prepared_by": ground.person}, at=ground.clock.now(), by=ground.person,
            )  # fmt: skip
    return _told(name, kept.record, APPROVED if f"{APPROVED}/{name}" in every else PROPOSED)


@needs(Action.SET_POLICY, "proposal", "sentence")
def approve_rates(
    ground: Ground, proposal: str, *, sentence: str = "", valid_from: dt.date | None = None
) -> Row:
    """Approve a proposal of somebody else: a version of the policy with its rates is signed.

    valid_from: first day it is in force; the day after the proposal's newest event when None.
    """
    brand = ground.brand.brand
    with ground.workspace.transaction() as connection:
        kept = control_records.newest(connection, brand, DEVELOPMENT_RATE)
    item = kept.get(f"{PROPOSED}/{proposal}")
    if item is None:
        msg = f"There is no proposal {proposal!r} of rates; "
        msg += "`truelift forecast propose-rates` gives the id of one."
        raise NotFound(msg)
    if f"{APPROVED}/{proposal}" in kept:
        msg = f"The proposal {proposal} is approved already; propose the rates anew."
        raise UsageError(msg)
    record = item.record
    different(record["prepared_by"], ground.person, f"the rates {proposal}")
    changes = {name: str(record[name]) for name in _SWITCHES}
    day = valid_from or dt.date.fromisoformat(record["as_of_day"]) + dt.timedelta(days=1)
    said = sentence.strip() or f"Development of refunds {proposal}: {record['sentence']}"
    policy = set_policy(ground, changes, SignOff(said, day))
    with ground.workspace.transaction() as connection:
        control_records.keep(
            connection, brand, DEVELOPMENT_RATE, f"{APPROVED}/{proposal}",
            {**{name: record[name] for name in _SWITCHES}, "prepared_by": record["prepared_by"],
             "policy_version": policy["version"]},
            at=ground.clock.now(), by=ground.person,
        )  # fmt: skip
    return _told(proposal, record, APPROVED) | {
        "valid_from": day,
        "approved_by": ground.person,
        "policy_version": policy["version"],
    }


_SWITCHES = ("returns_reserve_ppm", "commission_validation_days")


def _content(known: Knowledge, found: Development) -> Row:
    """Write the rates that a development comes to, and what they rest on."""
    held = math.ceil(max(1 - found.ultimate, 0.0) * PARTS_PER_MILLION)
    days = max(found.settled_after(SETTLED), REFUND_AGES[1])
    day = brand_day(known.as_of, known.ground.brand.timezone)
    return {
        "returns_reserve_ppm": held,
        "commission_validation_days": days,
        "as_of_day": day.isoformat(),
        "weeks": found.cohorts,
        "ages": list(found.ages),
        "factors": [round(each, 9) for each in found.factors.tolist()],
        "formula": FORMULA,
        "sentence": (
            f"{held / PARTS_PER_MILLION:.2%} of goods are refunded in the end, {SETTLED:.0%} of "
            f"that within {days} days, by {found.cohorts} weeks of orders up to {day}."
        ),
    }


def _told(name: str, record: Row, state: str) -> Row:
    return {
        "proposal": name,
        "state": state,
        "returns_reserve_ppm": record["returns_reserve_ppm"],
        "commission_validation_days": record["commission_validation_days"],
        "prepared_by": record["prepared_by"],
        "why": record["sentence"],
    }
