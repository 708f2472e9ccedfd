"""Collect: POST /collect, rows with a site key. Answered once they are safe, else 503."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qs

from truelift.catalog.served import SiteKey, key_hash
from truelift.collector.answer import JSON, NO_STORE, Header, Receive, Scope, Send, answer, problem
from truelift.collector.machinery import Machinery
from truelift.collector.request import BodyRefused, Caller, caller, whole_body
from truelift.facts.collectible import CollectFault, read_rows
from truelift.facts.hit import LARGEST_SKEW_US, Collected, Row, encode
from truelift.facts.request_class import request_class
from truelift.facts.visitor import DAY_US, visitor_key

ROUTE = "/collect"
TYPES = ("application/json", "text/plain")
"""A page that cannot ask first (`sendBeacon`) sends text/plain."""

_PREFLIGHT = (
    (b"access-control-allow-methods", b"POST, OPTIONS"),
    (b"access-control-allow-headers", b"content-type, authorization, x-truelift-key, x-sent-at"),
    (b"access-control-max-age", b"86400"),
)


class Meter:
    """Counts rows by address within a second; what came before is forgotten at once."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._second = 0
        self._rows: dict[str, int] = {}

    def over(self, address: str, rows: int, limit: int, now_us: int) -> bool:
        """Count rows of an address, and say whether they are more than it may send."""
        second = now_us // 1_000_000
        if second != self._second:
            self._second, self._rows = second, {}
        total = self._rows[address] = self._rows.get(address, 0) + rows
        return total > limit


async def collect(
    machinery: Machinery, meter: Meter, scope: Scope, receive: Receive, send: Send
) -> int:
    """Take rows; give the status."""
    asks = caller(scope)
    method = scope["method"]
    if method == "OPTIONS":
        await answer(send, 204, [*_cors(asks, None), *_PREFLIGHT])
        return 204
    if method != "POST":
        allow = [(b"allow", b"POST, OPTIONS")]
        await problem(send, 405, "Rows are sent with POST.", headers=allow)
        return 405
    key = _key(machinery, asks, scope)
    cors = _cors(asks, key)
    refusal = _refusal(key, asks)
    if refusal is not None or key is None:
        status, detail = refusal or (401, "")
        await problem(send, status, detail, headers=cors)
        return status
    limits = machinery.limits
    try:
        body = await whole_body(
            receive, asks.header("content-length"), limits.body_bytes, limits.body_seconds
        )
    except BodyRefused as refused:
        await problem(send, refused.status, refused.detail, headers=cors)
        return refused.status
    return await _take(machinery, meter, _Asked(scope, asks, key, cors), body, send)


class _Asked(NamedTuple):
    """A request that may send rows."""

    scope: Scope
    asks: Caller
    key: SiteKey
    cors: list[Header]


async def _take(machinery: Machinery, meter: Meter, asked: _Asked, body: bytes, send: Send) -> int:
    now_us = machinery.now_us()
    key = asked.key
    rows = read_rows(body, server=key.server)
    if isinstance(rows, CollectFault):
        status = 403 if rows.forbidden else 400
        await problem(send, status, rows.sentence, field=rows.field, headers=asked.cors)
        return status
    limit = machinery.limits.rows_a_second
    if limit and not key.server and meter.over(asked.asks.address, len(rows), limit, now_us):
        detail = f"More than {limit} rows a second came from this address; send them later."
        await problem(send, 429, detail, headers=asked.cors)
        return 429
    hit = _collected(machinery, asked, rows, now_us)
    commit = machinery.append(encode(hit))
    if commit is None or not await commit.committed:
        detail = "Nothing was kept: the disk is full or too slow. Send the same rows again later."
        await problem(send, 503, detail, headers=asked.cors)
        return 503
    machinery.counters.rows += len(rows)
    await answer(send, 202, [JSON, NO_STORE, *asked.cors], b'{"kept":%d}' % len(rows))
    return 202


def _collected(machinery: Machinery, asked: _Asked, rows: list[Row], now_us: int) -> Collected:
    asks = asked.asks
    user_agent = asks.header("user-agent")
    skew_us = _skew(asked, now_us)
    if skew_us is not None and abs(skew_us) > LARGEST_SKEW_US:
        machinery.counters.skewed += 1
    if asked.key.server:
        return Collected(
            brand=asked.key.brand, key_id=asked.key.key_id, received_us=now_us, rows=rows,
            trusted=True, skew_us=skew_us,
        )  # fmt: skip
    agent = request_class("POST", user_agent, {})
    return Collected(
        brand=asked.key.brand, key_id=asked.key.key_id, received_us=now_us, rows=rows,
        user_agent=user_agent, label=agent.label, rule=agent.rule, skew_us=skew_us,
        visitor=visitor_key(
            machinery.salt(now_us // DAY_US), asks.address, user_agent,
            asks.header("accept-language"), asks.header("host"),
        ),
    )  # fmt: skip


def _skew(asked: _Asked, now_us: int) -> int | None:
    """Give by how much the sender's clock is ahead: X-Sent-At, milliseconds since 1970."""
    sent = asked.asks.header("x-sent-at")
    if not sent.isascii() or not sent.isdigit() or len(sent) > len("9999999999999"):
        return None
    return int(sent) * 1_000 - now_us


def _key(machinery: Machinery, asks: Caller, scope: Scope) -> SiteKey | None:
    """Find the key: a bearer token, X-Truelift-Key, or `?key=` where no header can be set."""
    given = asks.header("x-truelift-key")
    kind, _, token = asks.header("authorization").partition(" ")
    if not given and kind.lower() == "bearer":
        given = token.strip()
    in_query = False
    if not given and len(scope["query_string"]) <= len("key=") + 256:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("key", [""])[0]
        in_query = True
    key = machinery.served().keys.get(key_hash(given)) if given else None
    return None if key is not None and key.server and in_query else key


def _refusal(key: SiteKey | None, asks: Caller) -> tuple[int, str] | None:
    if key is None:
        return 401, (
            "The site key is missing or not known; `truelift key add` makes one. A server's key is "
            "sent as a header, never in the address."
        )
    if key.origins and asks.header("origin") not in key.origins:
        return 403, "This page may not use this key; add its origin to the key."
    if asks.header("content-type").partition(";")[0].strip().lower() not in TYPES:
        return 415, "Rows are sent as application/json."
    return None


def _cors(asks: Caller, key: SiteKey | None) -> list[Header]:
    origin = asks.header("origin")
    if not origin:
        return []
    if key is None or not key.origins:
        return [(b"access-control-allow-origin", b"*")]
    if origin in key.origins:
        allowed = (b"access-control-allow-origin", origin.encode("latin-1"))
        return [allowed, (b"vary", b"origin")]
    return []
