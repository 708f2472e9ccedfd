import itertools
from pathlib import Path

import pytest

from truelift.connectors.assembly import recognised
from truelift.connectors.formats import FORMATS, find_format, find_later_table
from truelift.facts.kinds import KINDS

PAGE = Path(__file__).parents[2] / "docs" / "imports.md"


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
def test_every_format_says_what_it_uses_and_makes(format_):
    assert set(format_.kinds) <= KINDS.keys()
    assert {need.kind for need in format_.needs} <= set(format_.kinds)
    for need in format_.needs:
        assert set(need.columns) <= set(KINDS[need.kind].names)
        assert "--set " in need.sentence
    for fingerprint in format_.fingerprints:
        assert fingerprint <= format_.columns, "a fingerprint counts as known columns"
    assert (format_.convert is None) != (format_.convert_records is None)


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
def test_every_fingerprint_leads_to_its_own_format(format_):
    for fingerprint in format_.fingerprints:
        assert find_format(tuple(sorted(fingerprint)), 0) is format_


def test_names_of_formats_are_distinct_and_none_is_a_kind():
    names = [format_.name for format_ in FORMATS]
    assert len(set(names)) == len(names)
    assert not set(names) & KINDS.keys()


def test_a_kind_that_knows_more_columns_wins():
    header = ("creator", "fee", "code")
    assert find_format(header, 3).name == "team_sheet"
    assert find_format(header, 4) is None
    assert find_format(("x", "y"), 0) is None


def test_a_table_further_down_is_found():
    records = itertools.chain([(2, ["0", "1"])], [(9, ["Session source / medium", "Sessions"])])
    assert find_later_table(records).name == "ga4"
    assert find_later_table(iter([(2, ["Name", "Total"])])) is None
    assert all(recognised(format_, ("Name",)) == 0 for format_ in FORMATS)


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
def test_the_page_about_imports_names_every_format_and_what_has_to_be_said(format_):
    page = PAGE.read_text(encoding="utf-8")
    assert f"`{format_.name}`" in page
    section = page.partition(f"`{format_.name}`")[2]
    for need in format_.needs:
        assert any(f"`--set {column}" in section for column in need.columns)
