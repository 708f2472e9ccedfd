"""Collector methods of the Python door: site keys and hooks."""

from __future__ import annotations

from collections.abc import Sequence

from truelift.base.secret import Secret
from truelift.operations.site_keys import (
    Row,
    add_hook,
    add_key,
    hook_rows,
    key_rows,
    revoke_hook,
    revoke_key,
)
from truelift.reports.table import plain_table
from truelift.workspace.opened import Opened
from truelift.workspace.result import Result

_KEY = ("key_id", "server", "origins", "note", "revoked", "recorded_at", "recorded_by")
_HOOK = ("source", "hook_id", "path", "live", "revoked", "recorded_at", "recorded_by")


class Collecting(Opened):
    """What a workspace can do about who sends to its collector."""

    def add_key(
        self, *, server: bool = False, origins: Sequence[str] = (), note: str = ""
    ) -> tuple[Result, Secret]:
        """Make a site key; give it and its text, which is shown once."""
        row, text = add_key(self._ground, server=server, origins=origins, note=note)
        return self._collecting("Site key", _KEY, [row]), text

    def keys(self) -> Result:
        """Give the site keys, revoked ones too."""
        return self._collecting("Site keys", _KEY, key_rows(self._ground))

    def revoke_key(self, key_id: str) -> Result:
        """End a site key."""
        return self._collecting("Site key", _KEY, [revoke_key(self._ground, key_id)])

    def add_hook(
        self, source: str, *, hook_id: str | None = None, secret: Secret | None = None
    ) -> tuple[Result, Secret]:
        """Make a hook or give one a second secret; give it and the secret, which is shown once."""
        row, text = add_hook(self._ground, source, hook_id=hook_id, secret=secret)
        return self._collecting("Hook", _HOOK, [row]), text

    def hooks(self) -> Result:
        """Give the hooks with the fingerprints of their live secrets."""
        return self._collecting("Hooks", _HOOK, hook_rows(self._ground))

    def revoke_hook(self, name: str) -> Result:
        """End a hook, named as `shopify/ID`."""
        return self._collecting("Hook", _HOOK, [revoke_hook(self._ground, name)])

    def _collecting(self, title: str, names: tuple[str, ...], rows: Sequence[Row]) -> Result:
        shown = [{name: _shown(row[name]) for name in names} for row in rows]
        return Result(self._head() | {"rows": shown}, plain_table(title, shown))


def _shown(cell: object) -> object:
    return " ".join(map(str, cell)) if isinstance(cell, list) else cell
