import datetime as dt

import pytest

HEADER = "Influencer,Fee ($),Code,Code Uses,Link Clicks,Total Rev ($),ROI (x)\n"
TODAY = dt.date(2026, 6, 1)
SAID = {"currency": "USD", "today": TODAY, "set": {"campaign": "spring"}}


def test_the_sheet_answers_at_once(reading):
    text = HEADER + 'Ana López,"$1,200.00",ANA10,41,"1,203","$3,400.50",1.8\n@bo,800,,,,,\n'
    found = reading("plan.csv", text, **SAID)
    assert found.kinds == ["campaigns", "creators", "codes", "agreements", "costs", "reported"]
    assert {batch.origin for batch in found.batches} == {"team_sheet"}
    assert found.rows("campaigns") == [
        {
            "campaign": "spring",
            "name": "spring",
            "goal": "sales",
            "starts": "2026-06-01",
            "ends": "2026-06-01",
            "currency": "USD",
        }
    ]
    assert found.rows("creators") == [
        {"creator": "ana-lopez", "name": "Ana López"},
        {"creator": "bo", "name": "@bo"},
    ]
    assert found.rows("codes") == [
        {"code": "ANA10", "creator": "ana-lopez", "campaign": "spring", "kind": "creator"}
    ]
    first, second = found.rows("agreements")
    assert (first["agreement"], first["fee"], first["signed_on"]) == (
        "sheet:spring:ana-lopez",
        "1200.00",
        "2026-06-01",
    )
    assert first["notes"] == '{"ROI (x)": "1.8"}'
    assert second["fee"] == "800"
    assert [(row["state"], row["type"], row["amount"]) for row in found.rows("costs")] == [
        ("accrued", "fee", "1200.00"),
        ("accrued", "fee", "800"),
    ]
    (claim,) = found.rows("reported")
    assert (claim["source"], claim["conversions"], claim["clicks"]) == ("team_sheet", "41", "1203")
    assert (claim["revenue"], claim["date"], claim["currency"]) == ("3400.50", "2026-06-01", "USD")


def test_close_synonyms_are_the_same_sheet(reading):
    text = "Creator | Fee | Promo Code | Uses | Clicks | Revenue\nana | 10 | A | 1 | 2 | 3\n"
    found = reading("x.csv", text, **SAID)
    assert found.rows("costs")[0]["amount"] == "10"
    assert found.rows("reported")[0]["revenue"] == "3"


@pytest.mark.parametrize(
    "total",
    ['Total,"$2,000.00",,41,1203,"$3,400.50",', "GRAND TOTAL:,2000,,,,,", ",2000,,41,1203,3400.5,"],
)
def test_totals_are_stepped_over_with_and_without_their_name(reading, total):
    text = HEADER + f'ana,"$1,200.00",A,41,1203,"$3,400.50",2\nbo,800,,,,,\n{total}\n'
    found = reading("x.csv", text, **SAID)
    assert [row["creator"] for row in found.rows("creators")] == ["ana", "bo"]
    assert (found.skipped, found.faults) == (1, [])


def test_without_a_campaign_or_a_day_every_row_waits_with_the_sentence(reading):
    text = HEADER + "ana,10,A,1,2,3,\nbo,20,B,1,2,3,\n"
    found = reading("x.csv", text, currency="USD", today=TODAY)
    assert [fault.line for fault in found.faults] == [2, 3]
    assert "--set campaign=NAME" in found.messages[0]
    found = reading("x.csv", text, currency="USD", set={"campaign": "spring"})
    assert "--set date=YYYY-MM-DD" in found.messages[1]
    assert found.batches == []


def test_the_day_handed_in_stands_before_the_one_said_and_that_has_to_be_a_day(reading):
    text = HEADER + "ana,10,A,1,2,3,\n"
    said = {"campaign": "spring", "date": "2026-06-08"}
    found = reading("x.csv", text, currency="USD", today=TODAY, set=said)
    dates = [found.rows(kind)[0]["date"] for kind in ("costs", "reported")]
    assert dates == ["2026-06-01"] * 2
    found = reading("x.csv", text, currency="USD", set=said)
    assert found.rows("costs")[0]["date"] == "2026-06-08"
    found = reading("x.csv", text, currency="USD", set={**said, "date": "june"})
    assert [fault.reason.name for fault in found.faults] == ["NOT_A_DATE"]


def test_another_currency_than_the_brands_has_to_be_said(reading):
    text = HEADER + "ana,10,A,1,2,3,\n"
    found = reading("x.csv", text, currency="EUR", today=TODAY, set={"campaign": "spring"})
    assert (
        "written with $, which is not EUR; say their currency with --set currency=USD"
        in (found.messages[0])
    )
    said = {"campaign": "spring", "currency": "CAD"}
    found = reading("x.csv", text, currency="EUR", today=TODAY, set=said)
    assert found.rows("costs")[0]["currency"] == "CAD"
    mixed = reading("x.csv", HEADER + "ana,€10,A,1,2,3,\n", **SAID)
    assert mixed.faults[0].reason.name == "MIXED_CURRENCY"


def test_a_decimal_comma_is_found_for_the_whole_column(reading):
    text = "Influencer;Fee (€);Code;Revenue\nana;1.200,50;A;3.000\nbo;800;B;2,5\n"
    found = reading("x.csv", text, currency="EUR", today=TODAY, set={"campaign": "spring"})
    assert [row["amount"] for row in found.rows("costs")] == ["1200.50", "800"]
    assert [row["revenue"] for row in found.rows("reported")] == ["3000", "2.5"]


def test_several_codes_of_a_creator_add_up_and_a_row_twice_is_refused(reading):
    text = HEADER + "ana,10,A,1,2,3.50,\nAna,5,B,2,3,1.25,\nana,10,A,1,2,3.50,\n"
    found = reading("x.csv", text, **SAID)
    assert [row["code"] for row in found.rows("codes")] == ["A", "B"]
    assert found.rows("costs")[0]["amount"] == "15"
    assert found.rows("reported")[0]["revenue"] == "4.75"
    assert [(fault.line, fault.reason.name) for fault in found.faults] == [(4, "SAME_KEY_IN_FILE")]


def test_odd_names_and_figures_are_handed_on(reading):
    text = HEADER + "🦊,10,A,1,2,3,\n=cmd(),tbd,B,1,2,3,\n"
    found = reading("x.csv", text, **SAID)
    assert [row["creator"] for row in found.rows("creators")] == ["🦊", "cmd"]
    assert found.rows("costs")[1]["amount"] == "tbd"


def test_rows_without_a_name_are_refused(reading):
    found = reading("x.csv", HEADER + "ana,10,A,1,2,3,\n,7,B,1,9,9,\n", **SAID)
    assert [(fault.line, fault.reason.name) for fault in found.faults] == [(3, "NO_CREATOR")]


def test_canonical_agreements_and_codes_are_not_taken_for_a_sheet(reading):
    text = "agreement,creator,fee,currency,signed_on\na1,ana,10,USD,2026-05-01\n"
    assert reading("x.csv", text).kinds == ["agreements"]
    assert reading("x.csv", "code,creator,campaign\nA,ana,may\n").kinds == ["codes"]
