"""The four states of cost are never one word, and each report is a link away."""

import csv
import io


def test_the_states_stand_apart_above_the_budgets(client):
    shown = client.get("/spend").text
    for words in ("Committed, USD", "Accrued, USD", "Invoiced, USD", "Paid, USD"):
        assert words in shown
    assert "Nothing can be cancelled any more." in shown
    assert 'href="/report/accruals"' in shown
    assert 'href="/report/accruals?campaign=summer"' in client.get("/spend?campaign=summer").text


def test_its_csv_is_its_table(client):
    rows = list(csv.DictReader(io.StringIO(client.get("/spend.csv").text)))
    assert {"glow", "summer"} <= {row["campaign"] for row in rows}
    assert "forecast" not in rows[0]
