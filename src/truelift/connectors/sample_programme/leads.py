"""Leads: sign-ups of the list, how far each came, and when it was won.

In:   the tracked lead arrivals and the clicks behind them.
Out:  the leads table, where a later stage is a later delivery of the same lead, and what each won.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from truelift.connectors.sample_programme.demand import CODES, Arrivals
from truelift.connectors.sample_programme.people import Cast
from truelift.connectors.sample_programme.table import Table, cents_text, ids, table_of, time_text
from truelift.connectors.sample_programme.timeline import (
    LAST_DELIVERY,
    SHOP_DAYS,
    Flags,
    Indexes,
    Instants,
    at_day_times,
    seconds,
    stream,
)
from truelift.connectors.sample_programme.tracking import evergreen_code
from truelift.connectors.sample_programme.visits import Touched

_UNTRACKED_A_DAY = 7.0
_LEAD, _QUALIFIED, _WON = 0.80, 0.40, 0.14  # shares of sign-ups that come this far
_STAGES = ("signup", "lead", "qualified", "won")


@dataclass(frozen=True, slots=True)
class Leads:
    """All leads by time; one value per lead."""

    at: Instants
    arrival: Indexes
    """Position of the tracked arrival; -1 for a lead nobody tracked."""
    stages: tuple[Instants, Instants, Instants]
    """When it became a lead, was qualified, was won; NaT when it never did."""
    value: Indexes
    """US cents when won."""

    @property
    def won(self) -> Flags:
        """Say which leads were won before the last delivery."""
        won: Flags = ~np.isnat(self.stages[2]) & (self.stages[2] < LAST_DELIVERY)
        return won


def leads(seed: int, arrivals: Arrivals) -> Leads:
    """Let everybody sign up and grow, or not."""
    random = stream(seed, "leads")
    counts = random.poisson(_UNTRACKED_A_DAY, len(SHOP_DAYS))
    others = at_day_times(np.repeat(SHOP_DAYS, counts), random.random(int(counts.sum())))
    at = np.concatenate([arrivals.at, others])
    arrival = np.concatenate([np.arange(len(arrivals.at)), np.full(len(others), -1)])
    order = np.argsort(at, kind="stable")
    order = order[at[order] < LAST_DELIVERY]
    at, arrival = at[order], arrival[order]
    draw = random.random(len(at))
    never = np.datetime64("NaT", "s")
    moments, moment = [], at
    for share, first, last in ((_LEAD, 0.5, 3), (_QUALIFIED, 2, 10), (_WON, 6, 25)):
        moment = moment + seconds(random.uniform(first, last, len(at)) * 86_400)
        moments.append(np.where(draw < share, moment, never))
    value = np.rint(np.exp(random.normal(np.log(17_000), 0.35, len(at)))).astype(np.int64)
    return Leads(at, arrival, (moments[0], moments[1], moments[2]), value)


def leads_table(people: Cast, touched: Touched, taken: Leads, click_ids: list[str]) -> Table:
    """Give each lead once per stage it reached, known when it reached it."""
    code, click, visitor = ([""] * len(taken.at) for _ in range(3))
    touch, creators = touched.arrivals.touch.tolist(), touched.arrivals.creator.tolist()
    clicks = touched.click.tolist()
    for row, arrival in enumerate(taken.arrival.tolist()):
        if arrival < 0:
            continue
        if touch[arrival] in CODES:
            code[row] = evergreen_code(people.names[creators[arrival]])
        if clicks[arrival] >= 0:
            click[row], visitor[row] = click_ids[clicks[arrival]], touched.visitor[arrival]
    count = len(taken.at)
    table = table_of(
        "leads",
        {
            "source": ["crm"] * count,
            "lead_id": ids("lead-", count),
            "created_at": time_text(taken.at),
            "stage": [_STAGES[0]] * count,
            "won_at": [""] * count,
            "value": [""] * count,
            "currency": [""] * count,
            "code": code,
            "click_id": click,
            "visitor": visitor,
        },
        taken.at,
    )
    won_texts, value_texts = time_text(taken.stages[2]), cents_text(taken.value)
    grown = table
    for stage, moments in zip(_STAGES[1:], taken.stages, strict=True):
        reached = np.flatnonzero(~np.isnat(moments) & (moments < LAST_DELIVERY))
        rows = []
        for place in reached.tolist():
            values = {"stage": stage}
            if stage == "won":
                values |= {
                    "won_at": won_texts[place],
                    "value": value_texts[place],
                    "currency": "USD",
                }
            rows.append(table.changed(table.rows[place], **values))
        grown = grown.with_rows(rows, moments[reached])
    return grown
