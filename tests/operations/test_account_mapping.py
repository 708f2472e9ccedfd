"""Finance keeps an account mapping; every version stays, and the same one is no new version."""

from __future__ import annotations

import datetime as dt

import pytest

from truelift.base.errors import NotFound, UsageError
from truelift.operations.account_mapping import (
    kept_mapping,
    mapping_of,
    mapping_rows,
    set_mapping,
)

TEXT = 'accounts:\n  6100: {account: "4610", name: Creators}\n  2100: 1740\n'


@pytest.fixture
def file(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "mapping.yaml"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_the_newest_mapping_is_in_force(told, file):
    assert kept_mapping(told.ground) is None
    record, changed = set_mapping(told.ground, file(TEXT))
    assert changed
    assert record.recorded_by == "ana.controller"
    again, changed = set_mapping(told.ground, file("# the same\n" + TEXT))
    assert (again, changed) == (record, False)
    told.clock.at += dt.timedelta(days=1)
    set_mapping(told.ground, file("accounts: {6100: 4711}"))
    rows = {row["account"]: row["gl_account"] for row in mapping_rows(told.ground)}
    assert (rows["6100"], rows["2100"]) == ("4711", None)
    assert "9500" not in rows


def test_a_file_that_is_no_mapping_is_told_in_one_sentence(told, file, tmp_path):
    with pytest.raises(NotFound, match="There is no file"):
        mapping_of(tmp_path / "none.yaml")
    with pytest.raises(UsageError, match="no YAML"):
        mapping_of(file("accounts: ["))
    with pytest.raises(UsageError, match="UTF-8"):
        mapping_of(file("accounts: {6100: Zoë}", "latin-1"))
    with pytest.raises(UsageError, match="no account of book fin"):
        set_mapping(told.ground, file("accounts: {9500: 1}"))
    assert kept_mapping(told.ground) is None
