"""Pixel: GET /p.gif, by which a landing page says that a click arrived. It always gets its GIF."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from truelift.catalog.destination import CLICK_PARAMETER
from truelift.catalog.served import key_hash
from truelift.collector.answer import NO_STORE, PIXEL, Scope, Send, answer, problem
from truelift.collector.machinery import Machinery
from truelift.collector.request import caller
from truelift.facts.hit import Beacon, encode
from truelift.facts.request_class import request_class
from truelift.facts.visitor import DAY_US, visitor_key

ROUTE = "/p.gif"
LONGEST_QUERY = 1_024

_CLICK_ID = re.compile(r"[A-Za-z0-9_-]{22,64}")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_HEADERS = (
    (b"content-type", b"image/gif"),
    NO_STORE,
    (b"cross-origin-resource-policy", b"cross-origin"),
)


async def pixel(machinery: Machinery, scope: Scope, send: Send) -> int:
    """Keep a beacon when it names a click, and answer; give the status."""
    if scope["method"] not in {"GET", "HEAD"}:
        allow = [(b"allow", b"GET, HEAD")]
        await problem(send, 405, "The pixel is fetched with GET.", headers=allow)
        return 405
    head = scope["method"] == "HEAD"
    beacon = None if head else _beacon(machinery, scope)
    if beacon is None:
        machinery.counters.refused_pixels += not head
    else:
        commit = machinery.append(encode(beacon))
        if commit is None:
            machinery.counters.lost += 1
        elif not await commit.answer:
            commit.answered_open()
    await answer(send, 200, _HEADERS, PIXEL, head=head)
    return 200


def _beacon(machinery: Machinery, scope: Scope) -> Beacon | None:
    """Read `c` (or `tl`) the click's id, `k` the site's key, `n` a name; None without a click."""
    query = scope["query_string"]
    if len(query) > LONGEST_QUERY:
        return None
    asked = parse_qs(query.decode("latin-1"), max_num_fields=20)
    given = asked.get("c") or asked.get(CLICK_PARAMETER) or [""]
    if not _CLICK_ID.fullmatch(given[0]):
        return None
    brand = ""
    if key := asked.get("k", [""])[0]:
        site = machinery.served().keys.get(key_hash(key))
        if site is None:
            return None
        brand = site.brand
    name = asked.get("n", ["landed"])[0]
    asks = caller(scope)
    user_agent = asks.header("user-agent")
    agent = request_class("GET", user_agent, {})
    now_us = machinery.now_us()
    return Beacon(
        click_id=given[0], received_us=now_us, brand=brand,
        name=name if _NAME.fullmatch(name) else "landed", user_agent=user_agent,
        visitor=visitor_key(
            machinery.salt(now_us // DAY_US), asks.address, user_agent,
            asks.header("accept-language"), asks.header("host"),
        ),
        label=agent.label, rule=agent.rule,
    )  # fmt: skip
