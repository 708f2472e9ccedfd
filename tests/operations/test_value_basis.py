"""The value basis of campaigns as known: decisions of every door count the same money."""

from __future__ import annotations

from truelift.decisions.value_basis import Beside, Counted
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


def test_orders_beside_the_goal_are_told_in_every_decision(read_only):
    story = read_only(BESIDE)
    rows = {row.creator: row for row in forecast(story.ground, ForecastRequest(campaign="signup"))}
    assert rows[None].beside == rows["ana"].beside == Beside(6000, "orders", "USD")
    told = story.ws.forecast("signup").rows[0]
    assert told["beside"]["contribution"] == 6000
    assert told["why"].endswith("see `truelift roi`.")
    fees = story.ws.fees("signup")
    assert fees.data["beside"]["sentence"] in fees.table.note
    assert story.ws.reallocation("signup").data["beside"]["of"] == "orders"


BESIDE = """
campaigns
campaign | goal  | starts | ends  | currency
signup   | leads | 05-01  | 05-31 | USD

codes
code   | creator | campaign | kind
ANA-SU | ana     | signup   | creator

agreements
agreement | campaign | creator | fee    | currency | signed_on
a         | signup   | ana     | 100.00 | USD      | 04-01

posts
platform  | post_id | creator | published_at | campaign
instagram | p1      | ana     | @05-02       | signup

leads
lead_id | created_at | code   | stage
l1      | @05-08     | ANA-SU | lead

orders
order_id | ordered_at | code   | currency | subtotal | cogs
o1       | @05-09     | ANA-SU | USD      | 100.00   | 40.00
"""
