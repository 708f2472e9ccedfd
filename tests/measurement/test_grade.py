from __future__ import annotations

import pytest

from truelift.base.estimate import Grade
from truelift.measurement.grade import evidence_grade


@pytest.mark.parametrize(
    ("evidence", "grade"),
    [
        ({"sealed": False}, "D"),
        ({"sealed": False, "controls": True}, "D"),
        ({"sealed": True}, "C"),
        ({"sealed": True, "controls": True}, "B"),
        ({"sealed": True, "preregistered": True}, "B"),
        ({"sealed": True, "controls": True, "late": True}, "C"),
        ({"sealed": False, "experiment": Grade.B}, "B"),
        ({"sealed": True, "controls": True, "late": True, "experiment": Grade.A}, "A"),
        ({"sealed": True, "controls": True, "experiment": Grade.B}, "B"),
    ],
)
def test_the_grade_is_the_best_that_the_evidence_allows(evidence, grade):
    assert evidence_grade(**evidence) == grade
