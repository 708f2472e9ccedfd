"""Discovery over HTTP: the calculator of engagement rates takes numbers in the query."""

import runpy
from pathlib import Path

HERE = runpy.run_path(str(Path(__file__).with_name("test_application.py")))
asked = HERE["asked"]


def test_the_calculator_takes_numbers_and_names_what_is_missing(asked):
    path = "engagement-rate/calculator"
    every = asked(f"{path}?followers=2000&likes=90&comments=10").json()["rows"]
    rates = {row["formula"]: row["rate"] for row in every}
    assert rates["by_followers_likes_and_comments"] == 0.05
    (one,) = asked(f"{path}?likes=1&rate_formula=by_views").json()["rows"]
    assert one["rate"] is None
    for wrong in ("", "?likes=-1", "?likes=nan", "?likes=many", "?likes=1&rate_formula=er"):
        assert asked(f"{path}{wrong}").status_code == 400, wrong
    assert asked(f"{path}?likes=1", who=None).status_code == 401
