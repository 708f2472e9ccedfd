"""The next campaign: signed and not begun, so that something can still be cancelled or moved.

In:   the programme's tables.
Out:  the same with the campaign, its agreements and deliverables; no fact happens in it yet.
"""

from __future__ import annotations

import numpy as np

from truelift.connectors.sample_programme.table import Table

CAMPAIGN = "autumn"
SIGNED_AT = np.datetime64("2026-07-01T15:00:00", "s")

_AGREEMENT = {
    "campaign": CAMPAIGN, "currency": "USD", "signed_on": "2026-07-01", "starts": "2026-08-10",
    "ends": "2026-09-20", "kind": "deliverables",
}  # fmt: skip
ROWS: dict[str, list[dict[str, str]]] = {
    "campaigns": [
        {"campaign": CAMPAIGN, "name": "Autumn", "goal": "sales", "starts": "2026-08-10",
         "ends": "2026-09-20", "budget": "9000.00", "currency": "USD"},
    ],
    "agreements": [
        {**_AGREEMENT, "agreement": "agreement-autumn-carl", "creator": "carl", "fee": "2400.00",
         "cancellable_until": "2026-07-27", "cancel_fee": "150.00"},
        {**_AGREEMENT, "agreement": "agreement-autumn-vera", "creator": "vera", "fee": "3200.00",
         "cancellable_until": "2026-07-20", "cancel_fee": "200.00"},
    ],
    "deliverables": [
        {"deliverable": f"autumn-{creator}-{number}", "agreement": f"agreement-autumn-{creator}",
         "platform": platform, "type": kind, "price": price, "due_on": f"2026-{due}"}
        for creator, platform, kind, price in (
            ("carl", "instagram", "reel", "1200.00"), ("vera", "tiktok", "video", "1600.00"),
        )
        for number, due in ((1, "08-12"), (2, "08-26"))
    ],
}  # fmt: skip
"""What is signed on 1 July: the creator who pays back most, and the one who does not."""


def with_next_campaign(tables: list[Table]) -> list[Table]:
    """Add the rows of the next campaign to the tables that hold such rows."""
    return [
        table.with_rows(
            [tuple(row.get(name, "") for name in table.header) for row in ROWS[table.kind]],
            np.full(len(ROWS[table.kind]), SIGNED_AT),
        )
        if table.kind in ROWS
        else table
        for table in tables
    ]
