from __future__ import annotations

from dataclasses import replace

from truelift.measurement.calibration import Calibration, Design, Scope
from truelift.measurement.clustering import Proportion
from truelift.reports.calibration import calibration_sentence, placebo_row

FOUND = Calibration(
    scope=Scope("instagram", "engagement"),
    design=Design(20, 10, 50),
    boundaries=(),
    preferred=0.0,
    windows=1051,
    clusters=214,
    error_any=Proportion(0.048, 0.036, 0.064, 1051, 900.0),
)


def test_the_sentence_says_how_often_the_limits_were_wrong_and_on_how_much():
    assert calibration_sentence(FOUND) == (
        "In 1,051 replays of creators on instagram without a campaign (engagement, 214 independent "
        "creator-date blocks), with everyone looking at 50 updates, these limits were wrong in "
        "4.8 % (3.6-6.4)."
    )


def test_a_short_replay_of_campaigns_says_that_theory_stayed():
    few = replace(FOUND, clusters=12, scope=replace(FOUND.scope, level_of="campaign"))
    sentence = calibration_sentence(few)
    assert "replays of campaigns" in sentence
    assert "theory's limits, widened where needed, were wrong in 4.8 %" in sentence


def test_a_row_is_laid_flat_and_rounded():
    row = {"platform": "x", "error_any": 0.0481234, "windows": 9, "detection": {"1.5": 0.12345}}
    assert placebo_row(row) == {
        "platform": "x", "error_any": 0.0481, "windows": 9, "detection_1.5": 0.1235,
    }  # fmt: skip
