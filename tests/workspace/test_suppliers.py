"""The Python door to suppliers' documents is a part of the workspace."""

from __future__ import annotations

from truelift.workspace.suppliers import Suppliers
from truelift.workspace.workspace import Workspace


def test_a_workspace_can_do_all_that_suppliers_can():
    own = [name for name in vars(Suppliers) if not name.startswith("_")]
    assert own == [
        "match", "accept_match", "reject_match", "payables", "chase", "confirm_accruals",
    ]  # fmt: skip
    assert all(getattr(Workspace, name) is getattr(Suppliers, name) for name in own)
