"""Every page of decisions answers, says what is missing, and has the command line's rows."""

import csv
import html
import io
import json
import re

import pytest

from truelift.cli.main import run
from truelift.web.questions import FIRST, QUESTIONS

NAMED = {"campaign": "summer"}


def path_of(name):
    return f"/{name}?campaign=summer" if QUESTIONS[name].needs else f"/{name}"


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_page_answers_and_leads_to_the_others(client, name):
    answer = client.get(path_of(name))
    assert answer.status_code == 200, answer.text
    assert QUESTIONS[name].note in html.unescape(answer.text)
    for other, question in QUESTIONS.items():
        if question.group == QUESTIONS[name].group:
            assert f'href="/{other}"' in answer.text
    assert f'href="{FIRST[QUESTIONS[name].group]}" aria-current="page"' in answer.text
    assert len(answer.content) < 60_000


@pytest.mark.parametrize("name", [name for name, each in QUESTIONS.items() if each.needs])
def test_one_that_needs_a_campaign_asks_which(client, name):
    answer = client.get(f"/{name}")
    assert answer.status_code == 200
    assert "Which campaign?" in answer.text
    assert f'href="/{name}?campaign=summer"' in answer.text
    assert client.get(f"/{name}?campaign=gone").status_code == 404


@pytest.mark.parametrize("name", QUESTIONS)
def test_its_csv_is_the_table_on_the_page_and_its_json_the_answer(client, name):
    separator = "&" if "?" in path_of(name) else "?"
    base, _, query = path_of(name).partition("?")
    told = client.get(f"{base}.csv?{query}")
    assert told.status_code == 200
    names, *rows = list(csv.reader(io.StringIO(told.text))) or [[]]
    page = client.get(path_of(name)).text
    heads = re.findall(r'<th[^>]*scope="col"[^>]*><a[^>]*>([^<]*)</a>', page)
    assert [each.strip() for each in heads] == [
        each.replace("_", " ") for each in (names if rows else ())
    ]
    assert client.get(f"{base}.json?{query}").json()["brand"]
    assert client.get(f"{path_of(name)}{separator}sort=gone").status_code == (400 if names else 200)


def test_alerts_are_open_ones_unless_all_are_asked_for(client, folder, capsys):
    assert run(["alerts", "-w", str(folder), "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    everything = client.get("/alerts.json?state=all").json()["rows"]
    assert [row["id"] for row in everything] == [row["id"] for row in rows]
    assert client.get("/alerts?state=some").status_code == 400


def test_what_cannot_be_read_is_told_with_its_field(client):
    answer = client.get("/reallocation?campaign=summer&budget=much")
    assert answer.status_code == 400
    assert "is not an amount" in answer.text
