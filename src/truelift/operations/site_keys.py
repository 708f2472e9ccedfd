"""Site keys and hooks: who may send to the collector. Only hashes of keys are kept.

In:   what a person asks for: a key for a page or a server, a hook of a shop.
Out:  control records; the text of a key or secret, once.

A page's key is public and never sends money. A hook's secret has to be read again to check a
signature, so it stands in a file that only the owner may read (store.private_files).
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Sequence
from typing import Any

from truelift.base.errors import NotFound, UsageError
from truelift.base.secret import Secret
from truelift.catalog.served import SOURCES, key_hash
from truelift.facts.signature import secret_bytes
from truelift.operations.people import Action, needs
from truelift.store import control_records, private_files
from truelift.store.control_records import HOOK, SITE_KEY
from truelift.store.ground import Ground

Row = dict[str, Any]

SECRETS = "hook_secrets.json"
KEY_BYTES, ID_BYTES, SECRET_BYTES = 24, 6, 32
SHORTEST_SECRET, LONGEST_SECRET = 16, 256
LIVE_SECRETS = 2
_HOOK_ID = re.compile(r"[A-Za-z0-9_-]{4,64}")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?::\d{1,5})?")


@needs(Action.MANAGE_KEYS, "server", "note")
def add_key(
    ground: Ground, *, server: bool = False, origins: Sequence[str] = (), note: str = ""
) -> tuple[Row, Secret]:
    """Make a site key; give its record and its text, which is not kept.

    origins: pages that may use it (`https://shop.example`); none allows every page.
    """
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            msg = f"{origin} is no origin; write one such as https://shop.example, without a path."
            raise UsageError(msg)
    if server and origins:
        msg = "A server's key is used by no page; leave --origin out, or make a page's key."
        raise UsageError(msg)
    key_id = secrets.token_hex(ID_BYTES)
    text = f"{'server' if server else 'page'}_{secrets.token_urlsafe(KEY_BYTES)}"
    record = {
        "key_id": key_id, "sha256": key_hash(text), "server": server, "origins": sorted(origins),
        "note": note, "revoked": False,
    }  # fmt: skip
    return _keep(ground, SITE_KEY, key_id, record), Secret(text)


@needs(Action.READ)
def key_rows(ground: Ground) -> list[Row]:
    """List the brand's site keys, revoked ones too."""
    return _rows(ground, SITE_KEY)


@needs(Action.MANAGE_KEYS, "key_id")
def revoke_key(ground: Ground, key_id: str) -> Row:
    """End a key; what was sent with it stays."""
    record = _record(ground, SITE_KEY, key_id, "site key", "truelift key list")
    return _keep(ground, SITE_KEY, key_id, record | {"revoked": True})


@needs(Action.MANAGE_KEYS, "source", "hook_id")
def add_hook(
    ground: Ground, source: str, *, hook_id: str | None = None, secret: Secret | None = None
) -> tuple[Row, Secret]:
    """Make a hook, or give one a new secret beside its old one; give its record and the secret.

    secret: the one the shop signs with; a new one is made when none is given.
    """
    if source not in SOURCES:
        msg = f"{source} sends no webhooks here; the sources are {', '.join(SOURCES)}."
        raise UsageError(msg)
    chosen = hook_id or secrets.token_hex(ID_BYTES)
    if not _HOOK_ID.fullmatch(chosen):
        msg = f"{chosen} cannot be a hook's id; take 4 to 64 letters, digits, _ or -."
        raise UsageError(msg)
    given = secret or Secret(_made(source))
    _check(source, given)
    fingerprint = key_hash(given.reveal())[:12]
    name = f"{source}/{chosen}"
    with private_files.changing(ground.folder, SECRETS) as content:
        owner = content.setdefault(name, {"brand": ground.brand.brand, "secrets": []})
        if owner["brand"] != ground.brand.brand:
            msg = f"The hook {name} belongs to another brand; choose another id."
            raise UsageError(msg)
        kept = [each for each in owner["secrets"] if each != given.reveal()]
        owner["secrets"] = [*kept, given.reveal()][-LIVE_SECRETS:]
        live = [key_hash(each)[:12] for each in owner["secrets"]]
    record = {
        "source": source, "hook_id": chosen, "path": f"/hook/{name}", "newest": fingerprint,
        "live": live, "revoked": False,
    }  # fmt: skip
    return _keep(ground, HOOK, name, record), given


@needs(Action.READ)
def hook_rows(ground: Ground) -> list[Row]:
    """List the brand's hooks: path, fingerprints of the live secrets, never a secret."""
    return _rows(ground, HOOK)


@needs(Action.MANAGE_KEYS, "name")
def revoke_hook(ground: Ground, name: str) -> Row:
    """End a hook (`shopify/ID`) and forget its secrets; what it sent stays."""
    record = _record(ground, HOOK, name, "hook", "truelift hook list")
    with private_files.changing(ground.folder, SECRETS) as content:
        content.pop(name, None)
    return _keep(ground, HOOK, name, record | {"live": [], "revoked": True})


def _made(source: str) -> str:
    """Make a secret in the form its scheme writes it."""
    if source != "standard":
        return secrets.token_hex(SECRET_BYTES)
    import base64  # noqa: PLC0415 - only this scheme writes it so

    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def _check(source: str, given: Secret) -> None:
    length = len(given.reveal())
    if not SHORTEST_SECRET <= length <= LONGEST_SECRET:
        msg = (
            f"The secret has {length} characters; take {SHORTEST_SECRET} to {LONGEST_SECRET}, as "
            "the shop shows it."
        )
        raise UsageError(msg)
    try:
        secret_bytes(source, given.reveal())
    except ValueError as error:
        msg = f"The secret cannot be used: {error}."
        raise UsageError(msg) from None


def _keep(ground: Ground, kind: str, name: str, record: Row) -> Row:
    with ground.workspace.transaction() as connection:
        control_records.lock(connection, ground.brand.brand)
        newest = control_records.newest_recording(connection, ground.brand.brand, kind)
        now = ground.clock.now()
        at = now if newest is None else max(now, newest + dt.timedelta(microseconds=1))
        kept = control_records.keep(
            connection, ground.brand.brand, kind, name, record, at=at, by=ground.person
        )
    return kept.record


def _rows(ground: Ground, kind: str) -> list[Row]:
    with ground.workspace.transaction() as connection:
        found = control_records.newest(connection, ground.brand.brand, kind)
    rows = [item.record for item in found.values()]
    return sorted(rows, key=lambda row: str(row["recorded_at"]))


def _record(ground: Ground, kind: str, name: str, what: str, lists: str) -> Row:
    with ground.workspace.transaction() as connection:
        found = control_records.newest(connection, ground.brand.brand, kind).get(name)
    if found is None:
        msg = f"There is no {what} {name}; `{lists}` names them."
        raise NotFound(msg)
    told = {"recorded_at", "recorded_by"}
    return {key: value for key, value in found.record.items() if key not in told}
