from truelift.web.charts import chart


def test_a_chart_has_its_room_its_address_and_a_way_to_its_figures():
    shown = str(chart("roi", "Return <b>", {"by": "creator", "campaign": 'a/b "c"'}, 100, ["more"]))
    assert 'data-chart="/chart/roi.json?by=creator&amp;campaign=a%2Fb+%22c%22"' in shown
    assert 'href="/chart/roi?by=creator' in shown
    assert 'viewBox="0 0 640 156"' in shown
    assert "<h2>Return &lt;b&gt;</h2>" in shown
    assert shown.endswith("more</section>")
    assert "<script" not in shown
    assert 'data-chart="/chart/ageing.json"' in str(chart("ageing", "How posts age", {}, 100))
