"""Collect: what the collector answers from, read out of the workspace as one value.

In:   a desk (the workspace's own database), its folder.
Out:  Served: links, site keys and hooks of every brand; ServedNow keeps it up to date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from truelift.catalog.destination import TAKEN_OVER, is_parameter
from truelift.catalog.served import (
    HookEndpoint,
    LinkWords,
    Served,
    ServedLink,
    SiteKey,
    Tracking,
    serve_links,
)
from truelift.facts.datacenter import NO_RANGES, Ranges, read_ranges
from truelift.facts.kinds import KINDS
from truelift.facts.signature import secret_bytes
from truelift.operations.site_keys import SECRETS
from truelift.store import catalog_store, control_records, private_files, visitor_salts
from truelift.store import workspace_database as records
from truelift.store.control_records import HOOK, LINK_SETTING, SITE_KEY
from truelift.store.ground import Desk

DATACENTERS = "datacenters.txt"
"""A list the user keeps in the workspace folder: one CIDR range a line."""

EVERY_LINK = "*"
"""Name of the settings that hold for every link of a brand."""


def served(desk: Desk, folder: Path) -> Served:
    """Read everything the collector answers from; links of the first brand keep a shared slug."""
    links: dict[str, ServedLink] = {}
    keys: dict[str, SiteKey] = {}
    hooks: dict[tuple[str, str], HookEndpoint] = {}
    unsafe: list[str] = []
    kept = private_files.read(folder, SECRETS)
    with desk.workspace.transaction() as connection:
        for record in records.brands(connection):
            brand = record.brand
            settings = _settings(connection, brand)
            found, faults = serve_links(
                brand, _words(connection, brand, settings), _tracking(settings), links
            )
            links |= found
            unsafe += faults
            keys |= {each.sha256: each for each in _keys(connection, brand)}
            hooks |= {(each.source, each.hook_id): each for each in _hooks(connection, brand, kept)}
    return Served(links, keys, hooks, tuple(unsafe))


def served_mark(desk: Desk) -> tuple[tuple[str, int, tuple[dt.datetime | None, ...]], ...]:
    """Give what changes whenever `served` would give something else; cheap to ask every second."""
    with desk.workspace.transaction() as connection:
        return tuple(
            (
                each.brand,
                catalog_store.rows_kept(connection, KINDS["links"], each.brand),
                tuple(
                    control_records.newest_recording(connection, each.brand, kind)
                    for kind in (SITE_KEY, HOOK, LINK_SETTING)
                ),
            )
            for each in records.brands(connection)
        )


class ServedNow:
    """The newest Served, swapped whole: readers never see half of a change.

    Call it for the value; call `refresh` every second, from any thread.
    """

    def __init__(self, desk: Desk, folder: Path) -> None:
        """Read for the first time."""
        self._desk, self._folder = desk, folder
        self._mark = served_mark(desk)
        self._served = served(desk, folder)

    def __call__(self) -> Served:
        """Give what is served now."""
        return self._served

    def refresh(self) -> bool:
        """Read again if anything changed; say whether it did."""
        mark = served_mark(self._desk)
        if mark == self._mark:
            return False
        self._served, self._mark = served(self._desk, self._folder), mark
        return True


def keep_salts(folder: Path, today: dt.date) -> None:
    """Destroy the visitors' salts that are older than yesterday's, whether or not anybody came."""
    visitor_salts.keep_salts(folder, today)


def datacenters(folder: Path) -> Ranges:
    """Read the ranges of datacenters, when the workspace has a list; ValueError names the line."""
    path = folder / DATACENTERS
    if not path.is_file():
        return NO_RANGES
    return read_ranges(path.read_text(encoding="utf-8").splitlines())


def _settings(connection: sa.Connection, brand: str) -> dict[str, dict[str, Any]]:
    found = control_records.newest(connection, brand, LINK_SETTING)
    return {name: item.record for name, item in found.items()}


def _tracking(settings: dict[str, dict[str, Any]]) -> Tracking:
    every = settings.get(EVERY_LINK, {})
    name = str(every.get("parameter") or "")
    taken = every.get("taken_over")
    return Tracking(
        parameter=name if is_parameter(name) else Tracking().parameter,
        taken_over=TAKEN_OVER if taken is None else frozenset(map(str, taken)),
    )


def _words(
    connection: sa.Connection, brand: str, settings: dict[str, dict[str, Any]]
) -> Iterable[LinkWords]:
    fallback = settings.get(EVERY_LINK, {}).get("fallback")
    for row in catalog_store.known_rows(connection, KINDS["links"], brand).to_pylist():
        own = settings.get(row["slug"], {})
        yield LinkWords(
            slug=row["slug"],
            destination=row["destination"],
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
            others=tuple(own.get("others") or ()),
            fallback=own.get("fallback") or fallback,
        )


def _keys(connection: sa.Connection, brand: str) -> Iterable[SiteKey]:
    for item in control_records.newest(connection, brand, SITE_KEY).values():
        told = item.record
        if not told["revoked"]:
            yield SiteKey(
                told["key_id"], brand, told["sha256"], told["server"], frozenset(told["origins"])
            )


def _hooks(connection: sa.Connection, brand: str, kept: dict[str, Any]) -> Iterable[HookEndpoint]:
    for name, item in control_records.newest(connection, brand, HOOK).items():
        told = item.record
        texts = kept.get(name, {}).get("secrets", ())
        if not told["revoked"] and texts and kept[name]["brand"] == brand:
            source = told["source"]
            made = tuple(secret_bytes(source, text) for text in texts)
            yield HookEndpoint(brand, source, told["hook_id"], made)
