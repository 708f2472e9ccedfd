"""Commands of experiments: forecasts of the shop, lotteries of regions and of first days."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from cyclopts import App, Parameter

from truelift.cli.options import Brand, Campaign, Day, Form, In, KnownAt, Out, opened, show

counterfactual_app = App(
    name="counterfactual", help="What the whole shop would have sold without the campaign."
)
holdout_app = App(name="holdout", help="Regions kept out of a campaign by lot, before launch.")
stagger_app = App(name="stagger", help="Creators' first days, drawn by lot before launch.")
Late = Annotated[bool, Parameter(negative="", help="After the launch: shown, never used.")]
Seed = Annotated[
    int | None, Parameter(help="Of the lot; the machine's own when not given. Kept either way.")
]
Control = Annotated[
    tuple[str, ...],
    Parameter(
        name="--control",
        help="region:CA, country:US, utm_source:google, sessions:NAME or brand:NAME; not touched.",
    ),
]


@counterfactual_app.command
def register(
    *,
    workspace: In,
    campaign: str,
    outcome: Annotated[
        Literal["orders", "new_customers", "revenue"], Parameter(help="What is forecast.")
    ] = "orders",
    control: Control = (),
    days: Annotated[int, Parameter(help="Days before launch to forecast from.")] = 365,
    late: Late = False,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Register, before launch, how a campaign's effect on the whole shop will be computed."""
    with opened(workspace, brand) as ws:
        result = ws.register_counterfactual(
            campaign, outcome=outcome, controls=control, days=days, late=late
        )
    show(result, format, output)


@counterfactual_app.command(name="show")
def show_counterfactuals(
    *,
    workspace: In,
    campaign: Campaign = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Show each registered effect so far with its limits, and whether it is used."""
    with opened(workspace, brand) as ws:
        result = ws.counterfactuals(campaign, as_of=as_of, known_at=known_at)
    show(result, format, output)


@holdout_app.command(name="register")
def register_holdout(
    *,
    workspace: In,
    campaign: str,
    by: Annotated[Literal["region", "country"], Parameter(help="What is drawn.")] = "region",
    share: Annotated[float, Parameter(help="Share of the regions to keep out.")] = 0.5,
    seed: Seed = None,
    days: Annotated[int, Parameter(help="Days before launch to compare with.")] = 56,
    late: Late = False,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Draw by lot, before launch, which regions the campaign stays out of; once a campaign."""
    with opened(workspace, brand) as ws:
        result = ws.register_holdout(campaign, by=by, share=share, seed=seed, days=days, late=late)
    show(result, format, output)


@holdout_app.command(name="show")
def show_holdouts(
    *,
    workspace: In,
    campaign: Campaign = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Show each geo holdout's effect and factor so far, with limits that hold at every look."""
    with opened(workspace, brand) as ws:
        result = ws.holdouts(campaign, as_of=as_of, known_at=known_at)
    show(result, format, output)


@stagger_app.command(name="register")
def register_stagger(
    *,
    workspace: In,
    campaign: str,
    first: Annotated[dt.date, Parameter(help="First day that may be drawn.")],
    last: Annotated[dt.date, Parameter(help="Last day that may be drawn.")],
    seed: Seed = None,
    days: Annotated[int, Parameter(help="Days before launch to learn the shop from.")] = 365,
    late: Late = False,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Draw by lot, before launch, the day on which each creator begins; once a campaign."""
    with opened(workspace, brand) as ws:
        result = ws.register_stagger(campaign, first, last, seed=seed, days=days, late=late)
    show(result, format, output)


@stagger_app.command(name="show")
def show_staggers(
    *,
    workspace: In,
    campaign: Campaign = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Show each stagger's factor so far, with limits that hold at every look, and who followed."""
    with opened(workspace, brand) as ws:
        result = ws.staggers(campaign, as_of=as_of, known_at=known_at)
    show(result, format, output)
