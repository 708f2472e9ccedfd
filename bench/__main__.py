"""Runs the benchmarks; exit code 3 when one misses its limit."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import time
from typing import TYPE_CHECKING

import bench

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 3


def best_seconds(work: Callable[[], object]) -> float:
    """Give the fastest of a few rounds: noise only ever adds."""
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def main(words: list[str]) -> int:
    """Run the benchmarks whose name contains one of the words, or all of them."""
    names = [module.name for module in pkgutil.iter_modules(bench.__path__)]
    modules = [importlib.import_module(f"bench.{name}") for name in names if name != "__main__"]
    benches = [each for module in modules for each in module.BENCHES]
    missed = 0
    print("benchmark | rows | ours, ms | peer, ms | times faster | at least")
    for each in benches:
        if words and not any(word in each.name for word in words):
            continue
        ours, peer = best_seconds(each.ours), best_seconds(each.peer)
        missed += peer / ours < each.at_least
        print(
            f"{each.name} | {each.rows:,} | {ours * 1e3:.1f} | {peer * 1e3:.1f} ({each.peer_name})"
            f" | {peer / ours:.2f} | {each.at_least}"
        )
    return 3 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
