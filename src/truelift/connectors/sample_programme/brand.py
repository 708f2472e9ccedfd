"""What the brand itself knows: campaigns, targets, arms, margins, values, holdout, calendar.

In:   who takes part in what.
Out:  small tables of master data.
"""

from __future__ import annotations

import numpy as np

from truelift.connectors.sample_programme.effects import Effect
from truelift.connectors.sample_programme.people import CONTROLS
from truelift.connectors.sample_programme.readings import HASHTAGS
from truelift.connectors.sample_programme.shop import MARGIN_RATE
from truelift.connectors.sample_programme.table import Table, table_of_records
from truelift.connectors.sample_programme.timeline import BRAND, CURRENCY, FLIGHTS, flight_end
from truelift.connectors.sample_programme.tracking import PROMOTION, SITEWIDE, known_before_launch

GOALS = {"glow": "awareness", "signup-spring": "leads", "summer": "sales"}
_NAMES = {"glow": "Glow", "signup-spring": "Spring list", "summer": "Summer box"}
_BUDGETS = {"glow": "16000.00", "signup-spring": "12000.00", "summer": "18000.00"}
_TARGETS = (
    ("glow", "", "engagement", "60000", "2026-04-19"),
    ("glow", "", "views", "900000", "2026-04-19"),
    ("signup-spring", "", "leads", "500", "2026-05-17"),
    ("summer", "", "orders", "1500", "2026-06-14"),
    ("summer", "vera", "orders", "280", "2026-06-14"),
)
_VALUES = (
    ("engagement", "2026-01-01", "", "0.04", CURRENCY, "approved_value", "head of finance"),
    ("leads", "2026-01-01", "", "12.00", CURRENCY, "lead_value", "head of finance"),
    ("views", "2026-01-01", "", "0.015", CURRENCY, "media_value", "head of finance"),
)
NAMES_CONTROLS = "signup-spring"
"""The campaign that names its controls, two or three on each platform: few, and said to be. The
others name none, so that everybody serves who is not live: about ten on each platform."""
HOLDOUT = {"factor": 0.6, "low": 0.45, "high": 0.75}


def brand_tables(drawn: tuple[Effect, ...]) -> list[Table]:
    """Give the brand's own master data."""
    campaigns = [
        (
            *(name, _NAMES[name], goal, FLIGHTS[name].starts.isoformat()),
            *(FLIGHTS[name].ends.isoformat(), _BUDGETS[name], CURRENCY, HASHTAGS[name]),
            *("Sample Brand Inc", f"marketing-{name}"),
        )
        for name, goal in GOALS.items()
    ]
    first_day, last_day = (day.isoformat() for day in PROMOTION)
    return [
        table_of_records(
            "campaigns",
            "campaign name goal starts ends budget currency hashtags entity cost_centre",
            campaigns,
        ),
        table_of_records("targets", "campaign creator metric target by", _TARGETS),
        table_of_records(
            "margins",
            "scope key valid_from margin_rate approved_by",
            [("brand", BRAND, "2026-01-01", f"{MARGIN_RATE:.2f}", "head of finance")],
        ),
        table_of_records(
            "values", "metric valid_from campaign unit_value currency basis approved_by", _VALUES
        ),
        table_of_records(
            "events",
            "event starts ends kind scope",
            [("spring promotion", first_day, last_day, "promotion", f"sitewide code {SITEWIDE}")],
        ),
        _participants(drawn),
        _experiments(),
    ]


def _participants(drawn: tuple[Effect, ...]) -> Table:
    treated = [(item.campaign, item.creator, "treated", *_days(item.campaign)) for item in drawn]
    controls = [(NAMES_CONTROLS, name, "control", *_days(NAMES_CONTROLS)) for name in CONTROLS]
    known = known_before_launch(drawn, 20)
    # The arms of the controls are settled with the first creator of their campaign.
    first = {
        item.campaign: instant for item, instant in reversed(list(zip(drawn, known, strict=True)))
    }
    control_known = [first[campaign] for campaign, *_ in controls]
    return table_of_records(
        "participants",
        "campaign creator arm from to",
        treated + controls,
        np.concatenate([known, np.array(control_known)]),
    )


def _days(campaign: str) -> tuple[str, str]:
    return FLIGHTS[campaign].starts.isoformat(), FLIGHTS[campaign].ends.isoformat()


def _experiments() -> Table:
    campaign = "signup-spring"
    factors = (f"{HOLDOUT['factor']:.2f}", f"{HOLDOUT['low']:.2f}", f"{HOLDOUT['high']:.2f}")
    row = (
        *("holdout-spring", campaign, "holdout", "leads", *factors, "0.95"),
        *(*_days(campaign), "holdout report of 20 May"),
    )
    return table_of_records(
        "experiments",
        "experiment campaign design outcome factor low high level from to document",
        [row],
        np.array([flight_end(campaign) + np.timedelta64(2, "D")]),
    )
