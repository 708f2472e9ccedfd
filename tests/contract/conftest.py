"""The contract is held against the same season as the tests of operations."""

import runpy
from pathlib import Path

TOLD = runpy.run_path(str(Path(__file__).parents[1] / "operations" / "conftest.py"))

season = TOLD["season"]
