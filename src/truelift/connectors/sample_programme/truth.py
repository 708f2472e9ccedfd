"""The truth beside which every estimate can be printed.

In:   the true effects and the quantities that were generated from them.
Out:  truth.json as plain values: per creator x campaign, per campaign, and the special cases.

Of what a flight tracks, the share 1 - exp(-log lift) is incremental. Counts are expectations
(baseline + incremental + leaked = expected tracked); money is that share of what was really
generated and delivered, in US cents at the planning rates.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log1p
from typing import Any

import numpy as np

from truelift.connectors.sample_programme import people as parts
from truelift.connectors.sample_programme.agreements import Terms
from truelift.connectors.sample_programme.brand import GOALS, HOLDOUT
from truelift.connectors.sample_programme.content import OTHER_BRAND_NAME, Posts
from truelift.connectors.sample_programme.demand import (
    CODES,
    LEAK_DAYS,
    LEAKED_ORDERS,
    Arrivals,
    expected_rate,
)
from truelift.connectors.sample_programme.effects import Effect
from truelift.connectors.sample_programme.leads import Leads
from truelift.connectors.sample_programme.orders import OrderBook
from truelift.connectors.sample_programme.people import Cast
from truelift.connectors.sample_programme.shop import (
    CURRENCIES,
    PLANNING_RATES,
    Refunds,
    Sales,
    contribution,
)
from truelift.connectors.sample_programme.timeline import Flags, Numbers
from truelift.connectors.sample_programme.tracking import evergreen_code


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that was generated and the truth is told from."""

    seed: int
    people: Cast
    drawn: tuple[Effect, ...]
    content: Posts
    order_arrivals: Arrivals
    lead_arrivals: Arrivals
    sold: Sales
    returned: Refunds
    taken: Leads
    signed: tuple[Terms, ...]
    book: OrderBook


Record = dict[str, Any]


def truth(world: World) -> Record:
    """Tell the truth."""
    pairs = _pairs(world)
    return {
        "seed": world.seed,
        "currency": "USD",
        "planning_rates": PLANNING_RATES,
        "pairs": pairs,
        "campaigns": [_campaign(name, pairs) for name in GOALS],
        "controls": list(parts.CONTROLS),
        "holdout": {"campaign": "signup-spring", "outcome": "leads", **HOLDOUT},
        "special": _special(world),
    }


def _pairs(world: World) -> list[Record]:
    money = _money(world)
    return [
        _pair(
            world, position, item, {name: float(values[position]) for name, values in money.items()}
        )
        for position, item in enumerate(world.drawn)
    ]


def _money(world: World) -> dict[str, Numbers]:
    """Sum orders, leads and money per effect; leaked orders apart."""
    count = len(world.drawn)
    arrivals, sold = world.order_arrivals, world.sold
    tracked = sold.arrival >= 0
    effect = np.where(tracked, arrivals.effect[sold.arrival], -1)
    leaked = tracked & arrivals.leaked[sold.arrival]
    value = contribution(sold, world.returned)

    def summed(chosen: Flags, weights: Numbers | None = None) -> Numbers:
        picked = None if weights is None else weights[chosen]
        return np.bincount(effect[chosen], picked, minlength=count).astype(float)

    flying = effect >= 0
    lead_effect = np.where(
        world.taken.arrival >= 0, world.lead_arrivals.effect[world.taken.arrival], -1
    )
    leading, won = lead_effect >= 0, (lead_effect >= 0) & world.taken.won
    own_code = flying & np.isin(arrivals.touch[sold.arrival], CODES)
    return {
        "orders": summed(flying),
        "contribution": summed(flying, value),
        "caused_contribution": summed(flying & ~leaked, value),
        "own_code_net": summed(own_code, _net(world)),
        "leads": np.bincount(lead_effect[leading], minlength=count).astype(float),
        "won_leads": np.bincount(lead_effect[won], minlength=count).astype(float),
        "won_value": np.bincount(
            lead_effect[won], world.taken.value[won].astype(float), minlength=count
        ),
    }


def _net(world: World) -> Numbers:
    net = world.sold.net.astype(float)
    np.subtract.at(net, world.returned.order, world.returned.amount.astype(float))
    rates: Numbers = np.array([PLANNING_RATES[name] for name in CURRENCIES])
    return net * rates[world.sold.currency]


