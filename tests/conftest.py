"""What every test run shares: no deadlines on a loaded machine, and nothing skipped in silence.

The demo is built once per run, by the command itself; every worker reads a copy of its own.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest

EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "50"))
"""Examples of a property; `make soak` asks for more."""
hypothesis.settings.register_profile(
    "house", parent=hypothesis.settings(), deadline=None, max_examples=EXAMPLES
)
hypothesis.settings.load_profile("house")


PRINTED, ERRORS, SECONDS = "printed.txt", "errors.txt", "seconds.txt"


@dataclass
class Demo:
    """What `truelift demo` left: its workspace, what it printed and how long it took."""

    folder: Path
    code: int
    printed: str
    errors: str
    seconds: float

    @property
    def workspace(self) -> Path:
        return self.folder / "demo"

    @property
    def truth(self) -> dict[str, Any]:
        return json.loads((self.workspace / "programme" / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """Run `truelift demo` once, whichever worker comes first."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent / "shared-demo" if os.environ.get("PYTEST_XDIST_WORKER") else own / "shared"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / SECONDS).is_file():
            _build(shared)
    folder = own / "copy"
    shutil.copytree(shared, folder)
    printed, errors, ended = (
        (folder / name).read_text("utf-8") for name in (PRINTED, ERRORS, SECONDS)
    )
    code, seconds = ended.split()
    return Demo(folder, int(code), printed, errors, float(seconds))


def _build(folder):
    began = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, "-m", "truelift", "demo", "-w", str(folder / "demo")],
        env=os.environ | {"DEMO_SERVE": "0", "COLUMNS": "250"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    (folder / PRINTED).write_text(ended.stdout, "utf-8")
    (folder / ERRORS).write_text(ended.stderr, "utf-8")
    took = time.perf_counter() - began
    (folder / SECONDS).write_text(f"{ended.returncode} {took}", "utf-8")


@pytest.fixture
def own(demo, tmp_path):
    """Give a copy of the demo's workspace that a test may change."""
    shutil.copytree(demo.workspace, tmp_path / "demo")
    return tmp_path / "demo"


def pytest_terminal_summary(terminalreporter):
    """Name what could not run on this machine, in the last lines, with its reason."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = sorted({(report.nodeid.split("::")[0], _reason(report)) for report in skipped})
    if reasons:
        terminalreporter.section("could not run here")
        for place, reason in reasons:
            terminalreporter.line(f"{place}: {reason}")


def _reason(report):
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(report.longrepr)
