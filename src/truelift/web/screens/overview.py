"""Overview: who truly pays back, how sure that is, what can still go, and what the books say.

In:   a desk and what was asked for.
Out:  the page that opens first, and its twins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from htpy import Element, Node, a, dd, div, dl, h2, li, p, section, small, span, ul
from htpy import dt as term

from truelift.reports.charts.drawing import HEIGHT
from truelift.reports.overview import Standing, Sum, booked, cancellable, standing, sums
from truelift.web import tables
from truelift.web.answers import twin
from truelift.web.asked import BACK, ROI_FIELDS, Asked, campaign_path, creator_path
from truelift.web.charts import chart
from truelift.web.desk import Answer, Desk, Screens, part
from truelift.web.figures import estimate, grade, linked, money, signed_money
from truelift.web.grid import SORT
from truelift.web.layout import COMPARE_TO as COMPARED
from truelift.web.layout import filters, pager, report_path, twins
from truelift.web.ranking import heads, ranked
from truelift.web.screens.returns import (
    FILTERS,
    MEASURED,
    OF_CAMPAIGN,
    ROI_ROWS,
    asked_again,
    placed,
    trend,
)
from truelift.web.visiting import SHARED

Json = Mapping[str, Any]

FIRST_FEW = 5
"""Lines of a card; a link leads to all of them."""

STATES = {"net": "Net revenue", "contribution": "Contribution", "incremental": "Incremental",
          "return": "Return after cost"}  # fmt: skip


def overview(desk: Desk, asked: Asked, ending: str) -> Answer:
    """Show the return of every campaign, or of what the filter asks for, below the answers."""
    by = asked.get("by") or "campaign"
    result = ranked(desk.reading.roi(asked.without(COMPARED, SORT), by), asked)
    if ending:
        return twin(result, ending, "roi")
    head = result.data
    rows, parts = part(result.rows, asked, ROI_ROWS)
    who = tables.who(rows, asked, by)
    fields = ("campaign", "by", *FILTERS, COMPARED)
    body: list[Node] = [
        _tiles(desk, asked, head),
        _cards(desk, asked, head) if not asked.get("campaign") and not SHARED.get() else None,
        filters("/", asked, fields, desk.reading.campaigns(), "campaign"),
        tables.returns(
            rows,
            who,
            head,
            measured=by in MEASURED,
            trend=(lambda row: trend(row, asked)) if by == "campaign" else None,
            title_of=heads(asked),
        ),
        pager(asked, parts, len(result.rows), "rows"),
        placed(rows, "Incremental ROI with 95% limits", asked_again(asked, by=by))
        if by in MEASURED
        else None,
        chart("to-date", f"ROI to date of {chosen}", asked.only(OF_CAMPAIGN), HEIGHT)
        if (chosen := asked.get("campaign"))
        else None,
        tables.ladder(rows, who, head, None, until=desk.provisional(head), title_of=heads(asked)),
        twins("/roi", asked.only((*ROI_FIELDS, SORT)) | {"by": by}),
    ]
    return desk.page(head, "What came back", "/", body)


def _tiles(desk: Desk, asked: Asked, head: Json) -> Element:
    """Show the sums over campaigns, and how they moved since the day that is compared with."""
    plain = asked.only([*FILTERS, "campaign", "known_at", "metric"])
    now = sums(desk.reading.roi(Asked("/", plain), "campaign").rows)
    since = compared_day(asked.get(COMPARED), head)
    then = None
    if since is not None:
        before = Asked("/", {**plain, "as_of": since.isoformat()})
        then = sums(desk.reading.roi(before, "campaign").rows)
    currency, cost = head["currency"], head["cost_basis"]
    mark = "~\u202f" if desk.provisional(head) else ""
    shown = [("committed", "Committed"), ("accrued", "Accrued cost"), *STATES.items()]
    return dl(".tiles", aria_label="Sums over campaigns")[
        (
            div[
                term[name, _basis(each, cost)],
                dd[mark if each in STATES else "", money(now[each].amount, currency)],
                dd(".moved")[_moved(now[each], then[each] if then else None, since, currency)],
            ]
            for each, name in shown
        )
    ]


def _basis(each: str, cost: str) -> str:
    return f" ({cost})" if each == "return" else ""


def _moved(now: Sum, then: Sum | None, since: dt.date | None, currency: str) -> Node:
    told = [] if now.known == now.of else [f"{now.known} of {now.of} campaigns known"]
    if then is not None and since is not None:
        if now.amount is None or then.amount is None:
            told.append(f"unknown on {since}")
        else:
            told.append(f"{signed_money(now.amount - then.amount, currency)} since {since}")
    return "; ".join(told) or None


def compared_day(asked: str | None, head: Json) -> dt.date | None:
    """Give the day that figures are compared with; None where nobody asked."""
    if asked is None:
        return None
    moment = dt.datetime.fromisoformat(head["as_of"])
    day = moment.astimezone(ZoneInfo(head["timezone"])).date()
    if asked in BACK:
        return day - dt.timedelta(days=BACK[asked])
    return dt.date.fromisoformat(asked)


def _cards(desk: Desk, asked: Asked, head: Json) -> Element:
    return div(".cards")[
        _pays_back(desk, asked),
        _can_go(desk),
        _books(desk, asked, head),
        _needs(desk),
    ]


def _card(name: str, title: str, said: Node, lines: Sequence[Node], link: Node) -> Element:
    return section(".card", aria_labelledby=name)[
        h2(id=name)[title], p(".said")[said], ul[(li[each] for each in lines)], p(".more")[link]
    ]


def _pays_back(desk: Desk, asked: Asked) -> Element:
    """Name those whose limits are above zero, then those whose limits are below."""
    found = standing(desk.reading.roi(Asked("/", asked.only(FILTERS)), "creator").rows)
    lines = [_creator(row) for row in found.pays[:FIRST_FEW]]
    lines += [_creator(row) for row in found.loses[: FIRST_FEW - 1]]
    more = a(href=asked.link("/roi", ROI_FIELDS, by="creator"))["All creators"]
    return _card("pays-back", "Who truly pays back", in_words(found), lines, more)


def in_words(found: Standing) -> str:
    """Say how many creators pay back, beyond their limits, and how many nobody can say it of."""
    if not found.measured:
        return f"No creator has an estimate yet; {len(found.unknown)} are withheld, with reasons."
    return (
        f"Of {found.measured} returns with an estimate {len(found.pays)} surely pay back, "
        f"{len(found.loses)} surely do not, {len(found.undecided)} are not decided yet; "
        f"{len(found.unknown)} are withheld. Sure: both 95 % limits on one side of zero."
    )


def _creator(row: Json) -> Node:
    found = row["incremental_roi"]
    side = "above" if found["low"] > 0 else "below"
    return [
        a(href=creator_path(row["creator"]))[tables.clipped(row["creator"])],
        small[" in ", a(href=campaign_path(row["campaign"]))[tables.clipped(row["campaign"])]]
        if row["campaign"]
        else None,
        span(class_=["figure", side])[
            linked(estimate(found), row["figure_ids"]["incremental_roi"]), grade(found["grade"])
        ],
    ]


def _can_go(desk: Desk) -> Element:
    """Say what cancelling today would still save."""
    found = cancellable(desk.reading.report(Asked("", {}), "commitments").rows)
    amounts = " and ".join(f"{money(found.amounts[each], each)} {each}" for each in found.amounts)
    lines = [
        [
            a(href=creator_path(row["creator"]))[tables.clipped(row["creator"])],
            small[" in ", tables.clipped(row["campaign"] or "no campaign"),
                  f", until {row['cancellable_until']}" if row["cancellable_until"] else ""],
            span(".figure")[f"{money(row['cancellable'], row['currency'])} {row['currency']}"],
        ]
        for row in found.rows[:FIRST_FEW]
    ]  # fmt: skip
    said = (
        f"{amounts} can still be saved by cancelling today, after fees."
        if amounts
        else "Nothing: every agreement is used up, or past its last day to cancel."
    )
    link = a(href=report_path("commitments"))["All commitments"]
    return _card("can-go", "What is still cancellable", said, lines, link)


def _books(desk: Desk, asked: Asked, head: Json) -> Element:
    """Set the books beside the figures of return."""
    now = sums(desk.reading.roi(Asked("/", asked.only(("known_at",))), "campaign").rows)
    cost = desk.reading.report(Asked("", {}), "pnl").rows
    found = booked(cost, desk.reading.periods().rows, now["accrued"].amount or 0)
    currency = head["currency"]
    said = (
        f"Accrued cost of these figures is accounts 6100 to 6180 of the books: "
        f"{money(found.accrued, currency)} {currency}, to the cent."
        if not found.difference
        else f"Accounts 6100 to 6180 hold {money(found.accrued, currency)} {currency}; the figures "
        f"differ by {signed_money(found.difference, currency)}."
    )
    lines: list[Node] = [f"{found.closed} periods are closed."]
    if found.oldest is not None:
        against = f"; {found.blockers} checks stand against its close" if found.blockers else ""
        lines.append(f"{found.oldest} is the oldest open one ({found.state}){against}.")
    link: list[Node] = [a(href="/close")["Close"], " ", a(href="/ledger")["Trial balance"]]
    return _card("books", "What the books say", said, lines, link)


def _needs(desk: Desk) -> Element:
    """Name the alerts that stand, as they were kept."""
    rows = desk.reading.ask("kept_alerts").rows
    lines = [
        [a(href="/alerts")[row["rule"].replace("_", " ").capitalize()],
         small[" ", tables.clipped(row["why"])]]
        for row in rows[:FIRST_FEW]
    ]  # fmt: skip
    said = f"{len(rows)} alerts are open." if rows else "No alert is open."
    return _card("needs", "What needs somebody", said, lines, a(href="/alerts")["All alerts"])


SCREENS: Screens = {"/roi": ((*ROI_FIELDS, COMPARED, SORT), overview)}
