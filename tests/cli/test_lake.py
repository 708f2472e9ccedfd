import json

import pytest

from truelift.cli.main import run
from truelift.store import places
from truelift.store.places import Places

ORDERS = "order_id,ordered_at,currency,subtotal\n1,2026-05-01,USD,10.00\n2,2026-05-02,USD,5.00\n"


@pytest.fixture
def shop(tmp_path):
    """A workspace with two orders that names a lake."""
    folder, orders = tmp_path / "shop", tmp_path / "orders.csv"
    orders.write_text(ORDERS, encoding="utf-8")
    assert run(["init", str(folder), "--brand", "acme"]) == 0
    assert run(["import", str(orders), "-w", str(folder)]) == 0
    places.write(folder, Places(lake=str(tmp_path / "lake")))
    return folder


def test_a_lake_is_sealed_shown_and_compacted(shop, capsys):
    assert run(["lake", "seal", "-w", str(shop)]) == 0
    assert "2 rows were sealed in 1 commits." in capsys.readouterr().err
    assert run(["lake", "status", "-w", str(shop), "--format", "json"]) == 0
    rows = {row["kind"]: row for row in json.loads(capsys.readouterr().out)["rows"]}
    assert rows["orders"] == {"kind": "orders", "version": 1, "files": 1, "rows": 2, "waiting": 0}
    assert run(["lake", "compact", "-w", str(shop)]) == 0
    assert "0 files were merged" in capsys.readouterr().err


def test_without_a_lake_a_sentence_says_what_to_write(shop, capsys):
    (shop / places.FILE).unlink()
    assert run(["lake", "status", "-w", str(shop)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("truelift: ")
    assert "workspace.toml" in error


def test_an_engine_that_is_away_is_told_in_a_sentence_and_gives_no_figure(shop, capsys):
    named = places.read(shop)
    places.write(shop, Places(lake=named.lake, engine="sc://127.0.0.1:9"))
    assert run(["lake", "seal", "-w", str(shop)]) == 0
    capsys.readouterr()
    assert run(["attribute", "-w", str(shop), "--model", "linear"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "sc://127.0.0.1:9 did not answer" in said.err


def test_a_lost_folder_prints_the_same_again(shop, tmp_path, capsys):
    assert run(["lake", "seal", "-w", str(shop)]) == 0
    words = ["roi", "--format", "json", "-w", str(shop)]
    capsys.readouterr()
    assert run(words) == 0
    before = capsys.readouterr().out
    for name in ("segments", "facts.duckdb"):
        (shop / name).rename(tmp_path / name)
    assert run(["lake", "restore", "-w", str(shop)]) == 0
    said = capsys.readouterr().err
    assert "2 rows are in the segments again, up to number 1." in said
    assert "not sealed is lost: import those files again." in said
    assert run(words) == 0
    assert capsys.readouterr().out == before
    assert run(["lake", "restore", "-w", str(shop)]) == 1
    assert "holds segments already" in capsys.readouterr().err
    assert run(["lake", "forget-lost", "-w", str(shop)]) == 0
    assert "Nothing counted as lost." in capsys.readouterr().err
    (shop / "lost.json").write_text('{"numbers": [2, 3]}', encoding="utf-8")
    assert run(words) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["partial"][0] in told.err
    assert run(["lake", "forget-lost", "-w", str(shop)]) == 0
