"""Links through the Python door."""

from __future__ import annotations

import truelift
from truelift.app import create
from truelift.catalog.link_making import LinkPlan
from truelift.operations.brands import brand_record


def test_links_are_made_and_set(tmp_path):
    create(tmp_path / "ws", brand_record("acme", "USD", "UTC"))
    with truelift.open(tmp_path / "ws") as ws:
        taken, faults = ws.add_links(LinkPlan("https://shop.example/p"), ["ana"])
        assert (taken, faults) == (1, [])
        (row,) = ws.set_links("ana", fallback="https://shop.example/z").rows
        assert (row["link"], row["others"]) == ("ana", "")
        assert ws.qr_code("ana", "https://go.example", tmp_path / "q.svg").endswith("/r/ana")
