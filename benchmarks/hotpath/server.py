"""A collector to be measured: `python -m benchmarks.hotpath.server FOLDER PORT SAFE`.

10,000 links and a server's key. SAFE is `fsync` (as it runs), `os` (written, not synced) or
`memory` (kept nowhere: what the rest costs).
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
import uvloop

from benchmarks.hotpath.world import KEY, LINKS, SECRET
from truelift.catalog.served import (
    HookEndpoint,
    LinkWords,
    Served,
    SiteKey,
    Tracking,
    key_hash,
    serve_links,
)
from truelift.collector.application import Collector
from truelift.collector.machinery import CollectorLimits, Machinery
from truelift.store.spool import Spool, SpoolLimits
from truelift.store.visitor_salts import VisitorSalts
from truelift.worker.serving import look_for_garbage_rarely

if TYPE_CHECKING:
    from truelift.collector.machinery import Commit


class _Safe:
    """A hit that is said to be safe at once and is kept nowhere."""

    def __init__(self) -> None:
        self.committed = asyncio.get_running_loop().create_future()
        self.committed.set_result(True)
        self.answer = self.committed

    def answered_open(self) -> None:
        """Nothing waits."""


async def serve(folder: Path, port: int, safe: str) -> None:
    """Serve until stopped."""
    words = [LinkWords(slug, f"https://shop.example/p/{slug}") for slug in LINKS]
    links, _ = serve_links("acme", words, Tracking())
    site = SiteKey("bench", "acme", key_hash(KEY), server=True)
    hook = HookEndpoint("acme", "shopify", "bench", (SECRET,))
    served = Served(links, {site.sha256: site}, {("shopify", "bench"): hook})
    more = {} if safe == "fsync" else {"synchronise": lambda _descriptor: None}
    spool = Spool(folder / "spool", "bench", SpoolLimits(segment_bytes=2**30), **more)
    spool.start()
    append = spool.append
    if safe == "memory":
        known: Commit = _Safe()

        def append(_payload: bytes) -> Commit:
            return known

    machinery = Machinery(
        lambda: served, append, VisitorSalts(folder), limits=CollectorLimits(rows_a_second=0)
    )
    config = uvicorn.Config(
        Collector(machinery), host="127.0.0.1", port=port, http="httptools", lifespan="off",
        log_level="error", access_log=False, proxy_headers=False,
        server_header=False,
    )  # fmt: skip
    look_for_garbage_rarely()
    await uvicorn.Server(config).serve()
    await spool.close()


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
