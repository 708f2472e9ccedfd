"""Screens: what each page shows, put together from tables, charts and the frame.

In:   a Workspace, what a request asks for, and whether the page or a twin is wanted.
Out:  responses. Each page has a twin as CSV and JSON at the same query; a twin has all rows, a page
      a part of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from htpy import Node, a, div, h2, li, nav, p, section, ul
from litestar import Response

from truelift.base.errors import NotFound
from truelift.reports.statement import STATEMENTS
from truelift.reports.table import Table
from truelift.web import tables
from truelift.web.acts import DONE, Forms, Outcome, said
from truelift.web.answers import csv_answer, html_answer, json_answer, twin
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
from truelift.web.decisions import QUESTIONS
from truelift.web.door import Result, Workspace
from truelift.web.explanation import behind, explanation, heading
from truelift.web.figures import withheld
from truelift.web.forest import Interval, forest
from truelift.web.grid import ARRANGING, arranged, chooser, grid
from truelift.web.layout import FIRST_REPORT, filters, page, pager, report_path, twins
from truelift.web.reading import Reading, Renew

Json = Mapping[str, Any]
Answer = Response[bytes]
Row = TypeVar("Row")

ROI_ROWS, LIST_ROWS, DOUBT_ROWS, DOUBTS_FIRST = 16, 60, 60, 14
"""Rows that a page shows at a time, so that no page is over 60 KB; a twin has them all."""

FILTERS = ("basis", "cost", "model", "as_of")
MEASURED = ("campaign", "creator", "cohort", "programme")
"""Groupings for which lift is measured, so that a chart has something to show."""

MOVES_BRIDGE = ("basis", "model", "as_of", "known_at")


class Screens:
    """Every page of one workspace."""

    def __init__(self, workspace: Workspace, renew: Renew | None = None) -> None:
        """Read a workspace; renew: makes old answers again beside the requests."""
        self._reading = Reading(workspace, renew=renew)
        self.forms = Forms()

    def overview(self, asked: Asked, ending: str) -> Answer:
        """Show the return of every campaign, or of what the filter asks for."""
        by = asked.get("by") or "campaign"
        result = self._reading.roi(asked, by)
        if ending:
            return twin(result, ending, "roi")
        head = result.data
        rows, parts = part(result.rows, asked, ROI_ROWS)
        who = tables.who(rows, asked, by)
        fields = ("campaign", "by", *FILTERS)
        body: list[Node] = [
            filters("/", asked, fields, self._reading.campaigns(), "campaign"),
            tables.returns(rows, who, head, measured=by in MEASURED),
            pager(asked, parts, len(result.rows), "rows"),
            chart(rows, "Incremental ROI with 95% limits") if by in MEASURED else None,
            tables.ladder(rows, who, head, None),
            twins("/roi", asked.only(ROI_FIELDS) | {"by": by}),
        ]
        return self._page(head, "What came back", "/", body)

    def campaign(self, asked: Asked, name: str, ending: str) -> Answer:
        """Show the creators of one campaign, and its bridge."""
        result = self._reading.roi(asked, "creator", name)
        if ending:
            return twin(result, ending, "campaign")
        head = result.data
        rows, parts = part(result.rows, asked, ROI_ROWS)
        who = tables.who(rows, asked, "creator").without_campaign()
        whole = self._reading.whole(asked, name)
        path = campaign_path(name)
        body: list[Node] = [
            filters(path, asked, FILTERS),
            tables.returns(rows, who, head),
            pager(asked, parts, len(result.rows), "creators"),
            chart(rows, f"Incremental ROI with 95% limits, creators of {name}"),
            tables.ladder(rows, who, head, whole),
            twins(path, asked.only(CAMPAIGN_FIELDS)),
            self._doubt(asked, name),
            self._bridge(asked, name, whole),
        ]
        return self._page(head, name, path, body)

    def doubt(self, asked: Asked, ending: str) -> Answer:
        """Show every reason to doubt the lift of a campaign."""
        campaign = asked.get("campaign")
        if campaign is None:
            field = "campaign"
            raise BadParameter(field, "campaign is missing; a campaign's page links here.")
        result = self._reading.doubt(asked, campaign)
        if ending:
            return twin(result, ending, "doubt")
        rows, parts = part(result.rows, asked, DOUBT_ROWS)
        body: list[Node] = [
            tables.doubt(rows, result.data["note"]),
            pager(asked, parts, len(result.rows), "lines"),
            twins("/doubt", asked.given),
        ]
        return self._page(result.data, f"Doubt: {campaign}", "/doubt", body)

    def bridge(self, asked: Asked, ending: str) -> Answer:
        """Show the bridge of one campaign, or of all, over a period or all time."""
        campaign = asked.get("campaign")
        result = self._reading.bridge(campaign, asked.get("period"))
        if ending:
            return twin(result, ending, "bridge")
        currency = result.data["currency"]
        found: dict[str, list[Json]] = {}
        for row in result.rows:
            found.setdefault(row["campaign"] or "(no campaign)", []).append(row)
        chosen = self._reading.campaigns()
        body: list[Node] = [
            filters("/bridge", asked, ("campaign", "period"), chosen),
            (
                tables.bridge(rows, currency, None, f"bridge-{at}", each)
                for at, (each, rows) in enumerate(found.items())
            ),
            twins("/bridge", asked.only(("campaign", "period"))),
        ]
        return self._page(self._head(), "Bridges", "/bridge", body)

    def explain(self, asked: Asked, ending: str) -> Answer:
        """Say what one figure is made of."""
        given = asked.get(FIGURE)
        if given is None:
            raise BadParameter(FIGURE, "figure is missing; every figure of a page links here.")
        figure = whole_figure(given)
        told = self._reading.explain(figure)
        if ending == "json":
            return json_answer(told)
        if ending == "csv":
            return csv_answer(behind(told), "explain")
        title, head = heading(figure)
        body = [*explanation(told), twins("/explain", {FIGURE: figure})]
        return self._page({**self._head(), **head}, title, "/explain", body)

    def ledger(self, asked: Asked, ending: str) -> Answer:
        """Show the trial balance."""
        result = self._reading.trial_balance(asked)
        table = arranged(replace(result.table, note=SIGNS), asked)
        if ending:
            name = "trial-balance"
            return csv_answer(table, name) if ending == "csv" else twin(result, ending, name)
        totals = [row for row in result.table.rows if row["account"] == "total"]
        even = all(set(str(row["amount"])) <= set("0.") for row in totals)
        verdict = "Every total is zero: the books balance." if even else "The books do NOT balance."
        body: list[Node] = [
            filters("/ledger", asked, ("period", "as_of")),
            p(".verdict")[verdict] if totals else p["No entry is booked yet."],
            self._grid(result.table, table, asked, "Trial balance"),
            twins("/ledger", asked.given),
        ]
        return self._page(result.data, "Ledger", "/ledger", body)

    def report(self, asked: Asked, ending: str, name: str) -> Answer:
        """Show a finance report, and lead to the others under the same period and names."""
        result = self._reading.report(asked, name)
        table = arranged(result.table, asked)
        if ending:
            return csv_answer(table, name) if ending == "csv" else twin(result, ending, name)
        title, takes = STATEMENTS[name]
        here = report_path(name)
        shown = [field for field in ("campaign", "period") if field in takes]
        chosen = self._reading.campaigns() if "campaign" in shown else ()
        others = [
            [" ", a(href=asked.link(report_path(other), fields))[words]]
            for other, (words, fields) in STATEMENTS.items()
            if other != name
        ]
        body: list[Node] = [
            p["Other reports:", others],
            filters(here, asked, shown, chosen) if shown else None,
            self._grid(result.table, table, asked, result.data["title"]),
            twins(here, asked.given),
        ]
        return self._page(result.data, title, FIRST_REPORT, body)

    def decision(self, asked: Asked, ending: str, name: str) -> Answer:
        """Show a page of decisions; one that needs a campaign asks for it first."""
        question = QUESTIONS[name]
        path, given = f"/{name}", asked.only(question.fields)
        shown = [each for each in question.fields if each != "known_at"]
        if question.needs and question.needs not in given:
            return self._page(self._head(), question.title, DECISIONS, [
                _between(name), p[question.note], self._choice_of(path, asked),
            ])  # fmt: skip
        result = self._reading.decided(name, question, given)
        table = arranged(result.table, asked, question.columns)
        if ending:
            return csv_answer(table, name) if ending == "csv" else twin(result, ending, name)
        chosen = self._reading.campaigns() if "campaign" in shown else ()
        last, whole = self._last(asked), sentences(result.data)
        if any(table.note.startswith(words) for words in whole):
            table = replace(table, note="")  # it stands above the table already
        body: list[Node] = [
            said(last),
            _between(name),
            p[question.note],
            filters(path, asked, shown, chosen),
            [p(".said")[words] for words in whole],
            self._grid(result.table, table, asked, question.title),
            self._deeds(name, result, address(path, asked.only(question.fields)), last),
            twins(path, asked.given),
        ]
        return self._page({**self._head(), **result.data}, question.title, DECISIONS, body)

    def _deeds(self, name: str, result: Result, back: str, last: Outcome | None) -> Node:
        """Write the forms of what can be decided on a page."""
        if name == "alerts":
            steps = ("own", "snooze", "close-alert")
            return [
                self.forms.folded(about(row), steps, back, {"alert": row["id"]}, last)
                for row in result.rows[:LIST_ROWS]
                if row["state"] != CLOSED
            ]
        proposal = result.data.get("proposal")
        if name == "reallocation" and proposal and not proposal.get("withheld"):
            given = {"proposal": proposal["id"]}
            return [self.forms.form(each, back, given, last) for each in ("accept", "reject")]
        if name == "leaks":
            return self.forms.folded(
                "Hold or release a payout", ("hold", "release"), back, {}, last
            )
        return None

    def _last(self, asked: Asked) -> Outcome | None:
        return self.forms.known(asked.get(DONE, "") or "")

    def close(self, asked: Asked, ending: str) -> Answer:
        """Show every period with the next step of its close."""
        result = self._reading.periods()
        table = arranged(result.table, asked)
        if ending:
            return csv_answer(table, "close") if ending == "csv" else twin(result, ending, "close")
        last = self._last(asked)
        body: list[Node] = [
            said(last),
            p["One person prepares the oldest open period, another approves it; that locks it."],
            self._grid(result.table, table, asked, "Periods"),
            (self._period(row, steps, last) for row, steps in next_steps(result.rows) if steps),
            twins("/close", asked.only(ARRANGING)),
        ]  # fmt: skip
        return self._page(result.data, "Close", "/close", body)

    def _period(self, row: Json, steps: Sequence[str], last: Outcome | None) -> Node:
        period, state = row["period"], row["state"]
        packs = (("pdf", "Close pack (PDF)"), ("xlsx", "Close pack (workbook)"))
        return section(".period")[
            h2(id=f"p{period}")[f"{period}: {state}"],
            ul[(li[words] for words in row["sentences"])] if row["sentences"] else None,
            p[((a(href=f"/close/{period}/{ending}")[words], " ") for ending, words in packs)]
            if state == CLOSED
            else None,
            (self.forms.form(each, "/close", {"period": period}, last) for each in steps),
        ]

    def _choice_of(self, path: str, asked: Asked) -> Node:
        names = self._reading.campaigns()
        if not names:
            return p(".verdict")["There is no campaign yet; import campaigns first."]
        return [
            h2["Which campaign?"],
            ul[(li[a(href=asked.link(path, ("as_of",), campaign=name))[name]] for name in names)],
        ]

    def _grid(self, whole: Table, table: Table, asked: Asked, title: str) -> list[Node]:
        if not table.rows:
            return [p(".verdict")[whole.instead or "There are none."]]
        rows, parts = part(table.rows, asked, LIST_ROWS)
        zone = self._head()["timezone"]
        return [
            grid("list", table, rows, asked, title=title, note=table.note, zone=zone),
            pager(asked, parts, len(table.rows), "rows") if parts > 1 else None,
            chooser(whole, table, asked),
        ]

    def listing(self, asked: Asked, ending: str, kind: str, words: tuple[str, str]) -> Answer:
        """Show stored records: sealed baselines, or rows that were refused."""
        result = self._reading.list(kind)
        table = arranged(result.table, asked)
        if ending:
            return csv_answer(table, kind) if ending == "csv" else twin(result, ending, kind)
        title, note = words
        last = self._last(asked)
        body: list[Node] = [
            said(last),
            p[note],
            self.forms.form("seal", f"/{kind}", None, last) if kind == "baselines" else None,
            self._grid(result.table, table, asked, title),
            twins(f"/{kind}", asked.only(ARRANGING)),
        ]
        return self._page(result.data, title, f"/{kind}", body)

    def _doubt(self, asked: Asked, name: str) -> list[Node]:
        """Show the campaign's lines and what warns or fails; the rest stands on its own page."""
        given = asked.only(DOUBT_FIELDS)
        try:
            result = self._reading.doubt(asked, name)
        except NotFound:  # costs alone name this campaign: there is nothing to doubt yet
            return []
        first = [
            row
            for row in result.rows
            if row["creator"] is None or row["verdict"] in {"fails", "warns"}
        ][:DOUBTS_FIRST]
        link = a(href=address("/doubt", {"campaign": name, **given}))[
            f"All {len(result.rows):,} lines"
        ]
        return [
            tables.doubt(first, result.data["note"]),
            twins("/doubt", {"campaign": name, **given}, [link, ". "]),
        ]

    def _bridge(self, asked: Asked, name: str, whole: Json | None) -> list[Node]:
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
        rows = self._reading.bridge(name).rows
        currency = self._head()["currency"]
        return [
            tables.bridge(rows, currency, whole, "bridge", name),
            twins("/bridge", {"campaign": name}),
        ]

    def _head(self) -> Json:
        return self._reading.list("baselines").data

    def _page(self, head: Json, title: str, here: str, body: Sequence[Node]) -> Answer:
        return html_answer(
            page(
                head,
                self._reading.simulated,
                title=title,
                here=here,
                body=body,
                version=self._reading.told,
            )
        )


