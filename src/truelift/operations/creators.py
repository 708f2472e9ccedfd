"""Creators: what is known of every own and imported creator, as columns.

In:   Knowledge, and the platform looked at (None: each creator's largest).
Out:  a row per creator: where, how many followers, price, category, country; and posts, followers
      and formats per unit (creator on a platform), as decisions.engagement_rate takes them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from truelift.decisions.authenticity import Shown
from truelift.decisions.engagement_rate import FIRST_DAY, PARTS, RateFormula, RatePosts, engagement
from truelift.measurement.followers import FollowerCounts, follower_counts
from truelift.measurement.panel import PostPanel
from truelift.measurement.ragged import Booleans, Floats, Integers, Objects, ragged
from truelift.operations.knowledge import Knowledge
from truelift.operations.panels import Panels

RECENT_POSTS = 30
"""Engagement rates are of so many newest posts at most."""

MATURE_HOURS = 72.0
"""A younger reading does not count: most of a post's engagement may be still to come."""

COUNTED, STATED = "counted", "stated"
"""Where a follower count is from: the kind `followers`, or a note of the creator's row."""

ANY = "any"
Unit = tuple[str, str]
"""Creator and platform."""


@dataclass(frozen=True, slots=True, eq=False)
class UnitPosts:
    """The posts that engagement rates are of: organic, mature, newest, of the usual format.

    posts, shown: as rates and signals take them; unit: index among `units`. formats: the format of
    each unit, `any` where none is known. count: posts of each unit.
    """

    posts: RatePosts
    shown: Shown
    formats: Objects
    count: Integers


