"""A small workspace with hostile names, served to a test client, and what the command line says."""

import contextlib
import copy
import io
import itertools
import shutil
from types import SimpleNamespace

import pytest
from litestar.testing import TestClient

from truelift.app import SystemClock, add_brand, create, opened, people_of
from truelift.base.errors import Refused
from truelift.base.secret import Secret
from truelift.catalog.permission import Role
from truelift.cli.main import run
from truelift.operations.admission import wall_time
from truelift.operations.brands import brand_record
from truelift.store import ground, session_store
from truelift.store.credentials import SESSION, new_token
from truelift.web.pages import application
from truelift.web.visiting import Entry
from truelift.worker.brands import Brands

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


HERE, THERE = "Brand & <Co>", "bolt"
WORD = "correct horse battery"


class Browser:
    """Somebody's own cookies, at a server that all share."""

    def __init__(self, loop, jar, headers):
        self._loop, self.cookies, self._headers = loop, jar, headers

    def request(self, method, path, headers=(), *, follow_redirects=True, **more):
        given = {**self._headers, **dict(headers)}
        if self.cookies and "cookie" not in given:
            given["cookie"] = "; ".join(f"{name}={text}" for name, text in self.cookies.items())
        self._loop.cookies.clear()
        answer = self._loop.request(method, path, headers=given, follow_redirects=False, **more)
        for each in answer.headers.get_list("set-cookie"):
            name, _, text = each.partition(";")[0].partition("=")
            self.cookies = {**self.cookies, name: text}
            if "Max-Age=0" in each:
                del self.cookies[name]
        if follow_redirects and answer.status_code == 303:
            return self.get(answer.headers["location"], headers=headers)
        return answer

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, **more):
        return self.request("POST", path, **more)


class Peopled:
    """Two brands with people of every role, served like `serve` does; a client per person."""

    def __init__(self, place):
        self.stack, self.folder = contextlib.ExitStack(), place
        held = self.stack.enter_context(ground.held(place, SystemClock()))
        self.brands = {
            name: self.stack.enter_context(opened(place, name)) for name in (HERE, THERE)
        }
        self.workspace, self.database = self.brands[HERE], held.workspace
        self.brands[THERE].join_entrance(self.workspace)
        self.serve()
        with people_of(place) as people:
            for role in Role:
                creator = "ana" if role is Role.CREATOR else None
                people.add(f"the-{role}", role, brand=HERE, creator=creator)
            people.add("stranger", "admin", brand=THERE)
            people.add("everywhere", "admin", email="Root@x.example")
            people.set_password("everywhere", Secret(WORD))

    def serve(self):
        entry = Entry(brands=(HERE, THERE))
        self.apps = {name: application(each, entry=entry) for name, each in self.brands.items()}
        self.loop = self.stack.enter_context(
            TestClient(
                Brands(self.apps), base_url="http://127.0.0.1", raise_server_exceptions=False
            )
        )

    def again(self):
        """Serve the same people by doors that are made anew."""
        other = copy.copy(self)
        other.serve()
        return other

    def client(self, name=None, **headers):
        """Give a browser of somebody who is signed in, or of nobody."""
        jar = {} if name is None else {"truelift-session": self.session(name)}
        return Browser(self.loop, jar, {"origin": "http://127.0.0.1", **headers})

    def session(self, name):
        """Begin a session as a sign-in does, without its slow hash."""
        token = new_token(SESSION)
        with self.database.transaction() as connection:
            session_store.begin(connection, name, token, "password", wall_time())
        return token.text.reveal()


@pytest.fixture(scope="session")
def peopled(folder, tmp_path_factory):
    place = tmp_path_factory.mktemp("peopled") / "ws"
    shutil.copytree(folder.with_name("closed"), place)
    add_brand(place, brand_record(THERE, "USD", "UTC"))
    found = Peopled(place)
    yield found
    found.stack.close()


def sent(client, act, back, **given):
    """Send a form of a page; give the page that it leads back to."""
    once = f"once-{next(NUMBERS)}"
    answer = client.post(f"/act/{act}", data={"back": back, "once": once, **given},
                         follow_redirects=False)  # fmt: skip
    assert answer.status_code == 303, answer.text
    return client.get(answer.headers["location"])


NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def form():
    """Give what sends a form of a page."""
    return sent
