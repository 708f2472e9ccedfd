"""A workspace told as tables: a test writes the rows of its files as text and asks for figures.

A table is the name of a kind on a line of its own, a header and rows, cells parted by `|`; an empty
cell is missing, `05-12` is that day of 2026 and `@05-12` its noon. Tables are parted by an empty
line; one called `orders ...` holds more columns of the orders before it. Each is written as a
canonical CSV file and imported from there, as a user would.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from truelift.store import ground as grounds
from truelift.store.ground import Ground
from truelift.store.workspace_database import BrandRecord
from truelift.workspace.workspace import Workspace

NEW_YEAR = dt.datetime(2026, 1, 1)
AFTERWARDS = dt.datetime(2026, 12, 1)


@dataclass
class Hand:
    """A clock that a test moves by hand; naive UTC."""

    at: dt.datetime = NEW_YEAR

    def now(self):
        return self.at


def lines_of(text):
    """Give the rows of a table as lists of cells, empty lines left out."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return [[cell_of(cell.strip()) for cell in line.split("|")] for line in lines if line]


def cell_of(text):
    """Write a day of 2026 out: `05-12`, with `@` its noon."""
    found = re.fullmatch(r"(@?)(\d\d-\d\d)", text)
    return f"2026-{found[2]}{'T12:00:00' if found[1] else ''}" if found else text


def tables_of(text):
    """Give the rows of every table in a text, header first, by kind."""
    blocks = [[]]
    for line in text.splitlines():
        if line.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    tables = {}
    for block in filter(None, blocks):
        (name,), *rows = lines_of("\n".join(block))
        kind = name.removesuffix(" ...")
        if name == kind:
            tables.setdefault(kind, []).append(rows)
        else:
            last = tables[kind][-1]
            tables[kind][-1] = [[*left, *right] for left, right in zip(last, rows, strict=True)]
    return tables


class Told:
    """A workspace whose facts are told as tables, and the reports asked of it as tables."""

    def __init__(self, folder: Path, ground: Ground, clock: Hand) -> None:
        self.folder, self.ground, self.clock = folder, ground, clock
        self.ws = Workspace(ground)
        self.files = 0
        self.asked = {}

    def given(self, text, *, at=AFTERWARDS):
        """Import tables at a moment of the clock; no row may be refused."""
        report = self.tried(text, at=at)
        assert not report.faults, [fault.message for fault in report.faults]
        return self

    def tried(self, text, *, at=AFTERWARDS):
        """Import tables at a moment of the clock, and give what became of them."""
        self.clock.at = at
        self.asked.clear()
        self.files += 1
        inbox = self.folder / "inbox" / f"{self.files:02}"
        inbox.mkdir(parents=True)
        for kind, tables in tables_of(text).items():
            for number, rows in enumerate(tables):
                folder = inbox / str(number)
                folder.mkdir(exist_ok=True)
                with (folder / f"{kind}.csv").open("w", newline="", encoding="utf-8") as file:
                    csv.writer(file).writerows(rows)
        return self.ws.import_files([inbox])

    def sealed(self, at, **asked):
        """Seal baselines at a moment of the clock; give (creator, verdict, late) of each."""
        self.clock.at = at
        self.asked.clear()
        rows = self.ws.seal(**asked).rows
        return [(row["creator"], row["verdict"], row["late"]) for row in rows]

    def once(self, ask, **asked):
        """Ask a report once between two changes of the facts."""
        key = (ask, *sorted(asked.items()))
        if key not in self.asked:
            self.asked[key] = getattr(self.ws, ask)(**asked)
        return self.asked[key]

    def roi(self, *, campaign=None, creator=None, **asked):
        """Give the rows of the ROI report as JSON objects, of a campaign or creator if named."""
        return [
            row
            for row in self.once("roi", **asked).rows
            if campaign in {None, row["campaign"]} and creator in {None, row["creator"]}
        ]

    def row(self, **asked):
        """Give the one row of an ROI report."""
        (row,) = self.roi(**asked)
        return row

    def levels(self, **asked):
        """Give the ladder of the one row of an ROI report: step -> amount, or reason."""
        ladder = self.row(**asked)["ladder"]
        return {step["step"]: step.get("withheld", step["amount"]) for step in ladder}

    def bridge(self, campaign, period=None):
        """Give a campaign's bridge as (step, amount); cost lines carry their account."""
        return [
            (f"{row['step']} {row['account'] or ''}".strip(), row["withheld"] or row["amount"])
            for row in self.once("bridge", campaign=campaign, period=period).rows
        ]


def shown(result, text):
    """Give a result's columns named by a table's header as (what is there, what is expected)."""
    header, *expected = lines_of(text)
    rows = [
        ["" if row[name] is None else str(row[name]) for name in header]
        for row in result.table.rows
    ]
    return rows, expected


@pytest.fixture
def tell(tmp_path):
    """Open empty workspaces: tell(currency=..., timezone=...) -> Told."""
    opened = []

    def make(currency="USD", timezone="America/New_York", name="workspace"):
        folder = tmp_path / name
        record = BrandRecord("acme", "acme", currency, timezone, "acme", "months")
        clock = Hand()
        grounds.create(folder, record, clock.now())
        context = grounds.opened(folder, None, clock, "ana.controller")
        opened.append(context)
        return Told(tmp_path / f"{name}-files", context.__enter__(), clock)

    yield make
    for context in opened:
        context.__exit__(None, None, None)


@pytest.fixture
def told(tell):
    """An empty workspace in US dollars and New York's time."""
    return tell()
