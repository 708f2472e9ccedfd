"""Commands of leaks: which codes leaked, what is held for it. `main` registers them."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from truelift.cli.options import (
    Brand,
    Campaign,
    Creator,
    Day,
    Form,
    In,
    KnownAt,
    Out,
    opened,
    say,
    show,
)

leaks_app = App(name="leaks", help="Orders that a creator's code brought without the creator.")

Subject = Annotated[str, Parameter(help="A code, or an order as `leaks --orders` has it.")]
Why = Annotated[str, Parameter(help="Kept with the decision, for both sides to read.")]


@leaks_app.default
def leaks(
    *,
    workspace: In,
    campaign: Campaign = None,
    creator: Creator = None,
    code: Annotated[str | None, Parameter(help="Only this code.")] = None,
    orders: Annotated[
        bool, Parameter(negative="", help="One row per order, with its evidence.")
    ] = False,
    rules: Annotated[
        str | None, Parameter(help="Version of the rules; the newest when empty.")
    ] = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """List codes with the share of their orders that leaked, and the ROI without those."""
    with opened(workspace, brand) as ws:
        result = ws.leaks(
            campaign, creator, code, orders=orders, rules=rules, as_of=as_of, known_at=known_at
        )
    show(result, format, output)


@leaks_app.command
def clicks(
    *,
    workspace: In,
    campaign: Campaign = None,
    creator: Creator = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """List the links and days whose clicks are questioned: gross, valid, questioned, and why."""
    with opened(workspace, brand) as ws:
        result = ws.odd_clicks(campaign, creator, as_of=as_of, known_at=known_at)
    show(result, format, output)


@leaks_app.command
def held(
    *,
    workspace: In,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """List the commission that is held, order by order: accrued, and left out of payables."""
    with opened(workspace, brand) as ws:
        show(ws.held(known_at=known_at), format, output)


@leaks_app.command
def hold(subject: Subject, /, *, workspace: In, reason: Why, brand: Brand = None) -> None:
    """Hold what an order, or the questioned orders of a code, earned its creator."""
    with opened(workspace, brand) as ws:
        ws.hold_payout(subject, reason)
    say(f"Held: what {subject} earned stays accrued and is left out of payables.")


@leaks_app.command
def release(subject: Subject, /, *, workspace: In, reason: Why, brand: Brand = None) -> None:
    """Release what is held; an order may be released out of its code."""
    with opened(workspace, brand) as ws:
        ws.release_payout(subject, reason)
    say(f"Released: what {subject} earned may be paid.")


@leaks_app.command
def appeal(
    subject: Subject,
    /,
    *,
    workspace: In,
    says: Annotated[str, Parameter(help="What the creator says.")],
    brand: Brand = None,
) -> None:
    """Keep a creator's appeal against a hold; it stays held until somebody releases it."""
    with opened(workspace, brand) as ws:
        ws.appeal_payout(subject, says)
    say(f"Kept: the appeal stands beside the hold of {subject}.")
