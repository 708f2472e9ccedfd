"""Supplier invoices as CSV, under canonical names and those that lists usually give."""


def test_usual_names_comma_decimals_and_named_months(reading):
    text = (
        "Invoice no.,Vendor,Invoice date,Due date,VAT,Total,Currency,PO,Email\n"
        'INV-7,Ana Cooks,05.06.2026,5 Jul 2026,"190,00","1.190,00",EUR,A1,ana@example.org\n'
        ",,,,,,,,\n"
        ',,,,,"9.999,00",,,\n'
    )
    found = reading("x.csv", text)
    assert found.rows("invoices") == [
        {
            "supplier": "Ana Cooks",
            "number": "INV-7",
            "date": "2026-06-05",
            "due_on": "2026-07-05",
            "currency": "EUR",
            "net": "1000.00",
            "tax": "190.00",
            "gross": "1190.00",
            "purchase_order": "A1",
        }
    ]
    assert found.skipped == 1
    assert found.batches[0].origin == "supplier_invoices"


def test_canonical_names_and_the_brand_s_currency(reading):
    text = "supplier,number,date,net,recoverable,disputed\nana,7,2026-06-05,-5.00,no,yes\n"
    (row,) = reading("x.csv", text, currency="USD").rows("invoices")
    assert (row["net"], row["currency"], row["disputed"]) == ("-5.00", "USD", "yes")


def test_without_net_and_total_nothing_is_made_up(reading):
    text = "supplier,number,date,gross\nana,7,2026-06-05,\n"
    (row,) = reading("x.csv", text, currency="USD").rows("invoices")
    assert "net" not in row
