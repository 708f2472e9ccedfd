"""Campaign report: one campaign on paper: what came back, how sure that is, and its charts.

In:   rows of the ROI report, of the bridge and of doubt; charts as SVG by their titles.
Out:  Typst markup; the same rows give the same text for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from truelift.base.money import format_minor
from truelift.reports.charts.drawing import MINUS, percent
from truelift.reports.close_pack import STYLE, markup_text

Row = Mapping[str, Any]

LEVELS = ("net", "contribution", "incremental", "return")
HEADS = ("Creator", "Incremental ROI", "95 % limits", "Grade", "ROI",
         *(level.capitalize() for level in LEVELS), "Accrued")  # fmt: skip
DOUBTS = frozenset({"fails", "warns"})


def report_markup(
    head: Row, rows: Sequence[Row], whole: Row | None, doubts: Sequence[Row],
    pictures: Mapping[str, str],
) -> str:  # fmt: skip
    """Write the report of a campaign; whole: the campaign's own row. Money is in minor units."""
    campaign = str(rows[0]["campaign"]) if rows else ""
    currency = head["currency"]
    title = f"{campaign}, {head['brand']}"
    footer = f"{title}. As of {head['as_of']}, known at {head['known_at']}"
    lines = [
        STYLE.replace("{footer}", markup_text(footer)),
        f"= {markup_text(title)}",
        markup_text(
            f"{currency}, {head['timezone']}; {head['basis']} dates, {head['cost_basis']} cost, "
            f"{head['model']}. {head['attribution_rule']}"
        ),
        "== What came back",
        *_table(HEADS, [_cells(row, currency) for row in ([*rows, whole] if whole else rows)]),
    ]
    for name, picture in pictures.items():
        lines += ["", f"== {markup_text(name)}", _image(picture)]
    told = [row for row in doubts if row["verdict"] in DOUBTS]
    if told:
        found = [
            (row["creator"] or "whole campaign", row["check"].replace("_", " "), row["verdict"],
             row["sentence"])
            for row in told
        ]  # fmt: skip
        heads = ("Whose", "Check", "Verdict", "What was found")
        lines += ["", "== Reasons to doubt the lift", *_table(heads, found, left=4)]
    return "\n".join([*lines, ""])


def _cells(row: Row, currency: str) -> tuple[str, ...]:
    found = row["incremental_roi"]
    levels = {step["step"]: step["amount"] for step in row["ladder"]}
    known = "point" in found
    return (
        row["creator"] or "whole campaign",
        percent(found["point"]) if known else _reason(found),
        f"{percent(found['low'])} to {percent(found['high'])}" if known else "",
        found.get("grade", "D"),
        _reason(row["roi"]) if isinstance(row["roi"], Mapping) else percent(row["roi"]),
        *(_money(levels[level], currency) for level in LEVELS),
        _money(row["cost"]["accrued"], currency),
    )


def _reason(found: Row) -> str:
    return f"withheld: {found['withheld'].lower().replace('_', ' ')}"


def _money(amount: int | None, currency: str) -> str:
    if amount is None:
        return ""
    whole, point, rest = format_minor(abs(amount), currency).partition(".")
    return f"{MINUS if amount < 0 else ''}{int(whole):,}{point}{rest}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> list[str]:
    widths = ", ".join(["auto"] * len(heads))
    align = ", ".join("left" if at < left else "right" for at in range(len(heads)))
    return [
        f"#table(columns: ({widths},), align: ({align},),",
        "  table.header("
        + "".join(f"[{markup_text(head)}], " for head in heads)
        + "table.hline(stroke: 0.6pt)),",
        *("  " + "".join(f"[{markup_text(cell)}], " for cell in row) for row in rows),
        ")",
    ]


def _image(picture: str) -> str:
    """Write an SVG as a picture of Typst; its own text is a string there."""
    text = picture.replace("\\", "\\\\").replace('"', '\\"')
    return f'#image(bytes("{text}"), format: "svg", width: 100%)'
