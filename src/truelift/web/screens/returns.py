"""Returns: what came back, by campaign and by creator, with doubt, bridge and explanation.

In:   a desk and what was asked for.
Out:  the pages of return, and their twins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from htpy import Node, a, h2, li, p, section, ul

from truelift.base.errors import NotFound
from truelift.reports.charts.drawing import HEIGHT, ROW_HEIGHT
from truelift.reports.charts.forest import is_known
from truelift.web import tables
from truelift.web.answers import csv_answer, json_answer, pdf_answer, twin
from truelift.web.asked import (
    CAMPAIGN_FIELDS,
    DOUBT_FIELDS,
    FIGURE,
    ROI_FIELDS,
    Asked,
    BadParameter,
    address,
    campaign_path,
    whole_figure,
)
from truelift.web.charts import chart, spark
from truelift.web.desk import Answer, Desk, Screens, part
from truelift.web.explanation import behind, explanation, heading
from truelift.web.figures import withheld
from truelift.web.grid import SORT
from truelift.web.layout import filters, pager, twins
from truelift.web.ranking import RANK, heads, ranked

Json = Mapping[str, Any]

ROI_ROWS, DOUBT_ROWS, DOUBTS_FIRST = 14, 60, 14
"""Rows that a page shows at a time, so that no page is over 60 KB; a twin has them all."""

OF_CAMPAIGN = ("campaign", *CAMPAIGN_FIELDS)
FILTERS = ("basis", "cost", "model", "as_of")
MEASURED = ("campaign", "creator", "cohort", "programme")
"""Groupings for which lift is measured, so that a chart has something to show."""

MOVES_BRIDGE = ("basis", "model", "as_of", "known_at")


def campaign(desk: Desk, asked: Asked, name: str, ending: str) -> Answer:
    """Show the creators of one campaign, and its bridge."""
    result = ranked(desk.reading.roi(asked.without(SORT), "creator", name), asked)
    if ending == "pdf":
        return pdf_answer(desk.reading.paper(name, asked.only(("as_of", "known_at"))), name)
    if ending:
        return twin(result, ending, "campaign")
    head = result.data
    rows, parts = part(result.rows, asked, ROI_ROWS)
    who = tables.who(rows, asked, "creator").without_campaign()
    whole = desk.reading.whole(asked.without(SORT), name)
    path = campaign_path(name)
    query = {"campaign": name, **asked.only(CAMPAIGN_FIELDS)}
    body: list[Node] = [
        filters(path, asked, FILTERS),
        tables.returns(rows, who, head, title_of=heads(asked)),
        pager(asked, parts, len(result.rows), "creators"),
        placed(
            rows,
            f"Incremental ROI with 95% limits, creators of {name}",
            asked_again(asked, by="creator", campaign=name),
        ),
        chart("to-date", "ROI to date", query, HEIGHT),
        tables.ladder(rows, who, head, whole, until=desk.provisional(head), title_of=heads(asked)),
        twins(
            path,
            asked.only((*CAMPAIGN_FIELDS, SORT)),
            [
                a(href=address(campaign_path(name, ".pdf"), asked.only(("as_of", "known_at"))))[
                    "The campaign on paper (PDF)"
                ],
                ". ",
            ],
        ),
        chart(
            "expected",
            "Expected and observed",
            asked_again(asked, campaign=name),
            ROW_HEIGHT * len(rows),
        ),
        chart("funnel", "From reach to orders", query, 150),
        _doubt(desk, asked, name),
        _bridge(desk, asked, name, whole),
    ]
    return desk.page(head, name, path, body)


def doubt(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Show every reason to doubt the lift of a campaign."""
    campaign = asked.get("campaign")
    if campaign is None:
        field = "campaign"
        raise BadParameter(field, "campaign is missing; a campaign's page links here.")
    result = desk.reading.doubt(asked, campaign)
    if ending:
        return twin(result, ending, "doubt")
    rows, parts = part(result.rows, asked, DOUBT_ROWS)
    body: list[Node] = [
        tables.doubt(rows, result.data["note"]),
        pager(asked, parts, len(result.rows), "lines"),
        twins("/doubt", asked.given),
    ]
    return desk.page(result.data, f"Doubt: {campaign}", "/doubt", body)


