"""What campaigns tracked by day: on the brand's own days, and only what is a campaign's."""

import datetime as dt

from truelift.operations.conversion_days import conversion_days


def test_orders_are_counted_on_their_day_and_those_of_no_campaign_are_not(told):
    told.given("""
        campaigns
        campaign | goal  | starts | ends  | currency
        spring   | sales | 05-01  | 05-31 | USD

        creators
        creator
        ana

        codes
        code | creator | campaign
        ANA  | ana     | spring

        orders
        source | order_id | ordered_at | currency | subtotal | code
        shop   | 1        | @05-03     | USD      | 10.00    | ANA
        shop   | 2        | @05-03     | USD      | 10.00    | ANA
        shop   | 3        | @05-05     | USD      | 10.00    | ANA
        shop   | 4        | @05-05     | USD      | 10.00    |
    """)
    rows = conversion_days(told.ground)
    assert [(row["campaign"], row["metric"], row["day"], row["count"]) for row in rows] == [
        ("spring", "orders", dt.date(2026, 5, 3), 2.0),
        ("spring", "orders", dt.date(2026, 5, 5), 1.0),
    ]
