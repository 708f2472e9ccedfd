"""Backtest: campaigns that are over, forecast again as of three moments of their flight.

In:   the ground.
Out:  how often the 80 % bands held, and the scale that makes them hold, kept as a control record.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sqlalchemy as sa

from truelift.base.estimate import Reason, Withheld
from truelift.base.time import Instant
from truelift.decisions.backtest import STAGES, Judged, Past, backtest
from truelift.decisions.forecast import FORMULA, band
from truelift.measurement.metric import default_metric
from truelift.operations.counts import COUNT_METRICS
from truelift.operations.forecast import Forecasts, kind_of
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.measure import Measurement
from truelift.operations.people import Action, needs
from truelift.reports.forecast import backtest_json
from truelift.reports.roi import instant_text
from truelift.store import control_records
from truelift.store.control_records import FORECAST_SCALE
from truelift.store.ground import Ground
from truelift.store.kept_records import KeptRecord

Row = dict[str, Any]
NO_PAST = "No campaign that is over can be forecast again, so nothing was measured or kept."


@needs(Action.SEAL, alone=False)
def forecast_backtest(
    ground: Ground,
    *,
    known_at: Instant | None = None,
    progress: Callable[[str], None] = lambda _words: None,
) -> list[Row]:
    """Forecast past campaigns again; fit the scale on half of them, judge on the other, keep it."""
    known = knowledge(ground, known_at=known_at)
    past = pasts(known, progress)
    found: list[Row] = []
    if not past:
        return [{"kind": None, "withheld": Reason.NO_HISTORY.value, "why": NO_PAST}]
    with ground.workspace.transaction() as connection:
        for kind, forecasts in past.items():
            judged = backtest(forecasts)
            record = _record(known, forecasts, judged)
            kept = _kept(connection, ground, kind, record)
            found += backtest_json(kind, judged, kept.sha256)
    return found


def _kept(connection: sa.Connection, ground: Ground, kind: str, record: Row) -> KeptRecord:
    """Keep what was judged; what says the same as the newest is that one, and kept once."""
    brand = ground.brand.brand
    newest = control_records.newest(connection, brand, FORECAST_SCALE).get(kind)
    if newest is not None and record.items() <= newest.record.items():
        return newest
    return control_records.keep(
        connection, brand, FORECAST_SCALE, kind, record, at=ground.clock.now(), by=ground.person
    )


def pasts(known: Knowledge, progress: Callable[[str], None]) -> dict[str, list[Past]]:
    """Forecast every campaign that is over as of each stage, with what is known today, by kind."""
    found: dict[str, list[Past]] = {}
    for campaign, row in sorted(known.campaigns.items()):
        if row["flight_end"] > known.as_of:
            continue
        metric = default_metric(row["goal"]).name
        counted = metric in COUNT_METRICS
        came = _reached(known.ground, campaign, metric, known if counted else row["flight_end"])
        for stage in STAGES:
            at = row["flight_start"] + stage * (row["flight_end"] - row["flight_start"])
            progress(f"{campaign} as of {at:%Y-%m-%d}")
            desk = Forecasts(Measurement(_as_of(known, at)), scale=1.0)
            then = desk.foreseen(campaign, metric)
            if isinstance(then, Withheld):
                continue
            for place, name in enumerate(then.names):
                rest = float(came.get(name, 0.0) - then.so_far[place])
                band_then = band(then.totals.rest[:, place])
                one = Past(campaign, name, stage, band_then, max(rest, 0.0))
                found.setdefault(kind_of(metric), []).append(one)
    return found


def _as_of(known: Knowledge, at: Instant) -> Knowledge:
    return knowledge(known.ground, as_of=at, known_at=known.known_at)


def _reached(
    ground: Ground, campaign: str, metric: str, when: Knowledge | Instant
) -> dict[str, float]:
    """Give what each creator reached: counts up to now, posts up to the flight's end."""
    known = when if isinstance(when, Knowledge) else knowledge(ground, as_of=when)
    found = Forecasts(Measurement(known), scale=1.0).foreseen(campaign, metric)
    if isinstance(found, Withheld):
        return {}
    return dict(zip(found.names, np.asarray(found.so_far).tolist(), strict=True))


def _record(known: Knowledge, past: list[Past], judged: Judged) -> Row:
    return {
        "scale": judged.scale,
        "in_force": judged.in_force,
        "fitted": judged.fitted,
        "judged": judged.judged,
        "covered": judged.covered,
        "covered_unscaled": judged.plain,
        "stages": [list(each) for each in judged.by_stage],
        "campaigns": sorted({one.campaign for one in past}),
        "as_of": instant_text(known.as_of),
        "known_at": instant_text(known.known_at),
        "formula": FORMULA,
    }
