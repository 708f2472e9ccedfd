"""Every stored row can be looked at, narrowed, and taken away."""

import csv
import io

from truelift.facts.kinds import KINDS
from truelift.reports.statement import STATEMENTS
from truelift.web.questions import QUESTIONS
from truelift.web.screens.exploring import REPORTS, SETTINGS


def test_rows_of_a_kind_are_narrowed_by_what_a_column_holds(client):
    rows = list(csv.DictReader(io.StringIO(
        client.get("/explore.csv?kind=orders&column=code&holds=ana10").text
    )))  # fmt: skip
    assert {row["code"] for row in rows} == {"ANA10"}
    shown = client.get("/explore?kind=orders&column=code&holds=nobody").text
    assert "No row has" in shown
    assert client.get("/explore.json?kind=codes").json()["rows"]


def test_what_is_asked_for_has_to_be_there(client):
    assert client.get("/explore?kind=gossip").status_code == 400
    assert client.get("/explore?column=gossip&holds=x").status_code == 400


def test_every_report_and_question_is_named_with_what_it_answers(client):
    shown = client.get("/reports").text
    assert set(REPORTS) == set(STATEMENTS)
    for name in REPORTS:
        assert f'href="/report/{name}"' in shown
    for name in QUESTIONS:
        assert f'href="/{name}"' in shown
    assert client.get("/reports.csv").text.startswith("report,answers,address")
    assert client.get("/reports.json").json()["rows"]


def test_settings_are_the_policy_and_what_figures_are_valued_by(client):
    shown = client.get("/settings").text
    assert "Policy of the books" in shown
    assert "0.5" in shown
    assert set(SETTINGS) <= set(KINDS)
    assert client.get("/settings.csv").text
    assert client.get("/settings.json").json()["rows"]
