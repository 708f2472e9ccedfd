"""The chain's head, to be kept outside the workspace, and the checks that the journal is untouched.

In:   the ground; a head that somebody kept, as text.
Out:  the end of the chain with the digest of its entries; a sentence for each check that fails.

The chain finds a changed byte anywhere before its end. Only a head that was kept elsewhere (on a
close pack, in an e-mail to the auditor) finds that entries were cut off at the end.
"""

from __future__ import annotations

import re
from typing import Any

from truelift.base.errors import CheckFailed, UsageError
from truelift.operations.people import Action, needs
from truelift.store import journal, journal_movements
from truelift.store.ground import Ground
from truelift.store.journal import Audit, Head

_HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


def read_head(text: str) -> Head:
    """Read a head written as number:hash; UsageError for anything else."""
    found = _HEAD.fullmatch(text.strip().lower())
    if found is None:
        msg = (
            f"--head {text} is no head; give one as `truelift ledger head` prints it: number:hash."
        )
        raise UsageError(msg)
    return Head(int(found[1]), found[2])


@needs(Action.READ)
def head(ground: Ground) -> dict[str, Any]:
    """Give the end of the brand's chain and the digest of its entries, in one row.

    head: number:hash, as `read_head` reads it. digest: the same for the same entries in any order.
    CheckFailed when the chain does not verify: a broken chain has no head worth keeping.
    """
    with ground.workspace.transaction() as connection:
        found = journal.audit(connection, ground.brand.brand)
    if found.bad is not None:
        msg = f"{_broken(found.bad)} Restore the workspace from a copy made before that."
        raise CheckFailed(msg)
    end = found.end
    return {
        "head": f"{end.seq}:{end.hash}",
        "seq": end.seq,
        "hash": end.hash,
        "digest": found.digest,
    }


def check_chain(ground: Ground, kept: str | None = None) -> list[str]:
    """Recompute the chain and the sums kept beside it; give a sentence for each that is wrong."""
    brand = ground.brand.brand
    known = read_head(kept) if kept is not None else None
    with ground.workspace.transaction() as connection:
        found = journal.audit(connection, brand)
        told = [] if found.bad is None else [_broken(found.bad)]
        if known is not None:
            told += _compared(known, found, journal.hash_at(connection, brand, known.seq))
        told += [
            f"The sum kept for {each.account} in {each.currency} of {each.period} is not "
            f"{each.base_minor} minor units in base from {each.postings} postings, as they add up."
            for each in journal_movements.wrong_movements(connection, brand)
        ]
    return told


def _broken(number: int) -> str:
    return f"The hash chain breaks at entry {number}: it was changed since."


def _compared(kept: Head, found: Audit, there: str | None) -> list[str]:
    if there is None:
        sentence = (
            f"The kept head is entry {kept.seq}, and the journal has no such entry: it verifies "
            f"up to entry {found.end.seq}, so entries were cut off at its end."
        )
        return [sentence]
    if there != kept.hash:
        sentence = (
            f"Entry {kept.seq} has the hash {there}, the kept head says {kept.hash}: the "
            "journal was written again from some entry up to that one."
        )
        return [sentence]
    return []
