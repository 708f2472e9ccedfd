import pytest

from truelift.base.errors import UsageError
from truelift.operations.brands import brand_record


def test_a_brand_needs_a_currency_and_a_zone_that_exist():
    with pytest.raises(UsageError, match="ISO 4217"):
        brand_record("acme", "DOLLARS", "UTC")
    for zone in ("Mars/Olympus", "../etc/passwd", ""):
        with pytest.raises(UsageError, match="IANA"):
            brand_record("acme", "USD", zone)
    assert brand_record("acme", "KWD", "Asia/Kuwait").entity == "acme"