def _pair(world: World, position: int, item: Effect, money: dict[str, float]) -> Record:
    terms = world.signed[position]
    baseline, tracked = expected_rate(world.people, item)
    lead_baseline, lead_tracked = expected_rate(world.people, item, leads=True)
    leaked = LEAKED_ORDERS if item.creator == parts.LEAKED else 0
    commission = round(money["own_code_net"] * (terms.commission or 0) / 1000)
    cost = terms.accrued(commission)
    order_share, lead_share = 1 - exp(-item.orders), 1 - exp(-item.leads)
    caused = round(order_share * money["caused_contribution"] + lead_share * money["won_value"])
    total = round(money["contribution"] + money["won_value"])
    expected = tracked + leaked
    has_leads = lead_baseline > 0
    return {
        "creator": item.creator,
        "campaign": item.campaign,
        "goal": GOALS[item.campaign],
        "engagement_log_lift": item.engagement,
        "sponsored_posts": int((world.content.effect == position).sum()),
        "order_log_lift": item.orders,
        "baseline_orders": round(baseline, 3),
        "incremental_orders": round(tracked - baseline, 3),
        "leaked_orders": leaked,
        "expected_tracked_orders": round(expected, 3),
        "tracked_orders": int(money["orders"]),
        "incremental_order_share": round((tracked - baseline) / expected, 6),
        "lead_log_lift": item.leads if has_leads else None,
        "baseline_leads": round(lead_baseline, 3) if has_leads else None,
        "incremental_leads": round(lead_tracked - lead_baseline, 3) if has_leads else None,
        "expected_tracked_leads": round(lead_tracked, 3) if has_leads else None,
        "tracked_leads": int(money["leads"]) if has_leads else None,
        "incremental_lead_share": round(lead_share, 6) if has_leads else None,
        "won_leads": int(money["won_leads"]) if has_leads else None,
        "order_contribution_minor": round(money["contribution"]),
        "won_lead_value_minor": round(money["won_value"]),
        "incremental_contribution_minor": caused,
        "commission_minor": commission,
        "accrued_cost_minor": cost,
        "roi": _return(total, cost),
        "incremental_roi": _return(caused, cost),
    }


def _return(amount: int, cost: int) -> float | None:
    return round((amount - cost) / cost, 6) if cost else None


def _log_lift(sums: Record, outcome: str) -> float | None:
    """Give the log of caused and uncaused over uncaused, leaked ones left out."""
    baseline = sums[f"baseline_{outcome}"]
    return round(log1p(sums[f"incremental_{outcome}"] / baseline), 6) if baseline else None


_SUMS = (
    *("baseline_orders", "incremental_orders", "leaked_orders", "expected_tracked_orders"),
    *("tracked_orders", "baseline_leads", "incremental_leads", "expected_tracked_leads"),
    *("tracked_leads", "order_contribution_minor", "won_lead_value_minor"),
    *("incremental_contribution_minor", "accrued_cost_minor"),
)


def _campaign(name: str, pairs: list[Record]) -> Record:
    """Add up a campaign; its cost is that of the agreements, without amplification."""
    own = [pair for pair in pairs if pair["campaign"] == name]
    sums = {key: round(sum(pair[key] or 0 for pair in own), 3) for key in _SUMS}
    cost = int(sums["accrued_cost_minor"])
    total = int(sums["order_contribution_minor"] + sums["won_lead_value_minor"])
    return {
        "campaign": name,
        "goal": GOALS[name],
        "creators": len(own),
        "order_log_lift": _log_lift(sums, "orders"),
        "lead_log_lift": _log_lift(sums, "leads"),
        "mean_engagement_log_lift": round(
            sum(pair["engagement_log_lift"] for pair in own) / len(own), 6
        ),
        **sums,
        "roi": _return(total, cost),
        "incremental_roi": _return(int(sums["incremental_contribution_minor"]), cost),
    }


def _special(world: World) -> Record:
    content, people = world.content, world.people

    def named(chosen: Flags) -> list[Record]:
        return [
            {
                "creator": people.names[int(content.creator[place])],
                "platform": people.platforms[int(content.creator[place])],
                "post_id": content.post_id[place],
            }
            for place in np.flatnonzero(chosen).tolist()
        ]

    return {
        "trap": {"creator": parts.TRAP, "campaign": "summer"},
        "leaked_code": {
            "creator": parts.LEAKED,
            "code": evergreen_code(parts.LEAKED),
            "campaign": "summer",
            "from": str(LEAK_DAYS[0]),
            "to": str(LEAK_DAYS[1]),
            "orders": list(world.book.leaked_orders),
        },
        "late_fact": {"kind": "orders", "order_id": world.book.late_order},
        "updated_order": {"order_id": world.book.updated_order},
        "late_seal": {"creator": parts.LATE_SEALED, "campaign": "glow"},
        "other_brand": {"sponsored_by": OTHER_BRAND_NAME, "posts": named(content.other_brand)},
        "deleted_post": named(~np.isnat(content.deleted))[0],
        "no_engagement_baseline": [parts.NO_ORGANIC],
        "no_order_baseline": list(parts.HIDDEN_BASELINE),
        "few_posts": parts.FEW_POSTS,
        "cancelled": {"creator": parts.CANCELLED, "campaign": "summer"},
        "affiliate": {"creator": parts.AFFILIATE, "campaign": "summer"},
        "gift": {"creator": parts.GIFTED, "campaign": "glow"},
        "advance": {"creator": parts.ADVANCE, "campaign": "summer"},
        "unallocated_cost": {"document": "studio-0417"},
    }
