"""A query that asks what a route does not answer is refused by every route, in one place."""

import contextlib
import runpy
from pathlib import Path

import pytest

from truelift.api import application as api
from truelift.api.requesting import PREFIX

HERE = runpy.run_path(str(Path(__file__).with_name("test_application.py")))


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        yield HERE["asking"](stack, tmp_path_factory.mktemp("asked"))


def paths(method):
    made = api.application(None, None, writing=None, reading=None)
    for route in made.routes:
        if route.path.startswith(PREFIX) and method in route.methods:
            yield route.path_format.removeprefix(f"{PREFIX}/").replace("{name}", "x")


def test_a_word_that_no_route_takes_is_named_with_those_it_takes(asked):
    for path in paths("GET"):
        answer = asked(f"{path}?campagin=spring")
        assert (answer.status_code, answer.headers["content-type"]) == (
            400, "application/problem+json",
        ), path  # fmt: skip
        (error,) = answer.json()["errors"]
        assert error["field"] == "campagin"
        assert "it takes" in error["detail"]
    told = asked("pacing?campagin=spring").json()["detail"]
    assert told.endswith("it takes campaign, as_of, known_at.")
    assert asked("freshness?x=").json()["detail"].endswith("it takes none.")


def test_what_acts_refuses_unknown_words_too(asked):
    for path in paths("POST"):
        assert asked(f"{path}?force=1", []).status_code == 400, path


@pytest.mark.parametrize("query", ["campaign=a&campaign=b", "as_of=2026-05-01&as_of="])
def test_a_word_that_is_given_twice_is_refused(asked, query):
    answer = asked(f"pacing?{query}")
    assert answer.status_code == 400
    assert "more than once" in answer.json()["detail"]


def test_who_says_nothing_is_told_no_words(asked):
    assert asked("pacing?x=1", who=None).status_code == 401
    assert asked("../schema?x=1", who=None).status_code == 200
