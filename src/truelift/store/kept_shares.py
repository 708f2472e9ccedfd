"""Kept shares: the shares of every conversion under the default rule, in the facts file.

In:   the facts engine, the catalog's version, shares that were made (operations.recompute).
Out:  the shares of a brand as known, when those that are kept are of exactly that; else None.

A cache and no truth: it is in no segment, a facts file made again has none, and a file of another
rule of attribution is dropped. What is kept holds every conversion known, whenever it happened; no
conversion hangs on what happened after it, so that every `as_of` is a part of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import pyarrow as pa
import sqlalchemy as sa

from truelift.base.ids import content_hash
from truelift.store import catalog_store, queries
from truelift.store.facts_engine import FactsEngine, Span

MODEL = "code_first"
LOOKBACK_DAYS = 30
"""The rule that shares are kept under."""

FACTS = ("orders", "leads", "clicks", "posts")
CATALOG = ("codes", "links", "aliases", "profiles")
"""The kinds that shares follow from."""

NEVER = dt.datetime(1, 1, 1)  # noqa: DTZ001 - instants are naive UTC
ALWAYS = dt.datetime(9999, 12, 31, 23, 59, 59, 999_999)  # noqa: DTZ001 - as above
"""As known now and whenever it happened, as a parameter of queries."""

CONVERSION = pa.schema([
    ("conversion_kind", pa.string()), ("source", pa.string()), ("conversion_id", pa.string()),
])  # fmt: skip
_NOTHING = CONVERSION.empty_table()

MOST_SEGMENTS = 500
"""After so many new segments nothing is read in them: everything is made anew."""

_FILES = (
    "kept.schema", "kept.replace_catalog", "attribution.touchpoints",
    f"attribution.shares_{MODEL}", "closure.of_clicks", "closure.of_names",
    "closure.changed_names", "closure.clicks_of_links", "closure.orders", "closure.leads",
    "closure.clicks", "closure.replaced_clicks",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """Of what the kept shares of a brand are.

    segment: the last one they follow from. catalog: the version of the catalog's rows. recorded_at:
    the newest recording among both.
    """

    segment: int
    catalog: str
    recorded_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came into the facts file after a segment.

    last: the number of the last segment, of whatever brand. segments: number and kind of those that
    can move the brand's shares. rows: how many these hold.
    """

    last: int
    segments: tuple[tuple[int, str], ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Change:
    """What is kept from now on.

    made: shares, none when none changed. dirty: the conversions whose shares they replace. catalog:
    relations of the rows they were made with, None when these are as before.
    """

    made: pa.Table | None = None
    dirty: pa.Table = field(default_factory=lambda: _NOTHING)
    catalog: Mapping[str, pa.Table] | None = None


@cache
def rule() -> str:
    """Give a hash of everything that says which shares a conversion has."""
    return content_hash([LOOKBACK_DAYS, *(queries.text(name) for name in _FILES)])


def state(facts: FactsEngine, brand: str) -> Kept | None:
    """Say of what the kept shares of a brand are; None when there are none of this rule."""
    rows = facts.read("kept.state", {"brand": brand}).to_pylist()
    if len(rows) != 1 or rows[0]["rule"] != rule():
        return None
    return Kept(rows[0]["segment"], rows[0]["catalog"], rows[0]["recorded_at"])


def arrived(facts: FactsEngine, brand: str, number: int) -> Arrived | None:
    """Say what came after a segment; None when the file does not hold all of it, or has no log."""
    if facts.log is None:
        return None
    named = {"brand": brand, "number": number, "kinds": list(FACTS)}
    last = facts.read("facts.applied_last", named).to_pylist()[0]
    if not last["whole"]:
        return None
    rows = facts.read("facts.applied_after", named).to_pylist()
    return Arrived(
        last["number"],
        tuple((row["number"], row["kind"]) for row in rows),
        sum(row["rows_applied"] for row in rows),
    )


def shares(
    facts: FactsEngine,
    connection: sa.Connection,
    brand: str,
    *,
    as_of: dt.datetime,
    known_at: dt.datetime,
    of: tuple[str, pa.Table] | None = None,
) -> pa.Table | None:
    """Give a brand's shares up to a time, if those kept are what is known at another; else None.

    of: a campaign and creators: shares in campaigns are then only of these creators, and of those
    who have any in the campaign.
    """
    with facts.at_once():
        if not current(facts, connection, brand, known_at=known_at):
            return None
        named = {"brand": brand, "as_of": as_of}
        if of is None:
            return facts.read("kept.shares", named)
        campaign, creators = of
        given = {"given_creators": creators}
        return facts.read("kept.shares_of", named | {"campaign": campaign}, given)


def current(
    facts: FactsEngine, connection: sa.Connection, brand: str, *, known_at: dt.datetime
) -> bool:
    """Say whether the shares that are kept are what is known at a time."""
    kept = state(facts, brand)
    if kept is None or kept.recorded_at > known_at:
        return False
    came = arrived(facts, brand, kept.segment)
    if came is None or came.segments:
        return False
    catalog, recorded_at = catalog_store.version(connection, brand, CATALOG)
    return catalog == kept.catalog and (recorded_at is None or recorded_at <= known_at)


def between(facts: FactsEngine, brand: str, span: Span) -> pa.Table:
    """Give the kept shares of the conversions of a span."""
    named = {"brand": brand, "since": span[0], "until": span[1]}
    return facts.read("kept.between", named)


def catalog_rows(facts: FactsEngine, brand: str) -> dict[str, pa.Table]:
    """Give the catalog's rows that shares were made with, as relations of queries."""
    return {f"catalog_{kind}": facts.read(f"kept.{kind}", {"brand": brand}) for kind in CATALOG}


def keep(facts: FactsEngine, brand: str, kept: Kept, change: Change) -> None:
    """Keep shares that were made, at once with what they are of."""
    named = {"brand": brand}
    with facts.at_once():
        if change.made is not None:
            given = {"given_shares": change.made, "given_dirty": change.dirty}
            facts.keep("kept.replace_shares", named, given)
        if change.catalog is not None:
            facts.keep("kept.replace_catalog", named, change.catalog)
        values = {"segment": kept.segment, "catalog": kept.catalog, "recorded_at": kept.recorded_at}
        facts.keep("kept.set_state", named | values | {"rule": rule()})


def add(facts: FactsEngine, brand: str, made: pa.Table) -> None:
    """Keep more shares, of conversions that have none."""
    given = {"given_shares": made, "given_dirty": _NOTHING}
    facts.keep("kept.replace_shares", {"brand": brand}, given)


def begin(facts: FactsEngine, brand: str) -> None:
    """Empty a brand's shares; tables of another rule, and perhaps other columns, go with them."""
    rules = facts.read("kept.rules", {})["rule"].to_pylist()
    if rules != [rule()]:
        facts.keep("kept.drop", {})
        facts.keep("kept.schema", {})
    facts.keep("kept.forget_shares", {"brand": brand})