def about(alert: Json) -> str:
    """Name an alert on the fold of its forms."""
    words = " of ".join(filter(None, [alert["rule"].replace("_", " "), alert["creator"]]))
    return f"Decide about {alert['id']}: {words}"


def next_steps(rows: Sequence[Json]) -> list[tuple[Json, tuple[str, ...]]]:
    """Give periods, newest first, each with what can be done about it now.

    The oldest open period is the next to close; the newest closed one may be opened again.
    """
    opened = [row["period"] for row in rows if row["state"] != CLOSED]
    locked = [row["period"] for row in rows if row["state"] == CLOSED]
    found: list[tuple[Json, tuple[str, ...]]] = []
    for row in rows:
        steps: tuple[str, ...] = ()
        if row["period"] in opened[-1:]:
            steps = ("approve", "prepare") if row["state"] == "prepared" else ("prepare",)
        elif row["period"] in locked:
            steps = ("acknowledge", *(("reopen",) if row["period"] in locked[:1] else ()))
        found.append((row, steps))
    return found


def sentences(data: Json) -> list[str]:
    """Give what an answer says as a whole, beside its rows."""
    told = [data.get("proposal"), data.get("beside"), data.get("discoveries")]
    words = [each.get("sentence") if isinstance(each, Mapping) else each for each in told]
    return [each for each in words if isinstance(each, str) and each]


