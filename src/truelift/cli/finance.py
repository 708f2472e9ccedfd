"""Commands of finance: the reports of the books. `main` registers them."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from truelift.cli.options import (
    Brand,
    Campaign,
    Creator,
    Form,
    In,
    KnownAt,
    Month,
    Out,
    opened,
    show,
)

Name = Annotated[
    Literal[
        "pnl", "accruals", "prepaid", "commitments", "budget", "commission", "exceptions", "late",
        "restatements", "ageing", "tax", "journal-audit",
    ],
    Parameter(help="Which report; docs/finance.md says what each answers."),
]  # fmt: skip
From = Annotated[
    str | None, Parameter(name="--from", help="From this accounting period, such as 2026-04.")
]
To = Annotated[str | None, Parameter(name="--to", help="To the end of this accounting period.")]
AsClosed = Annotated[
    bool, Parameter(negative="", help="As the books were when the last period was closed.")
]


def report(
    name: Name,
    *,
    workspace: In,
    period: Month = None,
    from_: From = None,
    to: To = None,
    campaign: Campaign = None,
    creator: Creator = None,
    as_closed: AsClosed = False,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Show a finance report: the books by campaign, creator, agreement and account, with totals."""
    with opened(workspace, brand) as ws:
        result = ws.report(
            name, period, first=from_, last=to, campaign=campaign, creator=creator,
            as_closed=as_closed, known_at=known_at,
        )  # fmt: skip
    show(result, format, output)
