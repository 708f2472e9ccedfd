import csv
import datetime as dt
import io
from itertools import pairwise

import pytest

from truelift.web.screens.drawn import AFTER_DAYS, CHARTS, MOST_LOOKS, look_days

D = dt.date.fromisoformat
CAMPAIGN = "?campaign=summer"
QUERIES = {
    "roi": "?by=creator&campaign=summer", "ageing": "", "calibration": "", "said": "",
    "beside": "?creators=ana",
}  # fmt: skip


@pytest.mark.parametrize("name", CHARTS)
def test_the_table_of_a_chart_is_what_is_drawn(client, name):
    query = QUERIES.get(name, CAMPAIGN)
    spec = client.get(f"/chart/{name}.json{query}").json()
    drawn = spec["data"]["values"]
    lines = list(csv.DictReader(io.StringIO(client.get(f"/chart/{name}.csv{query}").text)))
    assert len(lines) == len(drawn)
    page = client.get(f"/chart/{name}{query}")
    assert page.status_code == 200
    assert ("data-chart" in page.text) is bool(drawn)
    if not drawn:
        assert spec["usermeta"]["empty"].split(":")[0] in page.text


@pytest.mark.parametrize("name", CHARTS)
def test_the_table_of_a_chart_sorts(client, name):
    query = QUERIES.get(name, CAMPAIGN)
    first = client.get(f"/chart/{name}.csv{query}").text.splitlines()[0].partition(",")[0]
    sort = f"{query}{'&' if query else '?'}sort={first}&columns={first}"
    assert client.get(f"/chart/{name}{sort}").status_code == 200


def test_the_return_of_creators_is_drawn_with_their_limits(client):
    spec = client.get("/chart/roi.json?by=creator&campaign=summer").json()
    rows = client.get("/campaign/summer.json").json()["rows"]
    known = {
        row["creator"]: row["incremental_roi"] for row in rows if "point" in row["incremental_roi"]
    }
    assert {row["name"]: row["low"] for row in spec["data"]["values"]} == {
        name: each["low"] for name, each in known.items()
    }
    assert known


def test_return_to_date_ends_with_what_the_report_says_now(client):
    spec = client.get("/chart/to-date.json?campaign=summer").json()
    now = client.get("/roi.json?by=campaign&campaign=summer").json()
    values = spec["data"]["values"]
    assert values[-1]["tracked_roi"] == now["rows"][0]["roi"]
    assert "pending" not in spec["usermeta"]
    days = [row["day"] for row in values]
    assert days == sorted(days)
    assert len(days) > 1
    past = client.get(f"/roi.json?by=campaign&campaign=summer&as_of={days[0]}").json()["rows"]
    assert values[0]["tracked_roi"] == past[0]["roi"]


def test_a_chart_of_no_campaign_says_so(client):
    assert client.get("/chart/funnel.json").status_code == 400
    assert client.get("/chart/funnel.json?campaign=nowhere").status_code == 404
    assert client.get("/chart/nothing.json").status_code == 404
    assert client.get("/chart/ageing.json?campaign=summer").status_code == 400


def test_a_campaign_that_only_costs_name_has_no_weeks():
    assert look_days(None, D("2026-05-20")) == []


def test_weeks_are_looked_at_from_the_start_until_some_time_after_the_end():
    flight = (D("2026-05-01"), D("2026-05-31"))
    assert look_days(flight, D("2026-05-06")) == []
    assert look_days(flight, D("2026-05-20")) == [D("2026-05-07"), D("2026-05-14")]
    late = look_days(flight, D("2027-05-01"))
    assert late[-1] <= D("2026-05-31") + dt.timedelta(days=AFTER_DAYS)
    year = look_days((D("2026-01-01"), D("2026-12-31")), D("2026-12-31"))
    assert 6 < len(year) <= MOST_LOOKS
    assert len({after - before for before, after in pairwise(year)}) == 1


def test_a_campaigns_row_has_a_small_line_of_its_days(client):
    shown = client.get("/").text
    assert 'src="/spark?campaign=summer"' in shown
    assert 'alt="Orders or leads of summer by day"' in shown
    assert "/spark" not in client.get("/?by=creator").text
    line = client.get("/spark?campaign=summer")
    assert line.headers["content-type"] == "image/svg+xml"
    assert line.headers["cache-control"] == "private, max-age=60"
    counts = [row["count"] for row in client.get("/spark.json?campaign=summer").json()["rows"]]
    orders = client.get("/roi.json?by=campaign&campaign=summer").json()["rows"][0]["outputs"]
    assert sum(counts) == orders["orders"]
    drawn = client.get("/chart/days.csv?campaign=summer").text
    assert client.get("/spark.csv?campaign=summer").text == drawn