CLOSED = "closed"

SIGNS = "debit is positive, credit negative"

DECISIONS = "/alerts"
"""The page that the frame's link to decisions leads to."""


def _between(here: str) -> Node:
    """Lead from one page of decisions to the others."""
    return nav(".between", aria_label="Decisions")[
        (
            a(href=f"/{name}", aria_current="page" if name == here else None)[each.title]
            for name, each in QUESTIONS.items()
        )
    ]


def part(rows: Sequence[Row], asked: Asked, size: int) -> tuple[Sequence[Row], int]:
    """Give the part of the rows that was asked for, and how many parts there are."""
    parts = max(1, math.ceil(len(rows) / size))
    if asked.page > parts:
        field = "page"
        raise BadParameter(field, f"page {asked.page} is beyond the last, which is {parts}.")
    return rows[(asked.page - 1) * size : asked.page * size], parts


def chart(rows: Sequence[Json], title: str) -> Node:
    """Draw the headline of each row with its limits; rows without one are named with the reason."""
    drawn, left_out = [], []
    for row in rows:
        found = row["incremental_roi"]
        name = tables.clipped(row["creator"] or row["campaign"] or "(no campaign)")
        if "point" in found:
            drawn.append(
                Interval(name, found["point"], found["low"], found["high"], found["grade"])
            )
        else:
            left_out.append(li[name, ": ", withheld(found)])
    return section(".chart")[
        h2[title],
        div(".box", role="region", aria_label="Chart", tabindex="0")[forest(title, drawn)]
        if drawn
        else None,
        p(".key")["Round: limits above break-even. Square: below. Hollow: break-even lies within."]
        if drawn
        else None,
        [p["Withheld, so not drawn:"], ul[left_out]] if left_out else None,
    ]
