"""A collector as a process of its own: `python serving.py FOLDER PORT KEY`. Tests kill it.

It serves one link and one server's key, and stands on nothing but the spool, so it starts fast.
"""

import asyncio
import sys
from pathlib import Path

import uvicorn

from truelift.catalog.served import LinkWords, Served, SiteKey, Tracking, key_hash, serve_links
from truelift.collector.application import Collector
from truelift.collector.machinery import Machinery
from truelift.store.spool import Spool
from truelift.store.visitor_salts import VisitorSalts


async def serve(folder, port, key):
    links, _ = serve_links("acme", [LinkWords("ana1", "https://shop.example/p")], Tracking())
    site = SiteKey("k1", "acme", key_hash(key), server=True)
    served = Served(links, {site.sha256: site}, {})
    spool = Spool(folder / "spool", "w1")
    spool.start()
    app = Collector(Machinery(lambda: served, spool.append, VisitorSalts(folder)))
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, loop="uvloop", http="httptools", lifespan="off",
        log_level="error", access_log=False,
    )  # fmt: skip
    await uvicorn.Server(config).serve()
    await spool.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
