"""Links: made for many creators at once, their settings, and codes to print.

In:   a plan of links, settings that a person names.
Out:  links and codes imported as from a file; control records; a QR code as a file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from truelift.base.errors import NotFound, TrueliftError, UsageError
from truelift.catalog.destination import DestinationFault, is_parameter, read_destination
from truelift.catalog.link_making import LinkPlan, make_codes, make_links
from truelift.facts.kinds import KINDS
from truelift.operations.collect import EVERY_LINK
from truelift.operations.ingest import ImportReport, import_frame
from truelift.operations.people import Action, needs
from truelift.store import catalog_store, control_records
from truelift.store.control_records import LINK_SETTING
from truelift.store.ground import Ground

Row = dict[str, Any]

ORIGIN = "made here"
"""What stands as the source file of links and codes that no file brought."""


@needs(Action.IMPORT, "creators", logged=False)
def add_links(ground: Ground, plan: LinkPlan, creators: Sequence[str]) -> list[ImportReport]:
    """Make links, and codes if the plan has them; one that is there already is updated."""
    made = make_links(plan, creators)
    if isinstance(made, str):
        raise UsageError(made)
    reports = []
    for kind, rows in (("links", made.links), ("codes", made.codes)):
        if rows:
            frame = pa.Table.from_pylist([{k: v or None for k, v in row.items()} for row in rows])
            reports.append(import_frame(ground, kind, frame, f"{kind} {ORIGIN}"))
    return reports


@needs(Action.IMPORT, "creators", logged=False)
def add_codes(
    ground: Ground, template: str, campaign: str, creators: Sequence[str], since: str = ""
) -> ImportReport:
    """Make a code for each creator; one that is there already is updated."""
    made = make_codes(template, campaign, creators)
    if isinstance(made, str):
        raise UsageError(made)
    rows = [{k: v or None for k, v in row.items()} | {"valid_from": since or None} for row in made]
    return import_frame(ground, "codes", pa.Table.from_pylist(rows), f"codes {ORIGIN}")


@needs(Action.IMPORT, "slug", "others", "fallback", "parameter")
def set_links(
    ground: Ground,
    slug: str | None = None,
    *,
    others: Sequence[str] | None = None,
    fallback: str | None = None,
    parameter: str | None = None,
) -> Row:
    """Change settings of a link, or of every link of the brand; what is not named stays.

    others: destinations the link takes turns with. fallback: where it leads when not in force.
    parameter: name of the click id, of every link only.
    """
    if slug is not None and slug not in slugs(ground):
        msg = f"There is no link {slug}; `truelift links` names them."
        raise NotFound(msg)
    if (slug is None and others is not None) or (slug is not None and parameter is not None):
        msg = "Turns are set for one link, the click id's parameter for all: name a link or none."
        raise UsageError(msg)
    if parameter is not None and not is_parameter(parameter):
        msg = f"{parameter} cannot carry a click id; take letters, digits and _, such as tl."
        raise UsageError(msg)
    for text in (*(others or ()), *filter(None, [fallback])):
        read = read_destination(text)
        if isinstance(read, DestinationFault):
            raise UsageError(read.sentence)
    named = {"others": others, "fallback": fallback, "parameter": parameter}
    given = {name: value for name, value in named.items() if value is not None}
    name = slug or EVERY_LINK
    with ground.workspace.transaction() as connection:
        control_records.lock(connection, ground.brand.brand)
        known = control_records.newest(connection, ground.brand.brand, LINK_SETTING)
        before = known[name].record if name in known else {}
        kept = {key: before[key] for key in named if key in before}
        last = max((item.recorded_at for item in known.values()), default=dt.datetime.min)  # noqa: DTZ901 - naive UTC
        at = max(ground.clock.now(), last + dt.timedelta(microseconds=bool(known)))
        item = control_records.keep(
            connection, ground.brand.brand, LINK_SETTING, name, kept | given, at=at,
            by=ground.person,
        )  # fmt: skip
    return item.record | {"link": name}


def slugs(ground: Ground) -> list[str]:
    """Name the brand's links."""
    with ground.workspace.transaction() as connection:
        rows = catalog_store.known_rows(connection, KINDS["links"], ground.brand.brand)
    found: list[str] = rows["slug"].to_pylist()
    return found


@needs(Action.READ)
def qr_code(ground: Ground, slug: str, base: str, path: Path) -> str:
    """Write a link's address as a QR code (SVG or PNG, by the file's name); give the address."""
    if slug not in slugs(ground):
        msg = f"There is no link {slug}; `truelift links` names them."
        raise NotFound(msg)
    read = read_destination(base)
    if isinstance(read, DestinationFault):
        raise UsageError(read.sentence)
    if path.suffix not in {".svg", ".png"}:
        msg = f"{path.name} is neither .svg nor .png; name the file with one of the two."
        raise UsageError(msg)
    try:
        import segno  # noqa: PLC0415 - the web extra, used here only
    except ImportError:
        msg = "QR codes need segno; install it with `pip install segno`."
        raise TrueliftError(msg) from None
    address = f"{base.rstrip('/')}/r/{slug}"
    segno.make(address, error="m", micro=False).save(str(path), scale=8, border=4)
    return address
