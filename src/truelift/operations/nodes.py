"""Nodes: collectors on other machines, as the worker that follows them left word of them.

In:   the workspace's folder.
Out:  how each node was last, and sentences for who reads figures: which are partial, and why.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from truelift.base.errors import UsageError
from truelift.base.secret import Secret
from truelift.operations.people import Action, needs
from truelift.store import lake_restore, places, private_files
from truelift.store.ground import Ground
from truelift.store.hit_lake import HitLake
from truelift.store.node_folder import Mark

FILE = "nodes.json"
"""In the workspace's folder; written by the worker that follows nodes."""

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


def keep_states(folder: Path, states: Iterable[NodeState], lake_fault: str) -> None:
    """Leave word of nodes; whole or not at all."""
    told = {"lake_fault": lake_fault, "nodes": [asdict(each) for each in states]}
    fresh = folder / f"{FILE}.new"
    fresh.write_text(json.dumps(told, indent=1), encoding="utf-8")
    fresh.replace(folder / FILE)


def states(folder: Path) -> list[NodeState]:
    """Give how each node was last."""
    return [NodeState(**each) for each in _told(folder)["nodes"]]


def partial(folder: Path) -> list[str]:
    """Say what figures lack just now; nothing when nothing is known to be missing."""
    gone = lake_restore.lost(folder)
    return [*missing(folder), *([gone] if gone else [])]


def missing(folder: Path) -> list[str]:
    """Say which nodes are missing."""
    told = _told(folder)
    found = [NodeState(**each).sentence for each in told["nodes"]]
    if told["lake_fault"]:
        found.append(f"Nodes cannot be looked for: {told['lake_fault']}")
    return [each for each in found if each]


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
    table = HitLake(lake_of(ground.folder))
    known = {each.node: each for each in table.nodes()}
    if node not in known:
        msg = f"No node is called {node}; `truelift node list` has them."
        raise UsageError(msg)
    told = known[node]
    table.tell(node, told.incarnation, told.address, dt.datetime.now(dt.UTC), gone=True)


def _told(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"nodes": [], "lake_fault": ""}
    return found
