"""Health: whether the process lives, whether it is ready, and its numbers for Prometheus.

In:   the loop's pulse, the collector's and the spool's counters, who was heard of when.
Out:  /healthz, /readyz and /metrics as text.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from truelift.worker.loop import Pulse

STALE_SECONDS = 30.0
"""A loop that ended no round for so long is not ready, unless it books or takes in just now."""

BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Counting(Protocol):
    """Who collects: counters of the collector and the spool as plain objects, and faults."""

    @property
    def collected(self) -> Any:  # noqa: ANN401 - plain counters of a door beside us
        """Give what the collector did; None before that is known."""

    @property
    def spooled(self) -> Any:  # noqa: ANN401 - as above
        """Give what the spool did; None before that is known."""

    @property
    def faults(self) -> list[str]:
        """Say in sentences what is wrong."""


@dataclass(slots=True, eq=False)
class Watched:
    """Everything that tells how the process is.

    answers: requests by (door, status) of the pages and the API. counting: who collects; None where
    nobody does. heard: (kind, source, seconds) as of the newest commit, and when that was told.
    """

    pulse: Pulse
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    counting: Counting | None = None
    streams: Any = None
    version: int = 0
    heard: tuple[tuple[str, str, float], ...] = ()
    heard_at: float = field(default_factory=time.monotonic)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    seconds: Histogram = field(init=False)

    def __post_init__(self) -> None:
        """Name the metrics."""
        self.seconds = Histogram(
            "truelift_request_seconds", "Time to answer, by door.", ["door"],
            registry=self.registry, buckets=BUCKETS,
        )  # fmt: skip
        self.registry.register(_Plain(self))

    @property
    def lacking(self) -> tuple[str, ...]:
        """Say what figures lack: nodes that are missing, what another folder takes in by now."""
        return (*self.pulse.elsewhere, *self.pulse.partial)

    @property
    def told(self) -> tuple[str, ...]:
        """Say what is amiss though the process is ready: nodes that are missing, a lake away."""
        lake = self.pulse.lake_fault
        return (*self.lacking, *((f"The lake waits: {lake}",) if lake else ()))

    @property
    def faults(self) -> list[str]:
        """Say in sentences why the process is not ready; nothing when it is."""
        found = []
        silent = time.monotonic() - self.pulse.beat
        if silent > STALE_SECONDS:
            found.append(f"The loop ended no round for {silent:.0f} s.")
        if self.pulse.fault:
            found.append(f"The last round failed: {self.pulse.fault}")
        if self.counting is not None:
            found += self.counting.faults
        return found

    def text(self) -> bytes:
        """Write the metrics as Prometheus reads them."""
        return generate_latest(self.registry)


@dataclass(frozen=True, slots=True, eq=False)
class _Plain:
    """Numbers that are read when they are asked for."""

    watched: Watched

    def collect(self) -> Iterator[Metric]:
        """Give every metric."""
        watched, pulse = self.watched, self.watched.pulse
        yield _counted(
            "truelift_requests", "Answers of pages and API.", ("door", "status"), watched.answers
        )
        for name, words, value in (
            ("hits", "Hits of the spool that were taken in.", pulse.hits),
            ("rows", "Rows that were new or changed something.", pulse.rows),
            ("quarantined", "Rows of the spool that were refused.", pulse.refused),
            ("repeated", "Webhooks that were applied before and came again.", pulse.repeated),
            ("damaged", "Stretches of the spool that cannot be read.", pulse.damaged),
            ("merged", "Segments of the log that were merged into larger ones.", pulse.merged),
            ("failures", "Rounds of the loop that failed.", pulse.failures),
            ("bookings", "Times the books were brought up.", pulse.bookings),
        ):
            yield CounterMetricFamily(f"truelift_{name}", words, value)
        for name, words, amount in (
            ("round_seconds", "Length of the last round that took something in.",
             pulse.round_seconds),
            ("booking_seconds", "Length of the last booking.", pulse.book_seconds),
            ("version", "Changes since the process started.", watched.version),
            ("live_streams", "Open pages that are told of changes.",
             getattr(watched.streams, "streams", 0)),
        ):  # fmt: skip
            yield GaugeMetricFamily(f"truelift_{name}", words, amount)
        if pulse.waiting_bytes is not None:
            yield GaugeMetricFamily(
                "truelift_spool_waiting_bytes", "Of the spool, not taken in.", pulse.waiting_bytes
            )
            waiting = GaugeMetricFamily(
                "truelift_spool_waiting", "Bytes, by who collected them.", labels=("worker",)
            )
            for worker, size in pulse.waiting.items():
                waiting.add_metric((worker,), size)
            yield waiting
        since = time.monotonic() - watched.heard_at
        heard = GaugeMetricFamily(
            "truelift_last_seconds", "Since a source was heard of.", labels=("kind", "source")
        )
        for kind, source, seconds in watched.heard:
            heard.add_metric((kind, source), seconds + since)
        yield heard
        if watched.counting is not None:
            yield from collector_metrics(watched.counting)


def collector_metrics(counting: Counting) -> Iterator[Metric]:
    """Give what a collector and its spool did."""
    yield from _collector(counting.collected)
    yield from _spool(counting.spooled)


def _collector(counters: Any) -> Iterator[Metric]:  # noqa: ANN401 - plain counters of a door beside us
    if counters is None:
        return
    yield _counted(
        "truelift_collector", "Answers of the collector.", ("route", "status"), counters.answers
    )
    classes = {(name,): count for name, count in counters.classes.items()}
    yield _counted("truelift_clicks", "Clicks by class.", ("class",), classes)
    for name in ("rows", "lost", "refused_pixels", "bad_signatures", "stale", "skewed"):
        yield CounterMetricFamily(
            f"truelift_collector_{name}", f"Of the collector: {name.replace('_', ' ')}.",
            getattr(counters, name),
        )  # fmt: skip


def _spool(counters: Any) -> Iterator[Metric]:  # noqa: ANN401 - as above
    if counters is None:
        return
    for name in ("hits", "bytes", "batches", "failed_batches", "unsynced", "lost", "refused"):
        yield CounterMetricFamily(
            f"truelift_spool_{name}", f"Of the spool: {name.replace('_', ' ')}.",
            getattr(counters, name),
        )  # fmt: skip


def _counted(
    name: str, words: str, labels: Iterable[str], counts: Mapping[tuple[Any, ...], int]
) -> CounterMetricFamily:
    family = CounterMetricFamily(name, words, labels=tuple(labels))
    for key, count in dict(counts).items():
        family.add_metric(tuple(map(str, key)), count)
    return family
