"""The command line: data on stdout, sentences on stderr, exit codes of the contract."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pyarrow.parquet as pq
import pytest


def test_the_roi_of_the_small_programme_is_what_a_hand_computes(data):
    ana, bo = data("roi")["rows"]
    assert ana["cost"] == {"committed": 10000, "accrued": 10000, "invoiced": 0, "paid": 0}
    assert [step["amount"] for step in ana["ladder"]] == [None, 10000, 9000, 6000, None, None]
    assert ana["roas"] == 0.9
    assert ana["roi"] == -0.4
    assert ana["incremental_roi"]["withheld"] == "NO_ORDER_BASELINE"
    assert ana["incremental_roi"]["break_even_incrementality"] == 1.666667
    assert bo["roi"]["withheld"] == "NO_COST"


def test_importing_twice_changes_nothing(command, shop, files):
    before = command("roi", "-w", shop, "--format", "json")[1]
    code, out, _ = command("import", files, "-w", shop, "--format", "json")
    assert code == 0
    rows = json.loads(out)["rows"]
    assert sum(row["accepted"] + row["updated"] for row in rows) == 0
    assert command("roi", "-w", shop, "--format", "json")[1] == before
    assert len(json.loads(command("quarantine", "-w", shop, "--format", "json")[1])["rows"]) == 1


def test_a_refused_row_is_said_on_stderr_and_kept(command, shop, files):
    _, out, err = command("import", files / "orders.csv", "-w", shop)
    assert "line 4, column ordered_at: '2026-02-31' is not a date" in err
    assert "is not a date" not in out
    (row,) = json.loads(command("quarantine", "-w", shop, "--format", "json")[1])["rows"]
    assert (row["line"], row["reason"]) == (4, "NOT_A_DATE")


def test_a_dry_run_keeps_nothing(command, tmp_path, files):
    folder = tmp_path / "dry"
    command("init", folder, "--brand", "acme")
    code, out, _ = command("import", files, "-w", folder, "--dry-run", "--format", "json")
    assert code == 0
    assert sum(row["accepted"] for row in json.loads(out)["rows"]) == 9
    for kind in ("orders", "codes", "quarantine"):
        assert json.loads(command("list", kind, "-w", folder, "--format", "json")[1])["rows"] == []


def test_text_that_looks_like_a_formula_is_neutralised_in_csv_and_amounts_are_not(command, shop):
    creators = command("list", "creators", "-w", shop, "--format", "csv")[1]
    assert next(csv.DictReader(io.StringIO(creators)))["name"] == '\'=HYPERLINK("http://x")'
    bridge = command("bridge", "-w", shop, "--format", "csv")[1]
    amounts = {row["step"]: row["amount"] for row in csv.DictReader(io.StringIO(bridge))}
    assert amounts["discounts"] == "-10.00"


def test_the_bridge_ends_in_the_ledger(command, data, shop):
    rows = data("bridge", "--campaign", "spring")["rows"]
    steps = {row["step"]: row["amount"] for row in rows}
    assert steps["residual"] == 0
    cost = [row for row in rows if row["step"] == "creator_cost"]
    assert [(row["account"], row["amount"]) for row in cost] == [("6100", -10000)]
    balances = data("ledger", "trial-balance")["rows"]
    assert {row["account"]: row["base_minor"] for row in balances} == {
        "2100": -10000,
        "6100": 10000,
        "total": 0,
    }
    assert command("ledger", "verify", "-w", shop)[0] == 0
    assert {row["rule"] for row in data("ledger", "journal")["rows"]} == {"R01", "R03", "R20"}


@pytest.mark.soak
def test_every_table_comes_in_every_format(command, shop, tmp_path):
    for words in (["roi"], ["attribute"], ["bridge"], ["orders"], ["ledger", "journal"]):
        code, table, _ = command(*words, "-w", shop)
        assert (code, bool(table.strip())) == (0, True)
        target = tmp_path / "out.parquet"
        assert command(*words, "-w", shop, "--format", "parquet", "-o", target)[0] == 0
        text = command(*words, "-w", shop, "--format", "csv")[1]
        assert pq.read_table(target).num_rows == len(list(csv.reader(io.StringIO(text)))) - 1
    assert command("roi", "-w", shop, "--format", "parquet")[0] == 2


@pytest.mark.soak
def test_every_printed_figure_can_be_explained(command, data, shop):
    for row in data("roi")["rows"]:
        for name, figure in row["figure_ids"].items():
            code, out, _ = command("explain", figure, "-w", shop)
            told = json.loads(out)
            assert code == 0
            assert told["figure"] == figure
            assert told["formula"], name
    orders = told["rows"]["orders"]
    assert orders["count"] == 1
    assert orders["first"][0]["file"].endswith("orders.csv")


def test_sealing_after_the_launch_needs_the_word_late(command, shop):
    code, _, err = command("seal", "-w", shop)
    assert code == 3
    assert "seal with --late" in err
    assert command("seal", "-w", shop, "--late")[0] == 0


def test_rebuild_gives_the_same_bytes(command, shop):
    before = command("roi", "-w", shop, "--format", "json")[1]
    code, out, err = command("rebuild", "-w", shop)
    assert (code, out) == (0, "")
    assert "made again" in err
    assert command("roi", "-w", shop, "--format", "json")[1] == before


def test_brands_do_not_see_each_other(command, shop):
    assert command("brand", "add", "other", "-w", shop, "--currency", "EUR")[0] == 0
    assert command("roi", "-w", shop)[0] == 2
    assert command("roi", "-w", shop, "--brand", "nosuch")[0] == 2
    code, out, _ = command("orders", "-w", shop, "--brand", "other", "--format", "json")
    assert (code, json.loads(out)["rows"]) == (0, [])
    assert len(json.loads(command("orders", "-w", shop, "--brand", "acme", "--format", "json")[1])
               ["rows"]) == 2  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["roi", "-w", "nowhere"], 1, "holds no workspace"),
        (["roi"], 2, "workspace"),
        (["roi", "-w", "SHOP", "--by", "week"], 2, "week"),
        (["roi", "-w", "SHOP", "--metric", "joy"], 2, "no metric 'joy'"),
        (["roi", "-w", "SHOP", "--model", "guess"], 2, "guess"),
        (["roi", "-w", "SHOP", "--as-of", "2026-13-01"], 2, "not a date or time"),
        (["roi", "-w", "SHOP", "--as-of", "9999-12-31"], 2, "not between"),
        (["attribute", "-w", "SHOP", "--model", "guess"], 2, "guess"),
        (["roi", "-w", "SHOP", "--campaign", "nope"], 1, "no campaign 'nope'"),
        (["roi", "-w", "SHOP", "--creator", "nope"], 1, "no creator 'nope'"),
        (["seal", "-w", "SHOP", "--campaign", "nope"], 1, "no campaign 'nope'"),
        (["bridge", "-w", "SHOP", "--campaign", "nope"], 1, "no campaign 'nope'"),
        (["bridge", "-w", "SHOP", "--period", "May"], 2, "not a period"),
        (["explain", "nothing", "-w", "SHOP"], 2, "not a figure id"),
        (["list", "joys", "-w", "SHOP"], 2, "no kind 'joys'"),
        (["import", "-w", "SHOP"], 2, "at least one file"),
        (["import", "missing.csv", "-w", "SHOP"], 1, "no file"),
        (["import", "missing.csv", "-w", "SHOP", "--set", "campaign"], 2, "not column=value"),
        (["import", "missing.csv", "-w", "SHOP", "--map", "none.yaml"], 1, "no mapping profile"),
        (["init", "SHOP", "--brand", "acme"], 1, "holds a workspace already"),
        (["init", "new", "--brand", "acme", "--currency", "XXZ"], 2, "not an ISO 4217"),
        (["init", "new", "--brand", "acme", "--timezone", "Mars/Olympus"], 2, "not known"),
        (["brand", "add", "acme", "-w", "SHOP"], 1, "exists already"),
        (["frobnicate"], 2, "frobnicate"),
    ],
)
def test_a_mistake_gets_one_sentence_and_its_exit_code(command, shop, words, code, says):
    found, out, err = command(*(shop if word == "SHOP" else word for word in words))
    assert (found, out) == (code, "")
    assert says in err
    assert "Traceback" not in err


def test_a_damaged_facts_file_is_one_sentence(command, shop):
    (shop / "facts.duckdb").write_bytes(b"not a database" * 100)
    code, out, err = command("roi", "-w", shop)
    assert (code, out) == (1, "")
    assert "truelift rebuild" in err


@pytest.mark.usefixtures("kept_in_a_file")
def test_help_names_every_command_without_loading_the_engines():
    words = "import sys; from truelift.cli.main import run; run(['--help']); print(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", words], capture_output=True, text=True, check=True
    )
    assert "trial balance" in found.stdout
    loaded = set(found.stdout.splitlines()[-1].split())
    assert not loaded & {"duckdb", "pyarrow", "numpy", "sqlalchemy", "scipy", "litestar"}


COSTS = (
    "document,state,date,type,amount,currency,campaign\n"
    "i1,invoiced,2026-03-04,agency,1234.50,USD,spring\n"
    "i2,invoiced,2026-03-05,agency,-900,JPY,spring\n"
)


@pytest.mark.soak
def test_a_listing_can_be_imported_again_unchanged(command, shop, tmp_path):
    (tmp_path / "costs.csv").write_text(COSTS, encoding="utf-8")
    assert command("import", tmp_path / "costs.csv", "-w", shop)[0] == 0
    other = tmp_path / "other"
    command("init", other, "--brand", "acme", "--timezone", "America/New_York")
    for kind in ("orders", "costs", "agreements"):
        target = tmp_path / f"{kind}_again.csv"
        assert command("list", kind, "-w", shop, "--format", "csv", "-o", target)[0] == 0
        code, _, err = command("import", target, "-w", other, "--as", kind)
        assert code == 0, err
        told = [
            json.loads(command("list", kind, "-w", folder, "--format", "json")[1])["rows"]
            for folder in (shop, other)
        ]
        for row in told[0] + told[1]:
            for name in ("source_file", "source_line", "notes"):
                row.pop(name, None)
        assert told[0]
        for before, after in zip(*told, strict=True):
            assert dict(before.items() - after.items()) == {}
        if kind == "costs":
            assert [row["amount"] for row in told[0]] == ["1234.50", "-900"]


def test_times_are_iso_and_utc(command, data, shop):
    assert data("orders")["rows"][0]["ordered_at"].endswith("Z")
    assert "T" in data("orders")["rows"][0]["ordered_at"]
    assert "2026-03-05T05:00:00Z" in command("orders", "-w", shop, "--format", "csv")[1]


def test_a_limit_below_zero_is_a_usage_error(command, shop):
    for kind in ("orders", "codes", "quarantine"):
        code, _, err = command("list", kind, "-w", shop, "--limit", "-1")
        assert (code, "below 0" in err, "Traceback" in err) == (2, True, False)


def test_a_long_listing_is_cut_in_a_table_and_whole_in_a_file(command, shop, monkeypatch):
    monkeypatch.setattr("truelift.cli.main.TABLE_ROWS", 1)
    _, out, err = command("list", "creators", "-w", shop)
    assert ("ana" in out, "Bo" in out) == (True, False)
    assert "... 1 more; use --format csv." in err
    assert "Bo" in command("list", "creators", "-w", shop, "--format", "csv")[1]


SILENT = {
    "campaigns.csv": (
        "campaign,goal,starts,ends,currency\nglow,awareness,2026-05-01,2026-05-31,USD\n"
    ),
    "posts.csv": (
        "platform,post_id,creator,published_at,campaign\n"
        "x,ad1,ana,2026-05-02T12:00Z,glow\nx,ad2,bo,2026-05-03T12:00Z,glow\n"
    ),
    "observations.csv": (
        "platform,post_id,observed_at,likes,views\n"
        "x,ad1,2026-05-20T12:00Z,900,9000\nx,ad2,2026-05-20T12:00Z,500,4000\n"
    ),
    "agreements.csv": (
        "agreement,campaign,creator,fee,currency,signed_on\nA1,glow,ana,100.00,USD,2026-04-01\n"
    ),
    "deliverables.csv": "deliverable,agreement,live_at\nD1,A1,2026-05-02\n",
}


@pytest.mark.parametrize("by", ["campaign", "creator", "platform", "post"])
def test_a_campaign_without_any_organic_post_has_a_reason_and_never_a_number(command, tmp_path, by):
    folder, inbox = tmp_path / "ws", tmp_path / "inbox"
    inbox.mkdir()
    for name, text in SILENT.items():
        (inbox / name).write_text(text, encoding="utf-8")
    command("init", folder, "--brand", "acme")
    assert command("import", inbox, "-w", folder)[0] == 0
    sealed = json.loads(command("seal", "-w", folder, "--late", "--format", "json")[1])["rows"]
    assert all(row["posts"] == 0 for row in sealed)
    code, out, _ = command("roi", "-w", folder, "--by", by, "--format", "json")
    assert code == 0
    for row in json.loads(out)["rows"]:
        assert "log" not in row["lift"]
        assert row["lift"]["withheld"] in {"NO_BASELINE", "NOT_AT_THIS_LEVEL"}
        assert row["incremental_roi"]["withheld"] == "NO_CASH_OUTCOME"
        levels = {step["step"]: step for step in row["ladder"]}
        assert levels["incremental"]["amount"] is None
        assert levels["incremental"]["withheld"]
        assert "withheld" in row["valued_roi"]


def test_a_correction_is_refused_or_kept_beside_the_record_it_supersedes(command, shop, tmp_path):
    def rows(*words):
        return json.loads(command(*words, "-w", shop, "--format", "json")[1])["rows"]

    inbox = tmp_path / "inbox"
    inbox.mkdir()
    posts = "platform,post_id,creator,published_at,sponsored_by\n"
    readings = "platform,post_id,observed_at,likes\n"
    for day in range(1, 7):
        posts += f"x,p{day},ana,2026-02-0{day}T12:00Z,\n"
        readings += f"x,p{day},2026-02-2{day}T12:00Z,{90 + day}\n"
    (inbox / "posts.csv").write_text(posts, encoding="utf-8")
    (inbox / "observations.csv").write_text(readings, encoding="utf-8")
    command("import", inbox, "-w", shop)
    spring = ("seal", "--campaign", "spring", "--creator", "ana")
    assert command(*spring, "--correct", "typo", "-w", shop)[0] == 3
    assert rows(*spring, "--late")[0]["verdict"] == "sealed"
    code, _, err = command(*spring, "--correct", "typo", "-w", shop)
    assert (code, "nothing to correct" in err) == (3, True)
    assert command(*spring, "--correct", " ", "-w", shop)[0] == 2
    assert command("seal", "--correct", "typo", "-w", shop)[0] == 2
    code, _, err = command("seal", "--creator", "zed", "--correct", "typo", "-w", shop)
    assert (code, "no creator 'zed'" in err) == (1, True)
    (inbox / "posts.csv").write_text(posts.replace("02-06T12:00Z,", "02-06T12:00Z,other brand"))
    command("import", inbox / "posts.csv", "-w", shop)
    (verdict,) = rows(*spring, "--correct", "p6 was another brand's")
    assert (verdict["verdict"], verdict["late"], verdict["posts"]) == ("corrected", True, 5)
    old, new = rows("baselines")
    assert (old["superseded_by"], new["supersedes"]) == (new["sha256"], old["sha256"])
    assert (old["posts"], new["posts"], new["reason"]) == (6, 5, "p6 was another brand's")
