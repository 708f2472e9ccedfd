"""Recompute: after a batch, the shares of the conversions that it can have moved are made anew.

In:   the ground, after facts or catalog rows came in.
Out:  kept shares that are what the full query would give; what differs, when it is asked.

By closure and not by day: a late click moves a conversion of another day, a code that is mapped
late moves all that used it. What arrived gives the dirty conversions, the query of touchpoints is
run over these alone, and their shares are replaced. What cannot be bounded makes everything anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from truelift.facts.kinds import KINDS
from truelift.operations.people import Action, needs
from truelift.store import catalog_store, kept_shares
from truelift.store.facts_engine import Span
from truelift.store.ground import Ground
from truelift.store.kept_shares import (
    ALWAYS,
    CATALOG,
    CONVERSION,
    FACTS,
    LOOKBACK_DAYS,
    MODEL,
    NEVER,
    Arrived,
    Change,
    Kept,
)

Tables = Mapping[str, pa.Table]

MOST_CONVERSIONS = 500_000
"""So many are made at a time (but no day is cut), so that memory is bounded."""

MOST_ROWS = 50_000
MOST_NAMES = 2_000
"""After more arrived rows, or more changed names of the catalog, everything is made anew."""

_TEXT = pa.string()
_CLICK = pa.schema([("click_id", _TEXT), ("visitor", _TEXT), ("clicked_at", pa.timestamp("us"))])
_POST = pa.schema([("post_id", _TEXT)])
_KINDS = (
    ("orders", "order", "order_id", "ordered_at"),
    ("leads", "lead", "lead_id", "created_at"),
)
DIRTY = CONVERSION.append(pa.field("converted_at", pa.timestamp("us")))
_ARRIVED = {
    "orders": ["brand", "recorded_at", "source", "order_id", "ordered_at"],
    "leads": ["brand", "recorded_at", "source", "lead_id", "created_at"],
    "clicks": ["brand", "recorded_at", *_CLICK.names],
    "posts": ["brand", "recorded_at", *_POST.names],
}


@dataclass(frozen=True, slots=True)
class Recomputed:
    """How many conversions were given their shares anew, and whether that were all."""

    conversions: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """What arrived since shares were kept: conversions, clicks, posts, and when at the latest.

    names: of catalog rows that came, went or changed. catalog: its rows, as relations.
    """

    conversions: pa.Table
    clicks: pa.Table
    posts: pa.Table
    names: pa.Table
    catalog: Tables
    recorded_at: dt.datetime


NOTHING = Recomputed(0, whole=False)


def recompute(ground: Ground) -> Recomputed:
    """Bring the kept shares of a brand up to what is known; nothing when nothing moves them."""
    facts, brand = ground.facts, ground.brand.brand
    before = kept_shares.state(facts, brand)
    since = 0 if before is None else before.segment
    came = kept_shares.arrived(facts, brand, since)
    if came is None:
        return NOTHING
    with ground.workspace.transaction() as connection:
        version, cataloged_at = catalog_store.version(connection, brand, CATALOG)
    kept = Kept(came.last, version, cataloged_at or NEVER)
    if before is None or came.rows > MOST_ROWS or len(came.segments) > kept_shares.MOST_SEGMENTS:
        return _all(ground, kept)
    if not came.segments and version == before.catalog:
        if came.last > since:
            kept_shares.keep(facts, brand, _newer(kept, before.recorded_at), Change())
        return NOTHING
    return _some(ground, before, kept, came)


def _newer(kept: Kept, recorded_at: dt.datetime) -> Kept:
    return Kept(kept.segment, kept.catalog, max(kept.recorded_at, recorded_at))


def _all(ground: Ground, kept: Kept) -> Recomputed:
    catalog, facts, brand = _catalog(ground), ground.facts, ground.brand.brand
    newer, conversions = _newer(kept, facts.recordings(brand)[-1] or NEVER), 0
    with facts.at_once():
        kept_shares.begin(facts, brand)
        for span in _spans(ground):
            made = _made(ground, catalog, span=span)
            conversions += made.num_rows
            kept_shares.add(facts, brand, made)
        kept_shares.keep(facts, brand, newer, Change(catalog=catalog))
    return Recomputed(conversions, whole=True)


def _spans(ground: Ground) -> list[Span]:
    """Cut time into spans with at most so many conversions; days are not cut."""
    days = ground.facts.read("closure.conversion_days", _parameters(ground)).to_pylist()
    cuts, inside = [NEVER], 0
    for row in days:
        if inside and inside + row["conversions"] > MOST_CONVERSIONS:
            cuts.append(dt.datetime.combine(row["day"], dt.time()))
            inside = 0
        inside += row["conversions"]
    return list(pairwise([*cuts, ALWAYS]))


def _some(ground: Ground, before: Kept, kept: Kept, came: Arrived) -> Recomputed:
    facts, brand = ground.facts, ground.brand.brand
    same = kept.catalog == before.catalog
    catalog = kept_shares.catalog_rows(facts, brand) if same else _catalog(ground)
    batch = _batch(ground, came, catalog, same=same)
    if batch is None or batch.names.num_rows > MOST_NAMES:
        return _all(ground, kept)
    dirty = dirty_conversions(ground, batch)
    newer = _newer(kept, max(before.recorded_at, batch.recorded_at))
    other = None if same else catalog
    if not dirty.num_rows:
        kept_shares.keep(facts, brand, newer, Change(catalog=other))
        return NOTHING
    narrowed = _narrowed(ground, dirty)
    anew = _named(narrowed)
    change = Change(_made(ground, catalog, narrowed), anew, other)
    kept_shares.keep(facts, brand, newer, change)
    return Recomputed(anew.num_rows, whole=False)


def _named(narrowed: Tables) -> pa.Table:
    """Name the conversions among facts: those that are made anew, and so give way."""
    return pa.concat_tables(
        _conversions([narrowed[kind]], word, key, at).select(CONVERSION.names)
        for kind, word, key, at in _KINDS
    )


def _batch(ground: Ground, came: Arrived, catalog: Tables, *, same: bool) -> Batch | None:
    """Read what arrived from the log, and what changed in the catalog.

    None when a segment was merged with others meanwhile, as only long after it came.
    """
    found: dict[str, list[pa.Table]] = {kind: [] for kind in FACTS}
    recorded = [NEVER]
    for number, kind in came.segments:
        rows = ground.facts.logged(number, kind, _ARRIVED[kind])
        if rows is None:
            return None
        own = rows.filter(pc.equal(rows["brand"], ground.brand.brand))
        recorded.append(pc.max(own["recorded_at"]).as_py() or NEVER)
        found[kind].append(own)
    orders, leads = (_conversions(found[kind], word, key, at) for kind, word, key, at in _KINDS)
    names = pa.table({"kind": pa.array([], _TEXT), "name": pa.array([], _TEXT)})
    if not same:
        names = ground.facts.read("closure.changed_names", _parameters(ground), catalog)
    return Batch(
        conversions=pa.concat_tables([orders, leads]),
        clicks=_joined(found["clicks"], _CLICK),
        posts=_joined(found["posts"], _POST),
        names=names,
        catalog=catalog,
        recorded_at=max(recorded),
    )


def dirty_conversions(ground: Ground, batch: Batch) -> pa.Table:
    """Give every conversion whose shares a batch can have moved, and perhaps some more.

    A conversion may be given more than once; the last time it is known at is among its times.
    """
    facts, parameters = ground.facts, _parameters(ground)
    moved = [batch.clicks]
    if batch.clicks.num_rows:
        given = {"given_arrived_clicks": batch.clicks.select(["click_id"])}
        moved.append(facts.read("closure.replaced_clicks", parameters, given))
    links = batch.catalog["catalog_links"]
    of_posts = links.filter(pc.is_in(links["post_id"], batch.posts["post_id"].combine_chunks()))
    named = batch.names.filter(pc.equal(batch.names["kind"], "link"))
    slugs = pa.concat_tables([
        of_posts.select(["slug"]), pa.table({"slug": named["name"]}),
    ])  # fmt: skip
    if slugs.num_rows:
        given = {"given_changed_links": slugs}
        moved.append(facts.read("closure.clicks_of_links", parameters, given))
    found = [batch.conversions]
    clicks = pa.concat_tables([table.cast(_CLICK) for table in moved])
    if clicks.num_rows:
        span = pc.min_max(clicks["clicked_at"]).as_py()
        until = span["max"] + dt.timedelta(days=LOOKBACK_DAYS)
        between = parameters | {"since": span["min"], "until": until}
        found.append(facts.read("closure.of_clicks", between, {"given_moved_clicks": clicks}))
    if batch.names.num_rows:
        given = {"given_changed_names": batch.names}
        found.append(facts.read("closure.of_names", parameters, given))
    return pa.concat_tables(found)


def _narrowed(ground: Ground, dirty: pa.Table) -> dict[str, pa.Table]:
    """Give the known facts that the shares of some conversions can hang on."""
    facts, given = ground.facts, {"given_dirty": dirty}
    span = pc.min_max(dirty["converted_at"]).as_py()
    between = _parameters(ground) | {"since": span["min"], "until": span["max"]}
    orders = facts.read("closure.orders", between, given)
    leads = facts.read("closure.leads", between, given)
    before = {"since": span["min"] - dt.timedelta(days=LOOKBACK_DAYS)}
    visits = {
        "given_click_ids": _values("click_id", orders, leads),
        "given_visitors": _values("visitor", orders, leads),
    }
    clicks = facts.read("closure.clicks", between | before, visits)
    return {"orders": orders, "leads": leads, "clicks": clicks}


def _made(
    ground: Ground,
    catalog: Tables,
    narrowed: Tables | None = None,
    span: Span = (NEVER, ALWAYS),
) -> pa.Table:
    """Make shares by the query of touchpoints: of conversions of a span, or of those handed in."""
    parameters = _parameters(ground)
    spans = {}
    if span != (NEVER, ALWAYS):
        since, until = span
        lookback = dt.timedelta(days=LOOKBACK_DAYS)
        clicks = (since if since == NEVER else since - lookback, until)
        spans = {"orders": span, "leads": span, "clicks": clicks}
    touchpoints = ground.facts.read("attribution.touchpoints", parameters, catalog, narrowed, spans)
    given = {"given_touchpoints": touchpoints}
    return ground.facts.read(f"attribution.shares_{MODEL}", parameters, given)


def _catalog(ground: Ground) -> dict[str, pa.Table]:
    with ground.workspace.transaction() as connection:
        return {
            f"catalog_{kind}": catalog_store.known_rows(connection, KINDS[kind], ground.brand.brand)
            for kind in CATALOG
        }


def _parameters(ground: Ground) -> dict[str, Any]:
    return {
        "brand": ground.brand.brand,
        "known_at": ALWAYS,
        "as_of": ALWAYS,
        "lookback_days": LOOKBACK_DAYS,
    }


def _conversions(tables: list[pa.Table], word: str, key: str, at: str) -> pa.Table:
    schema = pa.schema([("source", _TEXT), (key, _TEXT), (at, pa.timestamp("us"))])
    found = _joined(tables, schema)
    kinds = pa.chunked_array([pa.repeat(pa.scalar(word), found.num_rows)])
    return pa.table([kinds, found["source"], found[key], found[at]], schema=DIRTY)


def _joined(tables: list[pa.Table], schema: pa.Schema) -> pa.Table:
    return pa.concat_tables([
        schema.empty_table(), *(table.select(schema.names).cast(schema) for table in tables),
    ])  # fmt: skip


def _values(name: str, *tables: pa.Table) -> pa.Table:
    """Give the values of a column in tables, each once and none that is missing."""
    chunks = [chunk for table in tables for chunk in table[name].chunks]
    found = pc.unique(pa.concat_arrays([*chunks, pa.array([], _TEXT)]))
    return pa.table({name: found.drop_null()})


@dataclass(frozen=True, slots=True)
class Verified:
    """What was compared, and a sentence for each conversion whose kept shares are not right."""

    sentence: str
    wrong: tuple[str, ...]


@needs(Action.READ)
def verify_kept(ground: Ground) -> Verified:
    """Compare the kept shares with those made anew from the facts."""
    facts, brand = ground.facts, ground.brand.brand
    with ground.workspace.transaction() as connection:
        current = kept_shares.current(facts, connection, brand, known_at=ALWAYS)
    if not current:
        return Verified(NOTHING_KEPT, ())
    catalog, shares, wrong = _catalog(ground), 0, []
    for span in _spans(ground):
        made = _made(ground, catalog, span=span)
        relations = {"given_kept": kept_shares.between(facts, brand, span), "given_made": made}
        wrong += facts.read("closure.differences", {}, relations).to_pylist()
        shares += made.num_rows
    sentence = f"The {shares} kept shares are those that a full recompute gives."
    return Verified(sentence, tuple(_told(row) for row in wrong))


NOTHING_KEPT = (
    "No shares are kept of what is known now, so reports make them anew; the next import that "
    "changes something keeps them."
)


def _told(row: dict[str, Any]) -> str:
    source = f" from {row['source']}" if row["source"] else ""
    return (
        f"The kept shares of {row['conversion_kind']} {row['conversion_id']}{source} are not those "
        "that its touchpoints give; `truelift rebuild` makes them anew."
    )
