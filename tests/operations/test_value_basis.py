"""The value basis of campaigns as known: decisions of every door count the same money."""

from __future__ import annotations

from truelift.decisions.value_basis import Counted
from truelift.operations.candidates import Candidates
from truelift.operations.forecast import ForecastRequest, forecast
from truelift.operations.knowledge import knowledge
from truelift.operations.panels import Panels
from truelift.operations.value_basis import basis_of, other_basis_of


def test_each_goal_has_its_basis_and_all_decisions_the_same(season):
    panels = Panels(knowledge(season.ground))
    found = {name: basis_of(panels, name) for name in ("spring", "signup", "glow")}
    assert [basis.counted for basis in found.values()] == [
        Counted.ORDERS, Counted.OPEN_LEADS, Counted.OUTPUTS,
    ]  # fmt: skip
    assert found["signup"].schedule is not None
    assert other_basis_of(panels, "signup") is None
    assert Candidates(panels.known, "signup").basis == found["signup"]
    told = forecast(season.ground, ForecastRequest(campaign="signup"))
    assert {row.value_basis for row in told} == {found["signup"].words}
