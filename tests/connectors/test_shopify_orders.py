import json

HEADER = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,"
    "Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
    "Lineitem sku,Lineitem discount,Billing Name,Billing Country,Shipping Country,"
    "Shipping Province,Notes,Note Attributes,Cancelled at,Refunded Amount,Id,Tags\n"
)
COLUMNS = HEADER.strip().split(",")


def order(**cells):
    """Write a row; the keys are the headers in lower case with _ for spaces."""
    usual = {
        "name": "#1001",
        "email": "Bo@Example.org",
        "financial_status": "paid",
        "currency": "USD",
        "subtotal": "90.00",
        "shipping": "5.00",
        "taxes": "7.20",
        "total": "102.20",
        "discount_code": "ANA10",
        "discount_amount": "10.00",
        "created_at": "2026-05-01 12:00:00 -0400",
        "lineitem_quantity": "1",
        "lineitem_name": "Cup",
        "lineitem_price": "60.00",
        "lineitem_sku": "CUP",
    }
    found = {**usual, **cells}
    texts = (found.get(name.lower().replace(" ", "_"), "") for name in COLUMNS)
    return ",".join('"' + text.replace('"', '""') + '"' for text in texts) + "\n"


CONTINUED = (
    "#1001,Bo@Example.org" + "," * 10 + ",2026-05-01 12:00:00 -0400,2,Hat,20.00,HAT,1.00" + "," * 10
) + "\n"


def test_an_order_over_several_rows_is_one_order_with_its_lines(reading):
    found = reading("orders_export_1.csv", HEADER + order() + CONTINUED + order(name="#1002"))
    first, second = found.rows("orders")
    assert (first["order_id"], second["order_id"]) == ("#1001", "#1002")
    assert found.lines("orders") == [2, 4]
    assert found.lines("order_lines") == [2, 3, 4]
    lines = [(row["order_id"], row["line"], row["sku"]) for row in found.rows("order_lines")]
    assert lines == [("#1001", "1", "CUP"), ("#1001", "2", "HAT"), ("#1002", "1", "CUP")]
    assert found.batches[0].origin == "shopify"


def test_the_discount_is_added_back_and_the_time_keeps_its_offset(reading):
    (row,) = reading("x.csv", HEADER + order()).rows("orders")
    assert (row["subtotal"], row["discount"]) == ("100.00", "10.00")
    assert row["ordered_at"] == "2026-05-01T12:00:00-04:00"
    assert (row["customer"], row["code"], row["source"]) == ("bo@example.org", "ANA10", "shopify")


def test_the_orders_own_sum_tells_whether_prices_hold_the_tax(reading):
    text = HEADER + order() + order(name="#2", total="95.00") + order(name="#3", total="99.00")
    told = [row.get("prices_include_tax") for row in reading("x.csv", text).rows("orders")]
    assert told == ["false", "true", None]
    said = reading("x.csv", text, set={"prices_include_tax": "true"}).rows("orders")
    assert [row["prices_include_tax"] for row in said] == ["false", "true", "true"]


def test_a_refund_waits_for_its_day(reading):
    text = HEADER + order(refunded_amount="20.00")
    found = reading("x.csv", text)
    assert "refunds" not in found.kinds
    (fault,) = found.faults
    assert (fault.line, fault.column, fault.reason.name) == (2, "refunded_at", "MISSING")
    assert "--set refunded_at=" in fault.message
    (row,) = reading("x.csv", text, set={"refunded_at": "2026-06-01"}).rows("refunds")
    assert (row["refund_id"], row["order_id"]) == ("#1001-cumulative", "#1001")
    assert (row["amount"], row["refunded_at"]) == ("20.00", "2026-06-01")


def test_a_refund_of_everything_is_split_and_none_is_above_the_goods(reading):
    text = (
        HEADER
        + order(name="#1", refunded_amount="102.20")
        + order(name="#2", refunded_amount="97.20")
        + order(name="#3", refunded_amount="95.00", total="95.00")
        + order(name="#4", refunded_amount="0.00")
    )
    rows = reading("x.csv", text, set={"refunded_at": "2026-06-01"}).rows("refunds")
    assert [(row["amount"], row.get("shipping")) for row in rows] == [
        ("90.00", "5.00"),
        ("90.00", None),
        ("82.80", "5.00"),
    ]
    assert json.loads(rows[1]["notes"]) == {"Refunded Amount": "97.20"}


def test_the_journey_is_found_in_the_note_attributes(reading):
    notes = "utm_source: ig\nUTM Content: reel: one\nclick_id: abc-123\ngift: yes"
    (row,) = reading("x.csv", HEADER + order(note_attributes=notes)).rows("orders")
    assert (row["utm_source"], row["utm_content"], row["click_id"]) == (
        "ig",
        "reel: one",
        "abc-123",
    )
    landing = "landing: https://shop.example/a?utm_campaign=may&click_id=xyz"
    (row,) = reading("x.csv", HEADER + order(note_attributes=landing)).rows("orders")
    assert (row["utm_campaign"], row["click_id"]) == ("may", "xyz")


def test_several_codes_are_kept_and_people_are_not(reading):
    text = HEADER + order(
        discount_code="ANA10, SHIP", billing_name="Bo Berg", notes="ring twice", tags="vip"
    )
    (row,) = reading("x.csv", text).rows("orders")
    assert (row["code"], row["codes"]) == ("ANA10", "ANA10;SHIP")
    assert json.loads(row["notes"]) == {"Financial Status": "paid", "Tags": "vip"}


def test_states_and_cancellation_are_kept(reading):
    text = HEADER + order(financial_status="voided", cancelled_at="2026-05-02 08:00:00 -0400")
    (row,) = reading("x.csv", text).rows("orders")
    assert row["cancelled_at"] == "2026-05-02T08:00:00-04:00"
    assert json.loads(row["notes"])["Financial Status"] == "voided"


def test_a_line_without_its_order_is_refused_and_bad_cells_are_handed_on(reading):
    text = HEADER + CONTINUED + order(name="#7", subtotal="ninety", created_at="May Day")
    found = reading("x.csv", text)
    assert [(fault.line, fault.column) for fault in found.faults] == [(2, "Name")]
    (row,) = found.rows("orders")
    assert (row["subtotal"], row["ordered_at"]) == ("ninety", "May Day")


def test_a_second_shop_gets_its_own_name_by_set(reading):
    found = reading("x.csv", HEADER + order(), set={"source": "shop-eu"})
    assert {row["source"] for row in found.rows("orders") + found.rows("order_lines")} == {
        "shop-eu"
    }


def test_orders_longer_than_a_chunk_stay_whole(reading):
    text = (
        HEADER
        + "".join(order(name=f"#{i}") for i in range(30_000))
        + CONTINUED.replace("1001", "29999")
    )
    found = reading("x.csv", text)
    assert len(found.rows("orders")) == 30_000
    assert len(found.batches) > 2
    assert found.rows("order_lines")[-1]["line"] == "2"
