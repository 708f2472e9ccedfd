"""Calibration: what a replay without a campaign found, in words and as rows of a table.

In:   a calibration, or a row of a replay.
Out:  the sentence printed beside every figure that rests on it; flat rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from truelift.measurement.calibration import Calibration

THEORY_SENTENCE = (
    "Theory's limits: they hold at every look for readings that are log-normal and drift as the "
    "baseline says. A replay of this metric without a campaign (`truelift placebo`) would show how "
    "often they are wrong on these creators, and put its own in force."
)

FACTOR_SENTENCES = {
    "experiment": "Limits of the campaign's test: its factor times what was tracked.",
    "counterfactual": "Limits of the registered forecast: its factor times what was tracked.",
}
"""By evidence: what limits rest on where a factor splits what was tracked."""

ONE_OF_MANY_SENTENCE = (
    "The factor is the campaign's: no lot was drawn between its creators, so where it has several "
    "the limits of one are wider by what creators differ (their own histories, moderated by what "
    "is usual) and the grade is B at best."
)


def calibration_sentence(found: Calibration) -> str:
    """Say how often the limits were wrong where there was no campaign, and on how much."""
    error = found.error_any
    of_what = "creators" if found.scope.level_of == "creator" else "campaigns"
    force = (
        "these limits were wrong"
        if found.in_force
        else "theory's limits, widened where needed, were wrong"
    )
    return (
        f"In {found.windows:,} replays of {of_what} on {found.scope.platform} without a campaign "
        f"({found.scope.metric}, {found.clusters:,} independent creator-date blocks), with "
        f"everyone looking at {found.design.looks} updates, {force} in {100 * error.share:.1f} % "
        f"({100 * error.low:.1f}-{100 * error.high:.1f})."
    )


def placebo_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a replay's row flat: one column per true multiple; shares with four digits."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}_{multiple}": round(share, 4) for multiple, share in value.items()}
        else:
            flat[name] = round(value, 4) if isinstance(value, float) else value
    return flat
