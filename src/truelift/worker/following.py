"""Following: a worker takes over what nodes keep, from each of them or out of the lake.

In:   the lake (which nodes there are, what they sealed), the token of nodes, what is taken in.
Out:  a mirror of each node's spool, which the loop takes in as it does its own; how the nodes are.

A node is asked for what follows the end of its mirror, ten times a second. What has left its disk,
or what it does not answer for, is read out of the lake, by the same segments and bytes: whichever
way a frame comes, it comes to the same place once.
"""

from __future__ import annotations

import datetime as dt
import http.client
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import google_crc32c

from truelift.base.errors import TrueliftError
from truelift.base.secret import Secret
from truelift.operations import nodes as words
from truelift.operations.nodes import NodeState, keep_states, tend
from truelift.store import mirror as mirrors
from truelift.store.hit_lake import HitLake, Node
from truelift.store.mirror import Mirror
from truelift.store.node_folder import Mark, is_name
from truelift.worker.tail import TAIL

POLL_SECONDS, LOST_SECONDS = 0.1, 1.0
"""Between two questions to a node that has told everything, and to one that does not answer."""

LOOK_SECONDS = 2.0
"""How often it is looked which nodes there are."""

ANSWER_SECONDS = 5.0
MISSING_SECONDS = 5.0
"""A node that was not heard of for so long is missing, and figures are partial."""

HANGS_SECONDS = 20.0
"""Longer than looking for nodes takes where the lake answers."""

MOST_AHEAD = 256 * 2**20
"""How much of a node's spool is here and not taken in, at most."""

LAKE_ROWS = 50_000
TEND_SECONDS = 600.0
KEEP_DAYS = 7
"""How long hits stay in the lake after they were taken in."""

_log = logging.getLogger("truelift.worker")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def _text(at: dt.datetime | None) -> str | None:
    return None if at is None else at.isoformat(" ", "seconds")


def _time(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)


class Unanswered(TrueliftError):
    """A node's answer that cannot be used; the sentence says why."""


