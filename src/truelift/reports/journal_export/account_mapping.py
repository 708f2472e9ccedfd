"""Account mapping: which account, words and settings of a company's own programs stand for ours.

In:   the plain values of a YAML file that finance keeps with `truelift mapping set`.
Out:  AccountMapping. UsageError names the key that is off and what stands there instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from truelift.base.errors import CheckFailed, UsageError
from truelift.ledger.chart import CHART, Book

Words = Mapping[str, str]
Setting = str | bool | int | Words | None

DIMENSIONS = ("campaign", "creator", "deliverable", "agreement", "cost_centre", "counterparty")
"""What a posting belongs to; a setting that takes a dimension takes one of these."""

TEXT, FLAG, WHOLE, WORDS, DIMENSION, TRACKING = (
    "text", "yes or no", "a whole number", "a mapping of words to words",
    f"one of {', '.join(DIMENSIONS)}",
    f"a mapping of names to one of {', '.join(DIMENSIONS)}",
)  # fmt: skip

PAIR = 2

SECTIONS: dict[str, dict[str, str]] = {
    "csv": {
        "columns": WORDS, "date": TEXT, "decimal": TEXT, "delimiter": TEXT, "lines": WHOLE,
    },
    "quickbooks": {"date": TEXT, "class": DIMENSION, "location": DIMENSION},
    "xero": {"tax_rate": TEXT, "tax_rates": WORDS, "tracking": TRACKING},
    "netsuite": {
        "subsidiary": TEXT, "date": TEXT, "department": DIMENSION, "class": DIMENSION,
        "location": DIMENSION,
    },
    "intacct": {
        "journal": TEXT, "date": TEXT, "location": TEXT, "source_entity": TEXT,
        "department": DIMENSION, "columns": TRACKING,
    },
    "datev": {
        "adviser": WHOLE, "client": WHOLE, "account_length": WHOLE, "clearing": TEXT,
        "fiscal_year_starts": TEXT, "chart": TEXT, "fixed": FLAG, "kost1": DIMENSION,
        "kost2": DIMENSION,
    },
}  # fmt: skip
"""The settings of each program, and what each takes; the meaning is in docs/exports.md."""


@dataclass(frozen=True, slots=True)
class Target:
    """What stands for one of our accounts: its number there, its name, its name in plain text."""

    account: str
    name: str = ""
    plain_text: str = ""


@dataclass(frozen=True, slots=True)
class AccountMapping:
    """Accounts, words and settings of a company's programs.

    accounts: our number -> theirs. names: dimension -> our word -> theirs. told: the same as plain
    JSON values, from which it can be read again.
    """

    accounts: Mapping[str, Target] = field(default_factory=dict)
    names: Mapping[str, Words] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, Setting]] = field(default_factory=dict)
    told: Mapping[str, object] = field(default_factory=dict)

    def setting(self, program: str, key: str, otherwise: str = "") -> str:
        """Give a setting that is text, or what stands for it when it is not given."""
        value = self.settings.get(program, {}).get(key)
        return otherwise if value is None else str(value)

    def words(self, program: str, key: str) -> Words:
        """Give a setting that is a mapping, empty when it is not given."""
        value = self.settings.get(program, {}).get(key)
        return value if isinstance(value, Mapping) else {}

    def required(self, program: str, key: str) -> str:
        """Give a setting without which a program's file cannot be written."""
        value = self.settings.get(program, {}).get(key)
        if value is None:
            msg = (
                f"The account mapping has no {program}.{key}, which a {program} file needs; "
                "add it and run `truelift mapping set`. Nothing was exported."
            )
            raise CheckFailed(msg)
        return str(value)

    def named(self, dimension: str, word: str | None) -> str:
        """Give the program's word for one of ours: itself when it is not mapped, empty for none."""
        return "" if word is None else self.names.get(dimension, {}).get(word, word)


def refuse_unmapped(mapping: AccountMapping, accounts: Iterable[str]) -> None:
    """Refuse accounts that the mapping does not have, all in one sentence."""
    missing = sorted(set(accounts) - mapping.accounts.keys())
    if missing:
        told = ", ".join(f"{number} ({CHART[number].name})" for number in missing)
        msg = (
            f"The account mapping has nothing for {told}; add them under `accounts` and run "
            "`truelift mapping set`. Nothing was exported."
        )
        raise CheckFailed(msg)


