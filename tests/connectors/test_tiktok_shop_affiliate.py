HEADER = (
    "Order ID,Product ID,Product Name,SKU ID,Price,Payment Amount,Currency,Quantity,"
    "Fully returned or refunded,Order Status,Creator Username,Content Type,Content ID,"
    "commission model,Standard commission rate,Est. Commission Base,"
    "Est. standard commission payment,Actual Commission Base,Actual Commission Payment,"
    "Est. Shop Ads commission payment,Est. co-funded creator bonus,Time Created,"
    "Order Delivery Time,Time Commission Paid\n"
)


def line(**cells):
    usual = {
        "Order ID": "5770001",
        "SKU ID": "S1",
        "Price": "20.00",
        "Payment Amount": "36.00",
        "Currency": "GBP",
        "Quantity": "2",
        "Fully returned or refunded": "No",
        "Order Status": "settled",
        "Creator Username": "@Ana",
        "Standard commission rate": "15%",
        "Est. standard commission payment": "5.40",
        "Actual Commission Payment": "5.10",
        "Time Created": "03/05/2026 10:20:30",
        "Time Commission Paid": "13/06/2026",
    }
    found = {**usual, **{name.replace("_", " "): cell for name, cell in cells.items()}}
    return ",".join(found.get(name, "") for name in HEADER.strip().split(",")) + "\n"


def test_a_row_is_an_order_with_the_creator_as_evidence_and_no_code(reading):
    found = reading("affiliate.csv", HEADER + line())
    assert found.rows("orders") == [
        {
            "source": "tiktok_shop",
            "order_id": "5770001",
            "ordered_at": "2026-05-03T10:20:30",
            "currency": "GBP",
            "subtotal": "40.00",
            "discount": "4.00",
            "utm_source": "tiktok_shop",
            "utm_content": "tiktok:@ana",
            "notes": '{"Order Status": "settled", "Standard commission rate": "15%"}',
        }
    ]
    assert found.faults == []


def test_estimated_commission_is_accrued_and_actual_is_invoiced(reading):
    rows = reading("x.csv", HEADER + line()).rows("costs")
    assert [(row["state"], row["date"], row["amount"]) for row in rows] == [
        ("accrued", "2026-05-03", "5.40"),
        ("invoiced", "2026-06-13", "5.10"),
    ]
    assert {row["document"] for row in rows} == {"tiktok_shop:5770001:S1"}
    assert {(row["type"], row["creator"]) for row in rows} == {("commission", "ana")}


def test_an_order_not_settled_yet_is_only_accrued_and_an_ineligible_one_costs_nothing(reading):
    open_ = line(**{"Actual Commission Payment": "", "Time Commission Paid": ""})
    (row,) = reading("x.csv", HEADER + open_).rows("costs")
    assert row["state"] == "accrued"
    rows = reading("x.csv", HEADER + line(**{"Order Status": "Ineligible"})).rows("costs")
    assert [row["amount"] for row in rows] == ["0", "0"]


def test_ads_commission_is_added_and_the_bonus_stands_on_its_own_line(reading):
    cells = {"Est. Shop Ads commission payment": "1.10", "Est. co-funded creator bonus": "2.00"}
    rows = reading("x.csv", HEADER + line(**cells)).rows("costs")
    accrued = [
        (row["line"], row["type"], row["amount"]) for row in rows if row["state"] == "accrued"
    ]
    assert accrued == [("commission", "commission", "6.50"), ("bonus", "bonus", "2.00")]


def test_articles_of_one_order_make_one_order(reading):
    text = (
        HEADER
        + line()
        + line(**{"SKU ID": "S2", "Price": "5.00", "Quantity": "1", "Payment Amount": "5.00"})
    )
    found = reading("x.csv", text)
    (order,) = found.rows("orders")
    assert (order["subtotal"], order["discount"]) == ("45.00", "4.00")
    assert [row["sku"] for row in found.rows("order_lines")] == ["S1", "S2"]


def test_rows_of_an_order_that_stand_apart_are_refused_and_not_counted_twice(reading):
    text = HEADER + line() + line(**{"Order ID": "5770002"}) + line(**{"SKU ID": "S9"})
    found = reading("x.csv", text)
    assert len(found.rows("orders")) == 2
    assert [(fault.line, fault.reason.name) for fault in found.faults] == [(4, "SAME_KEY_IN_FILE")]


def test_a_return_waits_for_its_day(reading):
    text = HEADER + line(**{"Fully returned or refunded": "Yes"})
    found = reading("x.csv", text)
    assert "--set refunded_at=" in found.messages[0]
    (row,) = reading("x.csv", text, set={"refunded_at": "2026-06-01"}).rows("refunds")
    assert (row["amount"], row["refund_id"]) == ("36.00", "5770001-cumulative")


def test_a_day_that_does_not_exist_is_handed_on_and_never_read_month_first(reading):
    (row,) = reading("x.csv", HEADER + line(**{"Time Created": "05/31/2026"})).rows("orders")
    assert row["ordered_at"] == "05/31/2026"
