"""The door to a workspace's people: users, roles, tokens, passwords, and the audit log.

In:   the words of a command or a program.
Out:  results as tables. It needs no brand, so it stands beside the Workspace and not in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from truelift.base.errors import UsageError
from truelift.base.secret import Secret
from truelift.catalog.permission import Role, Scope
from truelift.operations import Desk, sessions
from truelift.operations import desk as desks
from truelift.operations.audit import audit_rows, verify_audit
from truelift.reports.table import plain_table
from truelift.workspace.result import Result


class People:
    """The people of an opened workspace."""

    def __init__(self, desk: Desk) -> None:
        """Stand at an opened desk."""
        self._desk = desk

    def add(
        self,
        name: str,
        role: str,
        *,
        brand: str | None = None,
        email: str | None = None,
        creator: str | None = None,
    ) -> Result:
        """Add a person with a role at a brand (every brand when none is named), or one more role.

        creator: whose rows a person with the role of creator reads.
        """
        row = desks.add_person(
            self._desk, name, _role(role), brand=brand, email=email, creator=creator
        )
        return Result({"rows": [row]}, plain_table("User", [row]))

    def withdraw(self, name: str, role: str, *, brand: str | None = None) -> None:
        """Take a role from a person."""
        desks.withdraw_role(self._desk, name, _role(role), brand=brand)

    def list(self) -> Result:
        """List people, a row per role."""
        rows = desks.people(self._desk)
        return Result({"rows": rows}, plain_table("Users", rows))

    def set_active(self, name: str, *, active: bool) -> None:
        """Disable a person, or enable them again."""
        desks.set_active(self._desk, name, active=active)

    def token(self, name: str, scopes: Sequence[str] = (), *, days: int = 90) -> Secret:
        """Make a token; `reveal()` gives its text, which is kept nowhere."""
        return desks.issue_token(self._desk, name, [_scope(item) for item in scopes], days=days)

    def tokens(self, name: str | None = None) -> Result:
        """List tokens without their text."""
        rows = desks.tokens(self._desk, name)
        return Result({"rows": rows}, plain_table("Tokens", rows))

    def revoke(self, token_id: str) -> None:
        """End a token by its public id."""
        desks.revoke_token(self._desk, token_id)

    def set_password(self, name: str, password: Secret) -> None:
        """Set a person's password; only its argon2id hash is kept."""
        desks.set_password(self._desk, name, password)

    def sessions(self) -> Result:
        """List sessions, newest first; no session's text is kept anywhere."""
        rows = sessions.sessions(self._desk)
        return Result({"rows": rows}, plain_table("Sessions", rows))

    def end_session(self, session: str) -> None:
        """End a session by its public id."""
        sessions.end_session(self._desk, session)

    def audit(self, brand: str | None = None) -> Result:
        """Give the audit log, oldest first."""
        rows = audit_rows(self._desk, brand)
        return Result({"rows": rows}, plain_table("Audit log", rows))

    def verify_audit(self, brand: str | None = None) -> Result:
        """Check the audit log's chain, a row per log; `changed_at` is empty when all is well."""
        rows = verify_audit(self._desk, brand)
        return Result({"rows": rows}, plain_table("Audit log, verified", rows))


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        msg = f"--role {text} is not known; use {', '.join(Role)}."
        raise UsageError(msg) from None


def _scope(text: str) -> Scope:
    try:
        return Scope(text)
    except ValueError:
        msg = f"--scope {text} is not known; use {', '.join(Scope)}."
        raise UsageError(msg) from None
