"""A creator sees their own agreements, work, codes and invoices, and nothing of anybody else."""

from __future__ import annotations

import pytest

from truelift.base.errors import NotFound, Refused
from truelift.catalog.permission import Role
from truelift.facts.kinds import KINDS
from truelift.operations.own_rows import COLUMNS, own_rows
from truelift.workspace.workspace import Workspace

PLAY = """
agreements
agreement | campaign | creator | fee    | currency | signed_on | agency | agency_fee
a-1       | spring   | ana     | 300.00 | USD      | 04-01     | Acme   | 77.77
b-1       | spring   | bo      | 999.00 | USD      | 04-01     |        |

campaigns
campaign | goal  | starts | ends  | currency | budget
spring   | sales | 05-01  | 05-31 | USD      | 8888.00

deliverables
deliverable | agreement | price
d-ana       | a-1       | 300.00
d-bo        | b-1       | 999.00

codes
code | creator | campaign
ANA  | ana     | spring
BO   | bo      | spring

costs
document | state    | date  | agreement | type   | amount | currency | counterparty
i-ana    | invoiced | 05-10 | a-1       | fee    | 300.00 | USD      | Ana Garcia
i-bo     | invoiced | 05-10 | b-1       | fee    | 999.00 | USD      |
tool     | invoiced | 05-10 |           | agency | 50.00  | USD      |
"""


@pytest.fixture
def ana(told, acting):
    told.given(PLAY)
    return Workspace(acting("ana.login", Role.CREATOR, creator="ana"))


def test_their_own_rows_and_columns_only(ana):
    seen = "".join(str(ana.list(kind).rows) for kind in COLUMNS)
    assert "300.00" in seen
    for hidden in ("999.00", "b-1", "d-bo", "i-bo", "BO", "tool", "77.77", "Garcia", "8888"):
        assert hidden not in seen
    assert [row["deliverable"] for row in ana.list("deliverables").rows] == ["d-ana"]
    assert [row["document"] for row in ana.list("costs").rows] == ["i-ana"]
    assert ana.list("codes", limit=0).rows == []


def test_other_kinds_are_not_theirs(ana):
    for kind in sorted(set(KINDS) - set(COLUMNS)):
        with pytest.raises(NotFound, match="nothing of yours"):
            ana.list(kind)


def test_no_report_is_open_to_a_creator(ana):
    for ask in (ana.roi, ana.bridge, ana.trial_balance, ana.journal, ana.attribute, ana.evidence):
        with pytest.raises(Refused, match=r"ana\.login may not read figures"):
            ask()


def test_every_column_they_see_is_one_of_the_kind():
    for kind, names in COLUMNS.items():
        assert set(names) <= set(KINDS[kind].names)
        assert not set(names) & {"margin_rate", "agency_fee", "counterparty", "fair_value"}
    with pytest.raises(NotFound):
        own_rows("codes", None, lambda _kind: [])
