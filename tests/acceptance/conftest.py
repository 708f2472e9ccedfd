"""The demo, built once per test run by the command itself; every worker reads a copy of its own."""

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

import pytest

from truelift.app import opened
from truelift.cli.main import run

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


@pytest.fixture(scope="session")
def ws(demo):
    """Open the demo's workspace to read it."""
    with opened(demo.workspace) as workspace:
        yield workspace


@pytest.fixture(scope="session")
def report(ws):
    """Give the ROI report by creator: (campaign, creator) -> row."""
    return {(row["campaign"], row["creator"]): row for row in ws.roi().rows}


@pytest.fixture
def own(demo, tmp_path):
    """Give a copy of the demo's workspace that a test may change."""
    shutil.copytree(demo.workspace, tmp_path / "demo")
    return tmp_path / "demo"


@pytest.fixture
def truelift(tmp_path):
    """Run a command that must succeed and give the bytes it wrote: truelift("roi", "-w", ...)."""

    def call(*words):
        output = tmp_path / "output"
        output.unlink(missing_ok=True)
        assert run([*map(str, words), "--format", "json", "-o", str(output)]) == 0
        return output.read_bytes()

    return call


@pytest.fixture
def show(capsys):
    """Print lines for the reader, whatever pytest captures; a worker has only stderr to itself."""

    def say(title, *lines):
        with capsys.disabled():
            told = "\n  ".join(["", title, *lines])
            print(told, file=sys.stderr)  # noqa: T201 - these figures are for the reader

    return say
