"""A node: a process that collects with a folder of its own, and seals what it keeps into the lake.

In:   a collector, the node's folder, the lake, the token that a worker asks with.
Out:  answers as the collector gives them, at any time; hits in the lake, whenever it answers.

Nothing of the lake holds collecting up: while it is away, or not to be used, the spool keeps, the
node says so on /readyz, and sealing goes on as soon as it can.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from truelift.base.errors import TrueliftError
from truelift.base.secret import Secret
from truelift.store.hit_lake import HitLake, NameTaken
from truelift.store.hit_sealing import LINGER_SECONDS, MOST_BYTES, Sealing
from truelift.store.node_folder import NodeFolder
from truelift.worker.collecting import Collecting
from truelift.worker.health import collector_metrics
from truelift.worker.serving import serve
from truelift.worker.tail import NodeDoor

SEAL_SECONDS = 10.0
"""How often hits are sealed; sooner when there are 64 MB of them."""

LOOK_SECONDS = 1.0
HANGS_SECONDS = 20.0
"""Longer than sealing takes where the lake answers."""

LOOK_MOST_SECONDS = 10.0
"""How long a node that starts waits for the lake to say whether its name is free."""

STOP_SECONDS = 5.0

_log = logging.getLogger("truelift.node")


@dataclass(slots=True)
class Sealer:
    """Seals now and then, on a thread of its own; tells the lake where the node is.

    fault: why nothing is sealed just now, since when. rows, seconds: what was sealed, in how long.
    """

    node: NodeFolder
    lake: HitLake
    every: float = SEAL_SECONDS
    linger: float = LINGER_SECONDS
    address: str = ""
    fault: str = ""
    since: dt.datetime | None = None
    rows: int = 0
    seconds: float = 0.0
    waiting_bytes: int = 0
    _began: float = float("inf")
    _told: str | None = None
    _taken: NameTaken | None = None
    _sealing: Sealing = field(init=False)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        """Stand on the folder."""
        self._sealing = Sealing(self.node, self.lake, self.linger)

    def start(self) -> None:
        """Seal on a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="sealing", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Seal no more; what is not in the lake stays in the spool."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def admitted(self) -> None:
        """Look whether the name is free; NameTaken when it is not.

        A lake that does not answer in seconds keeps nobody from collecting.
        """
        looking = threading.Thread(target=self._look, name="name", daemon=True)
        looking.start()
        looking.join(LOOK_MOST_SECONDS)
        if self._taken is not None:
            raise self._taken

    def _look(self) -> None:
        lake = self.lake.beside()  # its own: this thread may still wait when others seal
        try:
            lake.make()
            lake.known(self.node.name, self.node.incarnation)
        except NameTaken as taken:
            self._taken = taken
        except TrueliftError as error:
            self._fail(str(error))

    def once(self) -> None:
        """Tell where the node is, and seal; what is in the way is told, not raised."""
        self._began = time.monotonic()
        try:
            if self._told != self.address:
                self.lake.make()
                now = _now()
                self.lake.tell(self.node.name, self.node.incarnation, self.address, now)
                self._told = self.address
            began = time.monotonic()
            rows = self._sealing.seal()
        except TrueliftError as error:
            self._fail(str(error))
        except Exception as error:  # noqa: BLE001 - told, and tried again
            self._fail(str(error))
            _log.exception("nothing could be sealed")
        else:
            if rows:
                self.rows, self.seconds = self.rows + rows, time.monotonic() - began
            self.fault, self.since = "", None
        finally:
            self._began = float("inf")

    def _fail(self, sentence: str) -> None:
        if sentence != self.fault:
            _log.error("%s", sentence)
        self.fault, self.since = sentence, self.since or _now()

    @property
    def sentences(self) -> list[str]:
        """Say what is wrong with the lake; hits are kept all the same."""
        waited = time.monotonic() - self._began
        if waited >= HANGS_SECONDS:  # a store that hangs raises nothing for minutes
            size = self._sealing.waiting_bytes()
            return [f"The lake has not answered for {waited:.0f} s; {size:,} bytes wait here."]
        if not self.fault or self.since is None:
            return []
        waiting = f"{self.waiting_bytes:,} bytes wait in the spool. {self.fault}"
        return [f"Nothing is sealed since {self.since:%Y-%m-%d %H:%M:%S} UTC; {waiting}"]

    def _run(self) -> None:
        sealed = time.monotonic()
        self.once()
        while not self._stop.wait(min(LOOK_SECONDS, self.every)):
            self.waiting_bytes = self._sealing.waiting_bytes()
            due = time.monotonic() - sealed >= self.every
            if due or (self.waiting_bytes >= MOST_BYTES and not self.fault):
                sealed = time.monotonic()
                self.once()


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """Numbers that are read when they are asked for."""

    collect: Callable[[], list[Metric]]


@dataclass(frozen=True, slots=True)
class CollectorNode:
    """Everything a node is made of.

    address: where others reach it; made of host and port if not given.
    """

    collector: Collecting
    folder: NodeFolder
    sealer: Sealer
    token: Secret
    address: str | None = None

    def run(self, host: str, port: int, ready: Callable[[int], None]) -> None:
        """Collect until stopped; TrueliftError when the port cannot be had."""
        door = NodeDoor(
            self.folder, self.token, self._states, self._metrics, self.collector.start, self._end
        )

        def listens(at: int) -> None:
            self.sealer.address = self.address or f"http://{host}:{at}"
            self.sealer.start()
            ready(at)

        application = self.collector.around(door)
        if not serve(application, host, port, ready=listens, ending=lambda: None):
            msg = (
                f"Port {port} of {host} cannot be had; another program listens there: name another."
            )
            raise TrueliftError(msg)

    async def _end(self) -> None:
        await self.collector.stop()
        self.sealer.stop()

    def _states(self) -> tuple[list[str], list[str]]:
        return self.collector.faults, self.sealer.sentences

    def _metrics(self) -> bytes:
        registry = CollectorRegistry()
        registry.register(_Told(self._told))
        return generate_latest(registry)

    def _told(self) -> list[Metric]:
        sealer = self.sealer
        return [
            CounterMetricFamily("truelift_sealed_rows", "Hits sealed into the lake.", sealer.rows),
            GaugeMetricFamily(
                "truelift_sealing_seconds", "Length of the last sealing.", sealer.seconds
            ),
            GaugeMetricFamily(
                "truelift_unsealed_bytes", "Of the spool, not in the lake.", sealer.waiting_bytes
            ),
            GaugeMetricFamily(
                "truelift_sealing_fails", "1 while nothing can be sealed.", bool(sealer.fault)
            ),
            *collector_metrics(self.collector),
        ]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)
