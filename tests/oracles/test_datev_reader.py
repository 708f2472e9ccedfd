"""An independent, strict reader of DATEV's format reads our batch and sums it to our balances."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from truelift.ledger.trial_balance import trial_balance
from truelift.reports.journal_export import datev

READ = """
import collections, decimal, json, sys
from mloda.community.feature_groups.experimental.german_ledger.datev import read_batch
header, legs = read_batch(sys.argv[1])
sums = collections.defaultdict(decimal.Decimal)
for account, amount in zip(legs["Konto"], legs["Betrag"]):
    sums[account] += amount
print(json.dumps({
    "client": [header.berater, header.mandant, str(header.datum_von), str(header.datum_bis)],
    "fixed": sorted(set(map(str, legs["Festschreibung"]))),
    "days": len(set(legs["Buchungsdatum"])),
    "sums": {account: str(total) for account, total in sums.items()},
}))
"""


@pytest.fixture(scope="module")
def python(program):
    """Give the interpreter that has the reader installed, and not ours."""
    return str(Path(program("bean-check")).with_name("python"))


@pytest.fixture(scope="module")
def year(euros, tmp_path_factory):
    """Write the batch of the year in euro: one fiscal year, so one file."""
    (file,) = datev.render(euros)
    path = tmp_path_factory.mktemp("datev") / "EXTF_Buchungsstapel.csv"
    path.write_bytes(file.content)
    return path


def test_no_cent_differs_on_any_account(python, ran, year, euros):
    code, out, err = ran(python, "-c", READ, year)
    assert code == 0, err
    found = json.loads(out)
    expected = defaultdict(int)
    for row in trial_balance(euros.entries):
        expected[f"1{row.account}"] += row.base_minor
    cents = {account: int(text.replace(".", "")) for account, text in found["sums"].items()}
    assert cents.pop("15900", 0) == 0
    assert {key: value for key, value in cents.items() if value} == {
        key: value for key, value in expected.items() if value
    }
    assert found["fixed"] == ["False"]
    dates = [euros.dated[0].effective_date, euros.dated[-1].effective_date]
    assert found["client"] == ["1001", "7", *map(str, dates)]
    assert found["days"] == len({entry.effective_date for entry in euros.entries})


def test_a_cent_more_moves_both_legs_so_the_totals_tell(python, ran, year, tmp_path):
    """A row has one amount for two legs, so it cannot be unbalanced; control totals differ."""
    text = year.read_bytes()
    at = text.index(b",", text.index(b"\r\n", text.index(b"\r\n") + 2))
    broken = tmp_path / "broken.csv"
    broken.write_bytes(text[: at + 1] + bytes([text[at + 1] ^ 1]) + text[at + 2 :])
    sums = [json.loads(ran(python, "-c", READ, path)[1])["sums"] for path in (year, broken)]
    assert sums[0] != sums[1]


def test_a_dot_in_an_amount_is_refused_by_the_reader(python, ran, year, tmp_path):
    text = year.read_bytes()
    at = text.index(b",", text.index(b"\r\n", text.index(b"\r\n") + 2))
    broken = tmp_path / "broken.csv"
    broken.write_bytes(text[:at] + b"." + text[at + 1 :])
    code, _, err = ran(python, "-c", READ, broken)
    assert code != 0
    assert "DATEV does not write" in err
