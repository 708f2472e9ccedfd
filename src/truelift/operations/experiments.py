"""Experiments: what part of what was tracked was extra, by lot or by a forecast made before launch.

In:   the ground; a campaign, its regions or creators, control series.
Out:  registrations kept for ever; factors with limits, grade and what speaks against them.

Precedence of a factor: randomised on this outcome in this campaign (A: an imported test, then the
lotteries of `lotteries`, the one registered first standing first), then a counterfactual that was
registered before launch (B), then a test of another campaign of the last 12 months (B).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from truelift.base.errors import UsageError
from truelift.base.estimate import Grade, Reason, Withheld
from truelift.base.time import Instant, brand_day
from truelift.measurement import counterfactual as model
from truelift.measurement.experiment import Incrementality, incrementality
from truelift.operations import geo_holdout, stagger
from truelift.operations.flights import flight, launched_on, live_beside
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.lotteries import registered
from truelift.operations.panels import PPM, Panels
from truelift.operations.people import Action, needs
from truelift.operations.shop import DAY, Shop
from truelift.store import science_records as records
from truelift.store.ground import Ground
from truelift.store.science_records import ScienceRecord

Row = dict[str, Any]
DESIGN = "counterfactual"
LEVEL = 0.95
LOTTERIES = {records.GEO_HOLDOUT: geo_holdout.measured, records.STAGGER: stagger.measured}
EVENTS_RULE = "Days of the calendar's events are left out, of the forecast and of the effect."


@dataclass(frozen=True, slots=True)
class Factor:
    """A campaign's effect on its shop by one registration, and what it makes of tracked counts.

    factor: effect over tracked counts on the same days, with limits; or why it is not used.
    """

    record: ScienceRecord
    launched: dt.date
    late: bool
    effect: model.Effect | Withheld
    tracked: float
    factor: Incrementality | Withheld
    events: tuple[str, ...]
    overlaps: tuple[str, ...]


@needs(Action.SEAL, "campaign", "outcome", "late")
def register_counterfactual(
    ground: Ground,
    campaign: str,
    *,
    outcome: str = "orders",
    controls: Sequence[str] = (),
    days: int = 365,
    late: bool = False,
) -> Row:
    """Write down, before launch, how a campaign's effect on the whole shop will be computed.

    Everything is fixed but the data to come: outcome, control series, days before, strengths of the
    model and the placebo that calibrates its limits. Refused after the launch unless `late`; then
    it is shown and never used. UsageError where there is too little to forecast from.
    """
    if outcome not in model.OUTCOMES:
        msg = f"--outcome {outcome} is not known; use one of {', '.join(model.OUTCOMES)}."
        raise UsageError(msg)
    known = knowledge(ground)
    ends = flight(known, campaign)["ends"]
    shop = Shop(known, Panels(known))
    launched, now = launched_on(known, campaign), ground.clock.now()
    is_late = launched <= brand_day(now, shop.zone)
    if is_late and not late:
        msg = (
            f"{campaign} launched on {launched}: a counterfactual is registered before launch. "
            "With --late it is shown, without a grade, and never used."
        )
        raise UsageError(msg)
    first, last = _before(shop, launched, days)
    series = shop.series(outcome, controls, first, last)
    why = model.enough(series)
    if why is not None:
        raise UsageError(why.detail)
    horizon = max((ends - launched).days + 1, 1)
    strengths = model.fit(series)
    placebo = model.placebo(series, strengths, horizon, level=LEVEL)
    record = {
        "campaign": campaign,
        "outcome": outcome,
        "controls": sorted(controls),
        "days": days,
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "horizon": horizon,
        "level": LEVEL,
        "events": EVENTS_RULE,
        "late": is_late,
        "registered_at": now.isoformat(),
        **model.as_record(strengths, placebo),
    }
    return _kept(ground, record, now) | {
        "pseudo_campaigns": placebo.blocks,
        "half_width": placebo.half_width if placebo.windows else None,
    }


def _kept(ground: Ground, record: Row, now: Instant) -> Row:
    """Keep a registration for ever, and give what is said of it."""
    name = f"{record['campaign']}/{record['outcome']}"
    version = now.isoformat(timespec="seconds")
    item = records.science(records.COUNTERFACTUAL, name, version, record, at=now, by=ground.person)
    with ground.workspace.transaction() as connection:
        records.keep(connection, ground.brand.brand, item)
    said = ("campaign", "outcome", "late", "first_day", "last_day")
    return {
        **{name: record[name] for name in said},
        "registered_at": now,
        "registered_by": ground.person,
        "sha256": item.sha256,
        "record": record,
    }


@needs(Action.READ)
def counterfactuals(
    ground: Ground,
    campaign: str | None = None,
    *,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
) -> list[Row]:
    """Give what each registered counterfactual says now, with all that speaks against it."""
    known = knowledge(ground, as_of=as_of, known_at=known_at)
    if campaign is not None:
        flight(known, campaign)
    found = shop_factors(known, Panels(known))
    return [_told(item) for item in found if campaign in {None, item.record.record["campaign"]}]


def shop_factors(known: Knowledge, panels: Panels) -> list[Factor]:
    """Measure every registered counterfactual as far as the data go."""
    with known.ground.workspace.transaction() as connection:
        brand = known.ground.brand.brand
        kept = records.newest(connection, brand, records.COUNTERFACTUAL, known.known_at)
    shop = Shop(known, panels)
    return [
        _measured(shop, item)
        for _, item in sorted(kept.items())
        if item.record["campaign"] in known.campaigns
    ]


def factor_of(
    known: Knowledge, panels: Panels, campaign: str, metric: str
) -> Incrementality | None:
    """Give the factor that applies to a campaign's tracked counts of a metric, best grade first."""
    found = [item for item in _tests(known, campaign, metric) if item.grade is Grade.A]
    found = found or _lotteries(known, panels, campaign, metric)
    if found:
        return found[0]
    for item in shop_factors(known, panels):
        named = (item.record.record["campaign"], item.record.record["outcome"])
        if named == (campaign, metric) and isinstance(item.factor, Incrementality):
            return item.factor
    return next(iter(_tests(known, campaign, metric)), None)


