"""A figure is provisional while goods still come back, and says until when."""

import datetime as dt

from truelift.reports.provisional import provisional, settled_after

RATES = [
    {"age_days": 0, "refunded_still_to_come": 0.05},
    {"age_days": 30, "refunded_still_to_come": 0.004},
    {"age_days": 21, "refunded_still_to_come": 0.009},
    {"age_days": 60, "refunded_still_to_come": 0.0},
    {"age_days": 90, "refunded_still_to_come": None},
    {"withheld": "TOO_FEW"},
]
SPRING = {"campaign": "spring", "starts": dt.date(2026, 5, 1), "ends": dt.date(2026, 5, 31)}


def test_an_order_is_settled_from_the_first_age_at_which_little_still_comes_back():
    assert settled_after(RATES) == 30
    assert settled_after(RATES[:1]) is None


def test_a_campaign_is_provisional_until_its_last_orders_are_settled():
    assert provisional([SPRING], RATES, dt.date(2026, 6, 29)) == {
        "spring": "provisional until 2026-06-30"
    }
    assert provisional([SPRING], RATES, dt.date(2026, 6, 30)) == {}
    assert provisional([SPRING], RATES, dt.date(2026, 4, 30)) == {}
    assert "not known yet" in provisional([SPRING], [], dt.date(2027, 1, 1))["spring"]
