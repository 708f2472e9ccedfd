"""Value basis of a campaign, as known: the one place where decisions learn which money counts.

In:   Panels, a campaign.
Out:  decisions.value_basis.ValueBasis.
"""

from __future__ import annotations

from truelift.base.time import brand_day
from truelift.decisions import value_basis as rule
from truelift.decisions.value_basis import Beside, ValueBasis
from truelift.operations.knowledge import Knowledge
from truelift.operations.panels import Panels
from truelift.valuation.ladder import Components


def basis_of(panels: Panels, campaign: str) -> ValueBasis:
    """Give which money forecast, fee, reallocation and scorecard count for a campaign."""
    return rule.value_basis(*_given(panels, campaign))


def other_basis_of(panels: Panels, campaign: str) -> ValueBasis | None:
    """Give the basis that a campaign's money could be counted by as well."""
    return rule.other_basis(*_given(panels, campaign))


def beside_of(known: Knowledge, campaign: str, parts: Components) -> Beside | None:
    """Give what is tracked beside a campaign's goal and no decision counts."""
    goal, currency = known.campaigns[campaign]["goal"], known.ground.brand.currency
    return rule.beside(goal, parts.contribution - parts.won_leads, parts.won_leads, currency)


def _given(panels: Panels, campaign: str) -> tuple[str, int, float | None, str | None]:
    known = panels.known
    record = known.campaigns[campaign]
    today = brand_day(known.as_of, known.ground.brand.timezone)
    since_end = (today - record["ends"]).days
    return record["goal"], since_end, panels.lead_value(campaign), panels.value_schedule
