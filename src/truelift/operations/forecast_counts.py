"""Forecast of counts: orders, leads and clicks of a campaign, from rates before launch and since.

In:   a Measurement, a campaign, what comes in late.
Out:  columns over the creators of the campaign, and why some of them have no incremental part.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from truelift.base.estimate import Reason, Withheld
from truelift.base.time import Instant
from truelift.decisions.forecast import Counting, Evidence, count_evidence
from truelift.measurement.development import Development
from truelift.measurement.ragged import Floats
from truelift.measurement.seal import Record, read_code_history, read_weekdays
from truelift.operations.count_controls import count_controls
from truelift.operations.counts import brand_week, observed, window_days
from truelift.operations.knowledge import local_day
from truelift.operations.measure import Measurement
from truelift.operations.plans import DAY, Due, Flown, deliverables, flown, parties
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
    measurement: Measurement, campaign: str, metric: str, late: Development | Withheld
) -> Counted:
    """Arrange what is known of the creators of a campaign in a metric that is counted by day.

    late: what comes to a campaign's counts after its end.
    """
    return _Counts(measurement, campaign, metric).counted(late)


@dataclass
class _Counts:
    """One campaign in one metric, everything read once."""

    measurement: Measurement
    campaign: str
    metric: str

    @cached_property
    def names(self) -> list[str]:
        return parties(self.measurement.known, self.campaign)

    @cached_property
    def flight(self) -> Flown:
        return flown(self.measurement.known, self.campaign)

    @cached_property
    def records(self) -> dict[str, Record | None]:
        """Give what was sealed of each creator's codes and links."""
        found = self.measurement.seals
        seals = {name: found.get((self.campaign, name, CONVERSIONS, "")) for name in self.names}
        return {name: None if seal is None else seal.record for name, seal in seals.items()}

    @cached_property
    def weekdays(self) -> dict[str, Floats]:
        known, panels = self.measurement.known, self.measurement.panels
        yesterday = local_day(known.as_of, known.ground.brand.timezone) - DAY
        week = brand_week(panels, self.metric, yesterday)
        return {
            name: week if record is None else read_weekdays(record, self.metric)
            for name, record in self.records.items()
        }

    @cached_property
    def windows(self) -> dict[str, tuple[Instant, dt.date]]:
        """Give since when each creator is live, and up to which day counts are known.

        A later campaign of a creator takes the evergreen codes over; what this one's own codes and
        links still bring is counted to its end, so the level is taken off for all of these days.
        """
        known = self.measurement.known
        today = local_day(known.as_of, known.ground.brand.timezone)
        last = min(known.campaigns[self.campaign]["ends"], today)
        last = self.measurement.panels.looked_until(self.metric, last)
        return {
            creator: (launched, last)
            for (name, creator), launched in known.launches.items()
            if name == self.campaign and creator in self.records
        }

    def counted(self, late: Development | Withheld) -> Counted:
        """Give the columns."""
        panels, metric, names = self.measurement.panels, self.metric, self.names
        seen = observed(panels, self.campaign, metric, self.windows, self.weekdays)
        units, gone = (
            np.array([getattr(seen[name], part) if name in seen else 0.0 for name in names])
            for part in ("units", "days")
        )
        history = read_code_history([self.records[name] for name in names], metric)
        phi = np.where(np.isfinite(history.phi), history.phi, usual_dispersion(history.phi))
        has, began = (history.days > 0) & (history.n >= 0), gone > 0
        calendar, shared = self._calendar(list(seen))
        alone = count_evidence((history.n, history.days), (units, gone), phi)
        evidence = replace(alone, before=alone.before + calendar, shared=shared)
        left = np.array([self._left(name, name in seen) for name in names], float)
        factor, variance = self._late(late, float(np.sum(units)))
        counting = Counting(evidence, self._so_far(), gone, left, phi, factor, variance)
        words = (
            f"No evergreen code or link of this creator has a sealed history of {metric}; import "
            "its earlier ones and run `truelift seal --late`, or test it by an experiment."
        )
        unsealed = Withheld(NO_HISTORY[metric], words)
        words = "Nothing is live yet and nothing was sealed; run `truelift seal` before launch."
        nothing = Withheld(Reason.NO_HISTORY, words)
        each = zip(names, has.tolist(), (has | began).tolist(), strict=True)
        flags = {name: (sealed, some) for name, sealed, some in each}
        return Counted(
            names,
            counting,
            {name: unsealed for name, (sealed, _) in flags.items() if not sealed},
            {name: nothing for name, (_, some) in flags.items() if not some},
        )

    def _calendar(self, live: list[str]) -> tuple[Floats, float]:
        """Give what controls say of the calendar, per creator, and the variance shared in it."""
        if not self.windows:
            return np.zeros(len(self.names)), 0.0
        control = count_controls(
            self.measurement.panels, self.campaign, self.metric, self.windows, self.records
        ).over(len(live))
        mean = dict(zip(live, np.asarray(control.mean).tolist(), strict=True))
        error = float(np.max(np.asarray(control.se), initial=0.0))
        return np.array([mean.get(name, 0.0) for name in self.names]), error**2

    def _so_far(self) -> Floats:
        """Give all counts of the campaign so far, those after its end included."""
        found = dict.fromkeys(self.names, 0.0)
        for row in self.measurement.panels.counted_days(self.metric):
            if row["campaign"] == self.campaign and row["creator"] in found:
                found[row["creator"]] += row["units"]
        return np.array([found[name] for name in self.names], float)

    @cached_property
    def _due(self) -> list[Due]:
        return deliverables(self.measurement.known, self.campaign)

    def _left(self, name: str, live: bool) -> float:  # noqa: FBT001 - one of a creator's columns
        """Give the usual days that a creator will still be live: from now, or its first post."""
        known = self.measurement.known
        begin: Instant = max(known.as_of, self.flight.start)
        if not live:
            planned = [one.at for one in self._due if one.creator == name and one.at is not None]
            begin = max([begin, *planned[:1]])
        zone = known.ground.brand.timezone
        return window_days(begin, self.flight.end, zone, self.weekdays[name])

    def _late(self, late: Development | Withheld, units: float) -> tuple[float, float]:
        """Give the factor by which what comes after the end raises the counts, and its variance."""
        if isinstance(late, Withheld):
            return 1.0, 0.0
        after = max((self.measurement.known.as_of - self.flight.end) / DAY, 0.0)
        factor = float(late.still(np.array([after]))[0])
        more = factor - 1
        variance = late.relative_variance(max(units, 1.0)) / more**2 if more > 0 else 0.0
        return factor, min(variance, 1.0)


def usual_dispersion(phi: Floats) -> float:
    """Give the median over-dispersion of those who have a history, else USUAL_DISPERSION."""
    known = phi[np.isfinite(phi)]
    return float(np.median(known)) if len(known) else USUAL_DISPERSION
