"""The ladder as a controller checks it: given orders and refunds, then these cents.

All amounts expected are minor units (cents), worked out by hand beside the tables.
"""

from __future__ import annotations

import pytest

CAMPAIGN = """
campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 06-30 | USD

codes
code  | creator | campaign
ANA10 | ana     | spring
BO10  | bo      | spring
"""

ORDER = """
orders
order_id | ordered_at | currency | subtotal | cogs  | code
1        | @05-30     | USD      | 100.00   | 40.00 | ANA10
"""


def test_matched_is_goods_before_discount_and_net_leaves_out_tax_and_shipping(told):
    told.given(
        CAMPAIGN
        + """
        orders
        order_id | ordered_at | currency | subtotal | discount | tax   | prices_include_tax
        1        | @05-02     | USD      | 100.00   | 10.00    | 9.00  | no
        2        | @05-03     | USD      | 119.00   |          | 19.00 | yes

        orders ...
        shipping | cogs  | payment_fees | fulfilment | code
        5.00     | 40.00 | 3.00         | 2.00       | ANA10
                 | 35.00 | 3.00         | 2.00       | BO10
        """
    )
    # Net is 100 less 10: the tax of 9 is on top of the prices, the shipping of 5 is no goods.
    # Contribution is 90 less 40, 2 and 3.
    assert told.levels(creator="ana") == {
        "reported": None, "matched": 10000, "net": 9000, "contribution": 4500,
        "incremental": "NO_ORDER_BASELINE", "return": "NO_ORDER_BASELINE",
    }  # fmt: skip
    # Matched holds the tax that the prices hold: net is 119 less 19, contribution 100 less 40.
    assert told.levels(creator="bo") == {
        "reported": None, "matched": 11900, "net": 10000, "contribution": 6000,
        "incremental": "NO_ORDER_BASELINE", "return": "NO_ORDER_BASELINE",
    }  # fmt: skip
    assert told.bridge("spring") == [
        ("reported", None),
        ("matched", 21900), ("discounts", -1000), ("tax", -1900), ("refunds", 0),
        ("returns_reserve", 0), ("net", 19000), ("goods", -7500), ("fulfilment", -400),
        ("fees", -600), ("contribution", 10500), ("incremental", "NO_ORDER_BASELINE"),
        ("tracked_return", 10500), ("committed_minus_accrued", 0), ("residual", 0),
    ]  # fmt: skip


def test_what_platforms_report_and_what_is_matched_are_two_steps(told):
    told.given(
        CAMPAIGN
        + ORDER
        + """
        reported
        source | campaign | creator | date  | revenue | currency
        ads    | spring   | ana     | 05-30 | 250.00  | USD
        shop   | spring   | ana     | 05-31 | 30.00   | USD
        """
    )
    assert told.levels(creator="ana")["reported"] == 28000
    assert told.bridge("spring")[:3] == [
        ("reported", 28000), ("not_matched", -18000), ("matched", 10000),
    ]  # fmt: skip


def test_an_order_counts_once_however_many_codes_it_carries(told):
    told.given(
        CAMPAIGN
        + """
        orders
        order_id | ordered_at | currency | subtotal | cogs  | code  | codes
        1        | @05-30     | USD      | 100.00   | 40.00 | ANA10 | ANA10;BO10
        """
    )
    assert [row["outputs"]["orders"] for row in told.roi()] == [1]
    assert told.levels(by="campaign")["matched"] == 10000


def test_a_refund_takes_net_back_and_cost_only_with_the_goods(told):
    told.given(
        CAMPAIGN
        + """
        codes
        code | creator  | campaign
        A    | shelf    | spring
        B    | lost     | spring
        C    | unsaid   | spring
        D    | stated   | spring
        E    | all      | spring
        F    | all-lost | spring
        G    | third    | spring

        orders
        order_id | ordered_at | currency | subtotal | cogs  | code
        A        | @05-30     | USD      | 100.00   | 40.00 | A
        B        | @05-30     | USD      | 100.00   | 40.00 | B
        C        | @05-30     | USD      | 100.00   | 40.00 | C
        D        | @05-30     | USD      | 100.00   | 40.00 | D
        E        | @05-30     | USD      | 100.00   | 40.00 | E
        F        | @05-30     | USD      | 100.00   | 40.00 | F
        G        | @05-30     | USD      | 100.00   | 40.00 | G

        refunds
        refund_id | order_id | refunded_at | amount | currency | restocked | cogs_returned | fees
        a         | A        | @06-02      | 50.00  | USD      | yes       |               |
        b         | B        | @06-02      | 50.00  | USD      | no        |               | 1.00
        c         | C        | @06-02      | 50.00  | USD      |           |               |
        d         | D        | @06-02      | 50.00  | USD      | yes       | 15.00         |
        e         | E        | @06-02      | 100.00 | USD      | yes       |               |
        f         | F        | @06-02      | 100.00 | USD      | no        |               |
        g1        | G        | @06-02      | 33.33  | USD      | yes       |               |
        g2        | G        | @06-03      | 33.33  | USD      | yes       |               |
        g3        | G        | @06-04      | 33.34  | USD      | yes       |               |
        """
    )
    found = {row["creator"]: row["ladder"] for row in told.roi()}
    assert {who: (rung[2]["amount"], rung[3]["amount"]) for who, rung in found.items()} == {
        "shelf": (5000, 3000),  # half of the goods are back on the shelf: 50 less 20
        "lost": (5000, 900),  # they are lost, and giving them back cost 1: 50 less 40 less 1
        "unsaid": (5000, 1000),  # nobody says that they came back
        "stated": (5000, 2500),  # the shop says what came back: 50 less 25
        "all": (0, 0),
        "all-lost": (0, -4000),
        "third": (0, 0),  # three refunds, not a cent left
    }
    assert {rung[1]["amount"] for rung in found.values()} == {10000}
    refunds = {row["creator"]: row["outputs"]["refunds"] for row in told.roi()}
    assert (refunds["all"], refunds["third"]) == (1, 3)


