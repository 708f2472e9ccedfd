import pytest

from truelift.web import figures

WITHHELD = {"withheld": "NO_ORDER_BASELINE", "detail": 'No "evergreen" code.'}


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [
        (123456789, "USD", "1,234,567.89"),
        (-5, "USD", "\u22120.05"),
        (0, "USD", "0.00"),
        (1234, "JPY", "1,234"),
        (-1234567, "KWD", "\u22121,234.567"),
        (None, "USD", "\u2013"),
    ],
)
def test_money_is_grouped_in_its_own_decimals(minor, currency, written):
    assert figures.money(minor, currency) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.41, "+41%"), (-1.0, "\u2212100%"), (0.004, "0%"), (-0.004, "0%"), (12.345, "+1,234%")],
)
def test_a_percentage_has_its_sign_and_zero_has_none(value, written):
    assert figures.percent(value) == written


def test_a_withheld_figure_is_its_reason_with_its_sentence():
    found = str(figures.estimate(WITHHELD | {"break_even_incrementality": 0.42}))
    assert "no order baseline" in found
    assert 'title="No &#34;evergreen&#34; code."' in found
    assert "pays back if 42% is incremental" in found
    assert "%" not in str(figures.estimate(WITHHELD | {"break_even_incrementality": None}))


def test_an_estimate_stands_with_its_limits():
    found = str(figures.estimate({"point": 0.4, "low": -0.1, "high": None}))
    assert found == "+40%<small>\u221210% to unlimited</small>"


def test_lift_says_what_its_limits_rest_on_and_when_its_seal_is_late():
    lift = {"metric": "orders", "log": 0.0, "low": -0.7, "high": 0.7, "units": -3.0}
    found = str(figures.lift(lift | {"limits": "theory", "late": True}))
    assert "\u00d71.00" in found
    assert "\u22123 orders; theory limits, sealed late" in found
    assert "no order baseline" in str(figures.lift(WITHHELD | {"metric": "orders"}))
    assert "*" not in found
    flagged = str(figures.lift(lift | {"limits": "theory", "flagged": True}))
    assert "\u00d71.00 *" in flagged


def test_a_lift_whose_limit_has_no_end_says_so():
    """A factor of 1 and more leaves nothing that came anyway: its log lift has no upper limit."""
    lift = {"metric": "orders", "log": 0.0, "low": -0.7, "high": None, "limits": "experiment"}
    assert "\u00d70.50 to unlimited" in str(figures.lift(lift))


def test_ratios_and_counts():
    assert figures.ratio(None) == "\u2013"
    assert figures.ratio(3.1, factor=True) == "\u00d73.10"
    assert "no order baseline" in str(figures.ratio(WITHHELD))
    assert figures.count(None) == "\u2013"
    assert [figures.count(value) for value in (1304, 72.44, -1234.5)] == [
        "1,304", "72.4", "\u22121,234",
    ]  # fmt: skip
    assert figures.signed(2) == "+2"


def test_a_moment_is_told_in_the_brands_zone():
    zone = "America/New_York"
    assert str(figures.moment("2026-07-06T03:59:59.999999Z", zone)) == (
        '<time datetime="2026-07-06T03:59:59.999999Z">2026-07-05, end of day</time>'
    )
    assert "2026-07-05 18:00:00" in str(figures.moment("2026-07-05T22:00:00Z", zone))


def test_a_grade_says_what_it_stands_for():
    assert 'title="own sealed baseline of this outcome"' in str(figures.grade("C"))


def test_a_lift_says_how_many_controls_it_had_and_what_to_beware_of():
    found = {"metric": "engagement", "log": -0.1, "low": -0.3, "high": 0.1, "limits": "theory"}
    assert "controls" not in str(figures.lift(found))
    warnings = {"few_controls": "Fewer than <5>.", "signs_differ": "Both are shown."}
    shown = str(
        figures.lift(
            found | {"controls": {"creators": 4}, "mean_log": 0.25, "warnings": warnings},
        )
    )
    assert "4 controls, mean \u00d71.28, few controls, signs differ" in shown
    assert "Fewer than &lt;5&gt;. Both are shown." in shown
    assert "no controls" in str(figures.lift(found | {"warnings": {"no_controls": "None."}}))
