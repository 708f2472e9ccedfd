"""Counters: what the collector did since it started, as plain numbers that /metrics reads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class CollectorCounters:
    """Requests by (route, status), clicks by class, and what was not kept.

    lost: redirects that were answered without a record. refused_pixels: beacons that named nothing.
    bad_signatures: webhooks that no secret fits. stale: webhooks signed too long ago.
    """

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    lost: int = 0
    refused_pixels: int = 0
    bad_signatures: int = 0
    stale: int = 0
    skewed: int = 0
