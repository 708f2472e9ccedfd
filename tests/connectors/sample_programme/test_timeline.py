import datetime as dt

import numpy as np

from truelift.connectors.sample_programme.timeline import (
    DELIVERIES,
    FLIGHTS,
    SHOP_DAYS,
    at_day_times,
    flight_days,
    flight_end,
    flight_start,
    later,
    stream,
)


def test_a_flight_starts_at_midnight_in_new_york():
    assert flight_start("glow") == np.datetime64("2026-03-09T04:00:00")
    assert flight_end("glow") == np.datetime64("2026-04-20T04:00:00")


def test_each_launch_has_a_delivery_on_the_evening_before():
    evenings = {delivery.at.date() for delivery in DELIVERIES}
    assert all(flight.starts - dt.timedelta(days=1) in evenings for flight in FLIGHTS.values())


def test_a_flight_has_as_many_days_as_the_calendar_says():
    assert [int(flight_days(name).sum()) for name in FLIGHTS] == [42, 42, 42]


def test_parts_of_the_story_have_independent_streams():
    assert stream(7, "a").random() == stream(7, "a").random()
    assert stream(7, "a").random() != stream(7, "b").random()
    assert stream(7, "a").random() != stream(8, "a").random()


def test_waking_hours_fall_on_their_day_in_the_brands_zone():
    at = at_day_times(SHOP_DAYS[:1], np.array([0.0]))
    assert at[0] == np.datetime64("2026-01-01T12:00:00")
    assert later(at, np.array([1.9]))[0] == np.datetime64("2026-01-01T12:00:01")
