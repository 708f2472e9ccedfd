import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest

from truelift.base.errors import NotFound, UsageError
from truelift.web.asked import Asked, BadParameter
from truelift.web.questions import Question
from truelift.web.reading import KEPT, LOOK_SECONDS, Reading
from truelift.workspace.result import Result


class Counted:
    """A workspace that counts how often it is asked."""

    simulated = None
    version, settled, served = "a.0", 0, True

    def __init__(self):
        self.asked = []

    def roi(self, **given):
        self.asked.append(given)
        rows = [{"campaign": "a"}, {"campaign": None}]
        wanted = given.get("campaign")
        return Result({"rows": [row for row in rows if wanted in {None, row["campaign"]}]}, None)


def test_the_same_question_is_answered_once_until_facts_change():
    workspace = Counted()
    reading = Reading(workspace)
    for _ in range(3):
        reading.roi(Asked("/", {"cost": "paid"}), "campaign")
    assert len(workspace.asked) == 1
    reading.forget()
    reading.roi(Asked("/", {"cost": "paid"}), "campaign")
    assert len(workspace.asked) == 2


def test_while_facts_come_in_a_slow_answer_stands_for_a_while_and_says_its_version():
    workspace, now = Counted(), [0.0]

    def tick():
        now[0] += 1.0  # each answer takes a second
        return now[0]

    reading = Reading(workspace, tick)
    asked = Asked("/", {})
    reading.roi(asked, "campaign")
    workspace.version = "a.1"
    reading.roi(asked, "campaign")
    assert (len(workspace.asked), reading.told) == (1, "a.0")
    now[0] += 9
    reading.roi(asked, "campaign")
    assert (len(workspace.asked), reading.told) == (2, "a.1")
    workspace.version, workspace.settled = "a.2", 1  # a person did something
    reading.roi(asked, "campaign")
    assert (len(workspace.asked), reading.told) == (3, "a.2")
    workspace.served = False
    assert reading.told is None


def renewed(seconds=1.0):
    """Give a workspace, a reading of it, its clock, and what waits to be done beside it."""
    workspace, now, waiting = Counted(), [0.0], []

    def tick():
        now[0] += seconds / 2
        return now[0]

    return workspace, Reading(workspace, tick, waiting.append), now, waiting


def test_an_old_answer_is_given_at_once_and_made_again_beside_it():
    workspace, reading, now, waiting = renewed()
    asked, beside = Asked("/", {}), Counted()
    reading.roi(asked, "campaign")
    workspace.version = beside.version = "a.1"
    now[0] += 9
    for _ in range(3):
        reading.roi(asked, "campaign")
        assert reading.told == "a.0"
    assert len(waiting) == 1  # once, however many ask
    waiting.pop()(beside)
    reading.roi(asked, "campaign")
    assert (len(workspace.asked), len(beside.asked), reading.told) == (1, 1, "a.1")
    workspace.version, workspace.settled = "a.2", 1  # a person did something
    reading.roi(asked, "campaign")
    assert (len(workspace.asked), reading.told, waiting) == (2, "a.2", [])


def test_an_answer_that_cannot_be_made_again_is_asked_for_anew():
    workspace, reading, now, waiting = renewed()
    reading.roi(Asked("/", {}), "campaign")
    workspace.version = "a.1"
    now[0] += 9
    reading.roi(Asked("/", {}), "campaign")
    with pytest.raises(AttributeError):
        waiting.pop()(SimpleNamespace(version="a.1", settled=0))
    reading.roi(Asked("/", {}), "campaign")
    assert (len(workspace.asked), reading.told) == (2, "a.0")


def test_only_so_many_answers_are_kept():
    workspace = Counted()
    reading = Reading(workspace)
    for number in range(KEPT + 5):
        reading.roi(Asked("/", {"as_of": str(number)}), "campaign")
    assert len(reading._kept) == KEPT
    reading.roi(Asked("/", {"as_of": str(KEPT + 4)}), "campaign")
    assert len(workspace.asked) == KEPT + 5


def test_a_campaign_that_nothing_names_is_not_found():
    reading = Reading(Counted())
    assert reading.campaigns() == ["a"]
    assert reading.whole(Asked("/", {}), "a") == {"campaign": "a"}
    with pytest.raises(NotFound, match="There is no campaign 'b'"):
        reading.roi(Asked("/", {}), "creator", "b")


def test_a_metric_that_is_none_is_named(workspace):
    with pytest.raises(BadParameter) as refused:
        Reading(workspace).roi(Asked("/", {"metric": "joy"}), "campaign")
    assert refused.value.field == "metric"


