"""Counts: the history of evergreen codes and links, and what came of a campaign, by usual days.

In:   Panels (conversions and clicks by creator and day), launches, the end of what is known.
Out:  count baselines to seal; counts and usual days of each creator so far.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from truelift.base.time import Instant, utc_to_local
from truelift.measurement.counts import code_history
from truelift.measurement.ragged import Floats, floats
from truelift.measurement.seal import CountBaseline
from truelift.measurement.weekdays import expected_days, weekday_factors, weekday_of
from truelift.operations.knowledge import end_of, local_day
from truelift.operations.panels import Panels

COUNT_METRICS = ("orders", "leads", "clicks")
HISTORY_DAYS = 90
LEAST_HISTORY_DAYS = 14
WEEKDAY_DAYS = 364
"""Days before launch that say how busy each weekday of the brand is: whole weeks of one year."""

DAY = dt.timedelta(days=1)
Days = dict[dt.date, float]


@dataclass(frozen=True, slots=True)
class Observed:
    """What came of a creator in a campaign so far: counts of a metric, and the days it took.

    days: usual days, each day counted by the part of it that was seen and its weekday's factor.
    """

    units: float
    days: float


def count_baselines(
    panels: Panels, names: Sequence[str], last: dt.date
) -> dict[str, list[CountBaseline]]:
    """Describe the history of creators' evergreen codes and links up to a day, metric by metric.

    A metric with fewer than LEAST_HISTORY_DAYS days of history has no baseline.
    """
    found: dict[str, list[CountBaseline]] = {name: [] for name in names}
    for metric in COUNT_METRICS:
        days = [history(panels, name, metric, last) for name in names]
        if not any(days):
            continue
        factors = brand_week(panels, metric, last)
        group = np.repeat(np.arange(len(names)), [len(item) for item in days])
        dates = np.array([day for item in days for day in item], dtype="datetime64[D]")
        daily = np.array([units for item in days for units in item.values()], dtype=np.float64)
        factor = factors[weekday_of(dates)]
        usual = floats(np.bincount(group, weights=factor, minlength=len(names)))
        counted = floats(np.bincount(group, weights=daily, minlength=len(names)))
        described = code_history(counted, usual, group.astype(np.int64), daily, factor)
        for index, name in enumerate(names):
            if len(days[index]) >= LEAST_HISTORY_DAYS:
                found[name].append(
                    CountBaseline(
                        metric=metric,
                        n=float(counted[index]),
                        days=float(len(days[index])),
                        phi=float(described.phi[index]),
                        codes=() if metric == "clicks" else panels.evergreen("codes", name),
                        links=panels.evergreen("links", name),
                        usual_days=float(usual[index]),
                        weekdays=tuple(factors.tolist()),
                        first_day=min(days[index]).isoformat(),
                        last_day=max(days[index]).isoformat(),
                    )
                )
    return found


def history(panels: Panels, creator: str, metric: str, last: dt.date) -> Days:
    """Give a creator's evergreen counts on each day of history outside own campaigns.

    History ends where the data end: a day whose orders were not imported yet is not a day without
    orders. Clicks have a history only where there is an evergreen link.
    """
    zone = panels.known.ground.brand.timezone
    owned = panels.evergreen_links_since if metric == "clicks" else panels.evergreen_since
    first_known = panels.first_day.get(metric)
    if creator not in owned or first_known is None:
        return {}
    last = panels.looked_until(metric, last)
    first, since = max(first_known, last - (HISTORY_DAYS - 1) * DAY), owned[creator]
    if since is not None:
        first = max(first, local_day(since, zone))
    busy = panels.busy_days(creator)
    counted = dict.fromkeys((day for day in _days(first, last) if day not in busy), 0.0)
    for day, units in panels.evergreen_days(metric).get(creator, {}).items():
        if day in counted:
            counted[day] += units
    return counted


def brand_week(panels: Panels, metric: str, last: dt.date) -> Floats:
    """Give the weekday factors of a brand: all creators' counts outside campaigns, up to a day."""
    first_known = panels.first_day.get(metric, last)
    last = panels.looked_until(metric, last)
    days = _days(max(first_known, last - (WEEKDAY_DAYS - 1) * DAY), last)
    counted = dict.fromkeys(days, 0.0)
    for own in panels.evergreen_days(metric).values():
        for day, units in own.items():
            if day in counted:
                counted[day] += units
    first = days[0].weekday() if days else 0
    return weekday_factors(first, np.array(list(counted.values()), dtype=np.float64))


def observed(
    panels: Panels,
    campaign: str,
    metric: str,
    windows: Mapping[str, tuple[Instant, dt.date]],
    weekdays: Mapping[str, Floats],
) -> dict[str, Observed]:
    """Give what came of each creator live in a campaign so far: counts and days of the same days.

    windows: launch and last day of each creator. weekdays: each creator's sealed factors; all days
    are usual where none were sealed.
    """
    zone, as_of = panels.known.ground.brand.timezone, panels.known.as_of
    counted: dict[str, float] = defaultdict(float)
    for row in panels.counted_in(metric, campaign):
        window = windows.get(row["creator"])
        if window is not None:
            inside = local_day(window[0], zone) <= row["day"] <= window[1]
            counted[row["creator"]] += row["units"] if inside else 0.0
    today = local_day(as_of, zone)
    return {
        creator: Observed(
            counted.get(creator, 0.0),
            window_days(
                launched,
                min(as_of, end_of(min(last, today), zone)),
                zone,
                weekdays.get(creator, np.ones(7)),
            ),
        )
        for creator, (launched, last) in windows.items()
    }


def window_days(begin: Instant, end: Instant, zone: str, factors: Floats) -> float:
    """Give how many usual days lie between two instants, in a time zone's days; 0 if none."""
    if end <= begin:
        return 0.0
    local = utc_to_local(np.array([begin, end], dtype="datetime64[us]"), zone)
    first, last = local.astype("datetime64[D]")
    days = np.arange(first, last + 1)
    day = np.timedelta64(1, "D")
    part = (np.minimum(local[1], days + day) - np.maximum(local[0], days)) / day
    return expected_days(factors, days, part)


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + offset * DAY for offset in range(max((last - first).days + 1, 0))]
