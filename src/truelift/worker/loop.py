"""The loop: takes the spool in several times a second, on a thread of its own.

In:   the grounds of every brand, and a clock of lengths.
Out:  facts; old segments removed. A round that fails is told and tried again, slower each time.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from truelift.base.errors import Busy, NotOwner, Refused, TrueliftError
from truelift.operations.collect import keep_salts
from truelift.operations.compact import compact
from truelift.operations.demonstrate import keep_clock
from truelift.operations.drain import (
    KEPT_DAYS,
    MOST_HITS,
    BrandToOpen,
    Came,
    drain,
    offsets,
    prune,
    waiting_bytes,
)
from truelift.operations.owning import elsewhere
from truelift.store import lake_restore
from truelift.store.ground import Ground
from truelift.store.node_folder import Mark

PAUSE_SECONDS = 0.1
"""Between two looks at the spool."""

SLOWEST_SECONDS = 5.0
"""The longest pause after rounds that failed."""

ANSWER_SECONDS = 1.0
"""How often it is looked whether the workspace's database answers, and is still ours to work on."""

PRUNE_SECONDS = 3_600.0

COMPACT_SECONDS, BUSY_COMPACT_SECONDS = 60.0, 600.0
"""How often it is looked for segments to merge: when nothing comes, and when something does."""

_log = logging.getLogger("truelift.worker")


@dataclass(slots=True)
class Pulse:
    """What the loop did so far; other threads read it.

    round_seconds: of the last round that took something in. beat: when the last round ended, by the
    clock of lengths. waiting_bytes: of the spool; None before it was looked at. waiting: the same
    by who collected. partial: what figures lack as nodes are missing, in sentences. elsewhere: what
    they lack as another folder takes facts in by now.
    """

    hits: int = 0
    rows: int = 0
    refused: int = 0
    repeated: int = 0
    rounds: int = 0
    failures: int = 0
    damaged: int = 0
    merged: int = 0
    bookings: int = 0
    round_seconds: float = 0.0
    book_seconds: float = 0.0
    waiting_bytes: int | None = None
    waiting: Mapping[str, int] = field(default_factory=dict)
    beat: float = field(default_factory=time.monotonic)
    fault: str = ""
    lake_fault: str = ""
    partial: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


class Follows(Protocol):
    """Who takes over what nodes on other machines keep (worker.following)."""

    def look(self, taken: Mapping[str, Mark]) -> None:
        """Know how far each spool is taken in."""

    def stop(self) -> None:
        """Follow no more."""

    @property
    def sentences(self) -> list[str]:
        """Say what figures lack."""


@dataclass(slots=True)
class Loop:
    """Runs rounds until it is stopped.

    grounds: by brand. shift: what a simulated clock differs from the machine's. open_new: adds the
    grounds of brands that were added meanwhile. came: told of facts before they are committed, and
    undone: that they were not.
    """

    grounds: Mapping[str, Ground]
    shift: Callable[[], dt.timedelta] = lambda: dt.timedelta(0)
    open_new: Callable[[], None] = lambda: None
    came: Came = lambda _brand, _facts: None
    undone: Callable[[], None] = lambda: None
    nodes: Follows | None = None
    tick: Callable[[], float] = time.monotonic
    pulse: Pulse = field(default_factory=Pulse)
    _stop: threading.Event = field(default_factory=threading.Event, repr=False)
    _thread: threading.Thread | None = field(default=None, repr=False)
    _pruned: float = field(default=float("-inf"), repr=False)
    _answered: float = field(default=float("-inf"), repr=False)
    _compacted: float = field(default=float("-inf"), repr=False)
    _salted: dt.date | None = field(default=None, repr=False)

    def start(self) -> None:
        """Run rounds on a thread of its own."""
        self._thread = threading.Thread(target=self.run, name="loop", daemon=True)
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """Finish the round and stop; say whether it ended in time."""
        self.interrupt()
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def interrupt(self) -> None:
        """End after this round."""
        self._stop.set()
        if self.nodes is not None:
            self.nodes.stop()

    def run(self) -> None:
        """Run rounds until stopped."""
        pause = PAUSE_SECONDS
        while not self._stop.wait(pause):
            pause = PAUSE_SECONDS if self._round() else min(2 * pause, SLOWEST_SECONDS)

    def _round(self) -> bool:
        try:
            self.once()
        except Exception as error:  # noqa: BLE001 - told, and tried again
            self.pulse.failures += 1
            self.pulse.fault = str(error)
            if isinstance(error, NotOwner):
                with contextlib.suppress(TrueliftError):
                    self.pulse.elsewhere = tuple(elsewhere(next(iter(self.grounds.values()))))
            if isinstance(error, Busy | Refused):
                _log.warning("a round failed: %s", error)
            else:
                _log.exception("a round failed")
            self.undone()
            return False
        self.pulse.fault, self.pulse.elsewhere = "", ()
        return True

    def once(self) -> None:
        """Run one round: take in, and tidy up when it is due."""
        began = self.tick()
        ground = next(iter(self.grounds.values()))
        if began - self._answered >= ANSWER_SECONDS:
            ground.may_work()
            self._answered = began
        self._follow(ground)
        came = self._take_in(ground, began)
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        if now.date() != self._salted:
            keep_salts(ground.folder, now.date())
            self._salted = now.date()
        if began - self._pruned >= PRUNE_SECONDS:
            self._pruned = began
            prune(ground, now - _KEPT)
        self._compact(ground, began, idle=not came)
        self.pulse.waiting = waiting_bytes(ground)
        self.pulse.waiting_bytes = sum(self.pulse.waiting.values())
        self.pulse.beat = self.tick()

    def _follow(self, ground: Ground) -> None:
        """Tell who follows nodes how far their hits are taken in."""
        gone = tuple(filter(None, [lake_restore.lost(ground.folder)]))
        if self.nodes is not None:
            self.nodes.look(
                {name: Mark(at.segment, at.byte) for name, at in offsets(ground).items()}
            )
            gone = (*self.nodes.sentences, *gone)
        self.pulse.partial = gone

    def _compact(self, ground: Ground, began: float, *, idle: bool) -> None:
        """Merge segments when nothing came; where something always comes, now and then."""
        waited = began - self._compacted
        if waited >= (COMPACT_SECONDS if idle else BUSY_COMPACT_SECONDS):
            merged = compact(ground)
            self.pulse.merged += merged
            if not merged:  # else there may be more: at the next round
                self._compacted = began

    def _take_in(self, ground: Ground, began: float) -> bool:
        """Take the spool in; say whether anything came.

        After a round that failed, without what is kept for speed: no fault of that holds facts up.
        """
        came, fresh = False, not self.pulse.fault
        while not self._stop.is_set():
            try:
                done = drain(ground, self.grounds, shift=self.shift(), fresh=fresh, came=self.came)
            except BrandToOpen:
                self.open_new()
                continue
            for sentence in done.damaged:
                _log.error("%s", sentence)
            if not done.hits and not done.damaged:
                break
            came = True
            pulse = self.pulse
            pulse.hits, pulse.rows = pulse.hits + done.hits, pulse.rows + done.rows
            pulse.refused, pulse.rounds = pulse.refused + done.refused, pulse.rounds + 1
            pulse.damaged += len(done.damaged)
            pulse.repeated += done.repeated
            pulse.round_seconds = self.tick() - began
            if ground.simulated:
                keep_clock(ground)
            if done.hits < MOST_HITS:
                break
        return came


_KEPT = dt.timedelta(days=KEPT_DAYS)
