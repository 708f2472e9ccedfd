"""The SQL of attribution equals the Python reference, row by row, on made-up histories."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truelift.attribution.conflicts import conflicts_of
from truelift.attribution.markov import AggregatedPath, transitions_of
from truelift.attribution.models import Model, shares_of
from truelift.attribution.ownership import Catalog, Ownership
from truelift.attribution.path import Conversion, HumanClicks, path_of
from truelift.attribution.touchpoint import Evidence
from truelift.base.columns import ColumnType, Kind
from truelift.base.time import Lookback
from truelift.catalog.creator import Alias, Profile
from truelift.catalog.tracking import Code, Link
from truelift.facts.content import Post
from truelift.facts.conversion import Lead, Order
from truelift.facts.kinds import KINDS
from truelift.facts.visit import Click
from truelift.store import queries

START = dt.datetime(2026, 3, 1)
KNOWN_AT = dt.datetime(2026, 6, 1)
AS_OF = START + dt.timedelta(days=60)
LOOKBACK = Lookback(30)
FACTS = ("orders", "leads", "clicks", "posts")
NOUNS = ("codes", "links", "aliases", "profiles")
MODELS = {
    Model.CODE_FIRST: "attribution.shares_code_first",
    Model.LAST: "attribution.shares_last",
    Model.FIRST: "attribution.shares_first",
    Model.LINEAR: "attribution.shares_linear",
}

# A few moments, so that ties in time, owners that change and edges of the lookback are common.
moments = st.one_of(
    st.sampled_from([0, 1, 29, 30, 31, 45, 60, 61]).map(lambda day: START + dt.timedelta(days=day)),
    st.integers(0, 61 * 24).map(lambda hour: START + dt.timedelta(hours=hour)),
)
maybe = st.none() | moments
seldom = st.sampled_from([None] * 9 + [START + dt.timedelta(days=day) for day in (20, 30, 45)])
creators = st.sampled_from(["ana", "bo", "cy"])
campaigns = st.none() | st.sampled_from(["spring", "summer"])
code_names = st.sampled_from(["ANA10", "BO10", "SITE", "OLD", "ZED"])
spellings = st.sampled_from(["ana10", "ANA10", "Bo10", "SITE", "old", "zed"])
visitors = st.sampled_from([None, "v1", "v1", "v2"])
slugs = st.sampled_from(["a1", "b1", "c1", "brand"])
click_ids = st.sampled_from([f"c{number}" for number in range(12)])
contents = st.none() | st.sampled_from(["tiktok:@ana", "TikTok:@Ana", "reel-7", "Reel-7", "other"])
utm_campaigns = st.none() | st.sampled_from(["spring_26", "Spring_26", "nobody"])

codes = st.builds(
    Code,
    code=code_names,
    valid_from=maybe,
    valid_to=maybe,
    creator=st.none() | creators,
    campaign=campaigns,
    kind=st.none() | st.sampled_from(["creator", "sitewide", "evergreen"]),
)
links = st.builds(
    Link,
    slug=slugs,
    destination=st.just("https://shop.example/"),
    creator=st.sampled_from([None, "ana", "ana", "bo", "bo", "cy"]),
    campaign=campaigns,
    post_id=st.none() | st.sampled_from(["p1", "p2"]),
    kind=st.none() | st.sampled_from(["campaign", "evergreen"]),
    valid_from=seldom,
    valid_to=seldom,
)
aliases = st.one_of(
    st.builds(
        Alias,
        kind=st.just(kind),
        alias=names,
        valid_from=seldom,
        creator=st.sampled_from([None, "ana", "bo", "cy"]),
        campaign=campaigns,
    )
    for kind, names in (
        ("code", spellings),
        ("utm_content", st.sampled_from(["Reel-7", "reel-7", "tiktok:@ana"])),
        ("utm_campaign", st.sampled_from(["spring_26", "SPRING_26"])),
        ("name", st.just("Ana")),
    )
)
profiles = st.builds(
    Profile,
    platform=st.sampled_from(["tiktok", "instagram"]),
    handle=st.just("ana"),
    creator=creators,
    valid_from=seldom,
    valid_to=seldom,
)
posts = st.builds(
    Post,
    platform=st.sampled_from(["instagram", "tiktok"]),
    post_id=st.sampled_from(["p1", "p2"]),
    published_at=moments,
)
clicks = st.tuples(
    st.builds(
        Click,
        click_id=click_ids,
        clicked_at=moments,
        slug=slugs,
        visitor=visitors,
        consent=st.sampled_from([None, True, True, False]),
    ),
    st.sampled_from(["human"] * 6 + ["bot", "duplicate"]),
)
BARE = {
    "source": st.none() | st.just("shop"),
    "order_id": st.sampled_from([f"o{number}" for number in range(6)]),
    "ordered_at": moments,
    "currency": st.just("USD"),
    "subtotal": st.just(1000),
}
CODED = {
    "code": st.none() | code_names,
    "codes": st.none()
    | st.lists(spellings, min_size=1, max_size=4, unique=True).map(
        lambda names: ";".join(sorted(names))
    ),
}
CLICKED = {"click_id": st.none() | click_ids, "visitor": visitors}
TAGGED = {
    "utm_source": st.sampled_from([None, "tiktok_shop", "TikTok_Shop", "newsletter"]),
    "utm_content": contents,
    "utm_campaign": utm_campaigns,
}
# Orders with one kind of evidence are as common as those with all: a tag counts only alone.
orders = st.one_of(
    st.builds(Order, **BARE, **CLICKED),
    st.builds(Order, **BARE, **TAGGED),
    st.builds(Order, **BARE, **CODED, **TAGGED),
    st.builds(Order, **BARE, **CODED, **CLICKED, **TAGGED),
)
leads = st.builds(
    Lead,
    source=st.none() | st.just("crm"),
    lead_id=st.sampled_from(["l0", "l1"]),
    created_at=moments,
    code=st.none() | code_names,
    click_id=st.none() | click_ids,
    visitor=visitors,
)


@dataclasses.dataclass(frozen=True)
class History:
    catalog: Catalog
    clicks: tuple[tuple[Click, str], ...] = ()
    orders: tuple[Order, ...] = ()
    leads: tuple[Lead, ...] = ()


def many(rows, key, *, least=0, most):
    return st.lists(rows, min_size=least, max_size=most, unique_by=key).map(tuple)


histories = st.builds(
    History,
    catalog=st.builds(
        Catalog,
        codes=many(codes, lambda row: (row.code, row.valid_from), most=8),
        links=many(links, lambda row: row.slug, least=1, most=5),
        aliases=many(aliases, lambda row: (row.kind, row.alias.lower(), row.valid_from), most=6),
        profiles=many(profiles, lambda row: (row.platform, row.handle), most=2),
        posts=many(posts, lambda row: (row.platform, row.post_id), most=3),
    ),
    clicks=many(clicks, lambda pair: pair[0].click_id, least=3, most=12),
    orders=many(orders, lambda row: (row.source, row.order_id), least=2, most=8),
    leads=many(leads, lambda row: (row.source, row.lead_id), most=2),
)

ARROW = {
    ColumnType.COUNT: pa.int64(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.MONEY: pa.int64(),
    ColumnType.UNIT_MONEY: pa.int64(),
    ColumnType.RATE: pa.int64(),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.INSTANT: pa.timestamp("us"),
    ColumnType.DATE: pa.date32(),
}
FACT_COLUMNS = (
    ("brand", pa.string()),
    ("day", pa.date32()),
    ("recorded_at", pa.timestamp("us")),
    ("superseded_at", pa.timestamp("us")),
)


def table(kind: Kind, rows: Sequence[dict[str, object]], extra=()) -> pa.Table:
    schema = pa.schema(
        [(column.name, ARROW.get(column.type, pa.string())) for column in kind.columns]
        + list(extra)
    )
    return pa.Table.from_pylist(list(rows), schema=schema)


def fact(kind: Kind, row, **more) -> dict[str, object]:
    values = dataclasses.asdict(row)
    recorded = {
        "brand": "acme",
        "day": values[kind.occurred].date(),
        "recorded_at": START,
        "superseded_at": None,
    }
    return values | recorded | more


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        yield connection


def load(engine: duckdb.DuckDBPyConnection, history: History) -> None:
    """Put a history into tables, among rows of another brand, later known and no longer known."""
    catalog = history.catalog
    rows = {
        "orders": [fact(KINDS["orders"], row) for row in history.orders],
        "leads": [fact(KINDS["leads"], row) for row in history.leads],
        "posts": [fact(KINDS["posts"], row) for row in catalog.posts],
        "clicks": [
            fact(KINDS["clicks"], click) | {"class": label} for click, label in history.clicks
        ],
    }
    for name in FACTS:
        noise = [
            row | change
            for row in rows[name]
            for change in (
                {"brand": "other"},
                {"recorded_at": KNOWN_AT + dt.timedelta(days=1)},
                {"superseded_at": KNOWN_AT},
            )
        ]
        extra = (*FACT_COLUMNS, ("class", pa.string())) if name == "clicks" else FACT_COLUMNS
        engine.register(f"fact_{name}", table(KINDS[name], rows[name] + noise, extra))
    for name in NOUNS:
        nouns = [dataclasses.asdict(row) for row in getattr(catalog, name)]
        engine.register(f"catalog_{name}", table(KINDS[name], nouns))


def run(engine: duckdb.DuckDBPyConnection, name: str) -> pa.Table:
    text = queries.render(queries.text(name))
    values = {
        "brand": "acme",
        "known_at": KNOWN_AT,
        "as_of": AS_OF,
        "lookback_days": LOOKBACK.days,
    }
    used = {key: value for key, value in values.items() if f"${key}" in text}
    return engine.sql(text, params=used).to_arrow_table()


def conversions(history: History) -> list[Conversion]:
    found = [Conversion.of_order(order) for order in history.orders]
    found += [Conversion.of_lead(lead) for lead in history.leads]
    return [conversion for conversion in found if conversion.converted_at <= AS_OF]


def reference_paths(history: History):
    ownership = Ownership(history.catalog)
    humans = HumanClicks(pair for pair in history.clicks if pair[0].clicked_at <= AS_OF)
    return [(one, path_of(one, humans, ownership, LOOKBACK)) for one in conversions(history)]


def words(rows) -> list[tuple]:
    return sorted(rows, key=repr)


SHARE_COLUMNS = (
    "conversion_kind", "source", "conversion_id", "creator", "campaign", "platform", "post_id",
    "evergreen", "evidence", "share_ppm", "position",
)  # fmt: skip
CONFLICT_COLUMNS = (
    "conversion_kind", "source", "conversion_id", "converted_at", "creator", "reference",
    "other_creator", "other_evidence", "other_reference", "other_click_id", "other_touched_at",
)  # fmt: skip


def flat(row) -> tuple:
    """Give a dataclass as one flat tuple, with its conversion id first."""
    values = dataclasses.astuple(row)
    return (*values[0], *(str(one) if isinstance(one, Evidence) else one for one in values[1:]))


def found(engine, name: str, columns: Sequence[str]) -> list[tuple]:
    return words(tuple(row[key] for key in columns) for row in run(engine, name).to_pylist())


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=histories)
def test_sql_and_reference_give_the_same_rows(engine, history):
    compare(engine, history)


def test_they_agree_at_the_edges(engine):
    """A click just on the lookback's edge counts, one a microsecond older does not."""
    link = Link(slug="a1", destination="https://shop.example/", creator="ana")
    edge = START + dt.timedelta(days=1)
    clicks = tuple(
        (Click(click_id=name, clicked_at=at, slug="a1", visitor=name, consent=True), "human")
        for name, at in (
            ("older", edge - dt.timedelta(microseconds=1)),
            ("edge", edge),
            ("now", edge + dt.timedelta(days=30)),
            ("later", edge + dt.timedelta(days=30, microseconds=1)),
        )
    )
    orders = tuple(
        Order(
            order_id=f"{way} {click.click_id}",
            ordered_at=edge + dt.timedelta(days=30),
            currency="USD",
            subtotal=100,
            **{way: click.click_id},
        )
        for click, _ in clicks
        for way in ("click_id", "visitor")
    )
    compare(engine, History(Catalog(links=(link,)), clicks, orders))
    rows = run(engine, "attribution.shares_last").to_pylist()
    assert {row["conversion_id"] for row in rows if row["creator"]} == {
        "click_id edge", "click_id now", "visitor edge", "visitor now",
    }  # fmt: skip


