"""A marketer sets a campaign up, brings orders in and mends what is off, all in the browser."""

from __future__ import annotations

import pytest

from truelift.app import create
from truelift.operations.brands import brand_record

ORDERS = (
    "Order No;Order Date;Net Sales;Coupon;CCY\n"
    "1;05/03/2026;1.000,50;ANA10;USD\n"
    "2;06/03/2026;20,00;LATE;USD\n"
    "3;31/02/2026;30,00;ANA10;USD\n"
)


@pytest.fixture
def shop(served, tmp_path):
    """Serve a brand that nothing is known of yet."""
    create(tmp_path / "ws", brand_record("Sample", "USD", "UTC"))
    return served(tmp_path / "ws")


def fill(page, act, **cells):
    """Fill the form of an act in and send it; give what became of it."""
    form = page.locator(f'form[action="/act/{act}"]')
    for name, text in cells.items():
        field = form.locator(f'[name="{name}"]')
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)
    form.get_by_role("button").first.click()
    page.wait_for_load_state()
    return page.locator(".outcome").first.inner_text()


def add(page, shop, kind, **cells):
    page.goto(f"{shop}/catalog/{kind}")
    page.get_by_role("link", name="Add one").click()
    return fill(page, f"save-{kind}", **cells)


@pytest.mark.soak
def test_a_campaign_is_made_fed_and_mended_in_the_browser(shop, page, tmp_path):
    campaign = {"campaign": "spring", "goal": "sales", "starts": "2026-03-01", "ends": "2026-03-31"}
    assert add(page, shop, "campaigns", **campaign) == "spring is saved."
    assert add(page, shop, "creators", creator="ana") == "ana is saved."
    agreement = {"agreement": "A1", "campaign": "spring", "creator": "ana", "fee": "100.00"}
    assert add(page, shop, "agreements", **agreement, signed_on="2026-03-01") == "A1 is saved."
    code = {"code": "ANA10", "creator": "ana", "campaign": "spring"}
    assert add(page, shop, "codes", **code).startswith("ANA10")

    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    page.goto(f"{shop}/upload")
    page.set_input_files("input[type=file]", tmp_path / "orders.csv")
    page.get_by_role("button", name="Send").click()
    page.locator("[name=dates]").select_option("%d/%m/%Y")
    page.locator("[name=decimal]").select_option(",")
    page.get_by_role("button", name="Check all rows so").click()
    assert "New rows bring 1020.50 of orders, USD" in page.locator("main").inner_text()
    told = fill(page, "import-upload")
    assert told == "The file is imported. orders: 2 accepted, 1 quarantined."
    page.goto(shop)
    assert "1,000.50" in page.locator("main").inner_text()

    page.goto(f"{shop}/quarantine")
    page.get_by_role("link", name="orders.csv").click()
    told = fill(page, "correct-orders", ordered_at="2026-03-07")
    assert told == "The row is accepted as it was corrected."
    page.goto(shop)
    assert "1,030.50" in page.locator("main").inner_text()

    page.goto(f"{shop}/codes")
    page.get_by_role("link", name="LATE").click()
    told = fill(page, "map-code", creator="ana", campaign="spring")
    assert "net 1030.50 USD \u2192 1050.50 USD" in told
    page.goto(shop)
    assert "1,050.50" in page.locator("main").inner_text()

    page.goto(f"{shop}/catalog/campaigns")
    page.get_by_role("link", name="spring").click()
    page.locator("[name=name]").fill("Spring")  # what is written in stays, and what it was of
    other = page.context.new_page()
    other.goto(page.url)
    assert fill(other, "save-campaigns", budget="500.00") == "spring is saved."
    assert "Somebody else changed this row" in fill(page, "save-campaigns")
    assert "500.00" in page.locator("#beside").locator("xpath=../..").inner_text()
    assert fill(page, "save-campaigns") == "spring is saved."
    page.go_back()  # to the form that was sent already: sent again it is done once
    assert page.locator("[name=budget]").input_value() == "500.00"
    page.locator('form[action="/act/save-campaigns"]').get_by_role("button").click()
    page.wait_for_load_state()
    assert "is saved" in page.locator(".outcome").inner_text()
    row = page.locator("tbody tr").inner_text()
    assert "Spring" in row
    assert "500.00" in row
