from truelift.reports.charts.waterfall import waterfall


def step(name, kind, amount, account=None):
    return {"step": name, "kind": kind, "amount": amount, "account": account}


ROWS = [
    step("reported", "level", None),
    step("lost", "delta", -1),
    step("matched", "level", 10_000),
    step("discounts", "delta", -1_000),
    step("tax", "delta", 0),
    step("won_back", "delta", 500),
    step("net", "level", 9_500),
    step("creator_cost", "delta", -12_000, "6100"),
    step("return", "level", -2_500),
    step("committed_minus_accrued", "memo", 7),
    step("residual", "check", 0),
]


def test_levels_stand_on_zero_and_changes_hang_between_them_below_zero_too(valid):
    drawing = waterfall(ROWS, "USD")
    drawn = valid(drawing)
    assert [(row["step"], row["from"], row["to"], row["form"]) for row in drawn] == [
        ("matched", 0, 100.0, "level"),
        ("discounts", 100.0, 90.0, "less"),
        ("won back", 90.0, 95.0, "more"),
        ("net", 0, 95.0, "level"),
        ("creator cost 6100", 95.0, -25.0, "less"),
        ("return", 0, -25.0, "level"),
    ]
    assert drawn[-1]["told"] == "level: return; amount: \u221225.00 USD"
    assert "Left out, not known: reported." in drawing.note
    assert drawing.table.rows[0]["amount"] == "100.00"


def test_a_currency_without_minor_units_is_drawn_in_whole_ones():
    assert waterfall([step("net", "level", 950)], "JPY").values[0]["to"] == 950


def test_a_bridge_that_is_not_known_says_so(valid):
    drawing = waterfall(ROWS[:1], "USD")
    assert valid(drawing) == []
    assert "Left out, not known: reported." in drawing.spec["usermeta"]["empty"]
