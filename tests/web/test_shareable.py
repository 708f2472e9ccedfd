"""A link's fixed parameters hold whatever is asked for by it."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from truelift.base.errors import UsageError
from truelift.web.asked import CHOICES, ROI_FIELDS, BadParameter
from truelift.web.shareable import (
    CAMPAIGN,
    DATES,
    SHAREABLE,
    TURNING,
    campaign_of,
    fields_of,
    narrowed,
    read_policy,
)

WORDS = st.sampled_from([
    *ROI_FIELDS, "page", "sort", "columns", "period", "who", "done", "ending", "by ", "BY", "",
])  # fmt: skip
VALUES = st.sampled_from([
    "", "spring", "summer", "creator", "2026-05-31", "2026-05", "1", "2", "day", "all", "*", "%",
    *(each for choices in CHOICES.values() for each in choices),
]) | st.text(max_size=5)  # fmt: skip


@settings(max_examples=60)
@given(
    st.sampled_from([*SHAREABLE, f"{CAMPAIGN}spring"]),
    st.lists(st.tuples(WORDS, VALUES), max_size=5),
    st.booleans(),
)
def test_no_query_widens_a_link(page, query, may_change_dates):
    fixed = {
        name: value
        for name, value in (("campaign", "spring"), ("by", "creator"), ("period", "2026-05"))
        if name in fields_of(page)
    }
    try:
        asked = narrowed(page, fixed, urlencode(query).encode(), may_change_dates=may_change_dates)
    except BadParameter:
        return
    assert asked.path == page
    assert {name: asked.get(name) for name in fixed} == fixed
    others = set(asked.given) - set(fixed) - set(TURNING)
    assert others <= (set(DATES) if may_change_dates else set())


@pytest.mark.parametrize(
    ("page", "filters", "found"),
    [
        ("/roi", "", ("/roi", {})),
        ("/", "by=creator", ("/roi", {"by": "creator"})),
        ("/roi?campaign=a%26b", "?by=day", ("/roi", {"campaign": "a&b", "by": "day"})),
        ("/campaign/a%2Eb", "cost=paid", ("/campaign/a%2Eb", {"cost": "paid"})),
        ("/report/accruals", "creator=ana", ("/report/accruals", {"creator": "ana"})),
    ],
)
def test_a_policy_is_read_from_a_form(page, filters, found):
    assert read_policy(page, filters) == found


@pytest.mark.parametrize(
    ("page", "filters", "words"),
    [
        ("/people", "", "no page that a link can open"),
        ("/audit", "", "no page that a link can open"),
        ("/quarantine", "", "no page that a link can open"),
        ("/report/journal-audit", "", "no page that a link can open"),
        ("/campaign/", "", "no page that a link can open"),
        ("/campaign/../people", "", "no page that a link can open"),
        ("//evil.example", "", "no page that a link can open"),
        ("/roi", "columns=x", "no parameter 'columns'"),
        ("/roi", "page=2", "leave `page` out"),
        ("/roi?by=day", "by=post", "by is given twice"),
        ("/roi", "by=week", "by 'week' is not known"),
    ],
)
def test_what_no_link_opens_is_named(page, filters, words):
    with pytest.raises(UsageError, match=words.replace("?", "\\?")):
        read_policy(page, filters)


def test_a_campaign_is_read_from_its_path():
    assert campaign_of("/campaign/a%2Eb%20c") == "a.b c"
