import pytest
from hypothesis import given as some
from hypothesis import strategies as st

from truelift.connectors.numerals import currency_in, decimal_mark, number, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12,400", "12400"),
        ("$1,200.00", "1200.00"),
        ("USD 12.50", "12.50"),
        ("12.50 EUR", "12.50"),
        ("US$5", "5"),
        ("€ 3", "3"),
        ("475.8m", "475800000"),
        ("3.3k", "3300"),
        ("29.0b", "29000000000"),
        ("0.89k", "890"),
        ("15%", "0.15"),
        ("1.39%", "0.0139"),
        ("(1,200.00)", "-1200.00"),
        ("-5", "-5"),
        ("\u22125", "-5"),
        ("5-", "-5"),
        ("-$5", "-5"),
        ("$-5", "-5"),
        ("1 234", "1234"),
        ("1'234.5", "1234.5"),
        (".5", "0.5"),
        ("0", "0"),
        ("007", "007"),
        ("", None),
        ("-", None),
        ("N/A", None),
        (None, None),
    ],
)
def test_a_number_is_written_plainly(text, expected):
    assert plain(text) == expected


@pytest.mark.parametrize(
    "text",
    ["12,40", "1,2,3", "1.2.3", "abc", "nan", "inf", "1e5", "=1+1", "(5", "5)", "1/2", ",", "."],
)
def test_what_is_no_number_comes_back_as_it_was(text):
    assert plain(text) == text
    assert number(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1.234,56", "1234.56"), ("12,5", "12.5"), ("1.234", "1234"), ("12.5", "12.5")],
)
def test_with_a_decimal_comma_points_only_group(text, expected):
    assert plain(text, ",") == expected


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["1.234,56", "7"], ","),
        (["12,5", "1.000"], ","),
        (["1,234", "2,000"], "."),
        (["1,234.56"], "."),
        (["1.234.567"], ","),
        (["1,234,567"], "."),
        (["12,5", "12.5"], "."),
        (["", None, "x"], "."),
    ],
)
def test_the_decimal_mark_is_found_for_a_whole_column(cells, mark):
    assert decimal_mark(cells) == mark


@some(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12
    )
)
def test_a_number_survives_every_way_of_writing_it(value):
    english = f"{value:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert number(english) == number(german, ",") == number(f"{value:f}") == value


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("Fee ($)", "$"),
        ("Fee (EUR)", "EUR"),
        ("Total Rev (€)", "€"),
        ("R$ 5", "R$"),
        ("100 kr", "kr"),
        ("kraken", None),
        ("ROI (x)", None),
        ("1200", None),
    ],
)
def test_the_currency_of_a_header_or_an_amount_is_found(text, currency):
    assert currency_in(text) == currency
