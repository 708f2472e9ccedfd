"""Every query that is written for all engines gives the same rows on all of them.

Facts by chance, with ties, gaps, other brands, newer versions and the largest amounts. The embedded
engine is asked over its own file; the others over the lake, of which the last segments are not part
yet: these come as the tail.
"""

import datetime as dt
import decimal
import random

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from benchmarks.chance import BEGAN, BRAND, Chance, fill

from truelift.store import day_spans, queries
from truelift.store.facts_engine import FactsEngine
from truelift.store.lake import Lake
from truelift.store.lake_reader import facts_of
from truelift.store.segments import SegmentLog

PARAMETERS = {
    "brand": BRAND,
    "known_at": BEGAN + dt.timedelta(days=17),
    "as_of": BEGAN + dt.timedelta(days=15),
    "as_of_day": (BEGAN + dt.timedelta(days=15)).date(),
    "since": BEGAN + dt.timedelta(days=2),
    "until": BEGAN + dt.timedelta(days=12),
    "lookback_days": 5,
    "days": 4,
    "repeats": 1,
    "basis": "event",
}
MADE = {
    "touchpoints": "attribution.touchpoints", "shares": "attribution.shares_linear",
    "kept": "attribution.shares_linear", "made": "attribution.shares_code_first",
    "readings": "measurement.post_readings", "sponsored": "measurement.sponsored_posts",
    "launches": "measurement.launches", "order_shares": "valuation.order_shares",
    "lead_shares": "valuation.lead_shares", "line_costs": "valuation.line_costs",
    "dirty": "closure.conversion_days", "moved_clicks": "closure.clicks_of_links",
    "orders": "valuation.shared_orders", "refunds": "valuation.refund_rows",
}  # fmt: skip
"""Relations that are the answers of other queries."""

DRAWN = {
    "post_campaigns": ("platform post_id campaign", "share_ppm"),
    "campaign_hashtags": ("campaign hashtag", ""),
    "caption_hashtags": ("platform post_id hashtag", ""),
    "audiences": ("creator", ""),
    "platforms": ("platform", ""),
    "click_ids": ("click_id", ""),
    "visitors": ("visitor", ""),
    "changed_links": ("slug", ""),
    "changed_names": ("kind name", ""),
    "dirty": ("conversion_kind source conversion_id", ""),
    "refunds": ("source order_id refund_id", ""),
    "orders": ("source order_id", ""),
    "cancelled_days": ("source order_id", ""),
}


def core():
    """Name the queries that every engine runs."""
    return [
        name
        for name in queries.names()
        if name.count(".") == 1 and not queries.text(name).startswith("-- dialect: ")
    ]


def plain(value):
    """Give a cell as what it is worth, whatever type an engine gives it."""
    whole = isinstance(value, decimal.Decimal | float) and value == int(value)
    return int(value) if whole else value


def rows_of(table):
    """Give the rows in an order of their own."""
    columns = [map(plain, column.to_pylist()) for column in table.columns]
    return sorted(zip(*columns, strict=True), key=repr)


class World:
    """Facts, half of them sealed, and the embedded engine's answer to every query."""

    def __init__(self, folder, seed=8):
        self.log = SegmentLog(folder / "segments")
        self.lake = Lake(str(folder / "lake"), "main")
        chance = Chance(seed)
        self.facts = FactsEngine(folder / "facts.duckdb", self.log)
        self.lake.make()
        fill(self.facts, chance, (0,))
        self.sealed = self.lake.seal(self.log)
        fill(self.facts, chance, (1, 2))
        self.answers = {}

    def given(self, name):
        """Give the relations that a query asks for."""
        wanted = queries.relations(queries.text(name))
        found = {f"catalog_{kind}": self.catalog(kind) for kind in sorted(wanted["catalog"])}
        return found | {f"given_{each}": self.relation(each) for each in sorted(wanted["given"])}

    def catalog(self, kind):
        key = f"catalog {kind}"
        if key not in self.answers:
            self.answers[key] = Chance(len(kind)).catalog(kind)
        return self.answers[key]

    def relation(self, name):
        if name in DRAWN:
            texts, wholes = DRAWN[name]
            fields = [(each, pa.string()) for each in texts.split()]
            fields += [(each, pa.int64()) for each in wholes.split()]
            fields += {
                "campaign_hashtags": [("flight_start", pa.timestamp("us")),
                                      ("flight_end", pa.timestamp("us"))],
                "cancelled_days": [("day", pa.date32())],
            }.get(name, [])  # fmt: skip
            return Chance(len(name)).table(fields, 40, [each for each, _ in fields])
        if name == "currencies":
            return pa.table({"currency": ["USD", "EUR"], "micro": pa.array([10_000, 10_000])})
        if name == "launches":
            made = self.answer("measurement.launches")
            ends = pa.repeat(pa.scalar(PARAMETERS["as_of"], pa.timestamp("us")), made.num_rows)
            return made if "ends_at" in made.column_names else made.append_column("ends_at", ends)
        return self.answer(MADE[name])

    def answer(self, name):
        """Give the embedded engine's answer."""
        if name not in self.answers:
            relations = self.given(name)
            self.answers[name] = relations, self.facts.read(name, PARAMETERS, relations)
        return self.answers[name][1]


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("world"))
    yield made
    made.facts.close()