def bridge(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Show the bridge of one campaign, or of all, over a period or all time."""
    campaign = asked.get("campaign")
    result = desk.reading.bridge(campaign, asked.get("period"))
    if ending:
        return twin(result, ending, "bridge")
    currency = result.data["currency"]
    found: dict[str, list[Json]] = {}
    for row in result.rows:
        found.setdefault(row["campaign"] or "(no campaign)", []).append(row)
    chosen = desk.reading.campaigns()
    body: list[Node] = [
        filters("/bridge", asked, ("campaign", "period"), chosen),
        (
            tables.bridge(rows, currency, None, f"bridge-{at}", each)
            for at, (each, rows) in enumerate(found.items())
        ),
        twins("/bridge", asked.only(("campaign", "period"))),
    ]
    return desk.page(desk.head(), "Bridges", "/bridge", body)


def explain(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Say what one figure is made of."""
    given = asked.get(FIGURE)
    if given is None:
        raise BadParameter(FIGURE, "figure is missing; every figure of a page links here.")
    figure = whole_figure(given)
    told = desk.reading.explain(figure)
    if ending == "json":
        return json_answer(told)
    if ending == "csv":
        return csv_answer(behind(told), "explain")
    title, head = heading(figure)
    body = [*explanation(told), twins("/explain", {FIGURE: figure})]
    return desk.page({**desk.head(), **head}, title, "/explain", body)


def trend(row: Json, asked: Asked) -> Node:
    """Place the small line of a campaign's days; costs without campaign have none."""
    campaign = row["campaign"]
    return spark(campaign, asked.only(("as_of", "known_at"))) if campaign else None


def asked_again(asked: Asked, **more: str) -> dict[str, str]:
    """Give what a chart of the same rows is asked by."""
    turned = {"page": str(asked.page)} if asked.page > 1 else {}
    sort = asked.get(SORT)
    return asked.only(ROI_FIELDS) | more | turned | ({RANK: sort} if sort else {})


def _doubt(desk: Desk, asked: Asked, name: str) -> list[Node]:
    """Show the campaign's lines and what warns or fails; the rest stands on its own page."""
    given = asked.only(DOUBT_FIELDS)
    try:
        result = desk.reading.doubt(asked, name)
    except NotFound:  # costs alone name this campaign: there is nothing to doubt yet
        return []
    first = [
        row for row in result.rows if row["creator"] is None or row["verdict"] in {"fails", "warns"}
    ][:DOUBTS_FIRST]
    link = a(href=address("/doubt", {"campaign": name, **given}))[f"All {len(result.rows):,} lines"]
    return [
        tables.doubt(first, result.data["note"]),
        twins("/doubt", {"campaign": name, **given}, [link, ". "]),
    ]


def _bridge(desk: Desk, asked: Asked, name: str, whole: Json | None) -> list[Node]:
    """Show the bridge only where it has the same filters as the tables above it."""
    moved = [field for field in MOVES_BRIDGE if asked.get(field)]
    usual = {"basis": "event", "model": "code-first"}
    if any(asked.get(field) != usual.get(field) for field in moved):
        link = a(href=campaign_path(name))["without these filters"]
        return [
            h2["Bridge"],
            p["The bridge is as of the newest fact, on event dates and by own codes first: ",
              "see it ", link, "."],
        ]  # fmt: skip
    rows = desk.reading.bridge(name).rows
    currency = desk.head()["currency"]
    return [
        chart("bridge", "From reported to return", {"campaign": name}, 24 * len(rows)),
        tables.bridge(rows, currency, whole, "bridge", name),
        twins("/bridge", {"campaign": name}),
    ]


def placed(
    rows: Sequence[Json],
    title: str,
    query: Mapping[str, str],
    name: str = "roi",
    named: Callable[[Json], str | None] = lambda _row: None,
) -> Node:
    """Place the chart of each row's headline; rows without one are named with the reason."""
    drawn = [row for row in rows if is_known(row)]
    several = len({row["campaign"] for row in rows}) > 1
    left_out = [
        li[tables.clipped(named(row) or _called(row, several=several)), ": ",
           withheld(row["incremental_roi"])]
        for row in rows if row not in drawn
    ]  # fmt: skip
    told = [p["Withheld, so not drawn:"], ul[left_out]] if left_out else []
    if not drawn:
        return section(".chart")[h2[title], told]
    return chart(name, title, query, ROW_HEIGHT * len(drawn), told)


def _called(row: Json, *, several: bool) -> str:
    """Name a row: its creator, with the campaign where the rows are of several."""
    campaign, creator = row["campaign"] or "(no campaign)", row["creator"]
    if not creator:
        return str(campaign)
    return f"{creator} in {campaign}" if several else str(creator)


SCREENS: Screens = {
    "/bridge": (("campaign", "period"), bridge),
    "/doubt": (("campaign", *DOUBT_FIELDS), doubt),
    "/explain": ((FIGURE,), explain),
}
