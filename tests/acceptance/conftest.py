"""The demo as its users see it: its reports, its commands."""

from __future__ import annotations

import sys

import pytest

from truelift.app import opened
from truelift.cli.main import run


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