class Later:
    """What makes answers beside the requests: it waits until it is told to."""

    def __init__(self):
        self.waiting = []

    def __call__(self, work):
        self.waiting.append(work)

    def do(self, workspace):
        while self.waiting:
            self.waiting.pop(0)(workspace)


def test_looks_back_are_made_one_after_the_other_beside_the_requests():
    workspace, later, now = Counted(), Later(), [0.0]
    reading = Reading(workspace, lambda: now[0], later)
    asked, days = Asked("/", {"cost": "paid"}), ["2026-05-07", "2026-05-14"]
    for found in range(2):
        for _ in range(2):  # asked again while one is being made: nothing is made twice
            looks, pending = reading.looks(asked, "a", days)
            assert (len(looks), pending, len(later.waiting)) == (found, 2 - found, 1)
        later.do(workspace)
    assert reading.looks(asked, "a", days) == ({day: {"campaign": "a"} for day in days}, 0)
    assert [each["as_of"] for each in workspace.asked] == days
    workspace.version = "a.1"  # what comes in by itself is of today
    assert reading.looks(asked, "a", days)[1] == 0
    now[0] += LOOK_SECONDS
    assert reading.looks(asked, "a", days)[1] == 2
    later.do(workspace)
    workspace.settled = 1  # a person did something
    assert reading.looks(asked, "a", days)[1] == 2


def test_a_look_that_fails_is_tried_again():
    workspace, later = Counted(), Later()
    reading = Reading(workspace, renew=later)
    reading.looks(Asked("/", {}), "a", ["2026-05-07"])
    with pytest.raises(AttributeError):
        later.do(SimpleNamespace(version="a.0", settled=0))
    assert reading.looks(Asked("/", {}), "a", ["2026-05-07"]) == ({}, 1)
    later.do(workspace)
    assert reading.looks(Asked("/", {}), "a", ["2026-05-07"])[1] == 0


def test_only_so_many_looks_are_kept(monkeypatch):
    monkeypatch.setattr("truelift.web.reading.LOOKS", 2)
    workspace = Counted()
    reading = Reading(workspace)
    for day in ("2026-05-07", "2026-05-08", "2026-05-09", "2026-05-09", "2026-05-07"):
        assert reading.looks(Asked("/", {}), "nowhere", [day]) == ({day: None}, 0)
    assert len(workspace.asked) == 4


def test_where_a_look_takes_too_long_no_others_are_made():
    workspace, later, now = Counted(), Later(), [0.0]

    def tick():
        now[0] += 70.0
        return now[0]

    reading = Reading(workspace, tick, later)
    days = ["2026-05-07", "2026-05-14"]
    assert reading.looks(Asked("/", {}), "a", days) == ({}, 2)
    later.do(workspace)
    assert reading.looks(Asked("/", {}), "a", days) == ({"2026-05-07": {"campaign": "a"}}, 0)
    assert later.waiting == []


SLOW = Question("Slow", "", (), (), lambda workspace, _given: workspace.roi(by="campaign"))


def test_what_takes_long_is_made_beside_the_requests_and_asked_for_again():
    workspace, later = Counted(), Later()
    reading = Reading(workspace, renew=later)
    assert not reading.ready("slow", SLOW, {})
    assert not reading.ready("slow", SLOW, {})  # once is enough
    assert len(later.waiting) == 1
    later.do(workspace)
    assert reading.ready("slow", SLOW, {})
    assert Reading(workspace).ready("slow", SLOW, {})
    workspace.settled = 1  # a person did something
    assert not reading.ready("slow", SLOW, {})


def test_what_goes_wrong_beside_the_requests_is_told_to_who_asks_next():
    def refuses(*_given):
        msg = "There is no such campaign."
        raise UsageError(msg)

    workspace, later = Counted(), Later()
    reading = Reading(workspace, renew=later)
    wrong = replace(SLOW, ask=refuses)
    assert not reading.ready("wrong", wrong, {})
    later.do(workspace)
    with pytest.raises(UsageError, match="no such campaign"):
        reading.ready("wrong", wrong, {})
    assert not reading.ready("wrong", wrong, {})


def test_what_the_first_page_shows_is_read_before_anybody_asks():
    workspace, later = Counted(), Later()
    reading = Reading(workspace, renew=later)
    reading.warm()
    reading.warm()
    assert len(later.waiting) == 2
    Reading(workspace).warm()


def test_who_asks_for_what_is_being_made_waits_for_it():
    workspace, later = Counted(), Later()
    reading = Reading(workspace, renew=later)
    reading.warm()
    threading.Timer(0.1, later.do, [workspace]).start()
    reading.roi(Asked("/", {}), "campaign")
    assert [each["by"] for each in workspace.asked].count("campaign") == 1
