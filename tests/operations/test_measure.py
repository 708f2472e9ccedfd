"""Lift of creators and campaigns: by their own seals, else by a test, else not at all."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from truelift.base.errors import CheckFailed
from truelift.base.estimate import Grade, Reason, Withheld
from truelift.measurement.ageing import KNOTS_HOURS
from truelift.operations.knowledge import knowledge
from truelift.operations.measure import Measurement
from truelift.operations.seal import correct_baseline
from truelift.store import science_records

APRIL = dt.datetime(2026, 4, 20, 12)


def measured(told, **asked):
    return Measurement(knowledge(told.ground, **asked))


def test_a_campaign_measures_all_of_its_creators_and_itself(season):
    figures = measured(season).lift("spring", "orders")
    assert set(figures) == {"ana", "bo", "cy", "dee", None}
    assert figures["dee"].reason is Reason.NO_ORDER_BASELINE
    units = sum(figures[name].units for name in ("ana", "bo", "cy"))
    assert figures[None].units == pytest.approx(units)
    assert (figures[None].measured, figures[None].withheld) == (3, 1)
    assert (figures["bo"].late, figures["cy"].late, figures[None].late) == (False, True, True)


def test_a_test_of_the_outcome_stands_before_any_baseline(season):
    leads = measured(season).lift("signup", "leads")
    assert (leads["ana"].grade, leads["ana"].evidence) == (Grade.A, "experiment")
    assert leads[None].observed == leads["ana"].observed == 10
    elsewhere = measured(season).lift("spring", "leads")
    assert elsewhere["ana"].grade is Grade.B  # carried over from another campaign


def test_nothing_live_is_nothing_observed(season):
    for metric in ("engagement", "orders"):
        figures = measured(season).lift("nowhere", metric)
        assert list(figures) == [None]
        assert figures[None].reason is Reason.NOT_OBSERVED


def test_a_window_ends_with_the_flight_with_the_data_or_before_a_later_launch(season):
    late = measured(season, as_of=dt.datetime(2026, 7, 1))
    noon = dt.datetime(2026, 5, 1, 16)
    late.known.__dict__["launches"] = {("spring", "ana"): noon, ("spring", "bo"): noon}
    late.panels.__dict__["_known_days"] = [{"metric": "orders", "last_day": dt.date(2026, 6, 28)}]
    assert late._last_day("spring", "ana", "orders", noon) == dt.date(2026, 5, 31)
    late.panels.__dict__["_known_days"] = [{"metric": "orders", "last_day": dt.date(2026, 5, 9)}]
    assert late._last_day("spring", "ana", "orders", noon) == dt.date(2026, 5, 9)
    late.known.__dict__["launches"]["signup", "ana"] = dt.datetime(2026, 5, 6, 16)
    del late.__dict__["_launched"]
    assert late._last_day("spring", "ana", "orders", noon) == dt.date(2026, 5, 5)
    assert late._last_day("spring", "bo", "orders", noon) == dt.date(2026, 5, 9)


def test_lateness_is_of_the_launch_as_it_is_known_now(season):
    measurement = measured(season)
    seal = measurement.seals["spring", "bo", "conversions", ""]
    assert not measurement.is_late(seal, "spring", "bo")
    assert not measurement.is_late(None, "spring", "bo")
    assert not measurement.is_late(seal, "spring", "nobody")
    # A post that was told later than the seal, and was published before it, makes it late.
    measurement.known.__dict__["launches"] = {("spring", "bo"): dt.datetime(2026, 4, 1)}
    assert measurement.is_late(seal, "spring", "bo")


def test_a_seal_that_was_changed_is_refused(season, monkeypatch):
    changed = []

    def tampered(seals):
        def read(*asked):
            kept = seals(*asked)
            kept[0].record["late"] = not kept[0].record["late"]
            changed.append(kept[0])
            return kept

        return read

    from truelift.store import workspace_database as records  # noqa: PLC0415 - patched here only

    monkeypatch.setattr(records, "seals", tampered(records.seals))
    with pytest.raises(CheckFailed):
        _ = measured(season).seals
    assert changed


def test_a_creators_platforms_are_taken_together(told):
    told.given(
        """
        campaigns
        campaign | goal      | starts | ends  | currency
        glow     | awareness | 05-01  | 05-31 | USD

        agreements
        agreement | campaign | creator | currency | signed_on
        a         | glow     | ana     | USD      | 04-01

        posts
        platform  | post_id | creator | published_at
        instagram | i1      | ana     | @03-01
        instagram | i2      | ana     | @03-08
        tiktok    | t1      | ana     | @03-01
        tiktok    | t2      | ana     | @03-08

        observations
        platform  | post_id | observed_at | likes
        instagram | i1      | @03-08      | 1000
        instagram | i2      | @03-15      | 1100
        tiktok    | t1      | @03-08      | 500
        tiktok    | t2      | @03-15      | 450
        """,
        at=APRIL,
    )
    told.sealed(APRIL)
    told.given(
        """
        posts
        platform  | post_id | creator | published_at | campaign
        instagram | i3      | ana     | @05-02       | glow
        tiktok    | t3      | ana     | @05-02       | glow
        tiktok    | t4      | bo      | @05-02       | glow

        observations
        platform  | post_id | observed_at | likes
        instagram | i3      | @05-09      | 4000
        tiktok    | t3      | @05-09      | 2000
        tiktok    | t4      | @05-09      | 10
        """
    )
    figures = measured(told).lift("glow", "engagement")
    assert (figures["ana"].observed, figures["ana"].measured) == (6000, 2)
    assert isinstance(figures["bo"], Withheld)
    assert figures[None].units == pytest.approx(figures["ana"].units)


def told_with_controls(told, arms=""):
    """Ana posts for glow from 2 May; five others post organically, each twice as well in May."""
    people = ["ana", "cy", "dee", "eve", "fay", "gus"]
    days = ("03-01", "03-08", "03-15", "03-22", "03-29", "04-05")
    told.given(
        f"""
        campaigns
        campaign | goal      | starts | ends  | currency
        glow     | awareness | 05-01  | 05-31 | USD

        agreements
        agreement | campaign | creator | currency | signed_on
        a         | glow     | ana     | USD      | 04-01
        {arms}
        posts
        platform | post_id | creator | published_at
        """
        + "\n".join(f"x | {n}{d} | {n} | @{d}" for n in people for d in days)
        + "\n\nobservations\nplatform | post_id | observed_at | likes\n"
        + "\n".join(
            f"x | {n}{d} | @04-15 | {1000 + 31 * i + 57 * k}"
            for i, n in enumerate(people)
            for k, d in enumerate(days)
        ),
        at=APRIL,
    )
    told.sealed(APRIL)
    told.given(
        "posts\nplatform | post_id | creator | published_at | campaign\n"
        + "\n".join(
            f"x | {n}{d} | {n} | @{d} | {'glow' if n == 'ana' else ''}"
            for n in people
            for d in ("05-02", "05-09")
        )
        + "\n\nobservations\nplatform | post_id | observed_at | likes\n"
        + "\n".join(
            f"x | {n}{d} | @06-15 | {2300 + 29 * i}"
            for i, n in enumerate(people)
            for d in ("05-02", "05-09")
        )
    )
    return measured(told)


def test_what_everybody_gained_on_the_same_dates_is_not_the_campaigns_lift(told):
    measurement = told_with_controls(told)
    assert measurement.seals["glow", "ana", "engagement", "x"].record["controls"] == [
        *("ana", "cy", "dee", "eve", "fay", "gus")
    ]
    figures = measurement.lift("glow", "engagement")
    found = figures["ana"]
    assert found.controls.names == ("cy", "dee", "eve", "fay", "gus")  # never ana herself
    assert found.controls.mean == pytest.approx(0.6, abs=0.1)
    assert abs(found.log) < 0.1 < found.high  # without controls: twice as much
    assert (found.grade, found.warnings) == (Grade.B, {})
    assert found.units + found.expected == found.observed
    assert figures[None].controls == found.controls


def test_fewer_than_five_controls_are_used_and_warned_of(told):
    arms = """
        participants
        campaign | creator | arm
        glow     | cy      | control
        glow     | dee     | control
        """
    found = told_with_controls(told, arms).lift("glow", "engagement")["ana"]
    assert found.controls.names == ("cy", "dee")
    assert "campaign names" in found.controls.rule
    assert (found.grade, list(found.warnings)) == (Grade.B, ["few_controls"])


def test_controls_are_those_that_were_sealed_whoever_is_named_later(told):
    told_with_controls(told)
    told.given(
        """
        participants
        campaign | creator | arm
        glow     | cy      | control
        glow     | gus     | excluded
        """
    )
    found = measured(told).lift("glow", "engagement")["ana"]
    assert found.controls.names == ("cy", "dee", "eve", "fay")


@pytest.mark.soak
def test_a_seal_made_anew_with_newer_curves_moves_nobody_else(told):
    bo = "b | glow | bo | USD | 04-01\n"
    told.given(
        "posts\nplatform | post_id | creator | published_at\n"
        + "\n".join(f"x | bo{day} | bo | @{day}" for day in ("03-02", "03-09", "03-16"))
        + "\n\nobservations\nplatform | post_id | observed_at | likes\n"
        + "\n".join(f"x | bo{day} | @04-15 | 900" for day in ("03-02", "03-09", "03-16")),
        at=APRIL,
    )
    told_with_controls(told, bo)
    told.given(
        "posts\nplatform | post_id | creator | published_at | campaign\n"
        "x | bo1 | bo | @05-03 | glow"
        "\n\nobservations\nplatform | post_id | observed_at | likes\nx | bo1 | @06-15 | 2000"
    )
    before = measured(told)
    assert before.lift("glow", "engagement")["bo"].controls.creators == 5
    sure = {"g": [-3.0] * 9 + [0.0], "tau2": [0.0] * 10, "hours": KNOTS_HOURS}
    curve = science_records.science(
        *("ageing_curve", "x/*/engagement", "curve-2", {**sure, "version": "curve-2"}),
        at=told.clock.at,
        by="ana",
    )
    with told.ground.workspace.transaction() as connection:
        science_records.keep(connection, told.ground.brand.brand, curve)
    told.clock.at += dt.timedelta(days=1)
    (verdict,) = correct_baseline(told.ground, creator="ana", reason="curves were fitted anew")
    assert verdict.verdict == "corrected"
    after = measured(told)
    seal = after.seals["glow", "ana", "engagement", "x"].record
    assert seal["ageing_curve"] == "curve-2"
    bo = [each.lift("glow", "engagement")["bo"] for each in (before, after)]
    assert replace(bo[1], shrunk=None) == replace(bo[0], shrunk=None)  # only what is borrowed moves
    assert after.lift("glow", "engagement")["ana"] != before.lift("glow", "engagement")["ana"]
