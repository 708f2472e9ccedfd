import htpy

from truelift.web.wording import worded


def said(sentence):
    return str(htpy.fragment[worded(sentence)])


def test_a_command_becomes_a_link_to_the_page_of_the_same():
    assert said("There is no campaign '<i>'; see `truelift roi --by campaign`.") == (
        'There is no campaign &#39;&lt;i&gt;&#39;; see <a href="/roi">Overview</a>.'
    )
    assert said("Nothing was sealed; run `truelift seal --late`, or wait.") == (
        'Nothing was sealed; see <a href="/baselines">Baselines</a>, or wait.'
    )


def test_a_command_without_a_page_stays_as_it_is():
    assert said("See `truelift power`.") == "See `truelift power`."


def test_an_option_is_named_as_the_field_of_a_page():
    assert said("--period 2026-13 is no month.") == "period 2026-13 is no month."
    assert said("leave `--known-at` out.") == "leave known at out."
    assert said("There is no code '--late' here; a--b.") == (
        "There is no code &#39;--late&#39; here; a--b."
    )
