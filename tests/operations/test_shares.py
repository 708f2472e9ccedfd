"""Who may share makes links; a link opens what its policy says until it is revoked or over."""

from __future__ import annotations

import pytest

from truelift.base.errors import NotAdmitted, NotFound, Refused, TooManyTries, UsageError
from truelift.base.secret import Secret
from truelift.catalog.permission import ROLES, Action, Role
from truelift.operations import shares as operations
from truelift.operations.admission import TRIES
from truelift.operations.shares import Visits, revoke_share, share_page, shares

WORD = Secret("a passphrase of ours")


@pytest.fixture
def hashed(monkeypatch):
    monkeypatch.setattr(
        operations, "password_matches", lambda word, kept: kept == f"hash of {word.reveal()}"
    )
    monkeypatch.setattr(operations, "password_hash", lambda word: f"hash of {word.reveal()}")


@pytest.mark.parametrize("role", Role)
def test_each_role_shares_exactly_when_the_table_says(acting, role):
    ground = acting("kim", role)
    if Action.SHARE in ROLES[role]:
        assert share_page(ground, "/roi", {})
        assert len(shares(ground)) == 1
    else:
        for act in (
            lambda: share_page(ground, "/roi", {}), lambda: shares(ground),
            lambda: revoke_share(ground, "x"),
        ):  # fmt: skip
            with pytest.raises(Refused, match="kim may not"):
                act()


def test_a_link_is_dead_at_the_next_request_after_it_is_revoked(told, logged):
    text = share_page(told.ground, "/roi", {"campaign": "spring"}, may_export=True, days=3)
    visits = Visits(told.ground)
    policy = visits.visit(text, None)
    assert (policy.page, dict(policy.fixed)) == ("/roi", {"campaign": "spring"})
    assert (policy.may_export, policy.may_change_dates) == (True, False)
    visits.visit(text, None)
    (row,) = shares(told.ground)
    assert (row["visits"], row["state"], row["fixed"]) == (2, "open", "campaign=spring")
    with pytest.raises(NotFound, match="no link 'x'"):
        revoke_share(told.ground, "x")
    revoke_share(told.ground, row["share"])
    with pytest.raises(NotFound, match=r"^Nothing matches the given URI\.$"):
        visits.visit(text, None)
    assert shares(told.ground)[0]["state"] == "revoked"
    assert [line[1:3] for line in logged() if line[3] == "done"] == [
        ("share", "page /roi, fixed campaign=spring, days 3"),
        ("share", f"share_id {row['share']}"),
    ]
    assert text.reveal() not in str(logged())


@pytest.mark.parametrize("days", [0, 367])
def test_a_link_ends_within_a_year(told, days):
    with pytest.raises(UsageError, match="between 1 and 366 days"):
        share_page(told.ground, "/roi", {}, days=days)


@pytest.mark.usefixtures("hashed")
def test_a_passphrase_is_asked_of_each_browser_and_few_wrong_ones_are_heard(told):
    text = share_page(told.ground, "/roi", {}, passphrase=WORD)
    other = share_page(told.ground, "/bridge", {}, passphrase=WORD)
    now = [0.0]
    visits = Visits(told.ground, tick=lambda: now[0])
    for key in (None, "", "x"):
        with pytest.raises(NotAdmitted, match="guarded by a passphrase"):
            visits.visit(text, key)
    key = visits.unlock(text, WORD).reveal()
    assert visits.visit(text, key).page == "/roi"
    with pytest.raises(NotAdmitted):  # a key opens its own link only
        visits.visit(other, key)
    now[0] += operations.OPENED_SECONDS
    with pytest.raises(NotAdmitted):
        visits.visit(text, key)
    for _ in range(TRIES):
        with pytest.raises(NotAdmitted, match="This is not the passphrase"):
            visits.unlock(text, Secret("wrong"))
    with pytest.raises(TooManyTries):
        visits.unlock(text, WORD)
    with pytest.raises(NotFound):
        visits.unlock(Secret("share_x_y"), WORD)
