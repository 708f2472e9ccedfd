"""Close pack: the PDF and the workbook of a closed period, the same bytes whenever they are made.

In:   the record of a close.
Out:  close-PERIOD.pdf and close-PERIOD.xlsx in a folder, with their hashes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from truelift.base.errors import CheckFailed, TrueliftError
from truelift.base.ids import content_hash
from truelift.base.time import Period
from truelift.operations.close import closed
from truelift.operations.people import Action, needs
from truelift.reports.close_pack import pack_markup, pack_tables
from truelift.reports.table import Cell, Table, neutralised
from truelift.store.ground import Ground

Row = dict[str, Any]

SHEET_NAME_LENGTH = 31
WIDEST = 60


def pack(ground: Ground, period: Period) -> Row:
    """Give what was signed at the close of a period; CheckFailed when it was changed since."""
    found = closed(ground, period)
    record, brand = found.record, ground.brand
    if record["checkpoint"] != content_hash([record["hash"], record["sections"]]):
        msg = f"The close of {period} does not match its checkpoint: it was changed since."
        raise CheckFailed(msg)
    return record | {
        "brand": brand.brand,
        "entity": brand.entity,
        "currency": brand.currency,
        "timezone": brand.timezone,
    }


@needs(Action.EXPORT, "period", "folder")
def write_pack(ground: Ground, period: Period, folder: Path) -> list[Row]:
    """Write the pack of a closed period; give each file with its SHA-256."""
    found = pack(ground, period)
    made_at = dt.datetime.fromisoformat(found["recorded_at"])
    contents = {
        f"close-{period}.pdf": pdf(pack_markup(found), made_at),
        f"close-{period}.xlsx": workbook(pack_tables(found), made_at),
    }
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for name, content in contents.items():
        partial = folder / f".{name}.partial"
        partial.write_bytes(content)
        partial.replace(folder / name)
        sha256 = hashlib.sha256(content).hexdigest()
        rows.append({"file": str(folder / name), "bytes": len(content), "sha256": sha256})
    return rows


def pdf(markup: str, made_at: dt.datetime) -> bytes:
    """Typeset markup; the document's own date is the close's, never the clock's."""
    try:
        import typst  # noqa: PLC0415 - an extra: [reports]
    except ImportError as error:
        msg = "A PDF needs the extra: pip install 'truelift[reports]'."
        raise TrueliftError(msg) from error
    day = f"year: {made_at.year}, month: {made_at.month}, day: {made_at.day}"
    dated = f"#set document(date: datetime({day}))\n"
    return bytes(typst.compile((dated + markup).encode(), timestamp=int(_utc(made_at).timestamp())))


def workbook(tables: Sequence[Table], made_at: dt.datetime) -> bytes:
    """Write tables as sheets: numbers typed, text neutralised against formulas."""
    try:
        import xlsxwriter  # noqa: PLC0415 - an extra: [reports]
    except ImportError as error:
        msg = "A workbook needs the extra: pip install 'truelift[reports]'."
        raise TrueliftError(msg) from error
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": made_at})
    bold = book.add_format({"bold": True, "bottom": 1})
    for table in tables:
        sheet = book.add_worksheet(table.title[:SHEET_NAME_LENGTH])
        sheet.freeze_panes(1, 0)
        for column, (name, cell) in enumerate((c.name, c.cell) for c in table.columns):
            sheet.write_string(0, column, neutralised(name), bold)
            values = [row[name] for row in table.rows]
            for line, value in enumerate(values, 1):
                _write(book, sheet, (line, column), value, cell)
            longest = max([len(name), *(len(str(value)) for value in values)])
            sheet.set_column(column, column, min(longest + 2, WIDEST))
    book.close()
    return buffer.getvalue()


def _write(book: Any, sheet: Any, at: tuple[int, int], value: object, cell: Cell) -> None:  # noqa: ANN401 - xlsxwriter has no types
    """Write one cell; amounts keep as many decimals as they came with."""
    text = "" if value is None else str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        sheet.write_number(*at, value)
    elif cell is Cell.MONEY and _is_number(text):
        amount = Decimal(text)
        digits = max(-int(amount.as_tuple().exponent), 0)
        form = "#,##0" + ("." + "0" * digits if digits else "")
        sheet.write_number(*at, float(amount), _format(book, form))
    else:
        sheet.write_string(*at, neutralised(text))


def _format(book: Any, form: str) -> Any:  # noqa: ANN401 - xlsxwriter has no types
    """Give a workbook's number format, made once."""
    known = book.__dict__.setdefault("_truelift_formats", {})
    if form not in known:
        known[form] = book.add_format({"num_format": form})
    return known[form]


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()


def _utc(made_at: dt.datetime) -> dt.datetime:
    return made_at.replace(tzinfo=dt.UTC)
