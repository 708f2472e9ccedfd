"""Calibrations: which limits are in force for a figure, from the records that replays left.

In:   Knowledge.
Out:  CalibrationBook: limits row by row, and the drift that baselines are sealed with.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from truelift.measurement.calibration import (
    Calibration,
    Scope,
    limits_in_force,
    read_calibration,
)
from truelift.measurement.limits import THEORY, Limits
from truelift.measurement.ragged import Booleans, Floats, Integers
from truelift.operations.knowledge import Knowledge
from truelift.store import science_records
from truelift.store.science_records import CALIBRATION


@dataclass(frozen=True, slots=True)
class CalibrationBook:
    """The calibrations a brand has, by scope; version of each."""

    kept: Mapping[Scope, tuple[str, Calibration]]

    def of(self, scope: Scope) -> Calibration | None:
        """Give the calibration of a scope: the newest one in force, else the newest."""
        found = self.kept.get(scope)
        return None if found is None else found[1]

    def sealing(self, platform: str, metric: str) -> tuple[str, Calibration] | None:
        """Give the calibration that baselines of a platform and metric are sealed for, if any.

        One with controls before one without: live figures have controls where there are any.
        """
        for controls in (True, False):
            found = self.kept.get(Scope(platform, metric, controls=controls))
            if found is not None and found[1].in_force:
                return found
        return None

    def behind(
        self, metric: str, platforms: Collection[str], *, controls: bool, whole: bool
    ) -> list[tuple[str, Calibration]]:
        """Give the calibrations, with versions, that figures of some platforms rest on."""
        level_of = "campaign" if whole else "creator"
        scopes = [
            Scope(platform, metric, level_of=each, controls=controls)
            for platform in sorted(platforms)
            for each in dict.fromkeys((level_of, "creator"))
        ]
        found = [self.kept[scope] for scope in scopes if scope in self.kept]
        return [one for one in found if one[1].in_force][: len(platforms)]

    def creators(
        self,
        metric: str,
        platforms: Sequence[str],
        controlled: Booleans,
        *,
        q: Floats,
        posts: Integers,
    ) -> Limits:
        """Give the limits of creators' rows.

        platforms, controlled: of each row, whether controls took the calendar out of it. q, posts:
        drift and number of posts of its sealed baseline.
        """
        rows = [
            self.of(Scope(platform, metric, controls=bool(beside)))
            for platform, beside in zip(platforms, controlled.tolist(), strict=True)
        ]
        return limits_in_force(rows, q, posts)

    def campaign(
        self,
        metric: str,
        platforms: Sequence[str],
        controlled: Booleans,
        *,
        q: Floats,
        posts: Integers,
    ) -> Limits:
        """Give the limits of a campaign; theory unless all its creators have one calibration.

        That is: one platform, controls for all, baselines of one drift and of enough posts.
        """
        if len({*platforms}) != 1 or not controlled.all() or len(np.unique(q)) != 1:
            return THEORY
        scope = Scope(platforms[0], metric, level_of="campaign", controls=True)
        found = self.of(scope)
        return limits_in_force([found], q[:1], posts.min(keepdims=True)).at(0)


def calibration_book(known: Knowledge) -> CalibrationBook:
    """Read the calibrations as known, each checked against its hash."""
    ground = known.ground
    with ground.workspace.transaction() as connection:
        kept = science_records.all(connection, ground.brand.brand, CALIBRATION, known.known_at)
    found: dict[Scope, tuple[str, Calibration]] = {}
    for item in kept:
        calibration = read_calibration(item.record, item.sha256)
        before = found.get(calibration.scope)
        if before is None or calibration.in_force or not before[1].in_force:
            found[calibration.scope] = (item.version, calibration)
    return CalibrationBook(found)
