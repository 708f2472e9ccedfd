def test_places_are_told_and_found_by_name(client):
    told = client.get("/palette.json").json()
    names = {(row["kind"], row["name"]) for row in told["rows"]}
    assert {("page", "Trial balance"), ("campaign", "summer"), ("creator", "ana")} <= names
    assert told["more"] == 0
    assert told["go"]["l"] == "/ledger"
    found = client.get("/palette.json", params={"search": "summ"}).json()["rows"]
    assert found[0] == {"kind": "campaign", "name": "summer", "href": "/campaign/summer"}
    assert client.get("/palette.csv?search=summ").text.splitlines()[1].startswith("campaign,summer")


def test_without_a_script_places_and_keys_are_pages(client):
    page = client.get("/palette").text
    assert 'href="/campaign/summer">summer</a> (campaign)' in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>" not in page
    keys = client.get("/keys").text
    assert "<kbd>j and k</kbd>" in keys
    assert client.get("/keys.csv").text.startswith("key,what")
    assert {"key": "g then c", "what": "Go to Close"} in client.get("/keys.json").json()["rows"]


def test_of_many_places_those_that_fit_are_told(client, monkeypatch):
    monkeypatch.setattr("truelift.web.screens.finding.MOST", 3)
    assert client.get("/palette.json").json()["more"] > 10
    assert "more; search for a part" in client.get("/palette").text
