"""Content is our sponsored posts; what is counted in another month is named."""

import datetime as dt

from truelift.operations.content import content, counted_later

POSTS = """
profiles
platform  | handle | creator
instagram | ana.ig | ana

campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 05-31 | USD

posts
platform  | post_id | handle | published_at | format | campaign | disclosed
instagram | p1      | ana.ig | @05-10       | reel   | spring   | true
instagram | p2      | ana.ig | @04-10       | reel   |          |

observations
platform  | post_id | observed_at | views | likes | comments | shares | saves | paid_views
instagram | p1      | @05-12      | 900   | 50    | 5        |        |       | 100

agreements
agreement | campaign | creator | fee    | currency | signed_on | usage_from | usage_to | usage_fee
a1        | spring   | ana     | 100.00 | USD      | 04-20     | 05-01      | 08-31    | 10.00
"""
MONEY = """
orders
order_id | ordered_at | currency | subtotal
o1       | @05-10     | USD      | 100.00
o2       | @05-11     | USD      | 50.00

refunds
refund_id | order_id | refunded_at | amount | currency
r1        | o1       | @06-02      | 40.00  | USD
r2        | o2       | @05-20      | 50.00  | USD

leads
lead_id | created_at | stage | won_at | value  | currency
l1      | @05-30     | won   | @06-03 | 500.00 | USD
l2      | @05-01     | won   | @05-03 | 200.00 | USD
"""


def test_a_sponsored_post_has_its_newest_reading_and_until_when_it_may_be_used(told):
    told.given(POSTS)
    (row,) = content(told.ground)
    assert (row["campaign"], row["creator"], row["post_id"]) == ("spring", "ana", "p1")
    assert (row["views"], row["engagement"], row["reach"]) == (900, 55, None)
    assert (row["disclosed"], row["boosted"]) == (True, True)
    assert row["read_at_hours"] == 48
    assert row["usage_until"] == dt.date(2026, 8, 31)
    assert content(told.ground, "glow") == content(told.ground, creator="bo") == []


def test_what_is_counted_in_another_month_is_a_refund_or_a_won_lead(told):
    told.given(MONEY)
    found = [(r["what"], r["id"], str(r["day"])[:7], str(r["order_day"])[:7], r["amount"])
             for r in counted_later(told.ground)]  # fmt: skip
    assert sorted(found) == [
        ("lead won", "l1", "2026-06", "2026-05", 50_000),
        ("refund", "r1", "2026-06", "2026-05", -4_000),
    ]
