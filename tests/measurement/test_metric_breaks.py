"""Posts of one era were counted alike; a count that runs across a break is of none."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.catalog.campaign import BREAKABLE
from truelift.measurement.metric import METRICS
from truelift.measurement.metric_breaks import (
    SPANS,
    MetricBreak,
    MetricBreaks,
    era_at,
    era_sealed,
    eras,
    newest_break,
    told,
)

MARCH, APRIL, MAY = (dt.datetime(2026, month, 1) for month in (3, 4, 5))
BREAKS = MetricBreaks(
    (
        MetricBreak("instagram", "views", APRIL),
        MetricBreak("instagram", "likes", MARCH),
        MetricBreak("instagram", "engagement", APRIL),
        MetricBreak("x", "views", MAY),
    )
)


def instants(*at):
    return np.array(at, dtype="datetime64[us]")


def test_every_metric_that_grows_with_age_can_break_and_no_other():
    assert sorted(BREAKABLE) == sorted(m.name for m in METRICS.values() if m.kind == "counter")


@pytest.mark.parametrize(
    ("platform", "columns", "expected"),
    [
        ("instagram", {"views"}, [APRIL]),
        ("instagram", {"likes", "comments", "shares", "saves"}, [MARCH, APRIL]),
        ("instagram", {"saves"}, [APRIL]),
        ("instagram", {"reach"}, []),
        ("x", {"views"}, [MAY]),
        ("tiktok", {"views"}, []),
    ],
)
def test_a_sum_breaks_with_any_of_its_parts_and_platforms_break_alone(platform, columns, expected):
    assert BREAKS.of(platform, columns).astype(object).tolist() == expected


def test_what_broke_at_a_time_is_named():
    assert BREAKS.metrics("instagram", {"likes", "views"}, APRIL) == ["engagement", "views"]
    assert BREAKS.metrics("instagram", {"views"}, MARCH) == []


def test_a_post_is_of_the_era_in_which_it_was_published_and_read():
    breaks = instants(MARCH, MAY)
    hour = dt.timedelta(hours=1)
    published = instants(MARCH - hour, MARCH - hour, MARCH, APRIL, MAY + hour, APRIL)
    observed = instants(MARCH - hour, MARCH, APRIL, MAY, MAY + 2 * hour, "NaT")
    assert eras(breaks, published, observed).tolist() == [0, SPANS, 1, SPANS, 2, 1]


@given(
    st.lists(st.datetimes(MARCH, MAY), max_size=4),
    st.datetimes(MARCH, MAY),
    st.timedeltas(dt.timedelta(0), dt.timedelta(days=20)),
)
def test_a_post_spans_exactly_when_a_break_lies_between_its_publication_and_its_reading(
    at, published, age
):
    breaks = instants(*sorted(set(at)))
    (era,) = eras(breaks, instants(published), instants(published + age)).tolist()
    between = [one for one in at if published < one <= published + age]
    assert (era == SPANS) == bool(between)


def test_a_baseline_is_of_the_era_of_the_break_that_it_states():
    breaks = instants(MARCH, MAY)
    assert [era_sealed(breaks, at) for at in (None, MARCH, MAY)] == [0, 1, 2]
    assert era_at(breaks, instants(APRIL)).tolist() == [1]
    assert [newest_break(breaks, at) for at in (MARCH - dt.timedelta(1), MARCH, APRIL)] == [
        None,
        MARCH,
        MARCH,
    ]


def test_a_break_is_told_with_its_day():
    assert told("instagram", "views", dt.date(2026, 4, 15)) == (
        "instagram counts views differently since 2026-04-15: posts from before are not compared "
        "with posts from after."
    )
