"""Bank lines as CSV, in the ways in which banks export them."""

import pytest

HEAD = "Booking date,Payee,IBAN,Reference,Amount,Currency\n"


def lines(found):
    return [(row["date"], row.get("amount")) for row in found.rows("bank_lines")]


def test_a_signed_amount_and_all_that_it_can_be_matched_by(reading):
    text = HEAD + "2026-06-15,Ana Cooks,DE89 3704,INV-7 May,-800.00,EUR\n"
    found = reading("x.csv", text)
    (row,) = found.rows("bank_lines")
    name = row.pop("bank_line")
    assert name.startswith("bank:")
    assert row == {
        "date": "2026-06-15",
        "amount": "-800.00",
        "currency": "EUR",
        "counterparty": "Ana Cooks",
        "iban": "DE89 3704",
        "reference": "INV-7 May",
    }
    assert found.batches[0].origin == "bank_csv"


def test_debit_and_credit_columns_with_either_sign(reading):
    head = "Date,IBAN,Debit,Credit,End-to-end id\n"
    text = (
        head + '15.06.2026,A,"1.190,00",,E1\n16.06.2026,A,"-5,50",,notprovided\n'
        '17.06.2026,A,,"7,00",\n18.06.2026,A,"0,00","3,00",\n19.06.2026,A,"1,00","3,00",\n'
        "20.06.2026,A,much,,\n21.06.2026,A,,,\n,,,,\n,,,,x\n"
    )
    found = reading("x.csv", text, currency="EUR")
    assert lines(found) == [
        ("2026-06-15", "-1190.00"),
        ("2026-06-16", "-5.50"),
        ("2026-06-17", "7.00"),
        ("2026-06-18", "3.00"),
        ("2026-06-20", "much"),
        ("2026-06-21", None),
    ]
    assert [row.get("end_to_end_id") for row in found.rows("bank_lines")][:2] == ["E1", None]
    assert ["debit and a credit" in message for message in found.messages] == [True]


@pytest.mark.parametrize(
    ("days", "first"),
    [
        (("15/06/2026", "03/06/2026"), "2026-06-15"),
        (("06/15/2026", "06/03/2026"), "2026-06-15"),
        (("03/06/2026", "04/06/2026"), "03/06/2026"),
    ],
)
def test_slashed_days_are_read_only_where_the_file_shows_which_comes_first(reading, days, first):
    rows = "".join(f"{day},Ana,X1,INV-7,-1.00,EUR\n" for day in days)
    assert lines(reading("x.csv", HEAD + rows))[0][0] == first


def test_equal_lines_stay_two_and_an_overlapping_export_has_the_same_ids(reading):
    one, other = "2026-06-15,Ana,X1,a,-1.00,EUR\n", "2026-06-16,Bo,X2,b,-2.00,EUR\n"

    def ids(text):
        return [row["bank_line"] for row in reading("x.csv", HEAD + text).rows("bank_lines")]

    first = ids(one + one + other)
    assert len(set(first)) == 3
    assert ids(other + one + one) == [first[2], first[0], first[1]]
    named = "Transaction ID,Date,IBAN,Amount\nT-1,2026-06-15,X1,-1.00\n"
    assert reading("x.csv", named).rows("bank_lines")[0]["bank_line"] == "T-1"
