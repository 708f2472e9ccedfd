"""A creator's statement is about them alone: what they are owed, and their rows."""

from __future__ import annotations

import pytest

from truelift.base.errors import NotFound, Refused
from truelift.catalog.permission import Role
from truelift.operations.own_statement import PARTS, own_statement

PLAY = """
agreements
agreement | campaign | creator | fee    | currency | signed_on
a-1       | spring   | ana     | 300.00 | USD      | 04-01
b-1       | spring   | bo      | 999.00 | USD      | 04-01

campaigns
campaign | goal  | starts | ends  | currency
spring   | sales | 05-01  | 05-31 | USD

deliverables
deliverable | agreement | price  | live_at
d-ana       | a-1       | 300.00 | @05-02
d-bo        | b-1       | 999.00 | @05-02

costs
document | state    | date  | agreement | type | amount | currency | settles
i-ana    | invoiced | 05-10 | a-1       | fee  | 300.00 | USD      |
p-ana    | paid     | 05-20 | a-1       | fee  | 120.00 | USD      | i-ana
i-bo     | invoiced | 05-10 | b-1       | fee  | 999.00 | USD      |
"""


def test_what_is_owed_is_what_the_books_say_and_nobody_elses(told, acting):
    told.given(PLAY)
    ground = acting("ana.login", Role.CREATOR, creator="ana")
    rows, decimals = own_statement(ground, "payable")
    assert [(row["agreement"], row["open"], row["currency"]) for row in rows] == [
        ("a-1", "180.00", "USD")
    ]
    assert decimals == {"open"}
    seen = str([own_statement(ground, part) for part in PARTS])
    for hidden in ("999", "b-1", "d-bo", "i-bo"):
        assert hidden not in seen
    with pytest.raises(NotFound, match="no part 'creators'"):
        own_statement(ground, "creators")


def test_who_is_no_creator_has_no_statement(told, acting):
    for role in (Role.ADMIN, Role.MARKETER):
        with pytest.raises(Refused, match="takes the role of creator"):
            own_statement(acting("kim", role), "payable")
    nobody = acting("x", Role.CREATOR, creator="unheard-of")
    assert own_statement(nobody, "payable")[0] == []
    assert own_statement(acting("x", Role.CREATOR), "payable")[0] == []
    both = acting("kim", Role.CREATOR, Role.ADMIN, creator="ana")
    told.given(PLAY)
    assert "b-1" not in str(own_statement(both, "agreements"))
