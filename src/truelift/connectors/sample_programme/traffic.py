"""Traffic: clicks, orders and refunds that a served sample goes on getting, all marked simulated.

In:   links and codes of the sample, its clock, a seed.
Out:  requests one after the other, with the pause before each; ids and sources say `simulated`.

The visitors are made up here, on this machine, and nothing of it goes anywhere else.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

SOURCE = "simulated"
AGENTS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 Instagram 334.0.4.32.98",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/126.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "WhatsApp/2.23.20.0",
)
"""People in apps and browsers, and now and then a preview, which is kept and not counted."""

PAUSE_SECONDS = 0.35
ORDER_SHARE, REFUND_SHARE = 0.16, 0.03
CODED, CLICKED = 0.55, 0.8
KEPT = 50


@dataclass(frozen=True, slots=True)
class Request:
    """A request to be sent. rows: for /collect, as JSON; None for a click."""

    pause: float
    path: str
    headers: dict[str, str]
    rows: bytes | None = None


@dataclass(slots=True)
class Traffic:
    """Makes the next request; told where a click was sent to, for orders follow clicks.

    now: the sample's clock, naive UTC. key: a server's key of the workspace.
    """

    links: Sequence[str]
    codes: Sequence[str]
    currency: str
    now: Callable[[], dt.datetime]
    key: str = field(repr=False)
    seed: int = 7
    parameter: str = "tl"
    _random: random.Random = field(init=False, repr=False)
    _run: str = field(init=False)
    _count: int = field(default=0, init=False)
    _clicks: list[str] = field(default_factory=list, init=False)
    _orders: list[tuple[str, int]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        """Begin; ids name the moment, so that a second run makes other ones."""
        self._random = random.Random(self.seed)  # noqa: S311 - made-up visitors, no secret
        self._run = f"{self.now():%Y%m%d-%H%M%S}"

    def next(self) -> Request:
        """Give the next request."""
        chance = self._random.random()
        pause = self._random.expovariate(1 / PAUSE_SECONDS)
        if chance < REFUND_SHARE and self._orders:
            return self._refund(pause)
        if chance < ORDER_SHARE:
            return self._order(pause)
        headers = {"user-agent": self._random.choice(AGENTS), "referer": "https://simulated.test/"}
        headers["accept-language"] = self._random.choice(("en-US", "en-GB", "de", "fr", "es"))
        return Request(pause, f"/r/{self._random.choice(self.links)}", headers)

    def told(self, location: str) -> None:
        """Remember the click that a visitor arrived with."""
        found = parse_qs(urlsplit(location).query).get(self.parameter)
        if found:
            self._clicks = [*self._clicks[-KEPT:], found[-1]]

    def _order(self, pause: float) -> Request:
        goods = self._random.randrange(1_800, 14_000)
        name = f"{SOURCE}-{self._run}-{self._count:05}"
        self._count += 1
        self._orders = [*self._orders[-KEPT:], (name, goods)]
        row: dict[str, object] = {
            "source": SOURCE, "order_id": name, "ordered_at": self._moment(),
            "currency": self.currency, "subtotal": _money(goods), "cogs": _money(goods * 35 // 100),
        }  # fmt: skip
        chance = self._random.random()
        if chance < CODED and self.codes:
            row["code"] = self._random.choice(self.codes)
        elif chance < CLICKED and self._clicks:
            row["click_id"] = self._random.choice(self._clicks)
        return self._collected(pause, "orders", row)

    def _refund(self, pause: float) -> Request:
        name, goods = self._orders.pop(self._random.randrange(len(self._orders)))
        row: dict[str, object] = {
            "source": SOURCE, "refund_id": f"{name}-refund", "order_id": name,
            "refunded_at": self._moment(), "amount": _money(goods // 2), "currency": self.currency,
        }  # fmt: skip
        return self._collected(pause, "refunds", row)

    def _collected(self, pause: float, kind: str, row: dict[str, object]) -> Request:
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        return Request(pause, "/collect", headers, json.dumps({"kind": kind, **row}).encode())

    def _moment(self) -> str:
        return self.now().isoformat() + "Z"


def _money(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"
