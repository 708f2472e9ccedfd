"""Money moved while a campaign runs, as a buyer meets it: from who sells anyway to who sells more.

Before the launch Vera's evergreen code brought six orders a day, Will's one every two days and
Ana's one a day. Each order is worth 60.00 after its goods. Two weeks into spring Vera still brings
six a day: her tracked ROI is well above zero, and next to nothing of it is extra. Will brings three
a day, Ana two. Half of each agreement is live; the rest can be cancelled until 05-20.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import replace

import pytest

from truelift.base.errors import NotFound, Refused, UsageError
from truelift.catalog.permission import EVERY_SCOPE, Rights, Role
from truelift.operations.approvals import set_threshold
from truelift.operations.candidates import Candidates
from truelift.operations.knowledge import knowledge
from truelift.operations.reallocation import ReallocationRequest
from truelift.operations.reallocation import advised as advice_on
from truelift.store import journal
from truelift.workspace.workspace import Workspace

BEFORE = dt.datetime(2026, 4, 30, 20)
FIFTEENTH = dt.datetime(2026, 5, 15, 20)
HOUR = dt.timedelta(hours=1)
AFTER = dt.datetime(2026, 6, 2, 20)

CAST = """
campaigns
campaign | goal  | starts | ends  | budget  | currency
spring   | sales | 05-01  | 05-31 | 9000.00 | USD
autumn   | sales | 09-01  | 09-30 | 9000.00 | USD
quiet    | sales | 05-01  | 05-31 |         | USD

codes
code    | creator | campaign | kind
VERA    | vera    |          | evergreen
WILL    | will    |          | evergreen
ANA     | ana     |          | evergreen
VERA-26 | vera    | spring   | creator
WILL-26 | will    | spring   | creator
ANA-26  | ana     | spring   | creator
DEE-26  | dee     | spring   | creator
BEA-26  | bea     | spring   | creator

agreements
agreement | campaign | creator | fee     | currency | signed_on | cancellable_until | cancel_fee
v         | spring   | vera    | 4000.00 | USD      | 04-01     | 05-20             | 150.00
w         | spring   | will    | 1200.00 | USD      | 04-01     | 05-20             |
a         | spring   | ana     | 1600.00 | USD      | 04-01     | 05-20             | 100.00
d         | spring   | dee     | 300.00  | USD      | 04-01     | 05-20             |

agreements ...
kind
deliverables
deliverables
deliverables
deliverables

