"""Forecast of counts: orders, leads and clicks of a campaign, from rates before launch and since.

In:   a Measurement, a campaign, what comes in late.
Out:  columns over the creators of the campaign, and why some of them have no incremental part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truelift.base.estimate import Reason, Withheld
from truelift.base.time import Instant
from truelift.decisions.forecast import CONTINUITY, Counting, Evidence
from truelift.measurement.counts import LEAST_EXPECTED
from truelift.measurement.development import Development
from truelift.measurement.ragged import Floats
from truelift.measurement.seal import read_code_history, read_weekdays
from truelift.operations.count_controls import count_controls
from truelift.operations.counts import brand_week, observed, window_days
from truelift.operations.knowledge import Knowledge, local_day
from truelift.operations.measure import Measurement
from truelift.operations.plans import DAY, Due, Flown, flown
from truelift.operations.seal import CONVERSIONS

USUAL_DISPERSION = 1.5
"""Variance over mean of a day's count where no creator of the campaign has a history."""

NO_HISTORY = {
    "orders": Reason.NO_ORDER_BASELINE,
    "leads": Reason.NO_LEAD_BASELINE,
    "clicks": Reason.NO_BASELINE,
}


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Counts of a campaign's creators, why some are not measured, and why some have no forecast."""

    names: list[str]
    counting: Counting
    withheld: dict[str, Withheld]
    silent: dict[str, Withheld]

    def take(self, rows: list[int]) -> Counted:
        """Keep some creators."""
        one = self.counting
        evidence = one.evidence
        kept = Evidence(
            evidence.before[rows], evidence.before_variance[rows], evidence.since[rows],
            evidence.since_variance[rows], evidence.shared,
        )  # fmt: skip
        counting = Counting(
            kept, one.so_far[rows], one.days_gone[rows], one.days_left[rows],
            one.dispersion[rows], one.late, one.late_variance,
        )  # fmt: skip
        return Counted([self.names[row] for row in rows], counting, self.withheld, self.silent)


def counted(
    measurement: Measurement,
    campaign: str,
    metric: str,
    names: list[str],
    due: list[Due],
    late: Development | Withheld,
) -> Counted:
    """Arrange what is known of the creators of a campaign in a metric that is counted by day.

    late: what comes to a campaign's counts after its end.
    """
    known, panels = measurement.known, measurement.panels
    flight = flown(known, campaign)
    records = {
        name: None if seal is None else seal.record
        for name in names
        for seal in [measurement.seals.get((campaign, name, CONVERSIONS, ""))]
    }
    windows = {
        name: window
        for name, window in measurement.windows(campaign, metric).items()
        if name in records
    }
    week = brand_week(panels, metric, local_day(known.as_of, known.ground.brand.timezone) - DAY)
    weekdays = {
        name: week if record is None else read_weekdays(record, metric)
        for name, record in records.items()
    }
    seen = observed(panels, campaign, metric, windows, weekdays)
    live = np.array([name in seen for name in names], bool)
    units = np.array([seen[name].units if name in seen else 0.0 for name in names])
    gone = np.array([seen[name].days if name in seen else 0.0 for name in names])
    history = read_code_history([records[name] for name in names], metric)
    phi = np.where(np.isfinite(history.phi), history.phi, _usual(history.phi))
    has = (history.days > 0) & (history.n >= 0)
    before, since, young = _rates(history.n, history.days, has, units, gone)
    began = live & (gone > 0)
    shared = 0.0
    if windows:
        control = count_controls(panels, campaign, metric, windows, records).over(len(seen))
        mean = dict(zip(seen, np.asarray(control.mean).tolist(), strict=True))
        before = before + np.array([mean.get(name, 0.0) for name in names])
        shared = float(np.max(np.asarray(control.se), initial=0.0)) ** 2
    evidence = Evidence(
        before,
        np.where(has, phi / (np.where(has, history.n, 0.0) + CONTINUITY), np.inf),
        since,
        np.where(began, phi / np.where(young, CONTINUITY, units + CONTINUITY), np.inf),
        shared,
    )
    counting = Counting(
        evidence,
        _all_units(measurement, campaign, metric, names),
        gone,
        np.array([_left(measurement, flight, name, due, weekdays[name], name in seen)
                  for name in names]),  # fmt: skip
        phi,
        *_late(known, late, flight, float(np.sum(units))),
    )
    words = f"No evergreen code or link of this creator has a history of {metric}, sealed by launch."
    nothing = Withheld(Reason.NO_HISTORY, "Nothing is live yet and nothing was sealed.")
    return Counted(
        names,
        counting,
        {name: Withheld(NO_HISTORY[metric], words) for name, yes in zip(names, has, strict=True)
         if not yes},
        {name: nothing for name, yes in zip(names, has | began, strict=True) if not yes},
    )  # fmt: skip


def _usual(phi: Floats) -> float:
    known = phi[np.isfinite(phi)]
    return float(np.median(known)) if len(known) else USUAL_DISPERSION


def _rates(
    n0: Floats, t0: Floats, has: np.ndarray[tuple[int], np.dtype[np.bool_]], n1: Floats, t1: Floats
) -> tuple[Floats, Floats, Floats]:
    """Give log rates before and since, and who is too young to say anything of itself."""
    base = np.log(np.where(has, n0, 0.0) + CONTINUITY) - np.log(np.where(has, t0, 1.0))
    now = np.log(n1 + CONTINUITY) - np.log(np.where(t1 > 0, t1, 1.0))
    young = has & (np.exp(base) * t1 < LEAST_EXPECTED)
    return base, now, young


def _all_units(
    measurement: Measurement, campaign: str, metric: str, names: list[str]
) -> Floats:
    """Give all counts of a campaign so far, those after its end included."""
    found = dict.fromkeys(names, 0.0)
    for row in measurement.panels.counted_days(metric):
        if row["campaign"] == campaign and row["creator"] in found:
            found[row["creator"]] += row["units"]
    return np.array([found[name] for name in names], float)


def _left(
    measurement: Measurement,
    flight: Flown,
    name: str,
    due: list[Due],
    factors: Floats,
    live: bool,  # noqa: FBT001 - one of the columns of a creator
) -> float:
    """Give the usual days that a creator will still be live: from now, or from its first post."""
    known = measurement.known
    begin: Instant = max(known.as_of, flight.start)
    if not live:
        planned = [one.at for one in due if one.creator == name and one.at is not None]
        begin = max([begin, *planned[:1]])
    return window_days(begin, flight.end, known.ground.brand.timezone, factors)


def _late(
    known: Knowledge, late: Development | Withheld, flight: Flown, units: float
) -> tuple[float, float]:
    """Give the factor by which what comes after the end raises the counts, and its variance."""
    if isinstance(late, Withheld):
        return 1.0, 0.0
    after = max((known.as_of - flight.end) / DAY, 0.0)
    factor = float(late.still(np.array([after]))[0])
    more = factor - 1
    variance = late.relative_variance(max(units, 1.0)) / more**2 if more > 0 else 0.0
    return factor, min(variance, 1.0)