@dataclass
class Creators:
    """Every creator that the brand works with or has imported."""

    known: Knowledge
    platform: str | None = None

    @cached_property
    def panels(self) -> Panels:
        """Give the brand's posts, arranged once."""
        return Panels(self.known)

    @cached_property
    def catalog(self) -> dict[str, dict[str, Any]]:
        """Give the catalog's row of each creator."""
        return {
            row["creator"]: {
                "name": row["name"], "category": row["category"], "country": row["country"],
                "notes": notes_of(row["notes"]),
            }
            for row in self.known.rows("creators")
        }  # fmt: skip

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """Give every creator and platform where a profile, a post or a follower count is known."""
        found = {(row["creator"], row["platform"]) for row in self.known.rows("profiles")}
        found |= set(self.panels.posts.units) | set(self._counted_units)
        return tuple(sorted(found))

    @cached_property
    def place(self) -> dict[Unit, int]:
        """Give the index of each unit."""
        return {unit: at for at, unit in enumerate(self.units)}

    @cached_property
    def _counts(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.known.read("measurement.followers").to_pylist()
        return rows

    @cached_property
    def _counted_units(self) -> dict[Unit, dict[str, int]]:
        """Give the newest count of each handle of a unit."""
        found: dict[Unit, dict[str, int]] = defaultdict(dict)
        for row in self._counts:  # oldest first: the newest stays
            found[row["creator"], row["platform"]][row["handle"]] = row["followers"]
        return found

    @cached_property
    def _profile_notes(self) -> list[tuple[Unit, Mapping[str, str]]]:
        """Give what the row of each profile says besides its columns, by the profile's unit."""
        return [
            ((row["creator"], row["platform"]), notes_of(row["notes"]))
            for row in self.known.rows("profiles")
        ]

    @cached_property
    def followers(self) -> tuple[Floats, list[str | None]]:
        """Give each unit's newest follower count, nan where unknown, and where it is from.

        Of several handles the largest; where nothing was counted, what a profile's row states.
        """
        stated = {
            unit: count
            for unit, notes in self._profile_notes
            if (count := count_of(notes.get("followers"))) is not None
        }
        counts, origin = np.full(len(self.units), np.nan), [None] * len(self.units)
        origins: list[str | None] = list(origin)
        for at, unit in enumerate(self.units):
            if unit in self._counted_units:
                counts[at], origins[at] = max(self._counted_units[unit].values()), COUNTED
            elif unit in stated:
                counts[at], origins[at] = stated[unit], STATED
        return counts, origins

    @cached_property
    def names(self) -> Objects:
        """Name every creator, in order."""
        found = set(self.catalog) | {creator for creator, _ in self.units}
        for kind in ("agreements", "codes", "links", "participants"):
            found |= {row["creator"] for row in self.known.rows(kind)}
        return np.array(sorted(name for name in found if name is not None), dtype=object)

    @cached_property
    def main(self) -> Integers:
        """Give the unit each creator is looked at, -1 without: the largest, or on the platform."""
        best: dict[str, tuple[float, int]] = {}
        sizes = np.nan_to_num(self.followers[0], nan=-1.0).tolist()
        for at, (creator, platform) in enumerate(self.units):
            if self.platform not in {None, platform}:
                continue
            size = sizes[at]
            if creator not in best or size > best[creator][0]:
                best[creator] = (size, at)
        return np.array([best.get(name, (0, -1))[1] for name in self.names], np.int64)

    def of_main(self, values: Floats) -> Floats:
        """Give a column of units for each creator's main unit, nan where it has none."""
        whole = np.append(values, np.nan)
        column: Floats = whole[self.main]  # -1 is the nan at the end
        return column

    @cached_property
    def audience(self) -> Floats:
        """Give each creator's followers where it is looked at; else what its own row states."""
        stated = [
            count_of(self.catalog.get(name, {}).get("notes", {}).get("followers"))
            for name in self.names
        ]
        noted = np.array([np.nan if one is None else one for one in stated], float)
        counted = self.of_main(self.followers[0])
        return np.where(np.isfinite(counted), counted, noted)

    @cached_property
    def notes(self) -> dict[str, Mapping[str, str]]:
        """Give what each creator's row says besides its columns, else its profile's row."""
        profiles = dict(self._profile_notes)
        found: dict[str, Mapping[str, str]] = {}
        for name, at in zip(self.names, self.main.tolist(), strict=True):
            profile = profiles.get(self.units[at], {}) if at >= 0 else {}
            found[name] = {**profile, **self.catalog.get(name, {}).get("notes", {})}
        return found

    @cached_property
    def platforms(self) -> Objects:
        """Give each creator's platform, empty where none is known."""
        return np.array([self.units[at][1] if at >= 0 else "" for at in self.main], dtype=object)

    @cached_property
    def unit_posts(self) -> UnitPosts:
        """Give the posts that rates are of."""
        panel = self.panels.posts
        here = np.array([self.place[unit] for unit in panel.units], np.int64)
        kept: Booleans = self.panels.organic & (panel.age_hours >= MATURE_HOURS)
        unit = here[panel.unit[kept]] if len(here) else np.zeros(0, np.int64)
        formats = self.panels.formats(panel)[kept].astype(str)
        kinds, number = np.unique(formats, return_inverse=True)
        table = np.zeros((len(self.units), max(len(kinds), 1)), np.int64)
        np.add.at(table, (unit, number), 1)
        usual = table.argmax(axis=1)
        same = np.flatnonzero(number == usual[unit])
        newest = same[_newest(unit[same], len(self.units))]
        unit = unit[newest]
        counters = {name: values[kept][newest] for name, values in panel.counters.items()}
        posts = RatePosts(unit, counters)
        log = np.log(engagement(posts, PARTS) + 0.5)
        words = np.array([*np.where(kinds == "None", ANY, kinds), ANY], dtype=object)
        count = np.bincount(unit, minlength=len(self.units))
        return UnitPosts(
            posts=posts,
            shown=Shown(unit, panel.published_at[kept][newest], log),
            formats=words[np.where(count > 0, usual, len(kinds))],
            count=count,
        )

    @cached_property
    def first_day_posts(self) -> RatePosts:
        """Give the organic posts of each unit's usual format as they were read after a day."""
        panel = self.panels.posts
        table = self.known.read("decisions.first_day_readings")
        place = {key: at for at, key in enumerate(_keys(panel))}
        found = np.array([place.get(key, -1) for key in _pairs(table)], np.int64)
        by_age = np.argsort(found, kind="stable")  # as the panel is: by unit and publication
        rows = found[by_age]
        kept = rows >= 0
        kept[kept] &= self.panels.organic[rows[kept]]
        rows, by_age = rows[kept], by_age[kept]
        here = np.array([self.place[unit] for unit in panel.units], np.int64)
        unit = here[panel.unit[rows]] if len(here) else np.zeros(0, np.int64)
        usual = np.where(self.unit_posts.formats == ANY, "None", self.unit_posts.formats)
        same = self.panels.formats(panel)[rows].astype(str) == usual[unit].astype(str)
        unit, by_age = unit[same], by_age[same]
        newest = _newest(unit, len(self.units))
        counters = {name: table[name].cast("float64").to_numpy()[by_age][newest] for name in PARTS}
        return RatePosts(unit[newest], counters)

    def posts_for(self, formula: RateFormula) -> RatePosts:
        """Give the posts that a formula is of."""
        return self.first_day_posts if formula.base == FIRST_DAY else self.unit_posts.posts

    @cached_property
    def follower_history(self) -> FollowerCounts:
        """Give the follower counts of units with one handle, by unit and time."""
        rows = [
            row
            for row in self._counts
            if len(self._counted_units[row["creator"], row["platform"]]) == 1
        ]
        return follower_counts(
            np.array([self.place[row["creator"], row["platform"]] for row in rows], np.int64),
            np.array([row["observed_at"] for row in rows], "datetime64[us]"),
            np.array([row["followers"] for row in rows], float),
        )


def _newest(unit: Integers, units: int) -> Booleans:
    """Mark the newest RECENT_POSTS of each unit; posts are sorted by unit and publication."""
    flat = ragged(unit, units)
    mask: Booleans = flat.positions >= flat.count[flat.group] - RECENT_POSTS
    return mask


def _keys(panel: PostPanel) -> list[tuple[str, str]]:
    """Give platform and id of each post of a panel."""
    platforms = [panel.units[unit][1] for unit in panel.unit.tolist()]
    return list(zip(platforms, panel.post_ids.tolist(), strict=True))


def _pairs(table: pa.Table) -> list[tuple[str, str]]:
    return list(zip(table["platform"].to_pylist(), table["post_id"].to_pylist(), strict=True))


def notes_of(text: str | None) -> Mapping[str, str]:
    """Read the notes of a row: columns that its kind does not name, with their names folded."""
    try:
        found = json.loads(text or "{}")
    except json.JSONDecodeError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name).strip().casefold(): str(value).strip() for name, value in found.items()}


def count_of(text: str | None) -> int | None:
    """Read a stated count such as 475800, 475,800 or 475.8k; None where it is none."""
    plain = (text or "").replace(",", "").casefold()
    times = TIMES.get(plain[-1:], 1)
    digits = plain[:-1] if times > 1 else plain
    if len(digits) > MOST_DIGITS or not digits.replace(".", "", 1).isdecimal():
        return None
    return int(Decimal(digits) * times)


TIMES = {"k": 10**3, "m": 10**6, "b": 10**9}
"""What lists write after a count."""

MOST_DIGITS = 15
