import datetime as dt
import itertools
from pathlib import Path

import pytest

from truelift.connectors.assembly import recognised
from truelift.connectors.formats import FORMATS, find_format, find_later_table
from truelift.facts.acceptance import AcceptanceContext, accept
from truelift.facts.kinds import KINDS

PAGE = Path(__file__).parents[2] / "docs" / "imports.md"


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
def test_every_format_says_what_it_uses_and_makes(format_):
    assert set(format_.kinds) <= KINDS.keys()
    assert {need.kind for need in format_.needs} <= set(format_.kinds)
    for need in format_.needs:
        assert set(need.columns) <= set(KINDS[need.kind].names)
        assert "--set " in need.sentence
    for fingerprint in format_.fingerprints:
        assert fingerprint <= format_.columns, "a fingerprint counts as known columns"
    assert (format_.convert is None) != (format_.convert_records is None)


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
def test_every_fingerprint_leads_to_its_own_format(format_):
    for fingerprint in format_.fingerprints:
        assert find_format(tuple(sorted(fingerprint)), 0) is format_


def test_names_of_formats_are_distinct_and_none_is_a_kind():
    names = [format_.name for format_ in FORMATS]
    assert len(set(names)) == len(names)
    assert not set(names) & KINDS.keys()


def test_a_kind_that_knows_more_columns_wins():
    header = ("creator", "fee", "code")
    assert find_format(header, 3).name == "team_sheet"
    assert find_format(header, 4) is None
    assert find_format(("x", "y"), 0) is None


def test_a_table_further_down_is_found():
    records = itertools.chain([(2, ["0", "1"])], [(9, ["Session source / medium", "Sessions"])])
    assert find_later_table(records).name == "ga4"
    assert find_later_table(iter([(2, ["Name", "Total"])])) is None
    assert all(recognised(format_, ("Name",)) == 0 for format_ in FORMATS)


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
def test_the_page_about_imports_names_every_format_and_what_has_to_be_said(format_):
    page = PAGE.read_text(encoding="utf-8")
    assert f"`{format_.name}`" in page
    section = page.partition(f"`{format_.name}`")[2]
    for need in format_.needs:
        assert any(f"`--set {column}" in section for column in need.columns)


SAID = {
    "campaign": "spring",
    "handle": "ana",
    "observed_at": "2026-06-01T10:00",
    "refunded_at": "2026-06-01",
}
EXPORTS = {
    "shopify": (
        "Name,Email,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,"
        "Discount Amount,Created at,Lineitem quantity,Lineitem price,Lineitem sku,Refunded Amount\n"
        "#1,bo@example.org,paid,USD,90.00,5.00,7.20,102.20,ANA10,10.00,2026-05-01 12:00:00 -0400,"
        "1,60.00,CUP,20.00\n"
        "#1,bo@example.org,,,,,,,,,2026-05-01 12:00:00 -0400,2,20.00,HAT,\n"
    ),
    "tiktok_shop_affiliate": (
        "Order ID,SKU ID,Price,Payment Amount,Currency,Quantity,Fully returned or refunded,"
        "Creator Username,Est. standard commission payment,Actual Commission Payment,Time Created,"
        "Time Commission Paid\n577,S1,20.00,36.00,GBP,2,Yes,@Ana,5.40,5.10,03/05/2026 10:20:30,"
        "13/06/2026\n"
    ),
    "tiktok_shop_orders": (
        "Order ID,Order Status,Quantity,SKU Subtotal Before Discount,SKU Seller Discount,"
        "SKU Subtotal After Discount,Taxes,Order Refund Amount,Created Time\n"
        "Platform unique order ID.,Status.,,,,,,,\n"
        "577,Completed,2,40.00,4.00,36.00,1.50,5.00,03/05/2026 10:20:30\n"
    ),
    "meta_content": (
        "Post ID,Account username,Publish time,Post type,Date,Views,Reach,Likes\n"
        '179,ana,05/03/2026 18:05,IG reel,Lifetime,"12,400","9,100",800\n'
    ),
    "tiktok_content": (
        "Video title,Video link,Post time,Total likes,Total views,Total play time\n"
        "Soup,https://www.tiktok.com/@ana/video/7301,2026-05-03 18:05:00,1.2k,9000,1h:2m:3s\n"
    ),
    "youtube_table": (
        "Content,Video title,Video publish time,Views,Watch time (hours),Subscribers\n"
        'Total,,,1,1,1\n-abc,Soup,"May 3, 2026","12,400",12.5,-3\n'
    ),
    "ga4": (
        "# Sessions\n\nDate,Session source / medium,Session campaign,Sessions,Total revenue\n"
        '20260501,instagram / social,spring,"1,200",345.60\n,,,"1,200",345.60\n'
    ),
    "impact_actions": (
        "Id,MediaPartnerName,CampaignName,State,LockedStatus,Payout,Amount,Currency,EventDate\n"
        "1,Ana Cooks,spring,APPROVED,LOCKED,5.00,50.00,USD,2026-05-03T10:00:00-07:00\n"
    ),
    "team_sheet": (
        "Influencer,Fee ($),Code,Code Uses,Link Clicks,Total Rev ($),ROI (x)\n"
        'Ana López,"$1,200.00",ANA10,41,"1,203","$3,400.50",1.8\n'
    ),
    "supplier_invoices": (
        "Invoice number,Vendor,Invoice date,Due date,Currency,Net,VAT,Total,PO,IBAN\n"
        'INV-7,Ana Cooks,05.06.2026,,EUR,"1.000,00","190,00","1.190,00",A1,'
        "DE89 3704 0044 0532 0130 00\n"
    ),
    "bank_csv": (
        "Booking date,Payee,IBAN,Reference,Debit,Credit,Currency\n"
        '15/06/2026,Ana Cooks,de89370400440532013000,INV-7,"1,190.00",,EUR\n'
    ),
    "camt053": (
        '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">'
        '<BkToCstmrStmt><Stmt><Ntry><Amt Ccy="EUR">800.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
        "<Sts>BOOK</Sts><BookgDt><Dt>2026-06-15</Dt></BookgDt><AcctSvcrRef>R1</AcctSvcrRef>"
        "<NtryDtls><TxDtls><Refs><EndToEndId>INV-7</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>"
        "</Stmt></BkToCstmrStmt></Document>"
    ),
}


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
def test_what_an_export_makes_is_accepted_without_a_fault(reading, format_):
    brand = AcceptanceContext("America/New_York", "USD", b"salt")
    today = dt.date(2026, 6, 1)
    found = reading("file", EXPORTS[format_.name], set=SAID, currency="USD", today=today)
    assert found.faults == []
    assert found.kinds == list(format_.kinds), "every kind of the format is in its example"
    for batch in found.batches:
        accepted = accept(batch, brand)
        assert accepted.faults == []
        assert accepted.rows.num_rows == batch.rows.num_rows