def read_mapping(found: object) -> AccountMapping:
    """Read a mapping from plain values; UsageError for the first key that is off."""
    if not isinstance(found, Mapping):
        raise _off(at="accounts", what="expected a mapping with accounts")
    given = {_key(key): value for key, value in found.items()}
    for key in given:
        if key not in {"accounts", "names", *SECTIONS}:
            known = ", ".join(("accounts", "names", *SECTIONS))
            raise _off(at=key, what=f"there is no such key; the keys are {known}")
    settings = {name: _section(name, given[name]) for name in SECTIONS if given.get(name)}
    accounts = _accounts(given.get("accounts"))
    names = _names(given.get("names"))
    told: dict[str, object] = {
        "accounts": {number: _told(target) for number, target in accounts.items()},
        "names": names,
        **{name: _ordered(section) for name, section in settings.items()},
    }
    return AccountMapping(accounts, names, settings, {k: v for k, v in told.items() if v})


def _ordered(section: Mapping[str, Setting]) -> dict[str, object]:
    """Write words as pairs: their order is that of columns, and JSON objects are kept sorted."""
    return {
        key: [list(pair) for pair in value.items()] if isinstance(value, Mapping) else value
        for key, value in section.items()
    }


def _told(target: Target) -> dict[str, str]:
    told = {"account": target.account, "name": target.name, "plain_text": target.plain_text}
    return {key: value for key, value in told.items() if value}


def _accounts(found: object) -> dict[str, Target]:
    accounts = {}
    for key, value in sorted(_mapping("accounts", found).items()):
        account = CHART.get(key)
        if account is None or account.book is not Book.FIN:
            raise _off(
                at=f"accounts.{key}", what="it is no account of book fin; see docs/ledger.md"
            )
        words = _mapping_of_words(f"accounts.{key}", value)
        for word in words:
            if word not in {"account", "name", "plain_text"}:
                raise _off(at=f"accounts.{key}.{word}", what="use account, name and plain_text")
        if not words.get("account"):
            raise _off(at=f"accounts.{key}.account", what="expected the number of an account")
        accounts[key] = Target(**words)
    return accounts


def _mapping_of_words(where: str, value: object) -> dict[str, str]:
    """Read words, or the short form: an account's number alone."""
    return _words(where, value) if isinstance(value, Mapping) else {"account": _word(where, value)}


def _names(found: object) -> dict[str, Words]:
    names: dict[str, Words] = {}
    for key, value in _mapping("names", found).items():
        if key not in DIMENSIONS:
            raise _off(at=f"names.{key}", what=f"expected {DIMENSION}")
        names[key] = _words(f"names.{key}", value)
    return names


def _section(name: str, found: object) -> dict[str, Setting]:
    section = {}
    for key, value in _mapping(name, found).items():
        kind = SECTIONS[name].get(key)
        if kind is None:
            known = ", ".join(SECTIONS[name])
            raise _off(
                at=f"{name}.{key}", what=f"there is no such setting; the settings are {known}"
            )
        section[key] = _setting(f"{name}.{key}", kind, value)
    return section


def _setting(where: str, kind: str, value: object) -> Setting:
    if kind in {WORDS, TRACKING}:
        words = _words(where, value)
        if kind == TRACKING and not set(words.values()) <= set(DIMENSIONS):
            raise _off(at=where, what=f"expected {kind}")
        return words
    if kind == FLAG or isinstance(value, bool):
        if kind == FLAG and isinstance(value, bool):
            return value
        raise _off(at=where, what=f"expected {kind}, found {value!r}")
    word = _word(where, value)
    if kind == DIMENSION and word not in DIMENSIONS:
        raise _off(at=where, what=f"expected {kind}, found {word!r}")
    if kind == WHOLE:
        if not word.isascii() or not word.isdigit():
            raise _off(at=where, what=f"expected {kind}, found {word!r}")
        return int(word)
    return word


def _mapping(where: str, found: object) -> dict[str, object]:
    if found is None:
        return {}
    if isinstance(found, list) and all(isinstance(each, list) and len(each) == PAIR
                                       for each in found):  # fmt: skip
        found = dict(found)
    if not isinstance(found, Mapping):
        raise _off(at=where, what="expected a mapping")
    return {_key(key): value for key, value in found.items()}


def _words(where: str, found: object) -> dict[str, str]:
    return {key: _word(f"{where}.{key}", value) for key, value in _mapping(where, found).items()}


def _key(key: object) -> str:
    """YAML reads 6100 as a number; as text it is what was written."""
    return str(key)


def _word(where: str, value: object) -> str:
    if value is None or isinstance(value, Mapping | list | bool):
        raise _off(at=where, what=f"expected text, found {value!r}")
    return str(value)


def _off(*, at: str, what: str) -> UsageError:
    return UsageError(f"The account mapping, key {at!r}: {what}.")
