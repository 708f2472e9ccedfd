"""The Python door: a workspace as an object, results as tables that every frame library reads.

    import truelift
    with truelift.open("demo") as ws:
        ws.roi(campaign="summer", by="creator")

Each method calls one operation; the command line and the pages go through here too.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from truelift.attribution.models import Model
from truelift.base.errors import UsageError
from truelift.base.money import format_minor
from truelift.base.time import Period
from truelift.measurement.metric import metric_named
from truelift.operations import (
    Ground,
    ageing,
    chain,
    ledger,
    listing,
)
from truelift.operations.admission import Admission
from truelift.operations.attribute import attribute
from truelift.operations.bridge import bridges
from truelift.operations.doubt import doubt
from truelift.operations.explain import explain
from truelift.operations.ingest import ImportReport, import_frame, import_paths
from truelift.operations.people import Action, may
from truelift.operations.placebo import PlaceboRequest, placebo
from truelift.operations.power import PowerRequest, planned_power
from truelift.operations.profiles import read_options
from truelift.operations.roi import RoiRequest, roi
from truelift.operations.seal import correct_baseline, seal_baselines
from truelift.operations.sessions import FirstRun
from truelift.operations.shares import Visits
from truelift.reports.calibration import placebo_row
from truelift.reports.charts.forest import forest
from truelift.reports.doubt import doubt_json, doubt_table
from truelift.reports.power import power_json, power_table
from truelift.reports.roi import report_json
from truelift.reports.roi_table import roi_table
from truelift.reports.table import plain_table
from truelift.workspace.alerts import AlertMethods
from truelift.workspace.closing import Closing
from truelift.workspace.collecting import Collecting
from truelift.workspace.controls import Controls
from truelift.workspace.conversions import Conversions
from truelift.workspace.entrance import Entrance
from truelift.workspace.experiments import Experiments
from truelift.workspace.exports import Exports
from truelift.workspace.finance import FinanceReports
from truelift.workspace.lake import LakeMethods
from truelift.workspace.leaks import LeakMethods
from truelift.workspace.links import Links
from truelift.workspace.live import Live
from truelift.workspace.looking import Looking
from truelift.workspace.opened import Time
from truelift.workspace.planning import Planning
from truelift.workspace.policy import PolicyMethods
from truelift.workspace.reallocation import Reallocation
from truelift.workspace.result import Json, Result
from truelift.workspace.shortlist import Shortlists
from truelift.workspace.suppliers import Suppliers
from truelift.workspace.verification import Verification
from truelift.workspace.working import Working

Progress = Callable[[str, int], None]


class Workspace(
    AlertMethods,
    Closing,
    Collecting,
    Controls,
    Conversions,
    Entrance,
    Experiments,
    Exports,
    FinanceReports,
    LakeMethods,
    LeakMethods,
    Links,
    Live,
    Looking,
    Planning,
    PolicyMethods,
    Reallocation,
    Shortlists,
    Suppliers,
    Verification,
    Working,
):
    """An opened workspace for one brand. Use it in `with`, or close it."""

    def __init__(self, ground: Ground, stack: contextlib.ExitStack | None = None) -> None:
        """Stand on an opened ground; `stack` closes it."""
        self._ground = ground
        self._stack = stack
        self._admission = Admission(ground)
        self._first_run = FirstRun()
        self._visits = Visits(ground)

    def __enter__(self) -> Self:
        """Give the workspace."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the workspace."""
        self.close()

    def close(self) -> None:
        """Close the stores; other programs may then open them."""
        if self._stack is not None:
            self._stack.close()

    def ingest(self, kind: str, given: object) -> ImportReport:
        """Import a file (path) or a frame (anything with `__arrow_c_stream__`) of one kind."""
        if isinstance(given, str | Path):
            return self.import_files([Path(given)], kind=kind)
        if not hasattr(given, "__arrow_c_stream__"):
            msg = f"ingest takes a path or a frame with __arrow_c_stream__, not {type(given)}."
            raise UsageError(msg)
        report = import_frame(self._ground, kind, pa.table(given), f"frame:{kind}")
        self._after(report)
        return report

    def import_files(
        self,
        paths: Sequence[Path],
        *,
        kind: str | None = None,
        profile: str | None = None,
        fill: Mapping[str, str] | None = None,
        dry_run: bool = False,
        progress: Progress = lambda _name, _rows: None,
    ) -> ImportReport:
        """Import files and folders, then book what changed; every row gets a verdict.

        Ageing curves are fitted again when it is time (operations.ageing).
        """
        options = read_options(kind=kind, profile=profile, fill=fill or {})
        report = import_paths(self._ground, paths, options, dry_run=dry_run, progress=progress)
        self._after(report)
        return report

    def ageing(
        self, *, refit: bool = False, platform: str | None = None, metric: str | None = None
    ) -> Result:
        """Give the newest ageing curves (g and tau2 at each age); with `refit` fit them first."""
        if metric is not None:
            metric_named(metric)
        if refit:
            ageing.refit(self._ground, platform=platform, metric=metric)
        rows = ageing.curve_rows(self._ground, platform=platform, metric=metric)
        shown = [row | {name: _listed(row[name]) for name in _AT_KNOTS} for row in rows]
        return Result(self._head() | {"rows": rows}, plain_table("Ageing curves", shown))

    def placebo(
        self,
        platform: str,
        metric: str = "engagement",
        *,
        progress: Callable[[str], None] = lambda _words: None,
        **options: Any,  # noqa: ANN401 - the fields of PlaceboRequest
    ) -> Result:
        """Replay stretches without a campaign and keep what they say of the limits.

        options: baseline_posts, campaign_posts, looks, level, controls, inject, windows, creators,
        post_format and seed (operations.placebo.PlaceboRequest).
        """
        report = placebo(self._ground, PlaceboRequest(platform, metric, **options), progress)
        shown = [placebo_row(row) for row in report.rows]
        table = plain_table("Limits without a campaign", shown)
        body = {"rows": report.rows, "sentence": report.sentence}
        return Result(self._head() | body, replace(table, note=report.sentence))

    def seal(
        self,
        campaign: str | None = None,
        creator: str | None = None,
        *,
        late: bool = False,
        correct: str | None = None,
    ) -> Result:
        """Seal baselines; a creator who launched already is refused unless `late`.

        correct: why a creator's sealed baseline is sealed again; both records are kept.
        """
        if correct is None:
            verdicts = seal_baselines(self._ground, campaign=campaign, creator=creator, late=late)
        elif creator is None:
            msg = "Name the creator whose baseline is corrected with --creator."
            raise UsageError(msg)
        else:
            verdicts = correct_baseline(
                self._ground, creator=creator, reason=correct, campaign=campaign
            )
        rows = [asdict(verdict) for verdict in verdicts]
        return Result({"rows": rows}, plain_table("Sealed baselines", rows))

    def roi(self, *, as_of: Time = None, known_at: Time = None, **asked: str | None) -> Result:
        """Give the ROI report: campaign, creator, by, metric, basis, cost and model."""
        given = {name: value for name, value in asked.items() if value is not None}
        try:
            request = RoiRequest(as_of=self._time(as_of), known_at=self._time(known_at), **given)
        except TypeError:
            msg = f"roi takes campaign, creator, by, metric, basis, cost and model, not {given}."
            raise UsageError(msg) from None
        header, rows = roi(self._ground, request)
        told = report_json(header, rows) | self._lacking
        return Result(
            told,
            roi_table(header, rows),
            self.explain,
            lambda: forest(told["rows"]).spec,
        )

    def attribute(
        self, model: str = "code-first", *, as_of: Time = None, known_at: Time = None
    ) -> Result:
        """Give conversions and net value per creator under an attribution model."""
        if model not in {item.value for item in Model}:
            known = ", ".join(item.value for item in Model)
            msg = f"--model {model} is not known; use one of {known}."
            raise UsageError(msg)
        data = attribute(
            self._ground, Model(model), as_of=self._time(as_of), known_at=self._time(known_at)
        )
        currency = self._ground.brand.currency
        rows = [row | {"value": format_minor(row["value"], currency)} for row in data["rows"]]
        return Result(
            data | self._lacking,
            plain_table(f"Attribution, {model}", rows, data["attribution_rule"], {"value"}),
        )

    def power(
        self,
        campaign: str,
        posts: int | None = None,
        metric: str | None = None,
        *,
        probability: float = 0.8,
        level: float = 0.95,
        target: float = 1.5,
        as_of: Time = None,
        known_at: Time = None,
    ) -> Result:
        """Give the smallest lift that a campaign's plan can show, per creator and together.

        posts: planned per creator and platform; as agreed in the deliverables when empty.
        """
        request = PowerRequest(
            campaign=campaign,
            posts=posts,
            metric=metric,
            probability=probability,
            level=level,
            target=target,
            as_of=self._time(as_of),
            known_at=self._time(known_at),
        )
        rows = planned_power(self._ground, request)
        note = (
            f"smallest true multiple whose lower limit ({level * 100:g} %) lies above zero at some "
            f"look up to the end, {probability * 100:g} % of the time"
        )
        told = [power_json(row) for row in rows]
        return Result(self._head() | {"rows": told}, power_table(rows, note))

    def bridge(
        self,
        campaign: str | None = None,
        period: str | None = None,
        *,
        as_of: Time = None,
        known_at: Time = None,
    ) -> Result:
        """Give the signed steps from reported to return, always on accrued cost."""
        rows = bridges(
            self._ground,
            campaign=campaign,
            period=_period(period),
            as_of=self._time(as_of),
            known_at=self._time(known_at),
        )
        currency = self._ground.brand.currency
        told: list[Json] = [
            {
                "campaign": row.campaign or None,
                "step": row.step,
                "kind": row.kind,
                "account": row.account,
                "amount": row.amount,
                "withheld": row.withheld.reason.value if row.withheld else None,
            }
            for row in rows
        ]
        flat = [
            row
            | {"amount": None if row["amount"] is None else format_minor(row["amount"], currency)}
            for row in told
        ]
        head = {"brand": self._ground.brand.brand, "currency": currency, "period": period}
        head |= self._lacking
        return Result(
            head | {"rows": told}, plain_table(f"Bridge, {currency}", flat, "", {"amount"})
        )

    def doubt(
        self,
        campaign: str,
        creator: str | None = None,
        metric: str | None = None,
        *,
        as_of: Time = None,
        known_at: Time = None,
    ) -> Result:
        """Give reasons to doubt the lift of a campaign: a line per check, and per creator."""
        header, rows = doubt(
            self._ground,
            campaign,
            creator=creator,
            metric=metric,
            as_of=self._time(as_of),
            known_at=self._time(known_at),
        )
        return Result(doubt_json(header, rows) | self._lacking, doubt_table(rows))

    def trial_balance(self, period: str | None = None, *, as_of: Time = None) -> Result:
        """Give balances by account and currency; every total is zero."""
        rows = ledger.trial_balance(self._ground, period=_period(period), as_of=self._day(as_of))
        shown = [{k: v for k, v in row.items() if not k.endswith("_minor")} for row in rows]
        return Result(
            self._head() | {"rows": rows},
            plain_table("Trial balance", shown, "", {"amount", "base"}),
        )

    def journal(self, period: str | None = None, *, as_of: Time = None) -> Result:
        """Give every posting of the journal with its entry, in the order of the chain."""
        rows = ledger.journal_rows(self._ground, period=_period(period), as_of=self._day(as_of))
        return Result(
            self._head() | {"rows": rows}, plain_table("Journal", rows, "", {"amount", "base"})
        )

    def verify_ledger(self, head: str | None = None) -> list[str]:
        """Check chain, balance and bridges; give a sentence for each check that does not hold.

        head: the end of the chain as `ledger_head` gave it once; finds entries cut off since.
        """
        return ledger.verify(self._ground, head)

    def ledger_head(self) -> Result:
        """Give the end of the journal's hash chain, to be kept elsewhere, and its digest."""
        rows = [chain.head(self._ground)]
        return Result(self._head() | {"rows": rows}, plain_table("Head of the journal", rows))

    def list(self, kind: str, *, known_at: Time = None, limit: int | None = None) -> Result:
        """Give the stored rows of a kind as an import reads them, `baselines` or `quarantine`."""
        if limit is not None and limit < 0:
            msg = f"--limit {limit} is below 0; ask for at least 0 rows."
            raise UsageError(msg)
        readers: dict[str, Callable[[], list[Json]]] = {
            "baselines": lambda: listing.baselines(self._ground),
            "quarantine": lambda: listing.quarantine(self._ground),
        }
        read = readers.get(kind)
        if read:
            rows, decimals = read()[:limit], set[str]()
        else:
            stored = listing.listed(self._ground, kind, known_at=self._time(known_at), limit=limit)
            rows = listing.as_imported(kind, stored, self._ground.brand.currency)
            decimals = listing.decimal_columns(kind)
        table = plain_table(kind.capitalize(), rows, money=decimals, adds=decimals)
        return Result(self._head() | {"rows": rows}, table)

    def explain(self, figure_id: str) -> Json:
        """Say what a printed figure is made of, down to files, lines and hashes."""
        return explain(self._ground, figure_id)

    @property
    def unbooked(self) -> Sequence[str]:
        """Say which accepted facts are in no entry of the journal, and so in no cost, and why."""
        return ledger.unbooked(self._ground) if may(self._ground, Action.READ) else ()

    def admit(self, authorization: str | None, page: str) -> str:
        """Say whom a request over HTTP is by, from its Authorization header; Refused if nobody."""
        return self._admission.admit(authorization, page)

    @property
    def simulated(self) -> dt.datetime | None:
        """Give the simulated clock's time (naive UTC) when the workspace is played under one."""
        return self._ground.clock.now() if self._ground.simulated else None


_AT_KNOTS = ("hours", "g", "tau2", "own")
"""Columns of an ageing curve that hold a number for each knot or interval."""


def _listed(values: Sequence[float] | None) -> str | None:
    return None if values is None else " ".join(f"{value:.4g}" for value in values)


def _period(text: str | None) -> Period | None:
    try:
        return None if text is None else Period.parse(text)
    except ValueError:
        msg = f"{text!r} is not a period; write a month such as 2026-05."
        raise UsageError(msg) from None
