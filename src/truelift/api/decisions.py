"""Routes of decisions: what is advised (GET), and what a person decided on it (POST).

In:   a Workspace, and two runners: for what writes and for what reads.
Out:  handlers under /api/v1; figures as the command line gives them.
"""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromQuery, JSONBody

from truelift.api.door import Workspace
from truelift.api.requesting import PREFIX, Asking, Runner, Text, Word, bearer, plain
from truelift.base.errors import UsageError

Flag = FromQuery[bool]


class Decided(msgspec.Struct, forbid_unknown_fields=True):
    """A decision on a proposal: its id as GET gave it, and why."""

    proposal: str
    reason: str = ""


def decision_routes(
    writer: Workspace, reader: Workspace, *, writing: Runner[Any], reading: Runner[Any]
) -> list[Any]:
    """Make the routes."""
    return [*_reading(reader, reading), *_deciding(writer, writing)]


def _reading(workspace: Workspace, reading: Runner[Any]) -> list[Any]:
    @get(f"{PREFIX}/reallocation", summary="Where a campaign's money that can move brings most.")
    async def reallocation(  # noqa: PLR0917 - the query's fields
        request: Asking, campaign: Word, budget: Text = None, floor: Text = None, cap: Text = None,
        exclude: Text = None, exclusive: Text = None, explore: Text = None,
        spend_all: Flag = False,  # noqa: FBT002 - a word of the query, given by name
        as_of: Text = None, known_at: Text = None,
    ) -> Response[Any]:  # fmt: skip
        token = bearer(request)
        asked: dict[str, Any] = {
            "budget": budget,
            "floors": _amounts("floor", floor),
            "caps": _amounts("cap", cap),
            "exclude": _words(exclude),
            "exclusive": [each.replace(" ", "+") for each in _words(exclusive)],
            "explore": _share(explore),
            "spend_all": spend_all,
        }
        return plain(
            await reading(
                lambda: (
                    workspace.acting(token)
                    .reallocation(campaign, as_of=as_of, known_at=known_at, **asked)
                    .data
                )
            )
        )

    @get(f"{PREFIX}/reallocation/versions", summary="Budget versions that were accepted.")
    async def versions(request: Asking, campaign: Text = None) -> Response[Any]:
        token = bearer(request)
        return plain(await reading(lambda: workspace.acting(token).budget_versions(campaign).data))

    @get(f"{PREFIX}/reallocation/scorecard", summary="What was said, beside what is known now.")
    async def scorecard(
        request: Asking, campaign: Text = None, every: FromQuery[int] = 7, known_at: Text = None
    ) -> Response[Any]:
        token = bearer(request)
        return plain(
            await reading(
                lambda: (
                    workspace.acting(token).scorecard(campaign, every=every, known_at=known_at).data
                )
            )
        )

    @get(f"{PREFIX}/fee", summary="The highest fee worth paying each creator.")
    async def fee(
        request: Asking, campaign: Word, as_of: Text = None, known_at: Text = None
    ) -> Response[Any]:
        token = bearer(request)
        return plain(
            await reading(
                lambda: workspace.acting(token).fees(campaign, as_of=as_of, known_at=known_at).data
            )
        )

    return [reallocation, versions, scorecard, fee]


def _deciding(workspace: Workspace, writing: Runner[Any]) -> list[Any]:
    @post(
        f"{PREFIX}/reallocation/accept",
        status_code=200,
        summary="Accept a proposal; nothing is posted.",
    )
    async def accept(request: Asking, data: JSONBody[Decided]) -> Response[Any]:
        token = bearer(request)
        return plain(
            await writing(
                lambda: (
                    workspace.acting(token)
                    .accept_reallocation(data.proposal, reason=data.reason)
                    .data
                )
            )
        )

    @post(
        f"{PREFIX}/reallocation/reject",
        status_code=200,
        summary="Reject a proposal, with a reason.",
    )
    async def reject(request: Asking, data: JSONBody[Decided]) -> Response[Any]:
        token = bearer(request)
        return plain(
            await writing(
                lambda: (
                    workspace.acting(token)
                    .reject_reallocation(data.proposal, reason=data.reason)
                    .data
                )
            )
        )

    return [accept, reject]


def _words(text: str | None) -> list[str]:
    return [each for each in (text or "").split(",") if each]


def _amounts(option: str, text: str | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in _words(text):
        name, equals, amount = word.rpartition("=")
        if not (name and equals and amount):
            msg = f"{option}={word} is not creator=amount, such as ana=500.00."
            raise UsageError(msg)
        if name in found:
            msg = f"{option} names {name} twice ({found[name]} and {amount}); name it once."
            raise UsageError(msg)
        found[name] = amount
    return found


def _share(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        msg = f"explore={text} is no share; write one such as 0.03."
        raise UsageError(msg) from None
