"""A figure's id holds all the figure depends on, and reads back whatever the names are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truelift.base.errors import UsageError
from truelift.reports.figure import figure_id, parse_figure_id

HOSTILE = st.text(alphabet=st.sampled_from(list("%;= 2035BDabc\n\té\u202e'\"<>&\x00")), max_size=12)
names = st.sampled_from(["campaign", "creator", "post", "as_of"])


def test_an_id_is_its_name_and_its_parts_in_order_without_those_that_are_missing():
    told = figure_id("roas", {"creator": "ana", "campaign": "spring", "day": None})
    assert told == "roas;campaign=spring;creator=ana"
    assert parse_figure_id(told) == ("roas", {"campaign": "spring", "creator": "ana"})


@given(st.dictionaries(names, HOSTILE | st.text(), min_size=1))
def test_every_name_reads_back_as_it_was(parts):
    assert parse_figure_id(figure_id("lift", parts)) == ("lift", parts)


@given(st.dictionaries(names, HOSTILE, min_size=1), st.dictionaries(names, HOSTILE, min_size=1))
def test_two_figures_never_share_an_id(one, other):
    assert (figure_id("roi", one) == figure_id("roi", other)) == (one == other)


@pytest.mark.parametrize("text", ["", "roas", ";a=b", "roas;", "roas;campaign", "roas;a=b;c"])
def test_what_is_no_id_is_refused_with_a_way_out(text):
    with pytest.raises(UsageError, match="copy one from a report"):
        parse_figure_id(text)