def test_they_agree_on_tags_and_on_posts_of_two_platforms(engine):
    """Chance seldom makes these: a tag that three rows explain, one post id on two platforms."""
    catalog = Catalog(
        links=(Link(slug="a1", destination="https://shop.example/", creator="ana", post_id="p1"),),
        posts=tuple(
            Post(platform=platform, post_id="p1", published_at=START)
            for platform in ("youtube", "instagram")
        ),
        profiles=(Profile(platform="tiktok", handle="ana", creator="ana"),),
        aliases=(
            Alias(kind="utm_content", alias="tiktok:@ana", creator="bo"),
            Alias(kind="utm_content", alias="reel-7", creator="bo"),
            Alias(kind="utm_campaign", alias="spring_26", creator="cy", campaign="spring"),
        ),
    )
    orders = tuple(
        Order(
            order_id=f"o{number}",
            ordered_at=START,
            currency="USD",
            subtotal=100,
            utm_source=source,
            utm_content=content,
            utm_campaign=campaign,
            visitor="v" if content is None else None,
        )
        for number, (source, content, campaign) in enumerate(
            (source, content, campaign)
            for source in (None, "TikTok_Shop")
            for content in (None, "TikTok:@Ana", "Reel-7", "other")
            for campaign in (None, "Spring_26", "other")
        )
    )
    click = Click(click_id="c1", clicked_at=START, slug="a1", visitor="v", consent=True)
    compare(engine, History(catalog, ((click, "human"),), orders))
    rows = run(engine, "attribution.shares_last").to_pylist()
    assert {(row["creator"], row["campaign"], row["platform"]) for row in rows} == {
        ("ana", None, "instagram"),  # clicked: the tag is not asked
        ("ana", None, "tiktok"),
        ("ana", "spring", "tiktok"),
        ("bo", None, None),
        ("bo", "spring", None),
        ("cy", "spring", None),
        (None, None, None),
    }


