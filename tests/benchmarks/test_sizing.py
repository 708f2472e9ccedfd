import re

import pytest

from benchmarks import sizing

KNOWN = dict.fromkeys(sizing.json.loads(sizing.FIGURES.read_text("utf-8")), 1000.0)


def test_the_table_of_the_page_is_of_the_figures_that_are_kept():
    page = sizing.PAGE.read_text(encoding="utf-8")
    found = re.search(sizing.PLACE, page, re.DOTALL)[0]
    assert found == sizing.body(), "run: python -m benchmarks.sizing"


def test_a_drawn_year_has_as_many_events_as_were_asked_for():
    assert (sizing.year(10**9) * 60).sum() == pytest.approx(10**9)
    assert sizing.year(10**9).min() > 0


def test_who_takes_in_as_fast_as_it_comes_keeps_nobody_waiting():
    rates = sizing.np.array([1.0, 3.0, 1.0, 1.0])
    assert sizing.longest_wait(rates, 3.0) == 0
    assert sizing.longest_wait(rates, 1.5) == sizing.math.inf
    assert sizing.longest_wait(rates, 2.0) == 30  # 60 events more than were taken, at 2 a second


def test_more_events_take_more_of_everything_and_cost_less_each():
    small, large = (sizing.sized(events, KNOWN, sizing.Prices()) for events in (10**9, 10**10))
    assert large.owners == 10 * small.owners == 100
    assert large.collectors > small.collectors > 1
    assert large.wait_seconds > small.wait_seconds >= 0
    assert small.cost > large.cost > large.owners_cost == small.owners_cost
