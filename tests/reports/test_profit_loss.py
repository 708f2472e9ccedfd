"""The profit and loss: booked ties to the ledger, late facts move between the other columns."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from truelift.ledger.movement import Span
from truelift.reports.profit_loss import MONEY, CostLine, profit_and_loss

MAY, JUNE = "2026-05", "2026-06"


def report(lines, span=None, closed=(MAY,), rates=None):
    known = rates or {}
    return profit_and_loss(
        lines, span or Span(), closed, lambda campaign, code: known.get((campaign, code)), "USD"
    )


def amounts(found):
    return [(row["period"], row["campaign"], *(row[name] for name in MONEY)) for row in found.rows]


def line(period, base, late_for=None, *, in_close=False, campaign="spring", **more):
    given_ = {"currency": "USD", "amount_minor": base} | more
    return CostLine(
        period, late_for, campaign, "ana", "6100", in_close=in_close, base_minor=base, **given_
    )


def test_a_late_fact_is_booked_in_the_open_period_and_known_in_its_own():
    lines = [line(MAY, 1000, in_close=True), line(JUNE, -40, MAY), line(JUNE, 300)]
    assert amounts(report(lines)) == [
        (MAY, "spring", 1000, 1000, 960, 1000),
        (JUNE, "spring", None, 260, 300, 260),
    ]


def test_what_is_booked_after_a_close_was_not_in_it():
    lines = [line(MAY, 1000, in_close=True), line(MAY, 5)]
    assert amounts(report(lines)) == [(MAY, "spring", 1000, 1005, 1005, 1005)]


def test_a_span_shows_its_own_periods_with_what_belongs_to_them():
    lines = [line(MAY, 1000, in_close=True), line(JUNE, -40, MAY)]
    assert amounts(report(lines, Span(MAY, MAY))) == [(MAY, "spring", 1000, 1000, 960, 1000)]
    assert amounts(report(lines, Span(JUNE, JUNE))) == [(JUNE, "spring", None, -40, 0, -40)]


def test_constant_currency_is_at_the_budget_rate_and_empty_without_one():
    euros = line(MAY, 115, currency="EUR", amount_minor=100)
    rates = {("spring", "EUR"): Decimal("1.2")}
    assert report([euros, line(MAY, 7)], rates=rates).rows[0]["constant_currency"] == 127
    assert report([euros]).rows[0]["constant_currency"] is None
    assert report([euros]).totals[0]["constant_currency"] is None


def test_rows_of_nothing_are_left_out_and_unallocated_cost_comes_last():
    lines = [line(MAY, 0), line(MAY, 5, campaign=None), line(MAY, 6)]
    assert [row["campaign"] for row in report(lines).rows] == ["spring", None]
    assert report([line(MAY, 0)]).rows == ()


lines_of = st.lists(
    st.builds(
        CostLine,
        period=st.sampled_from([MAY, JUNE]),
        late_for=st.none() | st.just(MAY),
        campaign=st.none() | st.just("spring"),
        creator=st.none() | st.just("ana"),
        account=st.sampled_from(["6100", "6110"]),
        currency=st.just("USD"),
        in_close=st.booleans(),
        amount_minor=st.just(0),
        base_minor=st.integers(-(10**9), 10**9),
    ),
    max_size=9,
)


@given(lines_of)
def test_over_all_periods_booked_and_known_are_the_same_sum(lines):
    found = report(lines, closed=(MAY, JUNE))
    whole = sum(each.base_minor for each in lines)
    for name in ("booked", "as_known", "constant_currency"):
        assert sum(row[name] for row in found.rows) == whole
        assert sum(row[name] for row in found.totals) == (whole if found.rows else 0)
