"""Brands: several brands of a workspace under one server, each with doors of its own.

In:   requests; the front of every brand that is served.
Out:  each answered by the front of the brand that its address names: `/b/NAME/...`; what names none
      is the first one's. A name that is not served is a page that is not there.

The address names the brand and no cookie does: a link that is sent to somebody shows them the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from truelift.web.visiting import PREFIX, brand_prefix
from truelift.worker.front import Application, Receive, Scope, Send


class Brands:
    """Finds the front of each request's brand."""

    def __init__(self, fronts: Mapping[str, Application]) -> None:
        """Serve these brands; the first one also where no brand is named."""
        self._fronts = dict(fronts)
        self._first = next(iter(self._fronts.values()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        named = self._named(scope) if scope["type"] == "http" else None
        if named is None:
            await self._first(scope, receive, send)
            return
        brand, rest = named
        inside = {**scope, "path": unquote(rest), "raw_path": rest.encode("latin-1")}
        token = PREFIX.set(brand_prefix(brand))
        try:
            await self._fronts[brand](inside, receive, send)
        finally:
            PREFIX.reset(token)

    def _named(self, scope: Scope) -> tuple[str, str] | None:
        """Give the brand that an address names and what follows, before it is unescaped."""
        if not scope["path"].startswith("/b/"):
            return None
        raw = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0].decode("latin-1")
        name, _, rest = raw.removeprefix("/b/").partition("/")
        brand = unquote(name)
        return (brand, f"/{rest}") if brand in self._fronts else None
