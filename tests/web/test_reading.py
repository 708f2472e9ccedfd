import pytest

from truelift.base.errors import NotFound
from truelift.web.asked import Asked, BadParameter
from truelift.web.reading import KEPT, Reading
from truelift.workspace.result import Result


class Counted:
    """A workspace that counts how often it is asked."""

    simulated = None

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
