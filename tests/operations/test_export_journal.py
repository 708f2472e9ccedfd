"""The journal leaves in batches that are kept, and come out again as the same bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import pytest
import sqlalchemy as sa

from truelift.base.errors import CheckFailed, NotFound, TrueliftError, UsageError
from truelift.base.time import Period
from truelift.ledger.period import PeriodStatus
from truelift.operations import export_journal as exporting
from truelift.operations.account_mapping import set_mapping
from truelift.operations.export_journal import ExportRequest, export_journal, exported_batches
from truelift.store import journal

FACTS = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 06-30 | USD

rates
date  | base | quote | rate
05-01 | EUR  | USD   | 1.10

costs
document | state    | date  | campaign | type       | amount | currency | counterparty
i1       | invoiced | 05-02 | spring   | agency     | 10.00  | EUR      | Agency
i2       | invoiced | 06-02 | spring   | production | 20.00  | USD      | Studio
"""
LATER = """
costs
document | state    | date  | campaign | type   | amount | currency | counterparty
i3       | invoiced | 05-03 | spring   | agency | 30.00  | USD      | Agency
"""
MAPPING = """
accounts: {2000: 1600, 2140: 1745, 6140: 4614, 6160: 4616}
xero: {tax_rate: Tax Exempt}
intacct: {journal: GJ}
"""
MAY = Period(2026, 5)
NEW_YEAR = dt.datetime(2026, 1, 1)


@pytest.fixture
def books(told):
    return told.given(FACTS)


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def mapped(books, tmp_path, text=MAPPING):
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    set_mapping(books.ground, path)
    return path


def export(books, program, output, **asked):
    return export_journal(books.ground, ExportRequest(program, output, **asked))


def test_a_batch_says_what_left_and_its_file_has_the_hash_that_is_kept(books, out):
    record, (path,), notes = export(books, "hledger", out, period=MAY)
    assert path.name == f"{record['batch']}.journal"
    assert record["sha256"] == [hashlib.sha256(path.read_bytes()).hexdigest()]
    totals = {(row[0], row[1]): row[2:] for row in record["control_totals"]}
    assert totals["6140", "EUR"] == [1000, 0, 1100, 0]
    (kept,) = exported_batches(books.ground)
    assert kept.recorded_by == "ana.controller"
    assert kept.record.items() >= record.items()
    assert notes == ["Still open, so entries may follow: 2026-05."]
    assert [each.name for each in out.iterdir()] == [path.name]


def test_a_closed_period_leaves_without_a_word(books, out):
    with books.ground.workspace.transaction() as connection:
        journal.set_period_status(
            connection, "acme", MAY, PeriodStatus.CLOSED, changed_by="x", changed_at=NEW_YEAR
        )
    assert export(books, "csv", out, period=MAY)[2] == []
    assert export(books, "csv", out)[2][0] == "Still open, so entries may follow: 2026-06."


def test_the_same_batch_comes_out_as_the_same_bytes_when_more_is_known(books, out, tmp_path):
    mapped(books, tmp_path)
    record, (first,), _ = export(books, "xero", out / "a.csv")
    books.given(LATER)
    mapped(books, tmp_path, MAPPING.replace("4614", "4711"))
    again, (second,), notes = export(books, "xero", out / "b.csv", batch=record["batch"])
    assert first.read_bytes() == second.read_bytes()
    assert again == record
    assert notes == []
    assert [each.record["times_before"] for each in exported_batches(books.ground)] == [0, 1]
    fresh, _, notes = export(books, "xero", out / "c.csv")
    assert fresh["batch"] != record["batch"]
    assert f"left in batch {record['batch']} before" in notes[-1]


