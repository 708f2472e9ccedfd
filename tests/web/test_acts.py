"""What a form does is done once; what is refused is told beside it, with what was written."""

import re

import pytest

from truelift.web import acts
from truelift.web.acts import KEPT, LONGEST, Forms, Outcome, said
from truelift.web.deeds import ACTS


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("reopen", {"period": "2026-05"}, "Reason is missing"),
        ("reopen", {"period": "2026-05", "reason": "x" * (LONGEST + 1)}, "longer than 2,000"),
        ("approve", {}, "period is missing"),
        ("snooze", {"alert": "a", "days": "some"}, "not a number of days"),
    ],
)
def test_a_field_that_is_missing_or_off_is_named_and_nothing_is_done(name, given, words, deeds):
    workspace = deeds()
    outcome = Forms(ACTS).do(workspace, name, given)
    assert outcome.refused
    assert words in outcome.sentence
    assert workspace.done == []


def test_a_refusal_gives_back_what_was_written_and_may_be_tried_again(deeds):
    forms = Forms(ACTS)
    given = {"period": "2026-05", "reason": "a <late> refund", "once": "x"}
    last = forms.do(deeds(refuses="Kim prepared it."), "reopen", given)
    assert last.refused
    page = str(forms.form("reopen", "/close", {"period": "2026-05"}, last))
    assert "Kim prepared it." in page
    assert 'value="a &lt;late&gt; refund"' in page
    assert 'aria-invalid="true"' in page
    elsewhere = str(forms.form("reopen", "/close", {"period": "2026-06"}, last))
    assert "Kim prepared it." not in elsewhere
    assert not forms.do(deeds(), "reopen", given).refused
    folded = str(forms.folded("Steps", ("reopen",), "/close", {"period": "2026-05"}, last))
    assert "open>" in folded
    assert "open>" not in str(forms.folded("Steps", ("reopen",), "/close", {}, None))


def test_each_form_has_a_word_of_its_own_and_old_answers_are_forgotten(monkeypatch, deeds):
    forms = Forms(ACTS)
    words = {
        re.search('name="once" value="([^"]+)"', str(forms.form("seal", "/")))[1] for _ in "ab"
    }
    assert len(words) == 2
    monkeypatch.setattr(acts, "KEPT", 2)
    for once in "abc":
        forms.do(deeds(), "seal", {"campaign": "x", "once": once})
    assert [once for once in "abc" if forms.known(once)] == ["b", "c"]
    assert KEPT > 100


def test_what_became_of_it_is_said_where_people_and_readers_notice():
    assert said(None) is None
    assert 'role="alert"' in str(said(Outcome("seal", "No.", {}, refused=True)))
    assert 'role="status"' in str(said(Outcome("seal", "Done.", {})))