@pytest.fixture(scope="session")
def from_files(world, tmp_path_factory):
    """The embedded engine on the lists of files of a lake that holds everything."""
    lake = Lake(str(tmp_path_factory.mktemp("whole") / "lake"), "main")
    lake.make()
    lake.seal(world.log)
    facts = facts_of(lake)
    yield facts
    facts.close()


def test_the_lake_holds_a_part_and_the_tail_the_rest(world):
    assert world.sealed.rows > 1_000
    assert sum(1 for _ in world.log) > 2 * world.sealed.segments


@pytest.mark.parametrize("name", core())
def test_a_query_gives_the_same_rows_on_every_engine(name, world, outgrown):
    expected = world.answer(name)
    relations = world.answers[name][0]
    found = outgrown(world).read(name, PARAMETERS, relations, {})
    assert found.column_names == expected.column_names
    assert rows_of(found) == rows_of(expected)


@pytest.mark.parametrize("name", core())
def test_a_query_gives_the_same_rows_from_the_lists_of_files(name, world, from_files):
    expected = world.answer(name)
    assert rows_of(from_files.read(name, PARAMETERS, world.answers[name][0])) == rows_of(expected)


def test_most_queries_find_rows(world):
    empty = [name for name in core() if world.answer(name).num_rows == 0]
    assert empty == []


def test_two_workspaces_on_one_engine_never_see_each_others_rows(world, outgrown, tmp_path):
    other = World(tmp_path, seed=9)
    (one, another), name = (outgrown(each) for each in (world, other)), "valuation.shared_orders"
    for engine, asked in ((one, world), (another, other), (one, world)):
        expected = asked.answer(name)
        assert rows_of(engine.read(name, PARAMETERS, asked.answers[name][0], {})) == rows_of(
            expected
        )
    assert rows_of(world.answer(name)) != rows_of(other.answer(name))
    other.facts.close()


@pytest.mark.parametrize("name", ["measurement.click_days", "valuation.click_cells"])
def test_very_many_clicks_are_asked_about_some_days_at_a_time(name, world, tmp_path, monkeypatch):
    facts = FactsEngine(tmp_path / "facts.duckdb")
    links, draw = world.catalog("links")["slug"].drop_null().to_pylist(), random.Random(name)
    midnight = PARAMETERS["since"].replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(2_000):
        second = draw.randrange(6) * 86_400 + draw.randrange(-900, 900)
        click = {
            "click_id": f"z{number}", "at": midnight + dt.timedelta(seconds=second),
            "slug": draw.choice(links), "visitor": draw.choice([None, "a", "b"]),
            "class": draw.choice(["human", "human", "bot"]), "brand": PARAMETERS["brand"],
        }  # fmt: skip
        facts.lent().execute(CLICK, click)
    relations = world.answers[name][0] if name in world.answers else world.given(name)
    whole = facts.read(name, PARAMETERS, relations)
    monkeypatch.setattr(day_spans, "MOST_ROWS", 300)
    parts = []
    put_together = day_spans.joined

    def joined(answers):
        parts.extend(each for each in answers if each.num_rows)
        return put_together(answers)

    monkeypatch.setattr(day_spans, "joined", joined)
    assert facts.read(name, PARAMETERS, relations).to_pylist() == whole.to_pylist()
    assert len(parts) > 3
    facts.close()


CLICK = """
insert into fact_clicks by name select
    $click_id as click_id, $at::timestamp as clicked_at, $slug as slug, $visitor as visitor,
    $class as class, true as consent, $brand as brand, timestamp '2020-01-01' as recorded_at,
    ($at::timestamp - interval 5 hour)::date as day
"""


def test_a_query_of_a_span_sees_only_what_happened_in_it(world, outgrown):
    span = {"clicks": (PARAMETERS["since"], PARAMETERS["until"])}
    relations = world.given("valuation.click_cells")
    expected = world.facts.read("valuation.click_cells", PARAMETERS, relations, spans=span)
    bounds = {"clicks_since": PARAMETERS["since"], "clicks_until": PARAMETERS["until"]}
    between = {"clicks": "clicked_at"}
    found = outgrown(world).read("valuation.click_cells", PARAMETERS | bounds, relations, between)
    assert rows_of(found) == rows_of(expected)
    assert found.num_rows < world.answer("valuation.click_cells").num_rows or pc.sum(
        found["clicks"]
    ) < pc.sum(world.answer("valuation.click_cells")["clicks"])
