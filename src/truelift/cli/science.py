"""Commands of the science of lift: ageing, what a plan can show, doubt. `main` registers them."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from truelift.cli.options import (
    Brand,
    Creator,
    Day,
    Form,
    In,
    KnownAt,
    Metric,
    Out,
    Platform,
    opened,
    say,
    show,
)


def ageing(
    *,
    workspace: In,
    refit: Annotated[
        bool, Parameter(negative="", help="Fit the curves again from all readings first.")
    ] = False,
    platform: Platform = None,
    metric: Metric = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """List the ageing curves: what share of its mature count a post has reached, by age."""
    with opened(workspace, brand) as ws:
        show(ws.ageing(refit=refit, platform=platform, metric=metric), format, output)


def power(
    *,
    workspace: In,
    campaign: Annotated[str, Parameter(help="Which campaign is planned.")],
    posts: Annotated[
        int | None,
        Parameter(help="Planned posts per creator and platform; as agreed when empty."),
    ] = None,
    metric: Annotated[str | None, Parameter(help="Metric of the lift; by goal when empty.")] = None,
    probability: Annotated[float, Parameter(help="How probably the lift is to be shown.")] = 0.8,
    level: Annotated[float, Parameter(help="Level of the limits, 0.9 or more.")] = 0.95,
    target: Annotated[float, Parameter(help="Multiple that should be seen.")] = 1.5,
    as_of: Day = None,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Show the smallest lift that a campaign's plan can show, per creator and together."""
    with opened(workspace, brand) as ws:
        result = ws.power(
            campaign, posts, metric, probability=probability, level=level, target=target,
            as_of=as_of, known_at=known_at,
        )  # fmt: skip
    show(result, format, output)


def doubt(
    *,
    workspace: In,
    campaign: Annotated[str, Parameter(help="Campaign whose lift is checked.")],
    creator: Creator = None,
    metric: Metric = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Check a campaign's lift for reasons not to trust it; one line per check, or per creator."""
    with opened(workspace, brand) as ws:
        result = ws.doubt(campaign, creator, metric, as_of=as_of, known_at=known_at)
    show(result, format, output)


def placebo(
    *,
    workspace: In,
    platform: Annotated[str, Parameter(help="Whose posts are replayed.")],
    metric: Annotated[str, Parameter(help="A metric that is counted per post.")] = "engagement",
    baseline_posts: Annotated[int, Parameter(help="Posts before each window.")] = 20,
    campaign_posts: Annotated[int, Parameter(help="Posts in each window.")] = 10,
    looks: Annotated[int, Parameter(help="How often somebody looks at a window.")] = 50,
    level: Annotated[
        Literal["creator", "campaign"], Parameter(help="Single creators or whole campaigns.")
    ] = "creator",
    controls: Annotated[
        bool, Parameter(help="Whether other creators take the calendar out.")
    ] = True,
    inject: Annotated[float | None, Parameter(help="One more true multiple to find.")] = None,
    windows: Annotated[int, Parameter(help="At most this many windows.")] = 2000,
    creators: Annotated[int, Parameter(help="Creators in a campaign.")] = 15,
    post_format: Annotated[str | None, Parameter(help="Only posts of this format.")] = None,
    seed: Annotated[int, Parameter(help="Of the draws.")] = 0,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Replay stretches without a campaign: how often limits were wrong, and what they can show."""
    with opened(workspace, brand) as ws:
        result = ws.placebo(
            platform, metric, baseline_posts=baseline_posts, campaign_posts=campaign_posts,
            looks=looks, level=level, controls=controls, inject=inject, windows=windows,
            creators=creators, post_format=post_format, seed=seed, progress=say,
        )  # fmt: skip
        show(result, format, output)
