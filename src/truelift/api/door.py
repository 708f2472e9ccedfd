"""What the API asks of a workspace: the same words as the Python door, without importing it.

Doors stand beside each other; the composition root hands the workspace in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, Self

Json = dict[str, Any]


class Answer(Protocol):
    """What a workspace answers to a question."""

    @property
    def data(self) -> Json:
        """Give the JSON object."""


class Verdict(Protocol):
    """What became of one row."""

    @property
    def row(self) -> int:
        """Give its place in the request, from 0."""

    @property
    def verdict(self) -> str:
        """Say accepted, updated, duplicate or quarantined."""

    @property
    def field(self) -> str | None:
        """Name the column that was off."""

    @property
    def reason(self) -> str | None:
        """Give the reason's name."""

    @property
    def detail(self) -> str | None:
        """Say what was off, in a sentence."""


class Taken(Protocol):
    """The answer to a request that sent rows."""

    @property
    def verdicts(self) -> Sequence[Verdict]:
        """Give a verdict per row."""

    @property
    def repeated(self) -> bool:
        """Say whether the request was answered before."""

    @property
    def status(self) -> int:
        """Give 200, or 207 when some rows do not stand."""


class Workspace(Protocol):
    """One brand of a workspace."""

    def acting(self, authorization: str | None) -> Self:
        """Give it as the person has it whom a request is by."""

    def take_rows(
        self,
        kind: str,
        rows: Sequence[Mapping[str, Any]],
        *,
        request_key: str | None = None,
        body_sha256: str = "",
    ) -> Taken:
        """Take rows of a kind."""

    def roi(self, *, as_of: str | None, known_at: str | None, **asked: str | None) -> Answer:
        """Give the ROI report."""

    def attribute(self, model: str, *, as_of: str | None, known_at: str | None) -> Answer:
        """Give conversions and value under an attribution model."""

    def bridge(self, campaign: str | None, period: str | None) -> Answer:
        """Give the signed steps from reported to return."""

    def shortlist(
        self,
        *,
        explain: str | None,
        as_of: str | None,
        known_at: str | None,
        **asked: str | int | None,
    ) -> Answer:
        """Give creators by what a unit of money with them should bring."""

    def engagement_rate(
        self,
        formula: str,
        *,
        creator: str | None,
        platform: str | None,
        as_of: str | None,
        known_at: str | None,
    ) -> Answer:
        """Give engagement rates by a named formula."""

    def engagement_rate_of(self, numbers: Mapping[str, float], formula: str | None) -> Answer:
        """Give engagement rates of numbers that a person types in."""

    def trial_balance(self, period: str | None) -> Answer:
        """Give the balances of the books."""

    def pacing(self, campaign: str | None, *, as_of: str | None, known_at: str | None) -> Answer:
        """Give how far targets and budgets are."""

    def forecast(
        self,
        campaign: str | None,
        metric: str | None,
        *,
        target: float,
        as_of: str | None,
        known_at: str | None,
    ) -> Answer:
        """Give what campaigns will have brought by their end."""

    def forecast_backtest(self) -> Answer:
        """Forecast past campaigns again, and keep the scale."""

    def development_rates(self, *, as_of: str | None, known_at: str | None) -> Answer:
        """Give how refunds come in by the age of their orders."""

    def propose_rates(self, *, as_of: str | None) -> Answer:
        """Propose those rates as policy."""

    def approve_rates(
        self, proposal: str, *, sentence: str, valid_from: str | None
    ) -> tuple[Answer, int]:
        """Approve rates that somebody else proposed; give how many entries were written."""

    def leaks(
        self,
        campaign: str | None,
        creator: str | None,
        code: str | None,
        *,
        orders: bool,
        rules: str | None,
        as_of: str | None,
        known_at: str | None,
    ) -> Answer:
        """Give leaked codes, or the orders they brought."""

    def odd_clicks(
        self,
        campaign: str | None,
        creator: str | None,
        *,
        as_of: str | None,
        known_at: str | None,
    ) -> Answer:
        """Give the links and days whose clicks are questioned."""

    def held(self, *, known_at: str | None) -> Answer:
        """Give the commission that is held."""

    def hold_payout(self, subject: str, reason: str) -> Answer:
        """Hold what an order or a code earned."""

    def release_payout(self, subject: str, reason: str) -> Answer:
        """Release what is held."""

    def appeal_payout(self, subject: str, words: str) -> Answer:
        """Keep an appeal against a hold."""

    def alerts(self, *, open_only: bool, as_of: str | None, known_at: str | None) -> Answer:
        """Give the alerts as they stand."""

    def alert_channels(self) -> Answer:
        """Give where alerts are told, never a secret."""

    def check_alerts(self) -> Answer:
        """Ask the rules, keep what changed, tell the channels."""

    def check_links(self) -> Answer:
        """Ask the destinations of links whether they answer."""

    def own_alert(self, name: str, owner: str) -> Answer:
        """Say who looks after an alert."""

    def snooze_alert(self, name: str, *, days: float | None, until: str | None) -> Answer:
        """Let nobody be told of an alert for a while."""

    def close_alert(self, name: str) -> Answer:
        """Close an alert."""

    def freshness(self) -> Answer:
        """Give when each source was heard of last."""

    def list(self, kind: str, *, known_at: str | None, limit: int | None) -> Answer:
        """Give the stored rows of a kind."""

    def reallocation(
        self,
        campaign: str,
        *,
        budget: str | None,
        floors: Mapping[str, str],
        caps: Mapping[str, str],
        exclude: Sequence[str],
        exclusive: Sequence[str],
        explore: float,
        spend_all: bool,
        as_of: str | None,
        known_at: str | None,
    ) -> Answer:
        """Give where a campaign's money that can still move brings most."""

    def accept_reallocation(self, proposal: str, *, reason: str) -> Answer:
        """Accept a proposal by its id."""

    def reject_reallocation(self, proposal: str, *, reason: str) -> Answer:
        """Reject a proposal by its id."""

    def scorecard(self, campaign: str | None, *, every: int, known_at: str | None) -> Answer:
        """Give what was said while campaigns ran beside what is known now."""

    def fees(self, campaign: str, *, as_of: str | None, known_at: str | None) -> Answer:
        """Give the highest fee worth paying each creator."""

    def budget_versions(self, campaign: str | None) -> Answer:
        """Give the budget versions that were accepted."""

    def explain(self, figure_id: str) -> Json:
        """Say what a figure is made of."""
