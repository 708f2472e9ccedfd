"""The shortlist and engagement rates in the Python door.

In:   an opened workspace, filters, names.
Out:  creators best first, side by side, or one explained; rates by their formulas.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from truelift.base.errors import NotFound, UsageError
from truelift.decisions.engagement_rate import DEFAULT
from truelift.decisions.shortlist import RULE
from truelift.operations import engagement_rates, measurability
from truelift.operations.explain import explain as explain_figure
from truelift.operations.shortlist import Shortlist, ShortlistRequest, shortlisted
from truelift.reports import engagement_rate, shortlist
from truelift.reports.roi import instant_text
from truelift.reports.table import plain_table
from truelift.workspace.calculator import calculated
from truelift.workspace.opened import Opened, Time
from truelift.workspace.result import Json, Result


class Shortlists(Opened):
    """The part of a workspace that says with whom the next unit of money does most."""

    def shortlist(
        self,
        *,
        explain: str | None = None,
        as_of: Time = None,
        known_at: Time = None,
        **asked: Any,  # noqa: ANN401 - fields of ShortlistRequest
    ) -> Result:
        """Rank own and imported creators by expected incremental return per unit of money.

        asked: platform, category, country, followers (MIN:MAX), price (the most), search,
        rate_formula, compare (names with commas) and limit. explain: one creator instead of rows.
        """
        try:
            request = ShortlistRequest(
                as_of=self._time(as_of), known_at=self._time(known_at), **asked
            )
        except TypeError:
            msg = f"shortlist does not take all of {sorted(asked)}."
            raise UsageError(msg) from None
        found = shortlisted(
            self._ground, request if explain is None else replace(request, limit=None)
        )
        about = self._about(found)
        if explain is not None:
            return self._explained(found, about, explain)
        currency, note = self._ground.brand.currency, _note(found)
        table = shortlist.compared_table if request.names() else shortlist.shortlist_table
        return Result(
            shortlist.shortlist_json(found.rows, about) | self._lacking,
            self._filled(table(found.rows, currency, note), "shortlist", known_at),
            self._explain,
        )

    def engagement_rate(
        self,
        formula: str = DEFAULT,
        *,
        creator: str | None = None,
        platform: str | None = None,
        as_of: Time = None,
        known_at: Time = None,
    ) -> Result:
        """Give creators' engagement rates by a named formula (or `all`), beside their peers'."""
        request = engagement_rates.RateRequest(
            formula, creator, platform, self._time(as_of), self._time(known_at)
        )
        known, rows = engagement_rates.engagement_rates(self._ground, request)
        times = {"as_of": instant_text(known.as_of), "known_at": instant_text(known.known_at)}
        told = engagement_rate.rates_json(rows)
        table = self._filled(engagement_rate.rates_table(rows), "shortlist", known_at)
        return Result(self._head() | times | told, table)

    def engagement_rate_of(
        self, numbers: Mapping[str, float], formula: str | None = None
    ) -> Result:
        """Calculate engagement rates of numbers typed in: one formula, or all (None)."""
        return calculated(numbers, formula)

    def _explain(self, figure_id: str) -> Json:
        return explain_figure(self._ground, figure_id)

    def _about(self, found: Shortlist) -> Json:
        return self._head() | {
            "as_of": instant_text(found.as_of),
            "known_at": instant_text(found.known_at),
            "creators": found.creators,
            "ranked": found.ranked,
            "left_out": found.left_out,
            "smallest_lift_rule": measurability.RULE,
        }

    def _explained(self, found: Shortlist, about: Json, creator: str) -> Result:
        row = next((row for row in found.rows if row.creator == creator), None)
        if row is None:
            msg = f"There is no creator {creator!r} on this list; leave filters out, or see "
            raise NotFound(msg + "`truelift list creators`.")
        lines = shortlist.explained(row, found.ranked, self._ground.brand.currency)
        data = shortlist.shortlist_json([row], about) | {"explained": lines}
        return Result(data, plain_table(f"Why {creator}", lines, RULE), self._explain)


def _note(found: Shortlist) -> str:
    out = ", ".join(f"{count} {words}" for words, count in found.left_out.items())
    left = f"left out of {found.creators}: {out}; " if out else ""
    return f"{left}{RULE} Smallest lift: {measurability.RULE}."
