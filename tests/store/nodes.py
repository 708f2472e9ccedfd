"""A node's folder and a lake beside it, and hits kept in its spool as its collector keeps them."""

from __future__ import annotations

import asyncio

from truelift.facts.hit import Click, decode, encode
from truelift.store.hit_lake import HitLake
from truelift.store.hit_sealing import Sealing
from truelift.store.node_folder import Mark, NodeFolder
from truelift.store.spool import Spool


def click(number, size=0):
    return Click(
        brand="acme", click_id=f"{number:022d}", slug="ana", received_us=1, referrer="r" * size
    )


def keep(node, *hits):
    """Keep hits in a segment of their own."""

    async def write():
        spool = Spool(node.spool, node.name)
        spool.start()
        batches = [spool.append(encode(hit)) for hit in hits]
        for batch in batches:
            assert await batch.committed
        await spool.close()

    asyncio.run(write())
    return sorted((node.spool / node.name).glob("*-*.log"))


def made(folder, name="eu-1", linger=0.0):
    """Give a node, its lake and what seals the one into the other."""
    node, lake = NodeFolder(folder / name), HitLake(str(folder / "lake"))
    lake.make()
    return node, lake, Sealing(node, lake, linger)


def sealed(lake, node, after=None):
    """Give the click ids that the lake holds of a node, in order; None for what cannot be read."""
    found, mark = [], after or Mark()
    while rows := list(lake.after(node.name, mark, 10)):
        found += [None if each[3] is None else int(decode(each[3]).click_id) for each in rows]
        mark = Mark(rows[-1][0], rows[-1][2])
    return found