def _lotteries(
    known: Knowledge, panels: Panels, campaign: str, metric: str
) -> list[Incrementality]:
    """Give the factors of a campaign's own lotteries, the one that was registered first first."""
    shop = Shop(known, panels)
    found = [
        (item.recorded_at, measure(shop, item).factor)
        for kind, measure in LOTTERIES.items()
        for item in registered(known, kind, campaign)
        if item.record["outcome"] == metric
    ]
    found.sort(key=lambda pair: pair[0])
    return [factor for _, factor in found if isinstance(factor, Incrementality)]


def _tests(known: Knowledge, campaign: str, metric: str) -> list[Incrementality]:
    """Give the factors of imported tests, this campaign's first, then the newest."""
    rows = [row for row in known.rows("experiments") if row["outcome"] == metric]
    rows.sort(key=lambda row: (row["campaign"] == campaign, str(row["to"])), reverse=True)
    today = brand_day(known.as_of, known.ground.brand.timezone)
    read = [
        incrementality(
            row["factor"] / PPM,
            _fraction(row["low"]),
            _fraction(row["high"]),
            _fraction(row["level"]),
            design=row["design"],
            same_campaign=row["campaign"] == campaign,
            age_days=None if row["to"] is None else float((today - row["to"]).days),
        )
        for row in rows
    ]
    return [item for item in read if isinstance(item, Incrementality)]


