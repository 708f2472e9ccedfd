"""The hot path as lines of RESULTS.md, with its gates."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from benchmarks.hotpath.run import CASES, ROUNDS, SECONDS, Round, killed, measured, missing_programs
from benchmarks.results import circumstances, paragraph, table

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_OF_NGINX = 0.25
"""Requests a core: nginx's CPU per redirect over ours, which is safe and labelled."""

PEERS = (
    ("Kutt 3.2.3, SQLite / Postgres", "redirect", 4_507, 3_920),
    ("Umami 3.1.0", "redirect", 8_011, 8_011),
    ("YOURLS, MariaDB", "redirect", 2_241, 2_241),
)
"""CPU us per redirect of peers on such a core, measured by hand (docs/hotpath.md)."""

_HEADER = (
    "case", "a second", "rows a second", "p50 ms", "p99 ms", "CPU us/request", "core busy",
    "memory MB", "of nginx by CPU",
)  # fmt: skip


def hotpath_lines() -> tuple[list[str], list[str]]:
    """Measure; give the lines for RESULTS.md and what missed a gate."""
    gone = missing_programs()
    if gone:
        return [], [f"the hot path was not measured: {', '.join(gone)} missing (Debian has them)"]
    found: dict[str, Round] = {}
    missed = []
    rows = []
    for case in CASES:
        best, difference = measured(case)
        found[case.name] = best
        if difference < 0 and "no such link" not in case.name:
            missed.append(f"{case.name}: {-difference} answers without a record")
        of_nginx = f"{found[CASES[0].name].cpu_us / best.cpu_us:.2f}"
        redirects = "redirect" in case.name
        rows.append(_row(case.name, best, case.per_request, of_nginx if redirects else ""))
        print(" | ".join(rows[-1]), flush=True)
    ours = found[CASES[1].name]
    ratio = found[CASES[0].name].cpu_us / ours.cpu_us
    if ratio < LEAST_OF_NGINX:
        missed.append(f"redirect: {ratio:.2f} of nginx, at least {LEAST_OF_NGINX}")
    acknowledged, lost, twice = killed()
    if lost or twice:
        missed.append(f"killed: of {acknowledged} acknowledged {lost} lost, {twice} twice")
    lines = _written(rows, ours, (acknowledged, lost, twice))
    told = f"Missed in this run: {'; '.join(missed)}." if missed else "No gate was missed."
    return [*lines, *paragraph(told)], missed


def _row(name: str, found: Round, per_request: int, of_nginx: str) -> Sequence[str]:
    return (
        name, f"{found.rate:,.0f}", f"{found.rate * per_request:,.0f}" if per_request > 1 else "",
        f"{found.p50_ms:.2f}", f"{found.p99_ms:.2f}", f"{found.cpu_us:.1f}", f"{found.busy:.0%}",
        f"{found.memory_mb:.0f}", of_nginx,
    )  # fmt: skip


def _written(rows: Sequence[Sequence[str]], ours: Round, kill: tuple[int, int, int]) -> list[str]:
    peers = ", ".join(f"{min(low, high) / ours.cpu_us:.0f}x {name}" for name, _, high, low in PEERS)
    acknowledged, lost, twice = kill
    return [
        "## The hot path beside nginx",
        "",
        *paragraph(f"{circumstances()} Load average at the end: {os.getloadavg()[1]:.1f}."),
        *paragraph(
            f"wrk, 64 connections unless said, {ROUNDS} rounds of {SECONDS} s after a warm-up: the "
            "median rate with its latencies, the least CPU per request (what else the machine does "
            "only adds). Server on one core, wrk on the other; *core busy* below 90 % means that "
            "the disk or other work was waited for, so the rate is a lower bound. nginx writes a "
            "buffered log, neither safe nor labelled; ours is on disk before the answer, labelled, "
            "with a visitor's key."
        ),
        *table(_HEADER, rows),
        "",
        *paragraph(
            f"By CPU per redirect less than peers measured by hand (docs/hotpath.md): {peers}. "
            f"Records in the spool were never fewer than answers. Killed (-9) under load: of "
            f"{acknowledged:,} acknowledged clicks {lost} were lost and {twice} kept twice."
        ),
    ]
