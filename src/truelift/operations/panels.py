"""Panels from the facts: Arrow rows of posts and days, arranged as the columns measurement takes.

In:   Knowledge.
Out:  measurement's PostPanel, which posts are organic or sponsored, counts of conversions by day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from truelift.base.money import exponent
from truelift.base.time import brand_day, utc_to_local
from truelift.catalog.campaign import METRIC_BREAK
from truelift.facts.kinds import KINDS
from truelift.ledger.fx import RateSet
from truelift.measurement.followers import FollowerCounts, follower_counts
from truelift.measurement.metric import METRICS, metric_named
from truelift.measurement.metric_breaks import MetricBreak, MetricBreaks, eras
from truelift.measurement.panel import Instants, PostPanel, organic_counters, post_panel
from truelift.measurement.ragged import Booleans, Floats, Integers, Objects
from truelift.operations.control_sets import ControlSets
from truelift.operations.knowledge import Knowledge
from truelift.valuation.value_schedule import schedule_version, unit_price

COUNTERS = (
    "views", "reach", "impressions", "likes", "comments", "shares", "saves", "replies",
    "follows", "link_clicks",
)  # fmt: skip

PPM = 1_000_000
SEPARATOR = "\x00"
SILENT_DAYS = 7
"""After so many days without any order of the brand, its orders are taken as not imported."""
VALUE = "value"
"""Name of the composite that weighs a post's outputs by their approved unit values."""


