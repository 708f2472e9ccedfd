"""Linking: links and codes for many creators at once, and what to send them: addresses, QR codes.

In:   a desk and what was asked for.
Out:  the forms, the list of links with their addresses and its CSV, a QR code as a picture.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import htpy
from htpy import Node, a, div, figcaption, figure, form, img, label, p, span
from litestar import Response

from truelift.catalog.link_making import SLUG, UTM
from truelift.reports.table import plain_table
from truelift.web.acts import DONE, said
from truelift.web.answers import csv_answer, json_answer
from truelift.web.asked import Asked, BadParameter, address
from truelift.web.desk import Answer, Desk, Screens, part
from truelift.web.door import Workspace
from truelift.web.grid import ARRANGING, arranged
from truelift.web.layout import twins
from truelift.web.screens.catalog import CATALOG, between
from truelift.web.work_deeds import CODES_BULK, LINKS_BULK, LINKS_MADE, MOST_CHOICES

Json = Mapping[str, Any]

CAMPAIGN, BASE, LINK = "campaign", "base", "slug"
QR = "/catalog/links/qr"
PICTURES = 12
"""QR codes that a page shows at a time."""

FIRST = {"slug": SLUG, "utm": UTM}


def links_bulk(desk: Desk, asked: Asked, _ending: str) -> Answer:
    """Ask for links, and codes if wanted, for many creators."""
    return _bulk(desk, asked, "links", FIRST, [
        p["A link for each creator; {creator}, {campaign} and {platform} are filled in. One that "
          "is there already is made anew."],
        p["Rows of your own? ", a(href="/upload")["Paste or upload them"],
          ". To send out: ", a(href=LINKS_MADE)["addresses and QR codes"], "."],
    ])  # fmt: skip


def codes_bulk(desk: Desk, asked: Asked, _ending: str) -> Answer:
    """Ask for codes for many creators."""
    return _bulk(desk, asked, "codes", {"template": "{CREATOR}10"}, [
        p["A code for each creator; {CREATOR} and {CAMPAIGN} are filled in, in capitals."],
        p["Rows of your own? ", a(href="/upload")["Paste or upload them"], "."],
    ])  # fmt: skip


def _bulk(
    desk: Desk, asked: Asked, kind: str, first: Mapping[str, str], words: list[Node]
) -> Answer:
    act, last = desk.forms.acts[f"make-{kind}"], desk.last(asked)
    campaigns = desk.reading.campaigns()
    choices = [(each, each) for each in campaigns] if len(campaigns) <= MOST_CHOICES else []
    fields = [
        replace(each, kind="choice", choices=choices) if each.name == CAMPAIGN and choices else each
        for each in act.fields
    ]
    body = [
        said(last),
        between(kind),
        *words,
        desk.forms.form(act.name, f"/catalog/{kind}/bulk", None, last, values=first, fields=fields),
        p[a(href=f"/catalog/{kind}")["Back to the list"]],
    ]
    return desk.page(desk.head(), f"Many {kind} at once", CATALOG, body, live=False)


def links_made(desk: Desk, asked: Asked, ending: str) -> Answer:
    """List links with the addresses to send out; QR codes once the host of the links is said."""
    wanted, base = asked.get(CAMPAIGN), (asked.get(BASE) or "").rstrip("/")
    codes: dict[tuple[Any, Any], list[str]] = {}
    for row in desk.reading.list("codes").rows:
        codes.setdefault((row["creator"], row["campaign"]), []).append(row["code"])
    rows = [
        {
            "slug": row["slug"], "address": f"{base}/r/{row['slug']}", "creator": row["creator"],
            "campaign": row["campaign"],
            "codes": ";".join(codes.get((row["creator"], row["campaign"]), ())) or None,
            "destination": row["destination"],
        }
        for row in desk.reading.list("links").rows
        if wanted in {None, row["campaign"]}
    ]  # fmt: skip
    whole = replace(plain_table("Links", rows), instead="There are no links yet; make some.")
    table = arranged(whole, asked)
    if ending == "csv":
        return csv_answer(table, "links")
    if ending:
        return json_answer({**desk.head(), "rows": rows})
    body: list[Node] = [
        said(desk.last(asked)),
        between("links"),
        p["What creators get: their link, their code, and a QR code to print or to show."],
        _where(desk, wanted, base),
        desk.grid(whole, table, asked, "Links to send out"),
        _pictures(table.rows, asked, base) if base else None,
        twins(LINKS_MADE, asked.only((CAMPAIGN, BASE, *ARRANGING))),
    ]
    return desk.page(desk.head(), "Links to send out", CATALOG, body)


def _where(desk: Desk, wanted: str | None, base: str) -> Node:
    campaigns = sorted({*desk.reading.campaigns(), *([wanted] if wanted else [])})
    return form(".filter", method="get", action=LINKS_MADE, aria_label="Filter")[
        label[
            span["Campaign"],
            htpy.select(name=CAMPAIGN)[
                htpy.option(value="")["all"],
                (htpy.option(value=each, selected=each == wanted)[each] for each in campaigns),
            ],
        ],
        label[
            span["Host of your links"],
            htpy.input(name=BASE, type="url", value=base, placeholder="https://go.example"),
        ],
        htpy.button(type="submit")["Show"],
    ]


def _pictures(rows: Any, asked: Asked, base: str) -> Node:  # noqa: ANN401 - rows of a table
    shown, _ = part(rows, replace(asked, page=1), PICTURES)
    return div(".pictures")[
        (
            figure[
                img(
                    src=address(QR, {LINK: row["slug"], BASE: base}), alt=f"QR code of {base}/r/"
                    f"{row['slug']}", width="150", height="150", loading="lazy",
                ),
                figcaption[
                    a(href=address(QR, {LINK: row["slug"], BASE: base}),
                      download=f"{row['slug']}.svg")[row["slug"]]
                ],
            ]
            for row in shown
        )
    ]  # fmt: skip


def qr_code(desk: Desk, asked: Asked, _ending: str) -> Answer:
    """Draw the QR code of a link."""
    slug, base = asked.get(LINK), asked.get(BASE)
    for name, value in ((LINK, slug), (BASE, base)):
        if value is None:
            raise BadParameter(name, f"Say the {name} of the QR code.")

    def drawn(workspace: Workspace) -> bytes:
        told: Any = workspace
        with tempfile.TemporaryDirectory(prefix="truelift-qr-") as folder:
            path = Path(folder) / "code.svg"
            told.qr_code(slug, base, path)
            return path.read_bytes()

    content = desk.reading.kept(("qr", slug, base), drawn)
    return Response(content, media_type="image/svg+xml")


SCREENS: Screens = {
    LINKS_BULK: ((DONE,), links_bulk),
    CODES_BULK: ((DONE,), codes_bulk),
    LINKS_MADE: ((CAMPAIGN, BASE, DONE, *ARRANGING), links_made),
    QR: ((LINK, BASE), qr_code),
}
