"""The catalogue of checks: what each asks, how, how often it is wrong, and what it cannot see.

In:   the checks, one file each.
Out:  CHECKS by name, in the order in which reports and documents list them.
"""

from __future__ import annotations

from truelift.measurement.checks import (
    leave_one_out,
    overlap,
    placebo_in_time,
    pre_trend,
    regression_to_mean,
    sensitivity,
    spill_over,
    variance_shift,
)
from truelift.measurement.checks.finding import Check

CHECKS: dict[str, Check] = {
    module.CHECK.name: module.CHECK
    for module in (
        placebo_in_time,
        pre_trend,
        leave_one_out,
        regression_to_mean,
        sensitivity,
        overlap,
        spill_over,
        variance_shift,
    )
}
