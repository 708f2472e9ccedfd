"""The composition root: brands are checked before they are made, and who acts is named."""

from __future__ import annotations

import pytest

from truelift.app import SystemClock, add_brand, create, opened, person, rebuild
from truelift.base.errors import TrueliftError
from truelift.operations.brands import brand_record


def test_a_workspace_is_made_once_and_opened_for_one_brand(tmp_path):
    create(tmp_path, brand_record("acme", "USD", "UTC"))
    with pytest.raises(TrueliftError, match="holds a workspace already"):
        create(tmp_path, brand_record("acme", "USD", "UTC"))
    add_brand(tmp_path, brand_record("other", "EUR", "Europe/Paris"))
    with pytest.raises(TrueliftError, match="--brand: acme, other"), opened(tmp_path):
        pass
    with opened(tmp_path, "other") as ws:
        assert ws.list("orders").data["currency"] == "EUR"
        assert ws.simulated is None
    assert rebuild(tmp_path) == 0


def test_the_clock_tells_naive_utc_and_somebody_acts(monkeypatch):
    assert SystemClock().now().tzinfo is None
    assert person()
    monkeypatch.setenv("LOGNAME", "somebody.else")
    assert person() != "somebody.else"
    monkeypatch.setattr("pwd.getpwuid", lambda _number: (_ for _ in ()).throw(KeyError))
    assert person() == "somebody.else"  # an account without a name: the best there is
    monkeypatch.setattr("getpass.getuser", lambda: (_ for _ in ()).throw(OSError))
    assert person() == "owner"
