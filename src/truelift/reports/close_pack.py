"""The close pack: one period as finance signs it, for a PDF and a workbook.

In:   the record of a close: who, when, checks, sections.
Out:  tables, and the same as Typst markup; the same record gives the same text for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from truelift.reports.table import Cell, Table, TableColumn

_SPECIAL = frozenset("\\#$*_`<>@=[]~-+/\"'")
"""Letters that mean something in Typst markup."""

_NUMBERS = frozenset({Cell.MONEY, Cell.COUNT, Cell.NUMBER})

STYLE = """#set page(paper: "a4", margin: (x: 15mm, y: 14mm), numbering: "1 / 1",
  footer: context [#set text(size: 7pt, fill: luma(90)); {footer} #h(1fr)
    #counter(page).display("1 / 1", both: true)])
#set text(font: "Libertinus Serif", size: 8.5pt, number-width: "tabular")
#set table(stroke: none, inset: (x: 4pt, y: 3pt))
#show heading.where(level: 1): set text(size: 16pt)
#show heading.where(level: 2): it => block(above: 14pt, below: 6pt, text(size: 11pt, it.body))
#show table.cell.where(y: 0): strong
"""


def pack_tables(pack: Mapping[str, Any]) -> list[Table]:
    """Give the pack as tables, the summary and the checks first."""
    return [_summary(pack), _checks(pack), *map(_section, pack["sections"])]


def pack_markup(pack: Mapping[str, Any]) -> str:
    """Write the pack in Typst markup: one table after the other, headers repeated on every page."""
    title = f"Close pack {pack['period']}, {pack['brand']}"
    footer = f"{title}. Checkpoint {pack['checkpoint'][:16]}"
    lines = [STYLE.replace("{footer}", markup_text(footer)), f"= {markup_text(title)}"]
    for table in pack_tables(pack):
        lines += ["", f"== {markup_text(table.title)}"]
        if table.note:
            lines += [f"#text(fill: luma(90))[{markup_text(table.note)}]", ""]
        lines += _markup_table(table)
    return "\n".join([*lines, ""])


def markup_text(text: str) -> str:
    """Write text so that Typst shows it as it is."""
    shown = " ".join(text.split())
    return "".join(f"\\{letter}" if letter in _SPECIAL else letter for letter in shown)


def _markup_table(table: Table) -> list[str]:
    if not table.rows:
        return ["Nothing."]
    right = [column.cell in _NUMBERS for column in table.columns]
    align = ", ".join("right" if each else "left" for each in right)
    widths = ", ".join(["auto"] * len(table.columns))
    lines = [f"#table(columns: ({widths},), align: ({align},),"]
    head = "".join(f"[{markup_text(name)}], " for name in table.names)
    lines.append(f"  table.header({head}table.hline(stroke: 0.6pt)),")
    lines += [
        "  " + "".join(f"[{_cell(row[name])}], " for name in table.names) for row in table.rows
    ]
    return [*lines, ")"]


def _cell(value: object) -> str:
    return "" if value is None else markup_text(str(value))


def _summary(pack: Mapping[str, Any]) -> Table:
    told = {
        "brand": pack["brand"],
        "legal entity": pack["entity"],
        "currency of the books": pack["currency"],
        "time zone of the days": pack["timezone"],
        "period": pack["period"],
        "prepared": f"{pack['prepared_at']} UTC by {pack['prepared_by']}",
        "approved": f"{pack['recorded_at']} UTC by {pack['recorded_by']}",
        "facts known until": f"{pack['known_at']} UTC",
        "newest fact": f"{pack['as_of']} UTC",
        "last entry of the chain": f"{pack['seq']}, {pack['hash']}",
        "checkpoint": pack["checkpoint"],
    }
    rows = [{"": name, "signed": value} for name, value in told.items()]
    return _table("Signed", "", [("", Cell.TEXT), ("signed", Cell.TEXT)], rows)


def _checks(pack: Mapping[str, Any]) -> Table:
    rows = [
        {
            "check": check["name"],
            "found": check["found"],
            "result": _result(check),
            "sentence": check["sentence"],
        }
        for check in pack["checks"]
    ]
    columns = [
        ("check", Cell.TEXT), ("found", Cell.COUNT), ("result", Cell.TEXT), ("sentence", Cell.TEXT),
    ]  # fmt: skip
    return _table("Checks", "What was looked at before the close", columns, rows)


def _result(check: Mapping[str, Any]) -> str:
    return str(check["severity"]) if check["found"] else "holds"


def _section(section: Mapping[str, Any]) -> Table:
    columns = [(name, Cell(cell)) for name, cell in section["columns"]]
    names = [name for name, _ in columns]
    rows = [dict(zip(names, row, strict=True)) for row in section["rows"]]
    return _table(section["title"], section["note"], columns, rows)


def _table(
    title: str,
    note: str,
    columns: Sequence[tuple[str, Cell]],
    rows: Sequence[Mapping[str, Any]],
) -> Table:
    return Table(title, tuple(TableColumn(*column) for column in columns), tuple(rows), note)
