"""Geo holdout: regions that a campaign stays out of, drawn by lot before launch.

In:   the ground; a campaign, regions or countries by their orders before launch.
Out:  the registered draw; what it says of the campaign's effect and factor at any look.

Orders only: a lead says nowhere where it went.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from truelift.base.errors import UsageError
from truelift.base.estimate import Reason, Withheld
from truelift.base.time import Instant
from truelift.measurement import geo_holdout as model
from truelift.measurement.redraws import DRAWS
from truelift.operations import lotteries
from truelift.operations.flights import launched_on, live_beside
from truelift.operations.lotteries import LEVEL, Drawn
from truelift.operations.people import Action, needs
from truelift.operations.places import (
    BY,
    NOWHERE,
    Counted,
    columns,
    orders_by_place,
    total,
    tracked_by_place,
)
from truelift.operations.shop import DAY, Shop
from truelift.store.ground import Ground
from truelift.store.science_records import GEO_HOLDOUT, ScienceRecord

Row = dict[str, Any]
DESIGN = "geo"
LEAST_ORDERS = 10
"""Before launch: a region with fewer says nothing, and the campaign may go there or not."""

LEAST_DAYS = 28
BEFORE_FLIGHT = (
    "The campaign went live before its flight, so the days before are not without it; the factor "
    "of tracked orders does not need them."
)
SMALLEST_SHARE = 0.05


@needs(Action.SEAL, "campaign")
def register_holdout(
    ground: Ground,
    campaign: str,
    *,
    by: str = "region",
    share: float = 0.5,
    seed: int | None = None,
    days: int = 56,
    late: bool = False,
) -> Row:
    """Draw by lot, before launch, which regions a campaign stays out of, and write it down.

    One draw a campaign; its seed is the machine's unless given. UsageError after the launch (unless
    `late`: then it is shown and never used) and where too few regions or days are known.
    """
    if by not in BY:
        msg = f"--by {by} is not known; use one of {', '.join(BY)}."
        raise UsageError(msg)
    if not SMALLEST_SHARE <= share <= 1 - SMALLEST_SHARE:
        msg = f"--share {share} keeps out too little or too much; use 0.05 to 0.95."
        raise UsageError(msg)
    found = lotteries.opened(ground, GEO_HOLDOUT, campaign, late=late)
    first, last = lotteries.before(found, days)
    if (last - first).days + 1 < LEAST_DAYS:
        known_days = max((last - first).days + 1, 0)
        msg = f"{known_days} days with orders before launch; a geo holdout needs {LEAST_DAYS}."
        raise UsageError(msg)
    orders = orders_by_place(found.shop, by)
    counts = {place: total(orders, [place], first, last) for place in orders if place != NOWHERE}
    places = [place for place in counts if counts[place] >= LEAST_ORDERS]
    places.sort(key=lambda place: (-counts[place], place))
    why = model.enough(len(places), share)
    if why is not None:
        raise UsageError(why.detail)
    told = {"formula": model.FORMULA, "campaign": campaign, "seed": lotteries.seeded(seed)}
    lot = lotteries.lot_of(told)
    regions = model.draw(np.array([counts[place] for place in places]), share, lot)
    flight = found.known.campaigns[campaign]
    starts = found.launched if found.late else flight["starts"]
    record = {
        **told,
        "outcome": "orders",
        "by": by,
        "share": share,
        "draws": DRAWS,
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "starts": starts.isoformat(),
        "ends": flight["ends"].isoformat(),
        "planned": max((flight["ends"] - starts).days + 1, 1),
        "level": LEVEL,
        "step": model.drift(columns(orders, places, first, last)),
        "single_held": regions.single_held,
        "regions": _drawn_rows(places, regions),
        "late": found.late,
        "registered_at": found.now.isoformat(),
    }
    item = lotteries.kept(ground, GEO_HOLDOUT, record, found.now)
    return {"sha256": item.sha256, "registered_by": item.recorded_by, "record": record}


@needs(Action.READ)
def holdouts(
    ground: Ground,
    campaign: str | None = None,
    *,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
) -> list[Row]:
    """Give what each geo holdout says now, and how far its draw was followed."""
    return lotteries.shown(ground, GEO_HOLDOUT, measured, campaign, as_of=as_of, known_at=known_at)


def measured(shop: Shop, item: ScienceRecord) -> Drawn:
    """Measure a geo holdout as far as the data go, at most to the registered end."""
    record, late = item.record, lotteries.is_late(shop, item)
    first, starts, ends = (
        dt.date.fromisoformat(record[x]) for x in ("first_day", "starts", "ends")
    )
    last = min(shop.last_day or first, ends)
    if last < starts:
        return lotteries.nothing_yet(item, late=late)
    places = [row["region"] for row in record["regions"]]
    regions = _regions(record)
    everywhere = orders_by_place(shop, record["by"])
    tracked = tracked_by_place(shop, record["by"], record["campaign"])
    orders = columns(everywhere, places, first, last)
    dose = columns(tracked, places, first, last)
    start = (starts - first).days
    usual = model.usual_dose(regions, orders, start)
    reached = float(dose[~regions.held, start:].sum())
    leaked = float(dose[regions.held, start:].sum())
    parts, found = (
        model.factor(
            regions,
            model.RegionDays(orders, given, start, record["step"]),
            planned=record["planned"],
            seed=lotteries.lot_of(record),
            level=LEVEL,
        )
        for given in (usual, dose)
    )
    new = sorted(
        place
        for place in {*everywhere} - {*places, NOWHERE}
        if total(everywhere, [place], starts, last)
    )
    before, now = (
        _outside(everywhere, places, *days) for days in ((first, starts - DAY), (starts, last))
    )
    lost = total(tracked, [NOWHERE], starts, last)
    why = _not_of_the_lot(lost, total(tracked, tracked, starts, last), before, now)
    if why is not None:
        found = why
    if launched_on(shop.known, record["campaign"]) < starts and not late:
        parts = Withheld(Reason.NOT_OBSERVED, BEFORE_FLIGHT)
    return Drawn(
        item,
        late,
        (last - starts).days + 1,
        lotteries.times(parts, float(usual.sum())),
        reached,
        lotteries.as_factor(found, reached, DESIGN, late=late),
        {
            "regions": len(places),
            "kept_out": [place for place, out in zip(places, regions.held, strict=True) if out],
            "tracked_where_kept_out": leaked,
            "outside_the_lottery": new,
            "live_beside": list(live_beside(shop.known, record["campaign"], starts, last)),
        },
        _followed(reached, leaked, total(tracked, new, starts, last)),
    )


def _outside(everywhere: Counted, places: list[str], first: dt.date, last: dt.date) -> float:
    """Give the part of the shop's orders that names no place of the lottery."""
    whole = total(everywhere, everywhere, first, last)
    return 1 - total(everywhere, places, first, last) / whole if whole else 0.0


