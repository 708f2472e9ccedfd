"""A replay of real history decides which limits stand under the next campaign's figures."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from truelift.base.errors import TrueliftError, UsageError
from truelift.operations.calibrations import calibration_book
from truelift.operations.knowledge import knowledge
from truelift.operations.measure import Measurement
from truelift.operations.placebo import PlaceboRequest, placebo
from truelift.operations.seal import seal_baselines
from truelift.store import ground as grounds
from truelift.store import science_records
from truelift.store.workspace_database import BrandRecord
from truelift.workspace.workspace import Workspace

BEGIN = dt.datetime(2024, 11, 1)
LAUNCH = dt.datetime(2026, 2, 1)
CREATORS, POSTS = 30, 240


class Clock:
    def __init__(self, at):
        self.at = at

    def now(self):
        return self.at


def frames(readings=1):
    """Posts of thirty creators about every 36 hours, read when they are mature (and before)."""
    random = np.random.default_rng(3)
    gaps = random.gamma(4.0, 9.0, (CREATORS, POSTS))
    hours = np.cumsum(gaps, axis=1)
    spread = 0.8 * np.sqrt(6 / random.chisquare(6, (CREATORS, 1)))
    z = 8 + random.normal(0, 1, (CREATORS, 1)) + spread * random.normal(size=hours.shape)
    handle = np.repeat([f"c{number:02}" for number in range(CREATORS)], POSTS)
    ids = [f"{name}-{number}" for number, name in enumerate(handle)]
    at = np.datetime64(BEGIN, "s") + (hours.ravel() * 3600).astype("timedelta64[s]")
    stamp = [f"{moment}Z" for moment in at]
    posts = pa.table({
        "platform": ["instagram"] * len(ids), "post_id": ids, "handle": handle,
        "published_at": stamp, "format": ["reel"] * len(ids),
    })  # fmt: skip
    ages = [720] if readings == 1 else [6, 24, 168, 720]
    share = [1.0] if readings == 1 else [0.3, 0.6, 0.97, 1.0]
    final = np.exp(z).ravel()
    observations = pa.table({
        "platform": ["instagram"] * len(ids) * len(ages),
        "post_id": [name for _ in ages for name in ids],
        "observed_at": [f"{moment + np.timedelta64(age, 'h')}Z" for age in ages for moment in at],
        "likes": np.concatenate([np.rint(final * part) for part in share]).astype(np.int64),
    })  # fmt: skip
    return posts, observations


def told(folder, readings=1):
    clock = Clock(LAUNCH - dt.timedelta(days=2))
    grounds.create(folder, BrandRecord("b", "b", "USD", "UTC", "b", "months"), BEGIN)
    return grounds.opened(folder, None, clock, "ada"), frames(readings)


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A brand with history and nothing to sell; each test adds to it."""
    context, (posts, observations) = told(tmp_path_factory.mktemp("history") / "ws")
    with context as ground:
        ws = Workspace(ground)
        ws.ingest("posts", posts)
        ws.ingest("observations", observations)
        yield ws, ground


def request(**options):
    return PlaceboRequest("instagram", **{"windows": 600, **options})


@pytest.fixture(scope="module")
def replayed(history):
    return placebo(history[1], request(inject=3.0))


def test_the_limits_in_force_come_first_and_are_right(replayed):
    first, second = replayed.rows
    assert (first["limits"], first["in_force"]) == ("calibrated", True)
    assert (second["limits"], second["in_force"]) == ("theory", False)
    assert first["error_any_low"] <= 0.06
    assert first["error_any"] >= first["error_final"]
    assert list(first["detection"]) == ["1.5", "2.0", "3.0"]
    assert first["coverage"]["2.0"] > 0.9
    assert first["half_width"] < second["half_width"]
    assert "independent creator-date blocks" in replayed.sentence


@pytest.mark.soak
def test_the_record_says_what_it_was_made_of_and_is_kept_once(history, replayed):
    _, ground = history
    record = replayed.record
    assert (record["creators"], record["posts"]) == (CREATORS, CREATORS * POSTS)
    assert record["readings"] == "final counters, aged along the curve"
    assert record["signed_by"] == "ada"
    assert placebo(ground, request(inject=3.0)).rows == replayed.rows
    with ground.workspace.transaction() as connection:
        kept = science_records.all(connection, "b", "calibration")
    assert [item.name for item in kept] == [
        "instagram/all/engagement/creator/controls/0.95/20+10x50"
    ]


@pytest.mark.soak
def test_campaigns_are_replayed_with_and_without_controls(history):
    _, ground = history
    report = placebo(ground, request(level="campaign", looks=20, windows=200, creators=8))
    assert [(row["controls"], row["limits"]) for row in report.rows] == [
        (True, "theory"), (True, "calibrated"), (False, "calibrated"),
    ]  # fmt: skip
    alone = placebo(
        ground, request(level="campaign", looks=20, windows=200, creators=8, controls=False)
    )
    assert [row["in_force"] for row in alone.rows] == [True, False]
    assert alone.rows[0]["limits"] == "theory"
    book = calibration_book(knowledge(ground))
    assert {scope.controls for scope in book.kept if scope.level_of == "campaign"} == {True}


