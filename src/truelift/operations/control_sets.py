"""Control sets: who takes the calendar out of a campaign, by which rule, and when each may serve.

In:   Knowledge, the panel of posts and which of them are organic.
Out:  ControlSet per campaign (rule in words, names per platform), and the organic posts of its
      creators on a platform as measurement.controls takes them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import numpy as np

from truelift.base.time import Instant
from truelift.measurement.controls import (
    MEASURED_RULE,
    NAMED_RULE,
    OPEN_RULE,
    ControlPosts,
    choose,
)
from truelift.measurement.panel import Instants, PostPanel
from truelift.measurement.ragged import Booleans, Floats
from truelift.operations.knowledge import Knowledge, Row, end_of, midnight

Reading = Callable[[PostPanel], tuple[Floats, Floats]]
"""Reads a panel of posts: z and tau2 of each."""

_ALWAYS = (np.datetime64("0001-01-01", "us"), np.datetime64("9999-01-01", "us"))


@dataclass(frozen=True, slots=True)
class ControlSet:
    """The controls of a campaign: the rule in words and the creators on each platform, by name."""

    rule: str
    names: dict[str, tuple[str, ...]]

    @property
    def creators(self) -> tuple[str, ...]:
        """Name the controls of all platforms."""
        return tuple(sorted({name for names in self.names.values() for name in names}))


@dataclass
class ControlSets:
    """The control sets of a brand's campaigns, each made up once."""

    known: Knowledge
    posts: PostPanel
    organic: Booleans
    _made: dict[str, ControlSet] = field(default_factory=dict)

    def of(self, campaign: str) -> ControlSet:
        """Give a campaign's controls: those it names, else all who may serve."""
        if campaign not in self._made:
            self._made[campaign] = self._make(campaign)
        return self._made[campaign]

    def _make(self, campaign: str) -> ControlSet:
        named = self.named(campaign)
        excluded = self.excluded(campaign)
        launches = [at for (name, _), at in self.known.launches.items() if name == campaign]
        early = self.organic.copy()
        if launches:
            early &= self.posts.published_at < np.datetime64(min(launches))
        before = Counter(self.posts.unit[early].tolist())
        candidates: dict[str, dict[str, int]] = {}
        for unit in np.unique(self.posts.unit[self.organic]).tolist():
            creator, platform = self.posts.units[unit]
            if creator not in excluded and (not named or creator in named):
                candidates.setdefault(platform, {})[creator] = before[unit]
        chosen = {
            platform: choose(mine, self._parties(campaign))
            for platform, mine in sorted(candidates.items())
        }
        return ControlSet(f"{NAMED_RULE if named else OPEN_RULE}; {MEASURED_RULE}", chosen)

    def named(self, campaign: str) -> set[str]:
        """Name those whom the campaign itself calls controls, with organic posts or without."""
        return self._in_arm(campaign, "control")

    def excluded(self, campaign: str) -> set[str]:
        """Name those who never serve."""
        return self._in_arm(campaign, "excluded")

    def _in_arm(self, campaign: str, arm: str) -> set[str]:
        return {row["creator"] for row in self._arms(campaign) if row["arm"] == arm}

    def _arms(self, campaign: str) -> list[Row]:
        return [row for row in self.known.rows("participants") if row["campaign"] == campaign]

    def _parties(self, campaign: str) -> set[str]:
        """Name those who take part or are to: they serve until they launch, after all others."""
        rows = [row for row in self.known.rows("agreements") if row["campaign"] == campaign]
        launched = {name for (place, name) in self.known.launches if place == campaign}
        treated = self._in_arm(campaign, "treated")
        return treated | launched | {row["creator"] for row in rows}

    def posts_of(
        self, campaign: str, platform: str, names: Collection[str], reading: Reading
    ) -> ControlPosts:
        """Give the observed organic posts of some creators on a platform, and when they serve."""
        order = sorted(names)
        place = {name: index for index, name in enumerate(order)}
        index = np.array(
            [place.get(name, -1) if where == platform else -1 for name, where in self.posts.units],
            dtype=np.int64,
        )
        mine = self.posts.only(self.organic & (index[self.posts.unit] >= 0))
        z, tau2 = reading(mine)
        seen = np.isfinite(z)
        since, until = self._service(campaign, order)
        busy = [
            (place[name], at, self._ends(other))
            for (other, name), at in sorted(self.known.launches.items())
            if other != campaign and name in place
        ]
        return ControlPosts(
            names=order,
            unit=index[mine.unit[seen]],
            published_at=mine.published_at[seen],
            z=z[seen],
            tau2=tau2[seen],
            since=since,
            until=until,
            busy=np.array([row[0] for row in busy], dtype=np.int64),
            busy_since=np.array([row[1] for row in busy], dtype="datetime64[us]"),
            busy_until=np.array([row[2] for row in busy], dtype="datetime64[us]"),
        )

    def _service(self, campaign: str, names: list[str]) -> tuple[Instants, Instants]:
        """Give from when and up to when each serves: its arm's days, and never after a launch."""
        zone = self.known.ground.brand.timezone
        arms = {row["creator"]: row for row in self._arms(campaign) if row["arm"] == "control"}
        since, until = (np.full(len(names), bound) for bound in _ALWAYS)
        for index, name in enumerate(names):
            arm = arms.get(name, {})
            if arm.get("from"):
                since[index] = midnight(arm["from"], zone)
            if arm.get("to"):
                until[index] = end_of(arm["to"], zone)
            launched = self.known.launches.get((campaign, name))
            if launched is not None:
                until[index] = min(until[index], np.datetime64(launched))
        return since, until

    def _ends(self, campaign: str) -> Instant:
        """Give when a campaign's creators are free again: never, where its flight is unknown."""
        found = self.known.campaigns.get(campaign)
        return found["flight_end"] if found else self.known.as_of