def compare(engine, history):
    load(engine, history)
    engine.register("given_touchpoints", run(engine, "attribution.touchpoints"))
    paths = reference_paths(history)
    for model, name in MODELS.items():
        shares = [share for one, path in paths for share in shares_of(model, one, path)]
        assert found(engine, name, SHARE_COLUMNS) == words(map(flat, shares)), model
    conflicts = [conflict for one, path in paths for conflict in conflicts_of(one, path)]
    assert found(engine, "attribution.conflicts", CONFLICT_COLUMNS) == words(map(flat, conflicts))
    transitions = transitions_of(visitor_paths(history, [path for _, path in paths if path]))
    assert found(
        engine, "attribution.visitor_paths", ("origin", "target", "outcome", "transitions")
    ) == words((one.origin, one.target, str(one.outcome), one.count) for one in transitions)


def visitor_paths(history: History, converting) -> list[AggregatedPath]:
    """Give converting paths and, one per visitor, those of the clicks that led to nothing."""
    ownership = Ownership(history.catalog)
    used = {touch.click_id for path in converting for touch in path}
    idle: dict[str, list[str]] = {}
    for click, label in sorted(
        history.clicks, key=lambda pair: (pair[0].clicked_at, pair[0].click_id)
    ):
        owner = ownership.of_link(click.slug, click.clicked_at)
        if label == "human" and owner and click.clicked_at <= AS_OF and click.click_id not in used:
            known = click.visitor is not None and click.consent
            journey = f"visitor {click.visitor}" if known else click.click_id
            idle.setdefault(journey, []).append(owner.creator)
    return [
        *(AggregatedPath(tuple(touch.creator for touch in path), 1) for path in converting),
        *(AggregatedPath(tuple(creators), 0, 1) for creators in idle.values()),
    ]


