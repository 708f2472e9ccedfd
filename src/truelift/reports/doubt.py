"""The report of doubt: one line per check, and per creator where the check is the creator's.

In:   findings with whose they are.
Out:  DoubtRow, the JSON object and the flat table that every door shows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from truelift.base.time import Instant
from truelift.measurement.checks.catalogue import CHECKS
from truelift.measurement.checks.finding import FAILURE_RATE, WARNING_RATE, Finding, Verdict
from truelift.reports.roi import instant_text
from truelift.reports.table import Table, plain_table

NOTE = (
    f"One creator in {1 / WARNING_RATE:.0f} warns by chance; one campaign in "
    f"{1 / FAILURE_RATE:.0f} has a failure by chance."
)

ORDER = (Verdict.FAILS, Verdict.WARNS, Verdict.PASSES, Verdict.NOT_RUN)


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """A finding and whose it is; creator and platform are None where it is the campaign's."""

    campaign: str
    creator: str | None
    platform: str | None
    metric: str | None
    finding: Finding


@dataclass(frozen=True, slots=True)
class DoubtHeader:
    """What a report of doubt rests on."""

    brand: str
    currency: str
    timezone: str
    as_of: Instant
    known_at: Instant


def doubt_json(header: DoubtHeader, rows: Sequence[DoubtRow]) -> dict[str, Any]:
    """Write the report as a JSON object; a figure that is not finite is null."""
    return {
        "brand": header.brand,
        "currency": header.currency,
        "timezone": header.timezone,
        "as_of": instant_text(header.as_of),
        "known_at": instant_text(header.known_at),
        "note": NOTE,
        "rows": [row_json(row) for row in rows],
    }


def row_json(row: DoubtRow) -> dict[str, Any]:
    """Write one line."""
    finding = row.finding
    return {
        "campaign": row.campaign,
        "creator": row.creator,
        "platform": row.platform,
        "metric": row.metric,
        "check": finding.check,
        "verdict": finding.verdict.value,
        "sentence": finding.sentence,
        "what_to_do": finding.action,
        "values": [
            {
                "name": item.name,
                "value": round(item.value, 6) if math.isfinite(item.value) else None,
                "unit": item.unit,
            }
            for item in finding.values
        ],
    }


def doubt_table(rows: Sequence[DoubtRow]) -> Table:
    """Lay the lines out flat; the figures of a line stand in one cell."""
    told = [row_json(row) for row in rows]
    flat = [
        {name: value for name, value in row.items() if name != "values"}
        | {"figures": "; ".join(_figure(item) for item in row["values"])}
        for row in told
    ]
    return plain_table("Doubt", flat, NOTE)


def sorted_rows(rows: Sequence[DoubtRow]) -> list[DoubtRow]:
    """Put the lines in order: the campaign's first, then failures and warnings before the rest."""
    place = {name: index for index, name in enumerate(CHECKS)}
    return sorted(
        rows,
        key=lambda row: (
            row.creator is not None,
            ORDER.index(row.finding.verdict) if row.creator else 0,
            place[row.finding.check],
            row.creator or "",
            row.platform or "",
            row.metric or "",
        ),
    )


def _figure(item: dict[str, Any]) -> str:
    number = "unknown" if item["value"] is None else f"{item['value']:.6g}"
    return f"{item['name']} {number} ({item['unit']})"
