"""Ageing curves are fitted when it is time, kept, and a sealed comparison stays with its own."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.errors import CheckFailed, UsageError
from truelift.measurement.ageing import ENGAGEMENT_CURVE, VIEWS_CURVE, AgeingCurve
from truelift.operations.ageing import CurveBook, curve_book, curve_rows, refit, refit_if_due
from truelift.operations.knowledge import knowledge
from truelift.operations.measure import Measurement
from truelift.operations.seal import seal_baselines
from truelift.store import science_records
from truelift.store import workspace_database as records

READ = (3, 6, 12, 24, 48, 96, 168, 336, 720)
IMPORTED = dt.datetime(2026, 4, 20, 9)


def posts(names, first="03-01", form="reel", more=""):
    """Write posts of ana on consecutive days of 2026, at noon."""
    start = dt.datetime.fromisoformat(f"2026-{first}T12:00:00")
    columns, values = more.split("=") if more else ("", "")
    rows = [
        f"instagram | {name} | ana.ig | {start + dt.timedelta(days=place)}Z | {form} | {values}"
        for place, name in enumerate(names)
    ]
    extra = columns or "caption"
    return "\n".join(
        ["", "posts", f"platform | post_id | handle | published_at | format | {extra}", *rows, ""]
    )


def readings(names, first="03-01", hours=READ, factor=1.5, more=""):
    """Write readings of those posts: likes grow by the factor from each age to the next."""
    start = dt.datetime.fromisoformat(f"2026-{first}T12:00:00")
    column, value = more.split("=") if more else ("watch_seconds", "")
    rows = [
        f"instagram | {name} | {start + dt.timedelta(days=place, hours=hour)}Z"
        f" | {round(1000 * (place + 1) * factor**step)} | {value}"
        for place, name in enumerate(names)
        for step, hour in enumerate(hours)
    ]
    header = f"platform | post_id | observed_at | likes | {column}"
    return "\n".join(["", "observations", header, *rows, ""])


def names(prefix, count):
    return [f"{prefix}{number}" for number in range(count)]


def step(record, place):
    return record["g"][place + 1] - record["g"][place]


@pytest.fixture
def read(told):
    """Give a workspace with eight reels of ana, each read nine times."""
    eight = names("r", 8)
    told.given(posts(eight) + readings(eight), at=IMPORTED)
    return told


def test_an_import_with_enough_readings_fits_the_first_curves(read):
    with read.ground.workspace.transaction() as connection:
        kept = science_records.newest(connection, read.ground.brand.brand, "ageing_curve")
    assert set(kept) == {"instagram/*/engagement", "instagram/reel/engagement"}
    record = kept["instagram/*/engagement"].record
    assert (record["posts"], record["pairs"], record["prior"]) == (8, 64, "youtube-likes-2026-1")
    assert record["reading_pairs"] == 64
    reel = kept["instagram/reel/engagement"]
    assert reel.record["prior"] == record["version"]
    assert reel.version.startswith("instagram-reel-engagement-2026-04-07-")
    assert (record["first_published"], record["last_observed"]) == (
        "2026-03-01T12:00:00",
        "2026-04-07T12:00:00",
    )


def test_a_refit_of_the_same_facts_keeps_nothing_new(read):
    assert {item.record["metric"] for item in refit(read.ground)} == {"likes"}
    assert refit(read.ground) == []
    assert refit_if_due(read.ground) == []


def test_curves_are_fitted_again_after_a_week_and_a_tenth_more_readings(read):
    def versions_after(name, first, hours, day):
        table = posts([name], first) + readings([name], first, hours)
        read.given(table, at=dt.datetime(2026, 4, day))
        return {row["version"] for row in curve_rows(read.ground)}

    before = {row["version"] for row in curve_rows(read.ground)}
    assert versions_after("week", "04-16", (3, 6), 21) == before  # nine days on, one reading more
    assert versions_after("more", "03-20", READ[:-1], 22) != before  # and now a tenth more


def test_a_tenth_more_readings_within_the_week_wait(read):
    before = {row["version"] for row in curve_rows(read.ground)}
    read.given(posts(["more"], "03-20") + readings(["more"], "03-20", READ[:-1]), at=IMPORTED)
    assert {row["version"] for row in curve_rows(read.ground)} == before


def test_final_counters_only_have_no_pairs_and_make_no_curve(told):
    many = names("f", 40)
    told.given(posts(many) + readings(many, hours=(720,)), at=dt.datetime(2026, 6, 1))
    assert refit(told.ground) == []
    assert [row["posts"] for row in curve_rows(told.ground)] == [None, None]


@pytest.mark.parametrize(
    ("post", "reading"),
    [
        ("sponsored_by=Other Brand", ""),
        ("campaign=spring", ""),
        ("deleted_at=2026-04-01T00:00", ""),
        ("", "paid_views=7"),
        ("", "estimated=likes"),
    ],
)
def test_only_organic_measured_readings_tell_how_posts_age(told, post, reading):
    eight = names("r", 8)
    told.given(posts(eight, more=post) + readings(eight, more=reading), at=IMPORTED)
    assert refit(told.ground) == []


def test_a_counter_read_before_publication_is_counted_and_not_used(told):
    eight = names("r", 8)
    told.given(posts(eight) + readings(eight, hours=(-1, 12, 24, 48)), at=IMPORTED)
    record = next(
        row for row in kept(told) if (row["format"], row["metric"]) == ("*", "engagement")
    )
    assert (record["before_post"], record["pairs"]) == (8, 16)


def kept(told):
    with told.ground.workspace.transaction() as connection:
        found = science_records.all(connection, told.ground.brand.brand, "ageing_curve")
    return [item.record for item in found]


def test_a_post_of_no_known_format_tells_about_its_platform_only(told):
    eight = names("r", 8)
    told.given(posts(eight, form="") + readings(eight), at=IMPORTED)
    assert {row["format"] for row in curve_rows(told.ground)} == {"*"}


def test_one_platform_or_metric_can_be_asked_for(read):
    two = names("o", 2)
    read.given(posts(two, "04-10") + readings(two, "04-10", (3, 6)), at=dt.datetime(2026, 4, 21))
    assert refit(read.ground, platform="tiktok") == []
    made = refit(read.ground, platform="instagram", metric="engagement")
    assert {item.name for item in made} == {"instagram/*/engagement", "instagram/reel/engagement"}
    assert all(item.record["supersedes"] for item in made)
    assert {row["metric"] for row in curve_rows(read.ground, metric="views")} == {"views"}
    assert curve_rows(read.ground, platform="tiktok") == []
    with pytest.raises(UsageError, match="no metric 'hearts'"):
        refit(read.ground, metric="hearts")


def test_the_newest_curve_of_a_platform_is_found_by_format():
    own = AgeingCurve("own", ENGAGEMENT_CURVE.g, ENGAGEMENT_CURVE.tau2)
    book = CurveBook({"x/reel/engagement": own, "x/*/views": own}, {})
    assert book.newest("x", "value") == {"*": ENGAGEMENT_CURVE, "reel": own}
    assert book.newest("x", "views") == {"*": own}
    assert book.newest("tiktok", "views") == {"*": VIEWS_CURVE}


def test_a_seal_without_curves_means_the_default_and_an_unknown_one_is_refused(told):
    book = curve_book(knowledge(told.ground))
    for record in (None, {"ageing_curve": ""}, {"ageing_curve": ENGAGEMENT_CURVE.version}):
        assert book.sealed(record, "engagement") == {"*": ENGAGEMENT_CURVE}
    with pytest.raises(CheckFailed, match="ageing curve gone, which is not kept"):
        book.sealed({"ageing_curve": "gone"}, "engagement")


def test_a_refit_never_moves_a_sealed_comparison(read):
    """Ana's reels are sealed, one is sponsored and read young; then posts age quite differently."""
    read.given(
        """
        campaigns
        campaign | goal      | starts | ends  | currency
        launch   | awareness | 04-21  | 05-31 | USD

        participants
        campaign | creator | arm
        launch   | ana     | treated

        profiles
        platform  | handle | creator
        instagram | ana.ig | ana
        """,
        at=IMPORTED,
    )
    (verdict,) = seal_baselines(read.ground, campaign="launch")
    assert verdict.verdict == "sealed"
    with read.ground.workspace.transaction() as connection:
        seals = records.seals(connection, read.ground.brand.brand)
    named = next(item.record for item in seals if item.metric == "engagement")
    assert named["ageing_curve"].startswith("instagram-all-engagement-")
    assert set(named["ageing_curves"]) == {"reel"}
    ad = posts(["ad"], "04-21", more="campaign=launch") + readings(["ad"], "04-21", (6, 12))
    read.given(ad, at=dt.datetime(2026, 4, 23))
    before = Measurement(knowledge(read.ground)).lift("launch", "engagement")["ana"]
    many = names("s", 30)
    slow = posts(many, "03-05") + readings(many, "03-05", factor=1.01)
    read.given(slow, at=dt.datetime(2026, 5, 9))
    refit(read.ground)
    reel = [row for row in kept(read) if (row["format"], row["metric"]) == ("reel", "engagement")]
    assert step(reel[-1], 3) < step(reel[0], 3) / 2
    assert reel[0]["version"] == named["ageing_curves"]["reel"]
    after = Measurement(knowledge(read.ground)).lift("launch", "engagement")["ana"]
    assert after == before
