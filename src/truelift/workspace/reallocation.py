"""Reallocation in the Python door: what is advised, what was decided, how advice turned out.

In:   an opened workspace, a campaign, what is laid down.
Out:  Result: the advice with its rows, decisions, budget versions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from truelift.base.errors import UsageError
from truelift.base.money import parse_minor
from truelift.operations import reallocation
from truelift.operations.advice import advice_view
from truelift.operations.fee import fees
from truelift.operations.reallocation import ReallocationRequest
from truelift.operations.scorecard import scores
from truelift.reports.fee import fee_json, fee_table
from truelift.reports.reallocation import advice_json, advice_table
from truelift.reports.roi import instant_text
from truelift.reports.scorecard import score_json, score_table
from truelift.reports.table import plain_table
from truelift.workspace.opened import Opened, Time
from truelift.workspace.result import Json, Result


class Reallocation(Opened):
    """The part of a workspace that says where money should go."""

    def reallocation(
        self,
        campaign: str,
        *,
        budget: str | None = None,
        floors: Mapping[str, str] | None = None,
        caps: Mapping[str, str] | None = None,
        exclude: Sequence[str] = (),
        exclusive: Sequence[str] = (),
        explore: float = 0.0,
        spend_all: bool = False,
        as_of: Time = None,
        known_at: Time = None,
    ) -> Result:
        """Give where a campaign's money that can still move brings most, and if moving pays.

        budget, floors, caps: decimal text in the brand's currency, floors and caps by creator, of
        all that is spent on them here. exclusive: pairs such as ana+bo. explore: a share that
        everybody keeps. spend_all: also what brings back less than it costs.
        """
        request = ReallocationRequest(
            campaign=campaign,
            budget=None if budget is None else self._amount_of(budget, "budget"),
            floors={name: self._amount_of(text, name) for name, text in (floors or {}).items()},
            caps={name: self._amount_of(text, name) for name, text in (caps or {}).items()},
            excluded=tuple(sorted(set(exclude))),
            exclusive=tuple(sorted({_pair(text) for text in exclusive})),
            explore=explore,
            spend_all=spend_all,
            as_of=self._time(as_of),
            known_at=self._time(known_at),
        )
        header, rows = advice_view(self._ground, request)
        table = self._filled(advice_table(header, rows), "reallocation")
        return Result(self._head() | advice_json(header, rows), table)

    def accept_reallocation(self, proposal: str, *, reason: str = "") -> Result:
        """Accept a proposal by its id; it becomes the budget version once enough people did."""
        return self._decided(reallocation.accept(self._ground, proposal, reason))

    def reject_reallocation(self, proposal: str, *, reason: str) -> Result:
        """Reject a proposal by its id, with a reason."""
        return self._decided(reallocation.reject(self._ground, proposal, reason))

    def budget_versions(self, campaign: str | None = None) -> Result:
        """Give the budget versions that were accepted, oldest first."""
        rows = reallocation.versions(self._ground, campaign)
        flat = [
            {"campaign": row["campaign"], "version": row["version"]} | each
            | {"recorded_at": row["recorded_at"], "approved_by": ", ".join(row["approved_by"])}
            for row in rows
            for each in row["creators"]
        ]  # fmt: skip
        table = self._filled(plain_table("Budget versions", flat), "budget versions")
        return Result(self._head() | {"rows": rows}, table)

    def scorecard(
        self, campaign: str | None = None, *, every: int = 7, known_at: Time = None
    ) -> Result:
        """Give every past interval, forecast and piece of advice beside what is known now.

        every: days between two looks back.
        """
        known, rows = scores(self._ground, campaign, every=every, known_at=self._time(known_at))
        currency = self._ground.brand.currency
        head = self._head() | {"known_at": instant_text(known.known_at)}
        table = self._filled(score_table(rows, currency), "scorecard")
        return Result(head | score_json(rows, currency), table)

    def fees(self, campaign: str, *, as_of: Time = None, known_at: Time = None) -> Result:
        """Give the highest fee worth paying each creator at 50 and 80 % confidence."""
        header, rows = fees(
            self._ground, campaign, as_of=self._time(as_of), known_at=self._time(known_at)
        )
        table = self._filled(fee_table(header, rows), "fees")
        return Result(self._head() | fee_json(header, rows), table)

    def _decided(self, row: Json) -> Result:
        flat = row | {"approved_by": ", ".join(row["approved_by"])}
        return Result(self._head() | {"rows": [row]}, plain_table("Decision", [flat]))

    def _amount_of(self, text: str, name: str) -> int:
        try:
            return parse_minor(str(text), self._ground.brand.currency)
        except ValueError:
            msg = f"{text!r} of {name} is not an amount; write one such as 500.00."
            raise UsageError(msg) from None


def _pair(text: str) -> tuple[str, str]:
    first, plus, second = text.partition("+")
    if not (first and plus and second):
        msg = f"{text!r} is not a pair of creators; write one such as ana+bo."
        raise UsageError(msg)
    return (first, second) if first < second else (second, first)
