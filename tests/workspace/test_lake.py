import pytest

import truelift
from truelift.base.errors import UsageError
from truelift.cli.main import run
from truelift.store import places
from truelift.store.places import Places


def test_a_lake_is_sealed_from_python_too_and_without_one_that_is_said(tmp_path):
    folder = tmp_path / "shop"
    assert run(["init", str(folder), "--brand", "acme"]) == 0
    with truelift.open(folder) as ws:
        for ask in (ws.seal_lake, ws.lake_standing, ws.compact_lake):
            with pytest.raises(UsageError, match="names no lake"):
                ask()
    places.write(folder, Places(lake=str(tmp_path / "lake")))
    with truelift.open(folder) as ws:
        assert ws.seal_lake() == (0, 0)
        assert ws.compact_lake() == (0, 0)
        assert {row["waiting"] for row in ws.lake_standing().rows} == {0}
