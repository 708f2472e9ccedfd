"""The power report: what a campaign's plan can show, row by row, in figures and in a sentence.

In:   rows of the smallest detectable lift per creator and platform, and for the campaign.
Out:  JSON objects and flat rows; multiples of the baseline, two decimals.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from truelift.base.estimate import Withheld
from truelift.reports.table import Cell, Table, TableColumn

NUMBERS = ("smallest_lift", "level", "probability", "target")
COUNTS = ("baseline_posts", "planned_posts", "history_count", "history_days", "planned_days",
          "posts_needed", "controls")  # fmt: skip
DECIMALS = 4
MOST_NAMED = 6
"""So many creators are named in a sentence; more are only counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerRow:
    """What the plan of one creator on one platform can show; creator None is the campaign.

    smallest: log lift, inf where no lift is shown, or the reason why nothing can be said. target:
    the multiple that should be seen. posts_needed: for the target, None where no number of posts is
    enough or it does not depend on posts. together: fewest creators who show the target together,
    and the log lift they show. sealed: the baselines are sealed. baseline_posts: their posts.
    history_count, history_days: of codes and links. controls: control creators reckoned with.
    """

    campaign: str
    creator: str | None
    platform: str | None
    metric: str
    smallest: float | Withheld
    level: float
    probability: float
    target: float
    limits: str
    sealed: bool
    baseline_posts: int | None = None
    planned_posts: int | None = None
    history_count: float | None = None
    history_days: float | None = None
    planned_days: float | None = None
    posts_needed: int | None = None
    together: tuple[tuple[str, ...], float] | None = None
    controls: int = 0


def power_json(row: PowerRow) -> dict[str, Any]:
    """Give one row as a JSON object; `smallest_lift` is a multiple: 2.3 is +130 %."""
    told: dict[str, Any] = {
        "campaign": row.campaign,
        "creator": row.creator,
        "platform": row.platform,
        "metric": row.metric,
        "baseline_posts": row.baseline_posts,
        "planned_posts": row.planned_posts,
        "history_count": row.history_count,
        "history_days": row.history_days,
        "planned_days": row.planned_days,
        "smallest_lift": _multiple(row.smallest),
        "level": row.level,
        "probability": row.probability,
        "target": row.target,
        "posts_needed": row.posts_needed,
        "controls": row.controls,
        "limits": row.limits,
        "sealed": row.sealed,
        "together": list(row.together[0]) if row.together else None,
        "sentence": sentence(row),
    }
    if isinstance(row.smallest, Withheld):
        told["withheld"] = row.smallest.reason.value
    return told


def power_table(rows: Sequence[PowerRow], note: str) -> Table:
    """Lay the rows out flat."""
    names = (
        "campaign", "creator", "platform", "metric", "baseline_posts", "planned_posts",
        "history_count", "history_days", "planned_days", "smallest_lift", "level", "probability",
        "target", "posts_needed", "controls", "limits", "sealed", "withheld", "sentence",
    )  # fmt: skip
    columns = tuple(
        TableColumn(
            name,
            Cell.NUMBER if name in NUMBERS else Cell.COUNT if name in COUNTS else Cell.TEXT,
        )
        for name in names
    )
    flat = []
    for row in rows:
        told = {"withheld": None} | power_json(row)
        told["sealed"] = "sealed" if row.sealed else "not sealed yet"
        flat.append({name: told[name] for name in names})
    shown = tuple(column for column in columns if any(row[column.name] is not None for row in flat))
    return Table("Power", shown or columns, tuple(flat), note)


def sentence(row: PowerRow) -> str:
    """Say in one sentence what the plan can show."""
    who = row.creator or "The campaign"
    where = f" on {row.platform}" if row.platform else ""
    if isinstance(row.smallest, Withheld):
        return f"{who}{where}: {row.smallest.detail}"
    plan = _plan(row)
    sure = f"{row.probability * 100:g} % of the time"
    target = f"{row.target:g}x"
    if row.smallest <= math.log(row.target):
        told = f"{who} can be measured{where} {plan}: {_times(row.smallest)} or more shows {sure}"
    elif math.isinf(row.smallest):
        told = f"{who} cannot be measured{where} {plan}: no lift would show"
    else:
        told = (
            f"{who} cannot be measured{where} {plan}: only a lift above {_times(row.smallest)} "
            "would show"
        )
    more = _needed(row, target) + _together(row)
    return told + more + ("." if row.sealed else "; not sealed yet.")


def _plan(row: PowerRow) -> str:
    if row.planned_posts is not None:
        return f"with {row.planned_posts} post{'' if row.planned_posts == 1 else 's'}"
    return f"in {row.planned_days:g} days after {row.history_count:g} {row.metric} before launch"


def _needed(row: PowerRow, target: str) -> str:
    if row.creator is None or row.planned_posts is None:
        return ""
    if row.posts_needed is None:
        return f"; no number of posts shows {target} with this baseline"
    few = row.posts_needed > row.planned_posts
    return f"; {row.posts_needed} posts would show {target}" if few else ""


def _together(row: PowerRow) -> str:
    if row.together is None:
        return ""
    names, found = row.together
    who = ", ".join(names) if len(names) <= MOST_NAMED else f"{len(names)} creators"
    return f"; {who} together show {_times(found)}"


def _times(log: float) -> str:
    return f"{math.ceil(math.exp(log) * 10 - 1e-9) / 10:g}x"


def _multiple(smallest: float | Withheld) -> float | None:
    if isinstance(smallest, Withheld) or math.isinf(smallest):
        return None
    return round(math.exp(smallest), DECIMALS)