def test_a_cancelled_order_gives_back_what_no_refund_gave_back_before(told):
    told.given(
        CAMPAIGN
        + """
        codes
        code | creator | campaign
        A    | plain   | spring
        B    | shelf   | spring
        C    | stated  | spring
        D    | lost    | spring
        E    | free    | spring
        F    | all     | spring

        orders
        order_id | ordered_at | currency | subtotal | discount | cogs  | code | cancelled_at
        A        | @05-30     | USD      | 100.00   |          | 40.00 | A    | @06-03
        B        | @05-30     | USD      | 100.00   |          | 40.00 | B    | @06-03
        C        | @05-30     | USD      | 100.00   |          | 40.00 | C    | @06-03
        D        | @05-30     | USD      | 100.00   |          | 40.00 | D    | @06-03
        E        | @05-30     | USD      | 100.00   | 100.00   | 40.00 | E    | @06-03
        F        | @05-30     | USD      | 100.00   |          | 40.00 | F    | @06-03

        refunds
        refund_id | order_id | refunded_at | amount | currency | restocked | cogs_returned
        b         | B        | @06-01      | 50.00  | USD      | yes       |
        c         | C        | @06-01      | 50.00  | USD      | yes       | 25.00
        d         | D        | @06-01      | 50.00  | USD      | no        |
        f         | F        | @06-01      | 100.00 | USD      | yes       | 40.00
        """
    )

    def reached(**asked):
        rows = told.roi(**asked)
        return {r["creator"]: tuple(rung["amount"] for rung in r["ladder"][2:4]) for r in rows}

    assert reached(as_of="2026-05-31") == {
        "plain": (10000, 6000), "shelf": (10000, 6000), "stated": (10000, 6000),
        "lost": (10000, 6000), "free": (0, -4000), "all": (10000, 6000),
    }  # fmt: skip
    # Half of one order's goods were lost before it was cancelled; all the others are as before.
    assert reached() == {
        "plain": (0, 0), "shelf": (0, 0), "stated": (0, 0), "lost": (0, -2000), "free": (0, 0),
        "all": (0, 0),
    }  # fmt: skip
    refunds = {row["creator"]: row["outputs"]["refunds"] for row in told.roi()}
    assert (refunds["plain"], refunds["shelf"]) == (0, 1)  # a cancellation is no refund


@pytest.mark.parametrize("kind", ["refunded", pytest.param("cancelled", marks=pytest.mark.soak)])
def test_a_refund_stands_on_its_own_day_or_on_its_orders_and_both_reach_one_total(told, kind):
    cancelled = "@06-02" if kind == "cancelled" else ""
    told.given(
        CAMPAIGN
        + f"""
        orders
        order_id | ordered_at | currency | subtotal | cogs  | code  | cancelled_at
        1        | @05-30     | USD      | 100.00   | 40.00 | ANA10 | {cancelled}
        """
    )
    if kind == "refunded":
        told.given(
            """
            refunds
            refund_id | order_id | refunded_at | amount | currency | restocked
            r1        | 1        | @06-02      | 100.00 | USD      | yes
            """
        )

    def net_by_day(basis):
        rows = told.roi(by="day", basis=basis)
        return {row["day"]: row["ladder"][2]["amount"] for row in rows}

    assert net_by_day("event") == {"2026-05-30": 10000, "2026-06-02": -10000}
    assert net_by_day("order") == {"2026-05-30": 0}
    may, june = (dict(told.bridge("spring", f"2026-{month}")) for month in ("05", "06"))
    assert (may["net"], june["net"]) == (10000, -10000)
    assert (may["goods"], june["goods"]) == (-4000, 4000)
    assert told.levels(by="campaign", basis="event") == told.levels(by="campaign", basis="order")


