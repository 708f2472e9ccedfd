"""A collector without a network: requests are handed in, what is kept is looked at."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

import pytest

from truelift.catalog.served import (
    HookEndpoint,
    LinkWords,
    Served,
    SiteKey,
    Tracking,
    key_hash,
    serve_links,
)
from truelift.collector.application import Collector
from truelift.collector.machinery import CollectorLimits, Machinery
from truelift.facts.hit import decode

NOW_US = 1_780_000_000_000_000
PAGE, SERVER, TIED = "page_key_of_the_shop", "server_key_of_the_shop", "page_key_of_one_origin"
SECRETS = (b"old secret of the hook", b"new secret of the hook")
LINKS = (
    LinkWords("ana1", "https://shop.example/p?size=m#top"),
    LinkWords("turns", "https://shop.example/a", others=("https://shop.example/b",)),
)


def served(*words):
    links, _ = serve_links("acme", (*LINKS, *words), Tracking())
    keys = [
        SiteKey("k1", "acme", key_hash(PAGE)),
        SiteKey("k2", "acme", key_hash(SERVER), server=True),
        SiteKey("k3", "acme", key_hash(TIED), origins=frozenset({"https://shop.example"})),
    ]
    sources = ("shopify", "woocommerce", "stripe", "standard")
    hooks = [HookEndpoint("acme", source, "h1", SECRETS) for source in sources]
    return Served(
        links,
        {each.sha256: each for each in keys},
        {(each.source, each.hook_id): each for each in hooks},
    )


@dataclass
class Answer:
    """What came back: status, headers by name, body."""

    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    def __getitem__(self, name):
        return self.headers.get(name)


@dataclass
class Kept:
    """A batch as the spool gives it; how it ends is set by the test."""

    committed: asyncio.Future
    answer: asyncio.Future
    opened: int = 0

    def answered_open(self):
        self.opened += 1


@dataclass
class Door:
    """A collector and everything that reached it. keeps: True, False, None (full) or `slow`."""

    keeps: object = True
    hits: list = field(default_factory=list)
    commits: list = field(default_factory=list)
    words: tuple = ()
    limits: CollectorLimits = field(default_factory=CollectorLimits)
    next_app: object = None
    now_us: int = NOW_US

    def __post_init__(self):
        self.machinery = Machinery(
            lambda: served(*self.words), self.append, lambda day: b"%032d" % day,
            limits=self.limits, now_us=lambda: self.now_us,
        )  # fmt: skip
        self.app = Collector(self.machinery, self.next_app)

    def append(self, payload):
        if self.keeps is None:
            return None
        self.hits.append(decode(payload))
        loop = asyncio.get_running_loop()
        kept = Kept(loop.create_future(), loop.create_future())
        kept.answer.set_result(self.keeps is True)
        kept.committed.set_result(bool(self.keeps))
        self.commits.append(kept)
        return kept

    def ask(self, method, target, body=b"", *, receive=None, **headers):
        """Send one request; `user_agent=` becomes the header user-agent."""
        path, _, query = target.partition("?")
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        scope = {
            "type": "http", "method": method, "path": path, "query_string": query.encode(),
            "client": ("203.0.113.9", 4711),
            "headers": [(name.encode(), text.encode("latin-1")) for name, text in named.items()],
        }  # fmt: skip
        sent = []

        async def whole():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            sent.append(message)

        asyncio.run(self.app(scope, receive or whole, send))
        start, *rest = sent
        named = {name.decode(): text.decode() for name, text in start["headers"]}
        return Answer(start["status"], named, b"".join(each["body"] for each in rest))

    def collect(self, rows, key=PAGE, **headers):
        """Post rows with a key."""
        body = rows if isinstance(rows, bytes) else json.dumps(rows).encode()
        told = {"content_type": "application/json", "x_truelift_key": key} | headers
        return self.ask("POST", "/collect", body, **told)


@pytest.fixture
def door():
    """A collector that keeps everything."""
    return Door()


@pytest.fixture
def doors():
    """Make collectors with other settings: doors(keeps=False)."""
    return Door
