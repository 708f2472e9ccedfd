"""The evidence grade of a figure, by its own outcome.

In:   which evidence there is: experiment, controls, sealed baseline, whether it was late.
Out:  A, B, C or D (the rules are the function's). D means tracked only: incremental is withheld.
"""

from __future__ import annotations

from truelift.base.estimate import Grade


def evidence_grade(
    *,
    sealed: bool,
    late: bool = False,
    controls: bool = False,
    preregistered: bool = False,
    experiment: Grade | None = None,
) -> Grade:
    """Give the best grade that the evidence on this outcome allows.

    sealed: a baseline of this outcome is sealed. late: sealed after the creator's first sponsored
    post, code use or boost; what rests on it is then at best C. controls: concurrent control
    creators took the calendar out. preregistered: a counterfactual registered before launch.
    experiment: the grade an experiment on this outcome carries (A in this campaign, B carried
    over); it does not rest on the baseline, so lateness does not touch it.
    """
    grades = [Grade.D]
    if sealed:
        grades.append(Grade.C)
        if (controls or preregistered) and not late:
            grades.append(Grade.B)
    if experiment is not None:
        grades.append(experiment)
    return min(grades)
