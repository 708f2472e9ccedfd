"""The entrance of a served workspace: who comes in, sessions, and links that open one page.

In:   what a request says of who it is by.
Out:  visitors, the text of a session or a link once, and what people see of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from truelift.base.secret import Secret
from truelift.operations import Desk, own_statement, sessions, shares
from truelift.operations.admission import Admission, Visitor, WallClock
from truelift.operations.people import Action
from truelift.operations.sessions import FirstRun
from truelift.operations.shares import SharePolicy, Visits
from truelift.reports.table import plain_table
from truelift.workspace.live import Live
from truelift.workspace.people import People
from truelift.workspace.result import Json, Result


class Entrance(Live):
    """Who comes in: part of a Workspace."""

    _admission: Admission
    _first_run: FirstRun
    _visits: Visits

    STATEMENT: ClassVar[Sequence[str]] = tuple(own_statement.PARTS)

    def visit(
        self,
        authorization: str | None,
        page: str,
        actions: Sequence[Action] = (Action.READ,),
        *,
        local: bool = True,
    ) -> Visitor:
        """Say whom a request is by, who may do one of the actions; Refused or NotFound if nobody.

        local: whether a request that does not say who it is by can be the local owner's.
        """
        return self._admission.visit(authorization, page, actions, local=local)

    @property
    def guarded(self) -> bool:
        """Say whether anybody has a password, so that everybody says who they are."""
        return self._admission.guarded()

    def sign_in(self, name: str, password: Secret) -> Secret:
        """Begin a session; NotAdmitted or TooManyTries when the password is not right."""
        return sessions.sign_in(self._admission, name, password)

    def sign_in_by_address(self, address: str) -> Secret:
        """Begin a session for the person with an e-mail address that a provider has verified."""
        return sessions.sign_in_by_address(self._admission, address)

    def sign_out(self, session: Secret) -> None:
        """End a session by its text."""
        sessions.sign_out(self._admission, session)

    def first_run_code(self) -> Secret:
        """Make the code by which the first admin is made, to be told where the server started."""
        return self._first_run.code()

    @property
    def first_run_open(self) -> bool:
        """Say whether a first admin can be made."""
        return self._first_run.open_to(self._admission)

    def make_first_admin(self, code: Secret, name: str, password: Secret) -> Secret:
        """Make the first admin and begin their session; NotFound once anybody has a password."""
        return self._first_run.make(self._admission, code, name, password)

    def join_entrance(self, other: Entrance) -> None:
        """Come in as at another brand of the workspace: one code, one count of wrong tries."""
        self._first_run = other._first_run
        self._admission.join(other._admission)

    def people(self) -> People:
        """Give the people of the workspace, as who acts manages them."""
        return People(self._at_desk())

    def change_own_password(self, current: Secret, new: Secret) -> None:
        """Change the password of who acts, by saying the old one; their sessions end."""
        sessions.change_password(self._admission, self._at_desk(), current, new)

    def own_sessions(self) -> Result:
        """List the sessions of who acts."""
        return self._listed("Sessions", sessions.own_sessions(self._at_desk()))

    def own_tokens(self) -> Result:
        """List the tokens of who acts, without their text."""
        return self._listed("Tokens", sessions.own_tokens(self._at_desk()))

    def end_own_session(self, session: str) -> None:
        """End a session of who acts by its public id."""
        sessions.end_own_session(self._at_desk(), session)

    def revoke_own_token(self, token: str) -> None:
        """End a token of who acts by its public id."""
        sessions.revoke_own_token(self._at_desk(), token)

    def own_statement(self, part: str) -> Result:
        """Give a part of what a creator may see of their own: what they are owed, agreements..."""
        rows, decimals = own_statement.own_statement(self._ground, part)
        table = plain_table("Your statement", rows, money=decimals)
        return Result(self._head() | {"part": part, "rows": rows}, table)

    def share_page(
        self,
        page: str,
        fixed: Mapping[str, str],
        *,
        may_change_dates: bool = False,
        may_export: bool = False,
        days: int = shares.DEFAULT_DAYS,
        passphrase: Secret | None = None,
    ) -> Secret:
        """Make a link to a page under fixed parameters; its text is given once."""
        return shares.share_page(
            self._ground, page, fixed, may_change_dates=may_change_dates, may_export=may_export,
            days=days, passphrase=passphrase,
        )  # fmt: skip

    def shares(self) -> Result:
        """List the links that are shared, without their text."""
        return self._listed("Links", shares.shares(self._ground))

    def revoke_share(self, share: str) -> None:
        """End a link by its public id."""
        shares.revoke_share(self._ground, share)

    def visit_share(self, text: Secret, key: str | None) -> SharePolicy:
        """Give what a link shows; NotFound when it holds no more, NotAdmitted if it is locked."""
        return self._visits.visit(text, key)

    def unlock_share(self, text: Secret, passphrase: Secret) -> Secret:
        """Give a browser that knows a link's passphrase the key to it."""
        return self._visits.unlock(text, passphrase)

    def _at_desk(self) -> Desk:
        actor = self._actor or self._admission.actor(None)
        return Desk(self._ground.workspace, WallClock(self._admission.wall), actor)

    def _listed(self, title: str, rows: list[Json]) -> Result:
        return Result(self._head() | {"rows": rows}, plain_table(title, rows))
