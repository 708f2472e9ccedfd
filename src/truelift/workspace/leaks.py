"""Leaks at the Python door: which orders by code leaked, and whose payout is held.

In:   an opened workspace, of which this is a part.
Out:  results as every other method gives them.
"""

from __future__ import annotations

from truelift.decisions.dispute import Dispute
from truelift.operations import held_payouts
from truelift.operations import leaks as leaking
from truelift.operations.leaks import LeakRequest
from truelift.operations.odd_clicks import odd_clicks
from truelift.reports.leaks import code_json, codes_table, order_json, orders_table
from truelift.reports.roi import instant_text
from truelift.reports.table import plain_table
from truelift.workspace.opened import Opened, Time
from truelift.workspace.result import Json, Result


class LeakMethods(Opened):
    """The part of a workspace that tells leaked orders from others."""

    def leaks(
        self,
        campaign: str | None = None,
        creator: str | None = None,
        code: str | None = None,
        *,
        orders: bool = False,
        rules: str | None = None,
        as_of: Time = None,
        known_at: Time = None,
    ) -> Result:
        """Give codes with the share that leaked and the ROI without it; with `orders` each order.

        rules: a version of the leak rules, the newest by default; an old one gives its old figures.
        """
        request = LeakRequest(
            campaign, creator, code, rules, self._time(as_of), self._time(known_at)
        )
        if orders:
            known, found = leaking.leaked_orders(self._ground, request)
            told, shown = [order_json(row) for row in found], orders_table(found)
        else:
            known, codes = leaking.leaked(self._ground, request)
            told, shown = [code_json(row) for row in codes], codes_table(codes)
        times = {"as_of": instant_text(known.as_of), "known_at": instant_text(known.known_at)}
        return Result(self._head() | times | {"rows": told}, self._filled(shown, "leaks"))

    def odd_clicks(
        self,
        campaign: str | None = None,
        creator: str | None = None,
        *,
        as_of: Time = None,
        known_at: Time = None,
    ) -> Result:
        """Give the links and days whose clicks are questioned: gross, valid, questioned, why."""
        rows = odd_clicks(
            self._ground, campaign=campaign, creator=creator, as_of=self._time(as_of),
            known_at=self._time(known_at),
        )  # fmt: skip
        table = self._filled(plain_table("Questioned clicks", rows), "clicks")
        return Result(self._head() | {"rows": rows}, table)

    def held(self, *, known_at: Time = None) -> Result:
        """Give the commission that is held, order by order, with its reason and appeal."""
        rows = held_payouts.held_rows(self._ground, known_at=self._time(known_at))
        table = plain_table("Held commission", rows, "accrued, left out of payables", {"amount"})
        return Result(self._head() | {"rows": rows}, self._filled(table, "held"))

    def hold_payout(self, subject: str, reason: str) -> Result:
        """Hold what an order, or the questioned orders of a code, earned its creator."""
        return self._held(held_payouts.hold(self._ground, subject, reason))

    def release_payout(self, subject: str, reason: str) -> Result:
        """Release what is held; an order may be released out of its code."""
        return self._held(held_payouts.release(self._ground, subject, reason))

    def appeal_payout(self, subject: str, words: str) -> Result:
        """Keep what a creator says against a hold; it stays held until it is released."""
        return self._held(held_payouts.appeal(self._ground, subject, words))

    def _held(self, found: Dispute) -> Result:
        row: Json = {
            "what": found.what, "subject": found.subject, "state": found.state,
            "reason": found.reason, "appeal": found.appeal, "decided_by": found.decided_by,
            "decided_at": found.decided_at,
        }  # fmt: skip
        return Result(self._head() | {"rows": [row]}, plain_table("Dispute", [row]))
