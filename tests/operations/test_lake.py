import json

import pytest

from truelift.base.errors import Refused, UsageError
from truelift.catalog.permission import Role
from truelift.operations import lake
from truelift.operations.doctor import doctor
from truelift.store import ground as grounds
from truelift.store import places
from truelift.store.places import Places

ORDERS = """
orders
order_id | ordered_at | currency | subtotal
1        | @05-01     | USD      | 100.00
2        | @05-02     | USD      | 50.00
"""


@pytest.fixture
def outgrown(told, tmp_path):
    """A workspace with two orders that names a lake."""
    told.given(ORDERS)
    folder = told.ground.folder
    told.stack.close()
    places.write(folder, Places(lake=str(tmp_path / "lake")))
    with grounds.opened(folder, None, told.clock, "ana.controller") as ground:
        yield ground


def test_what_was_accepted_is_sealed_and_counted(outgrown):
    assert lake.seal_lake(outgrown).rows == 2
    assert lake.seal_lake(outgrown).rows == 0
    standing = {each.kind: each for each in lake.lake_standing(outgrown)}
    assert (standing["orders"].rows, standing["orders"].waiting) == (2, 0)
    assert standing["clicks"].rows == 0
    assert lake.compact_lake(outgrown) == (0, 0)


def test_what_waits_is_counted_as_the_tail(outgrown):
    lake.seal_lake(outgrown)
    outgrown.lake.node = "another"
    standing = {each.kind: each for each in lake.lake_standing(outgrown)}
    assert (standing["orders"].rows, standing["orders"].waiting) == (2, 2)


def test_a_workspace_without_a_lake_says_how_to_name_one(told):
    with pytest.raises(UsageError, match=r"workspace\.toml"):
        lake.seal_lake(told.ground)
    assert json.dumps(str(told.ground.folder))


def test_the_doctor_says_what_waits_and_when_the_lake_is_away(outgrown, tmp_path):
    lake.seal_lake(outgrown)
    (check,) = [each for each in doctor(outgrown) if each.name == "lake"]
    assert (check.holds, check.sentence[:26]) == (True, "The lake answers; 0 rows w")
    (tmp_path / "lake").rename(tmp_path / "gone")
    outgrown.lake._tables.clear()
    (check,) = [each for each in doctor(outgrown) if each.name == "lake"]
    assert not check.holds
    assert "does not answer" in check.sentence


def test_who_may_not_import_may_not_seal(acting):
    with pytest.raises(Refused):
        lake.seal_lake(acting("audrey", Role.AUDITOR))
