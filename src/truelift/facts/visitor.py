"""Visitor key: tells two clicks of one day apart without knowing whose they are.

In:   a random salt of the day, the address, user agent and language of a request, the link's host.
Out:  32 hexadecimal digits that mean nothing once the salt is destroyed (after 48 hours at most).

No address is kept. Who is followed beyond a day is followed by consent, never by this key.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
from collections.abc import Mapping

SALT_BYTES = 32
DAY_US = 86_400_000_000

Salts = Mapping[dt.date, bytes]
"""The salts in force, by UTC day: today's and yesterday's."""


def visitor_key(salt: bytes, address: str, user_agent: str, language: str, host: str) -> str:
    """Give the key of a visitor on one day at one host; of an IPv6 address its network counts."""
    told = "\x1f".join((network_of(address), user_agent, language, host))
    return hashlib.blake2b(told.encode("utf-8", "replace"), key=salt, digest_size=16).hexdigest()


def network_of(address: str) -> str:
    """Give an IPv4 address as it is, and the /64 network of an IPv6 one (its host part changes)."""
    if ":" not in address:
        return address
    try:
        found = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Address(int(found) >> 64 << 64))


def salts_on(kept: Salts, today: dt.date, fresh: bytes) -> dict[dt.date, bytes]:
    """Give the salts in force on a day: older ones are gone, today's is there.

    fresh: random bytes that become today's salt when there is none yet.
    """
    yesterday = today - dt.timedelta(days=1)
    standing = {day: salt for day, salt in kept.items() if day in {today, yesterday}}
    return {today: fresh} | standing


def day_of(received_us: int) -> dt.date:
    """Give the UTC day of a time in microseconds since 1970."""
    return dt.date(1970, 1, 1) + dt.timedelta(days=received_us // DAY_US)
