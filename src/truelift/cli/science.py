"""Commands of the science of lift: how posts age. `main` registers them."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from truelift.cli.options import Brand, Form, In, Metric, Out, Platform, opened, show


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
