"""The panel: any order of rows gives the same posts, sorted by unit, publication and id."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from truelift.measurement.metric import metric_named
from truelift.measurement.panel import organic_counters, post_panel

DAY = np.datetime64("2026-05-01T00:00:00", "us")
HOUR = np.timedelta64(1, "h")
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=6)
ROWS = st.lists(
    st.tuples(NAMES, st.sampled_from(["x", "instagram", "tiktok"]), NAMES, st.integers(0, 3)),
    max_size=20,
    unique_by=lambda row: (row[1], row[2]),
)


def panel(rows):
    creators, platforms, ids, hours = zip(*rows, strict=True) if rows else ((), (), (), ())
    published = DAY + np.array(hours, np.int64) * HOUR
    return post_panel(
        creator=np.array(creators, object),
        platform=np.array(platforms, object),
        post_ids=np.array(ids, object),
        published_at=published,
        observed_at=np.where(np.array(hours) == 0, np.datetime64("NaT"), DAY + 24 * HOUR),
        first_observed_at=published + HOUR,
        counters={"likes": np.array(hours, float)},
    )


@given(ROWS)
def test_posts_stand_by_creator_platform_publication_and_id(rows):
    found = panel(rows)
    told = [
        (*found.units[unit], at, name)
        for unit, at, name in zip(
            found.unit.tolist(), found.published_at.tolist(), found.post_ids.tolist(), strict=True
        )
    ]
    assert told == sorted(
        (creator, platform, (DAY + hour * HOUR).astype(object), name)
        for creator, platform, name, hour in rows
    )
    assert found.units == tuple(sorted({(row[0], row[1]) for row in rows}))
    assert [rows[row][2] for row in found.rows.tolist()] == found.post_ids.tolist()


@given(ROWS)
def test_the_order_of_rows_does_not_matter(rows):
    forth, back = panel(rows), panel(rows[::-1])
    assert forth.units == back.units
    assert forth.post_ids.tolist() == back.post_ids.tolist()


def test_ages_are_hours_and_missing_where_a_post_was_never_read():
    found = panel([("ana", "x", "1", 0), ("ana", "x", "2", 2)])
    assert np.isnan(found.age_hours).tolist() == [True, False]
    assert found.age_hours[1] == 22
    assert found.first_age_hours.tolist() == [1, 1]


def test_a_mask_keeps_posts_and_units_keep_their_numbers():
    found = panel([("ana", "x", "1", 1), ("bo", "x", "2", 2)])
    kept = found.only(found.unit == 1)
    assert (len(kept), kept.units, kept.unit.tolist()) == (1, found.units, [1])
    assert kept.post_ids.tolist() == ["2"]


def test_a_metrics_counts_come_from_its_columns():
    found = panel([("ana", "x", "1", 3)])
    assert found.counts(metric_named("likes")).tolist() == [3]


def test_organic_counters_are_total_minus_paid_and_missing_where_paid_is_unknown():
    nan = np.nan
    found = organic_counters(
        {"views": np.array([9.0, 9, 9, 9]), "likes": np.array([5.0, 5, nan, 5])},
        np.array([False, True, True, True]),
        {"views": np.array([nan, 4, nan, 12])},
    )
    np.testing.assert_array_equal(found["views"], [9, 5, nan, 0])
    np.testing.assert_array_equal(found["likes"], [5, nan, nan, nan])
    assert not panel([("ana", "x", "p", 1)]).boosted.any()
