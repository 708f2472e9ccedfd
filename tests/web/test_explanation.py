import pytest
from htpy import div

from truelift.web.explanation import behind, explanation, heading

FIGURE = (
    "{};as_of=2026-07-06T00:00:00Z;basis=event;by=creator;campaign=summer;cost=accrued;"
    "creator=<b>;known_at=2026-07-05T22:00:00Z;model=code-first"
)
ORDERS = {"count": 2, "first": [{"order_id": "<o1>", "file": "orders.csv", "line": 7}]}
NONE = {"count": 0, "first": []}
COST = {"committed": 100, "accrued": 80, "invoiced": 0, "paid": 0}
WITHHELD = {"withheld": "NO_MARGIN", "detail": "No <margin>."}


def told(name, value):
    return {
        "figure": FIGURE.format(name),
        "formula": "a / b",
        "value": value,
        "currency": "USD",
        "inputs": {
            "ladder": [{"step": "matched", "amount": 5}, {"step": "net", "amount": None}],
            "cost": COST,
            "cost_basis": "accrued",
            "lift": {"metric": "orders", "log": -0.1, "level": 0.95, "late": False, "units": None},
            "outputs": {"clicks_raw": 1304},
        },
        "rows": {"orders": ORDERS, "leads": NONE, "posts": NONE},
        "entries": {"count": 1, "first": [{"entry_id": "e1", "base": "1234.50"}]},
        "versions": {"value_schedule": None, "lift": "3"},
        "baselines": [{"sha256": "abc", "source_hashes": ["d1", "d2"]}],
        "marks": ["x <ad>: likes corrected down from 1,200 to 1,100."],
        "doubt": [],
    }


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("roi", 0.5, "+50%"),
        ("roas", 2.5, "\u00d72.50"),
        ("roi", WITHHELD, "no margin"),
        ("incremental_roi", WITHHELD | {"break_even_incrementality": None}, "No &lt;margin&gt;."),
        ("incremental_roi", {"point": 0.5, "low": 0.1, "high": 0.9}, "+10% to +90%"),
        ("incremental", {"step": "incremental", "amount": 12345}, "123.45"),
        ("incremental", {"step": "incremental", "amount": None, "withheld": "NO_RATE"}, "no rate"),
        ("cost", COST, "0.80<small>accrued</small>"),
        ("lift", WITHHELD | {"metric": "leads"}, "leads"),
    ],
)
def test_every_form_of_a_value_is_shown(name, value, words):
    shown = str(div[explanation(told(name, value))])
    assert words in shown


def test_what_stands_behind_a_figure_is_shown_and_escaped():
    shown = str(div[explanation(told("roi", 0.5))])
    for words in (
        "&lt;o1&gt;",
        "the first 1 of 2",
        "1,234.50",
        "d1, d2",
        "\u22120.100",
        "95%",
        "clicks raw",
        "not reported",
        "1,304",
        "none",
    ):
        assert words in shown
    assert "<o1>" not in shown


def test_the_controls_are_named_with_their_rule_and_what_to_beware_of():
    explained = told("roi", 0.5)
    assert "Controls" not in str(div[explanation(explained)])
    explained["inputs"]["lift"] |= {
        "controls": {"creators": 2, "rule": "all of them", "mean": -0.1, "se": 0.05},
        "warnings": {"few_controls": "Fewer than 5."},
    }
    explained["inputs"]["controls"] = {"rule": "all of them", "names": ["cy", "<dee>"]}
    shown = str(div[explanation(explained)])
    for words in ("cy, &lt;dee&gt;", "all of them", "\u22120.100 (standard error 0.050)", "Fewer"):
        assert words in shown


def test_the_marks_of_the_posts_are_listed_and_escaped():
    explained = told("roi", 0.5)
    shown = str(div[explanation(explained)])
    assert "Marks on the posts" in shown
    assert "<li>x &lt;ad&gt;: likes corrected down from 1,200 to 1,100.</li>" in shown
    explained["marks"] = []
    assert "Marks on the posts" not in str(div[explanation(explained)])


def test_the_heading_shows_the_beginning_of_a_very_long_name():
    title, _ = heading(FIGURE.format("roi").replace("<b>", "n" * 3000))
    assert title.startswith("ROI of summer, nnn")
    assert len(title) < 150


def test_the_rows_behind_are_a_flat_table():
    assert behind(told("roi", 0.5)).rows == (
        {"kind": "orders", "id": "<o1>", "file": "orders.csv", "line": 7},
        {"kind": "entries", "id": "e1", "file": None, "line": None},
    )


def test_the_heading_says_whose_figure_it_is():
    title, head = heading(FIGURE.format("roas"))
    assert title == "ROAS of summer, <b>"
    assert head["cost_basis"] == "accrued"
    assert heading("cost;as_of=x;known_at=y;basis=b;cost=c;model=m")[0] == "Cost of no campaign"


def test_a_lift_shows_its_doubts_and_another_figure_has_none():
    lift = told("lift", WITHHELD | {"metric": "leads"})
    line = {
        "creator": "<ana>", "platform": "instagram", "metric": "engagement", "check": "pre_trend",
        "verdict": "warns", "sentence": "It rose.", "what_to_do": "Look.", "values": [],
    }  # fmt: skip
    shown = "".join(map(str, explanation(lift | {"doubt": [line]})))
    assert "&lt;ana&gt;" in shown
    assert "pre trend" in shown
    assert "It rose.<small>Look.</small>" in shown
    assert "pre trend" not in "".join(map(str, explanation(lift)))


def test_a_figure_that_looks_ahead_shows_its_sentence_and_its_inputs():
    figure = "forecast_roi;as_of=t;campaign=summer;creator=ana;known_at=t;metric=orders"
    ahead = told("roi", None) | {
        "figure": figure,
        "inputs": {"why": "ana: <so far>.", "scale": 1.2, "roi": {"p10": 0.1, "p50": None}},
    }
    shown = str(div[explanation(ahead)])
    assert "ana: &lt;so far&gt;." in shown
    assert "p10 0.1, p50 none" in shown
    title, head = heading(figure)
    assert title == "Forecast_roi of summer, ana"
    assert head == {"as_of": "t", "known_at": "t"}
