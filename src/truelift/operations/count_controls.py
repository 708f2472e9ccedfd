"""Count controls: creators with evergreen codes who are in no campaign take the calendar out.

In:   Panels, the windows of a campaign's creators, their sealed histories.
Out:  measurement's Control columns for counts, over the same days before and after.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np

from truelift.base.time import Instant, brand_day
from truelift.measurement.calendar import NO_CONTROL, Control
from truelift.measurement.concurrent import concurrent_ratios
from truelift.measurement.counts import overdispersion
from truelift.measurement.ragged import Floats
from truelift.measurement.seal import Record, count_record, read_weekdays
from truelift.measurement.weekdays import weekday_of
from truelift.operations.knowledge import midnight
from truelift.operations.panels import Panels

RULE = "creators with evergreen codes or links, on days on which they are in no campaign"
NAMED = "creators named as controls, on days on which they are in no campaign"
DAY = dt.timedelta(days=1)


def count_controls(
    panels: Panels,
    campaign: str,
    metric: str,
    windows: Mapping[str, tuple[Instant, dt.date]],
    sealed: Mapping[str, Record | None],
) -> Control:
    """Give the controls' log rate ratio over each creator's own days, in the order of `windows`.

    windows: launch and last day of each creator. A creator whose seal names no days of history (or
    who has none) gets no control. The last day counts by the part that has passed, like a creator's
    own; the day of a launch counts whole, on which everybody's counts are known.
    """
    named = panels.control_sets.named(campaign)
    names = _candidates(panels, campaign, metric, set(windows), named)
    histories = {name: count_record(sealed.get(name), metric) for name in windows}
    dated = [row for row in histories.values() if row.get("first_day")]
    if not names or not dated:
        return NO_CONTROL
    first = min(dt.date.fromisoformat(row["first_day"]) for row in dated)
    zone, as_of = panels.known.ground.brand.timezone, panels.known.as_of
    today = brand_day(as_of, zone)
    last = max(min(last, today) for _, last in windows.values())
    days = np.arange(np.datetime64(first), np.datetime64(max(last, first)) + 1)
    factors = next(read_weekdays(sealed[name], metric) for name, row in histories.items()
                   if row.get("first_day"))  # fmt: skip
    counts, free = _daily(panels, metric, names, days, factors)
    before, after = np.zeros((2, len(windows), len(days)))
    passed = _passed(panels, today)
    for row, (name, (launched, end)) in enumerate(windows.items()):
        if not histories[name].get("first_day"):
            continue
        begin, cut = (np.datetime64(histories[name][key]) for key in ("first_day", "last_day"))
        before[row] = (days >= begin) & (days <= cut)
        inside = (days >= np.datetime64(brand_day(launched, zone))) & (days <= np.datetime64(end))
        after[row] = np.where(days == np.datetime64(today), passed, 1.0) * inside
    launch = min(np.datetime64(brand_day(at, zone)) for at, _ in windows.values())
    history = (free > 0) & (days < launch)
    owner, _ = np.nonzero(history)
    usual = np.broadcast_to(factors[weekday_of(days)], free.shape)[history]
    phi = overdispersion(owner, counts[history], len(names), usual)
    found = concurrent_ratios(counts, free, phi, before, after)
    shown = np.empty(len(windows), dtype=object)
    for row, serves in enumerate(found.serves):
        shown[row] = tuple(name for name, serving in zip(names, serves, strict=True) if serving)
    return Control(found.mean, found.se, found.creators, rule=NAMED if named else RULE, names=shown)


def _candidates(
    panels: Panels, campaign: str, metric: str, treated: set[str], named: set[str]
) -> tuple[str, ...]:
    owned = panels.evergreen_links_since if metric == "clicks" else panels.evergreen_since
    may = set(owned) - treated - panels.control_sets.excluded(campaign)
    return tuple(sorted(may & named if named else may))


def _daily(
    panels: Panels,
    metric: str,
    names: tuple[str, ...],
    days: np.ndarray[tuple[int], np.dtype[np.datetime64]],
    factors: Floats,
) -> tuple[Floats, Floats]:
    """Give counts and usual days of each control on each day; 0 usual days where it is not free."""
    owned = panels.evergreen_links_since if metric == "clicks" else panels.evergreen_since
    zone = panels.known.ground.brand.timezone
    place = {day: index for index, day in enumerate(days.astype(object).tolist())}
    counts = np.zeros((len(names), len(days)))
    free = np.tile(factors[weekday_of(days)], (len(names), 1))
    known = panels.first_day.get(metric)
    for row, name in enumerate(names):
        for day, units in panels.evergreen_days(metric).get(name, {}).items():
            if day in place:
                counts[row, place[day]] += units
        for day in panels.busy_days(name):
            if day in place:
                free[row, place[day]] = 0
        since = owned[name]
        begins = [day for day in (known, since and brand_day(since, zone)) if day]
        if begins:
            free[row, days < np.datetime64(max(begins))] = 0
    return counts, free


def _passed(panels: Panels, today: dt.date) -> float:
    """Give the part of the last day that has passed."""
    zone = panels.known.ground.brand.timezone
    begins = midnight(today, zone)
    return min((panels.known.as_of - begins) / DAY, 1.0)
