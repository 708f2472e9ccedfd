"""The default chart of accounts, and which accounts a type of cost moves.

In:   nothing.
Out:  `CHART` (number -> Account), `COST_ACCOUNTS`, `COST_TYPES` (type of cost -> its accounts).

The numbers are a template: a brand maps them to its own general ledger when it exports. Book `fin`
is exported to the general ledger; `stat` (attributed revenue) and `commit` (commitments) never are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Book(StrEnum):
    """The three books of the journal; each balances on its own."""

    FIN = "fin"
    STAT = "stat"
    COMMIT = "commit"


class AccountKind(StrEnum):
    """What an account holds; it decides on which side its balance normally stands."""

    ASSET = "asset"
    LIABILITY = "liability"
    EXPENSE = "expense"
    STATISTICAL = "statistical"


@dataclass(frozen=True, slots=True)
class Account:
    """One ledger account: its number, its name, what it holds and the book it belongs to."""

    number: str
    name: str
    kind: AccountKind
    book: Book = Book.FIN


BANK = "1000"
INPUT_TAX = "1150"
PROMOTIONAL_PRODUCT = "1300"
PREPAID_FEES = "1400"
PREPAID_USAGE = "1410"
CLAIMS = "1490"
PAYABLE = "2000"
VALIDATED_COMMISSIONS = "2111"
WITHHOLDING_TAX = "2210"
OPENING_CONTRA = "2990"
PRODUCTION = "6160"
OTHER_COST = "6180"
REALISED_FX = "7100"
UNREALISED_FX = "7110"
GROSS, DISCOUNTS, TAX, REFUNDS, RESERVE = "9000", "9010", "9020", "9030", "9040"
GOODS_COST, FULFILMENT, STATISTICAL_CONTRA = "9050", "9060", "9099"
COMMITMENT = "9500"
COMMITMENT_CONTRA = "9590"

_ASSETS = (
    (BANK, "Bank and payment clearing"),
    (INPUT_TAX, "Input tax, recoverable"),
    ("1155", "Input tax, irrecoverable, to be expensed"),
    (PROMOTIONAL_PRODUCT, "Promotional product"),
    (PREPAID_FEES, "Prepaid creator fees"),
    (PREPAID_USAGE, "Prepaid usage rights"),
    (CLAIMS, "Supplier credit notes and advances receivable"),
)
_LIABILITIES = (
    (PAYABLE, "Accounts payable, creators"),
    ("2010", "Accounts payable, agencies and platforms"),
    ("2100", "Accrued creator fees"),
    ("2110", "Accrued commissions, pending"),
    (VALIDATED_COMMISSIONS, "Accrued commissions, validated"),
    ("2120", "Accrued bonuses"),
    ("2130", "Accrued usage rights"),
    ("2140", "Accrued agency fees and other creator cost"),
    ("2200", "Output tax, reverse charge"),
    (WITHHOLDING_TAX, "Withholding tax payable"),
    (OPENING_CONTRA, "Opening balances, contra"),
)
_EXPENSES = (
    ("6100", "Creator fees"),
    ("6110", "Commissions and revenue share"),
    ("6120", "Gifted product, at cost"),
    ("6125", "Shipping of gifts"),
    ("6130", "Usage rights"),
    ("6140", "Agency and platform fees"),
    ("6150", "Bonuses"),
    (PRODUCTION, "Content production"),
    ("6170", "Paid amplification"),
    (OTHER_COST, "Irrecoverable tax and other creator cost"),
    (REALISED_FX, "Realised exchange differences"),
    (UNREALISED_FX, "Unrealised exchange differences"),
    ("7190", "Rounding"),
)
_STATISTICAL = (
    (GROSS, "Attributed revenue, gross"),
    (DISCOUNTS, "Attributed discounts"),
    (TAX, "Attributed tax"),
    (REFUNDS, "Attributed refunds"),
    (RESERVE, "Returns reserve"),
    (GOODS_COST, "Cost of goods of attributed orders"),
    (FULFILMENT, "Fulfilment of attributed orders"),
    ("9070", "Baseline"),
    (STATISTICAL_CONTRA, "Statistical contra"),
)
_COMMITMENTS = (
    (COMMITMENT, "Commitments"),
    (COMMITMENT_CONTRA, "Commitments, contra"),
)

CHART: dict[str, Account] = {
    number: Account(number, name, kind, book)
    for accounts, kind, book in (
        (_ASSETS, AccountKind.ASSET, Book.FIN),
        (_LIABILITIES, AccountKind.LIABILITY, Book.FIN),
        (_EXPENSES, AccountKind.EXPENSE, Book.FIN),
        (_STATISTICAL, AccountKind.STATISTICAL, Book.STAT),
        (_COMMITMENTS, AccountKind.STATISTICAL, Book.COMMIT),
    )
    for number, name in accounts
}

FIRST_COST_ACCOUNT = "6100"
LAST_COST_ACCOUNT = OTHER_COST
COST_ACCOUNTS: frozenset[str] = frozenset(
    number for number in CHART if FIRST_COST_ACCOUNT <= number <= LAST_COST_ACCOUNT
)
"""The accounts whose sum is the accrued cost of creator campaigns; exchange is not among them."""


MONETARY_ACCOUNTS: frozenset[str] = frozenset(
    number
    for number, account in CHART.items()
    if account.kind is AccountKind.LIABILITY and number != OPENING_CONTRA
) | {CLAIMS}
"""What is owed in money, and so is remeasured at closing rates; prepayments are not among them."""

PREPAID_ACCOUNTS: frozenset[str] = frozenset({PREPAID_FEES, PREPAID_USAGE})


@dataclass(frozen=True, slots=True)
class CostAccounts:
    """Where one type of cost is expensed, where it waits for its invoice, and by which rule.

    prepaid: where it stands when it was invoiced or paid ahead of the work.
    """

    expense: str
    accrued: str
    rule: str
    prepaid: str = PREPAID_FEES


COST_TYPES: dict[str, CostAccounts] = {
    "fee": CostAccounts("6100", "2100", "R03"),
    "commission": CostAccounts("6110", "2110", "R06"),
    "gift": CostAccounts("6120", PROMOTIONAL_PRODUCT, "R10"),
    "usage": CostAccounts("6130", "2130", "R05", PREPAID_USAGE),
    "agency": CostAccounts("6140", "2140", "R12"),
    "bonus": CostAccounts("6150", "2120", "R09"),
    "production": CostAccounts("6160", "2140", "R03"),
    "amplification": CostAccounts("6170", "2140", "R03"),
    "tax": CostAccounts(OTHER_COST, "2140", "R03"),
    "other": CostAccounts(OTHER_COST, "2140", "R03"),
}
"""Type of cost, as the `costs` file names it, to its accounts and the rule that accrues it."""
