from truelift.web.asked import Asked
from truelift.web.empty import FILLED, nothing
from truelift.web.pages import SCREENS
from truelift.web.visiting import SHARED

PATHS = {path for each in SCREENS for path in each}


def test_a_page_without_rows_names_the_action_that_fills_it():
    shown = str(nothing(Asked("/content", {"sort": "views"})))
    assert '<a href="/upload">Upload posts and their readings</a>' in shown


def test_a_filter_that_leaves_nothing_can_be_taken_away():
    shown = str(nothing(Asked("/explore", {"kind": "orders", "column": "code", "holds": "x"})))
    assert '<a href="/explore?kind=orders">Show all</a>' in shown
    assert "Nothing fits" in shown


def test_a_page_shown_by_a_link_has_the_sentence_alone():
    token = SHARED.set("shown by a link")
    try:
        assert str(nothing(Asked("/report/late", {}))) == '<p class="verdict">There are none.</p>'
    finally:
        SHARED.reset(token)


def test_what_is_said_is_of_pages_that_are_there():
    assert set(FILLED) <= PATHS
    ways = {path for _, path, _ in FILLED.values() if path}
    assert ways - {"/upload"} <= PATHS
