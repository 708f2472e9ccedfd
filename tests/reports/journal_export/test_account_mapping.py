import pytest

from truelift.base.errors import CheckFailed, UsageError
from truelift.ledger.chart import CHART
from truelift.reports.journal_export.account_mapping import (
    SECTIONS,
    AccountMapping,
    Target,
    read_mapping,
    refuse_unmapped,
)

WHOLE = {
    "accounts": {6100: {"account": 4610, "name": "Creators"}, "2100": 1740},
    "names": {"campaign": {"summer": "Summer 26"}},
    "quickbooks": {"class": "campaign"},
    "xero": {"tax_rate": "Tax Exempt", "tracking": {"Z": "campaign", "A": "creator"}},
    "datev": {"adviser": 1001, "fixed": True},
    "csv": None,
}


def test_a_mapping_is_read_as_it_is_written_with_numbers_as_text():
    mapping = read_mapping(WHOLE)
    assert mapping.accounts["6100"] == Target("4610", "Creators")
    assert mapping.accounts["2100"] == Target("1740")
    assert mapping.named("campaign", "summer") == "Summer 26"
    assert mapping.named("campaign", "winter") == "winter"
    assert mapping.named("creator", None) == ""
    assert mapping.setting("xero", "tax_rate") == "Tax Exempt"
    assert mapping.setting("xero", "other", "none") == "none"
    assert mapping.required("datev", "adviser") == "1001"
    assert mapping.words("quickbooks", "class") == {}


def test_what_is_kept_gives_the_same_mapping_and_the_same_order_of_columns():
    mapping = read_mapping(WHOLE)
    again = read_mapping(mapping.told)
    assert again == mapping
    assert list(again.words("xero", "tracking")) == ["Z", "A"]
    assert read_mapping({}) == AccountMapping()


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (["6100"], "accounts"),
        ({"acounts": {}}, "acounts"),
        ({"accounts": ["6100"]}, "accounts"),
        ({"accounts": {"9500": "1"}}, "accounts.9500"),
        ({"accounts": {"1234": "1"}}, "accounts.1234"),
        ({"accounts": {"6100": None}}, "accounts.6100"),
        ({"accounts": {"6100": {"name": "x"}}}, "accounts.6100.account"),
        ({"accounts": {"6100": {"account": "1", "nmae": "x"}}}, "accounts.6100.nmae"),
        ({"names": {"campain": {}}}, "names.campain"),
        ({"quickbooks": {"klass": "campaign"}}, "quickbooks.klass"),
        ({"quickbooks": {"class": "campain"}}, "quickbooks.class"),
        ({"xero": {"tracking": {"A": "campain"}}}, "xero.tracking"),
        ({"datev": {"adviser": "ten"}}, "datev.adviser"),
        ({"datev": {"adviser": True}}, "datev.adviser"),
        ({"datev": {"fixed": "maybe"}}, "datev.fixed"),
    ],
)
def test_the_key_that_is_off_is_named(given, key):
    with pytest.raises(UsageError, match=f"key '{key}'"):
        read_mapping(given)


def test_a_setting_that_is_missing_is_named_with_what_to_do():
    with pytest.raises(CheckFailed, match=r"no xero\.tax_rate.*mapping set"):
        read_mapping({}).required("xero", "tax_rate")


def test_accounts_that_are_not_mapped_are_all_named_at_once():
    mapping = read_mapping({"accounts": {"6100": "1"}})
    refuse_unmapped(mapping, ["6100"])
    with pytest.raises(CheckFailed, match=r"2000 \(Accounts payable, creators\), 2100 \(Accrued"):
        refuse_unmapped(mapping, ["6100", "2100", "2000"])


def test_every_program_has_its_section_and_every_account_of_fin_can_be_mapped():
    assert set(SECTIONS) == {"csv", "quickbooks", "xero", "netsuite", "intacct", "datev"}
    numbers = {number: number for number, account in CHART.items() if account.book == "fin"}
    assert read_mapping({"accounts": numbers}).accounts.keys() == numbers.keys()
