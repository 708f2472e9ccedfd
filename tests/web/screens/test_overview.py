"""The page that opens first answers four questions before its tables."""

import datetime as dt

import pytest

from truelift.reports.overview import standing
from truelift.web.screens.overview import compared_day, in_words

HEAD = {"as_of": "2026-07-06T03:59:59.999999Z", "timezone": "America/New_York"}


def test_it_answers_who_pays_back_what_can_go_what_is_booked_and_who_is_needed(client):
    shown = client.get("/").text
    for words in ("Who truly pays back", "What is still cancellable", "What the books say"):
        assert words in shown
    assert "is accounts 6100 to 6180 of the books" in shown
    assert "No alert is open." in shown
    assert "cards" not in client.get("/?campaign=summer").text


def test_a_comparison_says_what_moved_since_then(client):
    assert " since 2026-05-" in client.get("/?compare_to=week").text
    assert " since 2026-05-01" in client.get("/?compare_to=2026-05-01").text
    assert client.get("/?compare_to=soon").status_code == 400


@pytest.mark.parametrize(
    ("asked", "day"),
    [
        (None, None), ("week", dt.date(2026, 6, 28)), ("four-weeks", dt.date(2026, 6, 7)),
        ("year", dt.date(2025, 7, 6)), ("2026-05-31", dt.date(2026, 5, 31)),
    ],
)  # fmt: skip
def test_a_day_before_is_whole_weeks_before_in_the_zone_of_the_brand(asked, day):
    assert compared_day(asked, HEAD) == day


def test_it_says_how_many_are_sure_and_how_many_are_not():
    assert "No creator has an estimate yet; 0 are withheld" in in_words(standing([]))
    row = {"creator": "ana", "incremental_roi": {"low": 0.1, "point": 0.2, "high": 0.3}}
    assert "Of 1 returns with an estimate 1 surely pay back" in in_words(standing([row]))
