"""Shares that are kept are those that the full query gives, after every batch of any history.

Histories are made up: late clicks, orders before their clicks, rows again and rows that changed,
codes, links, aliases and profiles that change hands late, visitors of several creators. The test is
known to bite: rules that look at too little are planted, and each is found out by a history.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
from dataclasses import dataclass, replace

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from truelift.base.columns import Plane
from truelift.facts.acceptance import AcceptanceContext, accept
from truelift.facts.event import EventBatch
from truelift.facts.kinds import KINDS
from truelift.operations import recompute as recomputing
from truelift.operations.knowledge import Knowledge
from truelift.operations.recompute import NOTHING_KEPT, Recomputed, recompute, verify_kept
from truelift.store import catalog_store, kept_shares
from truelift.store import ground as grounds
from truelift.store.stamp import Stamp
from truelift.store.workspace_database import BrandRecord

CONTEXT = AcceptanceContext("America/New_York", "USD", b"salt")
START = dt.datetime(2026, 3, 1)
LATER = START + dt.timedelta(days=400)


def at(hours):
    return (START + dt.timedelta(hours=hours)).isoformat() + "Z"


moments = st.one_of(
    st.sampled_from([0, 1, 29, 30, 31, 45, 60]).map(lambda day: at(24 * day)),
    st.integers(0, 60 * 24).map(at),
)
maybe = st.sampled_from([None, None, None, at(0), at(20 * 24), at(40 * 24)])
creators = st.sampled_from(["ana", "bo", "cy"])
campaigns = st.sampled_from([None, "spring", "summer"])
visitors = st.sampled_from([None, "v1", "v1", "v2", "v3"])
click_ids = st.sampled_from([f"c{number}" for number in range(8)])
contents = st.sampled_from([None, "tiktok:@ana", "Reel-7", "other"])
utm_campaigns = st.sampled_from([None, "spring_26", "Spring_26"])
code_names = st.sampled_from(["ANA10", "BO10", "OLD"])


def rows_of(kind, /, **columns):
    cells = {name: st.just(value) if value is None else value for name, value in columns.items()}
    return st.tuples(st.just(kind), st.fixed_dictionaries(cells))


sources = st.sampled_from([None, None, "shop"])
order_ids = st.sampled_from([f"o{number}" for number in range(8)])
ORDER = {
    "source": sources,
    "order_id": order_ids, "ordered_at": moments, "currency": st.just("USD"),
    "subtotal": st.sampled_from(["10.00", "20.00"]), "updated_at": st.none() | moments,
    "cancelled_at": st.sampled_from([None, None, None, at(61 * 24)]),
}  # fmt: skip
CLICKED = {"click_id": st.none() | click_ids, "visitor": visitors}
TAGGED = {
    "utm_source": st.sampled_from([None, "tiktok_shop"]), "utm_content": contents,
    "utm_campaign": utm_campaigns,
}  # fmt: skip
CODED = {
    "code": st.none() | code_names.map(str.lower),
    "codes": st.sampled_from([None, "bo10;zed", "OLD;ANA10", "old"]),
}
orders = st.one_of(
    rows_of("orders", **ORDER, **CLICKED),
    rows_of("orders", **ORDER, **CODED),
    rows_of("orders", **ORDER, **TAGGED),
    rows_of("orders", **ORDER, **CODED, **CLICKED, **TAGGED),
)
leads = rows_of(
    "leads", source=sources,
    lead_id=st.sampled_from(["l0", "l1", "l2"]), created_at=moments,
    stage=st.sampled_from(["lead", "won"]), code=st.none() | code_names, **CLICKED,
)  # fmt: skip
clicks = rows_of(
    "clicks", click_id=click_ids, clicked_at=moments, visitor=visitors,
    slug=st.sampled_from(["a1", "b1", "c1"]), consent=st.sampled_from(["yes", "yes", "yes", "no"]),
    user_agent=st.sampled_from(["human", "human", "human", "bot"]),
)  # fmt: skip
posts = rows_of(
    "posts", platform=st.sampled_from(["instagram", "tiktok"]),
    post_id=st.sampled_from(["p1", "p2"]), published_at=moments, creator=creators,
)  # fmt: skip
codes = rows_of(
    "codes", code=code_names, valid_from=maybe, valid_to=maybe, creator=creators,
    campaign=campaigns, kind=st.sampled_from([None, "creator", "sitewide", "evergreen"]),
)  # fmt: skip
links = rows_of(
    "links", slug=st.sampled_from(["a1", "b1", "c1"]), destination=st.just("https://shop.example/"),
    creator=st.none() | creators, campaign=campaigns, valid_from=maybe, valid_to=maybe,
    post_id=st.sampled_from([None, "p1", "p2"]),
)  # fmt: skip
aliases = st.one_of(
    rows_of(
        "aliases",
        kind=st.just(kind),
        alias=names,
        valid_from=maybe,
        creator=creators,
        campaign=campaigns,
    )
    for kind, names in (
        ("code", st.sampled_from(["old", "ana10"])),
        ("utm_content", st.sampled_from(["Reel-7", "tiktok:@ana"])),
        ("utm_campaign", st.just("SPRING_26")),
    )
)
profiles = rows_of(
    "profiles", platform=st.just("tiktok"), handle=st.just("ana"), creator=creators,
    valid_from=maybe,
)  # fmt: skip
facts = st.one_of(orders, orders, leads, clicks, clicks)
anything = st.one_of(facts, facts, facts, codes, links, aliases, profiles, posts)
catalogs = st.tuples(links, links, codes, aliases, profiles).map(list)
histories = st.builds(
    lambda first, batches: [[*first, *batches[0]], *batches[1:]],
    catalogs,
    st.lists(st.lists(anything, min_size=1, max_size=6), min_size=2, max_size=6),
)


@dataclass
class Shop:
    """A brand of its own on a ground that many share: rows are taken in without files."""

    ground: object
    batches: int = 0

    def take(self, batch):
        """Take in one batch; what cannot be accepted or conflicts is left out."""
        self.batches += 1
        for kind in dict.fromkeys(kind for kind, _ in batch):
            self.append(kind, [row for name, row in batch if name == kind])

    def append(self, name, rows):
        kind = KINDS[name]
        names = dict.fromkeys(itertools.chain(*rows))
        cells = {key: pa.array([row.get(key) for row in rows], pa.string()) for key in names}
        lines = pa.array(range(2, 2 + len(rows)), pa.int64())
        taken = accept(EventBatch(name, "x", "x.csv", "", pa.table(cells), lines), CONTEXT).rows
        if name == "clicks":
            for label in ("class", "class_rule"):
                taken = taken.append_column(label, taken["user_agent"])
        sha256 = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
        recorded_at = LATER + dt.timedelta(minutes=self.batches)
        stamp = Stamp(self.ground.brand.brand, name, f"{name}.csv", sha256, recorded_at)
        if kind.plane is Plane.FACTS:
            self.ground.facts.append(kind, taken, stamp)
            return
        with self.ground.workspace.transaction() as connection:
            catalog_store.append(connection, kind, taken, stamp)

    def kept(self, as_of=kept_shares.ALWAYS, known_at=kept_shares.ALWAYS):
        with self.ground.workspace.transaction() as connection:
            return kept_shares.shares(
                self.ground.facts, connection, self.ground.brand.brand,
                as_of=as_of, known_at=known_at,
            )  # fmt: skip

    def full(self, as_of=kept_shares.ALWAYS, known_at=kept_shares.ALWAYS):
        """Give the shares as the full query does, whatever is kept."""
        known = Knowledge(self.ground, as_of, known_at)
        return known.read("attribution.shares_code_first", touchpoints=known.touchpoints)


def same(one, other):
    assert one.schema.equals(other.schema)
    return sorted(map(repr, one.to_pylist())) == sorted(map(repr, other.to_pylist()))


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shops") / "workspace"
    grounds.create(folder, BrandRecord("acme", "acme", "USD", "UTC", "acme", "months"), START)
    with grounds.opened(folder, None, grounds.StoppedClock(LATER), "ana.controller") as opened:
        yield opened


@pytest.fixture(scope="module")
def shops(ground):
    """Give brands of which nothing is known, on one ground; what one keeps is not another's."""

    def shop(number=itertools.count()):  # noqa: B008 - counts through the module
        return Shop(replace(ground, brand=replace(ground.brand, brand=f"brand-{next(number)}")))

    return shop


