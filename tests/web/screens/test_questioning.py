"""What a page of decisions says around its table."""

from truelift.web.screens.questioning import about, sentences


def test_an_alert_is_named_by_its_rule_and_whom_it_is_about():
    alert = {"id": "a1", "rule": "budget_gone", "creator": "ana"}
    assert about(alert) == "Decide about a1: budget gone of ana"
    assert about(alert | {"creator": None}) == "Decide about a1: budget gone"


def test_an_answer_says_as_a_whole_what_is_a_sentence():
    told = {"proposal": {"sentence": "Move it."}, "beside": "Held.", "discoveries": {"count": 3}}
    assert sentences(told) == ["Move it.", "Held."]
    assert sentences({}) == []


def test_a_page_that_needs_a_campaign_asks_for_it_first(client):
    assert "Which campaign?" in client.get("/fees").text
