"""Watched: gathers what the rules of alerts look at, from what is known.

In:   Knowledge, and the time at which it is looked.
Out:  decisions.watched.Watched.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.estimate import Estimate, Withheld
from truelift.base.money import format_minor
from truelift.base.time import Instant, brand_day
from truelift.decisions.alert import Rule, alert_id
from truelift.decisions.alert_rules import pace_subject, return_subject
from truelift.decisions.completion import Outlook
from truelift.decisions.pacing import Pace as Reached
from truelift.decisions.value_basis import LEAD_DAYS, Counted
from truelift.decisions.watched import (
    DeadLink,
    Due,
    EarlyCode,
    Expected,
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
from truelift.measurement.figure import LiftFigure
from truelift.operations import pacing
from truelift.operations.budget_versions import budget_of
from truelift.operations.costs import Costs
from truelift.operations.forecast import Forecasts
from truelift.operations.freshness import WATCHED
from truelift.operations.knowledge import Knowledge
from truelift.operations.leaks import AWARENESS, leaks_of
from truelift.operations.measure import Measurement
from truelift.operations.odd_clicks import click_verdicts
from truelift.operations.outcomes import Outcomes
from truelift.operations.plans import parties
from truelift.operations.value_basis import basis_of
from truelift.reports.pacing import why
from truelift.store import control_records, journal
from truelift.store import workspace_database as records
from truelift.store.control_records import LINK_CHECK
from truelift.valuation.cost_states import CostStates
from truelift.valuation.increment import incremental_contribution
from truelift.valuation.ladder import Components

Row = dict[str, Any]

GAP_DAYS = 28
LEADS = "leads"
NEWS_DAYS, AFTER_DAYS = 14, 30
"""How long a use of a code is news; how long after its end a campaign is still looked at."""

RECORDED_DAYS = 90
FEWEST_DAYS = 7
"""A return is forecast from so many days of its flight on."""

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
        return replace(
            self.quick(), paces=self.paces(), returns=self.returns(), expected=self.expected()
        )

    def quick(self) -> Watched:
        """Gather what needs no measurement: all but paces and returns."""
        live, stories = self._posts()
        return Watched(
            at=self.at,
            day=self.day,
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

    def measured_ids(self) -> set[str]:
        """Give the ids that an alert of a pace or a return can have, without measuring any."""
        pairs = [(name, who) for name in self.known.campaigns for who in parties(self.known, name)]
        found = {alert_id(Rule.ROI_BELOW_TARGET, return_subject(*pair)) for pair in pairs}
        return found | {
            alert_id(Rule.PACE, pace_subject(row["campaign"], row["creator"], row["metric"]))
            for row in self.known.rows("targets")
        }

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
        desk = pacing.Pacing(known, self._measurement)
        rows = [row for name in sorted(flown) for row in desk.rows(name)]
        return tuple(
            Pace(
                row.campaign, row.creator, row.metric, row.pace.low, row.pace.high,
                why(row, currency),
            )
            for row in rows
            if isinstance(row.pace, Reached)
        )  # fmt: skip

    @cached_property
    def _measurement(self) -> Measurement:
        return Measurement(self.known)

    @cached_property
    def _targets(self) -> dict[tuple[str, str | None], float]:
        return {
            (row["campaign"], row["creator"] or None): float(row["target"])
            for row in self.known.rows("targets")
            for name in ROI_TARGETS
            if row["metric"] == name
        }

    def _target(self, campaign: str, creator: str) -> float | None:
        """Give the return that a creator is meant to reach: its own, else the campaign's."""
        own = self._targets.get((campaign, creator))
        return self._targets.get((campaign, None)) if own is None else own

    def expected(self) -> list[Expected]:
        """Give the returns that are forecast for flights under way, from their second week on.

        Leads are won long after they came, so theirs are forecast for some time after the flight,
        by approved values; without those nothing can be said before they are won.
        """
        found = []
        for name, campaign in sorted(self.known.campaigns.items()):
            if not self._under_way(campaign):
                continue
            basis = basis_of(self._measurement.panels, name)
            for row in self._foreseen(name) if basis.counted is not Counted.WON_LEADS else []:
                if row.creator is None or isinstance(row.roi, Withheld):
                    continue
                assert not isinstance(row.chance, Withheld)
                target, band = self._target(name, row.creator), row.roi
                found.append(
                    Expected(
                        name, row.creator, band.p10, band.p50, band.p90, row.chance, target or 0.0,
                        target is not None, basis.words,
                    )
                )  # fmt: skip
        return found

    def _foreseen(self, campaign: str) -> list[Outlook]:
        whole = self._targets.get((campaign, None), 0.0)
        own = {name: each for (where, name), each in self._targets.items()
               if where == campaign and name is not None}  # fmt: skip
        told = Forecasts(self._measurement).by_basis(campaign, target=whole, own_targets=own)
        return [] if isinstance(told, Withheld) else told

    def _under_way(self, campaign: Row) -> bool:
        """Say whether a return is forecast: after a week, until the end and what comes late."""
        starts, ends = campaign["starts"], campaign["ends"]
        gone, length = ((day - starts).days + 1 for day in (self.day, ends))
        late = LEAD_DAYS - 1 if campaign["goal"] == LEADS else 0
        if campaign["goal"] == AWARENESS or gone < min(FEWEST_DAYS, length):
            return False
        return bool((self.day - ends).days <= late)

    def returns(self) -> list[Return]:
        """Give incremental returns of flights that have ended lately, on bound cost."""
        known, found = self.known, []
        ended = {
            name
            for name, row in known.campaigns.items()
            if row["goal"] != AWARENESS
            and 0 < (self.day - row["ends"]).days <= AFTER_DAYS
            and not self._under_way(row)
        }
        if not ended or not known.tracked:
            return []
        costs = Costs(known)
        unbooked = costs.incomplete(("campaign", "creator"))
        bound = costs.by(("campaign", "creator"))
        for pair, parts in sorted(self._money(ended).items()):
            cost = bound.get(pair, CostStates()).bound
            extra = self._extra(pair, parts)
            unknown = parts.untranslated or parts.goods_without_margin or pair in unbooked
            if unknown or cost <= 0 or not isinstance(extra, Estimate):
                continue
            target = self._target(*pair)
            roi = extra.scaled(1 / cost, -1.0)
            found.append(Return(*pair, roi, target or 0.0, target is not None))
        return found

    def _money(self, campaigns: set[str]) -> dict[tuple[str, str], Components]:
        """Give what creators brought in some campaigns; nothing of those who are only signed."""
        rates = self._measurement.panels.rates
        nothing = {
            (name, who): Components() for name in campaigns for who in parties(self.known, name)
        }
        return nothing | Outcomes(self.known, rates, "event").creators_money(campaigns)

    def _extra(self, pair: tuple[str, str], parts: Components) -> Estimate | Withheld:
        """Give the incremental contribution, as `truelift roi` has it; measure no other metric."""
        campaign, creator = pair
        leads = self.known.campaigns[campaign]["goal"] == LEADS

        def lift(metric: str) -> LiftFigure | Withheld | None:
            return self._measurement.lift(campaign, metric).get(creator)

        from_orders = parts.contribution != parts.won_leads
        return incremental_contribution(
            parts,
            lift("orders") if from_orders or not leads else None,
            lift("leads") if parts.won_leads or leads else None,
        )

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
