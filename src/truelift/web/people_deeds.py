"""People deeds: what is done from the pages about people: accounts, roles, tokens, links.

In:   what a form says.
Out:  calls of the workspace as who acts has it, and which actions each form takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from truelift.base.errors import UsageError
from truelift.base.secret import Secret
from truelift.catalog.permission import Role, Scope
from truelift.operations.people import Action
from truelift.web.acts import PASSWORD, Act, Field, Given
from truelift.web.door import Workspace
from truelift.web.shareable import read_policy
from truelift.web.visiting import ANY

HERE, EVERYWHERE = "this brand", "every brand"
KNOWN = "known-people"
"""The list of a page that helps to write somebody's name."""

YES = "yes"


def _add(workspace: Workspace, given: Given) -> object:
    return workspace.people().add(
        given["name"], given["role"], brand=_where(workspace, given),
        email=given["email"] or None, creator=given["creator"] or None,
    )  # fmt: skip


def _withdraw(workspace: Workspace, given: Given) -> None:
    brand = _where(workspace, given)
    workspace.people().withdraw(given["name"], given["role"], brand=brand)


def _where(workspace: Workspace, given: Given) -> str | None:
    return workspace.brand if given["where"] == HERE else None


def _active(workspace: Workspace, given: Given) -> None:
    workspace.people().set_active(given["name"], active=given["state"] == "may sign in")


def _set_password(workspace: Workspace, given: Given) -> None:
    workspace.people().set_password(given["name"], Secret(given["password"]))


def _make_token(workspace: Workspace, given: Given) -> Secret:
    scopes = [scope for scope in Scope if given[f"scope_{scope}"] == YES]
    return workspace.people().token(given["name"], scopes, days=_days(given["days"]))


def _own_password(workspace: Workspace, given: Given) -> None:
    if given["password"] != given["again"]:
        msg = "The new password is not the same both times; write it again."
        raise UsageError(msg)
    workspace.change_own_password(Secret(given["current"]), Secret(given["password"]))


def _share(workspace: Workspace, given: Given) -> Secret:
    page, fixed = read_policy(given["page"], given["filters"])
    passphrase = given["passphrase"]
    return workspace.share_page(
        page, fixed, may_change_dates=given["may_change_dates"] == YES,
        may_export=given["may_export"] == YES, days=_days(given["days"]),
        passphrase=Secret(passphrase) if passphrase else None,
    )  # fmt: skip


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        msg = f"{text!r} is not a number of days; write one such as 30."
        raise UsageError(msg)
    return int(text)


def _people(name: str, field: str) -> Callable[[Workspace, Given], Any]:
    """Do a method of the people by one field."""
    return lambda workspace, given: getattr(workspace.people(), name)(given[field])


def _own(name: str, field: str) -> Callable[[Workspace, Given], Any]:
    """Do a method of the workspace by one field."""
    return lambda workspace, given: getattr(workspace, name)(given[field])


def _one_of(*words: str) -> dict[str, Any]:
    """Describe a field that takes one of some words."""
    return {"kind": "choice", "closed": True, "choices": tuple((each, each) for each in words)}


_NAME = Field("name", "Name", among=KNOWN)
_ROLE = Field("role", "Role", **_one_of(*Role))
_WHERE = Field("where", "At", **_one_of(HERE, EVERYWHERE))
_DAYS = Field("days", "Days it is good for", kind="number")

_OF_PEOPLE = (
    Act(
        "add-person", "Add", "{name} is {role} at {where}.",
        (
            _NAME, _ROLE, _WHERE, Field("email", "E-mail", kind="email", needed=False),
            Field("creator", "Creator whose rows they read", needed=False),
        ),
        _add, "A new person, or one more role of somebody who is here.",
    ),
    Act(
        "withdraw-role", "Take back", "{name} is {role} at {where} no longer.",
        (_NAME, _ROLE, _WHERE), _withdraw, "They lose what the role allows at once.",
    ),
    Act(
        "person-state", "Set", "{name}: {state}.",
        (_NAME, Field("state", "State", **_one_of("disabled", "may sign in"))), _active,
        "Who is disabled comes in by no password, token or session.",
    ),
    Act(
        "set-password", "Set password", "{name} has a new password; their sessions ended.",
        (_NAME, Field("password", "New password, 12 characters or more", kind=PASSWORD)),
        _set_password, "Tell it to them yourself; they change it on their own page.",
    ),
    Act(
        "make-token", "Make token", "A token of {name} is made.",
        (
            _NAME, _DAYS,
            *(
                Field(f"scope_{scope}", scope.value, kind="checkbox", needed=False)
                for scope in Scope
            ),
        ),
        _make_token, "Good for what is ticked; for all that its person may do when nothing is.",
    ),
    Act(
        "revoke-token", "Revoke", "The token {token} is revoked.",
        (Field("token", "Token", among="known-tokens"),), _people("revoke", "token"),
    ),
    Act(
        "end-session", "End", "The session {session} is over.",
        (Field("session", "Session", among="known-sessions"),),
        _people("end_session", "session"),
    ),
)  # fmt: skip

_OWN = (
    Act(
        "own-password", "Change password", "Your password is changed.",
        (
            Field("current", "Password now", kind=PASSWORD),
            Field("password", "New password, 12 characters or more", kind=PASSWORD),
            Field("again", "New password again", kind=PASSWORD),
        ),
        _own_password, "Every session of yours ends, this one too: you sign in again.",
    ),
    Act(
        "own-session", "End", "The session {session} is over.", (Field("session", hidden=True),),
        _own("end_own_session", "session"),
    ),
    Act(
        "own-token", "Revoke", "The token {token} is revoked.", (Field("token", hidden=True),),
        _own("revoke_own_token", "token"),
    ),
)  # fmt: skip

_SHARED = (
    Act(
        "share", "Make link", "A link to {page} is made.",
        (
            Field("page", "Page", among="shareable"),
            Field("filters", "Fixed filters, such as campaign=spring", needed=False),
            _DAYS,
            Field("passphrase", "Passphrase, or empty", kind=PASSWORD, needed=False),
            Field("may_change_dates", "may change dates", kind="checkbox", needed=False),
            Field("may_export", "may export CSV", kind="checkbox", needed=False),
        ),
        _share, "Who has the link sees this page under these filters, and nothing else.",
    ),
    Act(
        "revoke-share", "Revoke", "The link {share} opens nothing any more.",
        (Field("share", "Link", among="known-shares"),), _own("revoke_share", "share"),
    ),
)  # fmt: skip

PEOPLE_ACTS: Mapping[str, Act] = {each.name: each for each in (*_OF_PEOPLE, *_OWN, *_SHARED)}

TAKEN: dict[str, Sequence[Action]] = {
    **{each.name: (Action.MANAGE_USERS,) for each in _OF_PEOPLE},
    **{each.name: ANY for each in _OWN},
    **{each.name: (Action.SHARE,) for each in _SHARED},
}
"""The actions of which each of these forms takes one."""
