"""Controls that share an audience with the treated are named; chance alone names few."""

import numpy as np

from truelift.measurement.checks.finding import Verdict
from truelift.measurement.checks.spill_over import Audiences, Tie, audience_ties, spill_over

CONTROLS = [f"control-{number}" for number in range(6)]
TREATED = [f"treated-{number}" for number in range(5)]


def audiences(random, size=60, people=2000):
    return {
        name: {str(person) for person in random.choice(people, size, replace=False)}
        for name in CONTROLS + TREATED
    }


def counted(people):
    """Count what sets of people hold, and share."""
    common = {
        (one, other): len(people[one] & people[other])
        for one in people
        for other in people
        if one != other and people[one] & people[other]
    }
    everybody = len(set().union(*people.values()))
    return Audiences(everybody, {name: len(found) for name, found in people.items()}, common)


def test_audiences_drawn_apart_are_tied_in_few_campaigns():
    random = np.random.default_rng(14)
    tied = [bool(audience_ties(counted(audiences(random)), CONTROLS, TREATED)) for _ in range(400)]
    assert np.mean(tied) <= 0.06


def test_a_shared_audience_is_found_and_named():
    random = np.random.default_rng(15)
    found = 0
    for _ in range(50):
        people = audiences(random)
        people["control-0"] = set(list(people["treated-0"])[:15]) | set(
            list(people["control-0"])[:45]
        )
        ties = audience_ties(counted(people), CONTROLS, TREATED)
        found += ("control-0", "treated-0") in {(tie.control, tie.treated) for tie in ties}
    assert found == 50
    told = spill_over(CONTROLS, ties)
    assert told.verdict is Verdict.WARNS
    assert "control-0 with treated-0" in told.sentence
    assert "customers in common" in told.sentence


def test_somebody_without_any_audience_is_tied_to_nobody():
    assert audience_ties(counted({}), CONTROLS, TREATED) == []


def test_no_tie_passes_and_no_controls_are_not_checked():
    assert spill_over(CONTROLS, []).verdict is Verdict.PASSES
    assert spill_over([], []).verdict is Verdict.NOT_RUN


def test_when_every_control_is_tied_it_fails_and_a_long_list_is_cut():
    ties = [Tie(name, "ana", "post together", 2) for name in CONTROLS]
    ties.append(Tie(CONTROLS[0], "ana", "mention", 1))
    told = spill_over(CONTROLS, ties)
    assert told.verdict is Verdict.FAILS
    assert "and 2 more" in told.sentence
    assert "control-0 with ana (1 mention)" in told.sentence
    assert "0 untied controls would be left" in told.action


def test_enough_controls_left_need_no_word_on_it():
    many = [f"c{number}" for number in range(9)]
    told = spill_over(many, [Tie("c0", "ana", "mention", 4)])
    assert told.action == "Take these creators out of the control set."
