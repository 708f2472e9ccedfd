"""The stories are told with the same tables as the tests of operations."""

import runpy
from pathlib import Path

import pytest

TOLD = runpy.run_path(str(Path(__file__).parents[1] / "operations" / "conftest.py"))

told = TOLD["told"]


@pytest.fixture
def play():
    """Play the season in a folder: play(stack, folder) -> Told."""
    return lambda stack, folder: TOLD["play_season"](TOLD["told_in"](stack, folder))


@pytest.fixture(scope="session")
def workspace_in():
    """Make an empty workspace below a folder: workspace_in(stack, folder) -> Told."""
    return TOLD["told_in"]