def test_the_cost_of_goods_is_the_orders_own_else_the_margin_of_its_day_else_unknown(told):
    told.given(
        CAMPAIGN
        + """
        margins
        scope | key  | valid_from | margin_rate
        brand | acme | 05-10      | 0.60
        brand | acme | 05-20      | 0.70

        orders
        order_id | ordered_at          | currency | subtotal | cogs  | code
        1        | @05-15              | USD      | 100.00   | 45.00 | ANA10
        2        | 2026-05-15T13:00:00 | USD      | 100.00   |       | ANA10
        3        | 2026-05-25T13:00:00 | USD      | 100.00   |       | ANA10
        """
    )
    assert told.levels(creator="ana")["contribution"] == 5500 + 6000 + 7000
    told.given(
        """
        orders
        order_id | ordered_at          | currency | subtotal | cogs | code
        4        | 2026-05-05T13:00:00 | USD      | 100.00   |      | BO10
        """
    )
    assert told.levels(creator="bo") == {
        "reported": None, "matched": 10000, "net": 10000, "contribution": "NO_MARGIN",
        "incremental": "NO_ORDER_BASELINE", "return": "NO_ORDER_BASELINE",
    }  # fmt: skip
    assert told.row(creator="bo")["roi"]["withheld"] == "NO_MARGIN"
    assert told.ws.verify_ledger() == []


def test_goods_sold_at_a_margin_come_back_at_the_margin_of_the_day_they_were_sold(told):
    told.given(
        CAMPAIGN
        + """
        margins
        scope | key  | valid_from | margin_rate
        brand | acme | 05-01      | 0.60
        brand | acme | 06-01      | 0.70

        orders
        order_id | ordered_at | currency | subtotal | code
        1        | @05-30     | USD      | 100.00   | ANA10

        refunds
        refund_id | order_id | refunded_at | amount | currency | restocked
        r1        | 1        | @06-02      | 100.00 | USD      | yes
        """
    )
    assert told.levels(creator="ana")["contribution"] == 0
    assert told.levels(creator="ana", basis="order")["contribution"] == 0


RATES = """
rates
date  | base | quote | rate
05-30 | EUR  | USD   | 1.10
06-02 | EUR  | USD   | 1.50
05-30 | JPY  | USD   | 0.0065
06-02 | JPY  | USD   | 0.0050
"""


def test_orders_in_euro_and_yen_are_translated_at_the_order_dates_rate_refunds_too(told):
    told.given(
        CAMPAIGN
        + RATES
        + """
        orders
        order_id | ordered_at | currency | subtotal | discount | cogs  | code
        e        | @05-30     | EUR      | 100.00   | 10.00    | 40.00 | ANA10
        j        | @05-30     | JPY      | 10000    |          | 4000  | BO10
        """
    )
    # 100 EUR x 1.10; (90 - 40) EUR x 1.10. 10,000 JPY (no decimals) x 0.0065 = 65.00 USD.
    ana, bo = told.levels(creator="ana"), told.levels(creator="bo")
    assert (ana["matched"], ana["net"], ana["contribution"]) == (11000, 9900, 5500)
    assert (bo["matched"], bo["net"], bo["contribution"]) == (6500, 6500, 3900)
    told.given(
        """
        refunds
        refund_id | order_id | refunded_at | amount | currency | restocked
        r1        | e        | @06-02      | 90.00  | EUR      | yes
        r2        | j        | @06-02      | 5000   | JPY      | no
        """
    )
    # The rate of 2 June would take back 135 USD of 99: the difference is one of exchange, not ROI.
    for basis in ("event", "order"):
        ana = told.levels(creator="ana", basis=basis)
        bo = told.levels(creator="bo", basis=basis)
        assert (ana["net"], ana["contribution"]) == (0, 0)
        assert (bo["net"], bo["contribution"]) == (3250, 650)


def test_a_foreign_order_given_back_in_parts_leaves_no_cent_behind(told):
    told.given(
        CAMPAIGN
        + """
        rates
        date  | base | quote | rate
        05-30 | EUR  | USD   | 1.1111

        orders
        order_id | ordered_at | currency | subtotal | cogs | code
        e        | @05-30     | EUR      | 10.00    | 3.33 | ANA10

        refunds
        refund_id | order_id | refunded_at | amount | currency | restocked
        r1        | e        | @06-02      | 3.33   | EUR      | yes
        r2        | e        | @06-03      | 3.33   | EUR      | yes
        r3        | e        | @06-04      | 3.34   | EUR      | yes
        """
    )
    found = told.levels(creator="ana")
    assert (found["matched"], found["net"], found["contribution"]) == (1111, 0, 0)


