"""A year of books in five currencies, made by the posting rules, and the programs that read it.

The programs run beside ours and are never imported. Where one is not installed its tests are
skipped and say so: `make test` installs them where it may.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import shutil
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from truelift.base.money import exponent, parse_minor
from truelift.ledger.chart import CHART, Book
from truelift.ledger.fx import RateRow, RateSet
from truelift.ledger.recognition import entries_for
from truelift.ledger.source import (
    AgreedDeliverable,
    AgreementSigned,
    CostDocument,
    CostState,
    DeliverableLive,
    Facts,
    Policy,
)
from truelift.reports.journal_export.account_mapping import read_mapping
from truelift.reports.journal_export.batch import ExportBatch

ROOT = Path(__file__).parents[2]
ORACLES = ROOT / ".venv-oracles" / "bin"
START = dt.date(2026, 1, 1)
AGREEMENTS = 1700
ANEW = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""
"""Has LibreOffice compute every formula anew; by itself it shows what is stored."""
IN_DOLLARS = {"USD": "1", "EUR": "1.1", "GBP": "1.27", "JPY": "0.0067", "KWD": "3.25"}
SETTINGS = {
    "datev": {
        "adviser": 1001, "client": 7, "account_length": 5, "clearing": "15900", "chart": "03",
    }
}  # fmt: skip


def rates_to(base):
    """Give a rate a day to the base, a little different each day."""
    drawn = random.Random(7)
    return RateSet(
        [
            RateRow(
                (START + dt.timedelta(days=day)).isoformat(),
                currency,
                base,
                f"{Decimal(value) / Decimal(IN_DOLLARS[base]) * drawn.randrange(950, 1051):.4f}e-3",
                "drawn",
            )
            for day in range(365)
            for currency, value in IN_DOLLARS.items()
            if currency != base
        ]
    )


def facts():
    """Give agreements of three deliverables, invoices with and without tax, and two payments."""
    drawn = random.Random(11)
    signed, live, documents = [], [], []
    for number in range(AGREEMENTS):
        currency = list(IN_DOLLARS)[number % len(IN_DOLLARS)]
        agreement, creator = f"agreement-{number}", f"creator-{number % 97}"
        campaign = f"campaign-{number % 13}" if number % 11 else None
        day = START + dt.timedelta(days=drawn.randrange(260))
        unit = 10 ** exponent(currency)
        fee = drawn.randrange(50, 5000) * unit + drawn.randrange(unit)
        tax = fee // 5 if number % 3 == 1 else 0
        withheld = fee // 10 if number % 3 == 2 else 0
        names = [f"{agreement}/{each}" for each in range(3)]
        work = tuple(AgreedDeliverable(name) for name in names)
        signed.append(AgreementSigned(agreement, creator, currency, day, campaign, fee, work))
        live += [
            DeliverableLive(name, agreement, day + dt.timedelta(days=5 + 7 * each), campaign)
            for each, name in enumerate(names)
        ]
        told = {"agreement": agreement, "creator": creator, "campaign": campaign}
        first = (fee + tax) // 3
        parts = (
            (CostState.INVOICED, 30, fee, {"tax_minor": tax, "recoverable": bool(number % 2)}),
            (CostState.PAID, 45, first, {}),
            (CostState.PAID, 60, fee + tax - first, {"withheld_minor": withheld}),
        )
        documents += [
            CostDocument(
                f"{state.value[:1]}{days}-{number}",
                state,
                day + dt.timedelta(days=days),
                "fee",
                amount,
                currency,
                counterparty=f'"C" & Co; [{number}] | = @ x',
                **told,
                **more,
            )
            for state, days, amount, more in parts
        ]
    return Facts(tuple(signed), tuple(live), documents=tuple(documents))


def books(base):
    entries, faults = entries_for(facts(), Policy(base), rates_to(base))
    assert not faults
    return tuple(entry for entry in entries if entry.book is Book.FIN)


def batch_of(entries, base):
    """Make a whole batch; every account of book fin is mapped to itself behind a 1."""
    accounts = {
        number: f"1{number}" for number, account in CHART.items() if account.book is Book.FIN
    }
    return ExportBatch(
        name="oracle-all-1",
        brand="acme",
        currency=base,
        period=None,
        entries=entries,
        recorded_at=dt.datetime(2026, 12, 31, 12),
        whole=True,
        mapping=read_mapping({"accounts": accounts, **SETTINGS}),
    )


@pytest.fixture(scope="session")
def dollars():
    """A whole batch of at least 10,000 entries in dollars."""
    return batch_of(books("USD"), "USD")


@pytest.fixture(scope="session")
def euros():
    """The same facts as the books of a company in euro."""
    return batch_of(books("EUR"), "EUR")


@pytest.fixture(scope="session")
def program():
    """Find a program beside us, or skip with the reason: program(name) -> its path."""

    def find(name):
        own = ORACLES / name
        found = str(own) if own.is_file() else shutil.which(name)
        if found is None:
            pytest.skip(f"{name} is not installed; `make test` installs it where it may")
        return found

    return find


@pytest.fixture(scope="session")
def ran():
    """Run a program: ran(words) -> (exit code, stdout, stderr)."""

    def run(*words, **more):
        done = subprocess.run(
            [str(word) for word in words], capture_output=True, text=True, check=False,
            timeout=600, **more,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    return run


@dataclass
class Reader:
    """One program: how it checks a file, and how it sums it in the base and by currency."""

    name: str
    program: object
    ran: object

    def check(self, path):
        words = {
            "beancount": lambda: (self.program("bean-check"), path),
            "hledger": lambda: (
                self.program("hledger"), "-f", path, "check", "--strict", "ordereddates",
            ),
            "ledger": lambda: (
                self.program("ledger"), "--args-only", "-f", path, "--strict", "--pedantic",
                "balance", "-B",
            ),
        }[self.name]()  # fmt: skip
        return self.ran(*words)

    def sums(self, path, currency=None):
        """Give (account, currency) -> amount: in the base when one is named, else in each."""
        read = {"beancount": self._beancount, "hledger": self._hledger, "ledger": self._ledger}
        return read[self.name](path, currency)

    def _beancount(self, path, base):
        what = "account, sum(weight)" if base else "account, sum(position)"
        query = f"SELECT {what} GROUP BY account"
        code, out, _ = self.ran(self.program("bean-query"), "-f", "csv", path, query)
        assert code == 0
        rows = list(csv.reader(io.StringIO(out)))[1:]
        cells = [(row[0], cell) for row in rows for cell in row[1].split(",")]
        return gathered((account, *cell.split()[:2]) for account, cell in cells if cell.strip())

    def _hledger(self, path, base):
        words = ["balance", "--flat", "--empty", "-N", "-O", "csv", "--layout=bare"]
        code, out, _ = self.ran(
            self.program("hledger"), "-f", path, *words, *(["-B"] if base else [])
        )
        assert code == 0
        rows = list(csv.reader(io.StringIO(out)))[1:]
        return gathered((account, amount, currency) for account, currency, amount in rows)

    def _ledger(self, path, base):
        form = "%(account)|%(scrub(display_total))\n%/"
        words = ["balance", "--flat", "--empty", "--no-total", "--balance-format", form]
        code, out, _ = self.ran(
            self.program("ledger"), "--args-only", "-f", path, *words, *(["-B"] if base else [])
        )
        assert code == 0
        account, cells = "", []
        for line in filter(None, out.splitlines()):
            name, bar, amount = line.rpartition("|")
            account = name if bar else account
            parts = amount.split()
            if len(parts) == 2:
                cells.append((account, *parts))
        return gathered(cells)


def gathered(cells):
    """Sum cells (account, amount, currency) in minor units; what is zero is left out."""
    sums = defaultdict(int)
    for account, amount, currency in cells:
        rounded = Decimal(amount).quantize(Decimal(1).scaleb(-exponent(currency)))
        assert abs(rounded - Decimal(amount)) < Decimal("1e-12")
        sums[account, currency] += parse_minor(str(rounded), currency)
    return {key: minor for key, minor in sums.items() if minor}


@pytest.fixture(scope="session")
def readers(program, ran):
    """Give the programs that read plain text, by name."""
    return {name: Reader(name, program, ran) for name in ("beancount", "hledger", "ledger")}


@pytest.fixture(scope="session")
def recomputed(program, ran, tmp_path_factory):
    """Have LibreOffice open a workbook and write it as ODS: recomputed(path) -> rows of a sheet."""
    profile = tmp_path_factory.mktemp("profile")
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(ANEW, encoding="utf-8")

    def convert(path):
        words = ("--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", "ods")
        code, _, err = ran(program("soffice"), *words, "--outdir", path.parent, path)
        assert code == 0, err
        book = CalamineWorkbook.from_path(str(path.with_suffix(".ods")))
        return book.get_sheet_by_name("Control totals").to_python()

    return convert
