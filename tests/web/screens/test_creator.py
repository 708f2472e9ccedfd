"""A creator's page holds what is known about one creator, and nothing about others."""

from urllib.parse import quote

from truelift.web.screens.creator import share_text


def test_a_creator_has_a_page_with_returns_money_and_codes(client):
    shown = client.get("/creator/ana").text
    for words in ("Agreements and what is left of them", "Owed and not paid", "ANA10", "glow"):
        assert words in shown
    assert "EVE" not in shown
    assert client.get("/creator/ana.json").json()["rows"][0]["creator"] == "ana"
    assert client.get("/creator/ana.csv").text.startswith("campaign,creator")


def test_names_that_are_markup_or_formulas_have_pages_too(client):
    for name in ("<script>alert(1)</script>", "=cmd"):
        answer = client.get(f"/creator/{quote(name, safe='')}")
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text


def test_a_name_that_nothing_names_is_not_found(client):
    assert client.get("/creator/nobody").status_code == 404
    assert client.get("/creator/").status_code == 404


def test_a_rate_below_a_tenth_has_a_decimal():
    assert (share_text(0.061), share_text(0.31)) == ("6.1%", "31%")
