"""Calibrations: which limits are in force for a figure, from the records that replays left.

In:   Knowledge.
Out:  CalibrationBook: limits row by row, and the drift that baselines are sealed with.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from truelift.measurement.calibration import (
    Baselined,
    Calibration,
    Scope,
    limits_in_force,
    read_calibration,
)
from truelift.measurement.limits import THEORY, Limits
from truelift.measurement.ragged import Booleans
from truelift.operations.knowledge import Knowledge
from truelift.store import science_records
from truelift.store.science_records import CALIBRATION


@dataclass(frozen=True, slots=True)
class CalibrationBook:
    """The calibrations a brand has, by scope, oldest first; version of each."""

    kept: Mapping[Scope, Sequence[tuple[str, Calibration]]]

    def of(self, scope: Scope) -> list[Calibration]:
        """Give the calibrations of a scope."""
        return [calibration for _, calibration in self.kept.get(scope, ())]

    def sealing(self, platform: str, metric: str) -> tuple[str, Calibration] | None:
        """Give the calibration that baselines of a platform and metric are sealed for, if any.

        The newest in force; one with controls before one without: live figures have controls where
        there are any.
        """
        for controls in (True, False):
            found = self.kept.get(Scope(platform, metric, controls=controls), ())
            force = [one for one in found if one[1].in_force]
            if force:
                return force[-1]
        return None

    def behind(
        self, metric: str, platforms: Collection[str], *, controls: bool, whole: bool
    ) -> list[tuple[str, Calibration]]:
        """Give the calibrations, with versions, that figures of some platforms may rest on."""
        level_of = "campaign" if whole else "creator"
        for each in dict.fromkeys((level_of, "creator")):
            scopes = [
                Scope(platform, metric, level_of=each, controls=controls)
                for platform in sorted(platforms)
            ]
            force = [one for s in scopes for one in self.kept.get(s, ()) if one[1].in_force]
            if force:
                return force
        return []

    def creators(
        self, metric: str, platforms: Sequence[str], controlled: Booleans, rows: Baselined
    ) -> Limits:
        """Give the limits of creators' rows.

        platforms, controlled: of each row, whether controls took the calendar out of it.
        """
        found = [
            self.of(Scope(platform, metric, controls=bool(beside)))
            for platform, beside in zip(platforms, controlled.tolist(), strict=True)
        ]
        return limits_in_force(found, rows)

    def campaign(
        self, metric: str, platforms: Sequence[str], controlled: Booleans, rows: Baselined
    ) -> Limits:
        """Give the limits of a campaign; theory unless all its creators have one calibration.

        That is: one platform, controls for all, baselines of one drift and of enough posts. Rows
        without a baseline do not count: nothing of them is in the figure.
        """
        known = np.isfinite(rows.q)
        drifts = np.unique(rows.q[known])
        if len({*platforms}) != 1 or not controlled[known].all() or len(drifts) != 1:
            return THEORY
        scope = Scope(platforms[0], metric, level_of="campaign", controls=True)
        least, most = rows.posts[known].min(), rows.campaign_posts[known].max()
        together = Baselined(drifts, np.array([least]), np.array([most]))
        return limits_in_force([self.of(scope)], together).at(0)


def calibration_book(known: Knowledge) -> CalibrationBook:
    """Read the calibrations as known, each checked against its hash."""
    ground = known.ground
    with ground.workspace.transaction() as connection:
        kept = science_records.all(connection, ground.brand.brand, CALIBRATION, known.known_at)
    found: dict[Scope, list[tuple[str, Calibration]]] = {}
    for item in kept:
        calibration = read_calibration(item.record, item.sha256)
        found.setdefault(calibration.scope, []).append((item.version, calibration))
    return CalibrationBook(found)
