"""Commands of experiments: forecasts of the whole shop. `main` registers them."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import App, Parameter

from truelift.cli.options import Brand, Campaign, Day, Form, In, KnownAt, Out, opened, show

counterfactual_app = App(
    name="counterfactual", help="What the whole shop would have sold without the campaign."
)
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
    late: Annotated[
        bool, Parameter(negative="", help="After the launch: shown, never used.")
    ] = False,
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
