"""Deeds: everything that can be done from a page, as a list of acts.

In:   what a form says.
Out:  calls of the workspace, with what is said before and afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from truelift.base.errors import UsageError
from truelift.web.acts import Act, Field, Given
from truelift.web.door import Result, Workspace
from truelift.web.work_deeds import WORK


def _of(name: str, *places: str, **named: str) -> Callable[[Workspace, Given], Result]:
    """Do a method of the workspace: fields by place, and fields by the name of a parameter."""

    def do(workspace: Workspace, given: Given) -> Result:
        told: Any = getattr(workspace, name)
        more = {key: given[each] for key, each in named.items() if given.get(each)}
        found: Result = told(*(given[each] for each in places), **more)
        return found

    return do


def _snooze(workspace: Workspace, given: Given) -> Result:
    told: Any = workspace
    try:
        days = float(given["days"])
    except ValueError:
        msg = f"{given['days']!r} is not a number of days; write one such as 3."
        raise UsageError(msg) from None
    found: Result = told.snooze_alert(given["alert"], days=days)
    return found


def _standing(result: Result) -> str:
    """Say what stands against a close that was prepared."""
    found = [each for each in result.data["checks"] if each["found"]]
    against = [each["sentence"] for each in found if each["severity"] == "blocks"]
    return f" It cannot be closed yet. {' '.join(against)}" if against else ""


_PERIOD, _ALERT = Field("period", hidden=True), Field("alert", hidden=True)
_PROPOSAL, _SUBJECT = Field("proposal", hidden=True), Field("subject", "Order, or code:NAME")

ACTS: Mapping[str, Act] = {
    each.name: each
    for each in (
        *WORK,
        Act(
            "prepare", "Prepare", "{period} is prepared; somebody else approves it.", (_PERIOD,),
            _of("close_prepare", "period"), "Books what is known and signs the period's checks.",
            _standing,
        ),
        Act(
            "approve", "Approve and close", "{period} is closed.", (_PERIOD,),
            _of("close_approve", "period"), "Locks the period; you are not who prepared it.",
        ),
        Act(
            "reopen", "Open again", "{period} is open again.",
            (_PERIOD, Field("reason", "Reason")), _of("close_reopen", "period", "reason"),
            "The last closed period only; the reason stays in the log.",
        ),
        Act(
            "acknowledge", "Acknowledge", "{period} stands in the general ledger as {document}.",
            (_PERIOD, Field("document", "Document in the general ledger")),
            _of("close_acknowledge", "period", "document"),
        ),
        Act(
            "accept", "Accept", "The proposal is accepted.",
            (_PROPOSAL, Field("reason", "Reason", needed=False)),
            _of("accept_reallocation", "proposal", reason="reason"),
            "It becomes the plan once enough people accepted it; nothing is posted.",
        ),
        Act(
            "reject", "Reject", "The proposal is rejected.", (_PROPOSAL, Field("reason", "Reason")),
            _of("reject_reallocation", "proposal", reason="reason"),
        ),
        Act(
            "own", "Give to somebody", "{owner} looks after {alert}.",
            (_ALERT, Field("owner", "Who looks after it")), _of("own_alert", "alert", "owner"),
        ),
        Act(
            "snooze", "Snooze", "{alert} is quiet for {days} days.",
            (_ALERT, Field("days", "Days")), _snooze,
        ),
        Act("close-alert", "Close", "{alert} is closed.", (_ALERT,), _of("close_alert", "alert")),
        Act(
            "hold", "Hold", "The payout of {subject} is held.",
            (_SUBJECT, Field("reason", "Reason")), _of("hold_payout", "subject", "reason"),
            "Stays accrued and leaves the payables until it is released.",
        ),
        Act(
            "release", "Release", "The payout of {subject} is released.",
            (_SUBJECT, Field("reason", "Reason")), _of("release_payout", "subject", "reason"),
            "Another person than who held it.",
        ),
        Act(
            "seal", "Seal baselines", "The baselines of {campaign} are sealed.",
            (Field("campaign", "Campaign"),), _of("seal", "campaign"),
            "Writes down what each creator does anyway, before the campaign begins.",
        ),
    )
}  # fmt: skip
