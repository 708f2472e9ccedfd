"""Policy of the books: what the controller signed, kept for ever, in force from a day.

In:   switches, the day they begin, who signs and the sentence of the sign-off.
Out:  a control record per version; the policies that the ledger reads; rows for a report.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from truelift.base.errors import UsageError
from truelift.ledger.accounting_calendar import AccountingCalendar
from truelift.ledger.policy import (
    SWITCHES,
    Estimates,
    LiveOrAccepted,
    Policies,
    Policy,
    Production,
    UnmatchedPayments,
    UsageRights,
)
from truelift.operations.knowledge import newest_recording
from truelift.operations.people import Action, needs
from truelift.store import control_records
from truelift.store.control_records import POLICY
from truelift.store.ground import Ground
from truelift.store.kept_records import KeptRecord
from truelift.store.workspace_database import BrandRecord

Row = dict[str, Any]

NAME = "books"
NONE = "none"
CHOICES = {
    "recognition": LiveOrAccepted,
    "usage_rights": UsageRights,
    "us_production": Production,
    "estimates": Estimates,
    "unmatched_payments": UnmatchedPayments,
}
NUMBERS = (
    "returns_reserve_ppm", "commission_validation_days", "minimum_live_days", "price_tolerance_ppm",
)  # fmt: skip
MOST_PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who signs a version, with which sentence, and from which day it is in force."""

    sentence: str
    valid_from: dt.date
    signed_by: str | None = None


def policies_of(
    connection: Connection, brand: BrandRecord, known_at: dt.datetime | None = None
) -> Policies:
    """Give every version of a brand's policy as known; without any, the defaults are in force."""
    versions = tuple(
        (dt.date.fromisoformat(item.record["valid_from"]), _policy(item, brand.currency))
        for item in _records(connection, brand.brand, known_at)
    )
    return Policies(Policy(brand.currency), versions)


@needs(Action.SET_POLICY, "changes")
def set_policy(ground: Ground, changes: Mapping[str, str], sign_off: SignOff) -> Row:
    """Keep a new version: the one in force on its first day with these changes; give its row.

    changes: switch -> text, `none` for no number. The version replaces, from its day on, what was
    in force; nothing that was signed is changed.
    """
    brand = ground.brand
    if not sign_off.sentence.strip():
        msg = "A policy is signed with a sentence; say with --sentence what was decided and why."
        raise UsageError(msg)
    if not changes:
        msg = f"Name at least one switch to set: {', '.join(SWITCHES)}."
        raise UsageError(msg)
    at = _after(ground)
    with ground.workspace.transaction() as connection:
        before = policies_of(connection, brand).on(sign_off.valid_from)
        after = replace(before, **_read(changes, brand))
        record = {name: _plain(getattr(after, name)) for name in SWITCHES} | {
            "valid_from": sign_off.valid_from.isoformat(),
            "signed_by": sign_off.signed_by or ground.person,
            "sentence": sign_off.sentence.strip(),
        }
        kept = control_records.keep(
            connection, brand.brand, POLICY, NAME, record, at=at, by=ground.person
        )
    return _row(kept)


@needs(Action.READ)
def policy_rows(ground: Ground, *, known_at: dt.datetime | None = None) -> list[Row]:
    """Give every version of the policy, first the defaults that nobody signed."""
    default = Policy(ground.brand.currency)
    unsigned = {name: _plain(getattr(default, name)) for name in SWITCHES} | {
        "valid_from": None, "signed_by": None, "sentence": "Defaults that nobody signed.",
        "recorded_at": None, "recorded_by": None, "version": "default",
    }  # fmt: skip
    with ground.workspace.transaction() as connection:
        return [unsigned, *map(_row, _records(connection, ground.brand.brand, known_at))]


def _after(ground: Ground) -> dt.datetime:
    """Give the time of the sign-off: now, and later than everything that was kept before."""
    return max(ground.clock.now(), newest_recording(ground) + dt.timedelta(microseconds=1))


def _records(
    connection: Connection, brand: str, known_at: dt.datetime | None = None
) -> list[KeptRecord]:
    found = control_records.records(connection, brand, POLICY, known_at)
    return [item for item in found if item.name == NAME]


def _row(item: KeptRecord) -> Row:
    return item.record | {"version": item.version}


def _policy(item: KeptRecord, currency: str) -> Policy:
    told = {name: item.record[name] for name in SWITCHES if name in item.record}
    for name, choice in CHOICES.items():
        if name in told:
            told[name] = choice(told[name])
    day = told.get("go_live")
    return Policy(currency, **told | {"go_live": dt.date.fromisoformat(day) if day else None})


def _plain(value: object) -> str | int | None:
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if isinstance(value, int) or value is None else str(value)


def _read(changes: Mapping[str, str], brand: BrandRecord) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, text in changes.items():
        if name in CHOICES:
            found[name] = _choice(name, text)
        elif name in NUMBERS:
            found[name] = None if text == NONE else _number(name, text)
        elif name == "go_live":
            found[name] = None if text == NONE else _first_day(text, brand)
        else:
            msg = f"{name} is no switch of the policy; use one of {', '.join(SWITCHES)}."
            raise UsageError(msg)
    return found


def _choice(name: str, text: str) -> object:
    choices = [each.value for each in CHOICES[name]]
    if text not in choices:
        msg = f"{name} is {' or '.join(choices)}, not {text}."
        raise UsageError(msg)
    return CHOICES[name](text)


def _number(name: str, text: str) -> int:
    most = MOST_PPM if name.endswith("_ppm") else None
    if not text.isascii() or not text.isdigit() or (most is not None and int(text) > most):
        unit = "parts per million, at most 1000000" if most else "days"
        msg = f"{name} is a whole number of {unit}, or none, not {text}."
        raise UsageError(msg)
    return int(text)


def _first_day(text: str, brand: BrandRecord) -> dt.date:
    """Read the first day of the books; it begins an accounting period."""
    calendar = AccountingCalendar.parse(brand.calendar)
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or calendar.first_day(calendar.period_of(day)) != day:
        msg = f"go_live is the first day of an accounting period, such as 2026-05-01, not {text}."
        raise UsageError(msg)
    return day
