"""Commands of finance's controls: payees, approvals, evidence, erasure. `main` registers them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from truelift.base.errors import CheckFailed
from truelift.cli.options import Brand, Form, In, Out, opened, say, show
from truelift.cli.streams import read_line

payee_app = App(name="payee", help="Bank details of creators: entered by one, approved by another.")
approval_app = App(name="approval", help="How many people have to approve what.")
evidence_app = App(name="evidence", help="Files that prove entries, documents and agreements.")
creator_app = App(name="creator", help="Creators as people.")

Iban = Annotated[
    str,
    Parameter(
        help="The IBAN; - reads it from stdin, past the shell's history.", allow_leading_hyphen=True
    ),
]
Retyped = Annotated[
    str | None,
    Parameter(
        name="--iban",
        help="Typed again from the creator's letter; - is stdin.",
        allow_leading_hyphen=True,
    ),
]
What = Annotated[
    Literal["entry", "document", "agreement"], Parameter(name="--for", help="What it proves.")
]


@payee_app.command(name="set")
def set_payee(creator: str, *, workspace: In, iban: Iban, brand: Brand = None) -> None:
    """Enter a creator's bank details; they count once another person has approved them."""
    with opened(workspace, brand) as ws:
        (row,) = ws.set_payee(creator, _typed(iban)).rows
    say(f"{row['account']} of {creator} waits for approval by another person.")


@payee_app.command(name="approve")
def approve_payee(
    creator: str,
    *,
    workspace: In,
    iban: Retyped = None,
    reject: Annotated[bool, Parameter(negative="", help="Reject it instead.")] = False,
    brand: Brand = None,
) -> None:
    """Approve or reject bank details that another person entered."""
    with opened(workspace, brand) as ws:
        typed = None if iban is None else _typed(iban)
        (row,) = ws.approve_payee(creator, iban=typed, reject=reject).rows
    say(f"{row['account']} of {creator} is {row['state']}.")


@payee_app.command(name="list")
def list_payees(
    *,
    workspace: In,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """List payees with the newest state of their bank details."""
    with opened(workspace, brand) as ws:
        show(ws.payees(), format, output)


@payee_app.command(name="check")
def check_payee(creator: str, *, workspace: In, iban: Iban, brand: Brand = None) -> int:
    """Say whether an IBAN is the approved one, before a payment; exit code 3 when it is not."""
    with opened(workspace, brand) as ws:
        matches = ws.payee_matches(creator, _typed(iban))
    say(f"This is {'' if matches else 'NOT '}the approved IBAN of {creator}.")
    return 0 if matches else CheckFailed.exit_code


@approval_app.command
def threshold(
    amount: str | None = None,
    *,
    workspace: In,
    none: Annotated[
        bool, Parameter(negative="", help="One approval is enough for every amount.")
    ] = False,
    brand: Brand = None,
) -> None:
    """Set or tell the amount above which a second person has to approve."""
    with opened(workspace, brand) as ws:
        if amount is not None or none:
            ws.set_threshold(None if none else amount)
        found = ws.threshold()
    words = "One approval is enough for every amount."
    say(words if found is None else f"Above {found} a second person has to approve.")


@evidence_app.command(name="add")
def add_evidence(
    file: Path,
    which: Annotated[str, Parameter(name="ID", help="The entry, document or agreement.")],
    *,
    workspace: In,
    what: What,
    note: Annotated[str, Parameter(help="What the file shows.")] = "",
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Store a file by its SHA-256 and link it; the same file twice is one."""
    with opened(workspace, brand) as ws:
        result = ws.add_evidence(file, what, which, note)
    show(result, format, output)


@evidence_app.command(name="list")
def list_evidence(
    *,
    workspace: In,
    what: Annotated[str | None, Parameter(name="--for", help="Only of this sort.")] = None,
    which: Annotated[str | None, Parameter(name="--id", help="Only of this one.")] = None,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """List the evidence files and what each is for."""
    with opened(workspace, brand) as ws:
        show(ws.evidence(what, which), format, output)


@evidence_app.command(name="check")
def check_evidence(
    *,
    workspace: In,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> int:
    """Read every evidence file again; exit code 3 when one is missing or changed."""
    with opened(workspace, brand) as ws:
        result = ws.check_evidence()
    show(result, format, output)
    damaged = [row for row in result.rows if row["state"] != "ok"]
    for row in damaged:
        say(f"{row['file']} of {row['for']} {row['id']} is {row['state']}: restore it.")
    return CheckFailed.exit_code if damaged else 0


@creator_app.command(name="erase")
def erase_creator(
    creator: str,
    *,
    workspace: In,
    reason: Annotated[str, Parameter(help="Why; kept for ever, so without any name.")],
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """Erase what names a creator; the books keep the id, and their chain still verifies."""
    with opened(workspace, brand) as ws:
        result = ws.erase_creator(creator, reason)
    show(result, format, output)


def _typed(text: str) -> str:
    return read_line() if text == "-" else text
