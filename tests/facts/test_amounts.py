from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.base.money import format_minor, parse_minor
from truelift.facts import amounts
from truelift.facts.acceptance import AcceptanceContext

LIMIT = 10**13
NUMBERS = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, places=4).map(str),
    st.from_regex(r"\A[+-]?[0-9]{0,15}\.?[0-9]{0,8}(e[+-]?[0-9]{1,2})?\Z"),
    st.text(alphabet="0123456789.,+-eE %'EURnaif", max_size=8),
)


def read_money(texts, currencies, *, signed=False):
    cells = pa.array(texts, pa.string())
    return amounts.read_money(cells, pa.array(currencies), limit=LIMIT, signed=signed)


@given(st.data())
def test_any_amount_written_by_us_is_read_back_to_the_same_minor_units(data):
    currencies = data.draw(st.lists(st.sampled_from(["JPY", "USD", "EUR", "KWD"]), min_size=1))
    minors = [data.draw(st.integers(-LIMIT, LIMIT)) for _ in currencies]
    texts = [format_minor(*amount) for amount in zip(minors, currencies, strict=True)]
    reading = read_money(texts, currencies, signed=True)
    assert reading.misses == []
    assert reading.values.to_pylist() == minors


@given(st.lists(NUMBERS, min_size=1), st.booleans())
def test_the_bulk_and_the_careful_reading_never_disagree(texts, signed):
    together = read_money(texts, ["USD"] * len(texts), signed=signed)
    scale = amounts.Scale(2, LIMIT, signed, "12.50", "USD", money=True)
    alone = [amounts._exactly(text, scale) for text in texts]
    assert together.values.to_pylist() == [
        None if isinstance(answer, amounts.Refusal) else answer for answer in alone
    ]
    assert [(miss.row, miss.reason, miss.sentence) for miss in together.misses] == [
        (row, *answer) for row, answer in enumerate(alone) if isinstance(answer, amounts.Refusal)
    ]


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**9, places=2))
def test_money_is_read_as_base_reads_it(amount):
    assert read_money([str(amount)], ["USD"]).values.to_pylist() == [
        parse_minor(str(amount), "USD")
    ]


@pytest.mark.parametrize(
    ("currency", "text", "minor"),
    [
        ("USD", "1234.50", 123450),
        ("USD", "+12", 1200),
        ("USD", "0", 0),
        ("USD", "-0.00", 0),
        ("USD", "12.500", 1250),
        ("USD", "12.50000000", 1250),
        ("USD", ".5", 50),
        ("USD", "5.", 500),
        ("USD", "1.25e1", 1250),
        ("USD", "1E3", 100000),
        ("USD", "99999999999.99", 9999999999999),
        ("JPY", "1200", 1200),
        ("JPY", "1200.00", 1200),
        ("JPY", "10000000000000", LIMIT),
        ("KWD", "1.234", 1234),
        ("KWD", "1.2", 1200),
    ],
)
def test_money_is_read_exactly_in_its_currencys_minor_units(value_of, currency, text, minor):
    assert value_of("orders", "subtotal", text, currency=currency) == minor


def test_an_empty_amount_is_missing_and_never_zero(value_of):
    assert value_of("orders", "discount", "  ") is None


def test_each_row_is_read_in_its_own_currency(accepting):
    rows = [
        {"order_id": code, "currency": code, "subtotal": "1200"} for code in ("USD", "JPY", "KWD")
    ]
    subtotals = accepting("orders", *rows).rows["subtotal"].to_pylist()
    assert subtotals == [120000, 1200, 1200000]


def test_an_amount_in_a_row_without_currency_is_in_the_brands_and_says_so(accepting):
    japan = AcceptanceContext("Asia/Tokyo", "JPY", b"")
    rows = accepting("leads", {"value": "500"}, {"lead_id": "l2"}, context=japan).rows.to_pylist()
    assert [(row["value"], row["currency"]) for row in rows] == [(500, "JPY"), (None, None)]


@pytest.mark.parametrize(
    ("text", "reason", "sentence"),
    [
        (
            "12.50 EUR",
            "NOT_A_NUMBER",
            (
                "'12.50 EUR' is not a plain decimal number such as 12.50; "
                "put the currency in the currency column."
            ),
        ),
        (
            "$12.50",
            "NOT_A_NUMBER",
            (
                "'$12.50' is not a plain decimal number such as 12.50; "
                "put the currency in the currency column."
            ),
        ),
        (
            "1,234.50",
            "NOT_A_NUMBER",
            (
                "'1,234.50' is not a plain decimal number such as 12.50; write it without "
                "thousands separators and with a point before the decimals."
            ),
        ),
        (
            "NaN",
            "NOT_A_NUMBER",
            (
                "'NaN' is not a plain decimal number such as 12.50; "
                "leave the cell empty when the value is not known."
            ),
        ),
        (
            "-Infinity",
            "NOT_A_NUMBER",
            (
                "'-Infinity' is not a plain decimal number such as 12.50; "
                "leave the cell empty when the value is not known."
            ),
        ),
        (
            "12-50",
            "NOT_A_NUMBER",
            "'12-50' is not a plain decimal number such as 12.50; write digits only.",
        ),
        ("12.505", "TOO_MANY_DECIMALS", "'12.505' has more decimals than USD has, which is 2."),
        ("1e-3", "TOO_MANY_DECIMALS", "'1e-3' has more decimals than USD has, which is 2."),
        ("-1.00", "NEGATIVE", "'-1.00' is below zero, which this column cannot be."),
        (
            "100000000000.01",
            "TOO_LARGE",
            "'100000000000.01' is larger than any number that is kept; check the digits.",
        ),
        ("1e999", "TOO_LARGE", "'1e999' is larger than any number that is kept; check the digits."),
        (
            "9" * 5000,
            "TOO_LARGE",
            f"'{'9' * 60}...' is larger than any number that is kept; check the digits.",
        ),
    ],
)
def test_an_amount_that_cannot_be_read_says_why(fault_of, text, reason, sentence):
    assert fault_of("orders", "subtotal", text) == (reason, "subtotal", sentence)


