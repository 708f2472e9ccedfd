"""Commands of moving money: what is advised, deciding on it, how advice turned out, fees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from cyclopts import App, Parameter

from truelift.base.errors import UsageError
from truelift.cli.options import Brand, Campaign, Day, Form, In, KnownAt, Out, opened, say, show

reallocate_app = App(name="reallocate", help="Where a running campaign's money brings most.")

Amounts = tuple[str, ...]
Proposal = Annotated[str, Parameter(help="Id of the proposal, as `truelift reallocate` prints it.")]


@reallocate_app.default
def reallocate(
    *,
    workspace: In,
    campaign: Annotated[str, Parameter(help="Which campaign's money.")],
    budget: Annotated[
        str | None, Parameter(help="Budget of the whole campaign; the imported one when empty.")
    ] = None,
    floor: Annotated[Amounts, Parameter(help="creator=500.00: at least this in all.")] = (),
    cap: Annotated[Amounts, Parameter(help="creator=500.00: at most this in all.")] = (),
    exclude: Annotated[str | None, Parameter(help="Creators who get no more, such as a,b.")] = None,
    exclusive: Annotated[
        Amounts, Parameter(help="a+b: only one of them may have deliverables to come.")
    ] = (),
    explore: Annotated[float, Parameter(help="Share of all money that everybody keeps.")] = 0.0,
    spend_all: Annotated[
        bool, Parameter(negative="", help="Also spend what brings back less than it costs.")
    ] = False,
    as_of: Day = None,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Propose where the money that can still move brings most, and whether moving it pays."""
    with opened(workspace, brand) as ws:
        result = ws.reallocation(
            campaign, budget=budget, floors=_amounts(floor, "--floor"), caps=_amounts(cap, "--cap"),
            exclude=[name for name in (exclude or "").split(",") if name], exclusive=exclusive,
            explore=explore, spend_all=spend_all, as_of=as_of, known_at=known_at,
        )  # fmt: skip
    show(result, format, output)


@reallocate_app.command
def accept(
    proposal: Proposal,
    *,
    workspace: In,
    reason: Annotated[str, Parameter(help="What it rests on, kept with it.")] = "",
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Accept a proposal: it is the budget version once enough people did; nothing is posted."""
    with opened(workspace, brand) as ws:
        result = ws.accept_reallocation(proposal, reason=reason)
    show(result, format, output)
    if result.rows[0]["state"] != "accepted":
        say("Above the brand's threshold; another person has to accept it too.")


@reallocate_app.command
def reject(
    proposal: Proposal,
    *,
    workspace: In,
    reason: Annotated[str, Parameter(help="Why, kept with it.")],
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Reject a proposal; it is scored all the same."""
    with opened(workspace, brand) as ws:
        result = ws.reject_reallocation(proposal, reason=reason)
    show(result, format, output)


@reallocate_app.command(name="versions")
def budget_versions(
    *,
    workspace: In,
    campaign: Campaign = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """List the budget versions that were accepted, oldest first; the newest is in force."""
    with opened(workspace, brand) as ws:
        result = ws.budget_versions(campaign)
    show(result, format, output)


@reallocate_app.command
def scorecard(
    *,
    workspace: In,
    campaign: Campaign = None,
    every: Annotated[int, Parameter(help="Days between two looks back.")] = 7,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Score every past interval, forecast and piece of advice by what is known now."""
    with opened(workspace, brand) as ws:
        result = ws.scorecard(campaign, every=every, known_at=known_at)
    show(result, format, output)


def fee(
    *,
    workspace: In,
    campaign: Annotated[str, Parameter(help="Campaign whose creators are priced.")],
    as_of: Day = None,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Show the highest fee worth paying each creator for the same again, at 50 and 80 %."""
    with opened(workspace, brand) as ws:
        result = ws.fees(campaign, as_of=as_of, known_at=known_at)
    show(result, format, output)


def _amounts(given: Sequence[str], option: str) -> dict[str, str]:
    """Read creator=amount words."""
    found: dict[str, str] = {}
    for word in given:
        name, equals, amount = word.rpartition("=")
        if not (name and equals and amount):
            msg = f"{option} {word} is not creator=amount, such as ana=500.00."
            raise UsageError(msg)
        if name in found:
            msg = f"{option} names {name} twice ({found[name]} and {amount}); name it once."
            raise UsageError(msg)
        found[name] = amount
    return found