def test_one_format_alone_is_replayed(history):
    _, ground = history
    report = placebo(ground, request(post_format="Reel", controls=False, looks=20))
    assert report.rows[0]["post_format"] == "Reel"
    assert report.record["scope"]["post_format"] == "Reel"
    with pytest.raises(TrueliftError, match="0 creators on instagram"):
        placebo(ground, request(post_format="story"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"looks": 0}, "--looks 0 is too few"),
        ({"baseline_posts": 2}, "--baseline-posts 2"),
        ({"level": "cohort"}, "creator or campaign"),
        ({"inject": 0.0001}, "no multiple"),
        ({"metric": "orders"}, "not counted per post"),
        ({"metric": "smiles"}, "There is no metric"),
    ],
)
def test_what_cannot_be_replayed_is_refused_in_a_sentence(options, words):
    with pytest.raises(UsageError, match=words):
        request(**options)


def test_an_unknown_platform_is_refused_and_a_former_name_is_read():
    with pytest.raises(UsageError, match="no platform 'myspace'"):
        PlaceboRequest("myspace")
    assert PlaceboRequest("twitter").platform == "x"


def test_too_little_history_says_what_is_missing(history):
    _, ground = history
    with pytest.raises(TrueliftError, match="Only 0 windows of 200"):
        placebo(ground, request(baseline_posts=200, campaign_posts=100))
    with pytest.raises(TrueliftError, match="0 creators on x"):
        placebo(ground, PlaceboRequest("x"))
    with pytest.raises(TrueliftError, match="0 creators on instagram have organic posts with view"):
        placebo(ground, request(metric="views"))


@pytest.mark.soak
def test_posts_that_were_read_again_and_again_are_replayed_as_they_were_read(tmp_path):
    context, (posts, observations) = told(tmp_path / "ws", readings=4)
    with context as ground:
        ws = Workspace(ground)
        ws.ingest("posts", posts)
        ws.ingest("observations", observations)
        report = placebo(ground, request(controls=False, looks=20))
    assert report.record["readings"] == "as recorded"
    assert report.rows[0]["error_any"] < 0.12


@pytest.mark.soak
def test_the_next_campaign_is_sealed_for_it_and_takes_its_limits(history, replayed):
    ws, ground = history
    assert replayed.rows[0]["in_force"]
    ws.ingest("campaigns", pa.table({
        "campaign": ["glow"], "goal": ["awareness"], "starts": ["2026-02-01"],
        "ends": ["2026-02-28"], "currency": ["USD"],
    }))  # fmt: skip
    ws.ingest("participants", pa.table({
        "campaign": ["glow"], "creator": ["instagram:c00"], "arm": ["treated"],
    }))  # fmt: skip
    (verdict,) = seal_baselines(ground, campaign="glow")
    ground.clock.at = LAUNCH + dt.timedelta(days=60)
    at = [LAUNCH + dt.timedelta(days=2 * number) for number in range(6)]
    ids = [f"glow-{number}" for number in range(6)]
    ws.ingest("posts", pa.table({
        "platform": ["instagram"] * 6, "post_id": ids, "handle": ["c00"] * 6,
        "published_at": [f"{day.isoformat()}Z" for day in at], "campaign": ["glow"] * 6,
    }))  # fmt: skip
    ws.ingest("observations", pa.table({
        "platform": ["instagram"] * 6, "post_id": ids, "likes": [90_000] * 6,
        "observed_at": [f"{(day + dt.timedelta(days=31)).isoformat()}Z" for day in at],
    }))  # fmt: skip
    others = [f"c{number:02}" for number in range(1, 9) for _ in at]
    later = [f"{name}-{number}-later" for number, name in enumerate(others)]
    days = at * 8
    ws.ingest("posts", pa.table({
        "platform": ["instagram"] * 48, "post_id": later, "handle": others,
        "published_at": [f"{day.isoformat()}Z" for day in days],
    }))  # fmt: skip
    ws.ingest("observations", pa.table({
        "platform": ["instagram"] * 48, "post_id": later, "likes": [3_000] * 48,
        "observed_at": [f"{(day + dt.timedelta(days=31)).isoformat()}Z" for day in days],
    }))  # fmt: skip
    measured = Measurement(knowledge(ground))
    sealed = measured.seals["glow", "instagram:c00", "engagement", "instagram"].record
    preferred = replayed.record["preferred"]
    assert verdict.verdict == "sealed"
    assert sealed["calibration"].startswith("instagram/all/engagement/creator/controls/0.95/20+")
    assert (sealed["estimate"]["q"], sealed["posts"]["n"]) == (preferred, 20)
    figures = measured.lift("glow", "engagement")
    assert figures["instagram:c00"].limits == "calibrated"
    assert figures[None].limits == "calibrated"  # one creator: its own limits
    row = next(row for row in ws.roi(campaign="glow", by="creator").rows if row["creator"])
    told = ws.explain(row["figure_ids"]["lift"])["inputs"]["limits"]
    assert told["in_force"] == row["lift"]["limits"] == "calibrated"
    assert told["sentences"] == [replayed.sentence]
