"""Drawn: each chart with its figures as a table; its JSON is what a script draws.

In:   a desk and what was asked for.
Out:  pages of charts; CSV is the table, JSON the specification with its data inside.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from htpy import Node, a, p
from litestar import Response

from truelift.base.errors import NotFound
from truelift.reports.charts import (
    ageing,
    calibration,
    days,
    expected,
    forest,
    funnel,
    to_date,
    waterfall,
)
from truelift.reports.charts.drawing import Drawing
from truelift.web.answers import csv_answer, json_answer
from truelift.web.asked import CAMPAIGN_FIELDS, ROI_FIELDS, Asked, BadParameter, campaign_path
from truelift.web.charts import CHART, SPARK, chart
from truelift.web.desk import Answer, Desk, Screens, part
from truelift.web.grid import ARRANGING, SORT, arranged
from truelift.web.layout import twins
from truelift.web.questions import QUESTIONS
from truelift.web.ranking import RANK, ranked
from truelift.web.screens import comparing
from truelift.web.screens.returns import ROI_ROWS
from truelift.web.sparkline import sparkline

Json = Mapping[str, Any]
Made = Callable[[Desk, Asked], Drawing]

OF_CAMPAIGN = ("campaign", *CAMPAIGN_FIELDS)
SPARK_KEPT = {"cache-control": "private, max-age=60"}
"""An open page that moves does not ask for every small line again."""

WEEK, MOST_LOOKS, AFTER_DAYS = 7, 12, 56
"""ROI to date is looked at once a week, or less often where that would be more looks; and until so
many days after the flight."""


def return_forest(desk: Desk, asked: Asked) -> Drawing:
    """Draw the rows of the overview, or those of one campaign."""
    by = asked.get("by") or "campaign"
    found = ranked(desk.reading.roi(asked.without(RANK, SORT), by), asked, RANK)
    rows, _ = part(found.rows, asked, ROI_ROWS)
    if by == "creator" and asked.get("campaign"):
        return forest.forest(rows, name=_creator)
    return forest.forest(rows)


def returns_beside(desk: Desk, asked: Asked) -> Drawing:
    """Draw what is compared."""
    by, _, found = comparing.compared(desk, asked)
    return forest.forest(list(found.values()), name=partial(comparing.name_of, by=by))


def return_to_date(desk: Desk, asked: Asked) -> Drawing:
    """Draw one campaign's return week by week, its newest look included."""
    name, row = _campaign(desk, asked)
    head = desk.reading.roi(asked, "campaign", name).data
    today = _local_day(head["as_of"], head["timezone"])
    ends = look_days(_flight(desk, name), today)
    days = [day.isoformat() for day in ends if day < today]
    looks, pending = desk.reading.looks(asked, name, days)
    skipped = [] if pending else [day for day in days if day not in looks]
    return to_date.to_date({**looks, today.isoformat(): row}, pending, skipped)


def lift_expected(desk: Desk, asked: Asked) -> Drawing:
    """Draw what each creator was expected to do, and what was observed."""
    name = _named(desk, asked)
    found = ranked(desk.reading.roi(asked.without(RANK, SORT), "creator", name), asked, RANK)
    rows, _ = part(found.rows, asked, ROI_ROWS)
    return expected.expected(rows)


def bridge_waterfall(desk: Desk, asked: Asked) -> Drawing:
    """Draw the bridge of one campaign."""
    name = _named(desk, asked)
    result = desk.reading.bridge(name, asked.get("period"))
    return waterfall.waterfall(result.rows, result.data["currency"])


def outputs_funnel(desk: Desk, asked: Asked) -> Drawing:
    """Draw one campaign's outputs."""
    _, row = _campaign(desk, asked)
    return funnel.funnel({} if row is None else row["outputs"])


def tracked_days(desk: Desk, asked: Asked) -> Drawing:
    """Draw what one campaign tracked by day: leads where leads are its goal, else orders."""
    name = _named(desk, asked)
    goals = {row["campaign"]: row["goal"] for row in desk.reading.list("campaigns").rows}
    metric = "leads" if goals.get(name) == "leads" else "orders"
    return days.days(_counts(desk, asked, name, metric), metric)


