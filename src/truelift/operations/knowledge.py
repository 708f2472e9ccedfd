"""What is known: the facts and the catalog of a brand as of one time, as known at another.

In:   the ground, as_of (which events count) and known_at (which recordings count).
Out:  Knowledge: catalog rows, attribution shares, sponsored posts and launches, read once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from truelift.attribution.models import Model
from truelift.base.money import exponent
from truelift.base.time import Instant, brand_day, local_to_utc, utc_to_local
from truelift.facts.hashtags import hashtags, plain_tags
from truelift.facts.kinds import KINDS
from truelift.ledger.fx import RateSet
from truelift.operations.model_shares import model_shares, removal_effects
from truelift.store import catalog_store, control_records, kept_shares, rates, science_records
from truelift.store.ground import Ground
from truelift.store.workspace_database import newest_seal

Row = dict[str, Any]

_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - instants are naive UTC
_SQL_MODELS = frozenset({"code_first", "last", "first", "linear"})

_OF_SHARES = frozenset({
    "valuation.order_shares", "valuation.lead_shares", "valuation.line_costs",
    "measurement.launches",
})  # fmt: skip
"""Queries that need no orders and leads but those that shares are of."""

_OF_CLICKS = frozenset({"valuation.click_cells", "measurement.click_days"})
"""Queries of clicks that need no links but those of the campaign and of none."""

CATALOG_IN_QUERIES = (
    "codes", "links", "aliases", "profiles", "deliverables", "agreements", "margins",
)  # fmt: skip


@dataclass
class Knowledge:
    """A brand's facts as of a time and as known at a time, each table read when first asked for."""

    ground: Ground
    as_of: Instant
    known_at: Instant
    model: str = "code_first"
    lookback_days: int = 30
    campaign: str | None = None
    """The only campaign that is asked about. Where shares are kept, what only others' creators sold
    is left unread then: of every creator there is what came outside campaigns."""
    _catalog: dict[str, pa.Table] = field(default_factory=dict)
    _rows: dict[str, list[Row]] = field(default_factory=dict)
    valued_cells: dict[str, dict[str, pa.Table]] = field(default_factory=dict, init=False)
    """What `operations.outcomes` made of orders and refunds, by basis; asked for many times."""
    _from_kept: bool = field(default=False, init=False)

    def catalog(self, kind: str) -> pa.Table:
        """Give the catalog's rows of a kind as known."""
        if kind not in self._catalog:
            with self.ground.workspace.transaction() as connection:
                self._catalog[kind] = catalog_store.known_rows(
                    connection, KINDS[kind], self.ground.brand.brand, self.known_at
                )
        return self._catalog[kind]

    def rows(self, kind: str) -> list[Row]:
        """Give the catalog's rows of a kind as dictionaries; all who ask share them."""
        if kind not in self._rows:
            self._rows[kind] = self.catalog(kind).to_pylist()
        return self._rows[kind]

    def read(self, name: str, *, basis: str = "event", **given: pa.Table) -> pa.Table:
        """Run a query over what is known; `given` tables are its @given relations.

        basis: `event` dates a refund on its own day, `order` on the day of its order.
        """
        relations = {f"catalog_{kind}": self.catalog(kind) for kind in CATALOG_IN_QUERIES}
        if self.campaign is not None and name in _OF_CLICKS:
            relations["catalog_links"] = self._own_links
        relations |= {f"given_{key}": table for key, table in given.items()}
        few = self._few if name in _OF_SHARES else None
        return self.ground.facts.read(name, self.parameters | {"basis": basis}, relations, few)

    @cached_property
    def _own_links(self) -> pa.Table:
        """Give the links of the campaign that is asked about, and those of none."""
        links = self.catalog("links")
        own = pc.or_kleene(
            pc.is_null(links["campaign"]), pc.equal(links["campaign"], self.campaign)
        )
        return links.filter(own)

    @cached_property
    def _few(self) -> dict[str, pa.Table] | None:
        """Give the orders and leads that the shares are of; None where they are those of all."""
        if self.campaign is None or not self._from_kept:
            return None
        return {
            kind: self.read(f"valuation.shared_{kind}", shares=self.shares)
            for kind in ("orders", "leads")
        }

    @property
    def parameters(self) -> Row:
        """Give the parameters every query takes."""
        return {
            "brand": self.ground.brand.brand,
            "as_of": self.as_of,
            "as_of_day": brand_day(self.as_of, self.ground.brand.timezone).isoformat(),
            "known_at": self.known_at,
            "lookback_days": self.lookback_days,
        }

    @cached_property
    def rate_set(self) -> RateSet:
        """Give the exchange rates the brand books at: its own over the central bank's."""
        with self.ground.workspace.transaction() as connection:
            return rates.load(connection, self.ground.brand.brand, known_at=self.known_at)

    @cached_property
    def touchpoints(self) -> pa.Table:
        """Give the touchpoints of every conversion inside the lookback."""
        return self.read("attribution.touchpoints")

    @cached_property
    def effects(self) -> dict[str, int]:
        """Give each creator's Markov removal effect, in parts per million of all conversions."""
        paths = self.read("attribution.visitor_paths", touchpoints=self.touchpoints)
        return removal_effects(paths)

    @cached_property
    def shares(self) -> pa.Table:
        """Give the shares of every conversion under the attribution model.

        Those that are kept (operations.recompute) where they are of just this, the same rows.
        """
        kept = self._kept_shares()
        if kept is not None:
            self._from_kept = True
            return kept
        if self.model not in _SQL_MODELS:
            effects = self.effects if self.model == "markov" else None
            name = Model(self.model.replace("_", "-"))
            return model_shares(name, self.touchpoints, effects)
        return self.read(f"attribution.shares_{self.model}", touchpoints=self.touchpoints)

    def keep_shares(self) -> None:
        """Take the shares that are kept now, where they are of what is known."""
        kept = self._kept_shares()
        if kept is not None:
            self._from_kept = True
            self.__dict__["shares"] = kept

    def _kept_shares(self) -> pa.Table | None:
        if (self.model, self.lookback_days) != (kept_shares.MODEL, kept_shares.LOOKBACK_DAYS):
            return None
        with self.ground.workspace.transaction() as connection:
            return kept_shares.shares(
                self.ground.facts, connection, self.ground.brand.brand,
                as_of=self.as_of, known_at=self.known_at, of=self._of,
            )  # fmt: skip

    @property
    def _of(self) -> tuple[str, pa.Table] | None:
        """Give the campaign that is asked about, and who may be live in it without any share."""
        if self.campaign is None:
            return None
        named = [
            row["creator"]
            for kind in ("codes", "links", "aliases", "agreements", "participants")
            for row in self.rows(kind)
            if row["campaign"] == self.campaign and row["creator"] is not None
        ]
        posts = self.read(
            "valuation.post_outputs", sponsored=self.sponsored, readings=self.readings
        )
        mine = posts.filter(pc.equal(posts["campaign"], self.campaign))["creator"].to_pylist()
        return self.campaign, pa.table({"creator": pa.array([*named, *mine], pa.string())})

    @cached_property
    def categories(self) -> dict[str | None, str | None]:
        """Give each creator's category; a creator in none has no cohort."""
        return {row["creator"]: row["category"] for row in self.rows("creators")}

    @cached_property
    def tracked(self) -> bool:
        """Say whether any order or lead of the brand is known at all."""
        rows = self.read("measurement.first_days").to_pylist()
        return any(row["first_day"] for row in rows if row["metric"] != "clicks")

    @cached_property
    def campaigns(self) -> dict[str, Row]:
        """Give the campaigns by id, each with its flight as UTC instants."""
        zone = self.ground.brand.timezone
        found = {}
        for row in self.rows("campaigns"):
            start = midnight(row["starts"], zone)
            end = midnight(row["ends"] + dt.timedelta(days=1), zone)
            found[row["campaign"]] = row | {"flight_start": start, "flight_end": end}
        return found

    @cached_property
    def sponsored(self) -> pa.Table:
        """Give our sponsored posts: platform, post_id, campaign, and the campaign's share."""
        return self.read(
            "measurement.sponsored_posts",
            post_campaigns=_post_campaigns(self.read("facts.shared_posts")),
            campaign_hashtags=campaign_hashtags(self.campaigns),
            caption_hashtags=_caption_hashtags(self.read("facts.captions")),
        )

    @cached_property
    def readings(self) -> pa.Table:
        """Give every post with its creator and last complete reading."""
        return self.read("measurement.post_readings")

    @cached_property
    def launches(self) -> dict[tuple[str, str], Instant]:
        """Give when each creator launched in each campaign: (campaign, creator) -> instant.

        The launch is the first sponsored post, use of a campaign's code or link in an order, or
        reading with paid views, whichever came first.
        """
        rows = self.read(
            "measurement.launches",
            sponsored=self.sponsored,
            readings=self.readings,
            shares=self.shares,
        ).to_pylist()
        return {(row["campaign"], row["creator"]): row["launched_at"] for row in rows}

    @cached_property
    def launch_table(self) -> pa.Table:
        """Give launches as a relation: campaign, creator, launched_at, ends_at."""
        rows = [
            {
                "campaign": campaign,
                "creator": creator,
                "launched_at": at,
                "ends_at": self.campaigns[campaign]["flight_end"],
            }
            for (campaign, creator), at in self.launches.items()
            if campaign in self.campaigns
        ]
        schema = pa.schema([
            ("campaign", pa.string()), ("creator", pa.string()),
            ("launched_at", pa.timestamp("us")), ("ends_at", pa.timestamp("us")),
        ])  # fmt: skip
        return pa.Table.from_pylist(rows, schema=schema)

    @cached_property
    def line_costs(self) -> pa.Table:
        """Give the cost of goods of orders that state none, from their lines and margins."""
        currencies = [row["currency"] for row in self.read("facts.currencies").to_pylist()]
        micro = [10 ** (6 - exponent(currency)) for currency in currencies]
        given = pa.table(
            {"currency": pa.array(currencies, pa.string()), "micro": pa.array(micro, pa.int64())}
        )
        return self.read("valuation.line_costs", currencies=given)

    @cached_property
    def order_shares(self) -> pa.Table:
        """Give every attributed order split by share, with its campaign."""
        return self.read(
            "valuation.order_shares",
            shares=self.shares,
            launches=self.launch_table,
            line_costs=self.line_costs,
        )

    @cached_property
    def lead_shares(self) -> pa.Table:
        """Give every attributed lead with its campaign."""
        return self.read("valuation.lead_shares", shares=self.shares, launches=self.launch_table)


