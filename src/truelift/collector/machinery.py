"""Machinery: what is handed to the collector. It looks nothing up and keeps nothing by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from truelift.catalog.served import Served
from truelift.collector.counters import CollectorCounters
from truelift.facts.datacenter import NO_RANGES, Ranges


class Commit(Protocol):
    """A hit on its way to the disk, as `store.spool.Batch` is."""

    @property
    def committed(self) -> asyncio.Future[bool]:
        """Give whether the hit is safe."""

    @property
    def answer(self) -> asyncio.Future[bool]:
        """Give the same, but False once a visitor would have waited too long."""

    def answered_open(self) -> None:
        """Say that the request was answered although its hit was not known to be safe."""


@dataclass(frozen=True, slots=True)
class CollectorLimits:
    """Limits of requests. rows_a_second: of one address with a page's key; 0 is no limit."""

    body_bytes: int = 2**20
    body_seconds: float = 10.0
    rows_a_second: int = 500


def _now_us() -> int:
    return time.time_ns() // 1_000


@dataclass(slots=True)
class Machinery:
    """Everything the collector stands on.

    served: gives the newest snapshot. append: takes an encoded hit; None when too much is waiting.
    salt: gives the visitors' salt of a UTC day (days since 1970). country_header: the header in
    which a trusted proxy tells the country, in lower case.
    """

    served: Callable[[], Served]
    append: Callable[[bytes], Commit | None]
    salt: Callable[[int], bytes]
    limits: CollectorLimits = field(default_factory=CollectorLimits)
    datacenters: Ranges = NO_RANGES
    country_header: str = ""
    now_us: Callable[[], int] = _now_us
    counters: CollectorCounters = field(default_factory=CollectorCounters)
