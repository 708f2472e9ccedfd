"""Who may do what, as the tables of finance say it."""

from __future__ import annotations

import pytest

from truelift.catalog.permission import (
    EVERY_SCOPE,
    MEANS,
    NO_RIGHTS,
    OWNER_RIGHTS,
    READS,
    ROLES,
    SCOPES,
    Action,
    Rights,
    Role,
    Scope,
    same_person,
)

APART = [
    (Action.PREPARE_CLOSE, Action.APPROVE_CLOSE),
    (Action.SET_PAYEE, Action.APPROVE_PAYEE),
    (Action.SET_THRESHOLD, Action.APPROVE_CLOSE),
    (Action.MANAGE_USERS, Action.EXPORT),
    (Action.IMPORT, Action.APPROVE_CLOSE),
]


@pytest.mark.parametrize(("first", "second"), APART)
def test_no_role_holds_both_sides_of_a_control(first, second):
    assert not [role for role, actions in ROLES.items() if {first, second} <= actions]


def test_every_role_action_and_scope_is_told():
    assert set(ROLES) == set(Role)
    assert set(SCOPES) == set(Scope)
    assert set(MEANS) == set(Action)
    assert frozenset().union(*ROLES.values()) == frozenset(Action)
    assert frozenset().union(*SCOPES.values()) == frozenset(Action)


def test_an_auditor_changes_nothing_and_a_creator_reads_their_own():
    assert ROLES[Role.AUDITOR] <= READS
    assert Rights(frozenset({Role.CREATOR})).actions == {Action.READ_OWN}


def test_the_local_owner_may_do_everything_but_is_no_creator():
    assert OWNER_RIGHTS.actions == frozenset(Action) - {Action.READ_OWN}
    assert NO_RIGHTS.actions == frozenset()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("scope", Scope)
def test_a_token_never_gives_more_than_the_role(role, scope):
    narrowed = Rights(frozenset({role}), frozenset({scope}))
    assert narrowed.actions == ROLES[role] & SCOPES[scope]
    assert narrowed.actions <= Rights(frozenset({role}), EVERY_SCOPE).actions


def test_a_refusal_says_what_is_missing():
    approver = frozenset({Role.APPROVER})
    assert Rights(approver).refusal("kim", Action.APPROVE_CLOSE) is None
    assert Rights(approver, frozenset({Scope.READ})).refusal("kim", Action.APPROVE_CLOSE) == (
        "This token of kim may not approve a close that somebody else prepared; "
        "it needs one of scope approve."
    )
    assert Rights(approver).refusal("kim", Action.IMPORT) == (
        "kim may not import files here; that takes the role of marketer or preparer."
    )


def test_capitals_make_no_second_person():
    assert same_person("Kim", " kim ")
    assert not same_person("kim", "tim")
