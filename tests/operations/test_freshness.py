import datetime as dt

from truelift.operations.freshness import ago, freshness
from truelift.operations.today import today


def test_each_source_says_when_it_was_heard_of(told):
    told.given(
        """
        orders
        source | order_id | ordered_at | currency | subtotal | discount
        shop   | 1        | @05-12     | USD      | 10.00    | 1.00
        shop   | 2        | @05-12     | EUR      | 5.00     |
        tiktok | 3        | @05-11     | USD      | 7.00     |

        clicks
        click_id | clicked_at | slug | user_agent
        c1       | @05-12     | s    | Firefox
        c2       | @05-12     | s    | curl/8
        """,
        at=dt.datetime(2026, 5, 12, 20),
    )
    told.clock.at = dt.datetime(2026, 5, 12, 20, 0, 3)
    heard = {(each.kind, each.source): each for each in freshness(told.ground)}
    assert set(heard) == {("clicks", ""), ("orders", "shop"), ("orders", "tiktok")}
    assert heard["orders", "shop"].sentence == "orders of shop: last 3 s ago"
    assert heard["clicks", ""].fresh_rows == 2
    counts = {(row["kind"], row["amount"]): row["count"] for row in today(told.ground)}
    assert counts["orders", "9.00 USD"] == counts["orders", "5.00 EUR"] == 1
    assert (counts["clicks", None], counts["clicks, all", None]) == (1, 2)


def test_lengths_of_time_are_written_as_people_would():
    assert [ago(each) for each in (3, 119, 120, 7_199, 7_200, 172_800)] == [
        "3 s", "119 s", "2 min", "120 min", "2 h", "2 d",
    ]  # fmt: skip
