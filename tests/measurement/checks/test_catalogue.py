"""Every file of a check is in the catalogue, and says how often it is wrong."""

import pkgutil

from truelift.measurement import checks
from truelift.measurement.checks.catalogue import CHECKS

NO_CHECKS = {"catalogue", "finding", "history"}


def test_one_file_is_one_check():
    files = {module.name for module in pkgutil.iter_modules(checks.__path__)}
    assert set(CHECKS) == files - NO_CHECKS
    assert all(check.scope in {"creator", "campaign"} for check in CHECKS.values())
    assert all(check.false_alarms and check.blind_to for check in CHECKS.values())
