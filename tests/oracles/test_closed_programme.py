"""Five months of the sample programme are closed by two people; outside programs read the books.

Three are closed from the command line and two from Python; `make soak` closes all of them from both
and finds the same checkpoints.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections import Counter
from types import SimpleNamespace

import pytest

import truelift
from truelift.app import people_of
from truelift.base.money import parse_minor
from truelift.cli.main import run

CLOSED = ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05")
FROM_PYTHON = ("2026-04", "2026-05")
PLAIN = ("beancount", "hledger", "ledger")


@pytest.fixture(scope="module")
def books(demo, tmp_path_factory):
    """Close the months from the command line, in a copy: prepared by one, locked by kim."""
    place = tmp_path_factory.mktemp("closed")
    folder = place / "demo"
    shutil.copytree(demo.workspace, folder)
    patch = pytest.MonkeyPatch()
    said = place / "said"

    def command(*words, token=None):
        """Run a command that must succeed and give what it said: a document, else its text."""
        said.unlink(missing_ok=True)
        patch.setenv("TRUELIFT_TOKEN", token) if token else patch.delenv(
            "TRUELIFT_TOKEN", raising=False
        )
        output = [] if "-o" in words else ["--format", "json", "-o", str(said)]
        assert run([*map(str, words), "-w", str(folder), *output]) == 0
        return json.loads(said.read_text("utf-8")) if said.is_file() else None

    with people_of(folder) as people:
        people.add("kim", "approver")
        token = people.token("kim").reveal()
    shutil.copytree(folder, place / "python")
    for month in CLOSED:
        if month in FROM_PYTHON:
            patch.delenv("TRUELIFT_TOKEN", raising=False)
            close_from_python(folder, token, month)
        else:
            command("close", "prepare", month)
            command("close", "approve", month, token=token)
    yield SimpleNamespace(command=command, folder=folder, place=place, token=token)
    patch.undo()


def close_from_python(folder, token, month):
    """Prepare a month and have another person lock it."""
    with truelift.open(folder) as ws:
        ws.close_prepare(month)
    with truelift.open(folder, token=token) as ws:
        return ws.close_approve(month).rows[0]


@pytest.fixture(scope="module")
def balance(books):
    """Give what we say each account holds: in the base, and in each currency.

    An exchange difference moves no amount of its currency; plain text shows it in the base's.
    """
    base = Counter()
    for row in books.command("ledger", "trial-balance")["rows"]:
        base[row["account"], "USD"] += row["base_minor"]
    own = Counter()
    for row in books.command("ledger", "journal")["rows"]:
        amount = parse_minor(row["amount"], row["currency"])
        own[row["account"], row["currency"]] += amount
        if not amount and row["currency"] != "USD" and row["book"] == "fin":
            own[row["account"], "USD"] += parse_minor(row["base"], "USD")
    del base["total", "USD"]
    fin = {account for account, _ in base}
    return base, Counter({key: minor for key, minor in own.items() if key[0] in fin})


def by_number(sums):
    """Set the sums of a program by the number of the account; 2100 is in Liabilities:2100-Fees."""
    return {
        (re.search(r":(\d{4})", path)[1], currency): minor
        for (path, currency), minor in sums.items()
    }


def test_each_month_is_closed_by_two_people(books):
    told = books.command("close", "status")["rows"]
    assert [row["period"] for row in told if row["state"] == "closed"] == list(CLOSED)
    people = {(row["state"], row["by"]) for row in told}
    assert len({by for _, by in people}) == len(people) == 2


@pytest.mark.soak
def test_both_doors_close_the_same_months_with_the_same_checkpoints(books):
    told = books.command("close", "status")["rows"]
    closes = {row["period"]: row["checkpoint"] for row in told if row["state"] == "closed"}
    for month in CLOSED:
        row = close_from_python(books.place / "python", books.token, month)
        assert row["checkpoint"] == closes[month]


@pytest.mark.parametrize("name", PLAIN)
def test_the_export_is_accepted_with_no_difference(books, balance, readers, name):
    path = books.place / f"books.{name}"
    books.command("export", "journal", "--to", name, "-o", path)
    code, _, err = readers[name].check(path)
    assert (code, err) == (0, "")
    base, own = balance
    assert by_number(readers[name].sums(path, "USD")) == {k: v for k, v in base.items() if v}
    assert by_number(readers[name].sums(path)) == {k: v for k, v in own.items() if v}


def test_the_workbook_is_added_up_again_with_no_difference(books, balance, recomputed):
    path = books.place / "books.xlsx"
    books.command("export", "journal", "--to", "xlsx", "-o", path)
    titles, *rows = recomputed(path)
    assert titles[6].startswith("base")
    found = Counter()
    for row in rows:
        found[str(row[0]).removesuffix(".0"), "USD"] += round(row[6] * 100)
    assert found == balance[0]


def test_every_bridge_ends_in_the_cost_accounts_of_its_campaign_and_period(books):
    costs = Counter()
    for row in books.command("ledger", "journal")["rows"]:
        if "6100" <= row["account"] <= "6180":
            period = row["effective_date"][:7]
            costs[row["campaign"], period, row["account"]] += parse_minor(row["base"], "USD")
    periods = sorted({period for _, period, _ in costs})
    assert {"2026-03", "2026-04", "2026-05"} <= set(periods)
    bridged = Counter()
    for period in periods:
        for row in books.command("bridge", "--period", period)["rows"]:
            assert row["step"] != "residual" or row["amount"] == 0
            if row["step"] == "creator_cost":
                bridged[row["campaign"], period, row["account"]] -= row["amount"]
    assert {key: minor for key, minor in bridged.items() if minor} == {
        key: minor for key, minor in costs.items() if minor
    }


def test_a_late_refund_changes_what_is_known_now_and_not_the_closed_pack(books):
    """The last test: it changes the books."""
    month = CLOSED[-1]

    def packed(name):
        rows = books.command("close", "pack", month, "--folder", books.place / name)["rows"]
        return [(row["bytes"], row["sha256"]) for row in rows]

    def net():
        rows = books.command("roi", "--by", "campaign")["rows"]
        return {row["campaign"]: row["ladder"] for row in rows}

    closed, known = packed("closed"), net()
    orders = [
        row for row in books.command("orders")["rows"]
        if row["ordered_at"].startswith(month) and row["code"]
    ]  # fmt: skip
    assert orders
    late = books.place / "late.csv"
    lines = [
        f"shop,late-{row['order_id']},{row['order_id']},{month}-31T12:00:00Z,1.00,{row['currency']}"
        for row in orders
    ]
    late.write_text(
        "\n".join(["source,refund_id,order_id,refunded_at,amount,currency", *lines]) + "\n"
    )
    books.command("import", late)
    assert net() != known
    assert packed("again") == closed
    files = [
        hashlib.sha256((books.place / name / f"close-{month}.pdf").read_bytes()).hexdigest()
        for name in ("closed", "again")
    ]
    assert files[0] == files[1] == closed[0][1]
    late_rows = books.command("report", "late")["rows"]
    assert any(row["late_for"] == month for row in late_rows)
    restated = books.command("report", "restatements")["rows"]
    assert any(row["period"] == month for row in restated)
    assert run(["ledger", "verify", "-w", str(books.folder)]) == 0
