"""Export files: the bytes of an export's files, and how they reach a folder whole or not at all.

In:   an ExportBatch and its program; a path that the user named.
Out:  ExportFile values; files in their places, after a commit in between.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from truelift.base.errors import NotFound, TrueliftError
from truelift.base.money import Money, exponent, format_minor
from truelift.reports.journal_export.batch import ExportBatch, ExportFile
from truelift.reports.journal_export.programs import PROGRAMS, check_mapped
from truelift.reports.journal_export.rows import FIELDS, MONEY_FIELDS, rows
from truelift.reports.journal_export.workbook import Formula, Sheet, sheets
from truelift.reports.table import neutralised

EXACT_TYPE = pa.decimal128(23, 4)
"""Holds 64 bits of minor units of every currency: none has more than four decimals."""


def rendered(batch: ExportBatch, program: str) -> list[ExportFile]:
    """Give the files of a batch; everything that must refuse does so here, before any is written.

    CheckFailed for accounts that are not mapped, or what the program cannot take.
    """
    check_mapped(program, batch)
    render = PROGRAMS[program].render
    if render is not None:
        return render(batch)
    content = {"xlsx": workbook_bytes, "parquet": parquet_bytes}[program](batch)
    return [ExportFile(1, content)]


def workbook_bytes(batch: ExportBatch) -> bytes:
    """Write the sheets of a batch as XLSX: text as text, amounts and days as numbers."""
    return written_workbook(sheets(batch), batch.recorded_at)


def written_workbook(parts: Sequence[Sheet], created: dt.datetime) -> bytes:
    """Write sheets as XLSX. created: the only time in the file (naive UTC)."""
    import xlsxwriter  # noqa: PLC0415 - an extra that only this format needs

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": created})
        styles: dict[str, Any] = {}

        def style(pattern: str) -> Any:  # noqa: ANN401 - the library has no types
            if pattern not in styles:
                styles[pattern] = book.add_format({"num_format": pattern})
            return styles[pattern]

        head = book.add_format({"bold": True})
        for part in parts:
            page = book.add_worksheet(part.name)
            page.write_row(0, 0, part.titles, head)
            page.freeze_panes(1, 0)
            for line, values in enumerate(part.rows, 1):
                for place, value in enumerate(values):
                    _write_cell(page, (line, place), value, style)
    return buffer.getvalue()


def _write_cell(
    page: Any,  # noqa: ANN401 - the library has no types
    at: tuple[int, int],
    value: object,
    style: Callable[[str], Any],
) -> None:
    if value is None:
        return
    if isinstance(value, Formula):
        page.write_formula(*at, value.text, style(_pattern(value.value)), _number(value.value))
    elif isinstance(value, Money):
        page.write_number(*at, _number(value), style(_pattern(value)))
    elif isinstance(value, dt.date):
        page.write_datetime(*at, dt.datetime.combine(value, dt.time()), style("yyyy-mm-dd"))
    elif isinstance(value, int):
        page.write_number(*at, value)
    else:
        page.write_string(*at, neutralised(str(value)))


def _number(amount: Money) -> float:
    """Give the number of a cell: a spreadsheet has no other kind, and keeps fifteen digits."""
    return float(format_minor(amount.minor, amount.currency))


def _pattern(amount: Money) -> str:
    places = exponent(amount.currency)
    return f"#,##0.{'0' * places}" if places else "#,##0"


def parquet_bytes(batch: ExportBatch) -> bytes:
    """Write the rows of a batch as Parquet: amounts as exact decimals and as minor units."""
    lines = list(rows(batch))
    columns: dict[str, pa.Array] = {}
    for name in FIELDS:
        values: list[Any] = [line[name] for line in lines]
        if name in MONEY_FIELDS:
            columns[name] = pa.array([_decimal(each) for each in values], EXACT_TYPE)
            minor = [None if each is None else each.minor for each in values]
            columns[f"{name}_minor"] = pa.array(minor, pa.int64())
        else:
            columns[name] = pa.array(values, _TYPES.get(name, pa.string()))
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


_TYPES = {"line": pa.int64(), "date": pa.date32()}


def _decimal(amount: Money | None) -> Decimal | None:
    return None if amount is None else Decimal(format_minor(amount.minor, amount.currency))


def places(output: Path, batch: str, suffix: str, count: int) -> list[Path]:
    """Say where the files of a batch go: into a folder by the batch's name, or where was named.

    Several files of one name are numbered: name-1.csv, name-2.csv.
    """
    whole = output / f"{batch}{suffix}" if output.is_dir() else output
    if not whole.parent.is_dir():
        msg = f"There is no folder {whole.parent}; make it first. Nothing was exported."
        raise NotFound(msg)
    if count == 1:
        return [whole]
    return [
        whole.with_name(f"{whole.stem}-{number}{whole.suffix}") for number in range(1, count + 1)
    ]


@contextlib.contextmanager
def written(files: Sequence[tuple[Path, bytes]]) -> Iterator[None]:
    """Write files beside their places, let the caller commit, then move all into place.

    When the caller or the disk fails, nothing stands in any place that was not there before.
    """
    waiting: list[tuple[Path, Path]] = []
    try:
        for path, content in files:
            beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
            waiting.append((beside, path))
            _write(beside, content)
        yield
        for beside, path in waiting:
            beside.replace(path)
    except OSError as error:
        where = files[0][0].parent
        msg = f"{where} cannot be written to ({error.strerror or error}); choose another place."
        raise TrueliftError(msg) from error
    finally:
        for beside, _ in waiting:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
