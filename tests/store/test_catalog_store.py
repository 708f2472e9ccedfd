"""Catalog rows keep every version: the rules of facts, in the workspace database."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
import sqlalchemy as sa

from truelift.facts.kinds import KINDS
from truelift.store import catalog_store
from truelift.store.catalog_tables import CATALOG
from truelift.store.stamp import Stamp
from truelift.store.workspace_database import WorkspaceDatabase

TOLD = runpy.run_path(str(Path(__file__).parent / "conftest.py"))
accepted, content = TOLD["accepted"], TOLD["content"]
MONDAY, DAY = TOLD["MONDAY"], TOLD["DAY"]
TUESDAY, WEDNESDAY = MONDAY + DAY, MONDAY + 2 * DAY
CODES = KINDS["codes"]


def code(creator, name="SPRING10", **more):
    return {"code": name, "creator": creator} | more


class Catalog:
    def __init__(self):
        self.database = WorkspaceDatabase()

    def bring(self, rows, *, kind="codes", file="codes.csv", at=MONDAY, brand="acme", **more):
        first_line, sha256 = more.get("first_line", 2), more.get("sha256", content(rows))
        table = accepted(kind, rows, first_line)
        stamp = Stamp(brand, more.get("origin", file), file, sha256, at)
        with self.database.transaction() as connection:
            verdict = catalog_store.append(
                connection, KINDS[kind], table, stamp, keep=more.get("keep", True)
            )
        return verdict.accepted, verdict.updated, verdict.duplicate, list(verdict.conflicts)

    def owners(self, known_at=None, brand="acme"):
        with self.database.transaction() as connection:
            rows = catalog_store.known_rows(connection, CODES, brand, known_at).to_pylist()
        return {row["code"]: row["creator"] for row in rows}

    def contents(self, kind="codes"):
        with self.database.transaction() as connection:
            return connection.execute(sa.select(CATALOG[kind])).all()


@pytest.fixture
def catalog():
    made = Catalog()
    yield made
    made.database.close()


def test_the_same_file_imported_twice_changes_nothing(catalog):
    rows = [code("ana"), code("ben", "BEN10")]
    assert catalog.bring(rows) == (2, 0, 0, [])
    before = catalog.contents()
    assert catalog.bring(rows, at=TUESDAY) == (0, 0, 2, [])
    assert catalog.contents() == before


def test_a_trial_keeps_nothing(catalog):
    catalog.bring([code("ana")])
    before = catalog.contents()
    rows = [code("ben"), code("ben", "BEN10")]
    assert catalog.bring(rows, at=TUESDAY, keep=False) == (1, 1, 0, [])
    assert catalog.contents() == before


def test_an_update_supersedes_and_the_old_state_can_still_be_read(catalog):
    catalog.bring([code("ana")])
    assert catalog.bring([code("ben")], at=WEDNESDAY) == (0, 1, 0, [])
    assert catalog.owners() == catalog.owners(WEDNESDAY) == {"SPRING10": "ben"}
    assert catalog.owners(TUESDAY) == {"SPRING10": "ana"}
    assert catalog.owners(MONDAY - DAY) == {}


def test_another_source_that_says_otherwise_is_refused(catalog):
    catalog.bring([code("ana")])
    said = catalog.bring([code("ben")], file="other.csv", at=TUESDAY)
    assert said == (0, 0, 0, [(2, "codes.csv", False)])
    assert catalog.owners() == {"SPRING10": "ana"}


def test_a_key_that_stands_twice_in_a_file_is_refused_every_time(catalog):
    for at in (MONDAY, TUESDAY):
        catalog.bring([code("ana")], sha256="a" * 64, at=at)
        said = catalog.bring([code("ben")], sha256="a" * 64, first_line=9, at=at)
        assert said == (0, 0, 0, [(9, "codes.csv", True)])
    assert catalog.owners() == {"SPRING10": "ana"}


def test_the_same_line_read_in_another_way_is_an_update(catalog):
    catalog.bring([code("ana")], sha256="a" * 64)
    assert catalog.bring([code("ben")], sha256="a" * 64, at=TUESDAY) == (0, 1, 0, [])


def test_an_old_file_imported_again_never_brings_old_values_back(catalog):
    catalog.bring([code("ana")])
    catalog.bring([code("ben")], at=TUESDAY)
    before = catalog.contents()
    assert catalog.bring([code("ana")], at=WEDNESDAY) == (0, 0, 1, [])
    assert catalog.contents() == before


def test_an_empty_cell_of_an_update_never_takes_the_post_from_its_deliverable(catalog):
    row = {"deliverable": "d1", "agreement": "a", "post_id": "p1"}
    catalog.bring([row], kind="deliverables", file="work.csv")
    emptied = [row | {"post_id": None, "type": "reel"}]
    told = {"kind": "deliverables", "file": "work.csv"}
    assert catalog.bring(emptied, at=TUESDAY, **told) == (0, 1, 0, [])
    assert catalog.bring(emptied, at=WEDNESDAY, **told) == (0, 0, 1, [])
    current = [row for row in catalog.contents("deliverables") if row.superseded_at is None]
    assert [(row.post_id, row.type) for row in current] == [("p1", "reel")]
    catalog.bring([row | {"post_id": "p2"}], at=WEDNESDAY, **told)
    assert {row.post_id for row in catalog.contents("deliverables")} == {"p1", "p2"}


def test_what_a_sheet_names_gives_way_to_what_is_said_of_it(catalog):
    stub = [code("ana")]
    catalog.bring(stub, origin="team_sheet")
    assert catalog.bring([code("ben")], at=TUESDAY) == (0, 1, 0, [])
    newer_sheet = {"origin": "team_sheet", "sha256": "b" * 64, "at": WEDNESDAY}
    assert catalog.bring(stub, **newer_sheet) == (0, 0, 1, [])
    assert catalog.owners() == {"SPRING10": "ben"}


def test_brands_never_see_each_others_rows(catalog):
    catalog.bring([code("ana")])
    assert catalog.bring([code("ben")], file="other.csv", brand="bolt") == (1, 0, 0, [])
    assert catalog.owners() == {"SPRING10": "ana"}
    assert catalog.owners(brand="bolt") == {"SPRING10": "ben"}
    with catalog.database.transaction() as connection:
        assert catalog_store.newest_recording(connection, "nobody") is None


def test_a_key_with_an_empty_part_is_a_key_like_any_other(catalog):
    both = [code("ana"), code("ben", valid_from="2026-07-01")]
    assert catalog.bring(both) == (2, 0, 0, [])
    assert catalog.bring(both, at=TUESDAY) == (0, 0, 2, [])


def test_the_newest_recording_is_that_of_the_newest_change_of_any_kind(catalog):
    catalog.bring([code("ana")])
    catalog.bring([{"creator": "ana"}], kind="creators", at=TUESDAY)
    catalog.bring([code("ana")], at=WEDNESDAY)
    with catalog.database.transaction() as connection:
        assert catalog_store.newest_recording(connection, "acme") == TUESDAY


def test_rows_come_back_with_their_types_and_where_they_came_from(catalog):
    row = {"campaign": "spring", "goal": "sales", "starts": "2026-05-01", "ends": "2026-05-31",
           "currency": "USD", "budget": "1000.50"}  # fmt: skip
    catalog.bring([row], kind="campaigns", file="campaigns.csv")
    with catalog.database.transaction() as connection:
        table = catalog_store.known_rows(connection, KINDS["campaigns"], "acme")
    (found,) = table.to_pylist()
    assert (found["budget"], found["starts"].isoformat()) == (100_050, "2026-05-01")
    assert (found["source_file"], found["source_line"]) == ("campaigns.csv", 2)


def test_a_file_of_thousands_of_rows_is_kept_whole(catalog):
    rows = [{"creator": f"c{number}"} for number in range(5_001)]
    assert catalog.bring(rows, kind="creators") == (5_001, 0, 0, [])
    assert len(catalog.contents("creators")) == 5_001


def test_a_version_changes_with_every_change_of_its_kinds_and_brand_alone(catalog):
    def version():
        with catalog.database.transaction() as connection:
            return catalog_store.version(connection, "acme", ["codes", "aliases"])

    assert version()[1] is None
    seen = {version()}
    catalog.bring([code("ana")])
    seen.add(version())
    catalog.bring([code("bo")], at=TUESDAY)
    seen.add(version())
    assert len(seen) == 3
    assert version()[1] == TUESDAY
    catalog.bring([code("bo")], at=WEDNESDAY)  # known already
    catalog.bring([code("cy")], at=WEDNESDAY, brand="bolt")
    assert version() in seen
