"""The stories are told with the same tables as the tests of operations."""

import runpy
from pathlib import Path

TOLD = runpy.run_path(str(Path(__file__).parents[1] / "operations" / "conftest.py"))

told, season = TOLD["told"], TOLD["season"]
