"""Every act calls the workspace as its door takes it."""

import pytest

from truelift.web.acts import Forms
from truelift.web.deeds import ACTS

FILLED = {
    "period": "2026-05", "reason": "late refund", "document": "JE-1", "proposal": "p1",
    "alert": "a1", "owner": "kim", "days": "3", "subject": "code:ANA", "campaign": "summer",
}  # fmt: skip


@pytest.mark.parametrize("name", ACTS)
def test_every_act_asks_the_workspace_once(name, deeds):
    forms, workspace = Forms(ACTS), deeds()
    needed = {each.name: "x" for each in ACTS[name].fields if each.needed}
    given = needed | FILLED | {"once": "x"}
    first = forms.do(workspace, name, given)
    assert not first.refused, first
    assert forms.do(workspace, name, given) is first
    assert len(workspace.done) == 1
    assert forms.known("x") is first
    assert forms.known("y") is None


def test_what_a_form_says_goes_where_the_workspace_takes_it(deeds):
    forms, workspace = Forms(ACTS), deeds()
    forms.do(workspace, "accept", {"proposal": "p1", "reason": ""})
    forms.do(workspace, "reject", {"proposal": "p1", "reason": "no"})
    forms.do(workspace, "snooze", {"alert": "a1", "days": "1.5"})
    assert workspace.done == [
        ("accept_reallocation", ("p1",), {}),
        ("reject_reallocation", ("p1",), {"reason": "no"}),
        ("snooze_alert", ("a1",), {"days": 1.5}),
    ]


def test_a_period_that_is_prepared_says_what_stands_against_its_close(deeds):
    checks = [
        {"found": 1, "severity": "blocks", "sentence": "A rate is missing."},
        {"found": 2, "severity": "warns", "sentence": "Two invoices wait."},
        {"found": 0, "severity": "blocks", "sentence": "All is booked."},
    ]
    told = Forms(ACTS).do(deeds(checks=checks), "prepare", {"period": "2026-05"}).sentence
    assert told.startswith("2026-05 is prepared; somebody else approves it.")
    assert told.endswith("It cannot be closed yet. A rate is missing.")