def test_every_conversion_is_shared_out_once(engine):
    """A larger history: nothing is lost or shared twice, whatever the model."""
    load(engine, HISTORY)
    engine.register("given_touchpoints", run(engine, "attribution.touchpoints"))
    for name in MODELS.values():
        totals: dict[tuple, int] = {}
        for row in run(engine, name).to_pylist():
            key = (row["conversion_kind"], row["source"], row["conversion_id"])
            totals[key] = totals.get(key, 0) + row["share_ppm"]
        assert set(totals) == {dataclasses.astuple(one.id) for one in conversions(HISTORY)}
        assert set(totals.values()) == {1_000_000}


HISTORY = History(
    catalog=Catalog(
        codes=(Code(code="ANA10", creator="ana", campaign="spring", kind="creator"),),
        links=tuple(
            Link(slug=slug, destination="https://shop.example/", creator=creator)
            for slug, creator in (("a1", "ana"), ("b1", "bo"), ("c1", "cy"))
        ),
    ),
    clicks=tuple(
        (
            Click(
                click_id=f"c{number}",
                clicked_at=START + dt.timedelta(hours=7 * number % 400),
                slug=("a1", "b1", "c1")[number % 3],
                visitor=f"v{number % 11}",
                consent=True,
            ),
            "human" if number % 5 else "bot",
        )
        for number in range(200)
    ),
    orders=tuple(
        Order(
            source="shop" if number % 4 else None,
            order_id=f"o{number}",
            ordered_at=START + dt.timedelta(hours=5 * number),
            currency="USD",
            subtotal=100,
            code="ANA10" if number % 7 == 0 else None,
            click_id=f"c{number}" if number % 3 == 0 else None,
            visitor=f"v{number % 13}",
        )
        for number in range(120)
    ),
)