def _not_of_the_lot(lost: float, tracked: float, before: float, now: float) -> Withheld | None:
    """Say why a factor is not that of all tracked orders: places are missing, or named anew."""
    if lost > lotteries.MOST_OUTSIDE * tracked:
        return Withheld(
            Reason.NOT_OBSERVED,
            f"{lost:g} of {tracked:g} tracked orders name no place: import where they were shipped "
            "to.",
        )
    if now > before + lotteries.MOST_OUTSIDE:
        return Withheld(
            Reason.NOT_OBSERVED,
            f"{now:.0%} of the shop's orders name no place of the lottery, {before:.0%} did before "
            "launch: places are missing or are written differently now.",
        )
    return None


def _followed(reached: float, leaked: float, outside: float) -> str:
    """Say how far the campaign stayed out of where it was kept out."""
    said = []
    if leaked:
        part = leaked / (reached + leaked)
        said.append(f"{part:.0%} of tracked orders went where the campaign was kept out.")
    if outside:
        said.append(f"{outside:g} tracked orders went to places outside the lottery.")
    return " ".join(said)


def _drawn_rows(places: list[str], regions: model.Regions) -> list[Row]:
    given = zip(
        places,
        regions.before.tolist(),
        regions.stratum.tolist(),
        regions.held.tolist(),
        strict=True,
    )
    return [
        {"region": place, "orders": orders, "stratum": stratum, "kept_out": held}
        for place, orders, stratum, held in given
    ]


def _regions(record: Row) -> model.Regions:
    rows = record["regions"]
    return model.Regions(
        before=np.array([row["orders"] for row in rows], dtype=np.float64),
        stratum=np.array([row["stratum"] for row in rows], dtype=np.int64),
        held=np.array([row["kept_out"] for row in rows], dtype=bool),
        single_held=record["single_held"],
    )
