"""A small workspace with hostile names, served to a test client, and what the command line says."""

import contextlib
import io
import shutil
from types import SimpleNamespace

import pytest
from litestar.testing import TestClient

from truelift.app import brand_record, create, opened
from truelift.base.errors import Refused
from truelift.cli.main import run
from truelift.web.pages import application

HOSTILE = "<script>alert(1)</script>"
ODD = 'a/b.csv & "c" <i>'
FILES = {
    "campaigns": [
        "campaign,name,goal,starts,ends,currency",
        "summer,Summer,sales,2026-05-01,2026-05-31,USD",
        "glow,Glow,awareness,2026-05-01,2026-05-31,USD",
        '"a/b.csv & ""c"" <i>",Odd,sales,2026-05-01,2026-05-31,USD',
    ],
    "creators": ["creator,name", "ana,Ana", f"{HOSTILE},Bob", "=cmd,Eve"],
    "codes": [
        "code,valid_from,creator,campaign,kind",
        "ANA10,2026-05-01,ana,summer,creator",
        f"B<B>,2026-05-01,{HOSTILE},summer,creator",
        "EVE,2026-05-01,=cmd,summer,creator",
    ],
    "margins": ["scope,key,valid_from,margin_rate,approved_by", "brand,all,2026-01-01,0.5,kim"],
    "orders": [
        "source,order_id,ordered_at,currency,subtotal,code",
        *(
            f"shop,o{number},2026-05-{number % 27 + 1:02}T12:00,USD,{90 + number}.50,{code}"
            for number, code in enumerate(["ANA10", "B<B>", "ANA10", "EVE", "ANA10", ""] * 8)
        ),
    ],
    "experiments": [
        "experiment,campaign,design,outcome,factor,low,high,level,from,to",
        "geo1,summer,geo,orders,0.6,0.3,0.9,0.95,2026-05-01,2026-05-20",
    ],
    "costs": [
        "document,line,state,date,creator,campaign,type,amount,currency",
        "inv1,1,accrued,2026-05-10,ana,summer,fee,300.00,USD",
        f"inv2,1,accrued,2026-05-10,{HOSTILE},summer,fee,1250.00,USD",
        "inv3,1,accrued,2026-05-11,,,production,99.99,USD",
        "inv4,1,accrued,2026-05-11,ana,glow,fee,100.00,USD",
        '"inv<b>",1,accrued,2026-05-11,ana,glow,fee,none,USD',
    ],
}
QUESTIONS = {
    "/roi.csv?by=campaign": ("roi", "--by", "campaign", "--format", "csv"),
    "/roi.json?by=creator&basis=order": (
        *("roi", "--by", "creator", "--basis", "order"), "--format", "json",
    ),
    "/roi.csv?by=day&page=2": ("roi", "--by", "day", "--format", "csv"),
    "/campaign/summer.csv": ("roi", "--campaign", "summer", "--format", "csv"),
    "/campaign/summer.json?cost=paid&as_of=2026-05-20": (
        *("roi", "--campaign", "summer", "--cost", "paid", "--as-of", "2026-05-20"),
        *("--format", "json"),
    ),
    "/bridge.json?campaign=summer": ("bridge", "--campaign", "summer", "--format", "json"),
    "/doubt.csv?campaign=summer": ("doubt", "--campaign", "summer", "--format", "csv"),
    "/doubt.json?campaign=summer&metric=views&creator=ana": (
        *("doubt", "--campaign", "summer", "--metric", "views", "--creator", "ana"),
        *("--format", "json"),
    ),
    "/ledger.csv": ("ledger", "trial-balance", "--format", "csv"),
    "/ledger.json?period=2026-05": (
        *("ledger", "trial-balance", "--period", "2026-05"), "--format", "json",
    ),
    "/report/accruals.csv": ("report", "accruals", "--format", "csv"),
    "/report/pnl.json?period=2026-05&campaign=summer": (
        *("report", "pnl", "--period", "2026-05", "--campaign", "summer"), "--format", "json",
    ),
    "/quarantine.csv": ("quarantine", "--format", "csv"),
    "/baselines.json": ("baselines", "--format", "json"),
}  # fmt: skip
"""The address of each twin, and the words of the command line that ask the same."""


def said(folder, words):
    """Give what the command line writes to stdout, as bytes."""
    written = io.StringIO(newline="")
    with contextlib.redirect_stdout(written), contextlib.redirect_stderr(io.StringIO()):
        assert run([*words, "-w", str(folder)]) == 0
    return written.getvalue().encode()


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("web")
    files = place / "files"
    files.mkdir()
    for kind, lines in FILES.items():
        (files / f"{kind}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    create(place / "ws", brand_record("Brand & <Co>", "USD", "America/New_York"))
    with opened(place / "ws") as ws:
        ws.import_files([files])
    shutil.copytree(place / "ws", place / "closed")
    return place / "ws"


@pytest.fixture(scope="session")
def told(folder, tmp_path_factory):
    """Give what the command line says of a copy: one process opens a workspace at a time."""
    copy = tmp_path_factory.mktemp("told") / "ws"
    shutil.copytree(folder.with_name("closed"), copy)
    return {address: said(copy, words) for address, words in QUESTIONS.items()}


@pytest.fixture(scope="session")
def workspace(folder):
    with opened(folder) as ws:
        yield ws


@pytest.fixture(scope="session")
def client(workspace):
    with TestClient(
        application(workspace), base_url="http://127.0.0.1", raise_server_exceptions=False
    ) as found:
        yield found


class Deeds:
    """A workspace that notes what it was asked to do."""

    def __init__(self, *, refuses="", checks=()):
        self.done, self.refuses, self.checks = [], refuses, checks

    def __getattr__(self, name):
        def do(*given, **named):
            if self.refuses:
                raise Refused(self.refuses)
            self.done.append((name, given, named))
            return SimpleNamespace(data={"checks": self.checks}, rows=[])

        return do


@pytest.fixture
def deeds():
    """Give the class of a workspace that notes what it was asked to do."""
    return Deeds
