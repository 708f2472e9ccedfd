"""Lotteries: campaigns whose regions or first days were drawn by lot before launch.

In:   the ground, Knowledge; registrations of geo holdouts and of staggers.
Out:  rules that both share (once, before launch, kept for ever), what each says now, the factors.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from truelift.base.errors import UsageError
from truelift.base.estimate import Grade, Reason, Withheld
from truelift.base.ids import content_hash
from truelift.base.time import Instant, brand_day
from truelift.measurement.experiment import Incrementality
from truelift.measurement.redraws import FactorLimits
from truelift.operations.flights import flight, launched_on
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.panels import Panels
from truelift.operations.shop import DAY, Shop
from truelift.store import science_records as records
from truelift.store.ground import Ground
from truelift.store.science_records import ScienceRecord

Row = dict[str, Any]
LEVEL = 0.95
SEED_BITS = 32
MOST_OUTSIDE = 0.05
"""A factor is of those who were in the lot: where more of what it would be of was not, it is not
used."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a lottery says now.

    effect: extra orders with limits. tracked: what the factor is of. said: what is shown beside.
    beside: a sentence about how well the draw was followed.
    """

    record: ScienceRecord
    late: bool
    days: int
    effect: FactorLimits | Withheld
    tracked: float
    factor: Incrementality | Withheld
    said: Row = field(default_factory=dict)
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a registration begins with. today: the day of the registration."""

    known: Knowledge
    shop: Shop
    now: Instant
    today: dt.date
    launched: dt.date
    late: bool


def opened(ground: Ground, kind: str, campaign: str, *, late: bool) -> Opened:
    """Begin a registration; UsageError after the launch (unless `late`) and for a second draw."""
    known = knowledge(ground)
    flight(known, campaign)
    shop = Shop(known, Panels(known))
    now, launched = ground.clock.now(), launched_on(known, campaign)
    today = brand_day(now, shop.zone)
    is_late = launched <= today
    if is_late and not late:
        msg = (
            f"{campaign} launched on {launched}: the lot is drawn before launch. With --late it "
            "is shown, without a grade, and never used."
        )
        raise UsageError(msg)
    with ground.workspace.transaction() as connection:
        earlier = records.newest(connection, ground.brand.brand, kind).get(campaign)
    if earlier is not None:
        msg = (
            f"The lot of {campaign} was drawn on {brand_day(earlier.recorded_at, shop.zone)} and "
            "stands: who draws until a draw pleases has no lottery. See `show`."
        )
        raise UsageError(msg)
    if shop.first_day is None or shop.last_day is None:
        msg = "No order of the shop is known; import all orders, coded or not."
        raise UsageError(msg)
    return Opened(known, shop, now, today, launched, is_late)


def before(found: Opened, days: int) -> tuple[dt.date, dt.date]:
    """Give the first and the last whole day with orders before launch and registration."""
    newest = found.shop.last_day or found.today
    last = min(found.launched - DAY, found.today - DAY, newest)
    return max(found.shop.first_day or last, last - (days - 1) * DAY), last


def seeded(seed: int | None) -> int:
    """Give the seed of a draw: the one asked for, else the machine's; UsageError for none."""
    if seed is None:
        return secrets.randbits(SEED_BITS)
    if not 0 <= seed < 2**SEED_BITS:
        msg = f"--seed {seed} is no seed; use a whole number from 0 to {2**SEED_BITS - 1}."
        raise UsageError(msg)
    return seed


def lot_of(record: Row) -> int:
    """Give what the draws of a registration begin from.

    The campaign is mixed in: two campaigns with one seed would have one and the same draw, and each
    would carry the other's effect.
    """
    return int(content_hash([record["formula"], record["campaign"], record["seed"]])[:12], 16)


