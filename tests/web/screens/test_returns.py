from dataclasses import replace

from truelift.web.asked import Asked
from truelift.web.desk import Desk
from truelift.web.reading import Reading
from truelift.web.screens.returns import campaign, placed


def test_a_chart_names_what_it_cannot_draw():
    rows = [
        {"campaign": "c", "creator": "ana", "incremental_roi": {
            "point": 0.1, "low": -0.1, "high": 0.3, "grade": "C"}},
        {"campaign": "c", "creator": "<bo>", "incremental_roi": {"withheld": "NO_COST"}},
    ]  # fmt: skip
    shown = str(placed(rows, "Return", {}))
    assert "<svg" in shown
    assert '<li>&lt;bo&gt;: <span class="why">no cost</span></li>' in shown
    assert "<svg" not in str(placed(rows[1:], "Return", {}))
    two = [{**rows[1], "campaign": name} for name in ("c", "d")]
    assert "<li>&lt;bo&gt; in d: " in str(placed(two, "Return", {}))


def test_a_bridge_is_only_shown_under_the_filters_it_has_itself(client):
    assert 'id="bridge"' in client.get("/campaign/summer?cost=paid&basis=event").text
    moved = client.get("/campaign/summer?basis=order").text
    assert 'id="bridge"' not in moved
    assert "without these filters" in moved


def test_the_campaign_page_ends_its_table_with_the_whole_campaign(client):
    shown = client.get("/campaign/summer").text
    assert "Whole campaign" in shown
    assert "Incremental ROI with 95% limits, creators of summer" in shown
    for name in ("roi", "to-date", "expected", "funnel", "bridge"):
        assert f'data-chart="/chart/{name}.json?' in shown


def test_the_campaign_page_shows_its_doubts_and_links_all_of_them(client):
    shown = client.get("/campaign/summer").text
    assert "Doubt: reasons not to trust the lift" in shown
    assert "The campaign has no control creators" not in shown.partition('id="doubt"')[0]
    assert 'href="/doubt?campaign=summer"' in shown
    assert 'href="/doubt.csv?campaign=summer"' in shown
    whole = client.get("/doubt?campaign=summer")
    assert whole.status_code == 200
    assert "&lt;script&gt;" in whole.text
    assert "One creator in 20 warns by chance" in whole.text


def test_doubt_names_the_field_that_is_missing_or_unknown(client):
    assert client.get("/doubt").status_code == 400
    assert client.get("/doubt?campaign=nowhere").status_code == 404
    assert client.get("/doubt?campaign=summer&metric=nothing").status_code == 400


def test_a_campaign_of_forty_creators_is_a_small_page(workspace, monkeypatch):
    desk = Desk(workspace, {})
    asked = Asked("/", {})
    result = desk.reading.roi(asked, "creator", "summer")
    row = next(row for row in result.rows if row["creator"] == "ana")
    names = [f"creator.number-{number:02}" for number in range(40)]
    rows = [
        row | {
            "creator": name,
            "figure_ids": {
                key: figure.replace("creator=ana", f"creator={name}")
                for key, figure in row["figure_ids"].items()
            },
        }
        for name in names
    ]  # fmt: skip
    many = replace(result, data=result.data | {"rows": rows})
    monkeypatch.setattr(Reading, "roi", lambda *_: many)
    answer = campaign(desk, asked, "summer", "")
    assert b"part 1 of 3" in answer.content
    assert len(answer.content) < 60_000


def test_a_campaign_is_had_on_paper_the_same_bytes_twice(client):
    first = client.get("/campaign/summer.pdf")
    assert first.status_code == 200
    assert first.headers["content-disposition"] == 'attachment; filename="summer.pdf"'
    assert first.content.startswith(b"%PDF")
    assert client.get("/campaign/summer.pdf").content == first.content
    assert client.get("/campaign/nowhere.pdf").status_code == 404
    assert client.get("/creator/ana.pdf").status_code == 404
    assert 'href="/campaign/summer.pdf"' in client.get("/campaign/summer").text
