"""The engagement-rate calculator: rates of numbers that a person types in, without a workspace.

In:   numbers by name (followers, likes, ...), a formula's name or none.
Out:  a Result with a row per formula.
"""

from __future__ import annotations

from collections.abc import Mapping

from truelift.base.errors import UsageError
from truelift.decisions.engagement_rate import VERSION, formula_named
from truelift.reports.engagement_rate import TITLE, typed_rows
from truelift.reports.table import plain_table
from truelift.workspace.result import Result


def calculated(numbers: Mapping[str, float], formula: str | None = None) -> Result:
    """Calculate one formula, or all (None or `all`); what is not typed in is named as missing."""
    if not numbers:
        msg = "Type numbers in (--followers 20000 --likes 900 --comments 40 ...), or name -w."
        raise UsageError(msg)
    wrong = [name for name, number in numbers.items() if not 0 <= number < float("inf")]
    if wrong:
        msg = f"--{wrong[0]} {numbers[wrong[0]]:g} is no count; type in a number from 0."
        raise UsageError(msg)
    rows = typed_rows(numbers)
    if formula not in {None, "all"}:
        wanted = formula_named(str(formula)).name
        rows = [row for row in rows if row["formula"] == wanted]
    return Result(
        {"version": VERSION, "numbers": dict(numbers), "rows": rows},
        plain_table(TITLE, rows, f"formulas {VERSION}"),
    )