def first_wrong(shop, history):
    """Give the number of the first batch after which kept shares are not the full query's."""
    for number, batch in enumerate(history):
        shop.take(batch)
        recompute(shop.ground)
        kept = shop.kept()
        assert kept is not None
        if not same(kept, shop.full()):
            return number
    return None


def check(shop, history):
    assert first_wrong(shop, history) is None
    assert verify_kept(shop.ground).wrong == ()
    # What is kept serves every as_of; what was known before is not answered from it.
    for day in (0, 30, 45):
        as_of = START + dt.timedelta(days=day)
        assert same(shop.kept(as_of), shop.full(as_of))
    assert shop.kept(known_at=LATER) is None


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=histories)
def test_kept_shares_are_those_of_the_full_query_after_every_batch(shops, history):
    check(shops(), history)


@pytest.mark.soak
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=histories)
def test_kept_shares_are_those_of_the_full_query_in_many_histories(shops, history):
    check(shops(), history)


def of_the_touched_days(ground, batch):
    """Look at the conversions of the days on which something happened, as is often done."""
    known = Knowledge(ground, kept_shares.ALWAYS, kept_shares.ALWAYS)
    shares = known.read("attribution.shares_code_first", touchpoints=known.touchpoints)
    rows = shares.to_pylist()
    arrived = {key_of(row) for row in batch.conversions.to_pylist()}
    days = {row["day"] for row in rows if key_of(row) in arrived}
    days |= {moment.date() for moment in batch.clicks["clicked_at"].to_pylist()}
    found = [row["day"] in days or key_of(row) in arrived for row in rows]
    return shares.filter(pa.array(found, pa.bool_())).select(recomputing.DIRTY.names)


