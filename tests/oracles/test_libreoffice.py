"""LibreOffice adds the XLSX up again: its own sums are our control totals, a changed cell is seen.

It is told to compute every formula anew (OOXMLRecalcMode 0); by itself it shows what is stored.
"""

from __future__ import annotations

import zipfile
from dataclasses import replace

import pytest

from truelift.base.money import exponent
from truelift.operations.export_files import workbook_bytes
from truelift.reports.journal_export.batch import control_totals
from truelift.reports.journal_export.rows import FIELDS


@pytest.fixture(scope="module")
def part(dollars):
    """A fifth of the entries: LibreOffice takes seconds for each ten thousand lines."""
    return replace(dollars, entries=dollars.entries[::5])


@pytest.fixture(scope="module")
def workbook(part, tmp_path_factory):
    path = tmp_path_factory.mktemp("xlsx") / "books.xlsx"
    path.write_bytes(workbook_bytes(part))
    return path


@pytest.fixture(scope="module")
def totals(recomputed, workbook):
    """What LibreOffice makes of the workbook as it is."""
    return minor_units(recomputed(workbook), "USD")


def minor_units(rows, base):
    """Read the sheet of totals as (account, currency, six amounts in minor units)."""
    found = []
    for row in rows[1:]:
        account = str(row[0]).removesuffix(".0")
        places = [exponent(row[2])] * 3 + [exponent(base)] * 3
        amounts = [round(value * 10**place) for value, place in zip(row[3:9], places, strict=True)]
        found.append((account, row[2], *amounts))
    return found


def test_its_sums_are_our_control_totals(totals, part):
    expected = [
        (
            each.account, each.currency, each.debit_minor - each.credit_minor, each.debit_minor,
            each.credit_minor, each.base_debit_minor - each.base_credit_minor,
            each.base_debit_minor, each.base_credit_minor,
        )
        for each in control_totals(part.entries)
    ]  # fmt: skip
    assert totals == expected


def test_it_did_compute_a_cent_more_in_a_cell_is_in_its_sums(
    recomputed, workbook, totals, tmp_path
):
    broken = tmp_path / "broken.xlsx"
    letter = FIELDS.index("base_debit")
    column = chr(ord("A") + letter)
    with zipfile.ZipFile(workbook) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                start = text.index(b"<v>", text.index(f'<c r="{column}2"'.encode())) + 3
                end = text.index(b"</v>", start)
                text = text[:start] + b"%.2f" % (float(text[start:end]) + 0.01) + text[end:]
            target.writestr(name, text)
    after = minor_units(recomputed(broken), "USD")
    differing = [pair for pair in zip(totals, after, strict=True) if pair[0] != pair[1]]
    assert len(differing) == 1
    assert differing[0][1][6] - differing[0][0][6] == 1
