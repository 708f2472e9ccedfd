"""Account mapping: finance keeps which of its own accounts stand for ours; every version stays.

In:   a YAML file.
Out:  a control record; the mapping as known now.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from truelift.base.errors import NotFound, UsageError
from truelift.ledger.chart import CHART, Book
from truelift.operations.people import Action, needs
from truelift.reports.journal_export.account_mapping import AccountMapping, read_mapping
from truelift.store import control_records
from truelift.store.control_records import ACCOUNT_MAPPING
from truelift.store.ground import Ground
from truelift.store.kept_records import KeptRecord

NAME = "general ledger"


def mapping_of(file: Path) -> AccountMapping:
    """Read a mapping's file; NotFound or UsageError in one sentence when it is none."""
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        msg = f"There is no file {file}; give the path of a YAML file with an account mapping."
        raise NotFound(msg) from None
    except UnicodeDecodeError:
        msg = f"The account mapping {file} is no UTF-8 text; save it as such."
        raise UsageError(msg) from None
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        msg = f"The account mapping {file} is no YAML: {' '.join(str(error).split())[:300]}."
        raise UsageError(msg) from error
    return read_mapping(found)


@needs(Action.SET_MAPPING, "file")
def set_mapping(ground: Ground, file: Path) -> tuple[KeptRecord, bool]:
    """Keep a mapping as the one in force; say whether it differs from the one before."""
    told = dict(mapping_of(file).told)
    with ground.workspace.transaction() as connection:
        brand = ground.brand.brand
        before = control_records.newest(connection, brand, ACCOUNT_MAPPING).get(NAME)
        if before is not None and before.record["mapping"] == told:
            return before, False
        now = ground.clock.now()
        item = control_records.keep(
            connection, brand, ACCOUNT_MAPPING, NAME, {"mapping": told}, at=now, by=ground.person
        )
        return item, True


@needs(Action.READ)
def kept_mapping(ground: Ground) -> KeptRecord | None:
    """Give the record of the mapping in force, None before the first."""
    with ground.workspace.transaction() as connection:
        return control_records.newest(connection, ground.brand.brand, ACCOUNT_MAPPING).get(NAME)


def mapped_accounts(ground: Ground) -> dict[str, str] | None:
    """Give our accounts with the general ledger's, as mapped now; None where nothing is mapped."""
    kept = kept_mapping(ground)
    if kept is None:
        return None
    accounts = read_mapping(kept.record["mapping"]).accounts
    return {number: target.account or number for number, target in accounts.items()}


@needs(Action.READ)
def mapping_rows(ground: Ground) -> list[dict[str, Any]]:
    """Give every account of book `fin` with what it is mapped to, empty where it is not."""
    record = kept_mapping(ground)
    mapping = read_mapping(record.record["mapping"] if record else {})
    found = []
    for number, account in CHART.items():
        if account.book is not Book.FIN:
            continue
        target = mapping.accounts.get(number)
        found.append(
            {
                "account": number,
                "name": account.name,
                "gl_account": target.account if target else None,
                "gl_name": target.name if target else None,
                "plain_text": target.plain_text if target else None,
            }
        )
    return found
