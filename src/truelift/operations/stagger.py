"""Stagger: the day on which each creator of a campaign begins, drawn by lot before launch.

In:   the ground; a campaign's creators, the days to draw from.
Out:  the registered draw, to brief creators by; what it says of the campaign's factor at any look.

Orders only: the shop's leads are not read as a series by day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from truelift.base.errors import UsageError
from truelift.base.estimate import Reason, Withheld
from truelift.base.time import Instant, brand_day
from truelift.measurement import counterfactual
from truelift.measurement import stagger as model
from truelift.measurement.ragged import Floats
from truelift.measurement.redraws import DRAWS
from truelift.operations import lotteries
from truelift.operations.flights import live_beside
from truelift.operations.knowledge import Knowledge
from truelift.operations.lotteries import LEVEL, Drawn
from truelift.operations.panels import Panels
from truelift.operations.people import Action, needs
from truelift.operations.shop import DAY, Shop
from truelift.store.ground import Ground
from truelift.store.science_records import STAGGER, ScienceRecord

Row = dict[str, Any]
DESIGN = "stagger"


@needs(Action.SEAL, "campaign")
def register_stagger(
    ground: Ground,
    campaign: str,
    first: dt.date,
    last: dt.date,
    *,
    seed: int | None = None,
    days: int = 365,
    late: bool = False,
) -> Row:
    """Draw by lot, before launch, the day from `first` to `last` on which each creator begins.

    One draw a campaign; its seed is the machine's unless given. UsageError after the launch (unless
    `late`: then it is shown and never used) and where too few creators or days are known.
    """
    found = lotteries.opened(ground, STAGGER, campaign, late=late)
    flight = found.known.campaigns[campaign]
    if not flight["starts"] <= first <= last <= flight["ends"]:
        msg = (
            f"--first {first} --last {last}: draw from days of the flight of {campaign}, "
            f"{flight['starts']} to {flight['ends']}."
        )
        raise UsageError(msg)
    creators, choices = creators_of(found.known, campaign), (last - first).days + 1
    why = model.enough(len(creators), choices)
    since, until = lotteries.before(found, days)
    series = found.shop.series("orders", (), since, max(until, since))
    why = why or counterfactual.enough(series)
    if why is not None:
        raise UsageError(why.detail)
    told = {"formula": model.FORMULA, "campaign": campaign, "seed": lotteries.seeded(seed)}
    drawn = model.draw(len(creators), choices, lotteries.lot_of(told)).tolist()
    sizes, sized_by = _sizes(found.known, found.shop.panels, campaign, creators)
    strengths = counterfactual.fit(series)
    record = {
        **told,
        "outcome": "orders",
        "draws": DRAWS,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "first_day": since.isoformat(),
        "last_day": until.isoformat(),
        "ends": flight["ends"].isoformat(),
        "planned": (flight["ends"] - first).days + 1,
        "level": LEVEL,
        "sized_by": sized_by,
        "creators": [
            {"creator": name, "begins": (first + day * DAY).isoformat(), "size": size}
            for name, day, size in zip(creators, drawn, sizes, strict=True)
        ],
        "late": found.late,
        "registered_at": found.now.isoformat(),
        "strengths": asdict(strengths),
    }
    item = lotteries.kept(ground, STAGGER, record, found.now)
    return {"sha256": item.sha256, "registered_by": item.recorded_by, "record": record}


@needs(Action.READ)
def staggers(
    ground: Ground,
    campaign: str | None = None,
    *,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
) -> list[Row]:
    """Give what each stagger says now, and who began on the day that was drawn."""
    return lotteries.shown(ground, STAGGER, measured, campaign, as_of=as_of, known_at=known_at)


def measured(shop: Shop, item: ScienceRecord) -> Drawn:
    """Measure a stagger as far as the data go, at most to the registered end.

    The drawn days stay the lottery, whatever creators did: who begins on another day makes limits
    wider, so that nothing has to be withheld for it.
    """
    record, late = item.record, lotteries.is_late(shop, item)
    since, first, ends = (dt.date.fromisoformat(record[x]) for x in ("first_day", "first", "ends"))
    last = min(shop.last_day or since, ends)
    if last < first:
        return lotteries.nothing_yet(item, late=late)
    rows = record["creators"]
    begins = [dt.date.fromisoformat(row["begins"]) for row in rows]
    names = [row["creator"] for row in rows]
    series = shop.series("orders", (), since, last)
    tracked = _tracked(shop, record["campaign"], {*names}, since, last)
    strengths = counterfactual.Strengths(**record["strengths"])
    course = model.Course(series, tracked, (first - since).days, strengths)
    starts = model.Starts(
        np.array([(day - first).days for day in begins], dtype=np.int64),
        np.array([row["size"] for row in rows], dtype=np.float64),
        (dt.date.fromisoformat(record["last"]) - first).days + 1,
    )
    given = {"planned": record["planned"], "seed": lotteries.lot_of(record), "level": LEVEL}
    found = model.factor(course, starts, **given)
    counted = float(tracked[(first - since).days :].sum())
    followed, others = _followed(
        shop, record["campaign"], dict(zip(names, begins, strict=True)), last
    )
    beside = _outside(shop, record["campaign"], {*names}, first, last)
    factor = lotteries.as_factor(found, counted, DESIGN, late=late)
    if beside > lotteries.MOST_OUTSIDE * (counted + beside):
        words = (
            f"{beside:g} of {counted + beside:g} tracked orders are of creators outside the lot."
        )
        factor = Withheld(Reason.NOT_OBSERVED, words)
    return Drawn(
        item,
        late,
        (last - first).days + 1,
        lotteries.times(found, counted),
        counted,
        factor,
        {
            "creators": len(names),
            "began_as_drawn": followed,
            "began_otherwise": others,
            "tracked_outside_the_lot": beside,
            "live_beside": list(live_beside(shop.known, record["campaign"], first, last)),
        },
        f"{followed} of {followed + len(others)} creators began on the drawn day.",
    )


def creators_of(known: Knowledge, campaign: str) -> list[str]:
    """Name who is to take part in a campaign: by agreement, code, link or list of participants."""
    arms = {
        row["creator"]: row["arm"]
        for row in known.rows("participants")
        if row["campaign"] == campaign
    }
    named = {
        row["creator"]
        for kind in ("agreements", "codes", "links")
        for row in known.rows(kind)
        if row["campaign"] == campaign and row["creator"] is not None
    }
    return sorted(name for name in named | {*arms} if arms.get(name, "treated") == "treated")


def _sizes(
    known: Knowledge, panels: Panels, campaign: str, creators: Sequence[str]
) -> tuple[list[float], str]:
    """Say how large each creator is expected to be, mean 1, and by what.

    By fees agreed, when each creator has one in one currency; else by orders of their evergreen
    codes and links, drawn half to the mean; else all alike.
    """
    fees = {
        row["creator"]: (float(row["fee"]), row["currency"])
        for row in known.rows("agreements")
        if row["campaign"] == campaign and row["fee"]
    }
    if {*creators} <= {*fees} and len({fees[name][1] for name in creators}) == 1:
        sizes, by = np.array([fees[name][0] for name in creators]), "fees"
    else:
        days = panels.evergreen_days("orders")
        sold = np.array([sum(days.get(name, {}).values()) for name in creators])
        sizes, by = (sold + sold.mean(), "evergreen orders") if sold.any() else (sold + 1, "none")
    return (sizes / sizes.mean()).tolist(), by


def _tracked(shop: Shop, campaign: str, names: set[str], since: dt.date, last: dt.date) -> Floats:
    counted = np.zeros((last - since).days + 1)
    for row in shop.panels.counted_days("orders"):
        mine = row["campaign"] == campaign and row["creator"] in names
        if mine and since <= row["day"] <= last:
            counted[(row["day"] - since).days] += row["units"]
    return counted


def _outside(shop: Shop, campaign: str, names: set[str], first: dt.date, last: dt.date) -> float:
    """Count a campaign's tracked orders of creators who were not in the lot."""
    return sum(
        float(row["units"])
        for row in shop.panels.counted_days("orders")
        if row["campaign"] == campaign
        and row["creator"] not in names
        and first <= row["day"] <= last
    )


def _followed(
    shop: Shop, campaign: str, begins: dict[str, dt.date], last: dt.date
) -> tuple[int, list[str]]:
    """Count who began on the drawn day, and name the others who should have begun by now."""
    followed, others = 0, []
    for name, day in begins.items():
        at = shop.known.launches.get((campaign, name))
        began = None if at is None else brand_day(at, shop.zone)
        if began == day:
            followed += 1
        elif began is not None or day <= last:
            others.append(f"{name}: drawn {day}, began {began or 'not yet'}")
    return followed, others
