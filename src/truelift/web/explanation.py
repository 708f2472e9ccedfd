"""The explanation of one figure as a page: formula, value, inputs, source rows, entries, hashes.

In:   what the Python door says of a figure.
Out:  page nodes, and a flat table of the rows behind the figure for the CSV twin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import htpy
from htpy import Node, code, dd, div, dl, dt, h2, li, p, section

from truelift.reports.figure import parse_figure_id
from truelift.reports.table import Table, plain_table
from truelift.web import figures
from truelift.web.tables import clipped, doubt, listing

Json = Mapping[str, Any]

LOGS = ("log", "low", "high")
WHOSE = ("programme", "campaign", "cohort", "creator", "platform", "post", "day")
KINDS = ("orders", "leads", "posts")


TITLES = {
    "roi": "ROI", "roas": "ROAS", "incremental_roi": "Incremental ROI", "valued_roi": "Valued ROI",
}  # fmt: skip
"""Names of figures that are not just a capital letter away from their own."""


def heading(figure: str) -> tuple[str, dict[str, str]]:
    """Give a figure's title with whose it is, and what its report says of itself."""
    name, parts = parse_figure_id(figure)
    whose = [clipped(parts[each]) for each in WHOSE if each in parts]
    title = TITLES.get(name, name.capitalize())
    fields = {
        "as_of": "as_of", "known_at": "known_at", "basis": "basis", "model": "model",
        "cost_basis": "cost",
    }  # fmt: skip
    head = {field: parts[part] for field, part in fields.items() if part in parts}
    return f"{title} of {', '.join(whose) or 'no campaign'}", head


def explanation(told: Json) -> list[Node]:
    """Lay an explanation out, from the value down to files and lines."""
    currency = told["currency"]
    name, _ = parse_figure_id(told["figure"])
    inputs = told["inputs"]
    if "ladder" not in inputs:
        return _ahead(told)
    return [
        section[
            p(".value")[_value(name, told["value"], currency)],
            p[htpy.strong["Formula: "], told["formula"]],
            p(".figure")["Figure id: ", code[told["figure"]]],
        ],
        section(".pair")[
            _pairs("Ladder", _ladder(inputs["ladder"], currency)),
            _pairs(
                f"Cost, on {inputs['cost_basis']} basis here",
                [
                    (state, figures.money(inputs["cost"][state], currency))
                    for state in inputs["cost"]
                ],
            ),
            _pairs("Lift", _lift(inputs["lift"])),
            _controls(inputs),
            _limits(inputs.get("limits")),
            _pairs(
                "Outputs",
                [
                    (
                        name.replace("_", " "),
                        figures.count(each),
                    )
                    for name, each in inputs["outputs"].items()
                ],
            ),
        ],
        (_table(kind, told["rows"][kind]) for kind in KINDS if told["rows"][kind]["count"]),
        _table("entries", told["entries"]) if told["entries"]["count"] else None,
        doubt(told["doubt"], "checks on this lift; each is explained in the documents")
        if told["doubt"]
        else None,
        _marks(told["marks"]),
        _list("baselines", told["baselines"], len(told["baselines"])),
        section[
            _pairs(
                "Versions",
                [
                    (name.replace("_", " "), "none" if each is None else str(each))
                    for name, each in told["versions"].items()
                ],
            )
        ],
    ]


def _ahead(told: Json) -> list[Node]:
    """Lay out a figure that looks ahead: its sentence, its formula and every input by name."""
    inputs = told["inputs"]
    pairs = [
        (name.replace("_", " "), _words(each))
        for name, each in inputs.items()
        if name not in {"why", "figure_id", "figure_ids"}
    ]
    return [
        section[
            p(".value")[inputs["why"]],
            p[htpy.strong["Formula: "], told["formula"]],
            p(".figure")["Figure id: ", code[told["figure"]]],
        ],
        section[_pairs("Inputs", pairs)],
    ]


def _words(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_words(each)}" for name, each in value.items())
    return "none" if value is None else str(value)


