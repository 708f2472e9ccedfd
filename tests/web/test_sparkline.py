import re
import xml.etree.ElementTree as ET

from truelift.web.sparkline import HEIGHT, MOST, WIDTH, sparkline


def places(counts):
    line = ET.fromstring(sparkline(counts)).find("{http://www.w3.org/2000/svg}polyline")
    return [tuple(map(float, each.split(","))) for each in line.get("points").split()]


def test_counts_stand_on_one_scale_from_zero():
    (first, low), (_, high), (last, middle) = places([0, 10, 5])
    assert (first, last) == (2, WIDTH - 2)
    assert (low, high, middle) == (HEIGHT - 2, 2, HEIGHT / 2)


def test_of_many_days_neighbours_are_added_up():
    assert 30 < len(places([1.0] * 200)) <= MOST
    assert len(places([0.0])) == 1


def test_nothing_is_drawn_of_nothing():
    assert not re.search("polyline", sparkline([]))
