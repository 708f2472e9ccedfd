"""Cells of orders, refunds and leads become components, translated once and to the minor unit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.base.money import multiply, translate
from truelift.valuation.cells import (
    CellTerms,
    DayTerms,
    lead_components,
    order_components,
    refund_components,
    scaled,
)
from truelift.valuation.ladder import Components

HOME = DayTerms("USD", "USD", Decimal(1), 600_000)
EURO = DayTerms("EUR", "USD", Decimal("1.1"), 600_000)
YEN = DayTerms("JPY", "USD", Decimal("0.0065"), None)
NO_RATE = DayTerms("KWD", "USD", None, 600_000)
ORDER = {
    "goods": 9000, "discount": 1000, "tax": 1710, "cogs": 3000, "goods_without_cogs": 1500,
    "fulfilment": 200, "payment_fees": 31,
}  # fmt: skip
REFUND = {"amount": 4500, "amount_at_margin": 1000, "cogs_returned": 1200, "fees": 7}


def valued(value, cells, *terms):
    """Value cells; one terms for all of them, or one each."""
    of = np.arange(len(cells)) if len(terms) > 1 else np.zeros(len(cells), np.int64)
    columns = value(pa.Table.from_pylist(cells), CellTerms(terms, of))
    return [
        Components(**{name: int(column[at]) for name, column in columns.items()})
        for at in range(len(cells))
    ]


def one_order(terms, **changed):
    return valued(order_components, [ORDER | changed], terms)[0]


def test_orders_keep_their_cost_and_take_the_rest_from_the_margin():
    assert one_order(HOME) == Components(
        goods=9000, discounts=1000, tax=1710, cogs=3000, margin_cost=600, fulfilment=200,
        payment_fees=31,
    )  # fmt: skip


def test_orders_without_cost_or_margin_name_the_goods_of_which_nothing_is_known():
    found = one_order(DayTerms("USD", "USD", Decimal(1), None))
    assert (found.margin_cost, found.goods_without_margin) == (0, 1500)


def test_every_component_is_translated_once_with_the_decimals_of_both_currencies():
    found = one_order(EURO)
    assert (found.goods, found.discounts, found.tax, found.payment_fees) == (9900, 1100, 1881, 34)
    assert found.margin_cost == 660  # 40 % of 16.50
    assert one_order(YEN).goods == 5850  # 9,000 yen are 58.50


def test_every_cell_has_the_terms_of_its_own_day():
    found = valued(order_components, [ORDER, ORDER, ORDER], HOME, YEN, NO_RATE)
    assert [each.goods for each in found] == [9000, 5850, 0]
    assert found[2] == Components(untranslated=1)


def test_without_a_rate_only_that_is_known():
    assert one_order(NO_RATE) == Components(untranslated=1)
    assert valued(refund_components, cells(4500), NO_RATE) == [Components(untranslated=1)]


def test_refunds_bring_back_money_and_the_cost_of_goods_at_cost_or_margin():
    refund = cells(0)[0] | REFUND
    assert valued(refund_components, [refund], HOME) == [
        Components(refunds=4500, cogs_returned=1600, refund_fees=7)
    ]
    (without,) = valued(refund_components, [refund], DayTerms("USD", "USD", Decimal(1), None))
    assert without.cogs_returned == 1200


def test_no_cells_are_no_components():
    empty = pa.Table.from_pylist(cells(1)).slice(0, 0)
    found = refund_components(empty, CellTerms([], np.array([], np.int64)))
    assert {name: len(column) for name, column in found.items()} == dict.fromkeys(found, 0)


def cells(*amounts, **changed):
    cell = {"creator": "ana", "campaign": "spring", "platform": None, "post_id": None}
    cell |= {"order_day": "05-01", "currency": "EUR"} | changed
    return [
        cell | {"amount": amount, "amount_at_margin": amount, "cogs_returned": 0, "fees": 0}
        for amount in amounts
    ]


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=9), st.decimals(0, 200, places=4))
def test_refunds_in_parts_take_back_what_the_orders_brought_whatever_the_rate(parts, rate):
    terms = DayTerms("EUR", "USD", rate, 370_000)
    nothing = dict.fromkeys(ORDER, 0)
    total = one_order(terms, **nothing | {"goods": sum(parts), "goods_without_cogs": sum(parts)})
    for components in valued(refund_components, cells(*parts), terms):
        total += components
    assert (total.net, total.contribution) == (0, 0)


def test_refunds_of_other_orders_cells_do_not_add_up_with_these():
    terms = DayTerms("EUR", "USD", Decimal("0.5"), None)
    both = [*cells(1, 1), *cells(1, 1, order_day="05-02"), *cells(1, 1, creator="bo")]
    found = [components.refunds for components in valued(refund_components, both, terms)]
    assert found == [0, 1, 0, 1, 0, 1]  # halves are rounded to even: 0.5 is 0, 1.0 is 1


def test_refunds_without_a_rate_say_so_each():
    found = valued(refund_components, cells(1, 1), NO_RATE)
    assert found == [Components(untranslated=1)] * 2


@given(
    st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=6),
    st.decimals(0, 20_000, places=9),
    st.sampled_from(["USD", "JPY", "KWD"]),
)
def test_a_column_is_translated_as_each_of_its_amounts_is(amounts, rate, currency):
    terms = DayTerms(currency, "EUR", rate, 370_000)
    column, of = np.array(amounts, np.int64), np.zeros(len(amounts), np.int64)
    expected = [translate(amount, currency, "EUR", rate) for amount in amounts]
    assert scaled(column, [terms.ratio], of).tolist() == expected
    share = [multiply(amount, Decimal("0.63")) for amount in amounts]
    assert CellTerms([terms], of).cost(column).tolist() == share


@given(st.integers(-(2**62), 2**62))
def test_halves_go_to_the_even_neighbour_whatever_the_size(amount):
    half = scaled(np.array([amount]), [Fraction(1, 2)], np.array([0]))
    assert half.tolist() == [round(Fraction(amount, 2))]


@given(st.integers(0, 10**12), st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_shares_of_a_won_lead_add_up_to_its_translated_value(value, weights):
    cuts = [sum(weights[:place]) * 1_000_000 // sum(weights) for place in range(len(weights) + 1)]
    parts = [
        lead_components(value, EURO, since, until).won_leads for since, until in pairwise(cuts)
    ]
    assert sum(parts) == EURO.translate(value)


@pytest.mark.parametrize(
    ("value", "terms", "expected"),
    [(None, HOME, Components()), (100, NO_RATE, Components(untranslated=1))],
)
def test_a_lead_without_value_is_nothing_and_without_rate_not_known(value, terms, expected):
    assert lead_components(value, terms, 0, 1_000_000) == expected
