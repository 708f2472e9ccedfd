"""Attribute: conversions and value per creator under a model, and the conflicts of code and link.

In:   the ground, a model.
Out:  rows of the contract; the creator None holds what no one is credited with, so sums are whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from truelift.attribution.models import RULE, Model
from truelift.base.time import Instant
from truelift.operations.knowledge import Knowledge, knowledge
from truelift.operations.outcomes import Outcomes
from truelift.operations.panels import PPM
from truelift.operations.people import Action, needs
from truelift.reports.roi import instant_text, whole
from truelift.store.ground import Ground

Row = dict[str, Any]


@needs(Action.READ)
def attribute(
    ground: Ground,
    model: Model,
    *,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
) -> Row:
    """Give orders, leads and net value per creator and campaign, in the brand's currency.

    observable_path_share: the part of conversions that any evidence touches at all.
    """
    known = knowledge(ground, as_of=as_of, known_at=known_at, model=model.value.replace("-", "_"))
    values = _values(known)
    counts = _counts(known)
    effects = known.effects if model is Model.MARKOV else {}
    keys = sorted(
        set(values) | set(counts), key=lambda key: [(part is None, str(part)) for part in key]
    )
    return {
        "brand": ground.brand.brand,
        "currency": ground.brand.currency,
        "model": model.value,
        "attribution_rule": RULE,
        "lookback_days": known.lookback_days,
        "as_of": instant_text(known.as_of),
        "known_at": instant_text(known.known_at),
        "observable_path_share": _observable(known),
        "conflicts": known.read("attribution.conflicts", touchpoints=known.touchpoints).num_rows,
        "rows": [
            {
                "creator": key[0],
                "campaign": key[1],
                "orders": whole(counts.get(key, {}).get("order", 0.0)),
                "leads": whole(counts.get(key, {}).get("lead", 0.0)),
                "value": values.get(key, 0),
                "removal_effect": effects[key[0]] / PPM if key[0] in effects else None,
            }
            for key in keys
        ],
    }


def _counts(known: Knowledge) -> dict[tuple[str | None, str | None], dict[str, float]]:
    found: dict[tuple[str | None, str | None], dict[str, float]] = defaultdict(
        lambda: defaultdict(float)
    )
    for kind, table in (("order", known.order_shares), ("lead", known.lead_shares)):
        grouped = table.group_by(["creator", "campaign"]).aggregate([("share_ppm", "sum")])
        for row in grouped.to_pylist():
            found[row["creator"], row["campaign"]][kind] += row["share_ppm_sum"] / PPM
    return found


def _values(known: Knowledge) -> dict[tuple[str | None, str | None], int]:
    """Sum net value per creator and campaign, the unattributed included."""
    outcomes = Outcomes(replace_unattributed(known), known.rate_set, "event")
    found: dict[tuple[str | None, str | None], int] = defaultdict(int)
    for (creator, campaign), (components, _) in outcomes.money(("creator", "campaign")).items():
        found[None if creator == UNATTRIBUTED else creator, campaign] += components.net
    for row, components in outcomes.won:
        found[row["creator"], row["campaign"]] += components.net
    return found


UNATTRIBUTED = "\x00unattributed"


def replace_unattributed(known: Knowledge) -> Knowledge:
    """Name the missing creator, so that cells, which leave it out, keep what no one is given."""
    shares = known.order_shares
    filled = shares.set_column(
        shares.schema.get_field_index("creator"),
        "creator",
        shares["creator"].fill_null(UNATTRIBUTED),
    )
    copy = replace(known)
    copy.__dict__["order_shares"] = filled
    return copy


def _observable(known: Knowledge) -> float | None:
    shares = known.shares.group_by(["conversion_kind", "source", "conversion_id"]).aggregate(
        [("creator", "count")]
    )
    if not shares.num_rows:
        return None
    touched = sum(1 for count in shares["creator_count"].to_pylist() if count)
    return round(touched / int(shares.num_rows), 6)


@needs(Action.READ)
def beside_each_other(
    ground: Ground,
    models: Sequence[Model],
    *,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
) -> list[Row]:
    """Give net value per campaign and creator under several models, in the brand's currency.

    Each model shares the same value out, so every column has the same sum.
    """
    found: dict[tuple[str | None, str | None], Row] = {}
    for model in models:
        name = model.value.replace("-", "_")
        for row in attribute(ground, model, as_of=as_of, known_at=known_at)["rows"]:
            mine = found.setdefault(
                (row["campaign"], row["creator"]),
                {"campaign": row["campaign"], "creator": row["creator"]},
            )
            mine[name] = row["value"]
    names = [model.value.replace("-", "_") for model in models]
    rows = [row | {name: row.get(name, 0) for name in names} for row in found.values()]
    return sorted(rows, key=lambda row: [
        (row[name] is None, str(row[name])) for name in ("campaign", "creator")
    ])  # fmt: skip


@needs(Action.READ)
def conflicts(
    ground: Ground, *, as_of: Instant | None = None, known_at: Instant | None = None
) -> list[Row]:
    """Give conversions whose code names one creator while a click or code names another."""
    known = knowledge(ground, as_of=as_of, known_at=known_at)
    found: list[Row] = known.read(
        "attribution.conflicts", touchpoints=known.touchpoints
    ).to_pylist()
    return found
