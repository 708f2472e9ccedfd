"""Redirects: GET and HEAD of /r/{slug}. Nobody is kept waiting, and nobody is led elsewhere."""

from __future__ import annotations

import binascii
import html
import os

from truelift.catalog.destination import Destination
from truelift.catalog.served import ServedLink
from truelift.collector.answer import NO_SNIFF, NO_STORE, Scope, Send, answer, problem
from truelift.collector.machinery import Machinery
from truelift.collector.request import Caller, caller
from truelift.facts.agent_lists import Agent
from truelift.facts.datacenter import NO_RANGES
from truelift.facts.hit import Click, encode
from truelift.facts.request_class import PURPOSE_HEADERS, request_class
from truelift.facts.visitor import DAY_US, visitor_key

ROUTE = "/r/"
ID_BYTES, ID_LENGTH = 16, 22
POOL = 256
"""How many ids' random bytes are asked for at a time."""
LONGEST_QUERY = 4_096

_PURPOSES = frozenset(PURPOSE_HEADERS)
_WISHES = frozenset({"sec-gpc", "dnt"})
_NONE: dict[str, str] = {}
_pool: list[bytes] = []
os.register_at_fork(after_in_child=_pool.clear)  # no two processes give the same ids
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_HEADERS = (
    NO_STORE,
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"x-robots-tag", b"noindex, nofollow"),
)
_EMPTY = (b"content-length", b"0")
_HTML = (b"content-type", b"text/html; charset=utf-8")
_POLICY = (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'")


async def redirect(machinery: Machinery, scope: Scope, send: Send) -> int:
    """Answer a click; give the status."""
    method = scope["method"]
    head = method == "HEAD"
    if method not in {"GET", "HEAD"}:
        allow = [(b"allow", b"GET, HEAD")]
        await problem(send, 405, "A link is followed with GET or HEAD.", headers=allow)
        return 405
    slug = scope["path"][len(ROUTE) :]
    links = machinery.served().links
    link = links.get(slug)
    if link is None:
        if slug.endswith("+") and (looked_at := links.get(slug[:-1])):
            return await _inspect(looked_at, send, head=head)
        await problem(send, 404, "There is no such link; check how it is written.", head=head)
        return 404
    now_us = machinery.now_us()
    fallback = not link.in_force(now_us)
    if fallback and link.fallback is None:
        return await _not_in_force(link, now_us, send, head=head)
    location = await _kept(machinery, link, scope, now_us, fallback=fallback)
    headers = [(b"location", location.encode()), *_HEADERS, _EMPTY]
    await send({"type": "http.response.start", "status": 302, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
    return 302


async def _kept(
    machinery: Machinery, link: ServedLink, scope: Scope, now_us: int, *, fallback: bool
) -> str:
    """Keep a click and give where it leads; what cannot be kept in time is counted."""
    asks = caller(scope)
    told = asks.headers
    user_agent = told.get("user-agent", "")
    agent = _agent(machinery, scope["method"], user_agent, asks)
    visitor = visitor_key(
        machinery.salt(now_us // DAY_US), asks.address, user_agent,
        told.get("accept-language", ""), told.get("host", ""),
    )  # fmt: skip
    signal = None if _WISHES.isdisjoint(told) else _signal(told)
    number = 0 if fallback else link.choice(visitor)
    leads_to = link.fallback if fallback and link.fallback else link.choices[number]
    click_id = new_click_id()
    machinery.counters.classes[agent.label] += 1
    commit = machinery.append(
        encode(
            Click(
                brand=link.brand, click_id=click_id, slug=link.slug, received_us=now_us,
                method=scope["method"], link=link.version, choice=number, user_agent=user_agent,
                referrer=told.get("referer", ""), visitor=visitor,
                country=_country(machinery, scope) if machinery.country_header else None,
                consent=None if signal is None else False, signal=signal, label=agent.label,
                rule=agent.rule, in_app=agent.in_app, fallback=fallback, passed_on=signal is None,
            )
        )
    )  # fmt: skip
    if commit is None:
        machinery.counters.lost += 1
    elif not await commit.answer:
        commit.answered_open()
    return _location(leads_to, link, None if signal else click_id, scope["query_string"])


def _agent(machinery: Machinery, method: str, user_agent: str, asks: Caller) -> Agent:
    """Label the request by its method, agent, purpose and, if there is a list, address."""
    told = asks.headers
    purposes = _NONE
    if not _PURPOSES.isdisjoint(told):
        purposes = {name: told[name] for name in PURPOSE_HEADERS if name in told}
    ranges = machinery.datacenters
    known = ranges is not NO_RANGES and ranges.holds(asks.address)
    return request_class(method, user_agent, purposes, datacenter=known)


def new_click_id() -> str:
    """Make a click id: 128 random bits as 22 characters that need no escape in an address."""
    if not _pool:
        made = os.urandom(ID_BYTES * POOL)
        _pool.extend(made[at : at + ID_BYTES] for at in range(0, len(made), ID_BYTES))
    text = binascii.b2a_base64(_pool.pop(), newline=False)
    return text[:ID_LENGTH].translate(_URL_SAFE).decode()


def _location(leads_to: Destination, link: ServedLink, click_id: str | None, query: bytes) -> str:
    if not query or len(query) > LONGEST_QUERY:
        return leads_to.location(click_id)
    taken = leads_to.taken_over(query.decode("latin-1"), link.taken_over)
    return leads_to.location(click_id, taken)


def _signal(told: dict[str, str]) -> str | None:
    """Name the wish not to be followed that a browser sends, if it does."""
    if told.get("sec-gpc") == "1":
        return "gpc"
    return "dnt" if told.get("dnt") == "1" else None


def _country(machinery: Machinery, scope: Scope) -> str | None:
    wanted = machinery.country_header.encode()
    found = next((value for name, value in scope["headers"] if name == wanted), b"")
    text = found.decode("latin-1").upper()
    return text if len(text) == len("US") and text.isascii() and text.isalpha() else None


async def _not_in_force(link: ServedLink, now_us: int, send: Send, *, head: bool) -> int:
    if link.from_us is not None and now_us < link.from_us:
        await problem(send, 404, "This link does not lead anywhere yet.", head=head)
        return 404
    await problem(send, 410, "This link has ended.", head=head)
    return 410


async def _inspect(link: ServedLink, send: Send, *, head: bool) -> int:
    """Show where a link leads instead of following it; nothing is counted."""
    rows = "".join(
        f"<li><code>{html.escape(each.location(None))}</code></li>" for each in link.choices
    )
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Where this link leads</title>'
        f"<h1>{html.escape(link.slug)}</h1><p>This link leads to:</p><ul>{rows}</ul></html>"
    ).encode()
    headers = [_HTML, _POLICY, NO_SNIFF, *_HEADERS]
    await answer(send, 200, headers, page, head=head)
    return 200
