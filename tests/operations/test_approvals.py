"""Up to the threshold one yes is enough, above it two, and each is another person's."""

from __future__ import annotations

import pytest

from truelift.base.errors import Refused, UsageError
from truelift.catalog.permission import Action, Role
from truelift.operations import approvals

CLOSE = {"content": "a" * 64, "prepared_by": "pat"}


def approve(ground, amount=0, **other):
    return approvals.approve(
        ground, Action.APPROVE_CLOSE, "close/2026-05", amount_minor=amount, **CLOSE | other
    )


@pytest.fixture
def kim(acting):
    return acting("kim", Role.APPROVER)


@pytest.fixture
def limit(acting):
    return lambda amount: approvals.set_threshold(acting("ada", Role.ADMIN), amount)


@pytest.mark.parametrize(("amount", "needed"), [(500_000, 1), (500_001, 2), (-500_001, 2), (0, 1)])
def test_the_threshold_decides_how_many(kim, limit, amount, needed):
    limit(500_000)
    assert approvals.threshold(kim) == 500_000
    standing = approve(kim, amount)
    assert (standing.needed, standing.given) == (needed, ("kim",))
    assert standing.complete is (needed == 1)


def test_the_second_yes_is_another_persons(kim, acting, limit):
    limit(0)
    approve(kim, 1)
    with pytest.raises(Refused, match="kim prepared an approval"):
        approve(acting("KIM", Role.APPROVER), 1)
    assert approve(acting("lee", Role.APPROVER), 1).complete
    assert approvals.standing(kim, "close/2026-05", content="a" * 64, amount_minor=1).complete


def test_nobody_approves_what_they_prepared_and_nobody_without_the_role(kim, acting):
    with pytest.raises(Refused, match="kim prepared close/2026-05"):
        approve(kim, prepared_by="kim")
    with pytest.raises(Refused, match="takes the role of approver"):
        approve(acting("ada", Role.ADMIN))


def test_what_is_prepared_anew_is_approved_anew(kim):
    approve(kim)
    assert not approvals.standing(kim, "close/2026-05", content="b" * 64).complete
    assert approve(kim, content="b" * 64).complete


def test_who_approves_does_not_move_the_limit(kim, limit):
    with pytest.raises(Refused, match="takes the role of admin"):
        approvals.set_threshold(kim, 10**12)
    with pytest.raises(UsageError, match="is none"):
        limit(-1)
    limit(5)
    limit(None)
    assert approvals.threshold(kim) is None
