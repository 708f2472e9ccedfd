"""Amounts of controls are read exactly, in the brand's own currency."""

from __future__ import annotations

import pytest

from truelift.app import create, opened
from truelift.base.errors import UsageError
from truelift.operations.brands import brand_record


@pytest.fixture(params=[("JPY", "5000", "5000.5"), ("KWD", "5.005", "5.0005")])
def case(request, tmp_path, monkeypatch):
    monkeypatch.delenv("TRUELIFT_TOKEN", raising=False)
    currency, fits, too_fine = request.param
    create(tmp_path / "ws", brand_record("acme", currency, "UTC"))
    with opened(tmp_path / "ws") as ws:
        yield ws, fits, too_fine


def test_a_threshold_is_an_amount_of_the_brand(case):
    ws, fits, too_fine = case
    ws.set_threshold(fits)
    assert ws.threshold() == fits
    with pytest.raises(UsageError, match="is no amount of"):
        ws.set_threshold(too_fine)
    assert ws.payees().rows == ws.evidence().rows == ws.check_evidence().rows == []