def midnight(day: dt.date, zone: str) -> Instant:
    """Give the UTC instant at which a day begins in a time zone."""
    local = np.array([day], dtype="datetime64[us]")
    instant: Instant = local_to_utc(local, zone)[0][0].astype(object)
    return instant


def local_day(instant: Instant, zone: str) -> dt.date:
    """Give the calendar day of a UTC instant in a time zone."""
    return brand_day(instant, zone)


def local_days(instants: pa.ChunkedArray, zone: str) -> pa.Array:
    """Give the calendar days of UTC instants in a time zone."""
    utc = instants.to_numpy().astype("datetime64[us]")
    return pa.array(utc_to_local(utc, zone).astype("datetime64[D]"))


def end_of(day: dt.date, zone: str) -> Instant:
    """Give the last microsecond of a day in a time zone, as a UTC instant."""
    return midnight(day + dt.timedelta(days=1), zone) - dt.timedelta(microseconds=1)


def newest_recording(ground: Ground) -> Instant:
    """Give the newest recording of anything that is imported, sealed, kept, signed or matched."""
    brand = ground.brand.brand
    times = [ground.facts.recordings(brand)[-1]]
    with ground.workspace.transaction() as connection:
        times.append(catalog_store.newest_recording(connection, brand))
        times.append(newest_seal(connection, brand))
        times.append(science_records.newest_recording(connection, brand))
        times += [
            control_records.newest_recording(connection, brand, kind)
            for kind in (
                control_records.POLICY,
                control_records.MATCH,
                control_records.FORECAST_SCALE,
                control_records.BUDGET,
            )
        ]
    return max((time for time in times if time is not None), default=_EPOCH)