deliverables
deliverable | agreement | price   | live_at
v1          | v         | 2000.00 | @05-01
v2          | v         | 2000.00 |
w1          | w         | 600.00  | @05-01
w2          | w         | 600.00  |
a1          | a         | 800.00  | @05-01
a2          | a         | 800.00  |
d1          | d         | 300.00  |
"""


def orders(first, days, **daily):
    """Write orders of codes: so many a day each (a half: every other day)."""
    rows = ["orders", "order_id | ordered_at | currency | subtotal | cogs | code"]
    start = dt.datetime.fromisoformat(f"2026-{first}T01:00:00")
    for code, rate in daily.items():
        name = code.replace("_", "-")
        for number in range(int(rate * days)):
            at = start + dt.timedelta(days=number / rate)
            rows.append(
                f"{name}-{first}-{number} | {at.isoformat()} | USD | 100.00 | 40.00 | {name}"
            )
    return "\n" + "\n".join(rows) + "\n"


HISTORY = orders("03-02", 60, VERA=6, WILL=0.5, ANA=1)
FIRST_HALF = orders("05-01", 15, VERA_26=6, WILL_26=3, ANA_26=2)
SECOND_HALF = orders("05-16", 17, VERA_26=5.8, WILL_26=3.2, ANA_26=2)


def spring(told):
    """Play the campaign up to its fifteenth day."""
    told.given(CAST + HISTORY, at=BEFORE)
    told.sealed(BEFORE)
    return told.given(FIRST_HALF, at=FIFTEENTH)


@pytest.fixture(scope="module")
def running(workspace_in, tmp_path_factory):
    """The campaign on its fifteenth day, which tests only read."""
    with contextlib.ExitStack() as stack:
        yield spring(workspace_in(stack, tmp_path_factory.mktemp("spring")))


@pytest.fixture(scope="module")
def advised(running):
    return running.ws.reallocation("spring")


def people(told, name, *roles):
    """Give the workspace as somebody else has it."""
    return Workspace(
        replace(told.ground, person=name, rights=Rights(frozenset(roles), EVERY_SCOPE))
    )


def test_money_moves_from_who_sells_anyway_to_who_sells_more(advised):
    proposal = advised.data["proposal"]
    rows = {row["creator"]: row for row in advised.rows}
    assert proposal["recommended"]
    assert rows["vera"]["roi"] > 0 > rows["vera"]["incremental_roi"]
    assert rows["vera"]["change"] == -200_000
    assert rows["vera"]["cancel_fee"] == proposal["switching_cost"] == 15_000
    assert rows["will"]["change"] > 0
    assert rows["dee"]["change"] == 0
    assert rows["dee"]["why"] == "Stays as it is: nothing is live yet, so nothing was measured."
    assert proposal["sentence"].startswith(
        "Cancel 1 of vera (2000.00 USD less 150.00 USD) and buy "
    )
    assert "would come anyway (80 %); incremental ROI " in proposal["sentence"]
    assert proposal["gain"] > proposal["gain_sd"] > 0
    assert proposal["regret"] < 0.16
    spent = sum(row["change"] for row in advised.rows)
    assert spent + proposal["switching_cost"] + proposal["unspent"] == advised.data["uncommitted"]


def test_a_proposal_explains_itself_by_its_id_with_the_same_figures(running, advised):
    proposal = advised.data["proposal"]
    told = running.ws.explain(proposal["id"])
    assert told["value"] == proposal
    assert told["inputs"]["creators"] == advised.rows


def test_who_accepts_makes_a_budget_version_above_the_threshold_two_people_do(told):
    spring(told)
    set_threshold(told.ground, 100_000)
    proposal, entries = told.ws.reallocation("spring").data["proposal"]["id"], _entries(told)
    (row,) = told.ws.accept_reallocation(proposal, reason="seen with Kim").rows
    assert row["state"] == "awaiting approval"
    assert told.ws.budget_versions().rows == []
    with pytest.raises(Refused, match="another person"):
        told.ws.accept_reallocation(proposal)
    with pytest.raises(Refused, match="may not accept or reject"):
        people(told, "audrey", Role.AUDITOR).accept_reallocation(proposal)
    (row,) = people(told, "kim", Role.MARKETER).accept_reallocation(proposal).rows
    assert (row["state"], row["version"]) == ("accepted", 1)
    assert _entries(told) == entries
    (version,) = told.ws.budget_versions("spring").rows
    amounts = {each["creator"]: each["amount"] for each in version["creators"]}
    assert amounts["vera"] == 200_000
    assert version["approved_by"] == ["ana.controller", "kim"]
    with pytest.raises(Refused, match="accepted by kim already"):
        told.ws.reject_reallocation(proposal, reason="changed my mind")
    with pytest.raises(Refused, match="on the same facts was accepted by kim"):
        told.ws.accept_reallocation(_id_at(proposal, "explore=0.01"))


def test_an_accepted_version_is_what_the_next_proposal_and_pacing_start_from(told):
    spring(told)
    first = told.ws.reallocation("spring", budget="9900.00")
    before = {row["creator"]: row for row in first.rows}
    told.clock.at = FIFTEENTH + HOUR
    people(told, "kim", Role.MARKETER).accept_reallocation(first.data["proposal"]["id"])
    (version,) = told.ws.budget_versions("spring").rows
    second = told.ws.reallocation("spring")
    rows = {row["creator"]: row for row in second.rows}
    assert {name: (rows[name]["to_come"], rows[name]["amount_before"]) for name in rows} == {
        name: (row["proposed"], row["amount_after"]) for name, row in before.items()
    }
    assert rows["vera"]["change"] == 0
    assert (second.data["budget"], second.data["budget_version"]) == (990_000, 1)
    assert second.data["uncommitted"] == first.data["proposal"]["unspent"]
    paced = {row["metric"]: row for row in told.ws.pacing("spring").rows}
    assert paced["budget"]["budget"] == version["budget"] == 990_000
    (budget,) = [row for row in told.ws.report("budget").rows if row["campaign"] == "spring"]
    assert (budget["budget"], budget["version"]) == (990_000, 1)
    assert (budget["imported"], budget["accepted_by"]) == (version["imported_budget"], "kim")
    terms = "deliverables\ndeliverable | agreement | price | live_at\nv3 | v | 100.00 |\n"
    told.given(terms, at=FIFTEENTH + 3 * HOUR)
    third = {row["creator"]: row for row in told.ws.reallocation("spring").rows}
    assert (third["vera"]["to_come"], third["will"]["to_come"]) == (2, rows["will"]["to_come"])


def test_on_a_stopped_clock_what_was_accepted_is_in_force_at_once_everywhere(told):
    spring(told)
    first = told.ws.reallocation("spring", budget="9900.00").data["proposal"]
    told.ws.accept_reallocation(first["id"])
    again = told.ws.reallocation("spring")
    assert (again.data["budget"], again.data["budget_version"]) == (990_000, 1)
    assert again.data["uncommitted"] == first["unspent"]
    assert {row["creator"]: row["to_come"] for row in again.rows}["vera"] == 0
    paced = {row["metric"]: row for row in told.ws.pacing("spring").rows}
    (shown,) = [row for row in told.ws.report("budget").rows if row["campaign"] == "spring"]
    assert paced["budget"]["budget"] == shown["budget"] == 990_000
    assert told.ws.explain(first["id"])["value"] == first
    with pytest.raises(Refused, match=r"accepted by ana\.controller already"):
        told.ws.accept_reallocation(first["id"])


@pytest.mark.soak
def test_the_regret_log_says_afterwards_that_it_was_right(told):
    spring(told)
    advised = told.ws.reallocation("spring").data["proposal"]
    told.ws.reject_reallocation(advised["id"], reason="the client likes Vera")
    told.given(SECOND_HALF, at=AFTER)
    card = told.ws.scorecard("spring", every=15)
    scored = [row for row in card.rows if row["kind"] == "advice"]
    assert [row["state"] for row in scored] == ["rejected"]
    for row in scored:
        assert row["held"]
        assert row["said"] == advised["gain"]
        assert row["outcome"] > 0
        assert row["regret"] == row["outcome"]
        assert row["moves"]["vera"] < 0 < row["moves"]["will"]
        assert "that was right; rejected, regret " in row["why"]
    tally = {each["kind"]: each for each in card.data["tallies"]}
    assert tally["advice"] == {
        "kind": "advice", "count": 1, "held": 1, "share": 1.0, "regret": scored[0]["regret"],
    }  # fmt: skip
    assert tally["limits"]["held"] == tally["limits"]["count"] == 3
    assert "1 of 1 pieces of advice" in card.data["sentence"]
    late = told.ws.reallocation("spring", as_of="2026-05-25")
    firm = {row["creator"]: row["firm"] for row in late.rows if row["live"]}
    assert firm == {"ana": 1, "vera": 1, "will": 1}
    assert all(row["change"] >= 0 for row in late.rows)
    with pytest.raises(Refused, match=r"As of .* vera has 1 deliverables that can no longer be"):
        told.ws.accept_reallocation(_id_at(advised["id"], "explore=0.01"))
    assert told.ws.reallocation("spring").data["proposal"]["withheld"] == "NOTHING_TO_MOVE"


def test_what_a_person_lays_down_holds_or_is_named_where_it_contradicts(running):
    def asked(**laid_down):
        return running.ws.reallocation("spring", **laid_down)

    told = asked(floors={"vera": "9000"}, caps={"vera": "8000"}).data["proposal"]
    assert told["withheld"] == "CONTRADICTION"
    assert told["sentence"] == "The floor of vera (9000.00 USD) is above the cap (8000.00 USD)."
    told = asked(caps={"dee": "3000"}).data["proposal"]["detail"]
    assert told.startswith(
        "dee has a floor or a cap, but its money stays as it is: nothing is live"
    )
    kept = asked(floors={"vera": "4000"}, exclusive=["will+ana"], budget="12000.00")
    assert {row["creator"]: row["change"] for row in kept.rows}["vera"] == 0
    with pytest.raises(NotFound, match="There is no creator 'zed' in spring"):
        asked(exclude=["zed"])
    for wrong in ({"budget": "much"}, {"explore": 2.0}, {"exclusive": ["ana"]},
                  {"exclusive": ["ana+ana"]}, {"budget": "-5"}):  # fmt: skip
        with pytest.raises(UsageError):
            asked(**wrong)


def test_a_budget_below_what_is_bound_is_named_and_one_that_is_overdrawn_is_closed_first(running):
    told = running.ws.reallocation("spring", budget="5000").data["proposal"]
    assert told["withheld"] == "CONTRADICTION"
    assert told["sentence"].startswith(
        "The budget (5000.00 USD) is below what is bound (7100.00 USD: 7100.00 USD signed, 0.00 "
        "USD commission earned); name 7100.00 USD or more with `--budget`"
    )
    with pytest.raises(UsageError, match="There is nothing to accept: The budget"):
        running.ws.accept_reallocation(told["id"])
    found = Candidates(knowledge(running.ground), "spring")
    found.budget = 6_500_00
    short = advice_on(found, ReallocationRequest("spring"))
    assert (short.gap, short.uncommitted) == (600_00, -600_00)
    named = advice_on(found, ReallocationRequest("spring", budget=7_100_00))
    assert named.gap == 0


def test_without_a_budget_or_before_the_launch_there_is_a_reason_and_no_number(running):
    autumn = running.ws.reallocation("autumn").data["proposal"]
    assert autumn["withheld"] == "NOT_OBSERVED"
    quiet = running.ws.reallocation("quiet").data["proposal"]
    assert quiet["withheld"] == "NO_BUDGET"
    assert "name what there is with --budget" in quiet["sentence"]
    alone = running.ws.reallocation("quiet", budget="500.00").data["proposal"]
    assert alone["withheld"] == "ONE_CREATOR"
    with pytest.raises(NotFound, match="There is no campaign 'winter'"):
        running.ws.reallocation("winter")


def test_the_highest_fee_worth_paying_is_what_is_extra_not_what_is_tracked(running):
    rows = {row["creator"]: row for row in running.ws.fees("spring").rows}
    assert rows["will"]["fee_50"] > rows["will"]["fee_80"] > rows["will"]["agreed"]
    assert rows["vera"]["fee_50"] < rows["vera"]["agreed"]
    assert rows["vera"]["headroom_50"] < 0
    assert "four in five" in rows["will"]["why"]
    assert rows["dee"]["withheld"]
    assert rows["dee"]["fee_50"] is None


def test_ids_that_are_none_are_refused(running, advised):
    for wrong in ("reallocation;campaign=spring", "roi;campaign=spring;known_at=x",
                  "reallocation;campaign=spring;known_at=yesterday"):  # fmt: skip
        with pytest.raises(UsageError, match="is no proposal"):
            running.ws.accept_reallocation(wrong)
    with pytest.raises(UsageError, match="Say why"):
        running.ws.reject_reallocation(advised.data["proposal"]["id"], reason=" ")


def _id_at(proposal, more):
    """Give the id of another proposal of the same time."""
    name, *words = proposal.split(";")
    return ";".join([name, *sorted([*words, more])])


def _entries(told):
    with told.ground.workspace.transaction() as connection:
        return len(list(journal.entries(connection, told.ground.brand.brand)))