def spark(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Show what one campaign tracked by day as an image for a table."""
    drawing = tracked_days(desk, asked)
    if ending == "json":
        return json_answer({"rows": drawing.values})
    if ending == "csv":
        return csv_answer(drawing.table, "days")
    shown = sparkline([each["count"] for each in drawing.values])
    return Response(shown.encode(), media_type="image/svg+xml", headers=SPARK_KEPT)


def posts_ageing(desk: Desk, asked: Asked) -> Drawing:
    """Draw the ageing curves in force."""
    return ageing.ageing(desk.reading.ageing(asked).rows)


def scorecard_held(desk: Desk, asked: Asked) -> Drawing:
    """Draw how often what was said held."""
    return calibration.calibration(_scorecard(desk, asked)["rows"])


def scorecard_said(desk: Desk, asked: Asked) -> Drawing:
    """Draw past lifts against what is known now."""
    return calibration.said(_scorecard(desk, asked)["rows"])


def drawn(desk: Desk, asked: Asked, ending: str, name: str) -> Answer:
    """Show a chart and its figures; its CSV is the table, its JSON what is drawn."""
    fields, made = CHARTS[name]
    drawing = made(desk, asked.without(*ARRANGING))
    if ending == "json":
        return json_answer(drawing.spec)
    table = arranged(drawing.table, asked)
    if ending == "csv":
        return csv_answer(table, name)
    given = asked.only(fields)
    query = given | ({"page": str(asked.page)} if asked.page > 1 else {})
    campaign = asked.get("campaign")
    where = campaign_path(campaign) if campaign else "/"
    body: list[Node] = [
        p[a(href=asked.link(where, CAMPAIGN_FIELDS))[campaign or "Overview"]],
        chart(name, drawing.title, query, height=260) if drawing.values else None,
        p[drawing.note if drawing.values else drawing.spec["usermeta"]["empty"]],
        desk.grid(drawing.table, table, asked, drawing.title),
        twins(CHART + name, asked.given),
    ]
    return desk.page(desk.head(), drawing.title, CHART + name, body)


def _counts(desk: Desk, asked: Asked, name: str, metric: str) -> dict[dt.date, float]:
    return {
        dt.date.fromisoformat(row["day"]): row["count"]
        for row in desk.reading.conversion_days(asked).rows
        if row["campaign"] == name and row["metric"] == metric
    }


def look_days(flight: tuple[dt.date, dt.date] | None, today: dt.date) -> list[dt.date]:
    """Give the ends of weeks since a campaign's start, so many at most that each is worth it."""
    if flight is None:
        return []
    starts, ends = flight
    until = min(today, ends + dt.timedelta(days=AFTER_DAYS))
    weeks = max((until - starts).days + 1, 0) // WEEK
    step = WEEK * max(1, -(-weeks // MOST_LOOKS))
    days = ((until - starts).days + 1) // step
    return [starts + dt.timedelta(days=step * (at + 1) - 1) for at in range(days)]


def _campaign(desk: Desk, asked: Asked) -> tuple[str, Json | None]:
    name = _named(desk, asked)
    return name, desk.reading.whole(asked, name)


def _named(desk: Desk, asked: Asked) -> str:
    name = asked.get("campaign")
    if name is None:
        field = "campaign"
        raise BadParameter(field, "campaign is missing; a campaign's page leads here.")
    if name not in desk.reading.campaigns():
        msg = f"There is no campaign {name!r} in this brand."
        raise NotFound(msg)
    return name


def _flight(desk: Desk, name: str) -> tuple[dt.date, dt.date] | None:
    rows = desk.reading.list("campaigns").rows
    found = next((row for row in rows if row["campaign"] == name), None)
    if found is None:
        return None
    starts, ends = (dt.date.fromisoformat(str(found[key])) for key in ("starts", "ends"))
    return starts, ends


def _scorecard(desk: Desk, asked: Asked) -> Json:
    question = QUESTIONS["scorecard"]
    return desk.reading.decided("scorecard", question, asked.only(question.fields)).data


def _creator(row: Json) -> str:
    return row["creator"] or "(no creator)"


def _local_day(instant: str, zone: str) -> dt.date:
    return dt.datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).date()


CHARTS: Mapping[str, tuple[Sequence[str], Made]] = {
    "roi": ((*ROI_FIELDS, RANK), return_forest),
    "beside": (comparing.FIELDS, returns_beside),
    "to-date": (OF_CAMPAIGN, return_to_date),
    "expected": ((*OF_CAMPAIGN, RANK), lift_expected),
    "bridge": (("campaign", "period"), bridge_waterfall),
    "funnel": (OF_CAMPAIGN, outputs_funnel),
    "days": (("campaign", "as_of", "known_at"), tracked_days),
    "ageing": (("platform", "metric"), posts_ageing),
    "calibration": (QUESTIONS["scorecard"].fields, scorecard_held),
    "said": (QUESTIONS["scorecard"].fields, scorecard_said),
}
"""Every chart by its name: what it is asked by, and how it is made."""

SCREENS: Screens = {
    f"{CHART}{name}": ((*fields, *ARRANGING), partial(drawn, name=name))
    for name, (fields, _) in CHARTS.items()
} | {SPARK: (("campaign", "as_of", "known_at"), spark)}