def key_of(row):
    return tuple(row[name] for name in kept_shares.CONVERSION.names)


def without(part):
    """Look at everything that arrived but one part of it."""
    closure = recomputing.dirty_conversions

    def dirty(ground, batch):
        return closure(ground, replace(batch, **{part: getattr(batch, part).slice(0, 0)}))

    return dirty


@pytest.mark.soak
def test_looking_at_the_touched_days_alone_is_found_out(shops, monkeypatch):
    monkeypatch.setattr(recomputing, "dirty_conversions", of_the_touched_days)
    find(
        histories,
        lambda history: first_wrong(shops(), history) is not None,
        settings=settings(max_examples=200, deadline=None, phases=[Phase.generate]),
    )


def order(number, day, **more):
    row = {"order_id": number, "ordered_at": at(24 * day), "currency": "USD", "subtotal": "10.00"}
    return "orders", row | more


def click(number, day, slug, **more):
    row = {"click_id": number, "clicked_at": at(24 * day), "slug": slug, "consent": "yes"}
    return "clicks", row | {"user_agent": "human"} | more


def post(number, platform):
    row = {"platform": platform, "post_id": number, "published_at": at(0), "creator": "ana"}
    return "posts", row


def link(slug, creator, **more):
    return "links", {"slug": slug, "destination": "https://s.example/", "creator": creator} | more


LATE = {
    "conversions": [[link("a1", "ana"), order("o1", 1)], [order("o1", 1, code="A")]],
    "clicks": [
        [link("a1", "ana"), order("o1", 20, visitor="v")], [click("c1", 2, "a1", visitor="v")]
    ],
    "posts": [
        [link("a1", "ana", post_id="p1"), click("c1", 1, "a1"), order("o1", 2, click_id="c1")],
        [post("p1", "tiktok")],
    ],
    "names": [[order("o1", 1, code="OLD")], [("codes", {"code": "OLD", "creator": "bo"})]],
}  # fmt: skip


@pytest.mark.parametrize("part", LATE)
def test_each_part_of_the_closure_is_needed(shops, monkeypatch, part):
    first, late = LATE[part]
    assert first_wrong(shops(), [[*first, ("codes", {"code": "A", "creator": "cy"})], late]) is None
    monkeypatch.setattr(recomputing, "dirty_conversions", without(part))
    wrong = first_wrong(shops(), [[*first, ("codes", {"code": "A", "creator": "cy"})], late])
    assert wrong == 1


def owners(shop):
    return {row["conversion_id"]: row["creator"] for row in shop.kept().to_pylist()}


def test_a_late_click_moves_an_order_of_another_day(shops):
    shop = shops()
    shop.take([link("a1", "ana"), order("o1", 20, visitor="v"), order("o2", 20, visitor="w")])
    assert recompute(shop.ground) == Recomputed(2, whole=True)
    shop.take([click("c1", 2, "a1", visitor="v")])
    assert recompute(shop.ground) == Recomputed(1, whole=False)
    assert owners(shop) == {"o1": "ana", "o2": None}
    # The visitor was another: both are looked at, and the first is no longer Ana's.
    shop.take([click("c1", 2, "a1", visitor="w")])
    assert recompute(shop.ground) == Recomputed(2, whole=False)
    assert owners(shop) == {"o1": None, "o2": "ana"}