def kept(ground: Ground, kind: str, record: Row, now: Instant) -> ScienceRecord:
    """Keep a registration for ever."""
    version = now.isoformat(timespec="seconds")
    item = records.science(kind, record["campaign"], version, record, at=now, by=ground.person)
    with ground.workspace.transaction() as connection:
        records.keep(connection, ground.brand.brand, item)
    return item


def registered(known: Knowledge, kind: str, campaign: str | None) -> list[ScienceRecord]:
    """Give what was registered of a kind, of one campaign or of all that are known."""
    with known.ground.workspace.transaction() as connection:
        found = records.newest(connection, known.ground.brand.brand, kind, known.known_at)
    return [
        item
        for name, item in sorted(found.items())
        if name in known.campaigns and campaign in {None, name}
    ]


def is_late(shop: Shop, item: ScienceRecord) -> bool:
    """Say whether a registration came after the launch, by what is known of it now."""
    launched = launched_on(shop.known, item.record["campaign"])
    return bool(item.record["late"]) or brand_day(item.recorded_at, shop.zone) >= launched


def as_factor(
    found: FactorLimits | Withheld, tracked: float, design: str, *, late: bool
) -> Incrementality | Withheld:
    """Give a lottery's factor with grade A, or why it is only shown."""
    if late:
        words = "It was registered after the launch: it is shown and not used."
        return Withheld(Reason.NOT_OBSERVED, words)
    if tracked <= 0:
        return Withheld(Reason.NOT_OBSERVED, "No order was tracked on these days.")
    if isinstance(found, Withheld):
        return found
    return Incrementality(found.factor, found.low, found.high, LEVEL, design, Grade.A)


def times(found: FactorLimits | Withheld, units: float) -> FactorLimits | Withheld:
    """Say a factor in units of what it is a factor of."""
    if isinstance(found, Withheld):
        return found
    return FactorLimits(found.factor * units, found.low * units, found.high * units)


def nothing_yet(item: ScienceRecord, *, late: bool) -> Drawn:
    """Say that no whole day of the campaign is known."""
    nothing = Withheld(Reason.NOT_OBSERVED, "No whole day of the campaign is known yet.")
    return Drawn(item, late, 0, nothing, 0.0, nothing)


def told(item: Drawn) -> Row:
    """Say a lottery as a row; `used` says whether it may give the campaign's factor."""
    record, effect, factor = item.record.record, item.effect, item.factor
    limits = effect if isinstance(effect, FactorLimits) else None
    used = factor if isinstance(factor, Incrementality) else None
    sentence = factor.detail if isinstance(factor, Withheld) else (
        f"Limits by {record['draws']} other draws of the same lottery; they hold at every look."
    )  # fmt: skip
    return {
        "campaign": record["campaign"],
        "outcome": record["outcome"],
        "registered_at": item.record.recorded_at,
        "registered_by": item.record.recorded_by,
        "late": item.late,
        "days": item.days,
        "planned_days": record["planned"],
        "effect": limits.factor if limits else None,
        "low": limits.low if limits else None,
        "high": limits.high if limits else None,
        "level": record["level"],
        "tracked": item.tracked,
        "factor": used.factor if used else None,
        "factor_low": used.low if used else None,
        "factor_high": used.high if used else None,
        "grade": used.grade.value if used else None,
        "used": used is not None,
        "sentence": f"{sentence} {item.beside}".strip(),
        **item.said,
        "formula": record["formula"],
        "seed": record["seed"],
        "sha256": item.record.sha256,
    }


Measure = Callable[[Shop, ScienceRecord], Drawn]


def shown(
    ground: Ground,
    kind: str,
    measure: Measure,
    campaign: str | None,
    *,
    as_of: Instant | None,
    known_at: Instant | None,
) -> list[Row]:
    """Give what each lottery of a kind says now."""
    known = knowledge(ground, as_of=as_of, known_at=known_at)
    if campaign is not None:
        flight(known, campaign)
    shop = Shop(known, Panels(known))
    return [told(measure(shop, item)) for item in registered(known, kind, campaign)]
