import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.reports.journal_export.plain_text import (
    account_path,
    closing_balances,
    facts_of,
    heading,
    legs,
    one_line,
    written,
)


def shown(batch, entry):
    return [f"{leg.account.split(':')[1][:4]} {written(batch, leg)}" for leg in legs(batch, entry)]


def test_a_leg_in_another_currency_carries_its_base_as_total_price(may):
    batch = may()
    assert shown(batch, batch.entries[0]) == [
        "6100 100.00 EUR @@ 110.00 USD",
        "2100 -100.00 EUR @@ 110.00 USD",
    ]


def test_what_moves_only_the_base_is_a_leg_in_the_base(may):
    batch = may()
    assert shown(batch, batch.entries[1])[2] == "7100 2.50 USD"


@pytest.mark.parametrize(
    ("leg", "expected"),
    [
        ("6100 EUR 5.00 -3.00", ["6100 5.00 EUR @@ 0.00 USD", "6100 -3.00 USD"]),
        ("6100 EUR 5.00 0.00", ["6100 5.00 EUR @@ 0.00 USD"]),
        ("6100 USD 5.00 5.00", ["6100 5.00 USD"]),
        ("6100 KWD -0.005 -0.02", ["6100 -0.005 KWD @@ 0.02 USD"]),
    ],
)
def test_odd_legs_keep_amount_and_base_both(batch_of, entry, leg, expected):
    _, currency, amount, base = leg.split()
    turned = [each.removeprefix("-") if "-" in each else f"-{each}" for each in (amount, base)]
    made = entry("2026-05-01", "odd", leg, f"2100 {currency} {' '.join(turned)}")
    batch = batch_of(made)
    assert shown(batch, made)[: len(expected)] == expected


def test_balances_are_by_account_and_currency(may):
    assert closing_balances(may())[:2] == [
        ("Assets:1000-Bank-and-payment-clearing", "-100.00", "EUR"),
        ("Expenses:6100-Creator-fees", "100.00", "EUR"),
    ]


def test_the_mapping_may_name_accounts_in_plain_text(may):
    accounts = {"6100": {"account": "1", "plain_text": "Expenses:Ads"}}
    batch = may(mapping={"accounts": accounts})
    assert account_path(batch, "6100") == "Expenses:Ads"
    assert account_path(batch, "2100") == "Liabilities:2100-Accrued-creator-fees"


def test_a_heading_names_the_batch_and_its_totals(may):
    lines = heading(may(period="2026-05"))
    assert lines[0] == "Truelift batch test-all-1: acme, 2026-05, 3 entries"
    assert "6100  EUR  100.00  0.00  110.00  0.00" in lines
    assert "all periods" in heading(may())[0]


def test_an_entry_says_what_it_is_late_for(entry):
    made = entry("2026-05-01", "x", "6100 USD 1.00 1.00", "2100 USD -1.00 -1.00", late="2026-04")
    assert facts_of(made)["late_for"] == "2026-04"
    assert "reverses" not in facts_of(made)


@given(st.text())
def test_words_hold_no_syntax_and_no_line_break(text):
    line = one_line(text)
    assert line
    assert not set(line) & set(";|[]\n\r\t\x00")
    assert line.isprintable()
