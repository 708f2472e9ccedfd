"""Outcomes: attributed orders, refunds, leads, clicks and outputs of a brand, summed to groups.

In:   Knowledge, and how to group (campaign, creator, platform, post, day).
Out:  per group: components in the brand's currency, counts of outputs, what was reported.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from truelift.base.estimate import Reason, Withheld
from truelift.base.money import multiply
from truelift.base.time import Period, brand_day
from truelift.ledger.accounting_calendar import AccountingCalendar
from truelift.ledger.fx import RateSet
from truelift.operations.knowledge import Knowledge, campaign_hashtags, local_days
from truelift.operations.panels import PPM
from truelift.valuation.cells import (
    CellTerms,
    Columns,
    DayTerms,
    lead_components,
    order_components,
    refund_components,
)
from truelift.valuation.ladder import Claim, Components
from truelift.valuation.value_schedule import margin_ppm, unit_price

Row = dict[str, Any]

GROUPINGS: dict[str, tuple[str, ...]] = {
    "campaign": ("campaign",),
    "creator": ("campaign", "creator"),
    "platform": ("campaign", "creator", "platform"),
    "post": ("campaign", "creator", "platform", "post_id"),
    "day": ("campaign", "creator", "day"),
    "cohort": ("campaign", "cohort"),
    "programme": ("programme",),
}
"""Which columns tell the rows of a report apart."""

ROLLED = {"cohort": "creator", "programme": "campaign"}
"""Rows that other rows roll up to, and which: a cohort is a category of creators in a campaign, the
programme all campaigns together."""

PROGRAMME = "all campaigns"

Key = tuple[object, ...]


def placed(known: Knowledge, record: Row) -> Row:
    """Say to which cohort and programme a record with a campaign (and creator) belongs."""
    return record | {
        "cohort": known.categories.get(record.get("creator")),
        "programme": None if record["campaign"] is None else PROGRAMME,
    }


def rolled_key(known: Knowledge, by: str, key: Key) -> Key:
    """Give the row that a row of ROLLED[by] rolls up to."""
    record = placed(known, dict(zip(GROUPINGS[ROLLED[by]], key, strict=True)))
    return tuple(record[name] for name in GROUPINGS[by])


COMPONENTS_OF = {
    "orders": (
        "goods", "discounts", "tax", "cogs", "margin_cost", "goods_without_margin", "fulfilment",
        "payment_fees", "untranslated",
    ),
    "refunds": ("refunds", "cogs_returned", "refund_fees", "untranslated"),
}  # fmt: skip
"""The components that cells of orders and of refunds have."""

_KEPT = (
    "creator", "campaign", "platform", "post_id", "order_day", "day", "currency", "orders_ppm",
    "refunds_ppm",
)  # fmt: skip

_COUNTED = {
    "orders": ("orders", "refunds"),
    "leads": ("leads", "won_leads"),
    "clicks": ("clicks_raw", "clicks_counted", "visits"),
    "posts": ("posts",),
    "sessions": ("sessions",),
    "mentions": ("mentions",),
}
"""Which counts are known, be it as 0, once any row of a kind is."""

UNTRANSLATED_CLAIM = Withheld(
    Reason.NO_RATE, "Some of what is reported is in a currency without an exchange rate on its day."
)


@dataclass
class Group:
    """What happened in one row of a report. Counts are of attributed, deduplicated outcomes.

    A count that is not there was never read; one that was read and found empty is 0.
    """

    components: Components = field(default_factory=Components)
    counts: dict[str, float] = field(default_factory=dict)
    reported: Claim = None
    media_value: int | None = None
    post_days: set[dt.date] = field(default_factory=set)

    def count(self, name: str, more: float) -> None:
        """Add to a count."""
        self.counts[name] = self.counts.get(name, 0.0) + more


@dataclass
class Outcomes:
    """The outcomes of a brand; `groups` sums them to the rows of a report."""

    known: Knowledge
    rates: RateSet
    basis: str
    period: Period | None = None

    def _inside(self, day: dt.date) -> bool:
        """Say whether a day counts: always, unless the report is of one accounting period."""
        return self.period is None or self._calendar.period_of(day) == self.period

    @cached_property
    def _calendar(self) -> AccountingCalendar:
        return AccountingCalendar.parse(self.known.ground.brand.calendar)

    def groups(self, by: str) -> dict[Key, Group]:
        """Sum everything to groups; conversions that belong to no campaign are left out."""
        if by in ROLLED:
            return self._rolled(by)
        columns = GROUPINGS[by]
        found: dict[Key, Group] = defaultdict(lambda: self.nothing(by))
        for key, (components, counts) in self.money(columns).items():
            if key[columns.index("campaign")] is not None:
                group = found[key]
                group.components += components
                for name, count in counts.items():
                    group.count(name, count)
        self._add_leads(found, columns)
        self._add_clicks(found, columns)
        self._add_outputs(found, columns)
        self._add_mentions(found, columns)
        self._add_reported(found, columns)
        if by == "campaign":
            self._add_sessions(found)
        return found

    def _rolled(self, by: str) -> dict[Key, Group]:
        """Add up the rows that roll up to a row; of several claims one that is unknown counts."""
        found: dict[Key, Group] = defaultdict(lambda: Group(counts={}))
        for key, part in self.groups(ROLLED[by]).items():
            group = found[rolled_key(self.known, by, key)]
            group.components += part.components
            for name, count in part.counts.items():
                group.count(name, count)
            group.reported = _claims(group.reported, part.reported)
            if part.media_value is not None:
                group.media_value = (group.media_value or 0) + part.media_value
            group.post_days |= part.post_days
        return dict(found)

    def nothing(self, by: str) -> Group:
        """Give a row in which nothing happened: 0 is known only of what was imported at all.

        Counters of posts are known where a post of the row was read; sessions have no creator, and
        mentions no day.
        """
        elsewhere = {"sessions": by not in {"campaign", "programme"}, "mentions": by == "day"}
        known = [
            name
            for kind, names in _COUNTED.items()
            for name in names
            if kind in self._imported and not elsewhere.get(name, False)
        ]
        return Group(counts=dict.fromkeys(known, 0.0))

    @cached_property
    def _imported(self) -> set[str]:
        return set(self.known.read("valuation.imported")["kind"].to_pylist())

    def money(
        self, columns: Sequence[str]
    ) -> dict[tuple[Any, ...], tuple[Components, dict[str, float]]]:
        """Sum orders and refunds by some columns: components, and counts of orders and refunds."""
        found: dict[tuple[Any, ...], tuple[Components, dict[str, float]]] = {}
        for name, table in self._tables.items():
            sums = [*COMPONENTS_OF[name], f"{name}_ppm"]
            for key, row in summed(self._inside_only(table), columns, sums).items():
                components, counts = found.get(key, (Components(), {}))
                count = row.pop(f"{name}_ppm") / PPM
                found[key] = components + Components(**row), {**counts, name: count}
        return found

    def creators_money(self, campaigns: Collection[str]) -> dict[tuple[str, str], Components]:
        """Sum the money of creators in some campaigns, won leads included, and count nothing."""
        found: dict[tuple[str, str], Components] = {}
        pairs = [(key, parts) for key, (parts, _) in self.money(GROUPINGS["creator"]).items()]
        pairs += [((row["campaign"], row["creator"]), parts) for row, parts in self.won]
        for (campaign, creator), parts in pairs:
            if campaign in campaigns and creator is not None:
                pair = str(campaign), str(creator)
                found[pair] = found.get(pair, Components()) + parts
        return found

    def cells_of(self, campaign: str) -> list[tuple[Row, Components]]:
        """Give the cells of orders and refunds of a campaign with their components.

        A row each: where there may be many, ask `money` for their sums.
        """
        found = []
        for name, table in self._tables.items():
            taken = COMPONENTS_OF[name]
            mine = table.filter(pc.equal(table["campaign"], campaign))
            for row in self._inside_only(mine).to_pylist():
                components = Components(**{each: row.pop(each) for each in taken})
                found.append((row, components))
        return found

    @property
    def refunds_by_day(self) -> dict[tuple[dt.date, dt.date], int]:
        """Give refunds by the day of their orders and their own."""
        table = self._inside_only(self._tables["refunds"])
        sums = summed(table, ("order_day", "day"), ["refunds"])
        return {(ordered, day): row["refunds"] for (ordered, day), row in sums.items()}

    @property
    def _tables(self) -> dict[str, pa.Table]:
        """Give the cells of orders and of refunds with their components."""
        kept = self.known.valued_cells
        if self.basis not in kept:
            kept[self.basis] = self._valued_cells()
        return kept[self.basis]

    def _inside_only(self, table: pa.Table) -> pa.Table:
        if self.period is None:
            return table
        days = [day for day in table["day"].unique().to_pylist() if self._inside(day)]
        return table.filter(pc.is_in(table["day"], pa.array(days, table["day"].type)))

    def _valued_cells(self) -> dict[str, pa.Table]:
        shares = self.known.order_shares
        orders = self.known.read("valuation.order_cells", order_shares=shares)
        refunds = self.known.read(
            "valuation.refund_cells",
            order_shares=shares,
            cancelled_days=self._cancelled_days(shares),
            basis=self.basis,
        )
        return {
            "orders": _beside(orders, order_components(orders, self._terms_of(orders, "day"))),
            "refunds": _beside(
                refunds, refund_components(refunds, self._terms_of(refunds, "order_day"))
            ),
        }

    def _terms_of(self, cells: pa.Table, day: str) -> CellTerms:
        """Give the terms of the cells' days and currencies."""
        days, currencies = (cells[name].combine_chunks() for name in (day, "currency"))
        coded = [column.dictionary_encode() for column in (days, currencies)]
        width = max(len(coded[1].dictionary), 1)
        codes = np.asarray(coded[0].indices) * width + np.asarray(coded[1].indices)
        there, of = np.unique(codes.astype(np.int64), return_inverse=True)
        names = [column.dictionary.to_pylist() for column in coded]
        terms = [
            self._find_terms(names[0][code // width], names[1][code % width])
            for code in there.tolist()
        ]
        return CellTerms(terms, of.astype(np.int64))

    def _cancelled_days(self, shares: pa.Table) -> pa.Table:
        cancelled = shares.filter(pa.compute.is_valid(shares["cancelled_at"]))
        days = local_days(cancelled["cancelled_at"], self.known.ground.brand.timezone)
        table = pa.table(
            {"source": cancelled["source"], "order_id": cancelled["order_id"], "day": days}
        )
        return table.group_by(["source", "order_id", "day"]).aggregate([])

    @cached_property
    def _margins(self) -> list[Row]:
        return self.known.rows("margins")

    def _find_terms(self, day: dt.date, currency: str) -> DayTerms:
        target = self.known.ground.brand.currency
        found = self.rates.find(day, currency, target)
        margin = margin_ppm(self._margins, day)
        return DayTerms(currency, target, found.rate if found else None, margin)

    @cached_property
    def won(self) -> list[tuple[Row, Components]]:
        """Give every share of a won lead, dated by the basis, with its value.

        As a refund, a lead is won on its own day (event) or counts on the day it came in (order).
        """
        zone = self.known.ground.brand.timezone
        target = self.known.ground.brand.currency
        before: dict[tuple[str, str], int] = defaultdict(int)
        found = []
        leads = self.known.lead_shares
        won = pc.and_kleene(
            pc.equal(leads["stage"], "won"), pc.less_equal(leads["won_at"], self._as_of)
        )
        for row in leads.filter(won).to_pylist():
            lead = row["source"], row["lead_id"]
            since, until = before[lead], before[lead] + row["share_ppm"]
            before[lead] = until
            won_on = brand_day(row["won_at"], zone)
            currency = row["currency"] or target
            rate = self.rates.find(won_on, currency, target)
            terms = DayTerms(currency, target, rate.rate if rate else None, None)
            dated = row | {"day": won_on if self.basis == "event" else row["day"]}
            found.append((dated, lead_components(row["value"], terms, since, until)))
        return found

    @property
    def _as_of(self) -> pa.Scalar:
        return pa.scalar(self.known.as_of, pa.timestamp("us"))

    def _add_leads(self, found: dict[Key, Group], columns: tuple[str, ...]) -> None:
        leads = self._inside_only(_owned(self.known.lead_shares))
        for key, sums in summed(leads, columns, ["share_ppm"]).items():
            found[key].count("leads", sums["share_ppm"] / PPM)
        for row, components in self.won:
            owned = row["campaign"] is not None and row["creator"] is not None
            if owned and self._inside(row["day"]):
                group = found[tuple(row[name] for name in columns)]
                group.count("won_leads", row["share_ppm"] / PPM)
                group.components += components

    def _add_clicks(self, found: dict[Key, Group], columns: tuple[str, ...]) -> None:
        cells = self.known.read("valuation.click_cells", launches=self.known.launch_table)
        cells = cells.filter(pc.is_valid(cells["campaign"]))
        for key, counts in summed(cells, columns, _COUNTED["clicks"]).items():
            for name, count in counts.items():
                found[key].count(name, count)

    def _add_outputs(self, found: dict[Key, Group], columns: tuple[str, ...]) -> None:
        """Add the last complete readings of sponsored posts; on day rows at the day of publication.

        A post of several campaigns counts in each by its share.
        """
        values = self.known.rows("values")
        for row in self.known.read(
            "valuation.post_outputs",
            sponsored=self.known.sponsored,
            readings=self.known.readings,
        ).to_pylist():
            row["day"] = brand_day(row["published_at"], self.known.ground.brand.timezone)
            group = found[tuple(row[name] for name in columns)]
            group.count("posts", 1)
            group.post_days.add(row["day"])
            parts = [row[name] for name in ("likes", "comments", "shares", "saves")]
            counts = {name: row[name] for name in ("views", "reach", "impressions")}
            seen = [part for part in parts if part is not None]
            counts["engagement"] = sum(seen) if seen else None
            for name, count in counts.items():
                if count is not None:
                    group.count(name, count * row["share_ppm"] / PPM)
            self._add_media_value(group, row, counts, values)

    def _add_media_value(
        self, group: Group, row: Row, counts: dict[str, int | None], values: list[Row]
    ) -> None:
        for name, count in {**row, **counts}.items():
            if not isinstance(count, int):
                continue
            price = unit_price(values, name, row["day"], row["campaign"], media=True)
            if price is None:
                continue
            target = self.known.ground.brand.currency
            rate = self.rates.find(row["day"], price.currency, target)
            terms = DayTerms(price.currency, target, rate.rate if rate else None, None)
            if rate is not None:
                share = Decimal(row["share_ppm"]) / PPM
                part = multiply(terms.translate(price.minor(count)), share)
                group.media_value = (group.media_value or 0) + part

    def _add_mentions(self, found: dict[Key, Group], columns: tuple[str, ...]) -> None:
        tags = campaign_hashtags(self.known.campaigns)
        for row in self.known.read("valuation.mentions", campaign_hashtags=tags).to_pylist():
            known = row["creator"] is not None or "creator" not in columns
            if known and "day" not in columns:
                found[tuple(row[name] for name in columns)].count("mentions", 1)

    def _add_reported(self, found: dict[Key, Group], columns: tuple[str, ...]) -> None:
        target = self.known.ground.brand.currency
        for row in self.known.read("valuation.reported").to_pylist():
            row |= {"platform": None, "post_id": None, "creator": row["creator"] or None}
            group = found[tuple(row[name] for name in columns)]
            if row["revenue"] is None or not self._inside(row["day"]):
                continue
            currency = row["currency"] or target
            rate = self.rates.find(row["day"], currency, target)
            if rate is None:
                group.reported = UNTRANSLATED_CLAIM
            elif not isinstance(group.reported, Withheld):
                terms = DayTerms(currency, target, rate.rate, None)
                group.reported = (group.reported or 0) + terms.translate(row["revenue"])

    def _add_sessions(self, found: dict[Key, Group]) -> None:
        aliases = {
            row["alias"]: row["campaign"]
            for row in self.known.rows("aliases")
            if row["kind"] == "utm_campaign" and row["campaign"]
        }
        for row in self.known.read("valuation.sessions").to_pylist():
            name = row["utm_campaign"]
            campaign = aliases.get(name, name if name in self.known.campaigns else None)
            if campaign is not None and row["sessions"] is not None:
                found[campaign,].count("sessions", row["sessions"])


def _claims(one: Claim, other: Claim) -> Claim:
    """Add two claims; an unknown one makes the sum unknown, none adds nothing."""
    for claim in (one, other):
        if isinstance(claim, Withheld):
            return claim
    known = [claim for claim in (one, other) if isinstance(claim, int)]
    return sum(known) if known else None


def _owned(shares: pa.Table) -> pa.Table:
    """Give the shares that belong to a creator in a campaign."""
    return shares.filter(pc.and_(pc.is_valid(shares["campaign"]), pc.is_valid(shares["creator"])))


def _beside(cells: pa.Table, components: Columns) -> pa.Table:
    """Put components beside the cells that they are of; they replace what they are made of."""
    kept = [name for name in _KEPT if name in cells.column_names]
    names = [*kept, *components]
    return pa.table([*(cells[name] for name in kept), *components.values()], names=names)


def summed(
    table: pa.Table, columns: Sequence[str], names: Sequence[str]
) -> dict[tuple[Any, ...], dict[str, int]]:
    """Sum whole numbers by some columns, exactly whatever their size."""
    wide = table.select([*columns, *names])
    for name in names:
        place = wide.schema.get_field_index(name)
        wide = wide.set_column(place, name, wide[name].cast(pa.decimal128(38, 0)))
    found = wide.group_by(list(columns)).aggregate([(name, "sum") for name in names])
    keys = zip(*(found[name].to_pylist() for name in columns), strict=True)
    sums = zip(*(found[f"{name}_sum"].to_pylist() for name in names), strict=True)
    return {
        key: {name: int(each or 0) for name, each in zip(names, row, strict=True)}
        for key, row in zip(keys, sums, strict=True)
    }