def test_a_code_that_is_mapped_late_moves_all_that_used_it(shops):
    shop = shops()
    batch = [order("o1", 1, code="old"), order("o2", 2, codes="x;OLD"), order("o3", 3, code="new")]
    shop.take(batch)
    recompute(shop.ground)
    shop.take([("aliases", {"kind": "code", "alias": "OLD", "creator": "bo"})])
    assert recompute(shop.ground) == Recomputed(2, whole=False)
    assert owners(shop) == {"o1": "bo", "o2": "bo", "o3": None}


def test_sources_that_use_the_same_id_are_told_apart(shops):
    shop = shops()
    shop.take([order("1", 1, code="A"), order("1", 50, code="A", source="shop")])
    recompute(shop.ground)
    shop.take([("codes", {"code": "A", "creator": "bo", "valid_from": at(24 * 40)})])
    recompute(shop.ground)
    shop.take([order("1", 1), click("c1", 1, "a1")])
    assert recompute(shop.ground) == Recomputed(1, whole=False)
    assert same(shop.kept(), shop.full())


def test_what_moves_no_share_leaves_them_as_they_are(shops):
    shop, other = shops(), shops()
    assert shop.kept() is None
    shop.take([order("o1", 1)])
    recompute(shop.ground)
    # Another brand's rows leave this one's shares in force; a row of another kind does too.
    other.take([order("o1", 2), click("c1", 1, "a1")])
    shop.take([("mentions", {"platform": "tiktok", "post_id": "p", "tag": "spring"})])
    assert owners(shop) == {"o1": None}
    assert recompute(shop.ground) == Recomputed(0, whole=False)
    shop.take([order("o2", 1)])
    assert shop.kept() is None  # not yet
    assert recompute(shop.ground) == Recomputed(1, whole=False)


def test_what_cannot_be_bounded_makes_everything_anew(shops, monkeypatch):
    shop = shops()
    shop.take([order("o1", 1, code="A"), order("o2", 1)])
    recompute(shop.ground)
    monkeypatch.setattr(recomputing, "MOST_NAMES", 0)
    shop.take([("codes", {"code": "A", "creator": "ana"})])
    assert recompute(shop.ground) == Recomputed(2, whole=True)
    monkeypatch.setattr(recomputing, "MOST_ROWS", 0)
    shop.take([order("o3", 1)])
    assert recompute(shop.ground) == Recomputed(3, whole=True)
    monkeypatch.undo()
    monkeypatch.setattr(kept_shares, "MOST_SEGMENTS", 0)
    shop.take([order("o4", 1)])
    assert shop.kept() is None
    assert recompute(shop.ground) == Recomputed(4, whole=True)
    assert owners(shop) == {"o1": "ana", "o2": None, "o3": None, "o4": None}


def test_many_conversions_are_made_a_few_days_at_a_time(shops, monkeypatch):
    shop = shops()
    days = range(0, 60, 2)
    shop.take([
        link("a1", "ana"),
        *(order(f"o{day}", day, visitor=f"v{day % 8}") for day in days),
        *(click(f"c{day}", day - 29, "a1", visitor=f"v{day % 8}") for day in days),
    ])  # fmt: skip
    monkeypatch.setattr(recomputing, "MOST_CONVERSIONS", 4)
    assert len(recomputing._spans(shop.ground)) == 8
    assert recompute(shop.ground) == Recomputed(30, whole=True)
    assert same(shop.kept(), shop.full())
    assert set(owners(shop).values()) == {"ana"}
    assert verify_kept(shop.ground).wrong == ()


def test_a_share_that_is_not_what_its_touchpoints_give_is_told(shops):
    shop = shops()
    shop.take([order("o1", 1), order("o2", 1, source="shop")])
    assert verify_kept(shop.ground).sentence == NOTHING_KEPT
    recompute(shop.ground)
    assert verify_kept(shop.ground).wrong == ()
    wrong = shop.kept().to_pylist()
    for row in wrong:
        row["creator"] = "bo"
    kept = kept_shares.state(shop.ground.facts, shop.ground.brand.brand)
    made = pa.Table.from_pylist(wrong, schema=shop.kept().schema)
    change = kept_shares.Change(made, made.select(kept_shares.CONVERSION.names))
    kept_shares.keep(shop.ground.facts, shop.ground.brand.brand, kept, change)
    assert [sentence[:33] for sentence in verify_kept(shop.ground).wrong] == [
        "The kept shares of order o1 are n", "The kept shares of order o2 from ",
    ]  # fmt: skip
