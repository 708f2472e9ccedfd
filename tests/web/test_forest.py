import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.web.forest import LEFT, RIGHT, Interval, forest, ticks_between

THREE = (
    Interval("ana <b>", 0.5, 0.1, 0.9, "C"),
    Interval("bo", -1.2, -2.0, -0.3, "B"),
    Interval("a name that is far too long", 0.1, -0.3, 0.4, "C"),
)


def drawn(intervals):
    return ET.fromstring(str(forest("Return & more", intervals)))


def test_the_chart_says_in_words_what_it_draws():
    chart = drawn(THREE)
    assert chart.get("aria-labelledby") == "forest-title forest-words"
    assert chart.find("title").text == "Return & more"
    words = chart.find("desc").text
    assert words.startswith("The line at 0% is break-even. ana <b> +50% (+10% to +90%); bo")
    assert "a name that is far too long" in words


def test_the_form_says_the_same_as_the_colour():
    groups = {group.get("class"): group for group in drawn(THREE).iter("g")}
    assert set(groups) == {"above", "below", "across"}
    assert groups["above"].find("circle") is not None
    assert groups["below"].find("rect") is not None
    assert "\u2026" in groups["across"].find("text").text


def test_intervals_stand_in_place_left_and_right_of_break_even():
    chart = drawn(THREE)
    even = next(line for line in chart.iter("line") if line.get("class") == "even")
    below = next(group for group in chart.iter("g") if group.get("class") == "below")
    above = next(group for group in chart.iter("g") if group.get("class") == "above")
    assert int(below.find("line").get("x2")) < int(even.get("x1"))
    assert int(above.find("line").get("x1")) > int(even.get("x1"))


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.0, 0.0, [0.0, 0.01]),
        (-2.8, 6.9, [-4.0, -2.0, 0.0, 2.0, 4.0, 6.0, 8.0]),
        (0.0, 0.5, [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]),
    ],
)
def test_ticks_are_round(low, high, ticks):
    assert ticks_between(low, high) == ticks


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3).map(sorted))
def test_every_interval_lies_inside_the_plot(ends):
    low, point, high = ends
    chart = drawn([Interval("x", point, low, high, "C")])
    line = next(chart.iter("g")).find("line")
    assert LEFT <= int(line.get("x1")) <= int(line.get("x2")) <= RIGHT
    ticks = ticks_between(min(0.0, low), max(0.0, high))
    assert 0.0 in ticks
    assert len(ticks) <= 9
