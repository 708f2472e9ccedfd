"""Benchmarks: speed beside a peer that does the same work in the same run, so that ratios hold.

A benchmark is a Bench in a module of this folder. `make bench` runs them all, or those whose name
contains a given word: `.venv/bin/python -m benchmarks zone`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Bench:
    """Our way and a peer's way to do one piece of work, and how many times faster ours must be."""

    name: str
    rows: int
    ours: Callable[[], object]
    peer_name: str
    peer: Callable[[], object]
    at_least: float
