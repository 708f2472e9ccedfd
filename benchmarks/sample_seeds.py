"""The sample programme over many seeds: how often its known true lifts lie inside their limits.

In:   seeds; each is generated with its truth, imported under its clock, sealed and measured.
Out:  coverage per kind at the last look and at all looks, with exact intervals, and who was missed;
      the `seeds` part of RESULTS.md, and every comparison as a line of JSON.

    .venv/bin/python -m benchmarks.sample_seeds 200 -o seeds.jsonl

Seeds that the file holds already are not played again: a run that was stopped goes on. A file of
an older version of the code must not be handed in.

What a seed plays is what `make demo` plays, but for the books (no lift is in them), and deliveries
between two seals are imported together. A figure is compared at every fortnight of its campaign.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.results import write_part
from benchmarks.seed_coverage import Compared, coverage_lines
from truelift.connectors.files import ReadOptions
from truelift.connectors.sample_programme import Programme, write
from truelift.measurement.figure import LiftFigure
from truelift.operations.ingest import import_paths
from truelift.operations.knowledge import knowledge
from truelift.operations.measure import Measurement
from truelift.operations.seal import seal_baselines
from truelift.store import ground as grounds
from truelift.store.ground import Ground, StoppedClock
from truelift.store.workspace_database import BrandRecord

if TYPE_CHECKING:
    import datetime as dt

    from truelift.operations.measure import Figures

METRICS = ("engagement", "views", "value", "orders", "leads")
POST_METRICS = METRICS[:3]
LOOKED_AT = (1, 3, 5, 7, 8)
"""Deliveries after which is looked: a fortnight into each flight, at its end, at the very end."""


def compare_seed(seed: int, folder: Path) -> list[Compared]:
    """Play one seed in an empty folder and compare every figure that has an estimate."""
    programme = write(folder / "programme", seed)
    start = programme.steps[0].at
    brand = programme.brand
    record = BrandRecord(brand, brand, programme.currency, programme.timezone, brand, "months")
    grounds.create(folder / "workspace", record, start)
    with grounds.opened(folder / "workspace", None, StoppedClock(start), "bench") as ground:
        # As many seeds as there are cores run side by side, each on one.
        ground.facts._connection.execute("SET threads = 1")  # noqa: SLF001 - no setting of ours
        _play(ground, programme, folder / "programme")
        return list(_compared(ground, programme))


def _play(ground: Ground, programme: Programme, folder: Path) -> None:
    """Import and seal in the programme's order; deliveries up to the next seal go in together."""
    waiting: list[Path] = []
    for step in programme.steps:
        at = replace(ground, clock=StoppedClock(step.at))
        if step.action == "import":
            waiting.append(folder / str(step.folder))
        else:
            _import(at, waiting)
            late = step.action == "seal_late"
            seal_baselines(at, campaign=step.campaign, creator=step.creator, late=late)
    _import(replace(ground, clock=StoppedClock(programme.steps[-1].at)), waiting)


def _import(ground: Ground, waiting: list[Path]) -> None:
    report = import_paths(ground, waiting, ReadOptions())
    if report.faults or report.unreadable:
        msg = f"the sample was not read whole: {report.faults[:3]} {report.unreadable}"
        raise ValueError(msg)
    waiting.clear()


def _compared(ground: Ground, programme: Programme) -> Iterable[Compared]:
    pairs = {(pair["campaign"], pair["creator"]): pair for pair in programme.truth["pairs"]}
    starts: dict[str, dt.datetime] = {}
    for step in programme.steps:
        if step.action == "seal" and step.campaign:
            starts[step.campaign] = step.at
    deliveries = [step.at for step in programme.steps if step.action == "import"]
    looks = [deliveries[number] for number in LOOKED_AT]
    for number, at in enumerate(looks):
        measurement = Measurement(knowledge(ground, as_of=at))
        for campaign in (name for name, since in starts.items() if since < at):
            for metric in METRICS:
                if metric == "leads" and campaign != "signup-spring":
                    continue
                figures = measurement.lift(campaign, metric)
                for row in _figures(figures, metric, campaign, pairs):
                    yield Compared(
                        seed=programme.seed,
                        campaign=campaign,
                        metric=metric,
                        look=number,
                        final=number == len(looks) - 1,
                        **row,
                    )


def _figures(
    figures: Figures, metric: str, campaign: str, pairs: dict[tuple[str, str], dict[str, Any]]
) -> Iterable[dict[str, Any]]:
    name = "engagement" if metric in POST_METRICS else metric.removesuffix("s")
    real: dict[str, float] = {}
    anyway = observed = 0.0
    for creator, figure in figures.items():
        if creator is None or not isinstance(figure, LiftFigure):
            continue
        truth = real[creator] = float(pairs[campaign, creator][f"{name}_log_lift"])
        observed += figure.observed
        anyway += figure.observed * math.exp(-truth)
        yield _row("creator", figure, creator, truth, (figure.log, figure.low, figure.high))
    whole = figures[None]
    if not isinstance(whole, LiftFigure) or not real or not observed:
        return
    mean = sum(real.values()) / len(real)
    yield _row("mean", whole, "", mean, (whole.log, whole.low, whole.high))
    units = tuple(
        -math.log1p(-min(value / whole.observed, 1 - 1e-12))
        for value in (whole.units, whole.units_low, whole.units_high)
    )
    yield _row("campaign", whole, "", math.log(observed / anyway), units)


def _row(
    what: str, figure: LiftFigure, creator: str, truth: float, limits: Sequence[float]
) -> dict[str, Any]:
    log, low, high = limits
    return {
        "what": what,
        "evidence": figure.evidence,
        "limits": figure.limits,
        "creator": creator,
        "truth": truth,
        "log": log,
        "low": low,
        "high": high,
    }


def _seed_in_folder(seed: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        return [asdict(row) for row in compare_seed(seed, Path(folder))]


def main() -> int:
    """Play the seeds that are not in the file yet, and report all that are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", type=int, nargs="?", default=200)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("-o", type=Path, default=Path(os.devnull))
    asked = parser.parse_args()
    kept = asked.o.read_text(encoding="utf-8") if asked.o.exists() else ""
    rows = [json.loads(line) for line in kept.splitlines()]
    missing = sorted(set(range(1, asked.seeds + 1)) - {row["seed"] for row in rows})
    start = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(asked.workers) as pool:
        for number, found in enumerate(pool.imap_unordered(_seed_in_folder, missing), 1):
            with asked.o.open("a", encoding="utf-8") as out:
                out.writelines(json.dumps(row) + "\n" for row in found)
            rows += found
            taken = time.perf_counter() - start
            print(f"\r{number} of {len(missing)} seeds, {taken:.0f} s", end="", file=sys.stderr)
    print(file=sys.stderr)
    lines = coverage_lines([Compared(**row) for row in rows], (time.perf_counter() - start) / 60)
    write_part("seeds", lines)
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
