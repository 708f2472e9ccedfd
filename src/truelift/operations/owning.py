"""Owning: which folder takes the facts of a workspace in, and what figures lack anywhere else.

In:   a ground whose workspace database others reach too.
Out:  who the owner is; a sentence where figures are read away from it; another owner, on purpose.
"""

from __future__ import annotations

import datetime as dt

from truelift.base.columns import Plane
from truelift.base.errors import NotOwner, UsageError
from truelift.facts.kinds import KINDS
from truelift.operations import nodes
from truelift.operations.people import Action, needs
from truelift.store import keeper, leases
from truelift.store import workspace_database as records
from truelift.store.ground import Ground
from truelift.store.lake_reader import LakeReader

_FACTS = frozenset(name for name, kind in KINDS.items() if kind.plane is Plane.FACTS)

NAMED = 3
"""How many files that are missing are named; the others are counted."""


@needs(Action.READ, also=Action.READ_OWN)
def partial(ground: Ground) -> list[str]:
    """Say what figures lack just now: nodes that are missing, facts that only the owner has."""
    return [*elsewhere(ground), *nodes.partial(ground.folder)]


@needs(Action.READ, also=Action.READ_OWN)
def elsewhere(ground: Ground) -> list[str]:
    """Say what figures lack as they are read away from the owner; nothing where it reads."""
    facts, brand = ground.facts, ground.brand.brand
    if isinstance(facts, LakeReader):
        owner, newest = ground.owning.owner(), facts.newest_recording(brand)
        where = "they are read over the lake, which holds"
    else:
        owner = ground.owning.other()
        if owner is None:
            return []
        newest, where = facts.recordings(brand)[2], "they are read in a copy, which holds"
    by = "its owner" if owner is None else owner.place
    return [f"Figures are partial: {where} {_up_to(newest)}; what {by} took in since is in none."]


def standing(ground: Ground) -> tuple[bool, str]:
    """Say in a sentence who takes facts in, and whether that is this folder or nobody yet."""
    owner, other = ground.owning.owner(), ground.owning.other()
    if owner is None:
        return True, "Nobody has written to this workspace yet; the folder that does first owns it."
    if other is None:
        return True, "This folder takes in the facts of its workspace."
    lacking = " ".join(elsewhere(ground))
    told = f"The facts of this workspace are taken in by {other.place}. {lacking}"
    if not ground.owning.reads:
        told += " Where that one is gone for good, `truelift own` makes this folder the owner."
    return ground.owning.reads, told


@needs(Action.MANAGE_BRANDS, anywhere=True)
def own(ground: Ground) -> list[str]:
    """Make this folder the owner, whoever was; say what it lacks. NotOwner while that one works."""
    database = ground.workspace
    if isinstance(ground.facts, LakeReader):
        msg = (
            f"{ground.folder} holds no facts that it could add to; `truelift lake restore` makes "
            "them of the lake."
        )
        raise NotOwner(msg)
    if database.address is None:
        msg = f"The database of this workspace lies in {ground.folder}: no other folder can own it."
        raise UsageError(msg)
    with database.transaction() as connection:
        working = leases.held(connection, leases.WORKER)
        brands = [record.brand for record in records.brands(connection)]
        imported = {brand: records.imports(connection, brand) for brand in brands}
    if working is not None and working.holder != keeper.holder_in(ground.folder.resolve()):
        msg = (
            f"{working.holder} works on this workspace; stop that first. Where it died, its lease "
            f"ends within {keeper.SECONDS:.0f} s."
        )
        raise NotOwner(msg)
    if ground.owning.owner() is not None and ground.owning.other() is None:
        return ["This folder was the owner of the workspace already."]
    ground.owning.take()
    told = ["This folder owns the workspace now, and no other one writes to it any more."]
    for brand, files in imported.items():
        newest = ground.facts.recordings(brand)[2]
        told += [f"Of {brand} it holds {_up_to(newest)}.", *_lost(files, newest)]
    return told


def _lost(imported: list[dict[str, object]], newest: dt.datetime | None) -> list[str]:
    """Name files of facts that were imported elsewhere after the newest recording here."""
    files = [
        str(each["source_file"])
        for each in imported
        if str(each["kind"]) in _FACTS
        and (each["accepted"] or each["updated"])
        and (newest is None or each["recorded_at"] > newest)  # type: ignore[operator]  # an instant
    ]
    if not files:
        return []
    more = "" if len(files) <= NAMED else f" and {len(files) - NAMED} more"
    told = f"Imported after that, and not in it: {', '.join(files[:NAMED])}{more}."
    return [f"{told} Import them again; what was collected since is lost."]


def _up_to(newest: dt.datetime | None) -> str:
    if newest is None:
        return "nothing yet"
    return f"what was recorded up to {newest:%Y-%m-%d %H:%M:%S} UTC"
