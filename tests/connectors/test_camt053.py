ENTRY = """<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{reversal}
<Sts>{status}</Sts><BookgDt><Dt>2026-06-15</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef>
<NtryDtls>{details}</NtryDtls></Ntry>
"""
DETAILS = """<TxDtls><Refs><EndToEndId>{end}</EndToEndId></Refs>{amount}
<RltdPties><Cdtr><Nm>Ana Cooks &amp; Co</Nm></Cdtr>
<CdtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></CdtrAcct></RltdPties>
<RmtInf>{remittance}</RmtInf></TxDtls>"""
INVOICE = "<Strd><RfrdDocInf><Nb>INV-7</Nb></RfrdDocInf></Strd>"


def entry(details=None, **parts):
    usual = {
        "amount": "800.00",
        "direction": "DBIT",
        "reversal": "",
        "status": "BOOK",
        "reference": "R1",
        "details": details if details is not None else detail(),
    }
    return ENTRY.format(**{**usual, **parts})


def detail(end="E2E-1", amount="", remittance=INVOICE):
    return DETAILS.format(end=end, amount=amount, remittance=remittance)


def statement(*entries, version="02", doctype=""):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">'
        f"<BkToCstmrStmt><Stmt>\n{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    )


def test_a_payment_says_all_that_it_can_be_matched_by(reading):
    found = reading("may.xml", statement(entry()))
    assert found.rows("bank_lines") == [
        {
            "bank_line": "bank:R1",
            "date": "2026-06-15",
            "amount": "-800.00",
            "currency": "EUR",
            "counterparty": "Ana Cooks & Co",
            "iban": "DE89370400440532013000",
            "invoice": "INV-7",
            "end_to_end_id": "E2E-1",
        }
    ]
    assert found.batches[0].origin == "camt053"
    assert found.lines("bank_lines") == [3]


def test_a_payment_without_any_name_is_kept_for_its_amount(reading):
    text = statement(
        entry(detail(remittance="<Ustrd>INV-8</Ustrd><Ustrd>May</Ustrd>", end="NOTPROVIDED")),
        entry(detail(remittance="", end="E2E-9"), reference="R2"),
        entry(detail(remittance="", end="NOTPROVIDED"), reference=""),
    )
    rows = reading("x.xml", text).rows("bank_lines")
    told = [(row["bank_line"], row.get("reference"), row.get("end_to_end_id")) for row in rows]
    assert told == [
        ("bank:R1", "INV-8 May", None),
        ("bank:R2", None, "E2E-9"),
        ("bank:2026-06-15::800.00", None, None),
    ]


def test_money_in_and_pending_entries_are_stepped_over(reading):
    text = statement(
        entry(direction="CRDT"),
        entry(status="PDNG"),
        entry(status="<Cd>BOOK</Cd>", reference="R9"),
        version="08",
    )
    found = reading("x.xml", text)
    assert found.skipped == 2
    assert [row["bank_line"] for row in found.rows("bank_lines")] == ["bank:R9"]


def test_a_payment_that_came_back_is_money_in(reading):
    text = statement(entry(direction="CRDT", reversal="<RvslInd>true</RvslInd>"))
    assert reading("x.xml", text).rows("bank_lines")[0]["amount"] == "800.00"


def test_a_batch_of_payments_is_read_one_by_one(reading):
    parts = [detail(end=f"E{i}", amount=f'<Amt Ccy="EUR">{i}00.00</Amt>') for i in (3, 5)]
    found = reading("x.xml", statement(entry("".join(parts))))
    assert [(row["bank_line"], row["amount"]) for row in found.rows("bank_lines")] == [
        ("bank:R1:1", "-300.00"),
        ("bank:R1:2", "-500.00"),
    ]


def test_an_amount_that_is_none_is_left_for_quarantine(reading):
    rows = reading("x.xml", statement(entry(amount="a lot"))).rows("bank_lines")
    assert rows[0]["amount"] == "a lot"


def test_a_document_type_is_refused_so_no_entity_can_grow(reading):
    doctype = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    found = reading("x.xml", statement(entry(), doctype=doctype))
    assert found.batches == []
    assert "document type" in found.messages[0]


def test_broken_xml_keeps_what_was_read_and_says_where_it_broke(reading):
    found = reading("x.xml", statement(entry())[:-30])
    assert len(found.faults) == 1
    assert "no XML" in found.messages[0]
    deep = statement("<a>" * 99)
    assert "nested deeper" in reading("x.xml", deep).messages[0]
