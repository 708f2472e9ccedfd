"""Runs the benchmarks; exit code 3 when one misses its limit."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import benchmarks
from benchmarks.alert_noise import alert_lines
from benchmarks.close_month import close_lines
from benchmarks.closure import closure_lines
from benchmarks.forecast import forecast_lines
from benchmarks.hotpath.report import hotpath_lines
from benchmarks.leaks import leak_lines
from benchmarks.ledger import ledger_lines
from benchmarks.lift.campaigns import campaign_lines
from benchmarks.lift.report import lift_lines
from benchmarks.lift.table import rows
from benchmarks.lift_speed import speed_lines
from benchmarks.live import live_lines
from benchmarks.reallocation import reallocation_lines
from benchmarks.results import write_part
from benchmarks.shortlist import shortlist_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks import Bench

ROUNDS = 3
LIFT = "lift beside its peers"
HOTPATH = "hotpath"
SEEDS = (1, 2, 3)


def best_seconds(work: Callable[[], object]) -> float:
    """Give the fastest of a few rounds: noise only ever adds."""
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def raced(benches: Sequence[Bench]) -> int:
    """Print each benchmark beside its peer; give how many missed their limit."""
    missed = 0
    print("benchmark | rows | ours, ms | peer, ms | times faster | at least")
    for each in benches:
        ours, peer = best_seconds(each.ours), best_seconds(each.peer)
        missed += peer / ours < each.at_least
        print(
            f"{each.name} | {each.rows:,} | {ours * 1e3:.1f} | {peer * 1e3:.1f} ({each.peer_name})"
            f" | {peer / ours:.2f} | {each.at_least:.2g}"
        )
    return missed


def lift_beside_peers(python: Path, seeds: Sequence[int]) -> None:
    """Measure the table of lift methods and our own speed; print both and write them down."""
    start = time.perf_counter()
    found, described = rows(seeds, str(python))
    lift = lift_lines(found, described, seeds, time.perf_counter() - start)
    speed = speed_lines(found)
    write_part("lift", lift)
    write_part("speed", speed)
    campaigns = campaign_lines(seeds)
    write_part("campaigns", campaigns)
    print("\n".join(["", *lift, "", *speed, "", *campaigns]))


def without_limits(lines: Callable[[], list[str]]) -> Callable[[], tuple[list[str], int]]:
    """Give a part that has no limit to miss as one that missed none."""
    return lambda: (lines(), 0)


def reallocation_part() -> tuple[list[str], int]:
    """Measure advice; its part ends with what stays below its limit."""
    told, below = reallocation_lines()
    return [*told, *below], len(below)


def hotpath_part() -> tuple[list[str], int]:
    """Measure the collector beside nginx; without nginx there is nothing to say."""
    lines, missed = hotpath_lines()
    return lines, len(missed) if lines else 0


PARTS: dict[str, Callable[[], tuple[list[str], int]]] = {
    "ledger": without_limits(ledger_lines),
    "close": without_limits(close_lines),
    "forecast": forecast_lines,
    "reallocation": reallocation_part,
    "leaks": without_limits(leak_lines),
    "alerts": without_limits(alert_lines),
    "shortlist": shortlist_lines,
    HOTPATH: hotpath_part,
    "closure": without_limits(closure_lines),
    "live": without_limits(live_lines),
}
"""What writes a part of RESULTS.md: its lines, and how many limits it missed."""


def main() -> int:
    """Run the benchmarks whose name contains one of the words, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--peers", type=Path, default=Path(".venv-peers/bin/python"))
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    asked = parser.parse_args()

    def wanted(name: str) -> bool:
        return not asked.words or any(word in name for word in asked.words)

    names = [each.name for each in pkgutil.iter_modules(benchmarks.__path__)]
    modules = [importlib.import_module(f"benchmarks.{each}") for each in names if each[0] != "_"]
    benches = [each for module in modules for each in getattr(module, "BENCHES", ())]
    missed = raced([each for each in benches if wanted(each.name)])
    for name, measured in PARTS.items():
        if wanted(name):
            lines, more = measured()
            missed += more
            if lines:
                write_part(name, lines)
            print("\n".join(["", *lines]))
    if wanted(LIFT):
        lift_beside_peers(asked.peers, asked.seeds)
    return 3 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
