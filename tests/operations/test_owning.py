"""Who owns a workspace in PostgreSQL, who only reads it, and what their figures lack."""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import json
import pkgutil
import shutil

import pytest

import truelift
from truelift import operations
from truelift.base.errors import NotOwner, UsageError
from truelift.catalog.permission import READS
from truelift.cli.main import run
from truelift.operations import owning
from truelift.operations.people import actions_of
from truelift.store import ground as grounds
from truelift.store import leases, places
from truelift.store.places import Places
from truelift.workspace.workspace import Workspace


@pytest.fixture
def orders(tmp_path):
    """Give what writes a file of orders."""

    def write(name, *ids):
        path = tmp_path / name
        rows = "".join(f"{each},2026-05-01T12:00:00,USD,10.00\n" for each in ids)
        path.write_text(f"order_id,ordered_at,currency,subtotal\n{rows}")
        return str(path)

    return write


@pytest.fixture
def named(postgresql_cluster, tmp_path):
    """Name an empty database and a lake."""
    name = postgresql_cluster.new_database()
    url = f"postgresql://owner@/{name}?host={postgresql_cluster.socket}"
    return Places(database=url, lake=str(tmp_path / "lake"))


@pytest.fixture
def shop(tmp_path, named, orders):
    """A workspace of two sealed orders, in PostgreSQL and a lake."""
    folder = tmp_path / "shop"
    folder.mkdir()
    places.write(folder, named)
    assert run(["init", str(folder), "--brand", "acme"]) == 0
    assert run(["import", orders("1.csv", "a", "b"), "-w", str(folder)]) == 0
    assert run(["lake", "seal", "-w", str(folder)]) == 0
    return folder


@pytest.fixture
def reader(named):
    with truelift.open(named.database, lake=named.lake) as ws:
        yield ws


def doctor(folder, capsys):
    capsys.readouterr()
    code = run(["doctor", "-w", str(folder), "--format", "json"])
    rows = json.loads(capsys.readouterr().out)["rows"]
    return code, {row["name"]: (row["holds"], row["sentence"]) for row in rows}


def asked(folder, capsys):
    """Give how many orders a folder has, and what it says that they lack."""
    capsys.readouterr()
    assert run(["orders", "-w", str(folder), "--format", "json"]) == 0
    printed = capsys.readouterr()
    told = json.loads(printed.out)
    partial = told.get("partial", [])
    assert printed.err == "".join(f"{each}\n" for each in partial)
    return len(told["rows"]), partial


def test_a_copy_writes_nothing_until_it_owns_on_purpose(shop, orders, capsys, told):
    copy = shutil.copytree(shop, shop.with_name("copy"))
    assert asked(copy, capsys)[0] == 2
    for words in (
        ["import", orders("2.csv", "c")], ["lake", "seal"], ["key", "add", "--server"],
        ["creator", "erase", "ana", "--reason", "asked"], ["serve", "--port", "0"],
    ):  # fmt: skip
        capsys.readouterr()
        assert run([*words, "-w", str(copy)]) == 1
        said = capsys.readouterr().err.splitlines()[-1]
        assert said.startswith(f"truelift: The facts of this workspace are taken in by {shop} on ")
    assert run(["import", orders("2.csv", "c"), "-w", str(shop)]) == 0
    count, (sentence,) = asked(copy, capsys)
    assert count == 2
    assert sentence.startswith("Figures are partial: they are read in a copy, which holds what was")
    assert f"; what {shop} on " in sentence
    assert asked(shop, capsys) == (3, [])
    code, looked = doctor(copy, capsys)
    assert (code, looked["owner"][0]) == (3, False)
    assert "`truelift own` makes this folder the owner" in looked["owner"][1]
    with truelift.open(shop) as ws:
        owner = next(row for row in ws.doctor().rows if row["name"] == "owner")
        assert owner["sentence"] == "This folder takes in the facts of its workspace."
        assert ws.own() == ["This folder was the owner of the workspace already."]
    nobody_owns_while_the_owner_works(shop, copy, told)
    assert run(["own", "-w", str(copy)]) == 0
    *_, first, second, third = capsys.readouterr().err.splitlines()
    assert first.startswith("This folder owns the workspace now")
    assert second.startswith("Of acme it holds what was recorded up to 20")
    assert "2.csv. Import them again; what was collected since is lost." in third
    assert run(["import", orders("9.csv", "y"), "-w", str(shop)]) == 1
    assert run(["import", orders("9.csv", "y"), "-w", str(copy)]) == 0
    assert asked(copy, capsys) == (3, [])


