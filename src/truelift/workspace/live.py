"""An opened workspace while it is served: versions, freshness, rows from other programs.

In:   an opened workspace.
Out:  the version of the data, who was heard of when, what today has brought, verdicts of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Self

from truelift.operations import freshness, nodes, owning, requests
from truelift.operations.admission import Actor, Admission
from truelift.operations.demonstrate import traffic
from truelift.operations.doctor import doctor
from truelift.operations.today import Today, followed
from truelift.reports.table import plain_table
from truelift.workspace.opened import Opened
from truelift.workspace.result import Result

_SHOWN = ("kind", "source", "newest", "recorded_at", "last", "fresh_rows")


class Live(Opened):
    """What the doors of a running process ask of a workspace."""

    _admission: Admission
    _actor: Actor | None = None

    @property
    def version(self) -> str:
        """Give the version of the data: another one after every change, and in every process."""
        return self.version_at(self._ground.turn.version)

    def version_at(self, number: int) -> str:
        """Give the version by its number in this process."""
        return f"{self._ground.turn.begun}.{number}"

    @property
    def brand(self) -> str:
        """Name the brand."""
        return self._ground.brand.brand

    @property
    def settled(self) -> int:
        """Give a number that grows with everything but facts that come in by themselves."""
        return self._ground.turn.decisions

    @property
    def served(self) -> bool:
        """Say whether this process serves the workspace, and so tells of changes."""
        return self._ground.served

    def listen(self, listener: Callable[[int], None]) -> None:
        """Call a function after every change, on the thread that made it."""
        self._ground.turn.listen(listener)

    def freshness(self) -> Result:
        """Give when each source was heard of last, by kind."""
        rows = [
            {
                "kind": each.kind, "source": each.source or None, "newest": each.newest,
                "recorded_at": each.recorded_at, "seconds": round(each.seconds, 3),
                "last": f"{freshness.ago(each.seconds)} ago", "fresh_rows": each.fresh_rows,
                "sentence": each.sentence,
            }
            for each in freshness.freshness(self._ground)
        ]  # fmt: skip
        shown = [{name: row[name] for name in _SHOWN} for row in rows]
        return Result(self._head() | {"rows": rows}, plain_table("Freshness", shown))

    def doctor(self) -> Result:
        """Look at the workspace's surroundings: a line per check."""
        rows = [asdict(check) for check in doctor(self._ground)]
        return Result(self._head() | {"rows": rows}, plain_table("Checks", rows))

    def nodes(self) -> Result:
        """List the collectors on other machines, and what is missing of them."""
        rows = [asdict(each) | {"sentence": each.sentence} for each in nodes.listed(self._ground)]
        return Result(self._head() | {"rows": rows}, plain_table("Nodes", rows))

    def forget_node(self, node: str) -> None:
        """Give a lost node up for good."""
        nodes.forget(self._ground, node)

    def own(self) -> list[str]:
        """Make this folder the owner of its workspace, whoever was; say what it lacks."""
        return owning.own(self._ground)

    def traffic(self, key: str) -> Any:  # noqa: ANN401 - what worker.simulated takes
        """Make the simulated traffic of a served sample. key: a server's key of the workspace."""
        return traffic(self._ground, key)

    def today(self) -> Today:
        """Give what the brand's day has brought so far, to be asked after every change."""
        return followed(self._ground)

    @property
    def turn(self) -> Any:  # noqa: ANN401 - a context manager
        """Give the turn: while it is held, nobody else changes anything."""
        return self._ground.turn

    def acting(self, authorization: str | None) -> Self:
        """Give this workspace as the person has it whom a request over HTTP is by."""
        actor = self._admission.acts_here(authorization)
        rights = actor.at(self._ground.brand.brand)
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._ground = replace(self._ground, person=actor.name, rights=rights)  # noqa: SLF001 - of this class
        other._actor = actor  # noqa: SLF001 - as above
        return other

    def take_rows(
        self,
        kind: str,
        rows: Sequence[Mapping[str, Any]],
        *,
        request_key: str | None = None,
        body_sha256: str = "",
    ) -> requests.Taken:
        """Take rows of a kind from another program; each gets a verdict.

        request_key: with it the request may be repeated, and gets its first answer again.
        """
        asked = requests.Request(kind, tuple(rows), request_key, body_sha256)
        return requests.take_rows(self._ground, asked)
