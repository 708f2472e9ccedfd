"""Leaks over HTTP: the command line's JSON, and holds that are kept, appealed and released."""

import runpy
from pathlib import Path

HERE = runpy.run_path(str(Path(__file__).with_name("test_alerts.py")))
filled = HERE["filled"]


def test_leaks_are_asked_by_code_and_by_order(filled):
    (code,) = filled("leaks").json()["rows"]
    assert (code["code"], code["leaked"], code["leaks"]) == ("ANA", 0, False)
    (order,) = filled("leaks?by=order").json()["rows"]
    assert order["verdict"] == "valid"
    wrong = filled("leaks?by=creator")
    assert wrong.status_code == 400
    assert filled("leaks/clicks?creator=ana").json()["rows"] == []
    assert filled("leaks/held").json()["rows"] == []


def test_what_is_held_is_appealed_and_released_once(filled):
    subject = "ANA"
    held = {"subject": subject, "reason": "not ours"}
    assert filled("leaks/release", held, who="pat").status_code == 400
    for _ in range(2):
        row = filled("leaks/hold", held, who="pat").json()["rows"][0]
        assert (row["state"], row["reason"], row["decided_by"]) == ("held", "not ours", "pat")
    appeal = {"subject": subject, "says": "it was me"}
    for _ in range(2):
        row = filled("leaks/appeal", appeal, who="pat").json()["rows"][0]
        assert (row["state"], row["appeal"]) == ("held", "it was me")
    assert filled("leaks/release", held, who="pat").status_code == 403  # who held it
    assert filled("leaks/release", held, who="lee").json()["rows"][0]["state"] == "released"
    again = filled("leaks/release", held, who="lee")
    assert again.status_code == 400
    assert "is not held" in again.json()["detail"]


def test_who_may_not_is_refused_and_a_body_that_is_off_is_named(filled):
    held = {"subject": "ANA", "reason": "x"}
    for path in ("hold", "release"):
        assert filled(f"leaks/{path}", held).status_code == 403
        assert filled(f"leaks/{path}", held | {"why": "x"}, who="pat").status_code == 400
        assert filled(f"leaks/{path}", {"subject": "ANA"}, who="pat").status_code == 400
    assert filled("leaks/appeal", {"subject": "ANA", "says": "x"}).status_code == 403
    assert filled("leaks/hold", held | {"subject": "none"}, who="pat").status_code == 404
    assert filled("leaks/hold", held | {"reason": " "}, who="pat").status_code == 400
    assert filled("leaks/clicks", who=None).status_code == 401
