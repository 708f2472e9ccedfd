import pytest

from truelift.base.errors import CheckFailed
from truelift.reports.journal_export.programs import PROGRAMS, check_mapped


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_account_that_is_not_mapped_stops_every_export_that_maps(may, name):
    check_mapped(name, may())
    with pytest.raises(CheckFailed, match="7100"):
        check_mapped(name, may(mapping={"accounts": {
            number: number for number in ("1000", "2000", "2100", "6100")
        }}))  # fmt: skip


def test_without_a_mapping_only_programs_with_accounts_of_their_own_refuse(may):
    for name, program in PROGRAMS.items():
        if program.mapped:
            with pytest.raises(CheckFailed, match="no account mapping is kept"):
                check_mapped(name, may(mapping={"accounts": {}}))
        else:
            check_mapped(name, may(mapping={"accounts": {}}))
