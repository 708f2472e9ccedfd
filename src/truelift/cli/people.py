"""Commands of people: users, their roles, tokens and passwords, and the audit log.

`main` registers them. No token or password is an argument: it would stand in a shell's history.
"""

from __future__ import annotations

import contextlib
import getpass
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from truelift.base.errors import CheckFailed
from truelift.base.secret import Secret
from truelift.cli.options import Brand, Form, In, Out, say, show

if TYPE_CHECKING:
    from truelift.workspace.people import People

user_app = App(name="user", help="People: roles per brand, tokens, passwords.")
audit_app = App(name="audit", help="The audit log: who did what, when, and what came of it.")

RoleName = Annotated[
    Literal["marketer", "preparer", "approver", "auditor", "admin", "creator"],
    Parameter(name="--role", help="What they are there."),
]
AtBrand = Annotated[
    str | None, Parameter(name="--brand", help="At this brand; at every brand when empty.")
]
ScopeName = Literal["read", "import", "prepare", "approve", "admin"]


@user_app.command
def add(
    name: str,
    *,
    workspace: In,
    role: RoleName,
    brand: AtBrand = None,
    email: Annotated[str | None, Parameter(help="Kept in the workspace database only.")] = None,
    creator: Annotated[
        str | None, Parameter(help="Whose rows a person with the role of creator reads.")
    ] = None,
) -> None:
    """Add a person with a role, or give somebody one more role."""
    with _people(workspace) as found:
        found.add(name, role, brand=brand, email=email, creator=creator)
    say(f"{name} is {role} at {brand or 'every brand'}.")


@user_app.command
def withdraw(name: str, *, workspace: In, role: RoleName, brand: AtBrand = None) -> None:
    """Take a role from a person."""
    with _people(workspace) as found:
        found.withdraw(name, role, brand=brand)
    say(f"{name} is {role} at {brand or 'every brand'} no longer.")


@user_app.command(name="list")
def list_people(*, workspace: In, format: Form = "table", output: Out = None) -> None:  # noqa: A002 - the contract's word
    """List people, a row per role."""
    with _people(workspace) as found:
        show(found.list(), format, output)


@user_app.command
def disable(name: str, *, workspace: In) -> None:
    """Disable a person: their tokens and password open nothing from now on."""
    with _people(workspace) as found:
        found.set_active(name, active=False)
    say(f"{name} is disabled.")


@user_app.command
def enable(name: str, *, workspace: In) -> None:
    """Enable a disabled person again."""
    with _people(workspace) as found:
        found.set_active(name, active=True)
    say(f"{name} is enabled.")


@user_app.command
def token(
    name: str,
    *,
    workspace: In,
    scope: Annotated[
        tuple[ScopeName, ...],
        Parameter(help="What it is good for at most; all its person may do when empty."),
    ] = (),
    expires: Annotated[int, Parameter(help="Days until it ends, at most 366.")] = 90,
) -> None:
    """Make a token and print it once; set TRUELIFT_TOKEN to it to act as its person."""
    with _people(workspace) as found:
        made = found.token(name, scope, days=expires)
    say(f"A token of {name} for {expires} days. It is shown this once and kept nowhere:")
    sys.stdout.write(made.reveal() + "\n")


@user_app.command
def tokens(
    *,
    workspace: In,
    name: Annotated[str | None, Parameter(help="Only this person's.")] = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """List tokens with their public id; no token's text is kept."""
    with _people(workspace) as found:
        show(found.tokens(name), format, output)


@user_app.command
def revoke(token_id: str, *, workspace: In) -> None:
    """End a token by its public id."""
    with _people(workspace) as found:
        found.revoke(token_id)
    say(f"Token {token_id} opens nothing any more.")


@user_app.command
def password(name: str, *, workspace: In) -> None:
    """Set a person's password, read from the terminal or the first line of stdin."""
    if sys.stdin.isatty():
        given = Secret(getpass.getpass(f"New password of {name}: "))
    else:
        given = Secret(sys.stdin.readline().rstrip("\n"))
    with _people(workspace) as found:
        found.set_password(name, given)
    say(f"{name} has a new password.")


@audit_app.default
def audit(
    *,
    workspace: In,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> None:
    """List who did what, when, and what came of it; of every brand when none is named."""
    with _people(workspace) as found:
        show(found.audit(brand), format, output)


@audit_app.command
def verify(
    *,
    workspace: In,
    brand: Brand = None,
    format: Form = "table",  # noqa: A002 - the contract's word
    output: Out = None,
) -> int:
    """Check that no line was changed; keep lines and head elsewhere to see a cut end, too."""
    with _people(workspace) as found:
        result = found.verify_audit(brand)
    show(result, format, output)
    changed = [row for row in result.rows if row["changed_at"] is not None]
    for row in changed:
        say(
            f"The audit log of {row['brand'] or 'the workspace'} is changed at {row['changed_at']}."
        )
    return CheckFailed.exit_code if changed else 0


@contextlib.contextmanager
def _people(folder: Path) -> Iterator[People]:
    from truelift.app import people_of  # noqa: PLC0415 - loaded when needed

    with people_of(folder) as found:
        yield found