def test_the_example_in_a_message_has_the_currencys_decimals(fault_of):
    _, _, sentence = fault_of("orders", "subtotal", "x1", currency="JPY")
    assert "such as 12;" in sentence
    _, _, sentence = fault_of("orders", "subtotal", "x1", currency="KWD")
    assert "such as 12.500;" in sentence


def test_an_amount_may_be_negative_only_where_its_column_says_so(value_of):
    assert value_of("sessions", "revenue", "-12.50") == -1250


@pytest.mark.parametrize(
    ("text", "count"),
    [("12", 12), ("12.0", 12), ("1.2e3", 1200), ("0", 0), ("007", 7), ("9" * 15, 10**15 - 1)],
)
def test_a_count_is_a_whole_number(value_of, text, count):
    assert value_of("observations", "views", text) == count


def test_counts_of_any_form_stand_in_one_column(accepting):
    texts = ["12", "12.0", None, "1e1"]
    rows = [{"post_id": str(place), "views": text} for place, text in enumerate(texts)]
    assert accepting("observations", *rows).rows["views"].to_pylist() == [12, 12, None, 10]


@pytest.mark.parametrize(
    ("text", "reason", "sentence"),
    [
        ("12.5", "NOT_WHOLE", "'12.5' is not a whole number such as 1200."),
        ("-3", "NEGATIVE", "'-3' is below zero, which this column cannot be."),
        ("0x1F", "NOT_A_NUMBER", "'0x1F' is not a whole number such as 1200; write digits only."),
        (
            "inf",
            "NOT_A_NUMBER",
            (
                "'inf' is not a whole number such as 1200; "
                "leave the cell empty when the value is not known."
            ),
        ),
        (
            "1 200",
            "NOT_A_NUMBER",
            "'1 200' is not a whole number such as 1200; write it without thousands separators.",
        ),
        (
            "4503599627370497",
            "TOO_LARGE",
            "'4503599627370497' is larger than any number that is kept; check the digits.",
        ),
        (
            "9" * 19,
            "TOO_LARGE",
            f"'{'9' * 19}' is larger than any number that is kept; check the digits.",
        ),
    ],
)
def test_a_count_that_cannot_be_read_says_why(fault_of, text, reason, sentence):
    assert fault_of("observations", "views", text) == (reason, "views", sentence)


def test_the_largest_count_is_kept(value_of):
    assert value_of("observations", "views", str(2**52)) == 2**52


def test_whole_numbers_go_below_zero_where_they_may():
    reading = amounts.read_whole(pa.array(["-3", "4"]), signed=True)
    assert reading.values.to_pylist() == [-3, 4]


@pytest.mark.parametrize(
    ("text", "parts"),
    [("0.10", 100000), ("10%", 100000), ("12.5 %", 125000), ("0", 0), ("1.5", 1500000)],
)
def test_a_rate_is_parts_per_million_of_a_share_or_a_percentage(value_of, text, parts):
    assert value_of("agreements", "commission_rate", text) == parts


def test_shares_and_percentages_may_stand_in_one_column():
    reading = amounts.read_rates(pa.array(["0.1", "20%", None, "x", "y%"]), signed=False)
    assert reading.values.to_pylist() == [100000, 200000, None, None, None]
    assert [miss.row for miss in reading.misses] == [3, 4]


def test_a_rate_finer_than_a_millionth_is_refused(fault_of):
    assert fault_of("agreements", "commission_rate", "0.1234567") == (
        "TOO_MANY_DECIMALS",
        "commission_rate",
        "'0.1234567' has more decimals than a rate has, which is 6.",
    )
    assert fault_of("agreements", "commission_rate", "0.12345%")[0] == "TOO_MANY_DECIMALS"


def test_a_limit_of_an_experiment_may_lie_below_zero(value_of):
    assert value_of("experiments", "low", "-0.2") == -200000


def test_a_value_per_unit_is_kept_in_millionths(value_of):
    assert value_of("order_lines", "price", "0.000125") == 125


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("1.0800", "1.08"), ("+01.5", "1.5"), ("1.5e0", "1.5"), ("100", "100"), ("0.0", "0")],
)
def test_a_decimal_is_kept_exactly_in_one_form(value_of, text, canonical):
    assert value_of("rates", "rate", text) == canonical


@given(st.decimals(-(10**19), 10**19, allow_nan=False, places=12))
def test_a_decimal_keeps_its_value(number):
    text = amounts.read_decimals(pa.array([f"{number:f}"]), signed=True).values[0].as_py()
    assert Decimal(text) == number
    assert text == "0" or not text.endswith("0") or "." not in text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-1.08", "NEGATIVE"),
        ("1e20", "TOO_LARGE"),
        ("1e-19", "TOO_MANY_DECIMALS"),
        ("1:2", "NOT_A_NUMBER"),
    ],
)
def test_a_decimal_that_cannot_be_read_says_why(fault_of, text, reason):
    assert fault_of("rates", "rate", text)[0] == reason
