"""All kinds of rows that can be imported, by name. One list for readers, tables and documents."""

from __future__ import annotations

from truelift.base.columns import Kind
from truelift.base.errors import UsageError
from truelift.catalog import accounting, agreement, campaign, creator, tracking, value_schedule
from truelift.facts import content, conversion, cost, supplier, visit

KINDS: dict[str, Kind] = {
    kind.name: kind
    for module in (
        creator,
        campaign,
        agreement,
        tracking,
        value_schedule,
        accounting,
        content,
        visit,
        conversion,
        cost,
        supplier,
    )
    for kind in module.KINDS
}


def kind_named(name: str) -> Kind:
    """Give a kind by name; UsageError with the list of kinds when there is no such kind."""
    if name not in KINDS:
        msg = f"There is no kind {name!r}; the kinds are {', '.join(sorted(KINDS))}."
        raise UsageError(msg)
    return KINDS[name]