def newest_event(known: Knowledge) -> Instant:
    """Give the newest event that is known at the knowledge's time; a day counts to its end."""
    (found,) = known.read("facts.newest_events").to_pylist()
    times = [] if found["moment"] is None else [found["moment"]]
    if found["day"] is not None:
        times.append(end_of(found["day"], known.ground.brand.timezone))
    return max(times, default=known.known_at)


def knowledge(
    ground: Ground,
    *,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
    model: str = "code_first",
    campaign: str | None = None,
) -> Knowledge:
    """Open what is known; both times default to the newest in the data, never to the clock.

    campaign: the only one that is asked about. as_of defaults to the newest event known at
    known_at, so that what is asked as known before stays as it was however much arrives later.
    """
    now = known_at is None
    with ground.facts.at_once():
        known_at = known_at or newest_recording(ground)
        known = Knowledge(
            ground=ground, as_of=as_of or known_at, known_at=known_at, model=model,
            campaign=campaign,
        )  # fmt: skip
        if not as_of:
            known = replace(known, as_of=newest_event(known))
        if now and ground.served:
            # Facts go on coming in: a moment later what is kept would be of more than is known.
            known.keep_shares()
    return known


def _post_campaigns(posts: pa.Table) -> pa.Table:
    rows = [
        {
            "platform": row["platform"],
            "post_id": row["post_id"],
            "campaign": part.rpartition(":")[0],
            "share_ppm": int(part.rpartition(":")[2]),
        }
        for row in posts.to_pylist()
        for part in row["campaigns"].split(";")
    ]
    names = [(name, pa.string()) for name in ("platform", "post_id", "campaign")]
    schema = pa.schema([*names, ("share_ppm", pa.int64())])
    return pa.Table.from_pylist(rows, schema=schema)


def _caption_hashtags(posts: pa.Table) -> pa.Table:
    """Give the hashtags that stand in captions: platform, post_id, hashtag."""
    rows, tags = hashtags(posts["caption"].combine_chunks())
    return posts.select(["platform", "post_id"]).take(rows).append_column("hashtag", tags)


def campaign_hashtags(campaigns: dict[str, Row]) -> pa.Table:
    """Give the hashtags of campaigns with their flights, as a relation."""
    rows = [
        {
            "campaign": name,
            "hashtag": tag.lstrip("#"),
            "flight_start": row["flight_start"],
            "flight_end": row["flight_end"],
        }
        for name, row in campaigns.items()
        for tag in (row["hashtags"] or "").split(";")
        if tag
    ]
    schema = pa.schema([
        ("campaign", pa.string()), ("hashtag", pa.string()),
        ("flight_start", pa.timestamp("us")), ("flight_end", pa.timestamp("us")),
    ])  # fmt: skip
    table = pa.Table.from_pylist(rows, schema=schema)
    return table.set_column(1, "hashtag", plain_tags(table["hashtag"]))
