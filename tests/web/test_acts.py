"""What a form does is done once; what is refused is told beside it, with what was written."""

import re
from types import SimpleNamespace

import pytest

from truelift.base.errors import Refused
from truelift.web import acts
from truelift.web.acts import ACTS, KEPT, LONGEST, Forms, Outcome, said


class Deeds:
    """A workspace that notes what it was asked to do."""

    def __init__(self, *, refuses="", checks=()):
        self.done, self.refuses, self.checks = [], refuses, checks

    def __getattr__(self, name):
        def do(*given, **named):
            if self.refuses:
                raise Refused(self.refuses)
            self.done.append((name, given, named))
            return SimpleNamespace(data={"checks": self.checks})

        return do


FILLED = {
    "period": "2026-05", "reason": "late refund", "document": "JE-1", "proposal": "p1",
    "alert": "a1", "owner": "kim", "days": "3", "subject": "code:ANA", "campaign": "summer",
}  # fmt: skip


@pytest.mark.parametrize("name", ACTS)
def test_every_act_asks_the_workspace_once(name):
    forms, workspace = Forms(), Deeds()
    given = FILLED | {"once": "x"}
    first = forms.do(workspace, name, given)
    assert not first.refused, first
    assert forms.do(workspace, name, given) is first
    assert len(workspace.done) == 1
    assert forms.known("x") is first
    assert forms.known("y") is None


def test_what_a_form_says_goes_where_the_workspace_takes_it():
    forms, workspace = Forms(), Deeds()
    forms.do(workspace, "accept", {"proposal": "p1", "reason": ""})
    forms.do(workspace, "reject", {"proposal": "p1", "reason": "no"})
    forms.do(workspace, "snooze", {"alert": "a1", "days": "1.5"})
    assert workspace.done == [
        ("accept_reallocation", ("p1",), {}),
        ("reject_reallocation", ("p1",), {"reason": "no"}),
        ("snooze_alert", ("a1",), {"days": 1.5}),
    ]


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("reopen", {"period": "2026-05"}, "Reason is missing"),
        ("reopen", {"period": "2026-05", "reason": "x" * (LONGEST + 1)}, "longer than 2,000"),
        ("approve", {}, "period is missing"),
        ("snooze", {"alert": "a", "days": "some"}, "not a number of days"),
    ],
)
def test_a_field_that_is_missing_or_off_is_named_and_nothing_is_done(name, given, words):
    workspace = Deeds()
    outcome = Forms().do(workspace, name, given)
    assert outcome.refused
    assert words in outcome.sentence
    assert workspace.done == []


def test_a_refusal_gives_back_what_was_written_and_may_be_tried_again():
    forms = Forms()
    given = {"period": "2026-05", "reason": "a <late> refund", "once": "x"}
    last = forms.do(Deeds(refuses="Kim prepared it."), "reopen", given)
    assert last.refused
    page = str(forms.form("reopen", "/close", {"period": "2026-05"}, last))
    assert "Kim prepared it." in page
    assert 'value="a &lt;late&gt; refund"' in page
    assert 'aria-invalid="true"' in page
    elsewhere = str(forms.form("reopen", "/close", {"period": "2026-06"}, last))
    assert "Kim prepared it." not in elsewhere
    assert not forms.do(Deeds(), "reopen", given).refused
    folded = str(forms.folded("Steps", ("reopen",), "/close", {"period": "2026-05"}, last))
    assert "open>" in folded
    assert "open>" not in str(forms.folded("Steps", ("reopen",), "/close", {}, None))


def test_each_form_has_a_word_of_its_own_and_old_answers_are_forgotten(monkeypatch):
    forms = Forms()
    words = {
        re.search('name="once" value="([^"]+)"', str(forms.form("seal", "/")))[1] for _ in "ab"
    }
    assert len(words) == 2
    monkeypatch.setattr(acts, "KEPT", 2)
    for once in "abc":
        forms.do(Deeds(), "seal", {"campaign": "x", "once": once})
    assert [once for once in "abc" if forms.known(once)] == ["b", "c"]
    assert KEPT > 100


def test_what_became_of_it_is_said_where_people_and_readers_notice():
    assert said(None) is None
    assert 'role="alert"' in str(said(Outcome("seal", "No.", {}, refused=True)))
    assert 'role="status"' in str(said(Outcome("seal", "Done.", {})))


def test_a_period_that_is_prepared_says_what_stands_against_its_close():
    checks = [
        {"found": 1, "severity": "blocks", "sentence": "A rate is missing."},
        {"found": 2, "severity": "warns", "sentence": "Two invoices wait."},
        {"found": 0, "severity": "blocks", "sentence": "All is booked."},
    ]
    told = Forms().do(Deeds(checks=checks), "prepare", {"period": "2026-05"}).sentence
    assert told.startswith("2026-05 is prepared; somebody else approves it.")
    assert told.endswith("It cannot be closed yet. A rate is missing.")
