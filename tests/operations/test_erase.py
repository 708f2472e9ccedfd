"""A creator is erased, the books keep their id, and their chain still verifies."""

from __future__ import annotations

import pytest

from truelift.base.errors import NotFound, Refused, UsageError
from truelift.catalog.permission import Role
from truelift.operations import ledger
from truelift.operations.erase import erase_creator
from truelift.store import people_store

NAME, EMAIL = "Anastasia Featherstone", "anastasia@feather.example"
PLAY = f"""
creators
creator | name   | email   | category | country
c-17    | {NAME} | {EMAIL} | food     | GB
c-18    | Bo Lee |         | food     | GB

aliases
kind | alias  | creator
name | {NAME} | c-17

agreements
agreement | creator | fee    | currency | signed_on
a-1       | c-17    | 300.00 | USD      | 04-01

deliverables
deliverable | agreement | live_at
d-1         | a-1       | @05-02

costs
document | state    | date  | agreement | creator | type | amount | currency | counterparty
i1       | invoiced | 05-10 | a-1       | c-17    | fee  | 300.00 | USD      | c-17
i2       | invoiced | 05-11 |           |         | fee  | 30.00  | USD      | Light Studio
"""


def texts_below(folder, *texts):
    return [
        (path.name, text)
        for path in folder.rglob("*")
        if path.is_file()
        for text in texts
        if text.encode() in path.read_bytes()
    ]


@pytest.fixture
def erased(told):
    told.given(PLAY)
    told.tried(f"creators\ncreator | name\n | {NAME}\n")  # refused, and kept as it was sent
    with told.ground.workspace.transaction() as connection:
        people_store.add(
            connection, "ana", email=EMAIL, creator="c-17", at=told.clock.at, by="root"
        )
        people_store.grant(connection, "ana", "acme", Role.CREATOR, at=told.clock.at, by="root")
    told.before = ledger.journal_rows(told.ground)
    told.counts = erase_creator(told.ground, "c-17", reason="their request of 2 June")
    return told


def test_no_name_is_left_anywhere_and_the_books_are_as_they_were(erased):
    assert erased.counts == {
        "creator": "c-17", "creators": 1, "aliases": 1, "quarantine": 1, "users": 1
    }  # fmt: skip
    assert texts_below(erased.folder / "workspace", NAME, EMAIL) == []
    assert ledger.journal_rows(erased.ground) == erased.before
    assert ledger.verify(erased.ground) == []
    rows = {row["creator"]: row for row in erased.ws.list("creators").rows}
    assert (rows["c-17"]["name"], rows["c-17"]["category"]) == (None, "food")
    assert rows["c-18"]["name"] == "Bo Lee"
    with erased.ground.workspace.transaction() as connection:
        ana = people_store.named(connection, "ana")
    assert (ana.active, ana.email, ana.roles) == (False, None, ())


def test_importing_the_same_creator_again_brings_nothing_back(erased):
    again = "\n".join(PLAY.splitlines()[:5])
    report = erased.tried(again)
    assert [(record.duplicate, record.updated) for record in report.records] == [(2, 0)]
    assert texts_below(erased.folder / "workspace", NAME, EMAIL) == []


def test_the_books_never_held_a_name(erased):
    """Not before the erasure either: whom a document names is in the books as a pseudonym."""
    with erased.ground.workspace.transaction() as connection:
        sql = "select counterparty from journal_posting union select creator from journal_posting"
        parties = {row[0] for row in connection.exec_driver_sql(sql)}
        everything = [
            str(tuple(row))
            for table in ("journal_entry", "journal_posting")
            for row in connection.exec_driver_sql(f"select * from {table}")
        ]
    (party,) = {each for each in parties if each and each.startswith("party-")}
    assert parties == {None, "c-17", party}
    assert len(everything) > 4
    for text in (NAME, EMAIL, "Anastasia", "Light Studio"):
        assert not [row for row in everything if text in row]


def test_an_erasure_takes_the_role_a_reason_without_the_name_and_a_creator(told, acting):
    told.given(PLAY)
    with pytest.raises(Refused, match="takes the role of admin"):
        erase_creator(acting("kim", Role.MARKETER), "c-17", reason="asked")
    for reason in ("", " ", "x" * 301, f"{NAME.lower()} asked"):
        with pytest.raises(UsageError, match="--reason"):
            erase_creator(told.ground, "c-17", reason=reason)
    with pytest.raises(NotFound, match="no creator 'c-99'"):
        erase_creator(told.ground, "c-99", reason="asked")
    assert told.ws.list("creators").rows[0]["name"] == NAME