@dataclass
class Panels:
    """The posts and counts of a brand, arranged once."""

    known: Knowledge

    @cached_property
    def posts(self) -> PostPanel:
        """Give every post with a known creator."""
        table = self.known.readings
        boosted = table["boosted"].to_numpy() > 0
        return post_panel(
            creator=_objects(table["creator"]),
            platform=_objects(table["platform"]),
            post_ids=_objects(table["post_id"]),
            published_at=_instants(table["published_at"]),
            observed_at=_instants(table["observed_at"]),
            first_observed_at=_instants(table["first_observed_at"]),
            counters=organic_counters(
                {name: _floats(table[name]) for name in COUNTERS},
                boosted,
                {name: _floats(table[f"paid_{name}"]) for name in ("views", "impressions")},
            ),
            boosted=boosted,
        )

    @cached_property
    def organic(self) -> Booleans:
        """Say which posts are organic: neither ours nor another brand's, and not deleted."""
        table = self.known.readings
        ours = pa.compute.is_in(_keys(table), value_set=_keys(self.known.sponsored))
        foreign = pa.compute.is_valid(table["sponsored_by"])
        deleted = pa.compute.is_valid(table["deleted_at"])
        excluded = pa.compute.or_(ours, pa.compute.or_(foreign, deleted))
        mask: Booleans = ~np.asarray(excluded)[self.posts.rows]
        return mask

    @cached_property
    def _formats(self) -> Objects:
        formats: Objects = _objects(self.known.readings["format"])
        return formats

    def formats(self, panel: PostPanel) -> Objects:
        """Give the format of each post of a part of `posts`, None where unknown."""
        return self._formats[panel.rows]

    def sponsored_in(self, campaign: str) -> Booleans:
        """Say which posts are sponsored in a campaign."""
        mask: Booleans = self._place_in(self._sponsored(campaign)) >= 0
        return mask

    def shares_in(self, campaign: str) -> Floats:
        """Give the share of a campaign in each post, 0 where it is not the campaign's."""
        mine = self._sponsored(campaign)
        place = self._place_in(mine)
        shares = np.append(mine["share_ppm"].to_numpy() / PPM, 0.0)
        panel: Floats = shares[place]
        return panel

    def _sponsored(self, campaign: str) -> pa.Table:
        sponsored = self.known.sponsored
        return sponsored.filter(pa.compute.equal(sponsored["campaign"], campaign))

    def _place_in(self, sponsored: pa.Table) -> Integers:
        """Give each post's place among sponsored ones, -1 where it is none of them."""
        place = pa.compute.index_in(self._post_keys, value_set=_keys(sponsored))
        found: Integers = place.fill_null(-1).to_numpy().astype(np.int64)
        return found

    @cached_property
    def _post_keys(self) -> pa.Array:
        return _keys(self.known.readings).take(pa.array(self.posts.rows))

    @cached_property
    def _count_days(self) -> pa.Table:
        """Give conversions by metric, creator, campaign and day, in units."""
        found = self.known.read(
            "measurement.count_days",
            order_shares=self.known.order_shares,
            lead_shares=self.known.lead_shares,
        )
        units = pa.compute.divide(found["units_ppm"].cast(pa.float64()), float(PPM))
        return found.append_column("units", units)

    @cached_property
    def _click_days(self) -> pa.Table:
        """Give counted human clicks by creator, campaign and day."""
        return self.known.read("measurement.click_days", launches=self.known.launch_table)

    def counted_days(self, metric: str) -> list[dict[str, Any]]:
        """Give a count metric by creator, campaign and day, in units: a row for each."""
        rows: list[dict[str, Any]] = self._counted(metric).to_pylist()
        return rows

    def counted_in(self, metric: str, campaign: str) -> list[dict[str, Any]]:
        """Give a count metric of one campaign by creator and day, in units."""
        if metric not in self._inside:
            self._inside[metric] = _by_campaign(self._counted(metric))
        table, spans = self._inside[metric]
        rows: list[dict[str, Any]] = table.slice(*spans.get(campaign, (0, 0))).to_pylist()
        return rows

    def _counted(self, metric: str) -> pa.Table:
        table = self._click_days if metric == "clicks" else self._count_days
        return table.filter(pa.compute.equal(table["metric"], metric))

    @cached_property
    def _inside(self) -> dict[str, tuple[pa.Table, dict[str, tuple[int, int]]]]:
        return {}

    @cached_property
    def evergreen_since(self) -> dict[str, dt.datetime | None]:
        """Give since when each creator has an evergreen code or link; None: always."""
        return self._evergreen_since("codes", "links")

    @cached_property
    def evergreen_links_since(self) -> dict[str, dt.datetime | None]:
        """Give since when each creator has an evergreen link; None: always."""
        return self._evergreen_since("links")

    def _evergreen_since(self, *kinds: str) -> dict[str, dt.datetime | None]:
        found: dict[str, dt.datetime | None] = {}
        for kind in kinds:
            for row in self.known.rows(kind):
                if row["kind"] != "evergreen" or row["creator"] is None:
                    continue
                creator, since = row["creator"], row["valid_from"]
                earlier = found.get(creator, since)
                both = (earlier, since)
                found[creator] = None if None in both else min(x for x in both if x is not None)
        return found

    def evergreen(self, kind: str, creator: str) -> tuple[str, ...]:
        """Name a creator's evergreen codes or links."""
        key = KINDS[kind].key[0]
        return tuple(
            sorted(
                row[key]
                for row in self.known.rows(kind)
                if row["kind"] == "evergreen" and row["creator"] == creator
            )
        )

    def evergreen_days(self, metric: str) -> dict[str, dict[dt.date, float]]:
        """Give a metric's counts outside campaigns: creator -> day -> units."""
        if metric not in self._outside:
            found: dict[str, dict[dt.date, float]] = {}
            table = self._counted(metric)
            for row in table.filter(pa.compute.is_null(table["campaign"])).to_pylist():
                days = found.setdefault(row["creator"], {})
                days[row["day"]] = days.get(row["day"], 0.0) + row["units"]
            self._outside[metric] = found
        return self._outside[metric]

    @cached_property
    def _outside(self) -> dict[str, dict[str, dict[dt.date, float]]]:
        return {}

    @cached_property
    def _known_days(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.known.read("measurement.first_days").to_pylist()
        return [row for row in rows if row["first_day"] is not None]

    @cached_property
    def first_day(self) -> dict[str, dt.date]:
        """Give the first day on which any count of a metric is known, tracked or not."""
        return {row["metric"]: row["first_day"] for row in self._known_days}

    def looked_until(self, metric: str, last: dt.date) -> dt.date:
        """Give the last day up to `last` for which the conversions of a metric are known.

        Where the newest conversion of the whole brand, tracked or not, is more than SILENT_DAYS
        older, the rest was not imported yet: those are no days without conversions.
        """
        known = {row["metric"]: row["last_day"] for row in self._known_days}
        newest: dt.date = known.get(metric, last)
        return newest if (last - newest).days > SILENT_DAYS else last

    def busy_days(self, creator: str) -> set[dt.date]:
        """Give the days on which a creator was live in a campaign of ours."""
        zone = self.known.ground.brand.timezone
        days: set[dt.date] = set()
        for (campaign, name), at in self.known.launches.items():
            if name == creator and campaign in self.known.campaigns:
                first, last = brand_day(at, zone), self.known.campaigns[campaign]["ends"]
                span = (last - first).days + 1
                days |= {first + dt.timedelta(days=offset) for offset in range(max(span, 0))}
        return days

    @cached_property
    def followers(self) -> FollowerCounts:
        """Give the follower counts of every unit of `posts`, by the unit's index.

        A unit with counts of several handles is left out: one count after the other would look like
        growth.
        """
        table = self.known.read("measurement.followers")
        units = pa.array([_joined(unit) for unit in self.posts.units], pa.string())
        unit = pa.compute.index_in(_keys(table, "creator", "platform"), value_set=units)
        table = table.append_column("unit", unit).filter(pa.compute.is_valid(unit))
        handles = table.group_by("unit").aggregate([("handle", "count_distinct")])
        one = handles.filter(pa.compute.equal(handles["handle_count_distinct"], 1))["unit"]
        table = table.filter(pa.compute.is_in(table["unit"], value_set=one.combine_chunks()))
        return follower_counts(
            table["unit"].to_numpy().astype(np.int64),
            _instants(table["observed_at"]),
            _floats(table["followers"]),
        )

    @cached_property
    def categories(self) -> Objects:
        """Give the category of each unit's creator, empty where none is known."""
        known = {row["creator"]: row["category"] or "" for row in self.known.rows("creators")}
        return np.array([known.get(creator, "") for creator, _ in self.posts.units], dtype=object)

    @cached_property
    def _first_posts(self) -> dict[str, dt.datetime]:
        first: dict[str, dt.datetime] = {}
        starts = np.searchsorted(self.posts.unit, np.arange(len(self.posts.units)))
        for (creator, _), start in zip(self.posts.units, starts.tolist(), strict=True):
            at = self.posts.published_at[start].astype(object)
            first[creator] = min(first.get(creator, at), at)
        return first

    def first_instant(self, creator: str, metric: str) -> dt.datetime:
        """Give when the history of a creator's metric begins, UTC."""
        if creator in self._first_posts and metric != "conversions":
            return self._first_posts[creator]
        return self.evergreen_since.get(creator) or dt.datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC

    @cached_property
    def control_sets(self) -> ControlSets:
        """Give who takes the calendar out of each campaign."""
        return ControlSets(self.known, self.posts, self.organic)

    def controls_of(self, campaign: str) -> tuple[str, ...]:
        """Name the control creators of a campaign."""
        return self.control_sets.of(campaign).creators

    def controls_agreed(self, campaign: str) -> tuple[str, ...]:
        """Name who a seal says will serve: the set as it is, and those named who may yet post."""
        return tuple(sorted({*self.controls_of(campaign), *self.control_sets.named(campaign)}))

    def control_rule(self, campaign: str) -> str:
        """Say in words how the control creators of a campaign were chosen."""
        return self.control_sets.of(campaign).rule

    @cached_property
    def breaks(self) -> MetricBreaks:
        """Give the breaks of metrics that were told as events."""
        found = [
            MetricBreak(platform, metric, row["starts"])
            for row in self.known.rows("events")
            if row["kind"] == METRIC_BREAK
            for platform, _, metric in (row["scope"].partition(":"),)
        ]
        return MetricBreaks(tuple(found))

    def breaks_of(self, platform: str, metric: str) -> Instants:
        """Give when a metric broke on a platform."""
        return self.breaks.of(platform, self.columns_of(metric))

    def columns_of(self, metric: str) -> set[str]:
        """Give the counters of a metric; of the composite all that it may weigh."""
        names = (
            {row["metric"] for row in self.known.rows("values")} if metric == VALUE else {metric}
        )
        return {part for name in names & METRICS.keys() for part in METRICS[name].columns}

    def eras(self, panel: PostPanel, metric: str) -> Integers:
        """Give the era of each post of a part of `posts`, by the breaks of its own platform."""
        found = np.zeros(len(panel), np.int64)
        platform = np.array([name for _, name in panel.units], dtype=object)[panel.unit]
        for name in {one.platform for one in self.breaks.rows}:
            mine = platform == name
            found[mine] = eras(
                self.breaks_of(name, metric),
                panel.published_at[mine],
                self._observed_at[panel.rows[mine]],
            )
        return found

    @cached_property
    def _observed_at(self) -> Instants:
        instants: Instants = _instants(self.known.readings["observed_at"])
        return instants

    def counts(self, panel: PostPanel, metric: str, campaign: str) -> Floats:
        """Give a metric's organic count per post; `value` is the composite of the campaign."""
        if metric == VALUE:
            return self.valued(panel, campaign)
        return panel.counts(metric_named(metric))

    def valued(self, panel: PostPanel, campaign: str) -> Floats:
        """Give the approved value of each post's outputs, one composite in minor units.

        The weights are the unit values in force on the day of the post's publication, the
        campaign's own before the general ones; nan where nothing that was observed has a value, and
        for boosted posts, whose likes cannot be told apart from paid ones.
        """
        days = utc_to_local(panel.published_at, self.known.ground.brand.timezone)
        days = days.astype("datetime64[D]")
        total, used = np.zeros(len(panel)), np.zeros(len(panel), bool)
        for metric in sorted({row["metric"] for row in self.known.rows("values")} & METRICS.keys()):
            if METRICS[metric].kind != "counter":
                continue
            price = np.zeros(len(panel))
            for day in np.unique(days):
                price[days == day] = self._unit_value(metric, day.astype(object), campaign) or 0.0
            counts = panel.counts(METRICS[metric])
            priced = (price > 0) & np.isfinite(counts)
            total[priced] += price[priced] * counts[priced]
            used |= priced
        return np.where(used & ~panel.boosted, np.round(total), np.nan)

    def _unit_value(self, metric: str, day: dt.date, campaign: str) -> float | None:
        """Give the approved value of a unit on a day, in minor units of the brand's currency."""
        brand = self.known.ground.brand
        price = unit_price(self.known.rows("values"), metric, day, campaign)
        rate = self.rates.find(day, price.currency, brand.currency) if price else None
        if price is None or rate is None:
            return None
        return float(Decimal(price.micro).scaleb(exponent(brand.currency) - 6) * rate.rate)

    @cached_property
    def rates(self) -> RateSet:
        """Give the exchange rates that values and orders are translated at."""
        return self.known.rate_set

    def lead_value(self, campaign: str) -> float | None:
        """Give the approved value of one lead of a campaign, in minor units of the brand's."""
        return self._unit_value("leads", self._today, campaign)

    @property
    def _today(self) -> dt.date:
        return brand_day(self.known.as_of, self.known.ground.brand.timezone)

    @cached_property
    def value_schedule(self) -> str | None:
        """Give the version of the value schedule in force."""
        return schedule_version(self.known.rows("values"), self._today)

    @cached_property
    def source_hashes(self) -> tuple[str, ...]:
        """Give the SHA-256 of the files that the posts and readings came from."""
        rows = self.known.read("measurement.source_hashes").to_pylist()
        return tuple(row["source_sha256"] for row in rows)


def _by_campaign(table: pa.Table) -> tuple[pa.Table, dict[str, tuple[int, int]]]:
    """Put the rows of each campaign together, in the order they have: (first row, how many)."""
    coded = table["campaign"].combine_chunks().dictionary_encode()
    codes = coded.indices.fill_null(len(coded.dictionary)).to_numpy()
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(len(coded.dictionary) + 1))
    spans = zip(starts[:-1].tolist(), np.diff(starts).tolist(), strict=True)
    return table.take(pa.array(order)), dict(zip(coded.dictionary.to_pylist(), spans, strict=True))


def _keys(table: pa.Table, left: str = "platform", right: str = "post_id") -> pa.Array:
    joined = pa.compute.binary_join_element_wise(table[left], table[right], SEPARATOR)
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _joined(names: tuple[str, str]) -> str:
    return SEPARATOR.join(names)


def _objects(column: pa.ChunkedArray) -> Any:  # noqa: ANN401 - a numpy array of text
    return np.array(column.to_pylist(), dtype=object)


def _instants(column: pa.ChunkedArray) -> Any:  # noqa: ANN401 - a numpy array of instants
    return column.to_numpy().astype("datetime64[us]")


def _floats(column: pa.ChunkedArray) -> Floats:
    # unsafe: a workspace may hold a count that no float holds exactly, and must still answer
    values: Floats = column.cast(pa.float64(), safe=False).to_numpy()
    return values