def _measured(shop: Shop, item: ScienceRecord) -> Factor:
    known, record = shop.known, item.record
    campaign, outcome = record["campaign"], record["outcome"]
    launched, ends = launched_on(known, campaign), known.campaigns[campaign]["ends"]
    late = bool(record["late"]) or brand_day(item.recorded_at, shop.zone) >= launched
    last = min(shop.last_day or launched - DAY, ends)
    first = dt.date.fromisoformat(record["first_day"])
    if last < launched:
        nothing = Withheld(Reason.NOT_OBSERVED, "No whole day of the campaign is known yet.")
        return Factor(item, launched, late, nothing, 0.0, nothing, (), ())
    series = shop.series(outcome, record["controls"], first, last)
    start = (launched - first).days
    effect = model.effect(
        series,
        start,
        model.Strengths(**record["strengths"]),
        factor=record["placebo"]["factor"],
        horizon=record["horizon"],
        level=record["level"],
    )
    usable = {launched + place * DAY for place in range(len(series.usable) - start)
              if series.usable[start + place]}  # fmt: skip
    tracked = sum(
        row["units"]
        for row in shop.panels.counted_days("orders")
        if row["campaign"] == campaign and row["day"] in usable
    )
    overlaps = live_beside(known, campaign, launched, last)
    return Factor(
        item,
        launched,
        late,
        effect,
        tracked,
        _as_factor(effect, tracked, outcome, late=late, overlaps=overlaps),
        tuple(sorted({name for _, name in shop.events(first, last)})),
        overlaps,
    )


def _as_factor(
    effect: model.Effect | Withheld,
    tracked: float,
    outcome: str,
    *,
    late: bool,
    overlaps: tuple[str, ...],
) -> Incrementality | Withheld:
    """Give effect over tracked counts with limits, or why it is only shown."""
    reason = Reason.NOT_OBSERVED
    if isinstance(effect, Withheld):
        return effect
    if late:
        return Withheld(reason, "It was registered after the launch: it is shown and not used.")
    if overlaps:
        return Withheld(reason, f"The effect is shared with {', '.join(overlaps)}.")
    if outcome != "orders":
        return Withheld(reason, f"An effect on {outcome} is shown; tracked orders have no part.")
    if tracked <= 0:
        return Withheld(reason, "No order was tracked on these days.")
    ends = (effect.low / tracked, effect.high / tracked)
    return Incrementality(effect.effect / tracked, *ends, effect.level, DESIGN, Grade.B)


def _before(shop: Shop, launched: dt.date, days: int) -> tuple[dt.date, dt.date]:
    """Give the first and the last day before the launch that the forecast is made from."""
    if shop.first_day is None or shop.last_day is None:
        msg = "No order of the shop is known; import all orders, coded or not."
        raise UsageError(msg)
    last = min(launched - DAY, shop.last_day)
    return max(shop.first_day, last - (days - 1) * DAY), last


def _fraction(ppm: int | None) -> float | None:
    return None if ppm is None else ppm / PPM


def _told(item: Factor) -> Row:
    """Say a measured registration as a row; `used` says whether it gives the campaign's factor."""
    record, effect, factor = item.record.record, item.effect, item.factor
    known, used = isinstance(effect, model.Effect), isinstance(factor, Incrementality)
    names = ("days", "left_out", "observed", "expected", "effect", "low", "high")
    placebo = record["placebo"]
    return {
        "campaign": record["campaign"],
        "outcome": record["outcome"],
        "controls": record["controls"],
        "registered_at": item.record.recorded_at,
        "registered_by": item.record.recorded_by,
        "late": item.late,
        "launched": item.launched,
        **{name: getattr(effect, name) if known else None for name in names},
        "level": record["level"],
        "tracked": item.tracked,
        "factor": factor.factor if isinstance(factor, Incrementality) else None,
        "factor_low": factor.low if isinstance(factor, Incrementality) else None,
        "factor_high": factor.high if isinstance(factor, Incrementality) else None,
        "grade": factor.grade.value if isinstance(factor, Incrementality) else None,
        "used": used,
        "sentence": _sentence(factor, placebo),
        "events": list(item.events),
        "formula": record["formula"],
        "sha256": item.record.sha256,
    }


def _sentence(factor: Incrementality | Withheld, placebo: Row) -> str:
    if isinstance(factor, Withheld):
        return factor.detail
    if placebo["calibrated"]:
        return f"Limits calibrated by {placebo['blocks']} pseudo-campaigns apart, before launch."
    return (
        f"Only {placebo['blocks']} pseudo-campaigns apart before launch (20 would calibrate): the "
        f"model's limits, widened {placebo['factor']:.2f} times."
    )
