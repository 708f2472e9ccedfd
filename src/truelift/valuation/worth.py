"""Worth: the approved value of incremental leads and outputs, never of what was merely tracked.

In:   lift of the value composite (its units are minor units already) and of leads.
Out:  an estimate in minor units of the brand's currency, or why there is none.
"""

from __future__ import annotations

from truelift.base.estimate import Estimate, Reason, Withheld
from truelift.measurement.figure import LiftFigure
from truelift.valuation.increment import Lift, total


def valued_outcomes(
    *, outputs: Lift, leads: Lift, unwon_share: float, lead_value: float | None
) -> Estimate | Withheld:
    """Add the value of incremental outputs and of incremental leads that are not won.

    Won leads are cash already and are not valued again. lead_value: minor units of one lead, None
    when no value is approved. unwon_share: share of the leads that are not won.
    """
    parts = []
    if isinstance(outputs, LiftFigure):
        parts.append(
            Estimate(
                outputs.units, outputs.units_low, outputs.units_high, outputs.level, outputs.grade
            )
        )
    if isinstance(leads, LiftFigure) and lead_value is not None:
        units = Estimate(leads.units, leads.units_low, leads.units_high, leads.level, leads.grade)
        parts.append(units.scaled(unwon_share * lead_value))
    if parts:
        return total(parts)
    if isinstance(outputs, Withheld) and outputs.reason is not Reason.NOT_OBSERVED:
        return outputs
    return leads if isinstance(leads, Withheld) else Withheld(Reason.NO_VALUES, "No lead value.")
