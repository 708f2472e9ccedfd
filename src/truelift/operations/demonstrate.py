"""Demonstrate: builds a workspace from the sample programme, played under its simulated clock.

In:   a folder for the workspace, a seed.
Out:  a workspace with every delivery imported and every baseline sealed in order, and the truth.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from truelift.base.ids import content_hash, name_id
from truelift.base.time import Instant
from truelift.connectors.files import ReadOptions
from truelift.connectors.sample_programme import Step, write
from truelift.connectors.sample_programme.traffic import Traffic
from truelift.facts.kinds import KINDS
from truelift.operations.ageing import refit_if_due
from truelift.operations.book import book
from truelift.operations.ingest import import_paths
from truelift.operations.people import Action, needs
from truelift.operations.seal import seal_baselines
from truelift.store import catalog_store
from truelift.store import ground as grounds
from truelift.store import workspace_database as records
from truelift.store.ground import Ground, StoppedClock
from truelift.store.workspace_database import BrandRecord

PROGRAMME = "programme"
CURRENCY, ZONE = "USD", "America/New_York"

Progress = Callable[[str], None]


def demonstrate(
    folder: Path, *, seed: int = 7, progress: Progress = lambda _words: None
) -> list[Step]:
    """Make the demo workspace in an empty folder; give the steps that were played."""
    programme = write(folder / PROGRAMME, seed)
    steps = list(programme.steps)
    start = steps[0].at
    brand = programme.brand
    record = BrandRecord(brand, brand, CURRENCY, ZONE, brand, "months")
    grounds.create(folder, record, start)
    with grounds.opened(folder, None, StoppedClock(start), "demo") as ground:
        _identify(ground, start, seed)
    with grounds.opened(folder, None, StoppedClock(start), "demo") as ground:
        for step in steps:
            progress(f"{step.at:%Y-%m-%d} {step.note}")
            with ground.workspace.transaction() as connection:
                records.set_simulated_clock(connection, step.at)
            play(replace(ground, clock=StoppedClock(step.at)), step, folder / PROGRAMME)
    return steps


def play(ground: Ground, step: Step, folder: Path) -> None:
    """Do what one step says: import a delivery, book it and fit curves that are due, or seal."""
    if step.action == "import":
        import_paths(ground, [folder / str(step.folder)], ReadOptions())
        book(ground)
        refit_if_due(ground)
    else:
        late = step.action == "seal_late"
        seal_baselines(ground, campaign=step.campaign, creator=step.creator, late=late)


@needs(Action.READ)
def traffic(ground: Ground, key: str, seed: int = 7) -> Traffic:
    """Make the traffic that a served sample goes on getting, on links and codes of its campaigns.

    key: a server's key of the workspace.
    """
    brand = ground.brand
    with ground.workspace.transaction() as connection:
        links, codes = (
            catalog_store.known_rows(connection, KINDS[kind], brand.brand).to_pylist()
            for kind in ("links", "codes")
        )
    return Traffic(
        links=[row["slug"] for row in links if row["campaign"]],
        codes=[row["code"] for row in codes if row["campaign"]],
        currency=brand.currency,
        now=ground.clock.now,
        key=key,
        seed=seed,
    )


def keep_clock(ground: Ground) -> None:
    """Remember how far the simulated clock of a served sample has come."""
    with ground.workspace.transaction() as connection:
        records.set_simulated_clock(connection, ground.clock.now())


def truth(folder: Path) -> dict[str, Any]:
    """Read the sample programme's truth, which only the demo and tests look at."""
    known: dict[str, Any] = json.loads((folder / PROGRAMME / "truth.json").read_text("utf-8"))
    return known


def _identify(ground: Ground, start: Instant, seed: int) -> None:
    """Start the simulated clock; the sample's identity follows from its seed, so bytes repeat.

    The identity holds the salt of customers, which a ground reads when it is opened.
    """
    with ground.workspace.transaction() as connection:
        records.set_simulated_clock(connection, start)
        salt = bytes.fromhex(content_hash(["sample programme", seed]))
        identity = str(name_id("sample programme", seed))
        records.set_workspace_identity(connection, identity, salt)
