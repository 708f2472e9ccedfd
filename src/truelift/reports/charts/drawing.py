"""Drawing: what every chart has: a title, what it says in a sentence, its figures, its style.

In:   the layers of a chart and the rows they draw.
Out:  Drawing, whose `spec` is Vega-Lite 6 and whose `table` says the same without a picture.

Colours are those of light paper. A page swaps each for a name of its sheet (frontend's charts.js),
so that a chart is right on dark pages and in print.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from truelift.reports.table import Table, plain_table

Json = Mapping[str, Any]
Spec = dict[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
INK, SOFT, LINE, HAIR = "#1d2329", "#5a646e", "#dcdad3", "#ecebe5"
BLUE, GAIN, LOSS, EVEN, CARD = "#174f86", "#14693f", "#a3312a", "#6b6357", "#ffffff"
FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif"
TOLD = "told"
"""The field that says a mark in words: `name: value; name: value`."""

ROW_HEIGHT, HEIGHT, WIDTH = 26, 240, 640
NOTE_LENGTH = 108
"""Letters of a line below the title."""

MINUS = "\u2212"

CONFIG: Spec = {
    "font": FONT,
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "aria": False,
        "domainColor": LINE,
        "gridColor": HAIR,
        "tickColor": LINE,
        "labelColor": SOFT,
        "titleColor": SOFT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 170,
    },
    "legend": {
        "aria": False,
        "labelColor": SOFT,
        "titleColor": SOFT,
        "labelFontSize": 12,
        "symbolStrokeColor": SOFT,
    },
    "title": {
        "anchor": "start",
        "color": INK,
        "subtitleColor": SOFT,
        "fontSize": 15,
        "subtitleFontSize": 12,
        "subtitlePadding": 4,
        "aria": False,
    },
    "text": {"color": SOFT, "fontSize": 12},
}
"""How every chart looks; axes and legends are drawn, and told by the table."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart: its specification, and its figures as a table.

    note: what it says, and what is left out. empty: the sentence that stands where nothing could be
    drawn. pending: how many figures are still being made.
    """

    title: str
    note: str
    table: Table
    layers: Sequence[Spec]
    values: Sequence[Json]
    shared: Json
    height: int | Json = HEIGHT
    empty: str = ""
    pending: int = 0

    @property
    def spec(self) -> Spec:
        """Give the Vega-Lite specification."""
        told: Spec = {}
        if not self.values:
            told["empty"] = self.empty or "There is nothing to draw yet."
        if self.pending:
            told["pending"] = self.pending
        return {
            "$schema": SCHEMA,
            "title": {"text": self.title, "subtitle": wrap(self.note, NOTE_LENGTH)},
            "description": f"{self.title}. {self.note}",
            "width": WIDTH,
            "height": self.height,
            "data": {"values": list(self.values)},
            "config": CONFIG,
            "usermeta": told,
            "layer": [self._whole(layer) for layer in self.layers],
        }

    def _whole(self, layer: Spec) -> Spec:
        """Give a layer with what all share; one with data of its own stands by itself."""
        if "data" in layer:
            return layer
        return layer | {"encoding": {**self.shared, **layer["encoding"]}}


def table_of(title: str, values: Sequence[Json], names: Sequence[str], note: str) -> Table:
    """Lay the figures of a chart out as a table."""
    return plain_table(title, [{name: row.get(name) for name in names} for row in values], note)


def named(row: Json) -> str:
    """Name a row of the report of return: its campaign and creator, or what else it is about."""
    for key in ("cohort", "programme"):
        if key in row:
            return " / ".join(filter(None, (row["campaign"], row[key]))) or "(none)"
    return " / ".join(filter(None, (row["campaign"], row["creator"]))) or "(no campaign)"


def percent(value: float) -> str:
    """Write a ratio as a signed percentage with a true minus sign."""
    whole = round(value * 100)
    sign = MINUS if whole < 0 else "+" if whole > 0 else ""
    return f"{sign}{abs(whole):,}%"


def count(value: float) -> str:
    """Write a count with thousands apart and a true minus sign."""
    return f"{value:,.0f}".replace("-", MINUS)


def told(**words: str) -> str:
    """Say a mark in words; a semicolon in a name would look like the next one."""
    return "; ".join(
        f"{name.replace('_', ' ')}: {value.replace(';', ',')}" for name, value in words.items()
    )


def mark(kind: str, **more: object) -> Spec:
    """Describe a mark that is only looked at: its figures are told by another one."""
    return {"type": kind, "aria": False, **more}


def telling(kind: str, **more: object) -> Spec:
    """Describe a mark that tells its figures to a pointer, to arrow keys and to a reader."""
    return {"type": kind, **more}


def line_at(channel: str, place: float, **more: object) -> Spec:
    """Draw one line across the whole chart."""
    return {
        "data": {"values": [{}]},
        "mark": mark("rule", color=EVEN, **more),
        "encoding": {channel: {"datum": place}},
    }


def tells() -> Spec:
    """Give the channels by which a mark tells its figures."""
    field = {"field": TOLD, "type": "nominal"}
    return {"tooltip": field, "description": field}


def left_out(names: Sequence[str], why: str, most: int = 6) -> str:
    """Name what is left out, and why."""
    if not names:
        return ""
    shown = ", ".join(names[:most])
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"Left out, {why}: {shown}{more}."


def sentence(*parts: str) -> str:
    """Join sentences, leaving out those that say nothing."""
    return " ".join(filter(None, parts))
