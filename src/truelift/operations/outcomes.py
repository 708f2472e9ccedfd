"""Outcomes: attributed orders, refunds, leads, clicks and outputs of a brand, summed to groups.

In:   Knowledge, and how to group (campaign, creator, platform, post, day).
Out:  per group: components in the brand's currency, counts of outputs, what was reported.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

import pyarrow as pa

from truelift.base.estimate import Reason, Withheld
from truelift.base.money import multiply
from truelift.base.time import Period, brand_day
from truelift.ledger.accounting_calendar import AccountingCalendar
from truelift.ledger.fx import RateSet
from truelift.operations.knowledge import Knowledge, campaign_hashtags, local_days
from truelift.operations.panels import PPM
from truelift.valuation.cells import (
    DayTerms,
    lead_components,
    order_components,
    valued_refunds,
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
        for row, components in self.cells:
            if row["campaign"] is not None:
                group = found[tuple(row[name] for name in columns)]
                group.components += components
                for name in ("orders", "refunds"):
                    group.count(name, row.get(f"{name}_ppm", 0) / PPM)
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

    @cached_property
    def cells(self) -> list[tuple[Row, Components]]:
        """Give every cell of orders and refunds with its components in the brand's currency."""
        kept = self.known.valued_cells
        if self.basis not in kept:
            kept[self.basis] = self._valued_cells()
        return [cell for cell in kept[self.basis] if self._inside(cell[0]["day"])]

    def _valued_cells(self) -> list[tuple[Row, Components]]:
        shares = self.known.order_shares
        orders = self.known.read("valuation.order_cells", order_shares=shares).to_pylist()
        refunds = self.known.read(
            "valuation.refund_cells",
            order_shares=shares,
            cancelled_days=self._cancelled_days(shares),
            basis=self.basis,
        ).to_pylist()
        cells = [
            (row, order_components(row, self._terms(row["day"], row["currency"]))) for row in orders
        ]
        cells += valued_refunds(refunds, lambda row: self._terms(row["order_day"], row["currency"]))
        return cells

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

    def _terms(self, day: dt.date, currency: str) -> DayTerms:
        """Give the rate and the brand's margin of a day."""
        if (day, currency) not in self._found_terms:
            self._found_terms[day, currency] = self._find_terms(day, currency)
        return self._found_terms[day, currency]

    @cached_property
    def _found_terms(self) -> dict[tuple[dt.date, str], DayTerms]:
        return {}

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
        for row in self.known.lead_shares.to_pylist():
            lead = row["source"], row["lead_id"]
            since, until = before[lead], before[lead] + row["share_ppm"]
            before[lead] = until
            at = row["won_at"]
            if row["stage"] != "won" or at is None or at > self.known.as_of:
                continue
            won_on = brand_day(at, zone)
            currency = row["currency"] or target
            rate = self.rates.find(won_on, currency, target)
            terms = DayTerms(currency, target, rate.rate if rate else None, None)
            dated = row | {"day": won_on if self.basis == "event" else row["day"]}
            found.append((dated, lead_components(row["value"], terms, since, until)))
        return found

    def _add_leads(self, found: dict[Key, Group], columns: tuple[str, ...]) -> None:
        for row in self.known.lead_shares.to_pylist():
            if _owned(row) and self._inside(row["day"]):
                group = found[tuple(row[name] for name in columns)]
                group.count("leads", row["share_ppm"] / PPM)
        for row, components in self.won:
            if _owned(row) and self._inside(row["day"]):
                group = found[tuple(row[name] for name in columns)]
                group.count("won_leads", row["share_ppm"] / PPM)
                group.components += components

    def _add_clicks(self, found: dict[Key, Group], columns: tuple[str, ...]) -> None:
        rows = self.known.read("valuation.click_cells", launches=self.known.launch_table)
        for row in rows.to_pylist():
            if row["campaign"] is not None:
                group = found[tuple(row[name] for name in columns)]
                for name in _COUNTED["clicks"]:
                    group.count(name, row[name])

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


def _owned(row: Row) -> bool:
    """Say whether a share belongs to a creator in a campaign."""
    return row["campaign"] is not None and row["creator"] is not None
