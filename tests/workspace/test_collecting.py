"""Site keys and hooks through the Python door."""

from __future__ import annotations

import truelift
from truelift.app import create
from truelift.operations.brands import brand_record


def test_keys_and_hooks_are_results_without_secrets(tmp_path):
    create(tmp_path / "ws", brand_record("acme", "USD", "UTC"))
    with truelift.open(tmp_path / "ws") as ws:
        made, text = ws.add_key(origins=["https://shop.example"])
        assert made.rows[0]["origins"] == "https://shop.example"
        assert text.reveal() not in str(made.rows)
        assert ws.revoke_key(made.rows[0]["key_id"]).rows[0]["revoked"]
        assert len(ws.keys().rows) == 1
        made, text = ws.add_hook("stripe", hook_id="main")
        assert text.reveal() not in str(ws.hooks().rows)
        assert ws.revoke_hook("stripe/main").rows[0]["live"] == ""
