"""The stored rows as rows: what is known, by natural key, with the file and line of each."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.errors import UsageError
from truelift.connectors.files import ReadOptions
from truelift.facts.kinds import KINDS
from truelift.operations.ingest import import_paths
from truelift.operations.listing import as_imported, baselines, decimal_columns, listed, quarantine
from truelift.store import ground as grounds
from truelift.store import workspace_database as records
from truelift.store.ground import StoppedClock
from truelift.store.workspace_database import BrandRecord, SealRecord

NOW = dt.datetime(2026, 6, 1, 9)
DAY = dt.timedelta(days=1)
ORDERS = "order_id,ordered_at,currency,subtotal\n"
CREATORS = "creator,name\n"


class Calendar:
    def __init__(self):
        self.at = NOW

    def now(self):
        return self.at


@pytest.fixture
def ground(tmp_path):
    record = BrandRecord("acme", "acme", "USD", "America/New_York", "acme", "months")
    grounds.create(tmp_path / "ws", record, NOW)
    with grounds.opened(tmp_path / "ws", None, Calendar(), "ana") as opened:
        yield opened


@pytest.fixture
def bring(ground, tmp_path):
    def brought(name, text, after=0):
        (tmp_path / name).write_text(text)
        ground.clock.at = NOW + after * DAY
        return import_paths(ground, [tmp_path / name], ReadOptions())

    return brought


def test_every_kind_can_be_listed(ground):
    assert {kind: listed(ground, kind) for kind in KINDS} == {kind: [] for kind in KINDS}


def test_a_kind_that_does_not_exist_is_named_with_those_that_do(ground):
    with pytest.raises(UsageError, match=r"no kind 'holograms'; the kinds are .*orders"):
        listed(ground, "holograms")


def test_facts_come_by_key_with_their_file_and_line(bring, ground):
    bring("orders.csv", ORDERS + "b,2026-05-01T12:00Z,USD,2.00\na,2026-05-02T12:00Z,USD,1.00\n")
    rows = listed(ground, "orders")
    assert [(row["order_id"], row["subtotal"], row["source_line"]) for row in rows] == [
        ("a", 100, 3),
        ("b", 200, 2),
    ]
    assert rows[0]["source_file"].endswith("orders.csv")
    assert set(rows[0]) == {*KINDS["orders"].names, "source_file", "source_line"}


def test_catalog_rows_come_by_key_with_their_file_and_line(bring, ground):
    bring("creators.csv", CREATORS + "ben,Ben\nana,Ana\n")
    rows = listed(ground, "creators")
    assert [(row["creator"], row["source_line"]) for row in rows] == [("ana", 3), ("ben", 2)]


def test_clicks_say_who_made_them(bring, ground):
    bring("clicks.csv", "click_id,clicked_at,slug\nc1,2026-05-01T12:00Z,ana\n")
    assert "class" in listed(ground, "clicks")[0]


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("orders", f"{ORDERS}1,2026-05-01,USD,1.00\n", f"{ORDERS}1,2026-05-01,USD,2.00\n"),
        ("creators", f"{CREATORS}ana,Ana\n", f"{CREATORS}ana,Ana B\n"),
    ],
)
def test_the_past_is_listed_as_it_was_known(bring, ground, kind, before, after):
    bring(f"{kind}.csv", before)
    then = listed(ground, kind)
    bring(f"{kind}.csv", after, after=2)
    assert listed(ground, kind) != then
    assert listed(ground, kind, known_at=NOW + DAY) == then
    assert listed(ground, kind, known_at=NOW - DAY) == []


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_limit_gives_the_first_rows(bring, ground, limit):
    bring("orders.csv", ORDERS + "".join(f"{n},2026-05-01T12:00Z,USD,1.00\n" for n in range(3)))
    bring("creators.csv", CREATORS + "ana,\nben,\ncyd,\n")
    for kind in ("orders", "creators"):
        assert listed(ground, kind, limit=limit) == listed(ground, kind)[:limit]


def test_quarantine_lists_each_refused_row_in_the_order_of_its_file(bring, ground):
    bring("orders.csv", ORDERS + "1,2026-02-31,USD,1.00\n2,2026-05-01T12:00Z,USD,ten\n")
    assert [(row["line"], row["column"], row["kind"]) for row in quarantine(ground)] == [
        (2, "ordered_at", "orders"),
        (3, "subtotal", "orders"),
    ]


def test_baselines_are_listed_with_what_they_rest_on(ground):
    record = {"late": True, "posts": {"n": 12}, "estimate": None, "withheld": "TOO_FEW_POSTS"}
    seal = SealRecord("a" * 64, "spring", "ana", "engagement", "tiktok", NOW, "ana", NOW, record)
    with ground.workspace.transaction() as connection:
        records.keep_seals(connection, "acme", [seal])
    (row,) = baselines(ground)
    assert (row["creator"], row["late"], row["posts"]) == ("ana", True, 12)
    assert (row["level"], row["withheld"]) == (None, "TOO_FEW_POSTS")


def test_another_brand_sees_nothing_of_it(bring, ground, tmp_path):
    bring("orders.csv", ORDERS + "1,2026-05-01T12:00Z,USD,1.00\n2,x,USD,1.00\n")
    with ground.workspace.transaction() as connection:
        bolt = BrandRecord("bolt", "bolt", "USD", "UTC", "bolt", "months")
        records.add_brand(connection, bolt, NOW)
    ground.facts.close()
    with grounds.opened(tmp_path / "ws", "bolt", StoppedClock(NOW), "ben") as other:
        assert (listed(other, "orders"), quarantine(other), baselines(other)) == ([], [], [])


def test_rows_are_written_as_an_import_reads_them():
    def shown(kind, **given):
        row = dict.fromkeys(KINDS[kind].names) | given
        (found,) = as_imported(kind, [row], "USD")
        return {name: found[name] for name in given}

    assert shown("orders", subtotal=1250, currency="KWD")["subtotal"] == "1.250"
    assert shown("orders", subtotal=1250, currency=None)["subtotal"] == "12.50"
    assert shown("order_lines", price=1_250_000, cogs=10_000_000) == {"price": "1.25", "cogs": "10"}
    assert shown("agreements", commission_rate=100_000) == {"commission_rate": "0.1"}
    assert shown("posts", campaigns="a:600000;b:400000") == {"campaigns": "a:0.6;b:0.4"}
    assert decimal_columns("refunds") >= {"amount", "fees"}
