"""The command line: one function per command, each calling the Python door.

Data goes to stdout, progress and errors to stderr. Exit codes: 0 ok, 1 error, 2 usage, 3 a check
failed. Imports that cost time stand inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, CycloptsError, Parameter

from truelift.base.errors import DISK_FULL, CheckFailed, TrueliftError, UsageError, disk_full
from truelift.cli import (
    chain,
    finance,
    migrating,
    nodes,
    owning,
    planning,
    reallocation,
    science,
    serving,
    shortlist,
    suppliers,
    verification,
)
from truelift.cli.alerts import alerts_app
from truelift.cli.closing import close_app
from truelift.cli.collector import hook_app, key_app
from truelift.cli.controls import approval_app, creator_app, evidence_app, payee_app
from truelift.cli.elsewhere import Elsewhere, run_elsewhere
from truelift.cli.experiments import counterfactual_app, holdout_app, stagger_app
from truelift.cli.exports import export_app, mapping_app
from truelift.cli.lake import lake_app
from truelift.cli.leaks import leaks_app
from truelift.cli.links import link_app
from truelift.cli.options import (
    SHOWN,
    Brand,
    Calendar,
    Campaign,
    Creator,
    Currency,
    Day,
    Entity,
    Form,
    In,
    KnownAt,
    Limit,
    ModelName,
    Month,
    Out,
    Port,
    Zone,
    opened,
    say,
    show,
)
from truelift.cli.people import audit_app, user_app
from truelift.cli.policy import policy_app
from truelift.config import settings_from

if TYPE_CHECKING:
    from truelift.workspace.result import Result

FAILED, USAGE = 1, 2
"""Exit codes of anything unforeseen, and of a request that cannot be read."""

app = App(
    name="truelift",
    help="What creator campaigns really return, while they run, tied to the books.",
    version_flags=["--version"],
    help_format="plaintext",  # markdown would cost 0.15 s of imports at every --help
)
brand_app = App(name="brand", help="Brands of a workspace.")
ledger_app = App(name="ledger", help="The books: trial balance, journal, verification.")
app.command(brand_app)
app.command(ledger_app)
ledger_app.command(chain.head)
for _part in (
    user_app, audit_app, payee_app, approval_app, evidence_app, creator_app, science.ageing,
    science.doubt, counterfactual_app, close_app, key_app, hook_app, link_app, holdout_app,
    stagger_app, policy_app, reallocation.reallocate_app, reallocation.fee, export_app, mapping_app,
    science.power, planning.pacing, planning.forecast_app, science.placebo, shortlist.shortlist,
    shortlist.engagement_rate, finance.report, suppliers.match_app, suppliers.accruals_app,
    suppliers.payables, suppliers.chase, verification.verify, leaks_app, alerts_app, lake_app,
    migrating.migrate_workspace, nodes.collect, nodes.node_app, owning.own,
):  # fmt: skip
    app.command(_part)

Kind = Literal[
    "creators", "profiles", "aliases", "campaigns", "targets", "participants", "experiments",
    "events", "agreements", "deliverables", "codes", "links", "margins", "values", "rates",
    "balances", "allocations", "posts", "observations", "followers", "mentions", "clicks",
    "landings", "sessions", "orders", "order_lines", "refunds", "leads", "reported", "costs",
    "invoices", "bank_lines",
]  # fmt: skip


def run(words: Sequence[str] | None = None) -> int:
    """Run one command; every error is one sentence on stderr and an exit code."""
    try:
        found = _call(sys.argv[1:] if words is None else words)
    except CycloptsError as error:
        return _fail(str(error), USAGE)
    except TrueliftError as error:
        return _fail(str(error), error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except (Exception, KeyboardInterrupt) as error:
        sentence = _stopped_by(error)
        if sentence is None:
            raise
        return _fail(sentence, FAILED)
    return found if isinstance(found, int) else 0


def _stopped_by(error: BaseException) -> str | None:
    """Say what stopped a command from outside; None when the fault is the program's."""
    if isinstance(error, KeyboardInterrupt):
        return "Stopped; what was committed stays."
    if disk_full(error):
        return DISK_FULL
    if isinstance(error, OSError):
        where = f" {error.filename}" if error.filename else ""
        return f"The system refuses{where}: {error.strerror or error}."
    return None


def _call(words: Sequence[str]) -> object:
    """Call a command here or, when another process holds its workspace and answers, there."""
    try:
        return app(words, exit_on_error=False, print_error=False, result_action="return_value")
    except Elsewhere as held:
        code = run_elsewhere(held, words, settings_from(os.environ).token)
        if code is None:
            raise
        return code


@app.command
def init(
    workspace: Path,
    *,
    brand: str,
    currency: Currency = "USD",
    timezone: Zone = "UTC",
    entity: Entity = None,
    calendar: Calendar = "months",
) -> None:
    """Make a workspace folder with its first brand."""
    from truelift.app import create  # noqa: PLC0415 - loaded when needed
    from truelift.operations.brands import brand_record  # noqa: PLC0415 - as above

    create(workspace, brand_record(brand, currency, timezone, entity, calendar))
    say(f"{workspace} is ready: brand {brand}, {currency}, {timezone}.")


