"""A file is looked at and tried before it is imported, and only who sent it sees it."""

from __future__ import annotations

import gzip
import json
import zipfile
from dataclasses import asdict
from io import BytesIO

import pytest

from truelift.base.errors import NotFound, Refused, UsageError
from truelift.catalog.permission import Role
from truelift.operations import uploads
from truelift.operations.uploads import HowRead, how_read

ODD = (
    "Order No;Order Date;Net Sales;Coupon;CCY;Staff\n"
    "Z1;02/05/2026;1.000,50;ANA;USD;kim\n"
    "Z2;03/05/2026;20,00;;USD;\n"
    "Z3;99/05/2026;20,00;;USD;\n"
)
CAMPAIGNS = (
    "campaign,name,goal,starts,ends,currency\nspring,Spring,sales,2026-05-01,2026-05-31,USD\n"
)
HOW = HowRead(
    "orders",
    {"order_id": "Order No", "ordered_at": "Order Date", "subtotal": "Net Sales",
     "code": "Coupon", "currency": "CCY"},
    {"source": "till"}, ("%d/%m/%Y",), ",",
)  # fmt: skip


def sent(ground, content, name="odd.csv"):
    """Send a file as somebody."""
    kept = uploads.begin_upload(ground, name)
    kept.path.write_bytes(content.encode() if isinstance(content, str) else content)
    return kept.upload


def test_a_strange_file_is_mapped_tried_and_imported(told, logged):
    upload = sent(told.ground, ODD)
    looked = uploads.look(told.ground, upload, HowRead())
    assert (looked.kind, looked.columns["order_id"]) == ("orders", "Order No")
    assert "those of no kind" in looked.shapes[0].sentence
    assert len(looked.faults) == 3  # days are read as nobody said yet
    looked = uploads.look(told.ground, upload, HOW)
    assert [(row["order_id"], row["subtotal"]) for row in looked.rows] == [
        ("Z1", "1000.50"), ("Z2", "20.00"),
    ]  # fmt: skip
    tried = uploads.try_upload(told.ground, upload, HOW)
    assert tried.counts == {
        "orders": {"accepted": 2, "updated": 0, "duplicate": 0, "quarantined": 1}
    }
    assert (tried.reasons, tried.added) == ({"NOT_A_DATE": 1}, {"orders, USD": "1020.50"})
    assert told.ws.list("orders").rows == told.ws.list("quarantine").rows == []
    told.ws.take_upload(upload, json.dumps(asdict(HOW)))
    (first, _) = told.ws.list("orders").rows
    assert (first["source"], first["source_file"]) == ("till", "odd.csv")
    assert len(told.ws.list("quarantine").rows) == 1
    assert ("ana.controller", "import", "upload odd.csv", "done") in logged()
    with pytest.raises(NotFound, match="no such file of yours"):
        told.ws.take_upload(upload)


def test_what_is_known_and_would_change_is_shown_before_and_after(told):
    for name, text in (("orders.csv", ODD), ("campaigns.csv", CAMPAIGNS)):
        how = HOW if text is ODD else HowRead()
        uploads.take_upload(told.ground, sent(told.ground, text, name), how)
    again = sent(told.ground, ODD.replace("20,00;;USD", "25,00;EVE;USD", 1), "orders.csv")
    tried = uploads.try_upload(told.ground, again, HOW)
    assert [(row["row"], row["column"], row["before"], row["after"]) for row in tried.changes] == [
        ("till Z2", "subtotal", "20.00", "25.00"), ("till Z2", "code", None, "EVE"),
    ]  # fmt: skip
    again = sent(told.ground, CAMPAIGNS.replace("Spring", "Fall"), "campaigns.csv")
    (change,) = uploads.try_upload(told.ground, again, HowRead()).changes
    assert (change["column"], change["before"], change["after"]) == ("name", "Spring", "Fall")


def test_a_known_file_needs_no_mapping_and_a_known_export_says_what_it_is(told):
    looked = uploads.look(told.ground, sent(told.ground, CAMPAIGNS, "c.csv"), HowRead())
    assert looked.shapes[0].kinds == ("campaigns",)
    assert looked.how == HowRead()
    export = "Name,Email,Financial Status,Paid at,Currency,Subtotal,Lineitem name,Created at,Id\n"
    shape = uploads.look(told.ground, sent(told.ground, export, "s.csv"), HowRead()).shapes[0]
    assert shape.title or shape.sentence
    other = uploads.look(told.ground, sent(told.ground, CAMPAIGNS, "c.csv"), HowRead("creators"))
    assert (other.how.kind, other.kind) == ("creators", "creators")


def bomb():
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (70 << 20))
    return kept.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.csv", b"", "empty"),
        ("x.csv", b"\x00\x01\x02\x03" * 100, "binary file"),
        ("x.xlsx", b"PK\x03\x04 nothing", "not an Excel workbook"),
        ("x.csv.gz", gzip.compress(b"a,b\n" * (20 << 20)), "100 times its size"),
        ("x.xlsx", bomb(), "100 times its size"),
        ("x.csv", b"a,a\n1,2\n", "names the column"),
        ("x.xml", b"<?xml version='1.0'?><x/>", "no CAMT.053"),
    ],
)
def test_a_hostile_file_is_one_sentence(told, name, content, words):
    upload = sent(told.ground, content, name)
    looked = uploads.look(told.ground, upload, HowRead())
    assert words in " ".join([*(shape.sentence for shape in looked.shapes),
                              *(fault.message for fault in looked.faults)])  # fmt: skip
    tried = uploads.try_upload(told.ground, upload, HowRead())
    assert not any(count["accepted"] for count in tried.counts.values())


def test_only_who_sent_a_file_sees_it_and_who_may_not_import_sends_none(told, acting):
    upload = sent(told.ground, CAMPAIGNS)
    pat = acting("pat", Role.MARKETER)
    assert uploads.waiting_uploads(pat) == []
    assert [each.upload for each in uploads.waiting_uploads(told.ground)] == [upload]
    for ask in (uploads.look, uploads.try_upload, uploads.take_upload):
        with pytest.raises(NotFound):
            ask(pat, upload, HowRead())
    with pytest.raises(NotFound):
        uploads.drop_upload(pat, upload)
    with pytest.raises(Refused):
        uploads.begin_upload(acting("kim", Role.AUDITOR), "x.csv")
    uploads.drop_upload(told.ground, upload)
    assert uploads.waiting_uploads(told.ground) == []


def test_nobody_fills_the_disk_with_files_that_wait(told):
    for _ in range(uploads.MOST_WAITING):
        uploads.begin_upload(told.ground, "x.csv")
    with pytest.raises(UsageError, match="wait already"):
        uploads.begin_upload(told.ground, "x.csv")


@pytest.mark.parametrize("text", ["{", "[]", '{"columns": 1}', '{"dates": 1}'])
def test_a_damaged_form_is_refused(text):
    with pytest.raises(UsageError, match="damaged"):
        how_read(text)
