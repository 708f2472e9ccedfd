"""Nodes: collectors on other machines, as the worker that follows them left word of them.

In:   the workspace's folder.
Out:  how each node was last, and sentences for who reads figures: which are partial, and why.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from truelift.base.errors import UsageError
from truelift.base.secret import Secret
from truelift.operations.people import Action, needs
from truelift.store import lake_restore, places, private_files, state_files
from truelift.store.ground import Ground
from truelift.store.hit_lake import HitLake, Node
from truelift.store.node_folder import Mark

FILE = "nodes.json"
"""In the workspace's folder; written by the worker that follows nodes."""

STALE = dt.timedelta(seconds=60)
"""Word of nodes that is older was left by a process that ended, or stands still."""

TOKEN = "node_token.json"  # noqa: S105 - the name of a file


@dataclass(frozen=True, slots=True)
class NodeState:
    """How a node was when it was looked at last. Times are naive UTC, as text.

    heard_at: when everything it had kept was here last; None for never. missing_since: since when
    it is not; None while it is. fault: why. behind_bytes: of its spool, known and not fetched yet.
    """

    node: str
    address: str
    heard_at: str | None
    missing_since: str | None
    fault: str
    behind_bytes: int = 0

    @property
    def sentence(self) -> str:
        """Say what is missing; nothing when nothing is."""
        if self.missing_since is None:
            return ""
        since = f"since {self.missing_since} UTC"
        return (
            f"Figures are partial: node {self.node} ({self.address or 'no address'}) is missing "
            f"{since}; what it collected later, and did not seal into the lake, is in no figure. "
            f"{self.fault}"
        ).strip()


@dataclass(frozen=True, slots=True)
class Word:
    """What the process that follows nodes left word of.

    known: the nodes as the lake told of them. told_at: naive UTC; None for never. damage: why the
    file says nothing.
    """

    states: tuple[NodeState, ...] = ()
    lake_fault: str = ""
    lake: str = ""
    known: tuple[Node, ...] = ()
    told_at: dt.datetime | None = None
    damage: str = ""


def lake_of(folder: Path) -> str:
    """Give a workspace's lake; UsageError when it names none."""
    lake = places.read(folder).lake
    if lake is None:
        msg = f'{folder / places.FILE} names no lake, which nodes take: add lake = "…".'
        raise UsageError(msg)
    return lake


def token(folder: Path, given: Secret | None) -> Secret:
    """Give the token of nodes and workers: the one that was set, or one of this folder's own.

    Machines that do not share the folder are given the same one (TRUELIFT_NODE_TOKEN).
    """
    if given is not None:
        return given
    with private_files.changing(folder, TOKEN) as content:
        return Secret(content.setdefault("token", secrets.token_urlsafe(32)))


def keep_states(
    folder: Path,
    states: Iterable[NodeState],
    lake_fault: str,
    known: Sequence[Node] = (),
    lake: str = "",
) -> None:
    """Leave word of nodes; whole or not at all, and on disk on return."""
    told = {
        "lake": lake, "lake_fault": lake_fault, "told_at": _now().isoformat(" ", "seconds"),
        "nodes": [asdict(each) for each in states],
        "known": [asdict(each) | {"told_at": each.told_at.isoformat(" ")} for each in known],
    }  # fmt: skip
    state_files.write(folder / FILE, told)


def states(folder: Path) -> list[NodeState]:
    """Give how each node was last."""
    return list(word(folder).states)


def partial(folder: Path) -> list[str]:
    """Say what figures lack just now; nothing when nothing is known to be missing."""
    gone = lake_restore.lost(folder)
    return [*missing(folder), *([gone] if gone else [])]


def missing(folder: Path) -> list[str]:
    """Say which nodes are missing."""
    told = word(folder)
    found = [told.damage, *(each.sentence for each in told.states)]
    if told.lake_fault:
        found.append(f"Nodes cannot be looked for: {told.lake_fault}")
    expected = [each.node for each in told.known if not each.gone]
    if expected and told.told_at is not None and _now() - told.told_at >= STALE:
        found.append(
            f"Figures are partial: nobody has asked {', '.join(expected)} since "
            f"{told.told_at} UTC; start `truelift serve` or `truelift worker`."
        )
    return [each for each in found if each]


def word(folder: Path) -> Word:
    """Read what was left word of; a file that is damaged says so and nothing else."""
    path = folder / FILE
    try:
        told = state_files.read(path)
        return Word() if told is None else _word(told)
    except (ValueError, TypeError, KeyError) as error:
        return Word(
            damage=f"Figures may be partial: {path} is damaged ({state_files.amiss(error)}), and "
            "which nodes are missing is not known; `truelift serve` or `truelift worker` makes it "
            "again."
        )


def _word(told: dict[str, Any]) -> Word:
    at = told.get("told_at")
    return Word(
        tuple(map(_state, told["nodes"])),
        state_files.text(told["lake_fault"]),
        state_files.text(told.get("lake", "")),
        tuple(map(_known, told.get("known", ()))),
        None if at is None else _moment(at),
    )


def _moment(told: Any) -> dt.datetime:  # noqa: ANN401 - whatever stands in a file
    """Read an instant, naive UTC; ValueError for one with a zone, which nobody here writes."""
    found = dt.datetime.fromisoformat(state_files.text(told))
    if found.tzinfo is not None:
        msg = f"{told!r} has a zone"
        raise ValueError(msg)
    return found


def _state(told: dict[str, Any]) -> NodeState:
    """Make a state of what stands in the file; what a newer version says besides is left."""
    for name in ("node", "address", "fault"):
        state_files.text(told[name])
    for name in ("heard_at", "missing_since"):
        if told[name] is not None:
            dt.datetime.fromisoformat(told[name])
    state_files.count(told["behind_bytes"])
    return NodeState(**{each.name: told[each.name] for each in fields(NodeState)})


def _known(told: dict[str, Any]) -> Node:
    return Node(
        state_files.text(told["node"]),
        state_files.count(told["number"]),
        state_files.text(told["incarnation"]),
        state_files.text(told["address"]),
        told["gone"] is True,
        _moment(told["told_at"]),
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def tend(lake: HitLake, taken: Mapping[str, Mark], today: dt.date, keep_days: int) -> None:
    """Tidy up hits in the lake: few large files, none older than is kept and taken in.

    One process at a time does this; who calls it sees to that.
    """
    lake.drop(today - dt.timedelta(days=keep_days), taken)
    lake.hits.compact()
    lake.hits.vacuum()


@needs(Action.READ)
def listed(ground: Ground) -> list[NodeState]:
    """Give how each node was last, for people."""
    return states(ground.folder)


@needs(Action.MANAGE_BRANDS)
def forget(ground: Ground, node: str) -> None:
    """Give a node up for good: nothing more is expected of it, and figures are whole without."""
    table = HitLake(lake_of(ground.folder), ground.workspace_id)
    found, amiss = table.readable_nodes()
    known = {each.node: each for each in found}
    if node not in known:
        msg = " ".join([f"No node is called {node}; `truelift node list` has them.", *amiss])
        raise UsageError(msg)
    told = known[node]
    table.tell(node, told.incarnation, told.address, _now(), gone=True)