@brand_app.command(name="add")
def brand_add(
    brand: str,
    *,
    workspace: In,
    currency: Currency = "USD",
    timezone: Zone = "UTC",
    entity: Entity = None,
    calendar: Calendar = "months",
) -> None:
    """Add a brand with its reporting currency, time zone and legal entity."""
    from truelift.app import add_brand  # noqa: PLC0415 - loaded when needed
    from truelift.operations.brands import brand_record  # noqa: PLC0415 - as above

    add_brand(workspace, brand_record(brand, currency, timezone, entity, calendar))
    say(f"Brand {brand} is ready in {workspace}.")


@app.command(name="import")
def import_(
    *paths: Path,
    workspace: In,
    dry_run: Annotated[
        bool, Parameter(negative="", help="Give the verdicts, keep nothing.")
    ] = False,
    as_: Annotated[
        Kind | None, Parameter(name="--as", help="Kind, when the header is not clear.")
    ] = None,
    map_: Annotated[
        str | None, Parameter(name="--map", help="Mapping profile (YAML file).")
    ] = None,
    set_: Annotated[
        tuple[str, ...], Parameter(name="--set", help="column=value the file lacks.")
    ] = (),
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> int:
    """Import files or folders; every row is accepted, updated, duplicate or quarantined."""
    from truelift.cli.progress import row_progress  # noqa: PLC0415 - loaded when needed
    from truelift.cli.summary import import_result  # noqa: PLC0415 - loaded when needed

    if not paths:
        msg = "Name at least one file or folder to import."
        raise UsageError(msg)
    with opened(workspace, brand) as ws, row_progress() as progress:
        report = ws.import_files(
            list(paths), kind=as_, profile=map_, fill=_pairs(set_), dry_run=dry_run,
            progress=progress,
        )  # fmt: skip
    for fault in report.faults[:SHOWN]:
        say(fault.message)
    if len(report.faults) > SHOWN:
        say(f"... and {len(report.faults) - SHOWN} more; `truelift quarantine` lists them all.")
    show(import_result(report), format, output)
    return FAILED if report.unreadable else 0


@app.command
def seal(
    *,
    workspace: In,
    campaign: Campaign = None,
    creator: Creator = None,
    late: Annotated[
        bool, Parameter(negative="", help="Seal after the launch, from earlier posts only.")
    ] = False,
    correct: Annotated[
        str | None, Parameter(help="Why one creator is sealed again; both records are kept.")
    ] = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> int:
    """Seal baselines per creator, before that creator's first sponsored post, code use or boost."""
    with opened(workspace, brand) as ws:
        result = ws.seal(campaign, creator, late=late, correct=correct)
    show(result, format, output)
    refused = [row["sentence"] for row in result.rows if row["verdict"] == "refused"]
    for sentence in refused[:SHOWN]:
        say(f"Refused: {sentence}.")
    return CheckFailed.exit_code if refused else 0


@app.command
def roi(
    *,
    workspace: In,
    campaign: Campaign = None,
    creator: Creator = None,
    by: Annotated[
        Literal["campaign", "creator", "cohort", "programme", "post", "platform", "day"],
        Parameter(help="One row per; a cohort is a category of creators in a campaign."),
    ] = "creator",
    metric: Annotated[str | None, Parameter(help="Metric of the lift; by goal when empty.")] = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    basis: Annotated[
        Literal["event", "order"], Parameter(help="Date a refund by itself or by its order.")
    ] = "event",
    cost: Annotated[
        Literal["accrued", "committed", "paid"], Parameter(help="Which cost divides the return.")
    ] = "accrued",
    model: ModelName = "code-first",
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Show the ladder from reported to return, lift and ROI with limits and evidence grade."""
    from truelift.cli.render import table_text, write  # noqa: PLC0415 - loaded when needed
    from truelift.cli.summary import roi_summary  # noqa: PLC0415 - loaded when needed

    with opened(workspace, brand) as ws:
        result = ws.roi(
            campaign=campaign, creator=creator, by=by, metric=metric, as_of=as_of,
            known_at=known_at, basis=basis, cost=cost, model=model,
        )  # fmt: skip
    if format == "table":
        write(table_text(roi_summary(result.data), to_file=output is not None), output)
    else:
        show(result, format, output)


@app.command
def attribute(
    *,
    workspace: In,
    model: ModelName = "code-first",
    by: Literal["creator"] = "creator",  # noqa: ARG001 - the contract names it
    as_of: Day = None,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Show conversions and net value per creator under an attribution model."""
    with opened(workspace, brand) as ws:
        show(ws.attribute(model, as_of=as_of, known_at=known_at), format, output)


@app.command
def bridge(
    *,
    workspace: In,
    campaign: Campaign = None,
    period: Month = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Show the signed steps from reported to return; always accrued cost, residual 0."""
    with opened(workspace, brand) as ws:
        show(ws.bridge(campaign, period), format, output)


@ledger_app.command(name="trial-balance")
def trial_balance(
    *,
    workspace: In,
    period: Month = None,
    as_of: Day = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Show balances by account and currency, debit positive; every total is zero."""
    with opened(workspace, brand) as ws:
        show(ws.trial_balance(period, as_of=as_of), format, output)


@ledger_app.command
def journal(
    *,
    workspace: In,
    period: Month = None,
    as_of: Day = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Show every posting with its entry, in the order of the chain."""
    with opened(workspace, brand) as ws:
        show(ws.journal(period, as_of=as_of), format, output)


@ledger_app.command(name="verify")
def verify_ledger(
    *,
    workspace: In,
    head: Annotated[
        str | None, Parameter(help="A head kept from `ledger head`: was anything cut off since?")
    ] = None,
    brand: Brand = None,
) -> int:
    """Check the hash chain, the balances and that the bridges end in the ledger's cost accounts."""
    with opened(workspace, brand) as ws:
        broken = ws.verify_ledger(head)
    unbooked = [sentence for sentence in broken if sentence.startswith(NOT_BOOKED)]
    for sentence in broken:
        if sentence not in unbooked:
            say(sentence)
    if len(unbooked) == len(broken):
        say("The chain verifies, every balance is zero and every bridge ends in the ledger.")
    if unbooked:
        say(f"Facts that are in no entry yet: {len(unbooked)}; `truelift report exceptions`.")
    return CheckFailed.exit_code if broken else 0


@app.command
def explain(figure_id: str, *, workspace: In, brand: Brand = None, output: Out = None) -> None:
    """Say what a printed figure is made of: formula, inputs, rows, files and lines, hashes."""
    from truelift.cli.render import write  # noqa: PLC0415 - loaded when needed
    from truelift.reports.writing import json_text  # noqa: PLC0415 - loaded when needed

    with opened(workspace, brand) as ws:
        write(json_text(ws.explain(figure_id)), output)


@app.command(name="list")
def list_(
    kind: str,
    *,
    workspace: In,
    known_at: KnownAt = None,
    limit: Limit = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """List the stored rows of any kind, with the file and line each came from."""
    with opened(workspace, brand) as ws:
        _show_rows(ws.list(kind, known_at=known_at, limit=limit), format, output)


def _add_listing(kind: str, words: str) -> None:
    def listing(
        *,
        workspace: In,
        known_at: KnownAt = None,
        limit: Limit = None,
        brand: Brand = None,
        format: Form = "table",  # noqa: A002 - the contract's word
        output: Out = None,
    ) -> None:
        with opened(workspace, brand) as ws:
            _show_rows(ws.list(kind, known_at=known_at, limit=limit), format, output)

    listing.__doc__ = words
    app.command(listing, name=kind)


for _kind, _words in {
    "links": "List the tracked links and their owners.",
    "clicks": "List the clicks as stored, with their class.",
    "orders": "List the orders as stored.",
    "posts": "List the posts as stored.",
    "codes": "List the promo codes and their owners.",
    "baselines": "List the sealed baselines with their hashes.",
    "quarantine": "List the rows that were refused, why, and what to do.",
}.items():
    _add_listing(_kind, _words)


@app.command
def rebuild(*, workspace: In) -> None:
    """Make the facts file again from the log of accepted segments."""
    from truelift.app import rebuild as run_rebuild  # noqa: PLC0415 - loaded when needed

    count = run_rebuild(workspace)
    say(f"The facts file of {workspace} was made again from {count} segments.")


@app.command
def demo(
    *,
    workspace: In = Path("demo"),
    seed: Annotated[int, Parameter(help="Of the sample.")] = 7,
    port: Port = 8765,
) -> None:
    """Build the sample programme with its known truth, print estimate beside truth, serve pages.

    DEMO_SERVE=0 prints and exits.
    """
    from truelift.cli.demonstration import run_demo  # noqa: PLC0415 - loaded when needed

    run_demo(workspace, seed=seed, port=port, run=run)


serving.add_to(app, run)

NOT_BOOKED = "Not booked: "
"""How a sentence of `ledger verify` begins that names a fact, and no fault of the books."""

TABLE_ROWS = 200
"""How many rows of a listing are drawn as a table; the other formats have them all."""


def _show_rows(
    result: Result, form: Literal["table", "json", "csv", "parquet"], output: Path | None
) -> None:
    """Show a listing; a table for people stops early, for it is drawn slowly and read never."""
    more = len(result) - TABLE_ROWS
    if form != "table" or more <= 0:
        show(result, form, output)
        return
    table = dataclasses.replace(result.table, rows=result.table.rows[:TABLE_ROWS])
    show(dataclasses.replace(result, table=table), form, output)
    say(f"... {more:,} more; use --format csv.")


def _pairs(words: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            msg = f"--set {word} is not column=value."
            raise UsageError(msg)
        pairs[name.strip()] = value.strip()
    return pairs


def _fail(sentence: str, code: int) -> int:
    say(f"truelift: {sentence}")
    return code
