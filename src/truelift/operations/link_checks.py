"""Link checks: asks the destinations of our links whether they answer; only when a person says so.

In:   the links in force.
Out:  a control record per link whose state changed; rows. Never on the path of a page or a click.

Only the stored destinations are asked, over http and https, and each redirect only to these again.
A host whose address is private is not asked unless that is allowed: a link must not look inside.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import urllib.error
import urllib.request
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from truelift.operations.knowledge import knowledge
from truelift.operations.people import Action, needs
from truelift.store import control_records
from truelift.store.control_records import LINK_CHECK
from truelift.store.ground import Ground

Row = dict[str, Any]

SECONDS, AT_ONCE = 8.0, 8
FIRST_FAULT = 300
"""A redirect that is followed ends elsewhere; one that is left leads where nobody is asked."""
FORBIDDEN = frozenset({401, 403, 405, 429, 999})
"""Answers of shops that keep machines out: the destination is there."""

_AGENT = "Mozilla/5.0 (compatible; truelift link check)"


@needs(Action.HANDLE_ALERTS, alone=False)
def check_links(ground: Ground, *, private: bool = False) -> list[Row]:
    """Ask every destination in force once; keep which links are dead, and give a row for each.

    private: whether hosts with private addresses may be asked.
    """
    known = knowledge(ground)
    at = ground.clock.now()
    links = [
        row
        for row in known.rows("links")
        if (row["valid_to"] is None or row["valid_to"] > at)
        and (row["valid_from"] is None or row["valid_from"] <= at)
    ]
    said = _asked({row["destination"] for row in links}, private=private)
    rows = [
        {
            "slug": row["slug"], "creator": row["creator"], "campaign": row["campaign"],
            "destination": row["destination"], "alive": said[row["destination"]][0],
            "said": said[row["destination"]][1], "checked_at": at,
        }
        for row in links
    ]  # fmt: skip
    _keep(ground, rows)
    return sorted(rows, key=lambda row: (row["alive"], row["slug"]))


def _asked(addresses: Iterable[str], *, private: bool) -> dict[str, tuple[bool, str]]:
    """Ask each address once, a few at the same time."""
    every = sorted(addresses)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = pool.map(lambda address: ask(address, private=private), every)
        return dict(zip(every, found, strict=True))


def ask(address: str, *, private: bool = False) -> tuple[bool, str]:
    """Say whether an address answers, and what it said."""
    try:
        code = _answer(address, "HEAD", private=private)
        if code >= FIRST_FAULT:
            code = _answer(address, "GET", private=private)
    except urllib.error.URLError as error:
        return False, str(error.reason)[:120]
    except (OSError, http.client.HTTPException, ValueError) as error:
        return False, (str(error) or type(error).__name__)[:120]
    return code < FIRST_FAULT or code in FORBIDDEN, f"answered {code}"


class _Guarded(urllib.request.HTTPRedirectHandler):
    """Follows redirects to addresses that may be asked only."""

    def __init__(self, *, private: bool) -> None:
        self._private = private

    def redirect_request(self, *given: Any, **more: Any) -> urllib.request.Request | None:  # noqa: ANN401 - urllib's own
        """Check where a redirect leads before it is followed."""
        request = super().redirect_request(*given, **more)
        if request is not None:
            _check(request.full_url, private=self._private)
        return request


def _answer(address: str, method: str, *, private: bool) -> int:
    _check(address, private=private)
    request = urllib.request.Request(  # noqa: S310 - _check takes http and https only
        address, method=method, headers={"user-agent": _AGENT}
    )
    opener = urllib.request.build_opener(_Guarded(private=private))
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def _check(address: str, *, private: bool) -> None:
    """Refuse what is no web address, and hosts that are inside; ValueError says which."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        msg = "it is no web address"
        raise ValueError(msg)
    if private:
        return
    port = parts.port or (443 if parts.scheme == "https" else 80)
    for *_, place in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM):
        if not is_public(str(place[0])):
            msg = f"{parts.hostname} has a private address"
            raise ValueError(msg)


_INSIDE = tuple(
    ipaddress.ip_network(each)
    for each in (
        "192.0.0.0/24",
        "64:ff9b::/96",
        "2002::/16",
        "2001::/32",
        "224.0.0.0/4",
        "ff00::/8",
    )
)


def is_public(address: str) -> bool:
    """Say whether an address is one of the open network; what wraps another one is not."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return found.is_global and not any(
        found in network for network in _INSIDE if network.version == found.version
    )


def _keep(ground: Ground, rows: Iterable[Row]) -> None:
    brand = ground.brand.brand
    with ground.workspace.transaction() as connection:
        before = control_records.newest(connection, brand, LINK_CHECK)
        for row in rows:
            kept = before.get(row["slug"])
            if kept is not None and kept.record["alive"] == row["alive"]:
                continue
            record = {
                "alive": row["alive"], "said": row["said"],
                "checked_at": row["checked_at"].isoformat(),
                "turn": 1 + (kept.record["turn"] if kept else 0),
            }  # fmt: skip
            control_records.keep(
                connection, brand, LINK_CHECK, row["slug"], record,
                at=row["checked_at"], by=ground.person,
            )  # fmt: skip
