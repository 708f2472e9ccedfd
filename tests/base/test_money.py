"""Money is whole minor units: nothing is lost, made up or mixed."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.base.errors import CurrencyMismatch, UsageError
from truelift.base.money import (
    MINOR_LIMIT,
    Money,
    allocate,
    exponent,
    format_minor,
    is_currency,
    multiply,
    parse_minor,
    round_half_even,
    translate,
)

currencies = st.sampled_from(["USD", "JPY", "KWD", "EUR", "CLF"])
amounts = st.integers(-MINOR_LIMIT, MINOR_LIMIT)
half = st.integers(-(2**61), 2**61)
weights = st.lists(st.integers(0, 10**12), min_size=1, max_size=30).filter(any)
rates = st.decimals("0.000001", "100000", places=6)


@pytest.mark.parametrize(
    ("currency", "places"), [("USD", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)]
)
def test_the_exponent_is_the_currency_s_own(currency, places):
    assert exponent(currency) == places


@pytest.mark.parametrize("code", ["usd", "US", "ABC", "", "$", "EURO"])
def test_what_is_not_a_currency_is_refused_by_name(code):
    assert not is_currency(code)
    with pytest.raises(UsageError, match="not an ISO 4217 currency code"):
        Money(1, code)


@pytest.mark.parametrize("minor", [1.0, True, "1", None, Decimal(1)])
def test_only_whole_numbers_are_amounts(minor):
    with pytest.raises(TypeError, match="whole minor units"):
        Money(minor, "USD")


@pytest.mark.parametrize("minor", [MINOR_LIMIT + 1, -MINOR_LIMIT - 1])
def test_amounts_fit_64_bits_or_are_refused(minor):
    with pytest.raises(OverflowError, match="64 bits"):
        Money(minor, "USD")


@given(half, half, currencies)
def test_sums_and_differences_are_exact(left, right, currency):
    a, b = Money(left, currency), Money(right, currency)
    assert (a + b).minor == left + right
    assert a + b - b == a
    assert a + (-a) == Money(0, currency)


def test_two_currencies_never_meet():
    with pytest.raises(CurrencyMismatch, match=r"12\.50 USD and 3 JPY"):
        Money(1250, "USD") + Money(3, "JPY")
    with pytest.raises(CurrencyMismatch):
        Money(1250, "USD") - Money(3, "JPY")


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1250, "USD", "12.50"),
        (-5, "USD", "-0.05"),
        (0, "USD", "0.00"),
        (-7, "JPY", "-7"),
        (1, "KWD", "0.001"),
        (123456, "CLF", "12.3456"),
    ],
)
def test_amounts_are_written_with_the_currency_s_decimals(minor, currency, text):
    assert format_minor(minor, currency) == text
    assert str(Money(minor, currency)) == f"{text} {currency}"


@given(amounts, currencies)
def test_what_is_written_reads_back(minor, currency):
    assert parse_minor(format_minor(minor, currency), currency) == minor


@pytest.mark.parametrize(("text", "currency"), [("0.001", "USD"), ("1.5", "JPY"), ("1e-3", "EUR")])
def test_more_decimals_than_the_currency_has_are_refused(text, currency):
    with pytest.raises(ValueError, match="more decimals"):
        parse_minor(text, currency)


@pytest.mark.parametrize(
    ("value", "whole"),
    [("0.5", 0), ("1.5", 2), ("2.5", 2), ("-0.5", 0), ("-1.5", -2), ("2.51", 3), ("7", 7)],
)
def test_ties_go_to_the_even_number(value, whole):
    assert round_half_even(Decimal(value)) == whole


@given(amounts, st.decimals("-10", "10", places=9))
def test_a_product_is_rounded_once(minor, factor):
    exact = Fraction(minor) * Fraction(factor)
    assert abs(multiply(minor, factor) - exact) <= Fraction(1, 2)


@given(st.integers(-(10**15), 10**15), currencies, currencies, rates)
def test_a_translation_is_within_half_a_minor_unit_of_the_exact_one(minor, source, target, rate):
    exact = Fraction(minor, 10 ** exponent(source)) * Fraction(rate) * 10 ** exponent(target)
    assert abs(translate(minor, source, target, rate) - exact) <= Fraction(1, 2)


@given(amounts, weights)
def test_parts_sum_to_exactly_the_whole(minor, parts):
    assert sum(allocate(minor, parts)) == minor


@given(amounts, weights)
def test_every_part_is_within_one_minor_unit_of_its_exact_share(minor, parts):
    total = sum(parts)
    for part, weight in zip(allocate(minor, parts), parts, strict=True):
        assert abs(part - Fraction(minor * weight, total)) < 1


@given(amounts, weights)
def test_no_weight_takes_nothing_and_signs_mirror(minor, parts):
    split = allocate(minor, parts)
    assert all(part == 0 for part, weight in zip(split, parts, strict=True) if weight == 0)
    assert allocate(-minor, parts) == [-part for part in split]


@given(st.integers(0, MINOR_LIMIT), weights)
def test_a_heavier_weight_never_gets_less(minor, parts):
    split = allocate(minor, parts)
    pairs = sorted(zip(parts, split, strict=True))
    for (light, less), (heavy, more) in pairwise(pairs):
        assert light == heavy or less <= more


def test_the_earlier_part_gets_the_unit_on_a_tie():
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert allocate(2, [1, 1, 1]) == [1, 1, 0]


@pytest.mark.parametrize("parts", [[], [0], [0, 0], [1, -1], [5, -1]])
def test_weights_that_cannot_split_are_refused(parts):
    with pytest.raises(ValueError, match="not negative and not all zero"):
        allocate(100, parts)


@pytest.mark.parametrize("text", ["abc", "", "Infinity", "-inf", "NaN", "1,2", "12.50 EUR"])
def test_what_is_no_decimal_number_is_refused(text):
    with pytest.raises(ValueError, match="not a decimal number"):
        parse_minor(text, "USD")
