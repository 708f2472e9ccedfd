"""Permission: who may do what. One table of roles, one of scopes; nothing else decides.

In:   the roles a person has at a brand, and the scopes of the token they came with.
Out:  the actions they may take, and a sentence for each they may not.

What a role may not do is as deliberate as what it may: whoever prepares a close does not approve
it, whoever manages people does not touch the books, and whoever approves does not move the limit
above which a second approval is needed. Holding both roles does not help: people are compared too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """Something that a person does in a workspace."""

    READ = "read"
    READ_OWN = "read_own"
    READ_AUDIT = "read_audit"
    IMPORT = "import"
    BOOK = "book"
    SEAL = "seal"
    ADD_EVIDENCE = "add_evidence"
    PREPARE_CLOSE = "prepare_close"
    APPROVE_CLOSE = "approve_close"
    REOPEN_CLOSE = "reopen_close"
    EXPORT = "export"
    SET_POLICY = "set_policy"
    SET_MAPPING = "set_mapping"
    SET_THRESHOLD = "set_threshold"
    SET_BUDGET = "set_budget"
    SET_PAYEE = "set_payee"
    APPROVE_PAYEE = "approve_payee"
    HOLD_PAYOUT = "hold_payout"
    APPROVE_VALUE = "approve_value"
    HANDLE_ALERTS = "handle_alerts"
    SHARE = "share"
    ERASE = "erase"
    MANAGE_USERS = "manage_users"
    MANAGE_BRANDS = "manage_brands"
    MANAGE_KEYS = "manage_keys"


MEANS: dict[Action, str] = {
    Action.READ: "read figures, facts and the books",
    Action.READ_OWN: "read the rows about oneself, as a creator",
    Action.READ_AUDIT: "read and verify the audit log",
    Action.IMPORT: "import files",
    Action.BOOK: "bring the journal up to the facts",
    Action.SEAL: "write down before launch what is compared with: baselines, forecasts, curves",
    Action.ADD_EVIDENCE: "store evidence files and link them",
    Action.PREPARE_CLOSE: "prepare the close of a period",
    Action.APPROVE_CLOSE: "approve a close that somebody else prepared",
    Action.REOPEN_CLOSE: "open a closed period again, with a reason",
    Action.EXPORT: "export the journal",
    Action.SET_POLICY: "set the accounting policy",
    Action.SET_MAPPING: "map accounts to the general ledger's",
    Action.SET_THRESHOLD: "set the amount above which a second approval is needed",
    Action.SET_BUDGET: "accept or reject a proposal that moves budget between creators",
    Action.SET_PAYEE: "enter or change a payee's bank details",
    Action.APPROVE_PAYEE: "approve bank details that somebody else entered",
    Action.HOLD_PAYOUT: "hold and release what disputed orders earned a creator",
    Action.APPROVE_VALUE: "approve a value or margin that somebody else entered",
    Action.HANDLE_ALERTS: "check for alerts, own, snooze and close them",
    Action.SHARE: "share a page by a link, and end such links",
    Action.ERASE: "erase a creator's personal data",
    Action.MANAGE_USERS: "add and disable people, give roles and tokens",
    Action.MANAGE_BRANDS: "add brands and rebuild the facts file",
    Action.MANAGE_KEYS: "make and end site keys and hooks",
}
"""What each action is, in words that end the sentence "may not ..."."""

READS = frozenset({Action.READ, Action.READ_OWN, Action.READ_AUDIT})
"""Actions that change nothing; every other one is written into the audit log."""


class Role(StrEnum):
    """What a person is at a brand."""

    MARKETER = "marketer"
    PREPARER = "preparer"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMIN = "admin"
    CREATOR = "creator"


ROLES: dict[Role, frozenset[Action]] = {
    Role.MARKETER: frozenset(
        {
            Action.READ,
            Action.IMPORT,
            Action.BOOK,
            Action.SEAL,
            Action.ADD_EVIDENCE,
            Action.SET_BUDGET,
            Action.HANDLE_ALERTS,
            Action.SHARE,
        }
    ),
    Role.PREPARER: frozenset(
        {
            Action.READ,
            Action.IMPORT,
            Action.BOOK,
            Action.ADD_EVIDENCE,
            Action.PREPARE_CLOSE,
            Action.EXPORT,
            Action.SET_MAPPING,
            Action.SET_PAYEE,
            Action.HOLD_PAYOUT,
            Action.HANDLE_ALERTS,
        }
    ),
    Role.APPROVER: frozenset(
        {
            Action.READ,
            Action.READ_AUDIT,
            Action.ADD_EVIDENCE,
            Action.APPROVE_CLOSE,
            Action.REOPEN_CLOSE,
            Action.EXPORT,
            Action.SET_POLICY,
            Action.APPROVE_PAYEE,
            Action.APPROVE_VALUE,
            Action.HOLD_PAYOUT,
            Action.SET_BUDGET,
            Action.HANDLE_ALERTS,
            Action.SHARE,
        }
    ),
    Role.AUDITOR: frozenset({Action.READ, Action.READ_AUDIT}),
    Role.ADMIN: frozenset(
        {
            Action.READ,
            Action.READ_AUDIT,
            Action.SHARE,
            Action.SET_THRESHOLD,
            Action.ERASE,
            Action.MANAGE_USERS,
            Action.MANAGE_BRANDS,
            Action.MANAGE_KEYS,
        }
    ),
    Role.CREATOR: frozenset({Action.READ_OWN}),
}
"""What each role may do."""


class Scope(StrEnum):
    """What a token is good for, at most; its person's roles narrow it further."""

    READ = "read"
    IMPORT = "import"
    PREPARE = "prepare"
    APPROVE = "approve"
    ADMIN = "admin"


