"""The finance reports as they are typed."""

from __future__ import annotations

import csv
import io
import json
from typing import get_args

import pyarrow.parquet as pq

from truelift.cli import finance
from truelift.reports.statement import STATEMENTS


def test_the_command_names_every_report():
    names, _ = get_args(finance.Name)
    assert get_args(names) == tuple(STATEMENTS)


def test_a_report_is_the_same_rows_in_every_format(command, shop, tmp_path):
    words = ("report", "pnl", "-w", shop, "--from", "2026-03", "--to", "2026-03")
    told = json.loads(command(*words, "--format", "json")[1])
    assert (told["report"], told["currency"]) == ("pnl", "USD")
    assert [(row["account"], row["booked"]) for row in told["rows"]] == [
        ("6100", 10000), ("total", 10000),
    ]  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(command(*words, "--format", "csv")[1])))
    assert [row["booked"] for row in rows] == ["100.00", "100.00"]
    code, out, _ = command(*words)
    assert (code, "1 row; acme, USD, as known at" in out, "100.00" in out) == (0, True, True)
    file = tmp_path / "pnl.parquet"
    assert command(*words, "--format", "parquet", "-o", file)[0] == 0
    assert pq.read_table(file)["booked"].to_pylist() == ["100.00", "100.00"]


def test_a_report_that_is_not_known_or_not_by_that_name_is_a_usage_error(command, shop):
    assert command("report", "gossip", "-w", shop)[0] == 2
    code, out, err = command("report", "late", "-w", shop, "--as-closed")
    assert (code, out) == (2, "")
    assert "No period is closed yet" in err
    assert command("report", "pnl", "-w", shop, "--creator", "zed")[0] == 1