def test_a_currency_without_a_rate_is_withheld_and_not_guessed(told):
    told.given(
        CAMPAIGN
        + """
        orders
        order_id | ordered_at | currency | subtotal | cogs  | code
        1        | @05-30     | USD      | 100.00   | 40.00 | BO10
        2        | @05-30     | KWD      | 10.000   | 4.000 | ANA10
        """
    )
    assert set(told.levels(creator="ana").values()) >= {"NO_RATE"}
    assert told.levels(creator="ana")["matched"] == "NO_RATE"
    assert told.row(creator="ana")["roas"]["withheld"] == "NO_RATE"
    assert told.row(creator="ana")["incremental_roi"]["withheld"] == "NO_RATE"
    assert told.levels(creator="bo")["matched"] == 10000
    assert told.levels(by="campaign")["matched"] == "NO_RATE"
    assert told.bridge("spring")[1] == ("matched", "NO_RATE")


def test_what_is_reported_in_a_currency_without_a_rate_is_withheld_too(told):
    told.given(
        CAMPAIGN
        + ORDER
        + """
        reported
        source | campaign | creator | date  | revenue | currency
        ads    | spring   | ana     | 05-30 | 250.00  | USD
        shop   | spring   | ana     | 05-31 | 30.000  | KWD
        """
    )
    assert told.levels(creator="ana")["reported"] == "NO_RATE"
    assert told.bridge("spring")[:2] == [("reported", "NO_RATE"), ("matched", 10000)]


def test_won_leads_are_money_when_they_are_won_and_leads_are_not(told):
    told.given(
        """
        campaigns
        campaign | goal  | starts | ends  | currency
        signup   | leads | 05-01  | 06-30 | USD

        codes
        code | creator | campaign
        ANA  | ana     | signup

        leads
        lead_id | created_at | stage     | won_at | value  | currency | code
        1       | @05-20     | won       | @06-03 | 500.00 | USD      | ANA
        2       | @05-21     | qualified |        | 300.00 | USD      | ANA
        3       | @06-21     | lead      |        |        |          | ANA
        """
    )
    row = told.row(creator="ana")
    assert (row["outputs"]["leads"], row["outputs"]["won_leads"]) == (3, 1)
    assert [step["amount"] for step in row["ladder"][1:4]] == [50000, 50000, 50000]
    before = told.row(creator="ana", as_of="2026-05-31")
    assert (before["outputs"]["won_leads"], before["ladder"][1]["amount"]) == (0, 0)
    may, june = (dict(told.bridge("signup", f"2026-{month}")) for month in ("05", "06"))
    assert (may["matched"], june["matched"]) == (0, 50000)
    assert {row["day"]: row["ladder"][1]["amount"] for row in told.roi(by="day")} == {
        "2026-05-20": 0, "2026-05-21": 0, "2026-06-03": 50000, "2026-06-21": 0,
    }  # fmt: skip
    assert told.ws.attribute().rows == [
        {"creator": "ana", "campaign": "signup", "orders": 0, "leads": 3, "value": 50000,
         "removal_effect": None}
    ]  # fmt: skip


def test_the_tax_on_shipping_is_not_taken_off_the_goods(told):
    told.given(
        CAMPAIGN
        + """
        margins
        scope | key  | valid_from | margin_rate
        brand | acme | 01-01      | 0.60

        orders
        order_id | ordered_at | currency | subtotal | shipping | tax   | prices_include_tax | code
        1        | @05-02     | USD      | 119.00   | 11.90    | 20.90 | yes                | ANA10
        2        | @05-03     | USD      | 119.00   | 11.90    | 20.90 | yes                | BO10

        order_lines
        order_id | line | quantity | price
        1        | 1    | 1        | 119.00
        2        | 1    | 1        | 119.00
        """
    )
    # Of the tax of 20.90, 19.00 lie on the goods and 1.90 on the shipping; 40 of 100 are cost.
    levels = told.levels(creator="ana")
    assert (levels["matched"], levels["net"], levels["contribution"]) == (11900, 10000, 6000)


@pytest.mark.parametrize(("subtotal", "net"), [("0.00", 0), ("100000000000.00", 5 * 10**12)])
def test_tax_of_gifts_and_of_the_largest_orders_is_split_too(told, subtotal, net):
    told.given(
        CAMPAIGN
        + f"""
        orders
        order_id | ordered_at | currency | subtotal   | shipping        | tax
        1        | @05-02     | USD      | {subtotal} | 100000000000.00 | 100000000000.00

        orders ...
        prices_include_tax | cogs | code
        yes                | 0.00 | ANA10
        """
    )
    assert told.levels(creator="ana")["net"] == net