SCOPES: dict[Scope, frozenset[Action]] = {
    Scope.READ: READS,
    Scope.IMPORT: frozenset(
        {Action.IMPORT, Action.BOOK, Action.SEAL, Action.ADD_EVIDENCE, Action.HANDLE_ALERTS}
    ),
    Scope.PREPARE: frozenset(
        {
            Action.PREPARE_CLOSE,
            Action.BOOK,
            Action.EXPORT,
            Action.SET_MAPPING,
            Action.SET_PAYEE,
            Action.ADD_EVIDENCE,
            Action.SET_BUDGET,
            Action.HOLD_PAYOUT,
            Action.HANDLE_ALERTS,
        }
    ),
    Scope.APPROVE: frozenset(
        {
            Action.APPROVE_CLOSE,
            Action.REOPEN_CLOSE,
            Action.SET_POLICY,
            Action.APPROVE_PAYEE,
            Action.APPROVE_VALUE,
            Action.HOLD_PAYOUT,
            Action.SET_BUDGET,
            Action.HANDLE_ALERTS,
        }
    ),
    Scope.ADMIN: frozenset(
        {
            Action.SHARE,
            Action.SET_THRESHOLD,
            Action.ERASE,
            Action.MANAGE_USERS,
            Action.MANAGE_BRANDS,
            Action.MANAGE_KEYS,
        }
    ),
}
"""What a token of each scope may be used for."""

EVERY_SCOPE = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person may do at one brand.

    creator: whose rows they read when they may read their own only.
    """

    roles: frozenset[Role]
    scopes: frozenset[Scope] = EVERY_SCOPE
    creator: str | None = None

    @property
    def actions(self) -> frozenset[Action]:
        """Give everything that both a role and the token's scopes allow."""
        by_role = frozenset(action for role in self.roles for action in ROLES[role])
        return by_role & frozenset(action for scope in self.scopes for action in SCOPES[scope])

    def allows(self, action: Action) -> bool:
        """Say whether an action is allowed."""
        return action in self.actions

    def refusal(self, person: str, action: Action) -> str | None:
        """Say in a sentence why an action is refused and what to do; None when it is allowed."""
        if self.allows(action):
            return None
        if any(action in ROLES[role] for role in self.roles):
            wanted = " or ".join(scope for scope, actions in SCOPES.items() if action in actions)
            return (
                f"This token of {person} may not {MEANS[action]}; it needs one of scope {wanted}."
            )
        wanted = " or ".join(role for role, actions in ROLES.items() if action in actions)
        return f"{person} may not {MEANS[action]} here; that takes the role of {wanted}."


NO_RIGHTS = Rights(frozenset())
OWNER_RIGHTS = Rights(frozenset(Role) - {Role.CREATOR})
"""What the local owner may do: everything, but never approve what they prepared themselves."""


def same_person(first: str, second: str) -> bool:
    """Say whether two names are one person: capitals and spaces around them make no other one."""
    return first.strip().casefold() == second.strip().casefold()
