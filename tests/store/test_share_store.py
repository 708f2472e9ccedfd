"""A link is found by its text, at its own brand, until it ends or is revoked."""

from __future__ import annotations

import datetime as dt

from truelift.base.secret import Secret
from truelift.store import share_store as shares
from truelift.store.credentials import SHARE, new_token
from truelift.store.share_store import SharePolicy
from truelift.store.workspace_database import WorkspaceDatabase

NOW = dt.datetime(2026, 6, 1, 9)
DAY = dt.timedelta(days=1)
POLICY = SharePolicy("/roi", {"campaign": "a&b=c"}, may_change_dates=True)


def test_a_link_is_kept_by_its_hash_and_found_while_it_holds(tmp_path):
    database = WorkspaceDatabase(tmp_path / "workspace.db")
    token = new_token(SHARE)
    with database.transaction() as connection:
        shares.keep(
            connection, "acme", token, POLICY, passphrase=None, at=NOW, by="kim",
            expires_at=NOW + DAY,
        )  # fmt: skip
        found = shares.found(connection, "acme", token.text, NOW)
        assert found.policy == POLICY
        assert shares.found(connection, "bolt", token.text, NOW) is None
        assert shares.found(connection, "acme", token.text, NOW + DAY) is None
        assert shares.found(connection, "acme", Secret(token.text.reveal() + "x"), NOW) is None
        for _ in range(3):
            shares.visited(connection, token.token_id, NOW)
        (listed,) = shares.shares(connection, "acme")
        assert (listed.visits, listed.visited_at) == (3, NOW)
        assert shares.shares(connection, "bolt") == []
        kept = connection.exec_driver_sql("select * from share_link").one()
        assert token.text.reveal().rpartition("_")[2] not in str(kept)
        shares.revoke(connection, token.token_id, at=NOW, by="tim")
        shares.revoke(connection, token.token_id, at=NOW + DAY, by="eve")
        assert shares.found(connection, "acme", token.text, NOW) is None
        (listed,) = shares.shares(connection, "acme")
        assert (listed.revoked_at, listed.revoked_by) == (NOW, "tim")
    database.close()
