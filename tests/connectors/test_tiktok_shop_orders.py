import json

HEADER = (
    "Order ID,Order Status,Order Substatus,Cancelation/Return Type,SKU ID,Seller SKU,Quantity,"
    "SKU Unit Original Price,SKU Subtotal Before Discount,SKU Platform Discount,"
    "SKU Seller Discount,SKU Subtotal After Discount,Shipping Fee After Discount,Taxes,"
    "Order Amount,Order Refund Amount,Created Time,Paid Time,Cancelled Time,Recipient,Country\n"
)
DESCRIPTION = "Platform unique order ID.,Current order status.," + "," * 18 + "\n"


def line(**cells):
    usual = {
        "Order ID": "5770001",
        "Order Status": "Completed",
        "Seller SKU": "CUP",
        "Quantity": "2",
        "SKU Unit Original Price": "20.00",
        "SKU Subtotal Before Discount": "40.00",
        "SKU Platform Discount": "3.00",
        "SKU Seller Discount": "4.00",
        "SKU Subtotal After Discount": "33.00",
        "Shipping Fee After Discount": "2.00",
        "Taxes": "1.50",
        "Order Amount": "36.50",
        "Order Refund Amount": "",
        "Created Time": "03/05/2026 10:20:30",
        "Recipient": "Bo Berg",
        "Country": "UK",
    }
    found = {**usual, **cells}
    return ",".join(found.get(name, "") for name in HEADER.strip().split(",")) + "\n"


def test_the_description_row_is_counted_and_no_fault(reading):
    found = reading("all.csv", HEADER + DESCRIPTION + line(), currency="GBP")
    assert (found.skipped, found.faults) == (1, [])
    (row,) = found.rows("orders")
    assert (row["order_id"], row["ordered_at"]) == ("5770001", "2026-05-03T10:20:30")
    assert (row["subtotal"], row["discount"], row["currency"]) == ("40.00", "4.00", "GBP")
    assert (row["tax"], row["shipping"], row["ship_country"]) == ("1.50", "2.00", "UK")
    assert "Recipient" not in json.loads(row["notes"])
    assert found.lines("orders") == [3]


def test_articles_of_one_order_make_one_order_and_shipping_counts_once(reading):
    text = HEADER + DESCRIPTION + line() + line(**{"Seller SKU": "HAT"})
    found = reading("x.csv", text, currency="GBP")
    (row,) = found.rows("orders")
    assert (row["subtotal"], row["discount"], row["shipping"]) == ("80.00", "8.00", "2.00")
    assert [row["sku"] for row in found.rows("order_lines")] == ["CUP", "HAT"]


def test_a_refund_waits_for_its_day_and_is_at_most_the_goods(reading):
    text = HEADER + line(**{"Order Refund Amount": "39.50"})
    assert "--set refunded_at=" in reading("x.csv", text, currency="GBP").messages[0]
    said = {"refunded_at": "2026-06-01", "currency": "EUR"}
    found = reading("x.csv", text, set=said)
    assert found.rows("refunds")[0]["amount"] == "36.00"
    assert found.rows("refunds")[0]["currency"] == "EUR"


def test_a_cancelled_order_says_when(reading):
    text = HEADER + line(**{"Order Status": "Cancelled", "Cancelled Time": "04/05/2026 01:02:03"})
    (row,) = reading("x.csv", text, currency="GBP").rows("orders")
    assert row["cancelled_at"] == "2026-05-04T01:02:03"
    assert json.loads(row["notes"])["Order Status"] == "Cancelled"


def test_a_twelve_hour_clock_puts_the_month_first(reading):
    text = HEADER + line(**{"Created Time": "05/03/2026 10:20:30 PM"})
    (row,) = reading("x.csv", text, currency="USD").rows("orders")
    assert row["ordered_at"] == "2026-05-03T22:20:30"


def test_only_the_price_after_discounts_is_grossed_up(reading):
    text = HEADER + line(**{"SKU Subtotal Before Discount": ""})
    assert reading("x.csv", text, currency="USD").rows("orders")[0]["subtotal"] == "40.00"