def test_only_new_leaves_out_what_left_before_and_can_be_repeated(books, out):
    whole, _, _ = export(books, "csv", out)
    with pytest.raises(NotFound, match="that no earlier batch holds"):
        export(books, "csv", out, only_new=True)
    books.given(LATER)
    new, (path,), notes = export(books, "csv", out, only_new=True)
    assert new["entries"] == 2
    assert "30.00" in path.read_text("utf-8")
    assert "20.00" not in path.read_text("utf-8")
    assert whole["batch"] in new["without"]
    assert not [note for note in notes if "before" in note]
    again, _, _ = export(books, "csv", out / "again.csv", batch=new["batch"])
    assert again["sha256"] == new["sha256"]


def test_an_account_that_is_not_mapped_leaves_nothing_behind(books, out, tmp_path):
    with pytest.raises(CheckFailed, match="no account mapping is kept"):
        export(books, "xero", out)
    mapped(books, tmp_path, MAPPING.replace("6140: 4614, ", ""))
    with pytest.raises(CheckFailed, match="6140"):
        export(books, "xero", out)
    assert list(out.iterdir()) == []
    assert exported_batches(books.ground) == []
    other = tmp_path / "other.yaml"
    other.write_text(MAPPING, encoding="utf-8")
    assert export(books, "xero", out, mapping=other)[0]["entries"] == 4


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"program": "sap"}, UsageError, "--to sap is not known; use one of beancount"),
        ({"period": Period(2025, 1)}, NotFound, "no entries of book fin in 2025-01"),
        ({"batch": "csv-all-0"}, NotFound, "There is no batch csv-all-0"),
        ({"batch": "csv-all-0", "only_new": True}, UsageError, "leave out the other options"),
        ({"template": Path("none.csv")}, TrueliftError, "cannot be read"),
        ({"output": Path("none/x.csv")}, NotFound, "There is no folder"),
        ({"mapping": Path("none.yaml")}, NotFound, "There is no file"),
    ],
)
def test_a_request_that_cannot_be_met_says_what_to_do(books, out, asked, error, words):
    with pytest.raises(error, match=words):
        export(books, **({"program": "csv", "output": out} | asked))
    assert exported_batches(books.ground) == []


def test_a_batch_is_of_one_program(books, out):
    record, _, _ = export(books, "csv", out)
    with pytest.raises(UsageError, match="was exported for csv; write --to csv"):
        export(books, "xlsx", out, batch=record["batch"])


def test_bytes_that_changed_since_are_refused(books, out, monkeypatch):
    record, _, _ = export(books, "csv", out)
    render = exporting.rendered
    monkeypatch.setattr(
        exporting,
        "rendered",
        lambda *told: [file._replace(content=b"other") for file in render(*told)],
    )
    with pytest.raises(CheckFailed, match="is not what it was"):
        export(books, "csv", out / "again.csv", batch=record["batch"])
    assert not (out / "again.csv").exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_a_template_gives_its_header_row(books, out, tmp_path, encoding):
    mapped(books, tmp_path)
    template = tmp_path / "template.csv"
    head = "JOURNAL,DATE,LINE_NO,ACCT_NO,DEBIT,CREDIT,Zoë\r\nhelp,,\r\n"
    template.write_bytes(head.encode(encoding))
    _, (path,), _ = export(books, "intacct", out, template=template)
    lines = path.read_text("utf-8").splitlines()
    assert lines[0] == head.splitlines()[0]
    assert lines[1].startswith("GJ,05/02/2026,1,4614,11.00,,")


def test_an_empty_template_is_refused(books, out, tmp_path):
    mapped(books, tmp_path)
    template = tmp_path / "template.csv"
    template.write_bytes(b"")
    with pytest.raises(CheckFailed, match="--template"):
        export(books, "intacct", out, template=template)


def test_books_that_were_changed_behind_our_back_are_not_exported(books, out, unguarded):
    with books.ground.workspace.transaction() as connection:
        unguarded(connection)
        connection.execute(sa.text("UPDATE journal_posting SET campaign = 'x' WHERE seq = 2"))
    with pytest.raises(CheckFailed, match="The hash chain breaks at entry 2"):
        export(books, "csv", out)
    assert list(out.iterdir()) == []
