"""Creator: one creator's returns, baseline, content, agreements, codes, and what is owed.

In:   a desk, and the name in the path.
Out:  the creator's page, and its twins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from htpy import Node, a, dd, div, dl, dt, h2, p, section

from truelift.base.errors import NotFound
from truelift.web import tables
from truelift.web.answers import twin
from truelift.web.asked import Asked, address, campaign_path, creator_path
from truelift.web.desk import Answer, Desk
from truelift.web.figures import linked, moment, money, share
from truelift.web.layout import filters, report_path, twins
from truelift.web.screens.returns import FILTERS, asked_again, placed

Json = Mapping[str, Any]

CREATOR_FIELDS = ("metric", "basis", "cost", "model", "as_of", "known_at")
CATALOG = ("creators", "profiles", "agreements", "codes", "links", "participants")
"""Kinds that name creators, so that one without any fact is known too."""


def creator(desk: Desk, asked: Asked, name: str, ending: str) -> Answer:
    """Show everything about one creator; NotFound for a name that nothing names."""
    result = desk.reading.roi(asked.with_(creator=name), "creator")
    person = _person(desk, name)
    if not result.rows and person is None:
        msg = f"There is no creator {name!r} in this brand."
        raise NotFound(msg)
    if ending:
        return twin(result, ending, "creator")
    head, path = result.data, creator_path(name)
    who = tables.who(result.rows, asked, "creator").only_first()
    theirs = {"creator": name}
    body: list[Node] = [
        _facts(desk, name, person or {}),
        filters(path, asked, FILTERS),
        tables.returns(result.rows, who, head) if result.rows else p["No campaign yet."],
        placed(
            result.rows,
            f"Incremental ROI with 95% limits, campaigns of {name}",
            asked_again(asked, by="creator", creator=name),
            named=lambda row: row["campaign"],
        )
        if result.rows
        else None,
        tables.ladder(result.rows, who, head, None, until=desk.provisional(head))
        if result.rows
        else None,
        twins(path, asked.only(CREATOR_FIELDS)),
        _baselines(result.rows, head["timezone"]),
        _content(desk, name),
        _money(desk, name, head["currency"]),
        desk.panel(
            "Codes", desk.reading.list("codes"),
            ("code", "campaign", "kind", "valid_from", "valid_to"), where=theirs,
        ),
        desk.panel(
            "Links", desk.reading.list("links"),
            ("slug", "campaign", "kind", "destination", "valid_from", "valid_to"), where=theirs,
        ),
        p[
            "More: ",
            a(href=address("/leaks", theirs))["leaked orders"], ", ",
            a(href=address("/engagement-rates", theirs))["engagement rates beside peers"], ", ",
            a(href=address("/shortlist", {"search": name}))["what a next campaign should bring"],
            ".",
        ],
    ]  # fmt: skip
    return desk.page(head, name, path, body)


def _person(desk: Desk, name: str) -> Json | None:
    for kind in CATALOG:
        for row in desk.reading.list(kind).rows:
            if row.get("creator") == name:
                return row if kind == "creators" else {}
    return None


def _facts(desk: Desk, name: str, person: Json) -> Node:
    found = [("Name", person.get("name")), ("Category", person.get("category")),
             ("Country", person.get("country"))]  # fmt: skip
    found += [
        (row["platform"].capitalize(), row["handle"])
        for row in desk.reading.list("profiles").rows
        if row["creator"] == name
    ]
    told = [(words, tables.clipped(str(value))) for words, value in found if value]
    return dl(".facts")[(div[dt[words], dd[value]] for words, value in told)] if told else None


def _baselines(rows: Sequence[Json], zone: str) -> Node:
    """Say what was sealed before each campaign, and what lift is measured against it."""
    shown: list[Node] = []
    for row in rows:
        sealed, found = row["baseline"], row["lift"]
        told: list[Node] = (
            [a(href=campaign_path(row["campaign"]))[row["campaign"]], ": "]
            if row["campaign"]
            else []
        )
        if sealed is None:
            told.append("no baseline was sealed, so nothing extra is credited.")
        else:
            late = " late, after the launch" if sealed["late"] else ""
            rates = sealed.get("engagement_rates") or {}
            told += ["sealed", late, " on ", moment(sealed["sealed_at"], zone),
                     f" by {sealed['sealed_by']}"]  # fmt: skip
            told += [
                f"; engagement {share_text(rate)} {name.replace('_', ' ')}"
                for name, rate in rates.items()
            ]
            if "expected" in found and found["expected"] is not None:
                told += ["; ", linked(
                    f"{found['observed']:,.0f} {found['metric']} observed, "
                    f"{found['expected']:,.0f} expected", row["figure_ids"]["lift"],
                )]  # fmt: skip
            told.append(".")
        shown.append(p[told])
    return section(".panel")[h2["Baseline and campaign"], shown, p(".key")[
        a(href="/baselines")["All sealed baselines"]
    ]] if shown else None  # fmt: skip


def share_text(rate: float) -> str:
    """Write a rate that is often below one percent."""
    return share(rate) if rate >= 0.1 else f"{rate * 100:.1f}%"  # noqa: PLR2004 - ten percent


def _content(desk: Desk, name: str) -> Node:
    return desk.panel(
        "Content",
        desk.reading.ask("content", creator=name),
        ("campaign", "platform", "format", "published_at", "views", "engagement", "disclosed",
         "boosted"),
        more=a(href=address("/content", {"creator": name}))["all content"],
    )  # fmt: skip


def _money(desk: Desk, name: str, currency: str) -> list[Node]:
    """Show what was agreed, and what is owed."""
    asked = Asked("", {"creator": name})
    commitments = desk.reading.report(asked, "commitments")
    ageing = desk.reading.report(asked, "ageing")
    owed = [row["open_base"] for row in ageing.rows if row["account"] == "total"]
    return [
        desk.panel(
            "Agreements and what is left of them", commitments,
            ("agreement", "campaign", "state", "cancellable_until", "currency", "fixed_price",
             "used", "open", "cancellable"),
            more=a(href=address(report_path("commitments"), {"creator": name}))["all of it"],
        ),
        desk.panel(
            "Owed and not paid", ageing,
            ("account", "counterparty", "since", "currency", "open", "days_over_90"),
            note=f"{money(owed[0], currency)} {currency} in all" if owed and owed[0] else None,
            more=a(href=address(report_path("ageing"), {"creator": name}))["payables by age"],
        ),
    ]  # fmt: skip
