"""What the pages ask of a workspace: the same words as the Python door, without importing it.

Doors stand beside each other; the composition root hands the workspace in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, Self

from truelift.base.secret import Secret
from truelift.operations.admission import Visitor
from truelift.operations.people import Action
from truelift.reports.table import Table

Json = dict[str, Any]
Time = str | dt.date | dt.datetime | None


class Result(Protocol):
    """What a workspace answers: one JSON object, and the same rows as a flat table."""

    def __len__(self) -> int:
        """Give the number of rows."""

    @property
    def data(self) -> Json:
        """Give the JSON object."""

    @property
    def table(self) -> Table:
        """Give the flat table."""

    @property
    def rows(self) -> list[Json]:
        """Give the rows of the JSON object."""


class SharePolicy(Protocol):
    """What a link shows: a page under fixed parameters, and what may be asked besides."""

    @property
    def page(self) -> str:
        """Give the path of the page."""

    @property
    def fixed(self) -> Mapping[str, str]:
        """Give the parameters that nobody changes."""

    @property
    def may_change_dates(self) -> bool:
        """Say whether other dates may be asked for."""

    @property
    def may_export(self) -> bool:
        """Say whether the table may be had as CSV."""


class People(Protocol):
    """The people of a workspace, as who acts manages them."""

    def add(
        self,
        name: str,
        role: str,
        *,
        brand: str | None = None,
        email: str | None = None,
        creator: str | None = None,
    ) -> Result:
        """Add a person with a role, or one more role."""

    def withdraw(self, name: str, role: str, *, brand: str | None = None) -> None:
        """Take a role from a person."""

    def list(self) -> Result:
        """List people, a row per role."""

    def set_active(self, name: str, *, active: bool) -> None:
        """Disable a person, or enable them again."""

    def token(self, name: str, scopes: Sequence[str] = (), *, days: int = 90) -> Secret:
        """Make a token."""

    def tokens(self, name: str | None = None) -> Result:
        """List tokens without their text."""

    def revoke(self, token_id: str) -> None:
        """End a token."""

    def set_password(self, name: str, password: Secret) -> None:
        """Set a person's password."""

    def sessions(self) -> Result:
        """List sessions."""

    def end_session(self, session: str) -> None:
        """End a session."""

    def audit(self, brand: str | None = None) -> Result:
        """Give the audit log."""

    def verify_audit(self, brand: str | None = None) -> Result:
        """Check the audit log's chain."""


class Workspace(Protocol):
    """The readings that pages are made of."""

    @property
    def simulated(self) -> dt.datetime | None:
        """Give the simulated clock's time (naive UTC) when there is one."""

    @property
    def version(self) -> str:
        """Give the version of the data: another one after every change."""

    @property
    def settled(self) -> int:
        """Give a number that grows with everything but facts that come in by themselves."""

    @property
    def served(self) -> bool:
        """Say whether this process tells open pages of changes."""

    def visit(
        self,
        authorization: str | None,
        page: str,
        actions: Sequence[Action] = ...,
        *,
        local: bool = True,
    ) -> Visitor:
        """Say whom a request is by; NotAdmitted, Refused or TooManyTries if it is not answered."""

    @property
    def brand(self) -> str:
        """Name the brand."""

    @property
    def guarded(self) -> bool:
        """Say whether anybody has a password."""

    @property
    def first_run_open(self) -> bool:
        """Say whether a first admin can be made."""

    def make_first_admin(self, code: Secret, name: str, password: Secret) -> Secret:
        """Make the first admin and begin their session."""

    def sign_in(self, name: str, password: Secret) -> Secret:
        """Begin a session for who says their password."""

    def sign_in_by_address(self, address: str) -> Secret:
        """Begin a session for the person with a verified e-mail address."""

    def sign_out(self, session: Secret) -> None:
        """End a session by its text."""

    def people(self) -> People:
        """Give the people of the workspace, as who acts manages them."""

    def own_sessions(self) -> Result:
        """List the sessions of who acts."""

    def own_tokens(self) -> Result:
        """List the tokens of who acts."""

    def end_own_session(self, session: str) -> None:
        """End a session of who acts."""

    def revoke_own_token(self, token: str) -> None:
        """End a token of who acts."""

    def change_own_password(self, current: Secret, new: Secret) -> None:
        """Change the password of who acts."""

    def own_statement(self, part: str) -> Result:
        """Give a part of what a creator may see of their own."""

    def share_page(
        self,
        page: str,
        fixed: Mapping[str, str],
        *,
        may_change_dates: bool = False,
        may_export: bool = False,
        days: int = ...,
        passphrase: Secret | None = None,
    ) -> Secret:
        """Make a link to a page under fixed parameters."""

    def shares(self) -> Result:
        """List the links that are shared."""

    def revoke_share(self, share: str) -> None:
        """End a link."""

    def visit_share(self, text: Secret, key: str | None) -> SharePolicy:
        """Give what a link shows."""

    def unlock_share(self, text: Secret, passphrase: Secret) -> Secret:
        """Give a browser that knows a link's passphrase the key to it."""

    def roi(self, *, as_of: Time = None, known_at: Time = None, **asked: str | None) -> Result:
        """Give the ROI report."""

    def bridge(self, campaign: str | None = None, period: str | None = None) -> Result:
        """Give the signed steps from reported to return."""

    def conversion_days(self, *, as_of: Time = None, known_at: Time = None) -> Result:
        """Give tracked orders and leads of each campaign by day."""

    def ageing(self, *, platform: str | None = None, metric: str | None = None) -> Result:
        """Give the newest ageing curves."""

    def doubt(
        self,
        campaign: str,
        creator: str | None = None,
        metric: str | None = None,
        *,
        as_of: Time = None,
        known_at: Time = None,
    ) -> Result:
        """Give reasons to doubt the lift of a campaign."""

    def trial_balance(self, period: str | None = None, *, as_of: Time = None) -> Result:
        """Give balances by account and currency."""

    def report(
        self,
        name: str,
        period: str | None = None,
        *,
        campaign: str | None = None,
        creator: str | None = None,
        as_closed: bool = False,
        known_at: Time = None,
    ) -> Result:
        """Give a finance report."""

    def close_periods(self) -> Result:
        """Give every period with entries, and where its close stands."""

    def close_pack(self, period: str, folder: str | Path) -> Result:
        """Write the pack of a closed period into a folder."""

    def acting(self, authorization: str | None) -> Self:
        """Give this workspace as the person has it whom a request is by."""

    def list(self, kind: str) -> Result:
        """Give the stored rows of a kind."""

    def explain(self, figure_id: str) -> Json:
        """Say what a figure is made of."""
