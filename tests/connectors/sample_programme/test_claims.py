from collections import Counter
from decimal import Decimal


def test_platforms_claim_more_orders_than_there_were(sample):
    claimed = Counter()
    for row in sample.rows("reported"):
        assert row["campaign"] == "summer"
        claimed[row["creator"]] += int(row["conversions"])
    for creator, count in claimed.items():
        assert count > sample.pair(creator, "summer")["tracked_orders"] * 0.9
    truth = next(c for c in sample.programme.truth["campaigns"] if c["campaign"] == "summer")
    assert claimed.total() > 1.3 * truth["tracked_orders"]


def test_sessions_have_sensible_parts(sample):
    for row in sample.rows("sessions"):
        assert int(row["engaged_sessions"]) <= int(row["sessions"])
        assert int(row["key_events"]) <= int(row["sessions"])
        assert Decimal(row["revenue"]) == int(row["key_events"]) * Decimal("78.00")
