"""Waterfall: the bridge from what a platform reports to the return after creator cost.

In:   rows of the bridge of one campaign, amounts in minor units.
Out:  Drawing: levels stand on zero, what lies between hangs where it leads from and to.
"""

from __future__ import annotations

from collections.abc import Sequence

from truelift.base.money import exponent, format_minor
from truelift.reports.bridge import DELTA, LEVEL
from truelift.reports.charts.drawing import (
    BLUE,
    GAIN,
    LOSS,
    MINUS,
    Drawing,
    Json,
    left_out,
    line_at,
    sentence,
    table_of,
    telling,
    tells,
    told,
)

TITLE = "From reported to return"
COLUMNS = ("step", "kind", "amount", "level")


def waterfall(rows: Sequence[Json], currency: str) -> Drawing:
    """Draw each level from zero and each change from the level before it."""
    unit = 10 ** exponent(currency)
    drawn: list[Json] = []
    running: int | None = None
    for row in rows:
        amount = row["amount"]
        if amount is None or row["kind"] not in {LEVEL, DELTA}:
            continue
        if row["kind"] == LEVEL:
            before, running = 0, amount
        elif running is None:
            continue
        else:
            before, running = running, running + amount
        if row["kind"] == LEVEL or amount:
            drawn.append(_value(row, before / unit, running / unit, currency))
    unknown = [_words(row) for row in rows if row["kind"] == LEVEL and row["amount"] is None]
    note = sentence(
        f"{currency}. Blue bars are levels, the others what lies between them; a change of 0 is "
        "not drawn.",
        left_out(unknown, "not known"),
    )
    return Drawing(
        title=TITLE,
        note=note,
        table=table_of(TITLE, drawn, COLUMNS, note),
        values=drawn,
        height={"step": 24},
        empty=sentence("No level of the bridge is known.", left_out(unknown, "not known")),
        shared={"y": {"field": "step", "type": "nominal", "title": None, "sort": None}},
        layers=[
            line_at("x", 0),
            {
                "mark": telling("bar", height=14),
                "encoding": {
                    "x": {
                        "field": "from",
                        "type": "quantitative",
                        "title": currency,
                        "axis": {"labelExpr": "format(datum.value, '~s')", "tickCount": 6},
                    },
                    "x2": {"field": "to"},
                    "color": {
                        "field": "form",
                        "type": "nominal",
                        "legend": None,
                        "scale": {"domain": ["level", "more", "less"], "range": [BLUE, GAIN, LOSS]},
                    },
                    **tells(),
                },
            },
        ],
    )


def _words(row: Json) -> str:
    account = f" {row['account']}" if row.get("account") else ""
    return f"{row['step']}{account}".replace("_", " ")


def _value(row: Json, before: float, after: float, currency: str) -> Json:
    amount = row["amount"]
    text = f"{format_minor(amount, currency)} {currency}".replace("-", MINUS)
    level = row["kind"] == LEVEL
    form = "level" if level else "more" if amount > 0 else "less"
    words = told(**{"level" if level else "change": _words(row), "amount": text})
    return {
        "step": _words(row),
        "kind": row["kind"],
        "from": before,
        "to": after,
        "form": form,
        "amount": format_minor(amount, currency),
        "level": after,
        "told": words,
    }
