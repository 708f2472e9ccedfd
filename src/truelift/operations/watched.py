"""Watched: gathers what the rules of alerts look at, from what is known.

In:   Knowledge, and the time at which it is looked.
Out:  decisions.watched.Watched.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.estimate import Estimate, Withheld
from truelift.base.money import format_minor
from truelift.base.time import Instant, brand_day
from truelift.decisions.pacing import Pace as Reached
from truelift.decisions.value_basis import LEAD_DAYS
from truelift.decisions.watched import (
    DeadLink,
    Due,
    EarlyCode,
    Launch,
    LivePost,
    Owed,
    Pace,
    Return,
    Right,
    Silence,
    Spend,
    Story,
    Watched,
)
from truelift.facts.hashtags import hashtags
from truelift.facts.kinds import KINDS
from truelift.ledger.open_accruals import open_accruals
from truelift.operations import pacing
from truelift.operations.budget_versions import budget_of
from truelift.operations.costs import Costs
from truelift.operations.freshness import WATCHED
from truelift.operations.knowledge import Knowledge
from truelift.operations.leaks import AWARENESS, leaks_of
from truelift.operations.odd_clicks import click_verdicts
from truelift.operations.roi import RoiRequest, report_of
from truelift.reports.pacing import why
from truelift.store import control_records, journal
from truelift.store import workspace_database as records
from truelift.store.control_records import LINK_CHECK
from truelift.valuation.cost_states import CostStates

Row = dict[str, Any]

GAP_DAYS = 28
LEADS = "leads"
NEWS_DAYS, AFTER_DAYS = 14, 30
"""How long a use of a code is news; how long after its end a campaign is still looked at."""

RECORDED_DAYS = 90
FEWEST_DAYS = 7
"""A return is judged from so many days of its flight on."""

ROI_TARGETS = ("incremental_roi", "roi")
STORY = "story"
_HOUR = 3_600
_DAY = dt.timedelta(days=1)


@dataclass
class Watching:
    """What is known, looked at for the rules. at: naive UTC."""

    known: Knowledge
    at: Instant

    def everything(self) -> Watched:
        """Gather it."""
        live, stories = self._posts()
        return Watched(
            at=self.at,
            day=self.day,
            paces=self.paces(),
            returns=self._returns(),
            spends=self._spends(),
            codes=leaks_of(self.known).codes,
            early=self._early(),
            clicks=click_verdicts(self.known),
            launches=self._launches(),
            posts=live,
            links=self._links(),
            orders=self._orders(),
            sources=self._sources(),
            stories=stories,
            dues=self._dues(),
            rights=self._rights(),
            owed=self._owed(),
        )

    @cached_property
    def day(self) -> dt.date:
        """Give the brand's day."""
        return brand_day(self.at, self.known.ground.brand.timezone)

    def paces(self) -> tuple[Pace, ...]:
        """Give how far campaigns under way are of their plan."""
        known, currency = self.known, self.known.ground.brand.currency
        flown = {
            name
            for name, row in known.campaigns.items()
            if row["starts"] <= self.day <= row["ends"]
        }
        if not any(row["campaign"] in flown for row in known.rows("targets")):
            return ()
        rows = pacing.pacing(known.ground, as_of=known.as_of, known_at=known.known_at)
        return tuple(
            Pace(
                row.campaign, row.creator, row.metric, row.pace.low, row.pace.high,
                why(row, currency),
            )
            for row in rows
            if row.campaign in flown and isinstance(row.pace, Reached)
        )  # fmt: skip

    def _returns(self) -> list[Return]:
        """Give incremental returns at the end of the flight, if the rest goes like the days so far.

        On bound cost, since what was signed is owed whatever comes. Leads are won long after
        they came, so theirs are looked at only some time after the flight. A forecast to the end,
        once there is one, takes the place of this projection.
        """
        known = self.known
        targets = {
            (row["campaign"], row["creator"] or None): float(row["target"])
            for row in known.rows("targets")
            for name in ROI_TARGETS
            if row["metric"] == name
        }
        request = RoiRequest(as_of=known.as_of, known_at=known.known_at)
        found = []
        for row in report_of(known, request)[1]:
            campaign = known.campaigns.get(row.campaign or "")
            extra, cost = row.ladder.incremental, row.cost.bound
            whole = None if campaign is None else _flown(campaign, self.day)
            if row.goal == LEADS and campaign and self.day - campaign["ends"] < LEAD_DAYS * _DAY:
                continue
            unknown = row.incomplete is not None or row.ladder.withheld_money is not None
            if row.creator is None or row.campaign is None or row.goal == AWARENESS:
                continue
            if whole is None or unknown or cost <= 0 or not isinstance(extra, Estimate):
                continue
            pair = (row.campaign, row.creator)
            target = targets.get(pair, targets.get((row.campaign, None)))
            over = campaign is not None and campaign["ends"] < self.day
            roi_then = extra.scaled(whole / cost, -1.0)
            found.append(Return(*pair, roi_then, target or 0.0, target is not None, over))
        return found

    def _spends(self) -> list[Spend]:
        """Give budgets beside what they are bound by; a budget without a rate is left out."""
        currency = self.known.ground.brand.currency
        costs = Costs(self.known).by(("campaign",))
        found = []
        for name, row in self.known.campaigns.items():
            if self.day - row["ends"] > AFTER_DAYS * _DAY:
                continue
            states = costs.get((name,), CostStates())
            budget = budget_of(self.known, name)
            if budget and not isinstance(budget, Withheld):
                found.append(Spend(name, budget, states.bound, currency, row["ends"] < self.day))
        return found

    def _early(self) -> list[EarlyCode]:
        """Give the campaign codes used on a day before their creator's first post there, lately."""
        posts: dict[tuple[str, str], Instant] = {}
        for row in self._live:
            pair = (row["campaign"], row["creator"])
            posts[pair] = min(posts.get(pair, row["published_at"]), row["published_at"])
        touched = self.known.touchpoints
        chosen = pc.and_(pc.equal(touched["evidence"], "code"), pc.invert(touched["evergreen"]))
        used: dict[tuple[str, str, str], list[Instant]] = defaultdict(list)
        for row in touched.filter(chosen).to_pylist():
            pair = (row["campaign"], row["creator"])
            first = posts.get(pair)
            if row["campaign"] and (
                first is None or self._day_of(row["converted_at"]) < self._day_of(first)
            ):
                used[(*pair, row["reference"])].append(row["converted_at"])
        return [
            EarlyCode(*key, len(times), min(times), posts.get(key[:2]))
            for key, times in sorted(used.items())
            if self.at - max(times) <= NEWS_DAYS * _DAY
        ]

    def _day_of(self, at: Instant) -> dt.date:
        return brand_day(at, self.known.ground.brand.timezone)

    @cached_property
    def _live(self) -> list[Row]:
        known = self.known
        rows: list[Row] = known.read(
            "decisions.live_posts", sponsored=known.sponsored, readings=known.readings
        ).to_pylist()
        return rows

    def _posts(self) -> tuple[list[LivePost], list[Story]]:
        captions = pa.array([row["caption"] for row in self._live], pa.string())
        places, tags = hashtags(captions)
        shown: dict[int, set[str]] = defaultdict(set)
        for place, tag in zip(places.to_pylist(), tags.to_pylist(), strict=True):
            shown[place].add(tag)
        live, stories = [], []
        for place, row in enumerate(self._live):
            names = (row["platform"], row["post_id"], row["creator"], row["campaign"])
            missing = self._tags(row["campaign"]) - shown[place] if row["caption"] else set()
            live.append(LivePost(*names, row["disclosed"], tuple(sorted(missing))))
            if row["format"] == STORY:
                stories.append(Story(*names, row["published_at"], row["observed_at"]))
        return live, stories

    def _tags(self, campaign: str) -> set[str]:
        listed = self.known.campaigns.get(campaign, {}).get("hashtags") or ""
        return {tag.lstrip("#").lower() for tag in listed.split(";") if tag}

    def _launches(self) -> list[Launch]:
        """Give who is to start in campaigns that are not over, and whose baseline is sealed."""
        known = self.known
        with known.ground.workspace.transaction() as connection:
            seals = records.seals(connection, known.ground.brand.brand)
        sealed = {(seal.campaign, seal.creator) for seal in seals}
        rows = [*known.rows("agreements"), *known.rows("participants")]
        pairs = {
            (row["campaign"], row["creator"])
            for row in rows
            if row["campaign"] in known.campaigns
            and row.get("arm", "treated") == "treated"
            and not row.get("cancelled_on")
            and known.campaigns[row["campaign"]]["ends"] >= self.day
        }
        return [
            Launch(
                *pair, known.campaigns[pair[0]]["starts"], known.launches.get(pair), pair in sealed
            )
            for pair in sorted(pairs)
        ]

    def _links(self) -> list[DeadLink]:
        ground = self.known.ground
        with ground.workspace.transaction() as connection:
            kept = control_records.newest(connection, ground.brand.brand, LINK_CHECK)
        owners = {row["slug"]: row for row in self.known.rows("links")}
        return [
            DeadLink(
                slug, owners[slug]["creator"], owners[slug]["campaign"], item.record["said"],
                dt.datetime.fromisoformat(item.record["checked_at"]),
            )
            for slug, item in sorted(kept.items())
            if not item.record["alive"] and slug in owners
        ]  # fmt: skip

    def _orders(self) -> Silence | None:
        known = self.known
        asked = known.parameters | {"days": GAP_DAYS}
        (row,) = known.ground.facts.read("decisions.order_gaps", asked, {}).to_pylist()
        if row["newest"] is None:
            return None
        hours = (self.at - row["newest"]).total_seconds() / _HOUR
        return Silence("orders", "", hours, row["longest"] / _HOUR, row["orders"])

    def _sources(self) -> list[Silence]:
        ground, found = self.known.ground, []
        asked = {
            "brand": ground.brand.brand,
            "since": self.at - RECORDED_DAYS * _DAY,
            "known_at": self.known.known_at,
        }
        for kind in WATCHED:
            days: dict[str, list[Row]] = defaultdict(list)
            for row in ground.facts.recording_days(KINDS[kind], asked).to_pylist():
                days[row["source"] or ""].append(row)
            for source, rows in sorted(days.items()):
                times = [row["recorded_at"] for row in rows]
                gaps = [(after - before) for before, after in pairwise(times)]
                longest = max(gaps, default=dt.timedelta(0)).total_seconds() / _HOUR
                hours = (self.at - times[-1]).total_seconds() / _HOUR
                found.append(Silence(kind, source, hours, longest, len(times)))
        return found

    def _dues(self) -> list[Due]:
        known = self.known
        published = {
            row["deliverable"] for row in known.read("ledger.deliverable_posts").to_pylist()
        }
        agreements = {row["agreement"]: row for row in known.rows("agreements")}
        found = []
        for row in known.rows("deliverables"):
            agreement = agreements.get(row["agreement"])
            live = row["live_at"] or row["deliverable"] in published
            if row["due_on"] is None or live or not agreement or agreement["cancelled_on"]:
                continue
            found.append(
                Due(row["deliverable"], agreement["creator"], agreement["campaign"], row["due_on"])
            )
        return found

    def _rights(self) -> list[Right]:
        return [
            Right(row["agreement"], row["creator"], row["campaign"], row["usage_to"])
            for row in self.known.rows("agreements")
            if row["usage_to"] and not row["cancelled_on"]
        ]

    def _owed(self) -> list[Owed]:
        """Give what is accrued and not invoiced, by agreement: the sum, and since when."""
        ground = self.known.ground
        with ground.workspace.transaction() as connection:
            entries = journal.entries(
                connection, ground.brand.brand, as_of=self.day, known_at=self.known.known_at
            )
        sums: dict[tuple[Any, ...], int] = defaultdict(int)
        since: dict[tuple[Any, ...], dt.date] = {}
        for each in open_accruals(entries, self.day):
            key = (each.creator or "", each.campaign, each.agreement, each.currency)
            sums[key] += each.amount_minor
            since[key] = min(since.get(key, each.since), each.since)
        return [
            Owed(
                creator,
                campaign,
                agreement,
                f"{format_minor(amount, currency)} {currency}",
                since[creator, campaign, agreement, currency],
            )
            for (creator, campaign, agreement, currency), amount in sums.items()
            if amount > 0
        ]


def _flown(campaign: Row, day: dt.date) -> float | None:
    """Give by how much the whole flight is longer than its days so far.

    None in the first week, and once the campaign is over for a while.
    """
    if day - campaign["ends"] > AFTER_DAYS * _DAY:
        return None
    length = (campaign["ends"] - campaign["starts"]).days + 1
    days = min(length, (day - campaign["starts"]).days + 1)
    return length / days if days >= min(FEWEST_DAYS, length) else None
