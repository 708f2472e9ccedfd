"""Experiments in the Python door: forecasts of the whole shop, holdouts and staggers by lot.

In:   an opened workspace, a campaign.
Out:  what was registered, and what it says so far.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from truelift.operations import experiments, geo_holdout, stagger
from truelift.reports.table import plain_table
from truelift.workspace.opened import Opened, Time
from truelift.workspace.result import Json, Result


class Experiments(Opened):
    """The part of a workspace that says how much of what is tracked is extra."""

    def register_counterfactual(
        self,
        campaign: str,
        *,
        outcome: str = "orders",
        controls: Sequence[str] = (),
        days: int = 365,
        late: bool = False,
    ) -> Result:
        """Register, before launch, how a campaign's effect on the whole shop will be computed."""
        row = experiments.register_counterfactual(
            self._ground, campaign, outcome=outcome, controls=controls, days=days, late=late
        )
        shown = {name: value for name, value in row.items() if name != "record"}
        return Result(self._head() | {"rows": [row]}, plain_table("Registered", [shown]))

    def counterfactuals(
        self, campaign: str | None = None, *, as_of: Time = None, known_at: Time = None
    ) -> Result:
        """Give each registered effect so far with its limits, and whether it is used."""
        rows = experiments.counterfactuals(
            self._ground, campaign, as_of=self._time(as_of), known_at=self._time(known_at)
        )
        told = [row | {"controls": ";".join(row["controls"]), "events": ";".join(row["events"])}
                for row in rows]  # fmt: skip
        return Result(self._head() | {"rows": rows}, plain_table("Counterfactuals", told))

    def register_holdout(
        self,
        campaign: str,
        **options: Any,  # noqa: ANN401 - options of operations.geo_holdout
    ) -> Result:
        """Draw the regions a campaign stays out of: by, share, seed, days, late; a row for each."""
        kept = geo_holdout.register_holdout(self._ground, campaign, **options)
        return self._drawn(kept, kept["record"]["regions"], "Geo holdout")

    def holdouts(
        self, campaign: str | None = None, *, as_of: Time = None, known_at: Time = None
    ) -> Result:
        """Give what each geo holdout says of its campaign so far."""
        times = {"as_of": self._time(as_of), "known_at": self._time(known_at)}
        return self._told(geo_holdout.holdouts(self._ground, campaign, **times), "Geo holdouts")

    def register_stagger(
        self,
        campaign: str,
        first: dt.date,
        last: dt.date,
        **options: Any,  # noqa: ANN401 - options of operations.stagger
    ) -> Result:
        """Draw the day on which each creator begins: seed, days and late; a row for each."""
        kept = stagger.register_stagger(self._ground, campaign, first, last, **options)
        return self._drawn(kept, kept["record"]["creators"], "Stagger")

    def staggers(
        self, campaign: str | None = None, *, as_of: Time = None, known_at: Time = None
    ) -> Result:
        """Give what each stagger says of its campaign so far, and who began as drawn."""
        times = {"as_of": self._time(as_of), "known_at": self._time(known_at)}
        return self._told(stagger.staggers(self._ground, campaign, **times), "Staggers")

    def _drawn(self, kept: Json, rows: Sequence[Json], title: str) -> Result:
        record = kept["record"]
        note = f"{record['campaign']}, seed {record['seed']}, SHA-256 {kept['sha256']}"
        return Result(self._head() | kept | {"rows": rows}, plain_table(title, rows, note))

    def _told(self, rows: Sequence[Json], title: str) -> Result:
        flat = [
            {name: ";".join(cell) if isinstance(cell, list) else cell for name, cell in row.items()}
            for row in rows
        ]
        return Result(self._head() | {"rows": rows}, plain_table(title, flat))
