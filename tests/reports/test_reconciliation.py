"""What others report stands beside what is counted; what nobody reported stays empty."""

from truelift.reports.reconciliation import reconciliation


def row(campaign, reported, net):
    return {
        "campaign": campaign,
        "cost": {"accrued": 100, "invoiced": 80, "paid": 0},
        "ladder": [
            {"step": "reported", "amount": reported},
            {"step": "matched", "amount": 500},
            {"step": "net", "amount": net},
        ],
    }


def test_differences_are_told_and_the_last_row_is_their_sum():
    event = [row("spring", 800, 400), row(None, None, 10)]
    order = [row("spring", 800, 350)]
    table = reconciliation(event, order, "USD")
    first, second, total = table.rows
    assert first["not_counted"] == "3.00"
    assert (first["net"], first["net_by_order_date"], first["difference"]) == (
        "4.00", "3.50", "0.50",
    )  # fmt: skip
    assert second["campaign"] == "(no campaign)"
    assert (second["reported"], second["not_counted"], second["difference"]) == (None, None, None)
    assert (total["campaign"], total["accrued"], total["reported"]) == ("total", "2.00", "8.00")
    assert reconciliation([], [], "USD").rows == ()