def nobody_owns_while_the_owner_works(shop, copy, told):
    with grounds.opened(copy, None, told.clock, "ana") as ground:
        with ground.workspace.transaction() as connection:
            held = leases.take(connection, leases.WORKER, f"{shop} on another", 30)
        with pytest.raises(NotOwner, match=rf"{shop} on another works on this workspace; stop"):
            owning.own(ground)
        with ground.workspace.transaction() as connection:
            leases.give(connection, held)


@pytest.mark.usefixtures("kept_in_a_file")
def test_a_workspace_in_a_file_has_no_other_owner(told):
    with pytest.raises(UsageError, match="no other folder can own it"):
        owning.own(told.ground)
    assert owning.partial(told.ground) == []
    assert owning.standing(told.ground)[1].startswith("Nobody has written")
    assert "partial" not in Workspace(told.ground).list("orders").data


def test_files_that_came_later_are_named_and_an_empty_lake_holds_nothing():
    rows = [
        {"kind": kind, "source_file": f"{kind}-{at}", "accepted": 1, "updated": 0,
         "recorded_at": dt.datetime(2026, 5, at)}
        for at in range(1, 6) for kind in ("orders", "creators")
    ]  # fmt: skip
    assert owning._lost(rows, dt.datetime(2026, 5, 5)) == []
    assert owning._lost([row | {"accepted": 0} for row in rows], None) == []
    (told,) = owning._lost(rows, dt.datetime(2026, 5, 1))
    assert told.startswith(
        "Imported after that, and not in it: orders-2, orders-3, orders-4 and 1 more. "
    )
    assert owning._up_to(None) == "nothing yet"


def operations_that_change():
    """Give every operation that names an action which changes something."""
    for each in pkgutil.iter_modules(operations.__path__):
        module = importlib.import_module(f"truelift.operations.{each.name}")
        for name, found in inspect.getmembers(module, callable):
            named = actions_of(found) if inspect.isfunction(found) else ()
            if not READS.issuperset(named) and found.__module__ == module.__name__:
                yield f"{each.name}.{name}", found


def every_operation_that_changes_something_is_refused(shop, reader):
    ground, count = reader._ground, 0
    for name, operation in operations_that_change():
        if name in {"owning.own", "lake.restore_lake"}:
            continue  # asked for where the owner is lost
        count += 1
        needed = [
            each
            for each in list(inspect.signature(operation).parameters.values())[1:]
            if each.default is each.empty
        ]
        given = [None for each in needed if each.kind is not each.KEYWORD_ONLY]
        named = {each.name: None for each in needed if each.kind is each.KEYWORD_ONLY}
        with pytest.raises(NotOwner, match=f"only read here, .* do it in {shop} on ") as refused:
            operation(ground, *given, **named)
        assert refused.value.exit_code == 1, name
    assert count > 60


def test_a_lost_owner_is_followed_by_a_folder_made_of_the_lake(shop, orders, capsys):
    (folder := shop.with_name("new")).mkdir()
    shutil.copy(shop / places.FILE, folder)
    assert run(["own", "-w", str(folder)]) == 1
    assert "`truelift lake restore` makes them of the lake" in capsys.readouterr().err
    shutil.rmtree(shop)
    assert run(["lake", "restore", "-w", str(folder)]) == 0
    assert "2 rows are in the segments again" in capsys.readouterr().err
    assert run(["import", orders("2.csv", "c"), "-w", str(folder)]) == 1
    assert run(["own", "-w", str(folder)]) == 0
    assert run(["import", orders("2.csv", "c"), "-w", str(folder)]) == 0
    assert run(["lake", "seal", "-w", str(folder)]) == 0
    assert asked(folder, capsys) == (3, [])


def test_who_reads_the_lake_says_up_to_when_it_holds(shop, reader, orders, capsys):
    every_operation_that_changes_something_is_refused(shop, reader)
    assert run(["import", orders("2.csv", "c"), "-w", str(shop)]) == 0
    assert len(reader.list("orders").rows) == 2
    (sentence,) = reader.partial
    assert sentence.startswith(
        "Figures are partial: they are read over the lake, which holds what was recorded up to 20"
    )
    for result in (reader.roi(), reader.list("orders"), reader.attribute(), reader.journal()):
        assert result.data["partial"] == [sentence]
    folder = shop.with_name("node")
    folder.mkdir()
    shutil.copy(shop / places.FILE, folder)
    assert asked(folder, capsys) == (2, [sentence])
    code, told = doctor(folder, capsys)
    assert (code, told["owner"][0]) == (0, True)
    assert sentence in told["owner"][1]
    assert told["lake"] == (True, "The lake answers, and is read.")
    for words in (["worker"], ["serve", "--port", "0"], ["hook", "add", "shopify"]):
        capsys.readouterr()
        assert run([*words, "-w", str(folder)]) == 1
        assert "truelift: This workspace is only read here" in capsys.readouterr().err
