"""Commands of the books' policy. `main` registers them."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from truelift.base.errors import UsageError
from truelift.cli.options import Brand, Form, In, KnownAt, Out, opened, say, show

policy_app = App(name="policy", help="How the books recognise cost, and who signed it.")


@policy_app.command(name="show")
def show_policy(
    *,
    workspace: In,
    known_at: KnownAt = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Show every version of the policy: its switches, since when, who signed, which sentence."""
    with opened(workspace, brand) as ws:
        show(ws.policy(known_at=known_at), format, output)


@policy_app.command(name="set")
def set_policy(
    *switches: str,
    workspace: In,
    sentence: Annotated[str, Parameter(help="What was decided and why: the sign-off.")],
    valid_from: Annotated[str, Parameter(help="First day it is in force, such as 2026-06-01.")],
    signed_by: Annotated[
        str | None, Parameter(help="Controller who signs; who runs the command by default.")
    ] = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Sign a version with switches such as recognition=accepted, and book what it changes."""
    changes = {}
    for word in switches:
        name, equals, value = word.partition("=")
        if not equals or not name or not value:
            msg = f"{word} is not switch=value, such as recognition=accepted."
            raise UsageError(msg)
        changes[name] = value
    with opened(workspace, brand) as ws:
        result, written = ws.set_policy(
            changes, sentence=sentence, valid_from=valid_from, signed_by=signed_by
        )
    show(result, format, output)
    say(f"Signed; {written} entries were written to follow it.")
