"""One order, three creators: given the touches and refunds, then whose cents they are."""

from __future__ import annotations

import pytest

PATHS = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 06-30 | USD

codes
code | creator | campaign
ANA  | ana     | spring

links
slug | destination           | creator | campaign
bo1  | https://shop.example/ | bo      | spring
cy1  | https://shop.example/ | cy      | spring

clicks
click_id | clicked_at | slug | visitor | consent | user_agent
c1       | @05-10     | bo1  | v1      | yes     | Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0
c2       | @05-11     | cy1  | v1      | yes     | Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0

orders
order_id | ordered_at | currency | subtotal | discount | cogs  | payment_fees | code | visitor
1        | @05-12     | USD      | 110.01   | 10.00    | 40.01 | 0.31         | ANA  | v1

leads
lead_id | created_at | stage | won_at | value | currency | code | visitor
1       | @05-12     | won   | @05-14 | 10.00 | USD      | ANA  | v1
"""


def nets(told, **asked):
    return {row["creator"]: row["ladder"][2]["amount"] for row in told.roi(**asked)}


def test_each_model_gives_out_the_same_cents(told):
    told.given(PATHS)
    # Thirds of 100.01 of the order and of 10.00 of the lead; Bo's click was first, Ana's code last.
    assert nets(told, model="linear") == {"ana": 3334 + 334, "bo": 3333 + 333, "cy": 3334 + 333}
    assert nets(told) == {"ana": 11001, "bo": 0, "cy": 0}  # code first: her own code wins
    assert nets(told, model="first") == {"bo": 11001, "cy": 0}
    for model in ("linear", "markov"):
        rows = told.roi(model=model)
        for step, amount in ((1, 12001), (2, 11001), (3, 6969)):
            assert sum(row["ladder"][step]["amount"] for row in rows) == amount, model
        assert sum(row["outputs"]["orders"] for row in rows) == 1
    for model in ("position", "time-decay", "shapley"):
        rows = told.ws.attribute(model).rows
        assert sum(row["value"] for row in rows) == 11001
        assert sum(row["leads"] for row in rows) == 1


@pytest.mark.soak
def test_a_refund_takes_back_each_share_to_nothing_in_the_end(told):
    told.given(PATHS)
    for number, (amount, left) in enumerate(((33.35, 6666), (33.33, 3333), (33.33, 0))):
        told.given(
            f"""
            refunds
            refund_id | order_id | refunded_at   | amount   | currency | restocked
            r{number} | 1        | @05-2{number} | {amount} | USD      | yes
            """
        )
        found = nets(told, model="linear")
        assert sum(found.values()) == left + 1000
    assert nets(told, model="linear", basis="order") == found
    won = {"ana": 334, "bo": 333, "cy": 333}
    assert found == won
    rows = told.roi(model="linear")
    # What stays is the lead and the fees of the payment: all goods are back, and all their cost.
    assert {row["creator"]: row["ladder"][3]["amount"] for row in rows} == {
        "ana": won["ana"] - 11, "bo": won["bo"] - 10, "cy": won["cy"] - 10,
    }  # fmt: skip


def test_conversions_that_nobody_touched_stay_in_the_sum_without_a_creator(told):
    told.given(PATHS).given(
        """
        orders
        order_id | ordered_at | currency | subtotal | cogs
        2        | @05-12     | USD      | 50.00    | 20.00
        """
    )
    result = told.ws.attribute("linear")
    (nobody,) = [row for row in result.rows if row["creator"] is None]
    assert nobody == {
        "creator": None, "campaign": None, "orders": 1, "leads": 0, "value": 5000,
        "removal_effect": None,
    }  # fmt: skip
    assert result.data["observable_path_share"] == 0.666667
    assert sum(nets(told, model="linear").values()) == 11001  # it is in nobody's row of the report
