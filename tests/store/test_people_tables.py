"""No table of people can hold a secret: only hashes have a column."""

from __future__ import annotations

from truelift.store.people_tables import EVERY_BRAND, person, person_role, person_token


def test_secrets_have_no_column():
    names = {column.name for table in (person, person_role, person_token) for column in table.c}
    assert not names & {"password", "token", "secret"}
    assert {"password_hash", "sha256"} <= names
    assert EVERY_BRAND == ""
