import datetime as dt

from truelift.web.asked import Asked
from truelift.web.layout import box, filters, page, pager, plain_page, twins
from truelift.web.visiting import PARTIAL

HEAD = {"brand": "<Brand>", "currency": "USD", "timezone": "UTC"}


def test_a_page_names_the_clock_it_was_played_under():
    shown = str(page(HEAD, dt.datetime(2026, 7, 5, 22), title="T", here="/close", body=[]))
    assert "Simulated clock:" in shown
    assert "2026-07-05 22:00:00" in shown
    assert '<a href="/close" aria-current="page">' in shown
    assert "&lt;Brand&gt;" in shown
    assert "Simulated" not in str(page(HEAD, None, title="T", here="/", body=[]))


def test_a_page_says_what_its_figures_lack():
    token = PARTIAL.set(("Figures are partial: <node>",))
    shown = str(page(HEAD, None, title="T", here="/", body=[]))
    PARTIAL.reset(token)
    assert "Figures are partial: &lt;node&gt;" in shown
    assert "partial" not in str(page(HEAD, None, title="T", here="/", body=[]))


def test_a_page_says_what_its_report_says_of_itself():
    report = HEAD | {
        "as_of": "2026-07-05T22:00:00Z", "known_at": "2026-07-05T23:00:00Z", "basis": "order",
        "cost_basis": "paid", "model": "markov", "attribution_rule": "The rule.",
    }  # fmt: skip
    shown = str(page(report, None, title="T", here="/", body=[]))
    for words in ("order date", "paid", "markov", "Attribution rule: The rule.", "22:00:00"):
        assert words in shown


def test_a_filter_keeps_what_was_chosen_and_carries_the_rest():
    asked = Asked("/", {"campaign": "gone", "cost": "paid", "metric": "views", "as_of": "2026-05"})
    shown = str(filters("/", asked, ("campaign", "by", "cost", "as_of"), ["a"], "campaign"))
    assert '<option value="gone" selected>' in shown
    assert '<option value="campaign" selected>' in shown
    assert '<option value="paid" selected>' in shown
    assert '<input type="hidden" name="metric" value="views">' in shown
    assert '<input type="text" name="as_of" value="2026-05">' in shown


def test_a_table_scrolls_in_a_box_with_its_name():
    shown = str(box("x", "Title", [], "note"))
    assert 'aria-labelledby="x" tabindex="0"' in shown
    assert '<caption id="x">Title<small>note</small></caption>' in shown


def test_parts_are_linked_with_the_query_they_belong_to():
    shown = str(pager(Asked("/", {"by": "day"}, 2), 3, 40, "rows"))
    assert "40 rows; part 2 of 3" in shown
    assert 'href="?by=day&amp;page=1"' in shown
    assert 'href="?by=day&amp;page=3"' in shown
    assert "href" not in str(pager(Asked("/", {}), 1, 4, "rows"))


def test_twins_have_the_same_query():
    assert 'href="/roi.csv?by=day"' in str(twins("/roi", {"by": "day"}))


def test_an_error_page_says_nothing_about_the_brand():
    shown = str(plain_page("404", "<b>"))
    assert "&lt;b&gt;" in shown
    assert "<script" not in shown
