from __future__ import annotations

from dataclasses import replace

import numpy as np

from truelift.measurement.calibration import Baselined, Boundary, Calibration, Design, Scope
from truelift.measurement.clustering import Proportion
from truelift.measurement.limits import THEORY
from truelift.operations.calibrations import CalibrationBook

WITH = Scope("instagram", "engagement", controls=True)
WITHOUT = replace(WITH, controls=False)
TOGETHER = replace(WITH, level_of="campaign")


def calibration(scope, kappa, clusters=300):
    error = Proportion(0.05, 0.03, 0.07, 600, 500.0)
    boundaries = (Boundary(0.02, 0.4, kappa),)
    return Calibration(scope, Design(20, 10, 50), boundaries, 0.02, 600, clusters, error)


BOOK = CalibrationBook({
    WITH: [("with", calibration(WITH, 0.7))],
    WITHOUT: [("without", calibration(WITHOUT, 0.6))],
    TOGETHER: [("together", calibration(TOGETHER, 0.8))],
})  # fmt: skip


def creators(platforms, controlled):
    rows = len(platforms)
    return BOOK.creators(
        "engagement",
        platforms,
        np.array(controlled),
        Baselined(np.full(rows, 0.02), np.full(rows, 20), np.full(rows, 6)),
    )


def test_a_row_takes_the_calibration_of_its_platform_and_controls():
    limits = creators(["instagram", "instagram", "x"], [True, False, True])
    assert limits.factor.tolist() == [0.7, 0.6, 1.0]
    assert [limits.kind(row) for row in range(3)] == ["calibrated", "calibrated", "theory"]


def test_baselines_are_sealed_for_the_one_with_controls_when_it_is_in_force():
    assert BOOK.sealing("instagram", "engagement")[0] == "with"
    few = CalibrationBook(
        {WITH: [("with", calibration(WITH, 0.7, 10))], WITHOUT: BOOK.kept[WITHOUT]}
    )
    assert few.sealing("instagram", "engagement")[0] == "without"
    assert BOOK.sealing("x", "engagement") is None


def together(platforms, controlled, q, *, metric="engagement", posts=(20, 20)):
    rows = Baselined(q, np.array(posts), np.array([6, 4]))
    return BOOK.campaign(metric, platforms, controlled, rows)


def test_a_campaign_takes_one_only_when_all_its_rows_would():
    yes, q = np.array([True, True]), np.array([0.02, 0.02])
    both = ["instagram", "instagram"]
    assert together(both, yes, q).kind(0) == "calibrated"
    assert together(["instagram", "x"], yes, q) is THEORY
    assert together(both, np.array([True, False]), q) is THEORY
    assert together(both, yes, np.array([0.02, 0.0])) is THEORY
    assert together(both, yes, q, metric="views").kind(0) == "theory"
    assert together(both, yes, q, posts=(20, 4)).kind(0) == "theory"
    assert together(both, yes, np.array([0.02, np.nan])).kind(0) == "calibrated"


def test_the_calibrations_behind_a_figure_are_named():
    alone = BOOK.behind("engagement", {"instagram", "x"}, controls=True, whole=False)
    assert [version for version, _ in alone] == ["with"]
    whole = BOOK.behind("engagement", {"instagram"}, controls=True, whole=True)
    assert [version for version, _ in whole] == ["together"]
    assert BOOK.behind("views", {"instagram"}, controls=False, whole=False) == []