@dataclass(slots=True)
class Follower:
    """Follows one node, on a thread of its own.

    taken: how far its hits are in the facts. heard, since: by the machine's clock, when everything
    it had kept was here last, and when it was looked for first.
    """

    known: Node
    mirror: Mirror
    lake: HitLake
    token: Secret
    taken: Callable[[], Mark]
    heard: dt.datetime | None = None
    since: dt.datetime = field(default_factory=_now)
    behind: int = 0
    fault: str = ""
    _version: int = -1
    _stop: threading.Event = field(default_factory=threading.Event)
    _asking: http.client.HTTPConnection | None = None
    _asked: str = ""

    def start(self) -> None:
        """Follow on a thread of its own."""
        threading.Thread(target=self.run, name=f"node {self.known.node}", daemon=True).start()

    def stop(self) -> None:
        """Follow no more."""
        self._stop.set()

    def run(self) -> None:
        """Follow until stopped."""
        pause = 0.0
        while not self._stop.wait(pause):
            try:
                pause = self.once()
            except Exception as error:  # noqa: BLE001 - told, and tried again
                self.fault, pause = str(error), LOST_SECONDS
                _log.exception("node %s could not be followed", self.known.node)
        self.hang_up()

    def once(self) -> float:
        """Take over what there is; give the seconds until the next time."""
        taken = self.taken()
        self.mirror.prune(taken)
        if self.mirror.ahead(taken) >= MOST_AHEAD:
            return POLL_SECONDS
        if self.known.gone:
            return 0.0 if self._from_lake() else LOST_SECONDS
        try:
            more = self._from_node()
        except (OSError, http.client.HTTPException, Unanswered, ValueError, KeyError) as error:
            self.hang_up()  # the last two: what answers is no node, or its address is none
            self.fault = f"It does not answer: {error or type(error).__name__}."
            return 0.0 if self._from_lake() else LOST_SECONDS
        return 0.0 if more else POLL_SECONDS

    def state(self, now: dt.datetime) -> NodeState:
        """Give how the node is."""
        known, heard = self.known, self.heard
        last = heard or self.since
        missing = not known.gone and (now - last).total_seconds() >= MISSING_SECONDS
        return NodeState(
            known.node, known.address, _text(heard), _text(last) if missing else None,
            self.fault if missing else "", self.behind,
        )  # fmt: skip

    def _from_node(self) -> bool:
        """Take over what the node answers; say whether there is more."""
        asked_at, end = _now(), self.mirror.end
        status, told, content = self._ask(end)
        if status == http.client.GONE:
            if not self._from_lake():
                msg = f"what follows {end.segment} byte {end.byte} is neither there nor in the lake"
                raise Unanswered(msg)
            return True
        segment, byte = told["x-truelift-segment"], int(told["x-truelift-byte"])
        if int(told["x-truelift-crc32c"]) != google_crc32c.value(content):
            msg = "its answer was damaged on the way"
            raise Unanswered(msg)
        if content:
            if (segment, byte) not in {(end.segment, end.byte), (segment, 0)}:
                msg = f"it was asked for {end.segment} byte {end.byte} and gave {segment} {byte}"
                raise Unanswered(msg)
            self.mirror.write(segment, byte, content)
        self.behind, self.fault = int(told["x-truelift-behind"]), ""
        if not self.behind:
            self.heard = asked_at
        return bool(self.behind)

    def _ask(self, end: Mark) -> tuple[int, Mapping[str, str], bytes]:
        address = self.known.address
        if self._asking is None or self._asked != address:
            self.hang_up()
            parts = urlsplit(address)
            kind = (
                http.client.HTTPSConnection if parts.scheme == "https"
                else http.client.HTTPConnection
            )  # fmt: skip
            self._asking, self._asked = kind(parts.netloc, timeout=ANSWER_SECONDS), address
        path = f"{urlsplit(address).path.rstrip('/')}{TAIL}?" + urlencode(
            {"segment": end.segment, "byte": end.byte}
        )
        headers = {"authorization": f"Bearer {self.token.reveal()}"}
        self._asking.request("GET", path, headers=headers)
        answer = self._asking.getresponse()
        content = answer.read()
        told = {name.lower(): value for name, value in answer.getheaders()}
        if answer.status not in {http.client.OK, http.client.GONE}:
            msg = f"{answer.status} {content[:200].decode('utf-8', 'replace').strip()}"
            raise Unanswered(msg)
        if told.get("x-truelift-incarnation") != self.known.incarnation:
            msg = f"another node answers at {address}"
            raise Unanswered(msg)
        return answer.status, told, content

    def hang_up(self) -> None:
        """End the connection to the node; the next question opens another one."""
        if self._asking is not None:
            self._asking.close()
            self._asking = None

    def _from_lake(self) -> int:
        """Take over what the lake has; give how many frames that were."""
        try:
            version = self.lake.hits.snapshot().version
            if version == self._version:
                return 0
            rows = self.lake.after(self.known.node, self.mirror.end, LAKE_ROWS)
            count = self.mirror.write_frames(rows)
        except TrueliftError as error:
            self.fault = f"{self.fault} {error}".strip()
            return 0
        if not count:
            self._version = version  # nothing more until something is added
        return count


