"""The command of the journal's chain: its head, to be kept outside. `main` registers it."""

from __future__ import annotations

from truelift.cli.options import Brand, Form, In, Out, opened, show


def head(
    *,
    workspace: In,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Show the end of the hash chain, to be kept elsewhere, and the digest of its entries."""
    with opened(workspace, brand) as ws:
        show(ws.ledger_head(), format, output)
