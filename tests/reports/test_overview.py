"""The four first answers: who pays back, what can still go, what is booked."""

import datetime as dt

from truelift.reports.overview import booked, cancellable, standing, sums


def row(creator, *limits, campaign="spring"):
    found = (
        {"low": limits[0], "point": limits[1], "high": limits[2]}
        if limits
        else {"withheld": "NO_BASELINE"}
    )
    return {"creator": creator, "campaign": campaign, "incremental_roi": found}


def test_creators_are_sorted_by_what_their_limits_say_the_surest_first():
    found = standing(
        [
            row("across", -0.1, 0.2, 0.5), row("above", 0.1, 0.4, 0.9), row("surer", 0.3, 0.4, 0.5),
            row("below", -0.9, -0.5, -0.1), row("worse", -3, -2, -1), row("new"),
            row(None, 0.1, 0.2, 0.3), row("touches", 0.0, 0.2, 0.4),
        ]
    )  # fmt: skip
    names = [
        [each["creator"] for each in part]
        for part in (found.pays, found.undecided, found.loses, found.unknown)
    ]
    assert names == [["surer", "above"], ["across", "touches"], ["worse", "below"], ["new"]]
    assert found.measured == 6


def campaign(name, accrued, incremental):
    return {
        "campaign": name,
        "cost": {"committed": 100, "accrued": accrued, "invoiced": 0, "paid": 0},
        "ladder": [
            {"step": "net", "amount": 50},
            {"step": "contribution", "amount": 20},
            {"step": "incremental", "amount": incremental},
            {"step": "return", "amount": incremental},
        ],
    }


def test_what_is_withheld_is_not_added_and_is_counted():
    found = sums([campaign("a", 10, 5), campaign("b", 20, None)])
    assert (found["accrued"].amount, found["accrued"].known) == (30, 2)
    assert (found["incremental"].amount, found["incremental"].known) == (5, 1)
    assert found["incremental"].of == 2
    assert sums([campaign("b", 20, None)])["return"].amount is None


def agreement(name, amount, until, currency="USD"):
    return {
        "agreement": name, "cancellable": amount, "currency": currency, "cancellable_until": until,
    }  # fmt: skip


def test_the_first_to_run_out_stands_first_and_currencies_stay_apart():
    found = cancellable(
        [
            agreement("late", 300, dt.date(2026, 8, 1)), agreement("open", 50, None),
            agreement("soon", 100, dt.date(2026, 7, 1)), agreement("gone", 0, None),
            agreement("euro", 70, dt.date(2026, 8, 1), "EUR"), agreement(None, 999, None),
        ]
    )  # fmt: skip
    assert [each["agreement"] for each in found.rows] == ["soon", "late", "euro", "open"]
    assert found.amounts == {"USD": 450, "EUR": 70}


COST = [
    {"account": "6100", "booked": 700}, {"account": "6180", "booked": 30},
    {"account": "7000", "booked": 5}, {"account": "total", "booked": 735},
    {"account": "6110", "booked": None},
]  # fmt: skip


def test_the_books_stand_beside_the_figures_and_the_oldest_open_period_is_named():
    periods = [
        {"period": "2026-05", "state": "open", "blocked_by": 0},
        {"period": "2026-04", "state": "prepared", "blocked_by": 2},
        {"period": "2026-03", "state": "closed", "blocked_by": 0},
    ]
    found = booked(COST, periods, 735)
    assert (found.accrued, found.difference, found.closed) == (730, 5, 1)
    assert (found.oldest, found.state, found.blockers) == ("2026-04", "prepared", 2)
    nothing = booked([], [], 0)
    assert (nothing.oldest, nothing.state, nothing.blockers) == (None, None, 0)