def behind(told: Json) -> Table:
    """Give the rows behind a figure: kind, id, file and line of those that are listed."""
    rows = []
    for kind in KINDS:
        for row in told["rows"][kind]["first"]:
            identity = next(row[name] for name in row if name.endswith("_id"))
            rows.append({"kind": kind, "id": identity, "file": row["file"], "line": row["line"]})
    rows += [
        {"kind": "entries", "id": row["entry_id"], "file": None, "line": None}
        for row in told["entries"]["first"]
    ]
    return plain_table(told["figure"], rows)


def _value(name: str, value: Json | float, currency: str) -> Node:
    if not isinstance(value, Mapping):
        return figures.ratio(value, factor=name == "roas")
    if name == "cost":
        return [
            htpy.span[figures.money(value[state], currency), htpy.small[state]] for state in value
        ]
    if name == "lift":
        return figures.lift(value)
    if "step" in value:
        known = value["amount"] is not None
        return figures.money(value["amount"], currency) if known else figures.withheld(value)
    detail = value.get("detail")
    return [figures.estimate(value), htpy.small[detail] if detail else None]


def _ladder(steps: Sequence[Json], currency: str) -> list[tuple[str, Node]]:
    return [
        (
            step["step"],
            figures.money(step["amount"], currency)
            if step["amount"] is not None
            else figures.reason_words(step.get("withheld") or "not reported"),
        )
        for step in steps
    ]


def _lift(lift: Json) -> list[tuple[str, Node]]:
    plain = [name for name in lift if not isinstance(lift[name], Mapping)]
    return [(name.replace("_", " "), _plain(name, lift[name])) for name in plain]


def _controls(inputs: Json) -> Node:
    """Say which creators took the calendar out, by which rule, and what to beware of."""
    lift, told = inputs["lift"], inputs.get("controls")
    rows: list[tuple[str, Node]] = list((lift.get("warnings") or {}).items())
    rows = [(name.replace("_", " "), sentence) for name, sentence in rows]
    if told:
        taken = lift["controls"]
        between = f"{_plain('log', taken['mean'])} (standard error {taken['se']:.3f})"
        rows += [
            ("creators", ", ".join(told["names"]) or f"{taken['creators']}"),
            ("rule", told["rule"]),
            ("their own log lift, taken out", between),
        ]
    return _pairs("Controls", rows) if rows else None


def _limits(told: Json | None) -> Node:
    """Say what the limits rest on: theory, or replays without a campaign."""
    if not told:
        return None
    rows: list[tuple[str, Node]] = [("in force", told["in_force"])]
    rows += [("", sentence) for sentence in told["sentences"]]
    return _pairs("Limits", rows + [("record", version) for version in told["versions"]])


def _plain(name: str, value: object) -> str:
    """Write one part of a lift; logs need their decimals, a level is a share."""
    if isinstance(value, bool) or value is None:
        if name in LOGS:
            return "unlimited"
        return "unknown" if value is None else "yes" if value else "no"
    if not isinstance(value, float | int):
        return str(value)
    if name == "level":
        return figures.share(value)
    return f"{value:+.3f}".replace("-", figures.MINUS) if name in LOGS else figures.count(value)


def _marks(told: Sequence[str]) -> Node:
    """Say what is odd about the posts behind a figure; the figure uses them as it says here."""
    if not told:
        return None
    return section("#marks")[
        h2["Marks on the posts behind it"], htpy.ul[(li[each] for each in told)]
    ]


def _pairs(title: str, rows: Sequence[tuple[str, Node]]) -> Node:
    return div[h2[title], dl(".pairs")[(div[dt[name], dd[value]] for name, value in rows)]]


def _table(name: str, told: Json) -> Node:
    return _list(name, told["first"], told["count"])


def _list(name: str, rows: Sequence[Json], total: int) -> Node:
    if not rows:
        return None
    table = plain_table(
        name, [{key: _text(row[key]) for key in row} for row in rows], money=("base",)
    )
    note = f"{total:,}" if total == len(rows) else f"the first {len(rows):,} of {total:,}"
    return listing(name, table, table.rows, name.capitalize(), note)


def _text(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