class Following:
    """Follows every node of a lake; the loop calls `look` before each round."""

    def __init__(
        self, folder: Path, lake: HitLake, token: Secret, *, keep_days: int = KEEP_DAYS,
        alone: Callable[[], bool] = lambda: True,
    ) -> None:  # fmt: skip
        """Stand on a workspace's folder. alone: says whether this process tidies up the lake."""
        self._folder, self._lake, self._token = folder, lake, token
        self._keep_days, self._alone = keep_days, alone
        self._followers: dict[str, Follower] = {}
        self._refused: dict[str, NodeState] = {}
        self._taken: Mapping[str, Mark] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._fault, self._tended, self._began = "", float("-inf"), float("inf")
        self._left = float("-inf")
        self._met = self._forgot = False

    def look(self, taken: Mapping[str, Mark]) -> None:
        """Know how far each spool is taken in; begin at the first time."""
        self._taken = taken
        if self._thread is None:
            self._remember()
            self._thread = threading.Thread(target=self._watch, name="nodes", daemon=True)
            self._thread.start()
        now = time.monotonic()
        if now - self._left >= LOOK_SECONDS:  # here, as whoever asks the lake may hang
            self._left = now
            known = [each.known for _, each in sorted(dict(self._followers).items())]
            keep_states(self._folder, self.states(), self._lake_fault(), known, self._lake.uri)

    def stop(self) -> None:
        """Follow no more."""
        self._stop.set()
        for each in list(self._followers.values()):
            each.stop()

    @property
    def sentences(self) -> list[str]:
        """Say what figures lack; nothing when every node is heard of."""
        found = [each.sentence for each in self.states() if each.sentence]
        fault = self._lake_fault()
        return [*found, f"Nodes cannot be looked for: {fault}"] if fault else found

    def _lake_fault(self) -> str:
        waited = time.monotonic() - self._began
        if waited >= (HANGS_SECONDS if self._met else MISSING_SECONDS):
            return f"The lake has not answered for {waited:.0f} s."  # a store that hangs says none
        return self._fault

    def states(self) -> list[NodeState]:
        """Give how each node is."""
        now = _now()
        followed = [each.state(now) for _, each in sorted(dict(self._followers).items())]
        return [*followed, *dict(self._refused).values()]

    def _remember(self) -> None:
        """Follow the nodes that were known before this process began, though the lake be away.

        One that was missing is so until it is heard of; where nothing tells, each of them is.
        """
        folders = mirrors.mirrors(self._folder / "spool")
        for folder in folders:
            mirrors.empty(folder)
        word = words.word(self._folder)
        if word.damage or (word.told_at is None and folders):
            self._forgot, self._fault = True, word.damage or "They were not looked for yet."
        if word.lake != self._lake.uri:
            return
        states = {each.node: each for each in word.states}
        for known in word.known:
            self._follow(known, states.get(known.node))

    def _watch(self) -> None:
        while True:
            self._began = time.monotonic()
            try:
                self._fault = " ".join(self._meet())
                self._met = True
                self._tidy()
            except TrueliftError as error:
                self._fault = str(error)
            except Exception as error:  # noqa: BLE001 - told, and tried again
                self._fault = str(error)
                _log.exception("nodes could not be looked for")
            self._began = float("inf")
            if self._stop.wait(LOOK_SECONDS):
                return

    def _meet(self) -> list[str]:
        """Follow nodes that are new, know where the others are now; say what cannot be read."""
        self._lake.make()
        found, amiss = self._lake.readable_nodes()
        for known in found:
            follower = self._followers.get(known.node)
            if follower is not None:
                follower.known = known
            else:
                self._follow(known, None)
        gone = {each.node for each in found if each.gone}
        names = {each.node for each in found}
        if not amiss:
            for name in self._followers.keys() - names:  # as the lake was another one
                self._followers.pop(name).stop()
        self._refused = {
            name: state for name, state in self._refused.items() if name in names - gone
        }
        return amiss

    def _follow(self, known: Node, before: NodeState | None) -> None:
        """Follow a node; one that cannot be is told, and keeps nobody from following the others.

        before: how it was when another process followed it last.
        """
        name = known.node
        try:
            if not is_name(name):
                msg = "The lake names it so, which none can be called: give it up."
                raise Unanswered(msg)
            mirror = Mirror(self._folder / "spool", name, self._taken.get(name, Mark()))
        except (TrueliftError, OSError) as error:
            if not known.gone:
                old = self._refused.get(name)
                since = _text(_now()) if old is None else old.missing_since
                told = f"What it sealed is in none either. {error}"
                self._refused[name] = NodeState(name[:80], known.address, None, since, told)
            return
        follower = Follower(
            known, mirror, self._lake.beside(), self._token,
            lambda: self._taken.get(name, Mark()),
        )  # fmt: skip
        if before is not None:
            follower.heard = _time(before.heard_at)
            follower.since = _time(before.missing_since) or follower.since
        elif self._forgot:
            follower.since = known.told_at
        self._refused.pop(name, None)
        self._followers[name] = follower
        follower.start()

    def _tidy(self) -> None:
        now = time.monotonic()
        if now - self._tended < TEND_SECONDS or not self._alone():
            return
        self._tended = now
        try:
            tend(self._lake, self._taken, _now().date(), self._keep_days)
        except TrueliftError:  # somebody appended meanwhile, or the lake went away
            _log.warning("hits in the lake could not be tidied up", exc_info=True)
